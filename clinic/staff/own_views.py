"""What everybody has: landing page, own settings and sessions, the sign-in link."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.staff import access, actions, links, queries, second_factor, timeouts
from clinic.staff.forms import LinkPasswordForm, OwnSettingsForm
from clinic.staff.http import PersonRequest
from clinic.staff.policy import Action, public, requires
from clinic.web import navigation

LINK_KEY = "sign_in_link"
LANDING = ("today", "reports", "stock")


@requires(Action.HOME)
@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Everybody lands where their day begins (UX 5.1)."""
    places = navigation.links_for(roles=request.user.roles, path="")
    by_name = {link.item.name: link.url for link in places}
    wanted = [by_name[name] for name in LANDING if name in by_name]
    anything = [link.url for link in places]
    return redirect([*wanted, *anything, reverse("clinic:me")][0])


@requires(Action.OWN_PROFILE)
@require_http_methods(["GET", "POST"])
def me(request: PersonRequest) -> HttpResponse:
    """Own looks and shortcuts, ways to sign in, open sessions."""
    user = request.user
    initial = {"theme": user.theme, "single_keys": user.single_keys}
    form = OwnSettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.change_own_settings(
            person=user,
            theme=form.cleaned_data["theme"],
            single_keys=form.cleaned_data["single_keys"],
        )
        messages.success(request, _("Saved."))
        return redirect("clinic:me")
    today = timezone.localdate()
    context = {
        "form": form,
        "row": queries.person_row(person=user, on=today),
        "qualifications": queries.qualifications_of(person=user, on=today),
        "sessions": queries.sessions_of(person=user),
        "this_session": request.session.session_key,
        "factor_count": second_factor.factors_of(user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "staff/me.html", context, status=status)


@requires(Action.OWN_PROFILE)
@require_POST
def end_session(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign out on one of one's other devices."""
    session = access.own_session_for(request.user, pk)
    actions.end_own_sessions(
        person=request.user, sessions=[session], now=timezone.now()
    )
    messages.success(request, _("That device is signed out."))
    return redirect("clinic:me")


@requires(Action.OWN_PROFILE)
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    others = [
        session
        for session in queries.sessions_of(person=request.user)
        if session.session_key != request.session.session_key
    ]
    actions.end_own_sessions(person=request.user, sessions=others, now=timezone.now())
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("clinic:me")


@requires(Action.OWN_PROFILE)
@timeouts.background
@require_POST
def left_alone(request: PersonRequest) -> JsonResponse:
    """A page asks, untouched, how long it may still show what it shows.

    When the time is over the middleware answers instead: it keeps what the page sent
    along and leads to the sign-in.
    """
    left_s = timeouts.left_s(request.session, now=timeouts.clock())
    return JsonResponse({"left_s": left_s})


@requires(Action.OWN_PROFILE)
@require_POST
def still_here(request: PersonRequest) -> HttpResponse:
    """Somebody types or points on a page that sends nothing: that counts as well.

    What the page before allowed stays: an hour at the chair, else a quarter.
    """
    minutes = request.session.get(timeouts.IDLE_KEY)
    if minutes:
        request.extend_by = timedelta(minutes=minutes)
    return HttpResponse(status=204)


@public
@never_cache
@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address, so that it is in no history or Referer."""
    request.session[LINK_KEY] = token
    return redirect("clinic:link-password")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def link_password(request: HttpRequest) -> HttpResponse:
    """Choose a password; then sign in with it, with the second step if there is one."""
    person = links.owner_of(request.session.get(LINK_KEY, ""))
    if person is None:
        request.session.pop(LINK_KEY, None)
        return render(request, "staff/link_dead.html", status=404)
    form = LinkPasswordForm(request.POST or None, person=person)
    if not form.is_valid():
        context = {"form": form, "person": person}
        status = 422 if form.is_bound else 200
        return render(request, "staff/link_password.html", context, status=status)
    actions.use_link(
        person=person, password=form.cleaned_data["password1"], now=timezone.now()
    )
    request.session.pop(LINK_KEY, None)
    messages.success(request, _("Your password is set. Sign in with it now."))
    return redirect("account_login")
