"""Forms: our fields, what is missing by name, and one key for each rendering."""

from typing import Any

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from crispy_forms.utils import render_crispy_form
from django import forms

from clinic.web.forms import ChipRadio, KeyedForm, Stepper, helper
from tests.web.pages import Page


class VisitForm(KeyedForm):
    name = forms.CharField(label="Name", help_text="As in the passport.")
    endpoint = forms.ChoiceField(
        label="Endpoint", choices=[("a", "Light"), ("b", "Even")], widget=ChipRadio
    )
    lot = forms.CharField(
        label="Lot",
        required=False,
    )
    sessions = forms.IntegerField(label="Sessions", min_value=1, widget=Stepper)
    code = forms.CharField(
        label="Code",
        error_messages={"required": "Enter the code. It is on the blue label."},
    )
    helper = helper(submit="Book")


def shown(form: forms.Form) -> Page:
    return Page(render_crispy_form(form, context={"csrf_token": "t"}))


def test_a_form_posts_without_the_browsers_own_checks() -> None:
    (form,) = shown(VisitForm()).all("form")
    assert form.attributes["method"] == "post"
    assert "novalidate" in form.attributes


def test_the_submit_button_is_a_button_with_its_words() -> None:
    (button,) = shown(VisitForm()).all("button", type="submit")
    assert button.text == "Book"


def test_each_rendering_has_a_key_of_its_own() -> None:
    keys = {
        shown(VisitForm()).all("input", name="idempotency_key")[0].attributes["value"]
        for _ in range(2)
    }
    assert len(keys) == 2


def test_the_key_reaches_the_action_and_may_be_missing() -> None:
    key = shown(VisitForm()).all("input", name="idempotency_key")[0].attributes["value"]
    data = {"name": "A", "endpoint": "a", "sessions": "1", "code": "1"}
    form = VisitForm({**data, "idempotency_key": key})
    assert form.is_valid()
    assert str(form.key) == key
    without = VisitForm(data)
    assert without.is_valid()
    assert without.key is None


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    labels = {e.attributes.get("for"): e.text for e in shown(VisitForm()).all("label")}
    assert "(optional)" in labels["id_lot"]
    assert "(optional)" not in labels["id_name"]


def test_no_chip_is_chosen_before_a_person_chooses() -> None:
    chips = shown(VisitForm()).all("input", type="radio")
    assert len(chips) == 2
    assert not [chip for chip in chips if "checked" in chip.attributes]


@pytest.mark.parametrize(
    "sentence",
    [
        "Fill in: Name.",
        "Choose an answer: Endpoint.",
        "Enter the code. It is on the blue label.",
    ],
)
def test_what_is_missing_is_named_above_and_beside_the_field(sentence: str) -> None:
    form = VisitForm({})
    assert not form.is_valid()
    assert shown(form).text.count(sentence) == 2


def test_the_error_summary_leads_to_the_fields() -> None:
    form = VisitForm({})
    page = shown(form)
    ids = {e.attributes.get("id") for e in page.elements}
    links = [a.attributes["href"] for a in page.all("a")]
    assert len(links) == 4
    assert all(link.removeprefix("#") in ids for link in links)
    (summary,) = [
        e for e in page.elements if e.attributes.get("class") == "error-summary"
    ]
    assert summary.attributes["tabindex"] == "-1"


def test_a_refused_field_is_marked_for_screen_readers() -> None:
    page = shown(VisitForm({}))
    (name,) = page.all("input", name="name")
    assert name.attributes["aria-invalid"] == "true"
    named = set(name.attributes["aria-describedby"].split())
    assert named == {"id_name_helptext", "id_name_error"}
    assert named <= {e.attributes.get("id") for e in page.elements}


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in render_crispy_form(VisitForm())


def test_typed_text_is_escaped() -> None:
    form = VisitForm({"name": '"><script>x</script>'})
    assert "<script>" not in render_crispy_form(form)


def test_a_single_field_can_be_drawn_alone() -> None:
    field: Any = as_crispy_field(VisitForm()["sessions"])
    page = Page(field)
    assert len(page.all("button")) == 2
    assert page.all("input", type="number")[0].attributes["min"] == "1"


def test_the_title_says_error_only_after_a_refusal() -> None:
    from clinic.web.templatetags.parts import error_prefix

    formset = forms.formset_factory(VisitForm)
    assert error_prefix(VisitForm(), None, "", formset()) == ""
    assert error_prefix(VisitForm({})) == "Error: "
    many = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "A"}
    assert error_prefix(formset(many)) == "Error: "
