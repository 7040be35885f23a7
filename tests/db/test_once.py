"""A form that is sent twice writes once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict

from clinic.models import FormKey, Room, Site, User
from clinic.web.once import KeyReusedError, once
from tests import factories
from tests.factories import NOW

KEY = uuid4()


def send(user: User, site: Site, typed: str = "name=Blue", key: object = KEY) -> str:
    def write() -> str:
        room = Room.objects.create(site=site, name=str(uuid4()))
        return f"/rooms/{room.pk}/"

    return once(user=user, key=key, typed=QueryDict(typed), now=NOW, write=write)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_double_click_writes_once_and_goes_to_the_same_place() -> None:
    site = factories.make_site()
    user = factories.make_desk()
    assert send(user, site) == send(user, site, "csrfmiddlewaretoken=new&name=Blue")
    assert Room.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_of_another_person_is_another_key() -> None:
    site = factories.make_site()
    assert send(factories.make_desk(), site) != send(factories.make_desk(), site)


@pytest.mark.django_db
def test_a_key_with_other_values_is_refused() -> None:
    site = factories.make_site()
    user = factories.make_desk()
    send(user, site)
    with pytest.raises(KeyReusedError):
        send(user, site, "name=Red")
    assert Room.objects.count() == 1


@pytest.mark.django_db
def test_without_a_key_each_sending_writes() -> None:
    site = factories.make_site()
    user = factories.make_desk()
    send(user, site, key=None)
    send(user, site, key=None)
    assert Room.objects.count() == 2


@pytest.mark.django_db
def test_a_refusal_frees_the_key() -> None:
    user = factories.make_desk()

    def refuse() -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        once(user=user, key=KEY, typed=QueryDict(""), now=NOW, write=refuse)
    assert not FormKey.objects.exists()
    assert send(user, factories.make_site())


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_the_same_moment_write_once() -> None:
    site = factories.make_site()
    user = factories.make_desk()

    def click(_: int) -> str:
        try:
            return send(user, site)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(click, range(8)))
    assert len(places) == 1
    assert Room.objects.count() == 1
