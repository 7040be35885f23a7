"""Addresses of protocols."""

from django.urls import path

from sessions.plans import views

app_name = "plans"
urlpatterns = [
    path("settings/protocols/", views.protocol_list, name="protocols"),
    path("settings/protocols/<int:key>/", views.protocol_page, name="protocol"),
]
