"""What every answer tells the browser, and whose address a request came from."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from clinic.web.errors import bad_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What a page of ours may ask of the browser: the camera, for pictures of a patient.
PERMISSIONS = "camera=(self)"
REFUSED_PERMISSIONS = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(
    [PERMISSIONS, *(f"{name}=()" for name in REFUSED_PERMISSIONS)]
)


def security_headers_middleware(get_response: GetResponse) -> GetResponse:
    """Content-Security-Policy and its kin on every answer, static files as well."""
    policy = "; ".join(
        f"{directive} {' '.join(sources)}"
        for directive, sources in settings.SECURE_CSP.items()
    )

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


def no_store_middleware(get_response: GetResponse) -> GetResponse:
    """No page is kept by browser or proxy; it stands inside the static files."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def no_nul_middleware(get_response: GetResponse) -> GetResponse:
    """400 for an address with a NUL: PostgreSQL has no such letter, nobody types it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return get_response(request)

    return middleware


def client_address_middleware(get_response: GetResponse) -> GetResponse:
    """Put the visitor's own address in REMOTE_ADDR.

    X-Forwarded-For counts only behind as many proxies as NEEDLEPOINT_TRUSTED_PROXIES
    says: each appends what it saw, so the entry that the first of ours wrote is the
    visitor's, whatever the visitor claims to its left.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        address = forwarded_address(
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.TRUSTED_PROXIES,
        )
        if address is not None:
            request.META["REMOTE_ADDR"] = address
        return get_response(request)

    return middleware


def forwarded_address(header: str, *, proxies: int) -> str | None:
    """The address that the outermost of our proxies saw; None when there is none."""
    entries = [entry.strip() for entry in header.split(",") if entry.strip()]
    if not 0 < proxies <= len(entries):
        return None
    try:
        return str(ipaddress.ip_address(entries[-proxies]))
    except ValueError:
        return None
