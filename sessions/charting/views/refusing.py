"""What is answered when a write on the sheet is refused, the same for every step."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect

from sessions.charting.errors import (
    SessionSignedError,
    SheetChangedError,
    SheetRefusedError,
)


def refusal(
    reference: str,
    work: Callable[[], object],
    *,
    shown: Callable[..., HttpResponse],
) -> HttpResponse | None:
    """Do the work; what stands against it, on the page that is shown again."""
    try:
        work()
    except SessionSignedError:
        return redirect("charting:record", reference)
    except SheetRefusedError as refused:
        return shown(status=422, refused=refused)
    except SheetChangedError as changed:
        return shown(status=409, changed=changed)
    return None
