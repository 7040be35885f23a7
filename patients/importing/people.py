"""One row of a list of people, read and checked: a person, or the reason why not."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from patients.importing import days
from patients.importing.layouts import Recognised
from patients.records import languages, names, phones

OLDEST_YEARS = 120
LENGTHS = {
    "given_name": 80,
    "family_name": 80,
    "preferred_name": 80,
    "street": 160,
    "city": 80,
    "region": 80,
    "postcode": 16,
    "country": 60,
    "emergency_name": 120,
    "emergency_relation": 60,
}
_SEXES = {
    "f": "female",
    "female": "female",
    "woman": "female",
    "m": "male",
    "male": "male",
    "man": "male",
    "other": "other",
    "x": "other",
    "nonbinary": "other",
    "diverse": "other",
}
_YES = frozenset({"yes", "true", "1", "y", "blocked"})
_GUARDED = frozenset({"'=", "'+", "'-", "'@"})
_TRAILING_DIGITS = re.compile(r"\d+$")
_is_email = EmailValidator()


class RowRefusedError(Exception):
    """The row is no person; the message says what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the rows of one file are read."""

    seen: Recognised
    source: str
    order: days.Order
    region: str | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of another system. `key` names the row there, for ever."""

    line: int
    key: str
    given_name: str
    family_name: str
    preferred_name: str
    born_on: date | None
    sex: str
    phone: str
    phone_digits: str
    email: str
    street: str
    city: str
    region: str
    postcode: str
    country: str
    language: str
    emergency_name: str
    emergency_phone: str
    emergency_relation: str
    desk_note: str
    clinical_note: str
    is_deceased: bool
    deceased_on: date | None
    search_name: str
    words: frozenset[str]
    full_names: frozenset[frozenset[str]]


class _Cells:
    """The cells of a row by field; what could not be used is remembered."""

    def __init__(self, cells: Sequence[str], reading: Reading) -> None:
        self.cells, self.reading = cells, reading
        columns = reading.seen.columns.items()
        self.texts = {field: cells[place] for field, place in columns}
        self.kept: list[str] = []

    def text(self, field: str) -> str:
        """The cell, without the sign that guards a spreadsheet against a formula."""
        text = self.texts.get(field, "")
        return text[1:] if text[:2] in _GUARDED else text

    def fitting(self, field: str) -> str:
        """The text, cut to its column; the whole of a longer one goes to the note."""
        text = self.text(field)
        if len(text) > LENGTHS[field]:
            self.kept.append(text)
        return text[: LENGTHS[field]]

    def day(self, field: str) -> date | None:
        text = self.text(field)
        if not text:
            return None
        order, today = self.reading.order, self.reading.today
        try:
            return days.day(text, order=order, today=today)
        except ValueError:
            what = _("date of birth") if field == "born_on" else _("day of death")
            sentence = _("The %(what)s “%(text)s” is no day.")
            raise RowRefusedError(sentence % {"what": what, "text": text}) from None

    def phone(self, *fields: str) -> str:
        """The first number that can be dialled; others stand in the desk's note."""
        chosen = ""
        for field in fields:
            text = self.text(field)
            if not text:
                continue
            number = _number(text, self.reading.region)
            if not number:
                self.kept.append(_("Phone as it came: %s") % text)
                continue
            if chosen and number != chosen:
                self.kept.append(_("Other phone: %s") % phones.shown(number))
            chosen = chosen or number
        return chosen

    def email(self) -> str:
        """The address in small letters; one that is none stands in the desk's note."""
        text = self.text("email").lower()
        if text and not _can_be_sent_to(text):
            self.kept.append(_("E-mail as it came: %s") % text)
            return ""
        return text


def _can_be_sent_to(address: str) -> bool:
    try:
        _is_email(address)
    except ValidationError:
        return False
    return len(address) <= 254


def _number(text: str, region: str | None) -> str:
    """The number in E.164, also when its plus sign was left out; or nothing."""
    for written in (text, f"+{phones.digits(text)}"):
        try:
            return phones.normalised(written, region=region)
        except phones.PhoneNumberError:
            continue
    return ""


def person(*, line: int, cells: Sequence[str], reading: Reading) -> Person:
    """The person of a row. Raises RowRefusedError.

    A number or address that cannot be right is kept in the desk's note; free text
    of the other system goes to the clinical note, which the desk does not see.
    """
    row = _Cells(_as_wide(cells, reading.seen), reading)
    given, family = _names(row)
    born_on, deceased_on = _lifetime(row)
    preferred = row.fitting("preferred_name")
    phone, email = row.phone("mobile", "phone_2", "phone_3"), row.email()
    search_name = names.search_name(family=family, given=given, preferred=preferred)
    return Person(
        line=line,
        key=row.text("source_id")[:80] or _key_of_content(row),
        given_name=given,
        family_name=family,
        preferred_name="" if preferred == given else preferred,
        born_on=born_on,
        sex=_SEXES.get(names.fold(row.text("sex")).replace(" ", ""), ""),
        phone=phone,
        phone_digits=phones.digits(phone),
        email=email,
        street=_street(row),
        city=row.fitting("city"),
        region=row.fitting("region"),
        postcode=row.fitting("postcode"),
        country=row.fitting("country"),
        language=languages.code_of(row.text("language")) or "en",
        emergency_name=row.fitting("emergency_name"),
        emergency_phone=row.phone("emergency_phone"),
        emergency_relation=row.fitting("emergency_relation"),
        desk_note=_desk_note(row),
        clinical_note=_clinical_note(row),
        is_deceased=bool(row.text("deceased_on")),
        deceased_on=deceased_on,
        search_name=search_name,
        words=frozenset(search_name.split()),
        full_names=names.full_names(family=family, given=given, preferred=preferred),
    )


def _as_wide(cells: Sequence[str], seen: Recognised) -> Sequence[str]:
    """The cells, as many as headers: spreadsheets drop empty ones at the end."""
    width = len(seen.headers)
    if len(cells) <= width:
        return [*cells, *[""] * (width - len(cells))]
    if any(cells[width:]):
        raise RowRefusedError(
            _("The row has %(cells)d cells, the header has %(headers)d.")
            % {"cells": len(cells), "headers": width}
        )
    return cells[:width]


def _names(row: _Cells) -> tuple[str, str]:
    """First and last name; a middle name goes with the first."""
    given = " ".join(filter(None, [row.text("given_name"), row.text("middle_name")]))
    family = row.text("family_name")
    if not given and not family:
        given, _space, family = row.text("full_name").rpartition(" ")
    if row.reading.seen.layout.digits_after_names:
        given = " ".join(_TRAILING_DIGITS.sub("", word) for word in given.split())
        family = " ".join(_TRAILING_DIGITS.sub("", word) for word in family.split())
    if not given:
        given, family = family, ""
    if not names.fold(given):
        raise RowRefusedError(_("There is no name."))
    for name in (given, family):
        if len(name) > LENGTHS["given_name"]:
            raise RowRefusedError(_("The name is longer than 80 letters."))
    return given, family


def _lifetime(row: _Cells) -> tuple[date | None, date | None]:
    """Birth and death, possible and in order."""
    today = row.reading.today
    born = row.day("born_on")
    died = row.day("deceased_on")
    if born is not None and born > today:
        raise RowRefusedError(_("The date of birth is in the future."))
    if born is not None and died is None and today.year - born.year > OLDEST_YEARS:
        raise RowRefusedError(_("The date of birth is more than 120 years ago."))
    if died is not None and died > today:
        raise RowRefusedError(_("The day of death is in the future."))
    if born is not None and died is not None and died < born:
        raise RowRefusedError(_("The day of death is before the birth."))
    return born, died


def _street(row: _Cells) -> str:
    lines = [row.text(field) for field in ("street", "street_2", "street_3")]
    street = ", ".join(filter(None, lines))
    if len(street) > LENGTHS["street"]:
        row.kept.append(street)
    return street[: LENGTHS["street"]]


def _desk_note(row: _Cells) -> str:
    """What the desk should know and no other field holds."""
    lines = list(row.kept)
    if row.text("guardian"):
        lines.append(_("Guardian: %s") % row.text("guardian"))
    if row.text("blocked").casefold() in _YES:
        lines.append(_("Was blocked from online booking."))
    return "\n".join(lines)


def _clinical_note(row: _Cells) -> str:
    """Free text of the other system: it may speak of health."""
    lines = [
        f"{header}: {row.cells[place]}"
        for place, header in row.reading.seen.gathered
        if row.cells[place]
    ]
    return "\n".join(lines)


def _key_of_content(row: _Cells) -> str:
    """A key for a row without a number of its own: the same row gives the same."""
    fields = ("given_name", "middle_name", "family_name", "full_name", "born_on")
    parts = [row.text(field) for field in (*fields, "mobile", "phone_2", "email")]
    content = "\0".join(names.fold(part) for part in parts)
    return f"={hashlib.sha256(content.encode()).hexdigest()[:40]}"
