"""Addresses of plans, visits and the day."""

from django.urls import path

from sessions.booking import (
    builder_views,
    move_views,
    plan_views,
    today_views,
    visit_views,
)

app_name = "booking"
urlpatterns = [
    path("", plan_views.home, name="home"),
    path("today/", today_views.day, name="today"),
    path("today/version/", today_views.version, name="today-version"),
    path("visits/new/", visit_views.new_visit, name="new-visit"),
    path("visits/<str:ref>/", visit_views.visit_page, name="visit"),
    path("visits/<str:ref>/status/", today_views.step, name="step"),
    path("visits/<str:ref>/cancel/", visit_views.cancel, name="cancel"),
    path("visits/<str:ref>/move/", move_views.move, name="move"),
    path("visits/<str:ref>/move/undo/", move_views.undo, name="undo-move"),
    path("plans/", plan_views.plan_list, name="plans"),
    path("plans/new/", builder_views.new_plan, name="new-plan"),
    path("plans/<str:ref>/", plan_views.plan_page, name="plan"),
    path("plans/<str:ref>/edit/", builder_views.edit_plan, name="edit-plan"),
    path("plans/<str:ref>/status/", plan_views.plan_status, name="plan-status"),
    path("patients/<str:ref>/plan/", plan_views.patient_plans, name="patient-plans"),
]
