"""Pages of the register: handpieces, lots, who used what up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.devices import access, actions, queries
from clinic.devices.forms import KINDS, DeviceForm, LotForm, WithdrawForm
from clinic.places.http import StaffRequest, needs_site
from clinic.rules.book import load_book
from clinic.staff.policy import Action, may, requires
from clinic.web import once

SOON_DAYS = 30
LOT_PATIENTS = "charting:lot-patients"


@requires(Action.STOCK_READ)
@needs_site
@require_GET
def devices(request: StaffRequest) -> HttpResponse:
    """The handpieces of the site, each with how deep it goes."""
    models = load_book().devices
    rows = [
        (device, models.get(device.model_key))
        for device in queries.devices_of(site=request.site)
    ]
    context = {"rows": rows, "may_write": may(request.user, Action.STOCK_WRITE)}
    return render(request, "devices/devices.html", context)


@requires(Action.STOCK_WRITE)
@needs_site
@require_http_methods(["GET", "POST"])
def add_device(request: StaffRequest) -> HttpResponse:
    """A new handpiece."""
    form = DeviceForm(request.POST or None, row=None, site=request.site)
    if not form.is_valid():
        return _device_page(request, form)
    now = timezone.now()

    def write() -> str:
        device = actions.add_device(
            site=request.site, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("%(name)s was added.") % {"name": device.name})
        return reverse("clinic:devices")

    return once.answer(request=request, form=form, now=now, write=write)


@requires(Action.STOCK_WRITE)
@require_http_methods(["GET", "POST"])
def device(request: StaffRequest, pk: int) -> HttpResponse:
    """One handpiece, to read and change."""
    found = access.device_for(request.user, pk)
    form = DeviceForm(request.POST or None, row=found, site=found.site)
    if not form.is_valid():
        return _device_page(request, form)
    now = timezone.now()

    def write() -> str:
        actions.change_device(
            device=found, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("%(name)s was saved.") % {"name": found.name})
        return reverse("clinic:devices")

    return once.answer(request=request, form=form, now=now, write=write)


def _device_page(request: StaffRequest, form: DeviceForm) -> HttpResponse:
    key = getattr(form.row, "model_key", "")
    model = load_book().devices.get(key)
    context = {"form": form, "device": form.row, "model": model}
    status = 422 if form.is_bound else 200
    return render(request, "devices/device.html", context, status=status)


@requires(Action.STOCK_READ)
@needs_site
@require_GET
def lots(request: StaffRequest) -> HttpResponse:
    """The lots of the site, first to expire first."""
    kinds = dict(KINDS)
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    show_gone = "gone" in request.GET
    states = queries.register(
        site=request.site,
        today=timezone.localdate(),
        kind=kind,
        show_gone=show_gone,
    )
    context = {
        "states": states,
        "kinds": KINDS,
        "kind": kind,
        "show_gone": show_gone,
        "soon_days": SOON_DAYS,
        "expired_count": sum(state.is_expired for state in states),
        "may_receive": may(request.user, Action.STOCK_RECEIVE),
        "may_write": may(request.user, Action.STOCK_WRITE),
    }
    return render(request, "devices/lots.html", context)


@requires(Action.STOCK_RECEIVE)
@needs_site
@require_http_methods(["GET", "POST"])
def receive_lot(request: StaffRequest) -> HttpResponse:
    """A lot that has arrived."""
    today = timezone.localdate()
    form = LotForm(request.POST or None, row=None, site=request.site, today=today)
    if not form.is_valid():
        return _lot_form_page(request, form)
    now = timezone.now()

    def write() -> str:
        lot = actions.receive_lot(
            site=request.site, entry=form.entry(), by=request.user, now=now
        )
        messages.success(
            request, _("Lot %(number)s is in the register.") % {"number": lot.number}
        )
        return reverse("clinic:lots")

    return once.answer(request=request, form=form, now=now, write=write)


@requires(Action.STOCK_WRITE)
@require_http_methods(["GET", "POST"])
def change_lot(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct what was typed off the box."""
    found = access.lot_for(request.user, pk)
    today = timezone.localdate()
    form = LotForm(request.POST or None, row=found, site=found.site, today=today)
    if not form.is_valid():
        return _lot_form_page(request, form)
    now = timezone.now()

    def write() -> str:
        actions.change_lot(lot=found, entry=form.entry(), by=request.user, now=now)
        messages.success(
            request, _("Lot %(number)s was saved.") % {"number": found.number}
        )
        return reverse("clinic:lot", args=[found.pk])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except actions.LotTooSmallError as error:
        form.add_error("quantity", error.sentence)
        return _lot_form_page(request, form)


def _lot_form_page(request: StaffRequest, form: LotForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "lot": form.row}
    return render(request, "devices/lot_form.html", context, status=status)


@requires(Action.STOCK_READ)
@require_GET
def lot(request: StaffRequest, pk: int) -> HttpResponse:
    """One lot: what the label says, what is left, its units, who received it."""
    return _lot_page(request, pk, WithdrawForm())


@requires(Action.STOCK_WRITE)
@require_POST
def withdraw_lot(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the lot out of use."""
    found = access.lot_for(request.user, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _lot_page(request, pk, form)
    actions.withdraw_lot(
        lot=found,
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(
        request, _("Lot %(number)s is withdrawn.") % {"number": found.number}
    )
    return redirect("clinic:lot", pk=found.pk)


@requires(Action.STOCK_WRITE)
@require_POST
def put_lot_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a withdrawal."""
    found = access.lot_for(request.user, pk)
    actions.put_lot_back(lot=found, by=request.user, now=timezone.now())
    messages.success(
        request, _("Lot %(number)s is in use again.") % {"number": found.number}
    )
    return redirect("clinic:lot", pk=found.pk)


def _lot_page(request: StaffRequest, pk: int, form: WithdrawForm) -> HttpResponse:
    found = access.lot_for(request.user, pk)
    context = {
        "state": queries.state_of(lot=found, today=timezone.localdate()),
        "units": queries.units_of(lot=found),
        "model": load_book().devices.get(found.model_key),
        "form": form,
        "soon_days": SOON_DAYS,
        "patients_url": _patients_url(request, pk),
        "may_write": may(request.user, Action.STOCK_WRITE),
    }
    status = 422 if form.is_bound else 200
    return render(request, "devices/lot.html", context, status=status)


def _patients_url(request: StaffRequest, pk: int) -> str:
    """Where the charting slice lists who received the lot, for those who may know."""
    if not may(request.user, Action.LOT_TRACE):
        return ""
    try:
        return reverse(LOT_PATIENTS, args=[pk])
    except NoReverseMatch:
        return ""
