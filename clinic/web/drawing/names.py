"""What the zones of the chart are called, in reading order."""

from django.utils.translation import gettext_lazy

ZONE_NAMES = {
    "FH": gettext_lazy("Forehead"),
    "GL": gettext_lazy("Glabella"),
    "TE-R": gettext_lazy("Right temple"),
    "TE-L": gettext_lazy("Left temple"),
    "PO-R": gettext_lazy("Right periorbital"),
    "PO-L": gettext_lazy("Left periorbital"),
    "NO": gettext_lazy("Nose"),
    "CB-R": gettext_lazy("Right cheekbone"),
    "CB-L": gettext_lazy("Left cheekbone"),
    "CM-R": gettext_lazy("Right medial cheek"),
    "CM-L": gettext_lazy("Left medial cheek"),
    "CL-R": gettext_lazy("Right lateral cheek"),
    "CL-L": gettext_lazy("Left lateral cheek"),
    "UL": gettext_lazy("Upper lip"),
    "CH": gettext_lazy("Chin"),
    "JW-R": gettext_lazy("Right jawline"),
    "JW-L": gettext_lazy("Left jawline"),
    "NE": gettext_lazy("Neck"),
}
BODY_NAMES = {
    "SC": gettext_lazy("Scalp"),
    "DE": gettext_lazy("Décolleté"),
    "HA": gettext_lazy("Backs of the hands"),
    "AB": gettext_lazy("Abdomen and thighs"),
    "TR": gettext_lazy("Chest and back"),
}
AREA_NAMES = ZONE_NAMES | BODY_NAMES
