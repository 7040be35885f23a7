"""What a plan can be ready for: as a label, and in a sentence."""

from django.utils.translation import gettext_lazy as _

OCCASIONS = [
    ("wedding", _("Wedding")),
    ("party", _("Party")),
    ("photos", _("Photo shoot")),
    ("holiday", _("Holiday")),
    ("occasion", _("Another occasion")),
]
IN_A_SENTENCE = {
    "wedding": _("the wedding"),
    "party": _("the party"),
    "photos": _("the photo shoot"),
    "holiday": _("the holiday"),
    "occasion": _("the occasion"),
}


def in_a_sentence(label: str) -> str:
    """`Wedding` as "the wedding"; a label of its own as it is."""
    keys = {str(words): key for key, words in OCCASIONS}
    return str(IN_A_SENTENCE[keys[label]]) if label in keys else label
