"""The list, the search, adding and changing: allowed, wrong role, stranger."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.staff.models import User
from clinic.staff.roles import Role
from patients.models import BreakGlass, Patient
from tests.factories import (
    make_desk,
    make_owner,
    make_patient,
    make_practitioner,
    make_site,
    make_user,
)
from tests.web.pages import Page

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    """A filled-in form; the key is new each time."""
    return {
        "idempotency_key": str(uuid4()),
        "given_name": "Amara",
        "family_name": "Okafor",
        "born_on": "1991-02-03",
        "phone": "+44 7700 900142",
        "email": "Amara@Example.test",
        "language": "en",
        "may_call": "yes",
        "may_text": "no",
        "may_email": "",
        **changes,
    }


def html(response: Any) -> str:
    return response.content.decode()


# Who may


@pytest.mark.parametrize("path", ["/patients/", "/patients/new/"])
def test_a_stranger_is_sent_to_sign_in(path: str, settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"
    response = Client().get(path)
    assert response.status_code == 302
    assert "Okafor" not in html(response)


@pytest.mark.parametrize("make", [make_desk, make_practitioner])
def test_desk_and_practitioner_see_names(make: Any) -> None:
    patient = make_patient(family_name="Okafor")
    response = signed_in(make()).get("/patients/")
    assert response.status_code == 200
    assert "Okafor" in html(response)
    assert patient.reference in html(response)
    assert "no-store" in response.headers["Cache-Control"]


def test_an_owner_sees_references_without_names() -> None:
    patient = make_patient(family_name="Okafor", phone="+447700900142")
    page = html(signed_in(make_owner()).get("/patients/"))
    assert patient.reference in page
    for secret in ("Okafor", "900142", "1990"):
        assert secret not in page


def test_the_order_of_an_owners_list_does_not_tell_the_names() -> None:
    last, first = make_patient(family_name="Zimmer"), make_patient(family_name="Abara")
    page = html(signed_in(make_owner()).get("/patients/"))
    assert page.index(first.reference) < page.index(last.reference)
    third = make_patient(family_name="Young")
    page = html(signed_in(make_owner()).get("/patients/"))
    assert page.index(third.reference) < page.index(first.reference)


def test_somebody_without_a_role_is_refused() -> None:
    client = signed_in(make_user())
    for path in ("/patients/", "/patients/new/", "/patients/P00001/edit/"):
        assert client.get(path).status_code == 403
    assert client.post("/patients/search/", {"text": "oka"}).status_code == 403


def test_an_owner_adds_and_changes_nobody() -> None:
    patient, client = make_patient(), signed_in(make_owner())
    assert client.get("/patients/new/").status_code == 403
    assert client.post("/patients/new/", typed()).status_code == 403
    assert client.get(f"/patients/{patient.reference}/edit/").status_code == 403


def test_an_absent_patient_is_not_found() -> None:
    assert signed_in(make_desk()).get("/patients/P99999/edit/").status_code == 404


# The list


def test_the_first_page_says_how_to_begin() -> None:
    page = html(signed_in(make_desk()).get("/patients/"))
    assert "Add a patient" in page


def test_filters_keep_those_that_fit() -> None:
    long_ago = datetime.fromisoformat("2020-01-01T10:00Z")
    make_patient(family_name="Living", created_at=long_ago)
    make_patient(family_name="Departed", is_deceased=True)
    client = signed_in(make_desk())
    gone = html(client.get("/patients/?show=deceased"))
    assert "Departed" in gone
    assert "Living" not in gone
    assert "Living" not in html(client.get("/patients/?show=recent"))
    assert "Living" in html(client.get("/patients/?show=nonsense"))


def test_the_list_asks_the_database_as_often_for_fifty_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    client = signed_in(make_desk(site=make_site()))
    make_patient()
    with django_assert_max_num_queries(10):
        client.get("/patients/")
    for _ in range(50):
        make_patient()
    with django_assert_max_num_queries(10):
        client.get("/patients/")


def test_pages_of_the_list_hold_everybody_once() -> None:
    for _ in range(60):
        make_patient(given_name="Same", family_name="Name")
    client = signed_in(make_desk())
    pages = [client.get(f"/patients/?page={n}").context["patients"] for n in (1, 2)]
    keys = [patient.pk for page in pages for patient in page]
    assert sorted(keys) == sorted(Patient.objects.values_list("pk", flat=True))


# The search


def test_a_search_finds_and_is_logged_without_its_text() -> None:
    patient = make_patient(family_name="Okafor")
    make_patient(family_name="Whitfield")
    response = signed_in(make_desk()).post("/patients/search/", {"text": "kafo"})
    assert "Okafor" in html(response)
    assert "Whitfield" not in html(response)
    event = AuditEvent.objects.get(action="patients.searched")
    assert event.details == {"by_what": ["name"], "shown": [patient.reference]}


def test_a_search_from_htmx_answers_with_a_piece() -> None:
    make_patient(family_name="Okafor")
    response = signed_in(make_desk()).post(
        "/patients/search/", {"text": "okafor"}, headers={"HX-Request": "true"}
    )
    assert "Okafor" in html(response)
    assert "<html" not in html(response)


def test_a_name_never_stands_in_an_address() -> None:
    response = signed_in(make_desk()).get("/patients/search/?text=okafor")
    assert response.status_code == 405


def test_an_owner_finds_a_reference_but_no_name() -> None:
    patient, client = make_patient(family_name="Okafor"), signed_in(make_owner())
    by_name = client.post("/patients/search/", {"text": "okafor"})
    by_reference = client.post("/patients/search/", {"text": patient.reference})
    assert patient.reference not in html(by_name)
    assert patient.reference in html(by_reference)
    assert "Okafor" not in html(by_reference)


def test_the_find_box_finds_patients() -> None:
    patient = make_patient(family_name="Okafor")
    client = signed_in(make_practitioner())
    whole = html(client.post("/find/", {"text": "okafor"}))
    assert "Okafor" in whole
    assert f"/patients/{patient.reference}/" in whole
    from_htmx = {"HX-Request": "true"}
    piece = html(client.post("/find/", {"text": "oka"}, headers=from_htmx))
    assert "Okafor" in piece
    assert "<html" not in piece
    nothing = client.post("/find/", {"text": ""}, headers=from_htmx)
    assert html(nothing).strip() == ""


# Adding


def test_a_patient_is_added_with_what_was_typed() -> None:
    desk = make_desk()
    response = signed_in(desk).post("/patients/new/", typed())
    assert response.status_code == 302
    patient = Patient.objects.get()
    assert (patient.given_name, patient.family_name) == ("Amara", "Okafor")
    assert patient.born_on == date(1991, 2, 3)
    assert patient.phone == "+447700900142"
    assert patient.email == "amara@example.test"
    answers = (patient.may_call, patient.may_text, patient.may_email)
    assert answers == (True, False, None)
    assert patient.created_by == desk
    events = AuditEvent.objects.filter(action="patient.added", patient_id=patient.pk)
    assert events.count() == 1


def test_a_double_click_adds_one_patient() -> None:
    client, form = signed_in(make_desk()), typed()
    first, second = (client.post("/patients/new/", form) for _ in range(2))
    assert first.url == second.url
    assert Patient.objects.count() == 1


def test_the_same_form_with_other_words_is_refused() -> None:
    client, form = signed_in(make_desk()), typed()
    client.post("/patients/new/", form)
    other = {**form, "given_name": "Binta", "phone": "", "email": ""}
    assert client.post("/patients/new/", other).status_code == 409
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("given_name", "", "First name"),
        ("given_name", "...", "at least one letter"),
        ("born_on", "2090-01-01", "in the future"),
        ("born_on", "1800-01-01", "Check the year"),
        ("phone", "call me", "Enter a phone number"),
        ("email", "nobody", "such as name@"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    field: str, value: str, words: str
) -> None:
    client = signed_in(make_desk())
    response = client.post("/patients/new/", typed(**{field: value}))
    assert response.status_code == 422
    assert words in html(response)
    assert "Okafor" in html(response)
    assert not Patient.objects.exists()


SAME_BIRTH = {
    "family_name": "Okáfor",
    "given_name": "AMARA",
    "born_on": date(1991, 2, 3),
}
SAME_NAME = {"family_name": "Okafor", "given_name": "Amara", "born_on": None}
SAME_PHONE = {"family_name": "Whitfield", "phone": "+447700900142"}
SAME_EMAIL = {"family_name": "Whitfield", "email": "amara@example.test"}


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        (SAME_BIRTH, "Same birth date"),
        (SAME_PHONE, "Same phone"),
        (SAME_EMAIL, "Same e-mail"),
        (SAME_NAME, "Same name"),
        (SAME_NAME | {"born_on": date(1991, 3, 2)}, "birth date nearly the same"),
    ],
)
def test_look_alikes_are_shown_before_a_second_record(
    theirs: dict[str, Any], reason: str
) -> None:
    known = make_patient(**theirs)
    client, form = signed_in(make_desk()), typed()
    response = client.post("/patients/new/", form)
    assert response.status_code == 422
    assert reason in html(response)
    assert known.reference in html(response)
    assert Patient.objects.count() == 1
    client.post("/patients/new/", {**form, "anyway": "yes"})
    assert Patient.objects.count() == 2


def test_somebody_else_with_the_birth_date_is_no_look_alike() -> None:
    make_patient(given_name="Jo", family_name="Whitfield", born_on=date(1991, 2, 3))
    response = signed_in(make_desk()).post("/patients/new/", typed())
    assert response.status_code == 302


# Changing


def test_a_change_is_saved_with_the_names_of_its_fields_in_the_log() -> None:
    patient = make_patient(given_name="Amara", family_name="Okafor")
    client = signed_in(make_desk())
    path = f"/patients/{patient.reference}/edit/"
    assert "Okafor" in html(client.get(path))
    client.post(path, typed(version=1, family_name="Okafor-Lind"))
    patient.refresh_from_db()
    assert patient.family_name == "Okafor-Lind"
    assert patient.search_name == " okafor lind amara"
    assert patient.version == 2
    event = AuditEvent.objects.get(action="patient.changed")
    assert "family_name" in event.details["fields"]
    assert "search_name" not in event.details["fields"]
    assert "Lind" not in str(event.details)


def test_who_comes_second_sees_both_texts_and_loses_none() -> None:
    patient = make_patient(given_name="Amara", family_name="Okafor")
    first, second = signed_in(make_desk()), signed_in(make_desk())
    path = f"/patients/{patient.reference}/edit/"
    first.post(path, typed(version=1, city="Leeds"))
    refused = second.post(path, typed(version=1, city="York"))
    assert refused.status_code == 409
    for text in ("Leeds", "York", "In the record now", "What you typed"):
        assert text in html(refused)
    patient.refresh_from_db()
    assert patient.city == "Leeds"
    second.post(path, typed(version=2, city="York"))
    patient.refresh_from_db()
    assert patient.city == "York"


def test_the_desk_neither_sees_nor_changes_what_practitioners_write() -> None:
    patient = make_patient(
        clinical_note="canary note", phototype=5, desk_note="likes tea"
    )
    client = signed_in(make_desk())
    path = f"/patients/{patient.reference}/edit/"
    page = html(client.get(path))
    assert "likes tea" in page
    assert "canary" not in page
    assert "Fitzpatrick" not in page
    client.post(path, typed(version=1, clinical_note="overwritten", phototype="1"))
    patient.refresh_from_db()
    assert (patient.clinical_note, patient.phototype) == ("canary note", 5)
    answers = [
        client.get("/patients/"),
        client.post("/patients/search/", {"text": "amara"}),
        client.post("/find/", {"text": "amara"}),
        client.post(path, typed(version=1, city="conflict")),
    ]
    assert not any("canary" in html(answer) for answer in answers)


def test_a_practitioner_writes_the_clinical_part() -> None:
    patient = make_patient(phototype=None)
    client = signed_in(make_practitioner())
    path = f"/patients/{patient.reference}/edit/"
    note = "Nervous near the nose."
    client.post(path, typed(version=1, clinical_note=note, phototype="5"))
    patient.refresh_from_db()
    assert (patient.clinical_note, patient.phototype) == (note, 5)
    events = AuditEvent.objects.filter(action="chart.opened", patient_id=patient.pk)
    assert events.count() == 1


def test_a_day_of_death_makes_a_death() -> None:
    patient = make_patient(born_on=date(1991, 2, 3))
    client = signed_in(make_desk())
    path = f"/patients/{patient.reference}/edit/"
    early = client.post(path, typed(version=1, deceased_on="1991-02-02"))
    assert early.status_code == 422
    client.post(path, typed(version=1, deceased_on="2025-02-02"))
    patient.refresh_from_db()
    assert patient.is_deceased


# Break-glass


def test_an_owner_is_told_why_and_opens_with_a_reason() -> None:
    patient = make_patient(family_name="Okafor")
    owner = make_owner()
    client = signed_in(owner)
    path = f"/patients/{patient.reference}/break-glass/?next=/patients/"
    assert "Okafor" not in html(client.get(path))
    assert client.post(path, {"reason": "because"}).status_code == 422
    reason = {"reason": "Complaint of 4 March", "idempotency_key": uuid4()}
    assert client.post(path, reason).url == "/patients/"
    glass = BreakGlass.objects.get()
    assert (glass.user, glass.patient) == (owner, patient)
    assert (glass.until - glass.opened_at).total_seconds() == 3600
    event = AuditEvent.objects.get(action="break_glass.opened")
    assert event.patient_id == patient.pk
    assert "Complaint" not in str(event.details)


@pytest.mark.parametrize(
    "bad", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"]
)
def test_break_glass_leads_only_to_our_own_pages(bad: str) -> None:
    patient = make_patient()
    response = signed_in(make_owner()).post(
        f"/patients/{patient.reference}/break-glass/?next={bad}",
        {"reason": "Complaint of 4 March"},
    )
    assert response.url.startswith(f"/patients/{patient.reference}/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PRACTITIONER])
def test_others_have_no_glass_to_break(role: Role) -> None:
    patient = make_patient()
    client = signed_in(make_user(role))
    assert client.get(f"/patients/{patient.reference}/break-glass/").status_code == 403


# Who looked


def test_the_history_says_who_opened_and_changed_the_record() -> None:
    patient = make_patient()
    desk, practitioner = make_desk(), make_practitioner()
    signed_in(desk).post(
        f"/patients/{patient.reference}/edit/", typed(version=1, city="Leeds")
    )
    page = html(signed_in(practitioner).get(f"/patients/{patient.reference}/history/"))
    for text in (desk.full_name, practitioner.full_name, "Opened a chart", "city"):
        assert text in page
    assert "Leeds" not in page


def test_the_same_thing_again_and_again_is_one_line_of_the_history() -> None:
    patient, practitioner = make_patient(), make_practitioner()
    client = signed_in(practitioner)
    path = f"/patients/{patient.reference}/history/"
    for _visit in range(3):
        client.get(path)
    page = Page(html(client.get(path)))
    rows = [e.text for e in page.all("tr")][1:]
    assert len(rows) == 1
    assert "Opened a chart 4 times since" in " ".join(rows[0].split())
    client.post(f"/patients/{patient.reference}/edit/", typed(version=1, city="York"))
    page = Page(html(client.get(path)))
    rows = [" ".join(e.text.split()) for e in page.all("tr")][1:]
    assert len(rows) == 3
    assert "city" in rows[1]


def test_the_desk_reads_no_history_and_an_owner_by_break_glass_only() -> None:
    patient, owner = make_patient(family_name="Okafor"), make_owner()
    path = f"/patients/{patient.reference}/history/"
    assert signed_in(make_desk()).get(path).status_code == 403
    client = signed_in(owner)
    closed = client.get(path)
    assert closed.status_code == 403
    assert f"/patients/{patient.reference}/break-glass/?next=" in html(closed)
    assert "Okafor" not in html(closed)
    glass = f"/patients/{patient.reference}/break-glass/?next={path}"
    assert client.post(glass, {"reason": "Complaint of 4 March"}).url == path
    assert "Okafor" in html(client.get(path))


def test_an_address_that_cannot_be_says_what_one_looks_like() -> None:
    answer = signed_in(make_desk()).post("/patients/new/", typed(email="x@"))
    assert answer.status_code == 422
    assert "Enter an e-mail address such as name@example.org." in html(answer)
