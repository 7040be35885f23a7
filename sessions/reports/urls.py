"""Addresses of the reports."""

from django.urls import path

from sessions.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.progress, name="home"),
    path("reports/progress/", views.progress, name="progress"),
    path("reports/progress/behind/", views.behind_figure, name="behind"),
    path("reports/progress/<slug:table>.csv", views.table, name="csv"),
]
