"""What leaves the printer: a usual record is one sheet of A4."""

import re
from collections.abc import Callable

import pytest
from django.db.models import Count

from sessions.models import TreatmentSession
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def test_the_record_of_a_usual_session_is_one_page(
    new_person: Callable[..., Person],
) -> None:
    person = new_person(viewport={"width": 1180, "height": 820})
    person.sign_in("practitioner@demo.clinic")
    signed = TreatmentSession.objects.filter(signed_at__isnull=False)
    fullest = signed.annotate(zones_on_it=Count("zones")).order_by("-zones_on_it")
    body = signed.filter(zones__zone__in=["AB", "SC"]).order_by("-id")
    for session in (fullest[0], body[0]):
        person.page.goto(f"/sessions/{session.reference}/record/")
        person.page.evaluate("document.fonts.ready")
        paper = person.page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(PAGE.findall(paper)) == 1, session.reference
