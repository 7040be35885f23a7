"""Addresses of settings and places; they stand in the namespace `clinic`."""

from django.urls import path

from clinic.places import views

urlpatterns = [
    path("site/", views.switch_site, name="site"),
    path("settings/", views.settings, name="settings"),
    path("settings/clinic/", views.clinic, name="clinic"),
    path("settings/sites/add/", views.add_site, name="site-add"),
    path("settings/sites/<int:pk>/", views.site, name="site-settings"),
    path("settings/sites/<int:pk>/change/", views.change_site, name="site-change"),
    path("settings/sites/<int:pk>/hours/", views.opening_hours, name="site-hours"),
    path("settings/sites/<int:pk>/rooms/add/", views.add_room, name="room-add"),
    path("settings/rooms/<int:pk>/", views.change_room, name="room"),
    path("settings/closures/", views.days_off, name="closures"),
    path(
        "settings/closures/<int:pk>/remove/",
        views.remove_closure,
        name="closure-remove",
    ),
    path("settings/absences/", views.absences, name="absences"),
    path(
        "settings/absences/<int:pk>/remove/",
        views.remove_absence,
        name="absence-remove",
    ),
    path("settings/people/<int:pk>/places/", views.person_places, name="person-places"),
    path(
        "settings/people/<int:pk>/places/<int:site_pk>/",
        views.working_hours,
        name="person-hours",
    ),
]
