"""Arguments of the addresses of sign-in, people, places and stock."""

from typing import Any

from allauth.mfa.models import Authenticator

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
