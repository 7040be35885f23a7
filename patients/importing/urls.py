"""Addresses of the import."""

from django.urls import path

from patients.importing import views

app_name = "importing"
urlpatterns = [
    path("patients/import/", views.upload, name="start"),
    path("patients/import/<int:number>/", views.show, name="run"),
    path("patients/import/<int:number>/begin/", views.begin, name="begin"),
    path("patients/import/<int:number>/step/", views.step, name="step"),
    path("patients/import/<int:number>/cancel/", views.cancel, name="cancel"),
    path("patients/import/<int:number>/rest/<str:kind>.csv", views.rest, name="rest"),
]
