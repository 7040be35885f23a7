"""The addresses of sign-in: allauth's views, each with its door, and no other.

There is no sign-up, no change of address and no reset by mail: an owner adds people
and hands them a sign-in link.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from clinic.staff.policy import Action, public, requires
from clinic.staff.sign_in_views import remove_passkey, second_step, sign_in, sign_out

own = requires(Action.OWN_PROFILE)

urlpatterns = [
    path("sign-in/", public(sign_in), name="account_login"),
    path("sign-out/", public(sign_out), name="account_logout"),
    path("sign-in/closed/", public(account.account_inactive), name="account_inactive"),
    path("sign-in/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path(
        "sign-in/passkey/", public(webauthn.login_webauthn), name="mfa_login_webauthn"
    ),
    path("sign-in/again/", own(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey/",
        own(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("me/password/", own(account.password_change), name="account_change_password"),
    path("me/second-step/", own(second_step), name="mfa_index"),
    path("me/second-step/app/", own(totp.activate_totp), name="mfa_activate_totp"),
    path(
        "me/second-step/app/remove/",
        own(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "me/second-step/codes/",
        own(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/second-step/codes/new/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("me/passkeys/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("me/passkeys/add/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "me/passkeys/<int:pk>/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"
    ),
    path(
        "me/passkeys/<int:pk>/remove/", own(remove_passkey), name="mfa_remove_webauthn"
    ),
]
