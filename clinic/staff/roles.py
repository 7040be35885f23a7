"""The closed sets of staff: roles and capabilities (DESIGN 6)."""

from enum import StrEnum


class Role(StrEnum):
    """What a person does in the clinic; one person may hold several."""

    PRACTITIONER = "practitioner"
    FRONT_DESK = "front_desk"
    OWNER = "owner"


class Capability(StrEnum):
    """What some practitioners may do on top."""

    PRESCRIBER = "prescriber"
    MEDICAL_LEAD = "medical_lead"
