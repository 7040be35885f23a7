"""Names the origin of everything a request does, for the audit log."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from clinic.audit import actions, context, sealer

REFUSED = frozenset({403, 404, 429})
MOST_LETTERS = 40  # of what somebody typed into an address


def audit_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Set the origin for the length of the request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        origin = context.Origin(
            source="web",
            address=request.META.get("REMOTE_ADDR") or None,
            request_id=uuid.uuid4().hex,
        )
        request.request_id = origin.request_id  # type: ignore[attr-defined]
        if settings.AUDIT_SEAL_EVERY_SECONDS:
            sealer.RHYTHM.beat()
        with context.acting_from(origin):
            return get_response(request)

    return middleware


def refusals_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Log what was refused at a known address, apart from what was rolled back."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        if response.status_code in REFUSED and match is not None:
            user = request.user
            actions.record(
                by=user if isinstance(user, AbstractBaseUser) else None,
                now=timezone.now(),
                action="refused",
                status=response.status_code,
                method=request.method,
                view=match.view_name,
                arguments=[str(v)[:MOST_LETTERS] for v in match.kwargs.values()],
            )
        return response

    return middleware
