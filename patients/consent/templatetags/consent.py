"""Tags of consents: `{% load consent %}`."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from clinic.staff.policy import Action, may
from patients.consent import queries, wording
from patients.records.models import Patient

register = template.Library()


@register.inclusion_tag("patients/consent/_card.html", takes_context=True)
def consent_card(context: Context, patient: Patient) -> dict[str, Any]:
    """`{% consent_card patient %}`: every kind and whether it stands; two queries."""
    held = queries.all_standing(patient, today=timezone.localdate())
    user = context["request"].user
    return {
        "patient": patient,
        "standings": list(held.values()),
        "may_take": may(user, Action.CONSENT_WRITE),
    }


@register.filter
def blocks(body: str) -> list[wording.Block]:
    """The paragraphs, headings and lists of a text."""
    return list(wording.blocks(body))
