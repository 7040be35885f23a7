"""How a rule's mode is set."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rulebook.actions import ModeEntry
from clinic.rulebook.reading import RuleInWords
from clinic.web.forms import KeyedForm, SegmentRadio

AS_SHIPPED, STRICT = "shipped", "strict"
MAY, NOBODY = "may", "nobody"


class ModeForm(KeyedForm):
    """Strict or as shipped, and whether a named person may override it."""

    mode = forms.ChoiceField(
        label=_("How it runs here"),
        choices=[(AS_SHIPPED, _("As shipped")), (STRICT, _("Strict"))],
        widget=SegmentRadio,
    )
    overriding = forms.ChoiceField(
        label=_("Overriding"),
        help_text=_(
            "A prescriber or the medical lead may override with a written reason, "
            "which is kept and printed. Signing off stays possible either way."
        ),
        choices=[(MAY, _("Allowed")), (NOBODY, _("Nobody"))],
        widget=SegmentRadio,
    )
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rule: RuleInWords, **kwargs: Any) -> None:
        initial = {
            "mode": STRICT if rule.strict else AS_SHIPPED,
            "overriding": NOBODY if rule.fixed else MAY,
            "seen_version": rule.seen_version,
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        self._rule = rule
        if not rule.has_strict:
            del self.fields["mode"]
        if not rule.may_be_overridden:
            del self.fields["overriding"]

    def entry(self) -> ModeEntry:
        """What was chosen; what cannot be chosen stays as it is."""
        said = self.cleaned_data
        mode = said.get("mode", STRICT if self._rule.strict else AS_SHIPPED)
        overriding = said.get("overriding", NOBODY if self._rule.fixed else MAY)
        return ModeEntry(
            strict=mode == STRICT,
            overridable=overriding == MAY,
            seen_version=said["seen_version"],
        )
