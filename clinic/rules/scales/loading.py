"""From the rows of `knowledge/scales.toml` to scales that cannot contradict."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from clinic.rules.scales.arithmetic import RULES
from clinic.rules.scales.shape import (
    Band,
    Direction,
    Item,
    Percent,
    ResponderBy,
    Rule,
    Scale,
)
from clinic.rules.sourced import Row, Source

TENTHS = 10


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Scale, ...]:
    """Every scale in the order of the file. Raises KnowledgeError."""
    del sources  # each row has checked its own
    return tuple(_scale(row) for row in rows)


def _scale(row: Row) -> Scale:
    own = row.provenance()
    by = row.text("responder_by", "")
    scale = Scale(
        key=row.key,
        instrument=row.text("instrument"),
        variant=row.text("variant"),
        name=row.text("name"),
        short=row.text("short"),
        rule=_rule(row),
        direction=Direction(row.text("direction")),
        minimum=Decimal(row.number("minimum") or 0),
        maximum=Decimal(row.number("maximum") or 0),
        decimals=row.number("decimals") or 0,
        percent=Percent(row.text("percent")),
        items=_items(row),
        bands=_bands(row),
        is_comparison=row.flag("is_comparison"),
        noise=row.measure_or_none("noise"),
        noise_why=row.text("noise_why", ""),
        important=row.span_or_none("important"),
        important_per_item=row.flag("important_per_item"),
        important_why=row.text("important_why", ""),
        responder=row.measure_or_none("responder"),
        responder_by=ResponderBy(by) if by else None,
        licence=row.text("licence"),
        caution=row.text("caution", ""),
        everywhere=row.flag("everywhere"),
        offered=row.flag("offered", default=True),
        sources=own.sources,
        tier=own.tier,
        status=own.status,
    )
    row.finish()
    _check(row, scale)
    return scale


def _rule(row: Row) -> Rule:
    name = row.text("rule")
    if name not in RULES:
        row.fail(f"Rule {name!r} is not one of {', '.join(RULES)}.")
    return RULES[name]


def _bands(row: Row, name: str = "bands") -> tuple[Band, ...]:
    bands = []
    for inner in row.rows(name):
        up_to, below = inner.number("up_to"), inner.number("below")
        bands.append(
            Band(
                up_to=None if up_to is None else Decimal(up_to),
                below=None if below is None else Decimal(below),
                points=inner.number("points") or 0,
                words=inner.text("words", ""),
            )
        )
        inner.finish()
    limits = [b.up_to if b.below is None else b.below for b in bands]
    if any(limit is None for limit in limits[:-1]) or (limits and limits[-1]):
        row.fail(f"In {name}, the last band and only the last has no limit.")
    ordered = [limit for limit in limits if limit is not None]
    if ordered != sorted(set(ordered)):
        row.fail(f"The limits in {name} do not ascend.")
    return tuple(bands)


def _items(row: Row) -> tuple[Item, ...]:
    steps = {}
    for inner in row.rows("steps"):
        steps[inner.text("name")] = _bands(inner)
        inner.finish()
    sites = row.rows("sites")
    asked = row.rows("items")
    if not sites:
        return tuple(_item(inner, steps) for inner in asked)
    return tuple(_item(inner, steps, site=site) for site in sites for inner in asked)


def _item(
    row: Row, steps: Mapping[str, tuple[Band, ...]], site: Row | None = None
) -> Item:
    """One item; of a site, its key and label name the site first."""
    code, label = row.text("code"), row.text("label")
    weight = row.number("weight") or 1
    key, place = code, ""
    if site is not None:
        place = site.text("code")
        weight = site.number("tenths") or TENTHS
        key = f"{place}_{code}" if label else place
        label = ", ".join(filter(None, (site.text("label"), label)))
        site.provenance()
        site.finish()
    named = row.text("steps", "")
    if named and named not in steps:
        row.fail(f"There are no steps named {named!r}.")
    own = row.provenance()
    item = Item(
        key=key,
        label=label,
        minimum=Decimal(row.number("minimum") or 0),
        maximum=Decimal(row.number("maximum") or 0),
        decimals=row.number("decimals") or 0,
        above_minimum=row.flag("above_minimum"),
        optional=row.flag("optional"),
        aside=row.flag("aside"),
        weight=weight,
        unit=row.text("unit", ""),
        site=place,
        levels=row.texts("levels"),
        steps=steps.get(named, ()),
        sources=own.sources,
        tier=own.tier,
        status=own.status,
    )
    row.finish()
    return item


def _check(row: Row, scale: Scale) -> None:
    """Refuse items that do not fit each other or the scale's own range."""
    keys = [item.key for item in scale.items]
    if len(keys) != len(set(keys)):
        row.fail("Two items have the same key.")
    for item in scale.items:
        span = item.maximum - item.minimum
        if span <= 0:
            row.fail(f"{item.key} has no range.")
        if item.levels and len(item.levels) != span + 1:
            row.fail(f"{item.key} has {len(item.levels)} words for {span + 1} levels.")
    if (scale.responder is None) != (scale.responder_by is None):
        row.fail("A responder needs responder_by, and the reverse.")
    if scale.percent is Percent.POSSIBLE and scale.direction is Direction.NEITHER:
        row.fail("Possible improvement needs a better end.")
    if scale.rule is RULES["sum"]:
        _check_total(row, scale)


def _check_total(row: Row, scale: Scale) -> None:
    """The items' extremes must add up to the scale's (84, 540, 5 to 28 ...)."""
    counted = scale.counted()
    for end in ("minimum", "maximum"):
        total = sum(item.weight * item.points(getattr(item, end)) for item in counted)
        if total != getattr(scale, end):
            row.fail(f"The items' {end} is {total}, not {getattr(scale, end)}.")
