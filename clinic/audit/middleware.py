"""Names the origin of everything a request does, for the audit log."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from clinic.audit import context


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
        with context.acting_from(origin):
            return get_response(request)

    return middleware
