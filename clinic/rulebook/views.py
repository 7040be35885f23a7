"""The rule book to read, and the mode in which each rule runs here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.rulebook import access, actions, queries, reading
from clinic.rulebook.actions import RuleChangedError
from clinic.rulebook.forms import ModeForm
from clinic.rulebook.http import StaffRequest
from clinic.staff.policy import Action, may, requires


@requires(Action.HOME)
@require_GET
def book(request: StaffRequest) -> HttpResponse:
    """Every screening rule in words, with its sources and its mode here.

    Open to all staff: each finding links here, and it tells of no patient.
    """
    effective = queries.effective_book()
    rules = reading.rules_in_words(effective, queries.settings_by_code())
    context = {
        "effective": effective,
        "rules": rules,
        "changed_count": sum(rule.strict or rule.fixed for rule in rules),
        "confirm_count": sum(rule.to_confirm for rule in rules),
        "sources": reading.sources_in_use(effective),
        "may_open": may(request.user, Action.SETTINGS_READ),
    }
    return render(request, "rulebook/book.html", context)


@requires(Action.SETTINGS_READ)
@require_http_methods(["GET", "POST"])
def rule(request: StaffRequest, code: str) -> HttpResponse:
    """One rule; owners and the medical lead set how it runs here."""
    effective = queries.effective_book()
    shown = reading.rule_in_words(code, effective, queries.settings_by_code())
    if shown is None:
        raise Http404
    if request.method == "GET":
        return _rule_page(request, shown, ModeForm(rule=shown))
    access.require_may_set_medicine(request.user)
    form = ModeForm(request.POST, rule=shown)
    if not form.is_valid():
        return _rule_page(request, shown, form, status=422)
    try:
        actions.set_mode(
            code=code, entry=form.entry(), by=request.user, now=timezone.now()
        )
    except RuleChangedError as error:
        form.add_error(None, str(error))
        fresh = reading.rule_in_words(code, effective, queries.settings_by_code())
        return _rule_page(request, fresh or shown, form, status=409)
    messages.success(request, _("Rule %(code)s was changed.") % {"code": code})
    return redirect(f"{reverse('rulebook:book')}#{code}")


def _rule_page(
    request: StaffRequest,
    shown: reading.RuleInWords,
    form: ModeForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "rule": shown,
        "form": form,
        "may_set": access.may_set_medicine(request.user),
    }
    return render(request, "rulebook/rule.html", context, status=status)
