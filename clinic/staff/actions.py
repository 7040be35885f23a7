"""Writing people: add, change, roles, disable, qualifications, links, own settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.audit.changes import assign, save_changes
from clinic.staff import links
from clinic.staff.models import DepthScope, Qualification, User
from clinic.staff.roles import Capability, Role


class StaffRefused(Exception):  # noqa: N818  a refusal, said to a person
    """A change of people that the clinic's rules do not allow; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEntry:
    """Who somebody is."""

    full_name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesEntry:
    """What somebody does here."""

    roles: tuple[Role, ...]
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationEntry:
    """A licence or certificate; depth in mm."""

    kind: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    greatest_depth_mm: Decimal


def _log(
    *,
    by: User | None,
    now: datetime,
    action: str,
    person: User,
    **details: audit.Detail,
) -> None:
    entry = audit.Entry(
        action=action, object_kind="user", object_id=person.pk, details=details
    )
    audit.record_many(by=by, now=now, entries=[entry])


@transaction.atomic
def add_person(
    *, entry: PersonEntry, roles: RolesEntry, by: User, now: datetime
) -> User:
    """Somebody new, without a password: a link lets them choose one."""
    person = User.objects.create_user(
        email=entry.email,
        full_name=entry.full_name,
        roles=roles.roles,
        capabilities=roles.capabilities,
    )
    _log(by=by, now=now, action="person.added", person=person, roles=[*roles.roles])
    return person


@transaction.atomic
def change_person(*, person: User, entry: PersonEntry, by: User, now: datetime) -> User:
    """Another name or address; with another address open links die."""
    save_changes(
        person,
        values={"full_name": entry.full_name, "email": entry.email.lower()},
        by=by,
        now=now,
        action="person.changed",
        kind="user",
    )
    return person


@transaction.atomic
def change_roles(
    *, person: User, entry: RolesEntry, by: User | None, now: datetime
) -> User:
    """Other roles; every open session of the person ends.

    Raises StaffRefused for one's own roles, and when no owner would be left. `by` is
    None for the command on the server.
    """
    if by is not None and by.pk == person.pk:
        raise StaffRefused(
            _("Another owner changes your roles: nobody raises their own.")
        )
    locked = _lock_owners_and(person)
    if Role.OWNER not in entry.roles:
        _refuse_without_owner(locked)
    roles = [role.value for role in entry.roles]
    capabilities = [capability.value for capability in entry.capabilities]
    before, held = list(locked.roles), list(locked.capabilities)
    if (sorted(before), sorted(held)) == (sorted(roles), sorted(capabilities)):
        return locked
    locked.roles, locked.capabilities = roles, capabilities
    locked.save(update_fields=["roles", "capabilities"])
    _log(
        by=by,
        now=now,
        action="person.roles_changed",
        person=locked,
        before=[*before, *held],
        after=[*roles, *capabilities],
    )
    return locked


@transaction.atomic
def set_active(*, person: User, is_active: bool, by: User, now: datetime) -> User:
    """Close or open somebody's sign-in; closing ends every session.

    Raises StaffRefused for oneself, and when no owner would be left.
    """
    if by.pk == person.pk:
        raise StaffRefused(_("You cannot close your own sign-in. Ask another owner."))
    locked = _lock_owners_and(person)
    if locked.is_active == is_active:
        return locked
    if not is_active:
        _refuse_without_owner(locked)
        _end_sessions(locked)
    locked.is_active = is_active
    locked.save(update_fields=["is_active"])
    action = "person.opened" if is_active else "person.closed"
    _log(by=by, now=now, action=action, person=locked)
    return locked


def _lock_owners_and(person: User) -> User:
    """Lock all owners and the person, in the order of their ids; the fresh person."""
    owners = User.objects.filter(roles__contains=[Role.OWNER.value])
    rows = (owners | User.objects.filter(pk=person.pk)).order_by("id")
    locked = {row.pk: row for row in rows.select_for_update()}
    return locked[person.pk]


def _refuse_without_owner(person: User) -> None:
    others = User.objects.filter(roles__contains=[Role.OWNER.value], is_active=True)
    if person.is_owner and not others.exclude(pk=person.pk).exists():
        raise StaffRefused(
            _("The clinic needs an owner: name another one before you take this away.")
        )


@transaction.atomic
def make_link(*, person: User, by: User | None, now: datetime) -> str:
    """The secret part of a sign-in link. Raises StaffRefused for a closed sign-in."""
    if not person.is_active:
        raise StaffRefused(_("This sign-in is closed. Open it first."))
    _log(by=by, now=now, action="person.link_made", person=person)
    return links.make(person)


@transaction.atomic
def use_link(*, person: User, password: str, now: datetime) -> None:
    """Set the password a person chose; the link and every session die with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    _log(by=person, now=now, action="password.set_by_link", person=person)


@transaction.atomic
def remove_second_step(*, person: User, note: str, by: User, now: datetime) -> None:
    """For a lost phone: `note` says how the owner knew who it was (SECURITY S9)."""
    if by.pk == person.pk:
        raise StaffRefused(
            _("Another owner does this for you, or use a recovery code.")
        )
    Authenticator.objects.filter(user=person).delete()
    _end_sessions(person)
    _log(by=by, now=now, action="second_factor.taken_away", person=person, note=note)


@transaction.atomic
def end_sessions(*, person: User, by: User, now: datetime) -> None:
    """Sign somebody out everywhere."""
    _end_sessions(person)
    _log(by=by, now=now, action="person.sessions_ended", person=person)


@transaction.atomic
def end_own_sessions(
    *, person: User, sessions: Iterable[UserSession], now: datetime
) -> None:
    """Sign oneself out on other devices."""
    for session in sessions:
        session.end()
    _log(by=person, now=now, action="person.sessions_ended", person=person)


def _end_sessions(person: User) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


@transaction.atomic
def add_qualification(
    *, person: User, entry: QualificationEntry, by: User, now: datetime
) -> Qualification:
    """A licence or certificate that somebody showed."""
    qualification = Qualification.objects.create(
        user=person,
        kind=entry.kind,
        number=entry.number,
        issuer=entry.issuer,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        greatest_depth_mm=entry.greatest_depth_mm,
    )
    _log(
        by=by,
        now=now,
        action="qualification.added",
        person=person,
        qualification=qualification.pk,
    )
    return qualification


@transaction.atomic
def withdraw_qualification(
    *, qualification: Qualification, by: User, now: datetime
) -> Qualification:
    """From now on it allows nothing; what was done under it stays as it was."""
    rows = Qualification.objects.select_for_update(of=("self",)).select_related("user")
    locked = rows.get(pk=qualification.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at = now
        locked.save(update_fields=["withdrawn_at"])
        _log(
            by=by,
            now=now,
            action="qualification.withdrawn",
            person=locked.user,
            qualification=locked.pk,
        )
    return locked


@transaction.atomic
def set_depth_scope(
    *, jurisdiction: str, checked_on: date | None, by: User, now: datetime
) -> DepthScope:
    """Switch on the limits by law of a place, as checked on a day; or all off.

    They hold from now on for whatever is planned, booked or recorded.
    """
    DepthScope.objects.get_or_create(pk=1)
    scope = DepthScope.objects.select_for_update().get(pk=1)
    values = {"jurisdiction": jurisdiction, "checked_on": checked_on}
    before = scope.jurisdiction
    if changed := assign(scope, values):
        scope.save(update_fields=changed)
        audit.record(
            by=by,
            now=now,
            action="depth_scope.set",
            object_kind="depth_scope",
            object_id=scope.pk,
            fields=changed,
            before=before,
            after=jurisdiction,
        )
    return scope


@transaction.atomic
def change_own_settings(*, person: User, theme: str, single_keys: bool) -> User:
    """How pages look and react for this person; nothing anybody else sees."""
    person.theme, person.single_keys = theme, single_keys
    person.save(update_fields=["theme", "single_keys"])
    return person
