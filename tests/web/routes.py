"""How to make the arguments of each address that has some.

`test_doors.py` and `test_matrix.py` walk every address of the product. An address
with arguments needs a maker: a function that makes valid rows and gives the keyword
arguments of the address. A slice puts its own, with `@maker("patients:chart")`, into
a file `tests/web/routes_<slice>.py`; all such files are found by their name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse

from clinic.models import Device, Lot, Qualification, Room, Site, User
from clinic.staff.checks import addresses
from clinic.staff.policy import Action
from clinic.staff.roles import Capability, Role
from patients.models import Patient
from sessions.models import Plan, TreatmentSession, Visit
from tests import factories

METHODS = ("GET", "POST", "HEAD", "OPTIONS")


class World:
    """A small clinic; what a test does not ask for is not made.

    `me` is who will open the address, for what only its owner may see.
    """

    def __init__(self, me: Role = Role.PRACTITIONER) -> None:
        self._me = me

    @property
    def me(self) -> User:
        return self.person(self._me)

    @cached_property
    def site(self) -> Site:
        return factories.make_site()

    @cached_property
    def room(self) -> Room:
        return factories.make_room(site=self.site)

    @cached_property
    def practitioner(self) -> User:
        lead = (Capability.PRESCRIBER, Capability.MEDICAL_LEAD)
        return factories.make_practitioner(site=self.site, capabilities=lead)

    @cached_property
    def desk(self) -> User:
        return factories.make_desk(site=self.site)

    @cached_property
    def owner(self) -> User:
        return factories.make_owner(site=self.site)

    @cached_property
    def qualification(self) -> Qualification:
        return factories.make_qualification(user=self.practitioner)

    @cached_property
    def patient(self) -> Patient:
        return factories.make_patient()

    @cached_property
    def plan(self) -> Plan:
        condition = factories.make_condition(patient=self.patient)
        return factories.make_plan(condition=condition, site=self.site, by=self.desk)

    @cached_property
    def visit(self) -> Visit:
        return factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.desk,
        )

    @cached_property
    def session(self) -> TreatmentSession:
        return factories.make_session(visit=self.visit)

    @cached_property
    def device(self) -> Device:
        return factories.make_device(site=self.site)

    @cached_property
    def lot(self) -> Lot:
        return factories.make_lot(site=self.site)

    def person(self, role: Role) -> User:
        """The one who holds the role and no other."""
        return {
            Role.PRACTITIONER: self.practitioner,
            Role.FRONT_DESK: self.desk,
            Role.OWNER: self.owner,
        }[role]


Maker = Callable[[World], dict[str, Any]]
MAKERS: dict[str, Maker] = {}


def maker(name: str) -> Callable[[Maker], Maker]:
    """Register the maker of an address's arguments."""

    def keep(make: Maker) -> Maker:
        assert name not in MAKERS, f"{name} has two makers"
        MAKERS[name] = make
        return make

    return keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address of the product and its door."""

    name: str
    text: str
    action: Action | None
    takes_arguments: bool

    @property
    def is_public(self) -> bool:
        """Open to strangers."""
        return self.action is None

    def url(self, world: World) -> str:
        """The address with valid arguments; fails when nobody says how to make them."""
        if not self.takes_arguments:
            return reverse(self.name)
        if self.name not in MAKERS:
            pytest.fail(
                f"No maker for {self.name} (/{self.text}): add "
                f'@maker("{self.name}") to a file tests/web/routes_<slice>.py.'
            )
        return reverse(self.name, kwargs=MAKERS[self.name](world))


def all_routes() -> list[Route]:
    """Every address, as the product has it now."""
    found = []
    for text, name, pattern in addresses(get_resolver().url_patterns):
        assert name, f"/{text} has no name"
        found.append(
            Route(
                name=name,
                text=text,
                action=getattr(pattern.callback, "required_action", None),
                takes_arguments=_takes_arguments(text, pattern),
            )
        )
    return found


def _takes_arguments(text: str, pattern: URLPattern) -> bool:
    return "<" in text or bool(pattern.pattern.regex.groups)


for _file in sorted(Path(__file__).parent.glob("routes_*.py")):
    import_module(f"tests.web.{_file.stem}")
