"""Arguments of the addresses of sign-in, people, places and stock."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from clinic.models import Absence, Closure
from tests.factories import TODAY
from tests.web.routes import World, maker


@maker("mfa_edit_webauthn")
@maker("mfa_remove_webauthn")
def passkey(world: World) -> dict[str, Any]:
    row = Authenticator.objects.create(
        user=world.me,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Key", "credential": {}},
    )
    return {"pk": row.pk}


@maker("rulebook:rule")
def rule(_world: World) -> dict[str, Any]:
    return {"code": "C01"}


@maker("clinic:device")
def device(world: World) -> dict[str, Any]:
    return {"pk": world.device.pk}


@maker("clinic:lot")
@maker("clinic:lot-change")
@maker("clinic:lot-withdraw")
@maker("clinic:lot-put-back")
def lot(world: World) -> dict[str, Any]:
    return {"pk": world.lot.pk}


@maker("clinic:person")
@maker("clinic:person-roles")
@maker("clinic:person-active")
@maker("clinic:person-link")
@maker("clinic:person-second-step")
@maker("clinic:person-sessions")
@maker("clinic:qualification-add")
def person(world: World) -> dict[str, Any]:
    return {"pk": world.practitioner.pk}


@maker("clinic:qualification-withdraw")
def qualification(world: World) -> dict[str, Any]:
    row = world.qualification
    return {"pk": row.user_id, "qualification_pk": row.pk}


@maker("clinic:my-session-end")
def own_session(world: World) -> dict[str, Any]:
    row = UserSession.objects.create(
        user=world.me, ip="127.0.0.1", session_key=f"key-{world.me.pk}", user_agent="x"
    )
    return {"pk": row.pk}


@maker("clinic:link")
def link(_world: World) -> dict[str, Any]:
    return {"token": "unknown"}


@maker("clinic:site-settings")
@maker("clinic:site-change")
@maker("clinic:site-hours")
@maker("clinic:room-add")
def site(world: World) -> dict[str, Any]:
    return {"pk": world.site.pk}


@maker("clinic:room")
def room(world: World) -> dict[str, Any]:
    return {"pk": world.room.pk}


@maker("clinic:closure-remove")
def closure(_world: World) -> dict[str, Any]:
    days = {"first_day": TODAY, "last_day": TODAY}
    return {"pk": Closure.objects.create(reason="Holiday", **days).pk}


@maker("clinic:absence-remove")
def absence(world: World) -> dict[str, Any]:
    days = {"first_day": TODAY, "last_day": TODAY}
    return {"pk": Absence.objects.create(user=world.practitioner, **days).pk}


@maker("clinic:person-places")
def person_places(world: World) -> dict[str, Any]:
    return {"pk": world.practitioner.pk}


@maker("clinic:person-hours")
def person_hours(world: World) -> dict[str, Any]:
    return {"pk": world.practitioner.pk, "site_pk": world.site.pk}
