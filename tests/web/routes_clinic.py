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
