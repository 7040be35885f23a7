"""Addresses of people; they stand in the namespace `clinic`."""

from django.urls import path

from clinic.staff import audit_views, help_views, own_views, people_views, scope_views

urlpatterns = [
    path("", own_views.home, name="home"),
    path("help/", help_views.help_page, name="help"),
    path("me/", own_views.me, name="me"),
    path("me/activity/", audit_views.own_events, name="my-activity"),
    path("me/left-alone/", own_views.left_alone, name="left-alone"),
    path("me/still-here/", own_views.still_here, name="still-here"),
    path("me/sessions/end/", own_views.end_other_sessions, name="my-sessions-end"),
    path("me/sessions/<int:pk>/end/", own_views.end_session, name="my-session-end"),
    path("sign-in/link/", own_views.link_password, name="link-password"),
    path("sign-in/link/<str:token>/", own_views.link, name="link"),
    path("settings/depth-limits/", scope_views.depth_limits, name="depth-limits"),
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/add/", people_views.add_person, name="person-add"),
    path("settings/people/<int:pk>/", people_views.person, name="person"),
    path("settings/people/<int:pk>/roles/", people_views.roles, name="person-roles"),
    path(
        "settings/people/<int:pk>/sign-in/",
        people_views.set_active,
        name="person-active",
    ),
    path("settings/people/<int:pk>/link/", people_views.make_link, name="person-link"),
    path(
        "settings/people/<int:pk>/second-step/",
        people_views.remove_second_step,
        name="person-second-step",
    ),
    path(
        "settings/people/<int:pk>/sessions/",
        people_views.end_sessions,
        name="person-sessions",
    ),
    path(
        "settings/people/<int:pk>/qualifications/add/",
        people_views.add_qualification,
        name="qualification-add",
    ),
    path(
        "settings/people/<int:pk>/qualifications/<int:qualification_pk>/withdraw/",
        people_views.withdraw_qualification,
        name="qualification-withdraw",
    ),
    path("settings/audit/", audit_views.events, name="audit"),
    path("settings/audit/csv/", audit_views.events_csv, name="audit-csv"),
]
