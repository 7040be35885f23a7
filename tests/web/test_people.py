"""Owners add and change people; everybody keeps their own settings."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from clinic.models import AuditEvent, Qualification, User
from clinic.staff import links
from clinic.staff.queries import valid_depth_mm
from clinic.staff.roles import Role
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
CHOSEN = "four plain words here"


def signed_in(user: User) -> Client:
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}
    )
    assert answer.status_code == 302
    return client


@pytest.fixture
def owner() -> User:
    return factories.make_owner(site=factories.make_site(), full_name="Nadia Haas")


@pytest.fixture
def office(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def nurse(owner: User) -> User:
    return factories.make_user(Role.PRACTITIONER, full_name="Tomas Reyes")


def place(name: str, person: User) -> str:
    return reverse(f"clinic:{name}", args=[person.pk])


def post(client: Client, name: str, person: User, **values: Any) -> Any:
    return client.post(place(name, person), values)


def test_an_owner_adds_a_person_who_chooses_the_password_alone(
    office: Client, owner: User
) -> None:
    answer = office.post(
        reverse("clinic:person-add"),
        {"full_name": "Jo Park", "email": "JO@clinic.test", "roles": ["front_desk"]},
    )
    jo = User.objects.get(email="jo@clinic.test")
    assert answer.url == place("person", jo)  # type: ignore[attr-defined]
    assert not jo.has_usable_password()
    page = office.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "No site yet" in page
    assert "Never signed in yet" in page

    shown = post(office, "person-link", jo).content.decode()
    token = links.make(jo)
    assert "/sign-in/link/" in shown
    assert "within 24 hours" in shown

    stranger = Client()
    bare = stranger.get(reverse("clinic:link", args=[token]))
    assert bare.url == reverse("clinic:link-password")  # type: ignore[attr-defined]
    assert "Jo Park" in stranger.get(bare.url).content.decode()  # type: ignore[attr-defined]
    set_at = reverse("clinic:link-password")
    both = {"password1": CHOSEN, "password2": CHOSEN}
    assert stranger.post(set_at, both).url == reverse("account_login")  # type: ignore[attr-defined]
    entered = stranger.post(
        reverse("account_login"), {"login": jo.email, "password": CHOSEN}
    )
    assert entered.status_code == 302
    assert list(AuditEvent.objects.values_list("action", flat=True).order_by("id")) == [
        "sign_in.done",
        "person.added",
        "person.link_made",
        "password.set_by_link",
        "sign_in.done",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password2": "other words here"}, "The two passwords differ"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password1234", "password2": "password1234"}, "too common"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(
    nurse: User, changes: dict[str, str], words: str
) -> None:
    stranger = Client()
    stranger.get(reverse("clinic:link", args=[links.make(nurse)]))
    both = {"password1": CHOSEN, "password2": CHOSEN, **changes}
    answer = stranger.post(reverse("clinic:link-password"), both)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    nurse.refresh_from_db()
    assert nurse.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("enforced", "has_factor", "least"),
    [(True, False, 12), (False, True, 12), (False, False, 15)],
)
def test_a_password_is_longer_where_nothing_else_guards(
    settings: Settings, nurse: User, enforced: bool, has_factor: bool, least: int
) -> None:
    settings.SECOND_FACTOR_ENFORCED = enforced
    if has_factor:
        Authenticator.objects.create(user=nurse, type="totp", data={})
    validate_password(("rosebud tundra gale")[:least], user=nurse)
    with pytest.raises(ValidationError, match=f"at least {least}"):
        validate_password(("rosebud tundra gale")[: least - 1], user=nurse)


def test_a_very_long_password_counts_to_its_last_letter(nurse: User) -> None:
    long = "ä" * 128
    nurse.set_password(long)
    assert nurse.check_password(long)
    assert not nurse.check_password(long[:-1])


def dies(token: str) -> bool:
    return links.owner_of(token) is None


def test_a_link_works_once(nurse: User) -> None:
    token = links.make(nurse)
    assert links.owner_of(token) == nurse
    stranger = Client()
    stranger.get(reverse("clinic:link", args=[token]))
    both = {"password1": CHOSEN, "password2": CHOSEN}
    stranger.post(reverse("clinic:link-password"), both)
    assert dies(token)
    page = stranger.get(reverse("clinic:link-password"))
    assert page.status_code == 404
    assert "no longer works" in page.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "x"},
        {"email": "other@clinic.test"},
        {"last_login": factories.NOW},
        {"is_active": False},
    ],
)
def test_a_link_dies_with_what_it_was_made_for(
    nurse: User, changes: dict[str, Any]
) -> None:
    token = links.make(nurse)
    User.objects.filter(pk=nurse.pk).update(**changes)
    assert dies(token)


@pytest.mark.parametrize(
    ("has_signed_in", "minutes", "works"),
    [(True, 29, True), (True, 31, False), (False, 1439, True), (False, 1441, False)],
)
def test_a_link_runs_out(
    monkeypatch: pytest.MonkeyPatch,
    nurse: User,
    has_signed_in: bool,
    minutes: int,
    works: bool,
) -> None:
    if has_signed_in:
        User.objects.filter(pk=nurse.pk).update(last_login=factories.NOW)
        nurse.refresh_from_db()
    token = links.make(nurse)
    from time import time

    later = time() + minutes * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert dies(token) is not works


@pytest.mark.parametrize("token", ["", "x", "a:b:c"])
def test_nonsense_is_no_link(token: str) -> None:
    assert dies(token)


def test_roles_are_changed_by_another_owner_and_sessions_end(
    office: Client, owner: User, nurse: User
) -> None:
    theirs = signed_in(nurse)
    answer = post(
        office, "person-roles", nurse, roles=["owner", "practitioner"],
        capabilities=["prescriber"],
    )  # fmt: skip
    assert answer.status_code == 302
    nurse.refresh_from_db()
    assert set(nurse.roles) == {"owner", "practitioner"}
    assert theirs.get(reverse("clinic:me")).status_code == 302
    event = AuditEvent.objects.get(action="person.roles_changed")
    assert event.details["before"] == ["practitioner"]
    assert "Tomas Reyes" in office.get(reverse("clinic:people")).content.decode()


def test_nobody_raises_their_own_role(office: Client, owner: User) -> None:
    factories.make_owner()
    answer = post(office, "person-roles", owner, roles=["owner", "practitioner"])
    assert answer.status_code == 422
    assert "Another owner changes your roles" in answer.content.decode()
    owner.refresh_from_db()
    assert owner.roles == ["owner"]


def test_only_a_practitioner_becomes_a_prescriber(office: Client, nurse: User) -> None:
    answer = post(
        office, "person-roles", nurse, roles=["front_desk"], capabilities=["prescriber"]
    )
    assert answer.status_code == 422
    assert "Only a practitioner" in answer.content.decode()


def test_the_clinic_never_loses_its_last_owner(
    office: Client, owner: User, nurse: User
) -> None:
    second = factories.make_owner()
    assert post(office, "person-active", second, active="no").status_code == 302
    third = factories.make_owner()
    other = signed_in(third)
    assert post(other, "person-roles", owner, roles=["front_desk"]).status_code == 302
    User.objects.filter(pk=third.pk).update(is_active=False)
    User.objects.filter(pk=owner.pk).update(roles=["owner"])
    fourth = factories.make_owner()
    last = signed_in(fourth)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    answer = post(last, "person-active", fourth, active="no")
    assert answer.status_code == 422
    assert User.objects.filter(roles__contains=["owner"], is_active=True).exists()


def test_a_closed_sign_in_ends_every_session_at_once(
    office: Client, nurse: User
) -> None:
    theirs = signed_in(nurse)
    post(office, "person-active", nurse, active="no")
    assert theirs.get(reverse("clinic:me")).status_code == 302
    refused = post(office, "person-link", nurse)
    assert "This sign-in is closed" in refused.content.decode()
    post(office, "person-active", nurse, active="yes")
    nurse.refresh_from_db()
    assert nurse.is_active


def test_weighty_changes_ask_for_the_password_first(owner: User, nurse: User) -> None:
    client = Client()
    client.force_login(owner)
    answer = post(client, "person-roles", nurse, roles=["owner"])
    assert answer.url.startswith(reverse("account_reauthenticate"))
    nurse.refresh_from_db()
    assert nurse.roles == ["practitioner"]
    confirmed = client.post(answer.url, {"password": PASSWORD})
    assert confirmed.status_code == 302
    nurse.refresh_from_db()
    assert nurse.roles == ["owner"]


def test_a_lost_second_step_is_taken_away_with_a_note(
    office: Client, owner: User, nurse: User
) -> None:
    theirs = signed_in(nurse)
    Authenticator.objects.create(user=nurse, type="totp", data={})
    assert post(office, "person-second-step", nurse, note="").status_code == 422
    post(office, "person-second-step", nurse, note="in person, passport")
    assert not Authenticator.objects.exists()
    assert theirs.get(reverse("clinic:me")).status_code == 302
    event = AuditEvent.objects.get(action="second_factor.taken_away")
    assert event.details == {"note": "in person, passport"}
    Authenticator.objects.create(user=owner, type="totp", data={})
    answer = post(office, "person-second-step", owner, note="myself")
    assert answer.status_code == 422


def test_an_address_belongs_to_one_person(office: Client, nurse: User) -> None:
    other = factories.make_desk()
    answer = post(office, "person", nurse, full_name="T", email=other.email.upper())
    assert answer.status_code == 422
    assert "Somebody already signs in" in answer.content.decode()
    assert (
        post(office, "person", nurse, full_name="T", email=nurse.email).status_code
        == 302
    )


def paper(**changes: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "kind": "needling",
        "number": "N1",
        "issuer": "Council",
        "valid_from": (today - timedelta(days=9)).isoformat(),
        "valid_until": today.isoformat(),
        "greatest_depth_mm": "1.50",
        **changes,
    }


def test_a_qualification_is_added_and_withdrawn(office: Client, nurse: User) -> None:
    assert post(office, "qualification-add", nurse, **paper()).status_code == 302
    assert valid_depth_mm(nurse, timezone.localdate()) == Decimal("1.50")
    row = Qualification.objects.get()
    page = office.get(place("person", nurse)).content.decode()
    assert "Valid" in page
    office.post(reverse("clinic:qualification-withdraw", args=[nurse.pk, row.pk]))
    assert valid_depth_mm(nurse, timezone.localdate()) is None
    foreign = reverse("clinic:qualification-withdraw", args=[nurse.pk + 99, row.pk])
    assert office.post(foreign).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"greatest_depth_mm": "3.01"}, "from 0.01 to 3.00 mm"),
        ({"greatest_depth_mm": "0"}, "from 0.01 to 3.00 mm"),
        ({"valid_until": "2001-01-01"}, "must end after it begins"),
        ({"number": ""}, "Fill in: Number"),
    ],
)
def test_a_paper_that_cannot_be_is_refused(
    office: Client, nurse: User, changes: dict[str, str], words: str
) -> None:
    answer = post(office, "qualification-add", nurse, **paper(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Qualification.objects.exists()


def test_everybody_sets_their_own_looks(nurse: User) -> None:
    client = signed_in(nurse)
    client.post(reverse("clinic:me"), {"theme": "dark", "single_keys": ""})
    page = client.get(reverse("clinic:me")).content.decode()
    assert 'data-bs-theme="dark"' in page
    assert "data-no-single-keys" in page


def test_a_person_ends_their_other_sessions(nurse: User) -> None:
    here, there = signed_in(nurse), signed_in(nurse)
    page = here.get(reverse("clinic:me")).content.decode()
    assert page.count("Last used") == 2
    assert "This device" in page
    here.post(reverse("clinic:my-sessions-end"))
    assert here.get(reverse("clinic:me")).status_code == 200
    assert there.get(reverse("clinic:me")).status_code == 302


def test_nobody_ends_a_session_of_another_person(owner: User, nurse: User) -> None:
    from allauth.usersessions.models import UserSession

    signed_in(nurse)
    mine = signed_in(owner)
    theirs = UserSession.objects.get(user=nurse)
    answer = mine.post(reverse("clinic:my-session-end", args=[theirs.pk]))
    assert answer.status_code == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("role", "start"),
    [
        (Role.PRACTITIONER, "clinic:devices"),
        (Role.FRONT_DESK, "clinic:devices"),
        (Role.OWNER, "clinic:devices"),
    ],
)
def test_everybody_lands_somewhere_that_opens(role: Role, start: str) -> None:
    client = Client()
    client.force_login(factories.make_user(role, site=factories.make_site()))
    answer = client.get("/")
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200  # type: ignore[attr-defined]


def test_the_list_of_people_takes_as_few_queries_with_many_as_with_few(
    owner: User, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        factories.make_practitioner(site=factories.make_site())
    office.get(reverse("clinic:people"))
    with django_assert_max_num_queries(9):
        office.get(reverse("clinic:people"))
