"""Whether the topics of a book agree: every name one row uses is another's key."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from clinic.rules.sourced import KnowledgeError

if TYPE_CHECKING:
    from clinic.rules.book import RuleBook


def check(book: "RuleBook") -> None:
    """Raises KnowledgeError for a name that no row describes."""
    _check_areas(book)
    _check_devices(book)
    _check_protocols(book)
    for instruction in book.aftercare:
        named = [instruction.only_with] if instruction.only_with else []
        _known("aftercare", instruction.key, named, book.topicals)
    _check_course(book)
    scored = {scale.instrument for scale in book.scales}
    for condition in book.conditions.values():
        _known("conditions", condition.key, condition.instruments, scored)


def _check_course(book: "RuleBook") -> None:
    scales = {scale.key for scale in book.scales}
    for entry in book.course:
        about = entry.about
        _known("course", about.key, about.scales, scales)
        _known("course", about.key, about.conditions, book.conditions)
        _known("course", about.key, about.topicals, book.topicals)


def _check_areas(book: "RuleBook") -> None:
    for area in book.areas.values():
        _known("areas", area.key, [area.zone], book.zones)
        if book.zones[area.zone].never:
            sentence = "A zone that is never needled cannot be chosen."
            raise KnowledgeError(file="areas.toml", key=area.key, sentence=sentence)


def _check_devices(book: "RuleBook") -> None:
    for device in book.devices.values():
        for evaluated in device.evaluated:
            _known("devices", device.key, evaluated.zones, book.zones)
        for cleared in device.cleared:
            _known("devices", device.key, cleared.zones, book.zones)
            _known("devices", device.key, cleared.conditions, book.conditions)


def _check_protocols(book: "RuleBook") -> None:
    drawn = {code for code, areas in book.covers.items() if areas}
    for protocol in book.protocols.values():
        _known("protocols", protocol.key, protocol.zones, drawn)
        _known("protocols", protocol.key, [protocol.condition], book.conditions)
        kinds = book.conditions[protocol.condition].kinds
        _known("protocols", protocol.key, [protocol.kind], kinds)


def _known(topic: str, key: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            sentence = f"{name} is described nowhere."
            raise KnowledgeError(file=f"{topic}.toml", key=key, sentence=sentence)
