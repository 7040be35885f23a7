"""What sign-in needs besides allauth's own views."""

from dataclasses import dataclass
from typing import Any

from allauth.account import views as account
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.staff import second_factor

# Cookies stay: the session is gone on the server, and the answer sets a new one.
FORGET_ALL = '"cache", "storage"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody of the demo clinic whom anybody may be (DESIGN 5)."""

    label: str | Promise
    email: str
    password: str = "needlepoint"  # noqa: S105  shown on the page, demo mode only


DEMO_PEOPLE = (
    DemoPerson(label=gettext_lazy("Practitioner"), email="practitioner@demo.clinic"),
    DemoPerson(label=gettext_lazy("Front desk"), email="desk@demo.clinic"),
    DemoPerson(label=gettext_lazy("Owner"), email="owner@demo.clinic"),
)

sign_in = account.LoginView.as_view(extra_context={"demo_people": DEMO_PEOPLE})


class SecondStepView(IndexView):  # type: ignore[misc]
    """The person's ways to a second step; bare while one is still missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What allauth knows, and whether the person may go anywhere else."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["second_factor_missing"] = second_factor.is_missing(
            user=self.request.user, session=self.request.session
        )
        return found


second_step = SecondStepView.as_view()


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask on GET; on POST end the session and empty the browser's stores."""
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = FORGET_ALL
    return response


@require_http_methods(["GET", "POST"])
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a passkey, but not the last step of a person who needs one."""
    passkey = get_object_or_404(
        Authenticator, pk=pk, user=request.user, type=Authenticator.Type.WEBAUTHN
    )
    if not second_factor.may_remove(passkey):
        messages.error(
            request,
            _("Your role needs a second step. Add another one before you remove this."),
        )
        return redirect("mfa_index")
    response: HttpResponseBase = webauthn.remove_webauthn(request, pk=pk)
    return response
