"""Filters of the patients list; higher slices `add` theirs when the app starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.records.models import Patient

NEW_FOR_DAYS = 30
Narrow = Callable[[QuerySet[Patient], datetime], QuerySet[Patient]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One way to look at the list: `narrow(patients, now)` keeps those that fit."""

    key: str
    label: Promise | str
    narrow: Narrow
    order: tuple[str, ...] = ("search_name", "id")


def _everybody(patients: QuerySet[Patient], _now: datetime) -> QuerySet[Patient]:
    return patients


def _recent(patients: QuerySet[Patient], now: datetime) -> QuerySet[Patient]:
    return patients.filter(created_at__gte=now - timedelta(days=NEW_FOR_DAYS))


def _deceased(patients: QuerySet[Patient], _now: datetime) -> QuerySet[Patient]:
    return patients.filter(is_deceased=True)


ALL = Filter(key="all", label=_("All"), narrow=_everybody)
_filters = [
    ALL,
    Filter(
        key="recent",
        label=_("Added in 30 days"),
        narrow=_recent,
        order=("-created_at", "-id"),
    ),
    Filter(key="deceased", label=_("Deceased"), narrow=_deceased),
]


def add(extra: Filter) -> None:
    """Offer one more filter; it stands before the deceased, who come last."""
    if extra.key not in {known.key for known in _filters}:
        _filters.insert(-1, extra)


def offered() -> list[Filter]:
    """The filters in the order of the page."""
    return list(_filters)


def named(key: str) -> Filter:
    """The filter of that key; everybody for a key nobody knows."""
    return next((known for known in _filters if known.key == key), ALL)
