"""The demo's sites, people, rooms, hours, handpieces and lots."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clinic.models import (
    Clinic,
    Closure,
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

PASSWORD = "needlepoint"  # noqa: S105  the demo's, shown on its sign-in page
PEN_MODELS = ("SKINPEN_PRECISION", "DERMAPEN_4")
NAME = "Harbour Skin Clinic"
# A small clinic: two rooms on weekdays and one more, elsewhere, on Wednesdays.
HOURS = ((time(9), time(12)), (time(13), time(14, 15)))
CANAL_DAYS, MILL_DAYS = (0, 1, 2, 3, 4), (2,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a practitioner works on some weekdays, always in the same room."""

    site: Site
    room: Room
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything the simulated histories happen in."""

    sites: tuple[Site, ...]
    practitioners: tuple[User, ...]
    desk: User
    owner: User
    posts: dict[int, tuple[Post, ...]]
    pens: dict[tuple[int, int, str], Device]


def build(*, today: date, now: datetime) -> House:
    """One clinic, two sites, three practitioners, a desk and an owner."""
    Clinic.objects.create(pk=1, name=NAME, is_demo=True, demo_day=today)
    canal = _site("Canal Street", "14 Canal Street, Harbour", CANAL_DAYS)
    mill = _site("Old Mill", "2 Mill Lane, Harbour", MILL_DAYS)
    one, two = (Room.objects.create(site=canal, name=f"Room {n}") for n in (1, 2))
    three = Room.objects.create(site=mill, name="Room 3")
    mira, sana, tom = _practitioners()
    posts = {
        mira.pk: (Post(site=canal, room=two, weekdays=CANAL_DAYS),),
        sana.pk: (Post(site=canal, room=one, weekdays=(0, 2, 4)),),
        tom.pk: (
            Post(site=canal, room=one, weekdays=(1, 3)),
            Post(site=mill, room=three, weekdays=MILL_DAYS),
        ),
    }
    for person in (mira, sana, tom):
        _give_hours(person, posts[person.pk])
    desk = _user("desk", "Jo Price", Role.FRONT_DESK)
    owner = _user("owner", "Nadia Haas", Role.OWNER)
    for site in (canal, mill):
        for person in (desk, owner):
            SiteStaff.objects.create(site=site, user=person)
    _closures(today)
    _lots(sites=(canal, mill), today=today)
    return House(
        sites=(canal, mill),
        practitioners=(mira, sana, tom),
        desk=desk,
        owner=owner,
        posts=posts,
        pens=_pens(posts),
    )


def _site(name: str, address: str, weekdays: tuple[int, ...]) -> Site:
    site = Site.objects.create(
        name=name, address=address, phone="+442079460100", time_zone="Europe/London"
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(site=site, weekday=weekday, begins=begins, ends=ends)
        for weekday in weekdays
        for begins, ends in HOURS
    )
    return site


def _practitioners() -> tuple[User, User, User]:
    mira = _user(
        "practitioner",
        "Mira Lindqvist",
        Role.PRACTITIONER,
        capabilities=(Capability.PRESCRIBER, Capability.MEDICAL_LEAD),
    )
    sana = _user("sana", "Sana Malik", Role.PRACTITIONER)
    tom = _user("tom", "Tom Becker", Role.PRACTITIONER)
    for person, kind, depth in (
        (mira, "medical", "3.00"),
        (sana, "nursing", "2.50"),
        (tom, "aesthetic", "1.50"),
    ):
        Qualification.objects.create(
            user=person,
            kind=kind,
            number=f"DEMO-{person.pk}",
            issuer="Simulated register",
            valid_from=date(2020, 1, 1),
            valid_until=date(2035, 12, 31),
            greatest_depth_mm=Decimal(depth),
        )
    return mira, sana, tom


def _user(
    mailbox: str, name: str, role: Role, *, capabilities: tuple[Capability, ...] = ()
) -> User:
    return User.objects.create_user(
        email=f"{mailbox}@demo.clinic",
        full_name=name,
        password=PASSWORD,
        roles=[role],
        capabilities=capabilities,
    )


def _give_hours(person: User, posts: tuple[Post, ...]) -> None:
    for post in posts:
        SiteStaff.objects.create(site=post.site, user=person)
        WorkingHours.objects.bulk_create(
            WorkingHours(
                user=person,
                site=post.site,
                weekday=weekday,
                begins=begins,
                ends=ends,
            )
            for weekday in post.weekdays
            for begins, ends in HOURS
        )


def _closures(today: date) -> None:
    for year in (today.year - 1, today.year, today.year + 1):
        Closure.objects.create(
            first_day=date(year, 12, 25), last_day=date(year, 12, 26), reason="Holiday"
        )
        Closure.objects.create(
            first_day=date(year, 1, 1), last_day=date(year, 1, 1), reason="New Year"
        )


def _pens(posts: dict[int, tuple[Post, ...]]) -> dict[tuple[int, int, str], Device]:
    """Each practitioner has handpieces of their own at each site."""
    places = [(person, post.site) for person, own in posts.items() for post in own]
    wanted = [(person, site, key) for person, site in places for key in PEN_MODELS]
    return {
        (person, site.pk, key): Device.objects.create(
            site=site, name=f"Pen {number}", model_key=key, serial=f"DEMO-{number:02d}"
        )
        for number, (person, site, key) in enumerate(wanted, start=1)
    }


def _lots(*, sites: tuple[Site, ...], today: date) -> None:
    for site in sites:
        for months in range(30, -1, -3):
            received = today - timedelta(days=30 * months + 20)
            _single_use(site, received, months)
        _stock(site, today)


def _single_use(site: Site, received: date, months: int) -> None:
    code = f"{received:%y}{chr(65 + received.month)}{site.pk}"
    expires = received + timedelta(days=540)
    for kind, product, key, needles, length in (
        ("cartridge", "SkinPen cartridge", "SKINPEN_PRECISION", 14, None),
        ("cartridge", "Dermapen cartridge", "DERMAPEN_4", 16, None),
        ("roller", "Dermaroller 1.5 mm", "MEDICAL_ROLLER", 192, Decimal("1.50")),
        ("roller", "Dermaroller 1.0 mm", "MEDICAL_ROLLER", 192, Decimal("1.00")),
    ):
        tenths = int(length * 10) if length else None  # no two lengths share a number
        Lot.objects.create(
            kind=kind,
            site=site,
            product=product,
            model_key=key,
            number=f"{code}{product[0]}{months:02d}{tenths or ''}",
            received_on=received,
            expires_on=expires,
            quantity=120,
            needle_count=needles,
            needle_length_mm=length,
            is_sterile=True,
        )


def _stock(site: Site, today: date) -> None:
    received = today - timedelta(days=120)
    for kind, product, days, strength, needled in (
        ("glide", "Hyaluronic acid 1.5 %", 300, Decimal("1.5"), True),
        ("anaesthetic", "Lidocaine cream 4 %", 200, Decimal(4), None),
        ("antiseptic", "Chlorhexidine 0.5 %", 400, Decimal("0.5"), None),
        ("serum", "Vitamin C serum", 90, Decimal(10), False),
        ("glide", "Hydrogel", 12, None, True),
    ):
        Lot.objects.create(
            kind=kind,
            site=site,
            product=product,
            number=f"{product[:2].upper()}{site.pk}{days:03d}",
            received_on=received,
            expires_on=today + timedelta(days=days),
            quantity=60,
            strength_percent=strength,
            is_sterile=kind == "glide",
            for_needled_skin=needled,
        )
