"""What a device can be set to; anything else is invalid input, not a finding.

Check 2 of CLINICAL 2.1: a setting above the device's maximum or off its grid is
rejected as it is typed.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from clinic.rules.book import RuleBook
from clinic.rules.devices import Device, Kind


class InvalidSetting(ValueError):  # noqa: N818, a word of the clinic
    """What was typed cannot be set on the device, or is no number of passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One depth in one zone. `mm` is a pen's setting or a roller's needle length.

    `zone` is a zone or an area of the chart; `condition` a key of the book.
    What is not known is None and is not judged.
    """

    zone: str
    kind: Kind
    mm: Decimal
    device: Device
    condition: str | None = None
    scar: bool = False
    phototype: int | None = None
    age: int | None = None
    first_session: bool = False
    operator_max_mm: Decimal | None = None
    scope_max_mm: Decimal | None = None


def refuse_invalid(setting: Setting) -> None:
    """Raises InvalidSetting for what the device cannot be set to."""
    device, mm = setting.device, setting.mm
    if not mm.is_finite():
        raise InvalidSetting("The depth is not a number.")
    if setting.kind != device.kind:
        raise InvalidSetting(f"{device.name} is a {device.kind}, not a {setting.kind}.")
    if mm < 0:
        raise InvalidSetting("A depth cannot be negative.")
    _refuse_out_of_reach(device=device, mm=mm)
    _refuse_off_grid(device=device, mm=mm)


def _refuse_out_of_reach(*, device: Device, mm: Decimal) -> None:
    if device.max and mm > device.max.value:
        raise InvalidSetting(
            f"{mm} mm is above the {device.max.value} mm maximum of {device.name}."
        )
    if device.min and mm < device.min.value:
        raise InvalidSetting(
            f"{mm} mm is below the {device.min.value} mm minimum of {device.name}."
        )


def _refuse_off_grid(*, device: Device, mm: Decimal) -> None:
    if device.lengths and mm not in device.lengths:
        raise InvalidSetting(f"{device.name} has no needles of {mm} mm.")
    if device.step and mm % device.step.value != 0:
        raise InvalidSetting(
            f"{device.name} is set in steps of {device.step.value} mm: "
            f"{mm} mm lies between two steps."
        )


def refuse_invalid_passes(book: RuleBook, *, kind: Kind, passes: int) -> None:
    """Raises InvalidSetting for a number of passes outside the limits."""
    allowed = book.entry[kind].passes
    if passes not in allowed:
        raise InvalidSetting(f"Passes run from {allowed.low} to {allowed.high}.")


def steps(device: Device) -> tuple[Decimal, ...]:
    """All settings or needle lengths above 0 mm, shallowest first.

    Empty where the maker's grid is not known: any depth up to the maximum.
    """
    if device.lengths:
        return tuple(sorted(device.lengths))
    if device.step is None or device.max is None:
        return ()
    step = device.step.value
    count = int(device.max.value / step)
    low = device.min.value if device.min else Decimal(0)
    grid = (step * number for number in range(1, count + 1))
    return tuple(mm for mm in grid if mm >= low)


def snap_down(book: RuleBook, *, device: Device, mm: Decimal) -> Decimal | None:
    """The deepest setting of the device at or above nothing and at or below `mm`.

    None when the device has no setting so shallow.
    """
    grid = steps(device)
    if grid:
        return max((step for step in grid if step <= mm), default=None)
    step = book.entry[device.kind].fallback_step.value
    reach = min(mm, device.max.value) if device.max else mm
    snapped = (reach / step).to_integral_value(rounding=ROUND_FLOOR) * step
    shallowest = max(step, device.min.value if device.min else step)
    return snapped if snapped >= shallowest else None
