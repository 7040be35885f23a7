"""Signing in and out: password, code, limits on guessing, what the log says."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import (
    MD5PasswordHasher,
    check_password,
    make_password,
)
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from clinic.models import AuditEvent, User
from clinic.staff.models import Role
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_guesses_yet() -> None:
    cache.clear()


@pytest.fixture
def desk() -> User:
    return factories.make_desk(site=factories.make_site())


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password, **more}
    )


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def test_a_person_signs_in_and_goes_back_to_where_they_were(
    client: Client, desk: User
) -> None:
    answer = sign_in(client, desk, next=reverse("mfa_index"))
    assert answer.status_code == 302
    assert answer.url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert actions() == ["sign_in.done"]


def test_an_address_elsewhere_is_not_followed(client: Client, desk: User) -> None:
    assert sign_in(client, desk, next="https://evil.test/").url == "/"


def test_the_address_is_found_in_any_case(client: Client, desk: User) -> None:
    User.objects.filter(pk=desk.pk).update(email="desk@clinic.test")
    answer = client.post(
        reverse("account_login"), {"login": "Desk@Clinic.TEST", "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_a_wrong_password_is_refused_and_logged_without_the_address(
    client: Client, desk: User
) -> None:
    answer = sign_in(client, desk, "wrong")
    assert "do not fit together" in answer.content.decode()
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id) == ("sign_in.failed", None)
    assert event.object_id == desk.pk
    assert desk.email not in str(event.details)


def test_an_unknown_address_gets_the_same_answer(client: Client, desk: User) -> None:
    known = sign_in(client, desk, "wrong").content.decode()
    desk.email = "nobody@clinic.test"
    unknown = sign_in(client, desk, "wrong").content.decode()
    assert "do not fit together" in known
    assert "do not fit together" in unknown
    assert AuditEvent.objects.filter(object_id=None).count() == 1


def test_a_refusal_costs_the_same_work_whoever_is_tried(
    client: Client, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in hashes: they take nearly all of the time that could tell."""
    hashes = 0
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        nonlocal hashes
        hashes += 1
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    shut = factories.make_desk(site=factories.make_site())
    User.objects.filter(pk=shut.pk).update(is_active=False)
    nobody = User(email="nobody@clinic.test")
    costs = []
    for person in (desk, nobody, shut):
        hashes = 0
        sign_in(client, person, "wrong")
        costs.append(hashes)
    assert costs == [1, 1, 1]


def test_after_ten_tries_even_the_right_password_waits(
    client: Client, desk: User
) -> None:
    for _ in range(10):
        sign_in(client, desk, "wrong")
    answer = sign_in(client, desk)
    assert answer.status_code == 200
    assert "Too many tries" in answer.content.decode()


def test_a_disabled_person_does_not_get_in(client: Client, desk: User) -> None:
    User.objects.filter(pk=desk.pk).update(is_active=False)
    answer = sign_in(client, desk)
    assert answer.status_code == 302
    assert answer.url == reverse("account_inactive")
    assert "closed" in client.get(answer.url).content.decode()
    assert client.get(reverse("mfa_index")).status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/sign-up/").status_code == 404
    page = client.get(reverse("account_login")).content.decode()
    assert "Sign up" not in page


def test_signing_out_ends_the_session_and_empties_the_browser(
    client: Client, desk: User
) -> None:
    sign_in(client, desk)
    stolen = client.cookies["__Host-sessionid"].value
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.url == reverse("account_login")
    client.cookies["__Host-sessionid"] = stolen
    assert client.get(reverse("mfa_index")).status_code == 302
    assert actions() == ["sign_in.done", "sign_out"]


def test_a_visit_to_the_way_out_signs_nobody_out(client: Client, desk: User) -> None:
    sign_in(client, desk)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200


def test_the_session_gets_a_new_name_at_sign_in(client: Client, desk: User) -> None:
    client.get(reverse("account_login"))
    client.session["before"] = True
    before = client.session.session_key
    sign_in(client, desk)
    assert client.session.session_key != before


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_demo_people_are_shown_in_the_demo_only(
    client: Client, settings: Settings, is_demo: bool
) -> None:
    settings.DEMO = is_demo
    page = client.get(reverse("account_login")).content.decode()
    assert ("practitioner@demo.clinic" in page) is is_demo
    assert ("needlepoint</span>" in page) is is_demo


def test_a_second_step_is_asked_of_who_has_one(client: Client, desk: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(desk, secret)
    answer = sign_in(client, desk, next=reverse("mfa_list_webauthn"))
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("mfa_index")).status_code == 302

    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "does not fit" in wrong.content.decode()

    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert right.url == reverse("mfa_list_webauthn")
    assert actions() == ["second_factor.failed", "sign_in.done"]
    assert AuditEvent.objects.last().details == {"steps": ["password", "totp"]}  # type: ignore[union-attr]


def test_the_secret_of_an_app_is_not_readable_in_the_database(desk: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(desk, secret)
    assert secret not in str(Authenticator.objects.get().data)


class TestEnforcement:
    """Owners and practitioners need a second step outside the demo."""

    @pytest.fixture(autouse=True)
    def _enforced(self, settings: Settings) -> None:
        settings.SECOND_FACTOR_ENFORCED = True

    @pytest.mark.parametrize("role", [Role.OWNER, Role.PRACTITIONER])
    def test_without_one_everything_leads_to_enrolment(
        self, client: Client, role: Role
    ) -> None:
        sign_in(client, factories.make_user(role))
        answer = client.get(reverse("mfa_list_webauthn"))
        assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))  # type: ignore[attr-defined]
        piece = client.get(reverse("mfa_list_webauthn"), headers={"HX-Request": "true"})
        assert piece.status_code == 401
        page = client.get(reverse("mfa_index"))
        assert page.status_code == 200
        assert "password alone is not enough" in page.content.decode()
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        assert client.post(reverse("account_logout")).status_code == 302

    def test_the_front_desk_may_do_without(self, client: Client, desk: User) -> None:
        sign_in(client, desk)
        assert client.get(reverse("mfa_list_webauthn")).status_code == 200

    def test_enrolling_an_app_opens_the_doors(
        self,
        client: Client,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        owner = factories.make_owner(site=factories.make_site())
        sign_in(client, owner)
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        assert secret in page.content.decode()
        assert "data:" not in page.content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                reverse("mfa_activate_totp"), {"code": code_of(secret)}
            )
        assert answer.url == reverse("mfa_view_recovery_codes")  # type: ignore[attr-defined]
        codes = client.get(reverse("mfa_view_recovery_codes"))
        assert codes.content.decode().count("<li>") == 10
        again = client.get(reverse("mfa_view_recovery_codes"))
        assert again.content.decode().count("<li>") == 0
        assert client.get(reverse("mfa_list_webauthn")).status_code == 200
        assert "second_factor.added" in actions()

    def test_the_last_one_cannot_be_removed(self, client: Client) -> None:
        owner = factories.make_owner()
        secret = generate_totp_secret()
        TOTP.activate(owner, secret)
        sign_in(client, owner)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        answer = client.post(reverse("mfa_deactivate_totp"))
        assert "needs a second step" in answer.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_the_last_passkey_cannot_be_removed(self, client: Client) -> None:
        owner = factories.make_owner()
        key = Authenticator.objects.create(
            user=owner, type="webauthn", data={"name": "Key", "credential": {}}
        )
        client.force_login(owner)
        client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
        assert Authenticator.objects.filter(pk=key.pk).exists()


def test_weighty_things_ask_for_the_password_once_more(
    client: Client, desk: User
) -> None:
    client.force_login(desk)
    answer = client.get(reverse("mfa_add_webauthn"))
    assert answer.status_code == 302
    again = answer.url  # type: ignore[attr-defined]
    assert again.startswith(reverse("account_reauthenticate"))
    assert "not your password" in client.post(again, {"password": "x"}).content.decode()
    answer = client.post(again, {"password": PASSWORD})
    assert answer.url == reverse("mfa_add_webauthn")  # type: ignore[attr-defined]
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.status_code == 200
    assert "challenge" in page.content.decode()


def test_a_new_password_ends_the_other_sessions(client: Client, desk: User) -> None:
    other = Client()
    sign_in(other, desk)
    sign_in(client, desk)
    answer = client.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "four plain words here",
            "password2": "four plain words here",
        },
    )
    assert answer.status_code == 302
    assert client.get(reverse("mfa_index")).status_code == 200
    assert other.get(reverse("mfa_index")).status_code == 302
    assert "password.changed" in actions()


@pytest.mark.parametrize(
    "changes",
    [{"is_active": False}, {"roles": ["owner"]}, {"capabilities": ["prescriber"]}],
)
def test_a_person_who_changed_is_out_at_the_next_request(
    client: Client, changes: dict[str, object]
) -> None:
    nurse = factories.make_practitioner()
    client.force_login(nurse)
    assert client.get(reverse("mfa_index")).status_code == 200
    User.objects.filter(pk=nurse.pk).update(**changes)
    assert client.get(reverse("mfa_index")).status_code == 302


def test_a_refusal_is_in_the_log(client: Client) -> None:
    nobody = factories.make_user()
    client.force_login(nobody)
    client.get(reverse("mfa_edit_webauthn", args=[77]))
    event = AuditEvent.objects.get(action="refused")
    assert event.actor == nobody
    assert event.details == {
        "status": 403,
        "method": "GET",
        "view": "mfa_edit_webauthn",
        "arguments": ["77"],
    }


def test_a_code_works_once(client: Client, desk: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(desk, secret)
    code = code_of(secret)
    sign_in(client, desk)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    other = Client()
    sign_in(other, desk)
    again = other.post(reverse("mfa_authenticate"), {"code": code})
    assert again.status_code == 200
    assert other.get(reverse("clinic:me")).status_code == 302


def test_the_session_gets_a_new_name_at_the_second_step(
    client: Client, desk: User
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(desk, secret)
    sign_in(client, desk)
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(reverse("clinic:me")).status_code == 200
    assert client.session.session_key != before


def test_codes_are_not_guessed(client: Client, desk: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(desk, secret)
    for _ in range(3):
        sign_in(client, desk)
        for _guess in range(4):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
    sign_in(client, desk)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(reverse("clinic:me")).status_code == 302


def test_the_password_is_not_guessed_from_inside(client: Client, desk: User) -> None:
    client.force_login(desk)
    for _ in range(10):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code != 302


def test_who_is_guessed_at_keeps_nobody_else_out(client: Client, desk: User) -> None:
    for _ in range(11):
        sign_in(client, desk, "wrong")
    assert "Too many tries" in sign_in(client, desk).content.decode()
    colleague = factories.make_desk()
    assert sign_in(client, colleague).status_code == 302


def test_a_form_from_elsewhere_is_refused_and_logged(desk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk)
    assert strict.post(reverse("clinic:me"), {"theme": "dark"}).status_code == 403
    event = AuditEvent.objects.get(action="refused")
    assert (event.actor, event.details["view"]) == (desk, "clinic:me")


def test_passwords_are_kept_by_argon2id() -> None:
    """The suite itself hashes fast; the product's own settings count."""
    from clinic import settings as product

    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        kept = make_password("four plain words here")
        assert kept.startswith("argon2$argon2id$")
        assert check_password("four plain words here", kept)
