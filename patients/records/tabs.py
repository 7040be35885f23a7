"""The tabs of a patient's pages: which exist, for whom, in which order."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.staff.models import User
from clinic.staff.policy import Action, Grant, grant
from clinic.web.addresses import addresses
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One page of a patient; `key` is what its template calls itself."""

    key: str
    label: Promise
    url_name: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLink:
    """A tab as one person sees it now."""

    label: str
    url: str
    is_current: bool


TABS = (
    Tab(
        key="overview",
        label=_("Overview"),
        url_name="progress:patient",
        action=Action.PATIENT_IDENTITY,
    ),
    Tab(
        key="sessions",
        label=_("Sessions"),
        url_name="charting:patient-sessions",
        action=Action.SESSION_READ,
    ),
    Tab(
        key="plan",
        label=_("Plan"),
        url_name="booking:patient-plans",
        action=Action.PLAN_READ,
    ),
    Tab(
        key="health",
        label=_("Health and consent"),
        url_name="history:health",
        action=Action.CHART_READ,
    ),
    Tab(
        key="log",
        label=_("History"),
        url_name="records:log",
        action=Action.CHART_LOG,
    ),
)


def url_of(name: str, *args: str) -> str:
    """The address of a page, empty while no slice brings it: no link is dead."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def page_of(name: str, reference: str) -> str:
    """`url_of` for a page of one patient, which every page of hers asks for."""
    try:
        return addresses(name)(reference)
    except NoReverseMatch:
        return ""


def home_of(patient: Patient) -> str:
    """Where "the patient's page" leads: the first tab that exists."""
    ref = patient.reference
    return page_of("progress:patient", ref) or page_of("records:edit", ref)


def links_for(*, user: User, patient: Patient, current: str) -> list[TabLink]:
    """The tabs this person may open; who got here by break-glass sees them too."""
    return [
        TabLink(label=str(tab.label), url=url, is_current=tab.key == current)
        for tab in TABS
        if grant(user, tab.action) is not Grant.NO
        and (url := page_of(tab.url_name, patient.reference))
    ]
