"""What changed of a row is saved and logged by name; what did not, is not."""

import pytest

from clinic.audit.changes import save_changes
from clinic.audit.models import AuditEvent
from clinic.models import Room, User
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def save(room: Room, *, by: User, **values: object) -> None:
    save_changes(
        room, values=values, by=by, now=NOW, action="room.changed", kind="room"
    )


def test_only_what_differs_is_saved_and_its_name_logged():
    room = factories.make_room(site=factories.make_site(), name="Blue")
    Room.objects.update(is_active=False)  # by somebody else meanwhile
    save(room, by=factories.make_owner(), name="Green", is_active=True)
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Green", False)
    event = AuditEvent.objects.get(action="room.changed")
    assert (event.object_kind, event.object_id) == ("room", room.pk)
    assert event.details == {"fields": ["name"]}


def test_a_row_saved_as_it_was_is_neither_written_nor_logged(
    django_assert_num_queries,
):
    room = factories.make_room(site=factories.make_site(), name="Blue")
    owner = factories.make_owner()
    with django_assert_num_queries(0):
        save(room, by=owner, name="Blue")
