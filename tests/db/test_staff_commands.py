"""What whoever runs the server can do for people when no owner can."""

import io

import pytest
from django.core.management import CommandError, call_command

from clinic.models import AuditEvent
from clinic.staff import links
from tests import factories

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_a_link_is_printed_and_works() -> None:
    owner = factories.make_owner()
    said = run("sign_in_link", owner.email.upper())
    token = said.split("/sign-in/link/")[1].strip().rstrip("/")
    assert links.owner_of(token) == owner
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id) == ("person.link_made", None)


def test_the_only_owner_becomes_a_practitioner_as_well() -> None:
    owner = factories.make_owner()
    run("set_roles", owner.email, "owner", "practitioner", "--also", "prescriber")
    owner.refresh_from_db()
    assert owner.roles == ["owner", "practitioner"]
    assert owner.capabilities == ["prescriber"]
    assert AuditEvent.objects.get().action == "person.roles_changed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sign_in_link", "nobody@clinic.test"], "Nobody signs in"),
        (["set_roles", "nobody@clinic.test", "owner"], "Nobody signs in"),
        (
            ["set_roles", "desk@clinic.test", "front_desk", "--also", "prescriber"],
            "Only",
        ),
        (["set_roles", "last@clinic.test", "front_desk"], "needs an owner"),
        (["sign_in_link", "closed@clinic.test"], "closed"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], said: str) -> None:
    factories.make_desk(email="desk@clinic.test")
    factories.make_owner(email="last@clinic.test")
    factories.make_desk(email="closed@clinic.test", is_active=False)
    with pytest.raises(CommandError, match=said):
        run(*words)
