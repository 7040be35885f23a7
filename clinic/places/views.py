"""Settings of the clinic's places, and the switch between one's sites."""

from collections.abc import Callable
from zoneinfo import available_timezones

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.places import access, actions, queries
from clinic.places.forms import (
    AbsenceForm,
    ClinicForm,
    ClosureForm,
    RoomForm,
    SiteForm,
    SitesForm,
    WeekForm,
)
from clinic.places.http import StaffRequest
from clinic.places.middleware import SITE_KEY
from clinic.staff.access import person_for
from clinic.staff.policy import Action, may, requires
from clinic.web import once, refs
from clinic.web.forms import KeyedForm


@requires(Action.HOME)
@require_POST
def switch_site(request: StaffRequest) -> HttpResponse:
    """Work at another of one's sites from now on."""
    wanted = refs.row_number(request.POST.get("site", ""))
    site = access.own_site_for(request.user, wanted or 0)
    request.session[SITE_KEY] = site.pk
    place = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}):
        place = "/"
    return redirect(place)


@requires(Action.SETTINGS_READ)
@require_GET
def settings(request: StaffRequest) -> HttpResponse:
    """Everything that can be set, and what is still missing."""
    today = timezone.localdate()
    sites = list(queries.all_sites())
    in_use = [site for site in sites if site.is_active]
    context = {
        "clinic": queries.clinic(),
        "sites": sites,
        "without_rooms": [site for site in in_use if not site.room_count],
        "without_hours": queries.without_hours(),
        "closure_count": len(queries.closures(today=today)),
        "absence_count": len(queries.absences(today=today)),
        "may_write": may(request.user, Action.SETTINGS_WRITE),
    }
    return render(request, "places/settings.html", context)


def _page(
    request: StaffRequest, template: str, form: Form, **context: object
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    given = {"form": form, **context}
    return render(request, f"places/{template}", given, status=status)


def _saved(
    request: StaffRequest, form: KeyedForm, said: str, write: Callable[[], str]
) -> HttpResponse:
    """Write once, say it, go on."""

    def write_and_say() -> str:
        place = write()
        messages.success(request, said)
        return place

    now = timezone.now()
    return once.answer(request=request, form=form, now=now, write=write_and_say)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def clinic(request: StaffRequest) -> HttpResponse:
    """The clinic's name."""
    found = queries.clinic()
    initial = {"name": found.name} if found else {}
    form = ClinicForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _page(request, "clinic.html", form)

    def write() -> str:
        name = form.cleaned_data["name"]
        actions.name_clinic(name=name, by=request.user, now=timezone.now())
        return reverse("clinic:settings")

    return _saved(request, form, _("The name was saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def add_site(request: StaffRequest) -> HttpResponse:
    """A new site; its page then asks for rooms and hours."""
    form = SiteForm(request.POST or None, site=None, initial=_as_here(request))
    if not form.is_valid():
        return _page(request, "site_form.html", form, zones=_zones())

    def write() -> str:
        site = actions.add_site(entry=form.entry(), by=request.user, now=timezone.now())
        return reverse("clinic:site-settings", args=[site.pk])

    return _saved(request, form, _("The site was added."), write)


def _as_here(request: StaffRequest) -> dict[str, str | bool]:
    here = getattr(request, "site", None)
    return {"time_zone": here.time_zone if here else "", "is_active": True}


def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone)


@requires(Action.SETTINGS_READ)
@require_GET
def site(request: StaffRequest, pk: int) -> HttpResponse:
    """One site: what it is, its rooms, its week."""
    found = access.site_for(pk)
    context = {
        "site": found,
        "rooms": queries.rooms_of(site=found),
        "days": queries.opening_hours(site=found),
        "people": queries.people_at(site=found),
        "may_write": may(request.user, Action.SETTINGS_WRITE),
    }
    return render(request, "places/site.html", context)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def change_site(request: StaffRequest, pk: int) -> HttpResponse:
    """Name, address, phone, time zone, in use or not."""
    found = access.site_for(pk)
    form = SiteForm(request.POST or None, site=found)
    if not form.is_valid():
        return _page(request, "site_form.html", form, site=found, zones=_zones())

    def write() -> str:
        actions.change_site(
            site=found, entry=form.entry(), by=request.user, now=timezone.now()
        )
        return reverse("clinic:site-settings", args=[found.pk])

    try:
        return _saved(request, form, _("The site was saved."), write)
    except actions.PlacesRefused as refused:
        form.add_error("is_active", refused.sentence)
        return _page(request, "site_form.html", form, site=found, zones=_zones())


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def add_room(request: StaffRequest, pk: int) -> HttpResponse:
    """A new room of a site."""
    found = access.site_for(pk)
    form = RoomForm(request.POST or None, site=found, room=None)
    if not form.is_valid():
        return _page(request, "room_form.html", form, site=found)

    def write() -> str:
        actions.add_room(
            site=found, entry=form.entry(), by=request.user, now=timezone.now()
        )
        return reverse("clinic:site-settings", args=[found.pk])

    return _saved(request, form, _("The room was added."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def change_room(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename a room, or put it out of use."""
    found = access.room_for(pk)
    form = RoomForm(request.POST or None, site=found.site, room=found)
    if not form.is_valid():
        return _page(request, "room_form.html", form, site=found.site, room=found)

    def write() -> str:
        actions.change_room(
            room=found, entry=form.entry(), by=request.user, now=timezone.now()
        )
        return reverse("clinic:site-settings", args=[found.site_id])

    return _saved(request, form, _("The room was saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def opening_hours(request: StaffRequest, pk: int) -> HttpResponse:
    """The week of a site."""
    found = access.site_for(pk)
    days = queries.opening_hours(site=found)
    form = WeekForm(request.POST or None, days=days)
    if not form.is_valid():
        return _page(request, "week_form.html", form, site=found, person=None)

    def write() -> str:
        actions.set_opening_hours(
            site=found, shifts=form.shifts(), by=request.user, now=timezone.now()
        )
        return reverse("clinic:site-settings", args=[found.pk])

    return _saved(request, form, _("The opening hours were saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def person_places(request: StaffRequest, pk: int) -> HttpResponse:
    """Where a person works, and when."""
    found = person_for(pk)
    places = queries.places_of(person=found)
    form = SitesForm(request.POST or None, held=[place.site for place in places])
    if not form.is_valid():
        return _page(request, "person.html", form, person=found, places=places)

    def write() -> str:
        actions.set_sites(
            person=found,
            sites=form.cleaned_data["sites"],
            by=request.user,
            now=timezone.now(),
        )
        return reverse("clinic:person-places", args=[found.pk])

    return _saved(request, form, _("The sites were saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def working_hours(request: StaffRequest, pk: int, site_pk: int) -> HttpResponse:
    """The week of a person at a site."""
    place = access.site_for(site_pk)
    found = access.person_at(pk, place)
    form = WeekForm(
        request.POST or None, days=queries.working_hours(person=found, site=place)
    )
    if not form.is_valid():
        return _page(request, "week_form.html", form, site=place, person=found)

    def write() -> str:
        actions.set_working_hours(
            person=found,
            site=place,
            shifts=form.shifts(),
            by=request.user,
            now=timezone.now(),
        )
        return reverse("clinic:person-places", args=[found.pk])

    return _saved(request, form, _("The working hours were saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def days_off(request: StaffRequest) -> HttpResponse:
    """Closures of the clinic; a new one is added below the list."""
    form = ClosureForm(request.POST or None)
    if not form.is_valid():
        rows = queries.closures(today=timezone.localdate())
        return _page(request, "closures.html", form, rows=rows)

    def write() -> str:
        actions.add_closure(
            site=form.cleaned_data["site"],
            entry=form.entry(),
            by=request.user,
            now=timezone.now(),
        )
        return reverse("clinic:closures")

    return _saved(request, form, _("The days were saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_POST
def remove_closure(request: StaffRequest, pk: int) -> HttpResponse:
    """Open on those days after all."""
    actions.remove_closure(
        closure=access.closure_for(pk), by=request.user, now=timezone.now()
    )
    messages.success(request, _("Open on those days again."))
    return redirect("clinic:closures")


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away, and when; a new one is added below the list."""
    form = AbsenceForm(request.POST or None)
    if not form.is_valid():
        rows = queries.absences(today=timezone.localdate())
        return _page(request, "absences.html", form, rows=rows)

    def write() -> str:
        actions.add_absence(
            person=form.cleaned_data["person"],
            entry=form.entry(),
            by=request.user,
            now=timezone.now(),
        )
        return reverse("clinic:absences")

    return _saved(request, form, _("The days were saved."), write)


@requires(Action.SETTINGS_WRITE)
@require_POST
def remove_absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Here on those days after all."""
    actions.remove_absence(
        absence=access.absence_for(pk), by=request.user, now=timezone.now()
    )
    messages.success(request, _("The absence was removed."))
    return redirect("clinic:absences")
