"""A form that is sent twice writes once (DESIGN 3.3, SECURITY R6).

Each rendering of a form carries a key. The first answer to a key is kept; the same
key again gets that answer and writes nothing, also when both come at the same moment.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from clinic.web import errors
from clinic.web.forms import KeyedForm
from clinic.web.models import FormKey

KEPT_FOR = timedelta(days=2)
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "idempotency_key"})


class KeyReusedError(Exception):
    """A form came back with its old key and other values; `sentence` says so."""

    def __init__(self) -> None:
        self.sentence = _(
            "This form was already sent with other values. Open it again and repeat."
        )
        super().__init__(self.sentence)


def fingerprint(typed: QueryDict) -> str:
    """A digest of what a form says, apart from its tokens; it reveals no value."""
    pairs = sorted(
        (name, several) for name, several in typed.lists() if name not in NOT_TYPED
    )
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


@transaction.atomic
def once(
    *,
    user: AbstractBaseUser,
    key: UUID | None,
    typed: QueryDict,
    now: datetime,
    write: Callable[[], str],
) -> str:
    """Call `write` unless this key was answered; both give the address to go to.

    A refusal raised by `write` frees the key again. Without a key it just writes.
    Raises KeyReusedError when the key comes back with other values.
    """
    if key is None:
        return write()
    mark = fingerprint(typed)
    row, is_new = FormKey.objects.get_or_create(
        user_id=user.pk, key=key, defaults={"fingerprint": mark, "created_at": now}
    )
    if is_new:
        FormKey.objects.filter(user_id=user.pk, created_at__lt=now - KEPT_FOR).delete()
        row.location = write()
        row.save(update_fields=["location"])
    elif row.fingerprint != mark:
        raise KeyReusedError
    return row.location


def answer(
    *, request: HttpRequest, form: KeyedForm, now: datetime, write: Callable[[], str]
) -> HttpResponse:
    """What a view gives back for a valid form: on to the outcome, made only once.

    A key that comes back with other values is answered with 409.
    """
    try:
        location = once(
            user=cast("AbstractBaseUser", request.user),
            key=form.key,
            typed=request.POST,
            now=now,
            write=write,
        )
    except KeyReusedError:
        return errors.page(409)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(location)
    return redirect(location)
