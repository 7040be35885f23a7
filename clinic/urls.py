"""Addresses of the whole product; each slice brings its own."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
handler500 = "clinic.web.errors.server_error"
