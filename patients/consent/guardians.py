"""Who may agree for whom: under age, a guardian (DESIGN 6, policy)."""

from datetime import date

from clinic.rules import dates

ADULT_YEARS = 18  # policy: the age from which a person agrees alone


def needs_guardian(*, born_on: date | None, day: date) -> bool:
    """Whether a guardian must agree on a day; an unrecorded birth date never says so.

    The screening asks for a birth date that is not recorded (rule C34).
    """
    if born_on is None:
        return False
    return dates.age_on(born_on=born_on, day=day) < ADULT_YEARS
