"""What another session keeps free around itself is what the interval rule says."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import interval, waiting
from clinic.rules.book import load_book
from clinic.rules.findings import Verdict
from clinic.rules.interval import Planned, Treated

BOOK = load_book()
DAY = date(2026, 3, 1)
ZONES = st.sampled_from(["CM-R", "CM-L", "CM", "FH", "CH", "SC"])
DEPTHS = st.sampled_from([None, Decimal("0.25"), Decimal("0.50"), Decimal("1.50")])
DAYS = st.integers(-60, 60)
OTHERS = st.lists(st.tuples(ZONES, DEPTHS, DAYS), max_size=4)
WANTED = st.lists(st.tuples(ZONES, DEPTHS), min_size=1, max_size=3)


@given(others=OTHERS, wanted=WANTED, days=DAYS)
def test_every_day_is_shut_exactly_when_the_rule_refuses_or_asks(others, wanted, days):
    zones = [zone for zone, _mm in wanted] + [zone for zone, _mm, _on in others]
    if not all(zone in BOOK.areas or zone in BOOK.covers for zone in zones):
        others = [one for one in others if one[0] != "SC"]
        wanted = [one for one in wanted if one[0] != "SC"] or [("FH", None)]
    on = DAY + timedelta(days=days)
    treated = [
        Treated(zone=zone, mm=mm, on=DAY + timedelta(days=ago))
        for zone, mm, ago in others
    ]
    planned = [Planned(zone=zone, mm=mm) for zone, mm in wanted]
    found = interval.check(BOOK, previous=treated, planned=planned, on=on)
    verdicts = {f.verdict for f in found if f.code != "interval-long"}
    near = waiting.near(BOOK, others=treated, planned=planned)

    def within(before, after, one):
        gap = (on - one.on).days
        return -before < gap < 0 or 0 <= gap < after

    refused = any(within(n.block_before, n.block_after, n) for n in near)
    asked = any(within(n.warn_before, n.warn_after, n) for n in near)
    assert refused == (Verdict.BLOCK in verdicts)
    assert (refused or asked) == bool(verdicts)
