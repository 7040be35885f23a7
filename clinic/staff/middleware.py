"""What stands between a request and a page: sign-in, time limits, second factor.

Their order in the settings is part of the design: CSRF before the limits, so that no
foreign page can plant a form in the kept work; the limits before the sign-in.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeGuard

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff import resume, second_factor, timeouts
from clinic.staff.models import User

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and afterwards back to where they were.

    htmx gets 401 with the address to go to: a redirect would put the sign-in page
    into a piece of the page.
    """
    left = resume.local_path(request.POST.get(resume.PAGE_FIELD, ""))
    page = left or resume.page_of(request)
    answer = redirect_to_login(page, resolve_url(settings.LOGIN_URL))
    if not getattr(request, "htmx", False):
        return answer
    refused = HttpResponse(status=401)
    refused["HX-Redirect"] = answer.url
    return refused


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view but the public ones needs a signed-in person."""

    def handle_no_permission(  # type: ignore[override]  # htmx gets no redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """Strangers sign in first."""
        return to_sign_in(request)


class SessionLimitsMiddleware:
    """Ends a sign-in that was idle or lasted too long, keeping what was typed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count the person's own requests; give kept work back."""
        request.extend_by = None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not isinstance(request.user, User):
            return response
        now = timeouts.clock()
        limit: timedelta | None = request.extend_by  # type: ignore[attr-defined]
        if limit is not None and timeouts.touch(request.session, limit=limit, now=now):
            key = request.session.session_key
            UserSession.objects.filter(session_key=key).update(
                last_seen_at=timezone.now()
            )
        if resume.SESSION_KEY in request.session and is_whole_page(response, request):
            resume.show_again(request, response, user=request.user, now=now)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        _args: object,
        _kwargs: object,
    ) -> HttpResponseBase | None:
        """Stop a request whose sign-in is over, before the view sees it."""
        user = request.user
        if not isinstance(user, User):
            return None
        now = timeouts.clock()
        ending = timeouts.ending_of(request.session, now=now)
        if ending is None:
            if not timeouts.is_background(request, view_func):
                request.extend_by = timeouts.idle_limit(view_func)  # type: ignore[attr-defined]
            return None
        work = resume.kept_from(request) if request.method == "POST" else None
        audit.record(
            by=user, now=timezone.now(), action="sign_in.timed_out", why=ending.value
        )
        logout(request)
        if getattr(view_func, "is_public", False):
            return None
        if work is not None:
            resume.keep(request.session, user=user, work=work, now=now)
        messages.warning(request, sentence(ending, has_work=work is not None))
        return to_sign_in(request)


def sentence(ending: timeouts.Ending, *, has_work: bool) -> str:
    """Why the person has to sign in again."""
    why = (
        _("You were signed out because nothing was done for a while.")
        if ending is timeouts.Ending.IDLE
        else _("You were signed out: a sign-in lasts 12 hours.")
    )
    kept = _("What you typed is kept. Sign in and it is back in the form.")
    return f"{why} {kept}" if has_work else why


def is_whole_page(
    response: HttpResponseBase, request: HttpRequest
) -> TypeGuard[HttpResponse]:
    """Whether the answer is a page a person will look at now."""
    return (
        request.method == "GET"
        and isinstance(response, HttpResponse)
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not getattr(request, "htmx", False)
    )


class SecondFactorMiddleware:
    """Who needs a second factor and has none may only enrol one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do before or after."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        _view: Callable[..., Any],
        _args: object,
        _kwargs: object,
    ) -> HttpResponseBase | None:
        """Lead to enrolment from everywhere else."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or (
            match is not None and match.view_name in second_factor.ENROLMENT
        ):
            return None
        if not second_factor.is_missing(user=user, session=request.session):
            return None
        place = reverse("mfa_index")
        if not getattr(request, "htmx", False):
            return HttpResponseRedirect(place)
        refused = HttpResponse(status=401)
        refused["HX-Redirect"] = place
        return refused
