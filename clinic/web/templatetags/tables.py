"""Tags for tables and lists of many pages; part of `{% load ui %}`."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from clinic.web import icons

register = template.Library()


@register.simple_block_tag
def data_table(content: str, caption: str, css: str = "") -> SafeString:
    """`{% data_table "Adverse events" %}<thead>...<tbody>...{% enddata_table %}`.

    The frame scrolls sideways on a phone, by keyboard as well. With `table-stack`
    each row becomes a block there; its cells name their column by `data-label`.
    """
    return format_html(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="{}"><caption class="visually-hidden">{}</caption>{}'
        "</table></div>",
        caption,
        f"table {css}".strip(),
        caption,
        content,
    )


@register.simple_tag(takes_context=True)
def sort_header(
    context: Context, text: str, field: str, align: str = "", default: str = ""
) -> SafeString:
    """`{% sort_header "Name" "name" %}`: a column head that sorts by `?sort=`.

    `default` is the order of the page when the address names none.
    """
    query = context["request"].GET
    shown = query.get("sort", default)
    down = shown == field
    state = "ascending" if down else "descending" if shown == f"-{field}" else "none"
    symbol = {"ascending": "arrow-up", "descending": "arrow-down"}.get(state, "")
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a href="?{}">{}{}</a></th>',
        state,
        mark_safe(' class="r"' if align == "r" else ""),  # noqa: S308  constant
        query_with(query, sort=f"-{field}" if down else field, page=None),
        text,
        icons.icon(symbol, size_px=14) if symbol else "",
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """`{% pagination page %}`: where one is in a long list, and the way on."""
    query = context["request"].GET
    earlier = page.previous_page_number() if page.has_previous() else None
    later = page.next_page_number() if page.has_next() else None
    return {
        "page": page,
        "earlier_query": query_with(query, page=earlier),
        "later_query": query_with(query, page=later),
    }


def query_with(query: QueryDict, **changes: object) -> str:
    """The query with some values replaced, or dropped when None."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return changed.urlencode()
