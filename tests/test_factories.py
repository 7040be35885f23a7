"""The factories make rows that the models themselves accept."""

import pytest
from django.db import models

from tests import factories

pytestmark = pytest.mark.django_db


def test_every_maker_makes_a_valid_row() -> None:
    site = factories.make_site()
    practitioner = factories.make_prescriber(site=site)
    desk = factories.make_desk(site=site)
    room = factories.make_room(site=site)
    patient = factories.make_patient()
    condition = factories.make_condition(patient=patient)
    plan = factories.make_plan(condition=condition, site=site, by=desk)
    visit = factories.make_visit(
        patient=patient, practitioner=practitioner, room=room, by=desk
    )
    made: list[models.Model] = [
        site,
        practitioner,
        desk,
        factories.make_owner(site=site),
        room,
        factories.make_device(site=site),
        factories.make_lot(site=site),
        patient,
        condition,
        factories.make_consent(patient=patient, taken_by=practitioner),
        factories.make_screening(patient=patient, by=practitioner),
        plan,
        factories.make_session(visit=visit),
    ]
    for row in made:
        empty = [f.name for f in row._meta.fields if not getattr(row, f.attname)]
        row.full_clean(exclude=empty, validate_unique=False)
