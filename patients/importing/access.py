"""Who may see which import: all who may import see all of them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinic.staff.models import User
from clinic.staff.policy import Action, may
from patients.importing.models import ImportRun


def run_for(user: User, number: int) -> ImportRun:
    """The import of that number. Raises 404, or PermissionDenied for a closed role."""
    if not may(user, Action.PATIENT_IMPORT):
        raise PermissionDenied
    run = ImportRun.objects.select_related("started_by").filter(pk=number).first()
    if run is None:
        raise Http404
    return run
