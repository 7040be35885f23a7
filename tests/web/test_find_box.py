"""The find box knows lots by their number and pages by their name."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def found(client: Client, text: str) -> str:
    answer = client.post(
        reverse("records:find"), {"text": text}, headers={"HX-Request": "true"}
    )
    return answer.content.decode()


def test_a_lot_is_found_by_its_number_at_ones_own_sites(client: Client) -> None:
    site = factories.make_site()
    lot = factories.make_lot(site=site, number="24K118")
    client.force_login(factories.make_desk(site=site))
    page = found(client, "k11")
    assert reverse("clinic:lot", args=[lot.pk]) in page
    client.force_login(factories.make_desk(site=factories.make_site()))
    assert "24K118" not in found(client, "k11")
    client.force_login(factories.make_owner(site=factories.make_site()))
    assert "24K118" in found(client, "24k118")


def test_pages_are_found_by_those_who_may_open_them(client: Client) -> None:
    site = factories.make_site()
    client.force_login(factories.make_owner(site=site))
    assert reverse("clinic:audit") in found(client, "audit")
    client.force_login(factories.make_desk(site=site))
    assert reverse("clinic:audit") not in found(client, "audit")
    assert reverse("clinic:lots") in found(client, "lots")
