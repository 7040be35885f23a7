"""The country of a time zone: a site in Europe/London dials as people in GB do."""

from functools import lru_cache
from importlib import resources

_TABLE = resources.files("tzdata") / "zoneinfo" / "zone.tab"


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """ISO 3166 code by zone, from the table which comes with the time zones."""
    rows = (
        line.split("\t")
        for line in _TABLE.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    return {zone: code for code, _place, zone, *_comment in rows}


def region_of(*, time_zone: str) -> str | None:
    """`GB` for `Europe/London`; None for zones of no country such as UTC."""
    return _regions().get(time_zone)
