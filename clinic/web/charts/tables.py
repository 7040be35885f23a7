"""Tables shaded by value: depth and result, load by weekday and hour.

A table is its own text for screen readers. What may not be shown comes as None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.web.charts.frame import join
from clinic.web.templatetags.formats import percent

LEVELS = 5  # shades

# Depth and result ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """Plans that went to one depth. No value: too few to show. Count 0: none.

    `opens` is the address of the plans.
    """

    count: int = 0
    value: Decimal | None = None
    is_marked: bool = False
    opens: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One condition across the depths."""

    name: str
    cells: tuple[MatrixCell, ...]


def matrix(
    rows: Sequence[MatrixRow], *, columns: Sequence[str], caption: str, mark_label: str
) -> SafeString:
    """A table whose cells are shaded by their value, with n in each."""
    shown = [c.value for row in rows for c in row.cells if c.value is not None]
    low, high = min(shown, default=Decimal(0)), max(shown, default=Decimal(1))
    body = join(
        format_html(
            '<tr><th scope="row">{}</th>{}</tr>',
            row.name,
            join(_matrix_cell(cell, low, high, mark_label) for cell in row.cells),
        )
        for row in rows
    )
    return _shaded_table("matrix", columns=columns, body=body, caption=caption)


def _matrix_cell(
    cell: MatrixCell, low: Decimal, high: Decimal, mark_label: str
) -> SafeString:
    if not cell.count:
        return mark_safe('<td class="none"></td>')
    if cell.value is None:
        return format_html('<td class="few">{}</td>', _("few"))
    mark = (
        format_html('<span class="mark" role="img" aria-label="{}"></span>', mark_label)
        if cell.is_marked
        else ""
    )
    figure = format_html(
        "{}<small>{}</small>",
        percent(cell.value),
        _("%(count)d plans") % {"count": cell.count},
    )
    return format_html(
        '<td class="shade-{}">{}{}</td>',
        level(cell.value, low=low, high=high),
        _opening(figure, cell.opens),
        mark,
    )


def _opening(figure: SafeString | str, opens: str) -> SafeString | str:
    """The figure as a link to what it consists of, where there is an address."""
    return format_html('<a href="{}">{}</a>', opens, figure) if opens else figure


def level(value: Decimal, *, low: Decimal, high: Decimal) -> int:
    """The shade 1 to 5 of a value between the ends."""
    if high == low:
        return 3
    part = (value - low) / (high - low)
    return min(int(part * LEVELS), LEVELS - 1) + 1


# Load by weekday and hour ----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One hour of the day; None where there is nothing to count.

    `opens` holds an address for each value, or an empty text.
    """

    name: str
    values: tuple[Decimal | None, ...]
    opens: tuple[str, ...] = ()


def heat(
    rows: Sequence[HeatRow], *, columns: Sequence[str], caption: str
) -> SafeString:
    """A table of numbers, warmer where they are higher."""
    shown = [value for row in rows for value in row.values if value is not None]
    low, high = min(shown, default=Decimal(0)), max(shown, default=Decimal(1))

    def cell(value: Decimal | None, opens: str) -> SafeString:
        if value is None:
            return mark_safe('<td class="none"></td>')
        shade = level(value, low=low, high=high)
        figure = _opening(f"{value:f}", opens)
        return format_html('<td class="heat-{}">{}</td>', shade, figure)

    def cells(row: HeatRow) -> SafeString:
        opens = row.opens or ("",) * len(row.values)
        return join(cell(*pair) for pair in zip(row.values, opens, strict=True))

    body = join(
        format_html('<tr><th scope="row">{}</th>{}</tr>', row.name, cells(row))
        for row in rows
    )
    return _shaded_table("heat", columns=columns, body=body, caption=caption)


def _shaded_table(
    css: str, *, columns: Sequence[str], body: SafeString, caption: str
) -> SafeString:
    head = format_html_join("", '<th scope="col">{}</th>', ((c,) for c in columns))
    return format_html(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="shaded {}"><caption class="visually-hidden">{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>",
        caption,
        css,
        caption,
        head,
        body,
    )
