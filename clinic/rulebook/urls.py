"""Addresses of the rule book."""

from django.urls import path

from clinic.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("settings/rules/", views.book, name="book"),
    path("settings/rules/<str:code>/", views.rule, name="rule"),
]
