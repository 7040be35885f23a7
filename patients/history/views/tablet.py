"""Taking the tablet back from the patient."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, requires
from patients.history import tablet
from patients.history.forms.tablet import UnlockForm


@sensitive_post_parameters("password")
@requires(Action.HOME)
@require_http_methods(["GET", "POST"])
def unlock(request: StaffRequest) -> HttpResponse:
    """The password of who is signed in opens the tablet again."""
    lock = tablet.lock_of(request)
    if lock is None:
        return redirect("/")
    if "sign_out" in request.POST:
        logout(request)
        return redirect("account_login")
    form = UnlockForm(request.POST or None, who=request.user.full_name)
    if form.is_bound and form.is_valid():
        onward = tablet.take_back(
            request,
            password=form.cleaned_data["password"],
            by=request.user,
            now=timezone.now(),
        )
        if onward is not None:
            return redirect(onward)
        if tablet.lock_of(request) is None:  # the sign-in was ended
            messages.warning(request, _("Too many wrong passwords. Sign in again."))
            return redirect("account_login")
        form.add_error("password", _("This is not the password."))
    return render(
        request,
        "patients/history/tablet_unlock.html",
        {"form": form, "form_url": lock.form},
        status=422 if form.is_bound else 200,
    )
