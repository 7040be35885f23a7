"""Addresses of patients, and of the find box of every page."""

from django.urls import path

from patients.records import views

app_name = "records"
urlpatterns = [
    path("patients/", views.patient_list, name="list"),
    path("patients/search/", views.search, name="search"),
    path("patients/new/", views.add, name="add"),
    path("patients/<str:ref>/edit/", views.edit, name="edit"),
    path("patients/<str:ref>/history/", views.log, name="log"),
    path("patients/<str:ref>/break-glass/", views.break_glass, name="break-glass"),
    path("find/", views.find, name="find"),
]
