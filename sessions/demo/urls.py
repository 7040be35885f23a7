"""Addresses that only the demo has."""

from django.urls import path

from sessions.demo import views

app_name = "demo"
urlpatterns = [path("later/", views.later, name="later")]
