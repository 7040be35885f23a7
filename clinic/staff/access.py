"""Which people an owner may open: all of the clinic; one's own things to oneself."""

from allauth.usersessions.models import UserSession
from django.http import Http404

from clinic.staff.models import Qualification, User

__all__ = ["User", "own_session_for", "person_for", "qualification_for"]


def person_for(pk: int) -> User:
    """A person of the clinic, or 404. The view's door lets in owners only."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def qualification_for(person: User, pk: int) -> Qualification:
    """A qualification of that person, or 404."""
    found = Qualification.objects.filter(user=person, pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_session_for(user: User, pk: int) -> UserSession:
    """One of the person's own sign-ins, or 404."""
    found: UserSession | None = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Http404
    return found
