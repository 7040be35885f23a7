"""Whom to book for: found among the patients, or added on the spot."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from clinic.places import regions
from clinic.places.http import StaffRequest
from clinic.web import once
from patients.records import actions, finding
from patients.records.forms import PatientForm

LIMIT = 8
MOST_LETTERS = 200


def page(
    request: StaffRequest, *, onward: str, context: Mapping[str, Any]
) -> HttpResponse:
    """The page that asks whom; goes on to `onward` with the patient's reference.

    Posted: a name never stands in an address.
    """
    if request.method == "POST" and "add" in request.POST:
        return _add(request, onward=onward, context=context)
    text = request.POST.get("text", "").strip()[:MOST_LETTERS]
    now = timezone.now()
    found = finding.find(user=request.user, text=text, now=now, limit=LIMIT)
    form = _form(request, initial=_guess(text))
    return _shown(
        request, form, {**context, "text": text, "found": found, "onward": onward}
    )


def _add(
    request: StaffRequest, *, onward: str, context: Mapping[str, Any]
) -> HttpResponse:
    form = _form(request, data=True)
    shown = {**context, "text": "", "found": None, "onward": onward}
    if not form.is_valid():
        return _shown(request, form, shown, status=422)
    now = timezone.now()

    def write() -> str:
        patient = actions.add_patient(
            entry=form.entry(),
            clinical=None,
            by=request.user,
            now=now,
            anyway="anyway" in request.POST,
        )
        return f"{onward}?{urlencode({'patient': patient.reference})}"

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except actions.LooksAlikeError as error:
        alike = {**shown, "look_alikes": error.look_alikes}
        return _shown(request, form, alike, status=422)


def _form(
    request: StaffRequest, *, data: bool = False, initial: dict[str, str] | None = None
) -> PatientForm:
    """The patient's form of which the page shows name, phone and birth."""
    return PatientForm(
        request.POST if data else None,
        today=timezone.localdate(),
        region=regions.region_of(time_zone=timezone.get_current_timezone_name()),
        clinical=False,
        initial={"language": "en", **(initial or {})},
    )


def _guess(text: str) -> dict[str, str]:
    """The words that were searched for are the name of whoever is not here yet."""
    words = [word for word in text.split() if word.isalpha()]
    return {
        "given_name": " ".join(words[:-1]) or " ".join(words),
        "family_name": words[-1] if len(words) > 1 else "",
    }


def _shown(
    request: StaffRequest,
    form: PatientForm,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {**context, "form": form}
    return render(request, "booking/pick.html", context, status=status)
