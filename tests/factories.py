"""Plain functions that make valid rows. Fixed names keep failures readable.

All people are invented. Every maker takes changes by keyword.
"""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from clinic.models import (
    Device,
    Lot,
    OpeningHours,
    Qualification,
    Room,
    Site,
    SiteStaff,
    User,
    WorkingHours,
)
from clinic.staff.roles import Capability, Role
from patients.models import Consent, ConsentText, Patient, PatientCondition, Screening
from patients.records import names, phones
from sessions.models import (
    Plan,
    PlannedSession,
    Protocol,
    ProtocolZone,
    TreatmentSession,
    Visit,
)

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
PASSWORD = "needle in a haystack"
_numbers = itertools.count(1)


def make_site(**changes: Any) -> Site:
    """A site open on weekdays from 8 to 18 o'clock in London."""
    number = next(_numbers)
    site = Site.objects.create(
        **{"name": f"Site {number}", "time_zone": "Europe/London", **changes}
    )
    for weekday in range(5):
        OpeningHours.objects.create(
            site=site, weekday=weekday, begins=time(8), ends=time(18)
        )
    return site


def make_user(
    *roles: Role,
    site: Site | None = None,
    capabilities: tuple[Capability, ...] = (),
    **changes: Any,
) -> User:
    """A person with the roles, working at the site on weekdays when one is given."""
    number = next(_numbers)
    user = User.objects.create_user(
        **{
            "email": f"person{number}@clinic.test",
            "full_name": f"Person {number}",
            "password": PASSWORD,
            "roles": roles,
            "capabilities": capabilities,
            **changes,
        }
    )
    if site is not None:
        SiteStaff.objects.create(site=site, user=user)
        if Role.PRACTITIONER in roles:
            for weekday in range(5):
                WorkingHours.objects.create(
                    user=user, site=site, weekday=weekday, begins=time(8), ends=time(18)
                )
    return user


def make_practitioner(
    *, site: Site | None = None, depth_mm: str = "3.00", **changes: Any
) -> User:
    """A practitioner with a valid qualification down to `depth_mm`."""
    user = make_user(Role.PRACTITIONER, site=site, **changes)
    make_qualification(user=user, greatest_depth_mm=Decimal(depth_mm))
    return user


def make_prescriber(*, site: Site | None = None, **changes: Any) -> User:
    """A practitioner who may also prescribe."""
    capabilities = (Capability.PRESCRIBER,)
    return make_practitioner(site=site, capabilities=capabilities, **changes)


def make_desk(*, site: Site | None = None, **changes: Any) -> User:
    """Somebody at the front desk."""
    return make_user(Role.FRONT_DESK, site=site, **changes)


def make_owner(*, site: Site | None = None, **changes: Any) -> User:
    """An owner who does not treat."""
    return make_user(Role.OWNER, site=site, **changes)


def make_qualification(*, user: User, **changes: Any) -> Qualification:
    """A medical licence valid for years."""
    return Qualification.objects.create(
        **{
            "user": user,
            "kind": "medical",
            "number": f"M{next(_numbers)}",
            "issuer": "Medical council",
            "valid_from": date(2020, 1, 1),
            "valid_until": date(2030, 1, 1),
            "greatest_depth_mm": Decimal("3.00"),
            **changes,
        }
    )


def make_room(*, site: Site, **changes: Any) -> Room:
    """A room at the site."""
    return Room.objects.create(
        **{"site": site, "name": f"Room {next(_numbers)}", **changes}
    )


def make_device(*, site: Site, **changes: Any) -> Device:
    """A SkinPen handpiece."""
    number = next(_numbers)
    return Device.objects.create(
        **{
            "site": site,
            "name": f"Pen {number}",
            "model_key": "SKINPEN_PRECISION",
            "serial": f"SN{number}",
            **changes,
        }
    )


def make_lot(*, site: Site, **changes: Any) -> Lot:
    """A lot of SkinPen cartridges that expires in a year."""
    number = next(_numbers)
    return Lot.objects.create(
        **{
            "site": site,
            "kind": "cartridge",
            "product": "SkinPen cartridge",
            "model_key": "SKINPEN_PRECISION",
            "number": f"24K{number:03d}",
            "received_on": TODAY - timedelta(days=30),
            "expires_on": TODAY + timedelta(days=365),
            "quantity": 30,
            "needle_count": 14,
            "is_sterile": True,
            **changes,
        }
    )


def make_patient(**changes: Any) -> Patient:
    """An adult with phototype III."""
    number = next(_numbers)
    values = {
        "given_name": "Ana",
        "family_name": f"Sample{number}",
        "born_on": date(1990, 5, 17),
        "sex": "female",
        "phototype": 3,
        "created_at": NOW,
        **changes,
    }
    spoken = names.search_name(
        family=values["family_name"],
        given=values["given_name"],
        preferred=values.get("preferred_name", ""),
    )
    values.setdefault("search_name", spoken)
    values.setdefault("phone_digits", phones.digits(values.get("phone", "")))
    return Patient.objects.create(**values)


def make_condition(*, patient: Patient, **changes: Any) -> PatientCondition:
    """Rolling acne scars on both cheeks."""
    return PatientCondition.objects.create(
        **{
            "patient": patient,
            "kind": "ACNE_ROLLING",
            "zones": ["CM-R", "CM-L"],
            "recorded_at": NOW,
            **changes,
        }
    )


def make_consent_text(**changes: Any) -> ConsentText:
    """The first version of the treatment consent."""
    number = next(_numbers)
    return ConsentText.objects.create(
        **{
            "kind": "treatment",
            "version": number,
            "title": "Consent to microneedling",
            "body": "I agree to the treatment that was explained to me.",
            "published_at": NOW,
            **changes,
        }
    )


def make_consent(*, patient: Patient, taken_by: User, **changes: Any) -> Consent:
    """A treatment consent that stands."""
    text = changes.pop("text", None) or make_consent_text()
    return Consent.objects.create(
        **{
            "patient": patient,
            "text": text,
            "kind": text.kind,
            "way": "paper",
            "given_at": NOW - timedelta(days=1),
            "taken_by": taken_by,
            **changes,
        }
    )


def make_screening(*, patient: Patient, by: User, **changes: Any) -> Screening:
    """A completed screening before a session, with nothing found."""
    return Screening.objects.create(
        **{
            "patient": patient,
            "purpose": "session",
            "for_date": TODAY,
            "zones": ["CM-R", "CM-L"],
            "started_at": NOW,
            "started_by": by,
            "completed_at": NOW,
            "completed_by": by,
            "verdict": "ok",
            "book_revision": "test",
            **changes,
        }
    )


def make_protocol(**changes: Any) -> Protocol:
    """Acne scars with a pen: four sessions, four weeks apart, both cheeks."""
    zones = changes.pop("zones", ["CM-R", "CM-L"])
    protocol = Protocol.objects.create(
        **{
            "name": f"Acne scars {next(_numbers)}",
            "condition_kind": "ACNE_ROLLING",
            "device_kind": "pen",
            "sessions": 4,
            "gap_days": 28,
            "gap_min_days": 14,
            "gap_max_days": 56,
            "session_minutes": 45,
            "numbing_minutes": 30,
            "endpoint": "pinpoint_bleeding",
            "scales": ["GBQ"],
            "evidence": 1,
            "approved_at": NOW,
            **changes,
        }
    )
    for zone in zones:
        ProtocolZone.objects.create(
            protocol=protocol,
            zone=zone,
            low_mm=Decimal("1.00"),
            high_mm=Decimal("1.50"),
            passes=4,
        )
    return protocol


def make_plan(
    *, condition: PatientCondition, site: Site, by: User, **changes: Any
) -> Plan:
    """A running plan with as many planned sessions as its protocol says."""
    protocol = changes.pop("protocol", None) or make_protocol()
    plan = Plan.objects.create(
        **{
            "patient": condition.patient,
            "condition": condition,
            "protocol": protocol,
            "site": site,
            "status": "running",
            "gap_days": protocol.gap_days,
            "created_at": NOW,
            "created_by": by,
            **changes,
        }
    )
    for number in range(1, protocol.sessions + 1):
        PlannedSession.objects.create(
            plan=plan, number=number, planned_mm=Decimal("1.25")
        )
    return plan


def make_visit(
    *, patient: Patient, practitioner: User, room: Room, by: User, **changes: Any
) -> Visit:
    """A confirmed session visit of 45 minutes, now."""
    starts_at = changes.pop("starts_at", NOW)
    return Visit.objects.create(
        **{
            "kind": "session",
            "patient": patient,
            "practitioner": practitioner,
            "site": room.site,
            "room": room,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=45),
            "day": starts_at.astimezone(room.site.zone).date(),
            "status": "confirmed",
            "booked_at": NOW - timedelta(days=7),
            "booked_by": by,
            **changes,
        }
    )


def make_session(*, visit: Visit, **changes: Any) -> TreatmentSession:
    """An open session of the visit, with a pen."""
    return TreatmentSession.objects.create(
        **{
            "visit": visit,
            "patient": visit.patient,
            "plan": visit.plan,
            "planned_session": visit.planned_session,
            "practitioner": visit.practitioner,
            "site": visit.site,
            "performed_on": visit.day,
            "device_kind": "pen",
            "model_key": "SKINPEN_PRECISION",
            "started_at": visit.starts_at,
            **changes,
        }
    )
