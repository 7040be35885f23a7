"""Entries of the scales for the tests: the least of everything, or in order."""

from decimal import Decimal

from clinic.rules import scales

BY_KEY = {scale.key: scale for scale in scales.all_scales()}


def entries(key, **changes):
    """Zero or the least of every required item, with the named changes."""
    scale = BY_KEY[key]
    least = {
        item.key: item.minimum + (Decimal("0.01") if item.above_minimum else 0)
        for item in scale.items
        if not item.optional
    }
    return least | {name: Decimal(str(value)) for name, value in changes.items()}


def in_order(key, values):
    items = BY_KEY[key].items[: len(values)]
    return {
        item.key: Decimal(str(value)) for item, value in zip(items, values, strict=True)
    }
