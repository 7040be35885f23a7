"""Tags of the patient's header: `{% load patient %}`."""

from datetime import date

from django import template
from django.template.context import Context
from django.utils import timezone

from clinic.staff.policy import Action, Grant, grant
from patients.records import flags, tabs
from patients.records.models import Patient

register = template.Library()


@register.simple_tag
def today() -> date:
    """`{% today as day %}`: the date where the person works."""
    return timezone.localdate()


@register.simple_tag(takes_context=True)
def patient_tabs(
    context: Context, patient: Patient, current: str
) -> list[tabs.TabLink]:
    """`{% patient_tabs patient "health" as links %}`: the tabs the person may open."""
    user = context["request"].user
    return tabs.links_for(user=user, patient=patient, current=current)


@register.simple_tag(takes_context=True)
def patient_flags(context: Context, patient: Patient) -> list[flags.Flag]:
    """`{% patient_flags patient as pills %}`: what everybody here should know."""
    return flags.flags_of(
        patient=patient, user=context["request"].user, today=timezone.localdate()
    )


@register.simple_tag(takes_context=True)
def sees_chart(context: Context) -> bool:
    """`{% sees_chart as clinical %}`: may the skin type and the like stand here."""
    return grant(context["request"].user, Action.CHART_READ) is not Grant.NO


@register.filter
def home(patient: Patient) -> str:
    """`{{ patient|home }}`: the address of the patient's page."""
    return tabs.home_of(patient)
