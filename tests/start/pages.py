"""A few pages that misbehave, for the tests of what stands around every page."""

import os
import time
from pathlib import Path

from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from clinic.web.doors import public

handler500 = "clinic.web.errors.server_error"


@public
def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.META["REMOTE_ADDR"])


@public
def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("kept", headers={"Cache-Control": "public, max-age=3600"})


@csrf_exempt
@public
def upload(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


@public
def slow(request: HttpRequest) -> HttpResponse:
    Path(request.GET["began"]).touch()
    time.sleep(1.5)
    return HttpResponse("answered")


@public
def rows(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("a row")


@public
def process(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(os.getpid()))


@public
def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused for patient Anna")


@public
def deadlock(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM clinic_user")
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE='40P01'; END $$")
    return HttpResponse("never")


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("Anna Berg has melasma")


@public
def clash(request: HttpRequest) -> HttpResponse:
    error = IntegrityError("Key (email)=(anna@example.org) already exists")
    raise RuntimeError("while saving Anna") from error


urlpatterns = [
    path("hello/", hello),
    path("cached/", cached),
    path("upload/", upload),
    path("slow/", slow),
    path("rows/", rows),
    path("process/", process),
    path("away/", away),
    path("deadlock/", deadlock),
    path("broken/", broken),
    path("clash/", clash),
]
