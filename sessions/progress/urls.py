"""Addresses of a patient's overview and readings."""

from django.urls import path

from sessions.progress import views

app_name = "progress"
urlpatterns = [
    path("patients/<slug:ref>/", views.patient, name="patient"),
    path("patients/<slug:ref>/glance/", views.at_a_glance, name="glance"),
    path("patients/<slug:ref>/scores/", views.scores, name="scores"),
    path(
        "patients/<slug:ref>/conditions/<int:key>/scores/new/",
        views.score_add,
        name="score-new",
    ),
    path(
        "patients/<slug:ref>/scores/<int:key>/withdraw/",
        views.score_withdraw,
        name="score-withdraw",
    ),
    path(
        "patients/<slug:ref>/sessions/<slug:session_ref>/calm/",
        views.calm,
        name="calm",
    ),
]
