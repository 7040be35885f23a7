"""The gallery's addresses, included in demo mode only."""

from django.urls import path, re_path

from clinic.web.gallery import views

app_name = "styleguide"
urlpatterns = [
    path("", views.gallery, {"page": "parts"}, name="start"),
    re_path(rf"^(?P<page>{'|'.join(views.PAGES)})/$", views.gallery, name="page"),
]
