"""Settings. Everything that differs between machines comes from the environment.

Three ways to run, told apart by what is set:

- the demo (`make run`, NEEDLEPOINT_DEMO=1): loopback only, its own database, nothing
  of a real clinic beside it;
- at home (nothing set): the private PostgreSQL, loopback only, a key made once;
- a clinic: NEEDLEPOINT_HOSTS and NEEDLEPOINT_SECRET_KEY, and mostly DATABASE_URL.
"""

from functools import partial
from pathlib import Path
from typing import Any

from clinic import env
from clinic.localdb import OWNER_ROLE, WEB_ROLE

BASE_DIR = Path(__file__).resolve().parent.parent
environment = env.Environment()
read = environment.read

# How it runs

DEMO = read("NEEDLEPOINT_DEMO", env.boolean, default=False)
VAR_DIR = read("NEEDLEPOINT_VAR", env.path, default=BASE_DIR / "var")
PUBLIC_HOSTS: list[str] = read("NEEDLEPOINT_HOSTS", env.hosts, default=[])
TRUSTED_PROXIES = read(
    "NEEDLEPOINT_TRUSTED_PROXIES", partial(env.integer, least=0, most=5), default=0
)
BIND_ADDRESS = read("NEEDLEPOINT_BIND", env.address, default="127.0.0.1")
PORT = read("PORT", partial(env.integer, least=1, most=65535), default=8000)
WORKERS = read("NEEDLEPOINT_WORKERS", partial(env.integer, least=1, most=64), default=2)
DATABASE_URL: dict[str, Any] = read("DATABASE_URL", env.database, default={})
DATABASE_OWNER_URL: dict[str, Any] = read(
    "DATABASE_OWNER_URL", env.database, default={}
)
MAIL: dict[str, Any] = read("NEEDLEPOINT_MAIL_URL", env.mail_server, default={})
DEFAULT_FROM_EMAIL = read(
    "NEEDLEPOINT_MAIL_FROM", env.mail_address, default="needlepoint@localhost"
)
CLINIC_ONLY = (
    "NEEDLEPOINT_HOSTS",
    "NEEDLEPOINT_SECRET_KEY",
    "NEEDLEPOINT_TRUSTED_PROXIES",
    "NEEDLEPOINT_MAIL_URL",
    "DATABASE_OWNER_URL",
)
if DEMO:
    env.refuse_in_demo(
        names=[name for name in CLINIC_ONLY if environment.text(name)],
        database=DATABASE_URL.get("NAME"),
        bind=BIND_ADDRESS,
    )

DEBUG = False
SECRET_KEY = read("NEEDLEPOINT_SECRET_KEY", env.secret, default="")
if not SECRET_KEY:
    if PUBLIC_HOSTS or (DATABASE_URL and not DEMO):
        env.stop("NEEDLEPOINT_SECRET_KEY must be set to a random text for a clinic.")
    SECRET_KEY = env.kept_secret(VAR_DIR / "secret_key")
if PUBLIC_HOSTS and not TRUSTED_PROXIES:  # every page would lead to itself by https
    env.stop(
        "NEEDLEPOINT_TRUSTED_PROXIES must be 1 or more with NEEDLEPOINT_HOSTS: "
        "https comes from a proxy of yours."
    )
SECRET_KEY_FALLBACKS: list[str] = read(
    "NEEDLEPOINT_OLD_SECRET_KEYS", env.secrets, default=[]
)
ALLOWED_HOSTS = [*PUBLIC_HOSTS, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in PUBLIC_HOSTS]

# What it is made of

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "clinic",
    "patients",
    "sessions",
]
MIDDLEWARE = [
    "clinic.web.security.client_address_middleware",
    "clinic.audit.middleware.audit_middleware",
    "clinic.web.health.health_middleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic.web.security.security_headers_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.web.security.no_store_middleware",
    "clinic.web.security.no_nul_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.audit.middleware.refusals_middleware",
    "clinic.staff.middleware.SessionLimitsMiddleware",
    "clinic.staff.middleware.SignInRequiredMiddleware",
    "clinic.staff.middleware.SecondFactorMiddleware",
    "clinic.places.middleware.site_middleware",
    "clinic.rulebook.middleware.book_middleware",
    "patients.history.tablet.TabletMiddleware",
    "patients.records.middleware.BreakGlassMiddleware",
]
ROOT_URLCONF = "clinic.urls"
CSRF_FAILURE_VIEW = "clinic.web.errors.csrf_failure"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.web.context.page",
            ],
            "libraries": {
                "ui": "clinic.web.templatetags.ui",
                "patient": "patients.records.templatetags.patient",
                "health": "patients.history.templatetags.health",
                "consent": "patients.consent.templatetags.consent",
            },
        },
    },
]
FORM_RENDERER = "clinic.web.form_renderer.QuickRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# The database

DATABASE_ROLE = read(
    "NEEDLEPOINT_DATABASE_ROLE", env.one_of("web", "owner"), default="web"
)
# The web's statements are short; a migration may take its time, but waits for no lock.
# Compiling a statement (jit) takes longer than our reports themselves: 1.9 s or 25 ms.
DATABASE_LIMITS = {
    "web": "-c statement_timeout=15000 -c lock_timeout=3000 -c jit=off"
    " -c idle_in_transaction_session_timeout=30000",
    "owner": "-c lock_timeout=2000 -c jit=off"
    " -c idle_in_transaction_session_timeout=600000",
}
DATABASE_OPTIONS: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10000,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "needlepoint",
    "options": DATABASE_LIMITS[DATABASE_ROLE],
}
PRIVATE_DATABASE: dict[str, Any] = {
    "NAME": "needlepoint_demo" if DEMO else "needlepoint",
    "USER": {"web": WEB_ROLE, "owner": OWNER_ROLE}[DATABASE_ROLE],
    "LOCAL_VAR": VAR_DIR,
}
NAMED_DATABASE: dict[str, Any] = (
    DATABASE_OWNER_URL if DATABASE_ROLE == "owner" else {}
) or DATABASE_URL
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(NAMED_DATABASE or PRIVATE_DATABASE),
        "ENGINE": "clinic.localdb.backend",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**DATABASE_OPTIONS, **NAMED_DATABASE.get("OPTIONS", {})},
    },
}
WEB_DATABASE_ROLE = DATABASE_URL["USER"] if DATABASE_URL else WEB_ROLE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by the worker processes: the limits on guessing are counted here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "needlepoint_cache",
    },
}

# Who is it

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_CHECKS = "django.contrib.auth.password_validation"  # noqa: S105
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "clinic.staff.passwords.LengthValidator"},
    {
        "NAME": f"{PASSWORD_CHECKS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
    {"NAME": f"{PASSWORD_CHECKS}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.staff.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "clinic.staff.adapter.display_name"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the other sessions end, this one stays
ACCOUNT_FORMS = {
    "login": "clinic.staff.sign_in_forms.SignInForm",
    "reauthenticate": "clinic.staff.sign_in_forms.AgainForm",
    "change_password": "clinic.staff.sign_in_forms.NewPasswordForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,10/15m/key"}
SECOND_FACTOR_ENFORCED = not DEMO  # for practitioners and owners
MFA_ADAPTER = "clinic.staff.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "clinic.staff.sign_in_forms.CodeForm",
    "reauthenticate": "clinic.staff.sign_in_forms.CodeAgainForm",
    "activate_totp": "clinic.staff.sign_in_forms.AddAppForm",
    "add_webauthn": "clinic.staff.sign_in_forms.AddPasskeyForm",
    "edit_webauthn": "clinic.staff.sign_in_forms.RenamePasskeyForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Needlepoint"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO

# The audit log is chained while the server works; 0 leaves it to seal_audit
AUDIT_SEAL_EVERY_SECONDS = 600

# What the browser is told

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrftoken"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = bool(PUBLIC_HOSTS)
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {  # the name and shape that Django 6 has
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail: without a server it is written to files, never lost in silence

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
if MAIL:
    EMAIL_HOST, EMAIL_PORT = MAIL["HOST"], MAIL["PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["USER"], MAIL["PASSWORD"]
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL["USE_SSL"], MAIL["USE_TLS"]
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"

# Log: one line of JSON per event on standard error, without anybody's data

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "clinic.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # refusals are in the audit log
        "waitress.queue": {"level": "ERROR"},
    },
}
