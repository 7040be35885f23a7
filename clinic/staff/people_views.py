"""Pages of people, for owners: who works here, in which roles, how qualified."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.audit import queries as log
from clinic.audit import words
from clinic.staff import access, actions, links, queries
from clinic.staff.again import weighty_to_send
from clinic.staff.forms import (
    NewPersonForm,
    PersonForm,
    QualificationForm,
    RolesForm,
    SecondStepNoteForm,
)
from clinic.staff.http import PersonRequest
from clinic.staff.policy import Action, requires
from clinic.web import once

LATEST_CHANGES = 12


@requires(Action.STAFF_WRITE)
@require_GET
def people(request: PersonRequest) -> HttpResponse:
    """Everybody, and the latest changes, for every owner to see."""
    rows = queries.people(on=timezone.localdate())
    names = {row.person.pk: row.person.full_name for row in rows}
    changes = [
        (words.line(event), names.get(event.object_id or 0, ""))
        for event in log.about_people(limit=LATEST_CHANGES)
    ]
    context = {"rows": rows, "changes": changes}
    return render(request, "staff/people.html", context)


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_http_methods(["GET", "POST"])
def add_person(request: PersonRequest) -> HttpResponse:
    """Somebody new; their page then says what is still missing."""
    form = NewPersonForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "staff/person_add.html", {"form": form}, status=status)
    now = timezone.now()

    def write() -> str:
        person = actions.add_person(
            entry=form.entry(), roles=form.roles_entry(), by=request.user, now=now
        )
        messages.success(request, _("%(name)s was added.") % {"name": person.full_name})
        return reverse("clinic:person", args=[person.pk])

    return once.answer(request=request, form=form, now=now, write=write)


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_http_methods(["GET", "POST"])
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """One person: name and address to change, and everything else about them."""
    found = access.person_for(pk)
    form = PersonForm(request.POST or None, person=found)
    if not form.is_valid():
        return _person_page(request, pk, form=form)
    now = timezone.now()

    def write() -> str:
        actions.change_person(
            person=found, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("Saved."))
        return reverse("clinic:person", args=[found.pk])

    return once.answer(request=request, form=form, now=now, write=write)


def _person_page(
    request: PersonRequest,
    pk: int,
    *,
    form: PersonForm | None = None,
    roles_form: RolesForm | None = None,
    note_form: SecondStepNoteForm | None = None,
    link: str = "",
    refused: str = "",
) -> HttpResponse:
    found = access.person_for(pk)
    given = [one for one in (form, roles_form, note_form) if one is not None]
    today = timezone.localdate()
    context = {
        "person": found,
        "is_me": found.pk == request.user.pk,
        "form": form or PersonForm(person=found),
        "roles_form": roles_form or RolesForm(person=found),
        "note_form": note_form or SecondStepNoteForm(),
        "qualifications": queries.qualifications_of(person=found, on=today),
        "row": queries.person_row(person=found, on=today),
        "sessions": queries.sessions_of(person=found),
        "link": link,
        "link_hours": links.FIRST_HOURS if links.is_first(found) else 0,
        "link_minutes": links.AGAIN_MINUTES,
        "refused": refused,
    }
    is_refused = refused or any(one.is_bound for one in given)
    return render(
        request, "staff/person.html", context, status=422 if is_refused else 200
    )


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_POST
def roles(request: PersonRequest, pk: int) -> HttpResponse:
    """Other roles; nobody changes their own."""
    found = access.person_for(pk)
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _person_page(request, pk, roles_form=form)
    try:
        actions.change_roles(
            person=found, entry=form.roles_entry(), by=request.user, now=timezone.now()
        )
    except actions.StaffRefused as refusal:
        return _person_page(request, pk, refused=refusal.sentence)
    messages.success(request, _("Roles saved. Open sessions of the person have ended."))
    return redirect("clinic:person", pk=found.pk)


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_POST
def set_active(request: PersonRequest, pk: int) -> HttpResponse:
    """Close or open somebody's sign-in."""
    found = access.person_for(pk)
    wanted = request.POST.get("active") == "yes"
    try:
        actions.set_active(
            person=found, is_active=wanted, by=request.user, now=timezone.now()
        )
    except actions.StaffRefused as refusal:
        return _person_page(request, pk, refused=refusal.sentence)
    said = _("The sign-in is open again.") if wanted else _("The sign-in is closed.")
    messages.success(request, said)
    return redirect("clinic:person", pk=found.pk)


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_POST
def make_link(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a sign-in link once, to be handed over."""
    found = access.person_for(pk)
    try:
        token = actions.make_link(person=found, by=request.user, now=timezone.now())
    except actions.StaffRefused as refusal:
        return _person_page(request, pk, refused=refusal.sentence)
    place = reverse("clinic:link", args=[token])
    return _person_page(request, pk, link=request.build_absolute_uri(place))


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_POST
def remove_second_step(request: PersonRequest, pk: int) -> HttpResponse:
    """For a lost phone: the person enrols anew at the next sign-in."""
    found = access.person_for(pk)
    form = SecondStepNoteForm(request.POST)
    if not form.is_valid():
        return _person_page(request, pk, note_form=form)
    try:
        actions.remove_second_step(
            person=found,
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
        )
    except actions.StaffRefused as refusal:
        return _person_page(request, pk, refused=refusal.sentence)
    messages.success(request, _("The second step is gone; a new one is due."))
    return redirect("clinic:person", pk=found.pk)


@requires(Action.STAFF_WRITE)
@weighty_to_send
@require_POST
def end_sessions(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    found = access.person_for(pk)
    actions.end_sessions(person=found, by=request.user, now=timezone.now())
    messages.success(
        request, _("%(name)s is signed out everywhere.") % {"name": found.full_name}
    )
    return redirect("clinic:person", pk=found.pk)


@requires(Action.STAFF_WRITE)
@require_http_methods(["GET", "POST"])
def add_qualification(request: PersonRequest, pk: int) -> HttpResponse:
    """A licence or certificate that somebody showed."""
    found = access.person_for(pk)
    form = QualificationForm(request.POST or None, person=found)
    if not form.is_valid():
        context = {"person": found, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "staff/qualification_add.html", context, status=status)
    now = timezone.now()

    def write() -> str:
        actions.add_qualification(
            person=found, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("The qualification was added."))
        return reverse("clinic:person", args=[found.pk])

    return once.answer(request=request, form=form, now=now, write=write)


@requires(Action.STAFF_WRITE)
@require_POST
def withdraw_qualification(
    request: PersonRequest, pk: int, qualification_pk: int
) -> HttpResponse:
    """From now on it allows nothing."""
    found = access.person_for(pk)
    actions.withdraw_qualification(
        qualification=access.qualification_for(found, qualification_pk),
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The qualification is withdrawn."))
    return redirect("clinic:person", pk=found.pk)
