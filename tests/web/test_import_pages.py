"""The import as a page: looked at first, by batches, each seeing what is theirs."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinic.audit.models import AuditEvent
from patients.models import HistoryFact, ImportPart, ImportRun, Patient
from tests.factories import (
    make_desk,
    make_owner,
    make_patient,
    make_practitioner,
    make_site,
)
from tests.web.pages import html, signed_in

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
SYNTHEA = tuple(sorted((SAMPLES / "synthea").glob("*.csv")))
PIECE = {"HX-Request": "true"}


@pytest.fixture
def desk() -> Client:
    return signed_in(make_desk(site=make_site()))


@pytest.fixture
def practitioner() -> Client:
    return signed_in(make_practitioner(site=make_site()))


def send(client: Client, *paths: Path, **changes: Any) -> Any:
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    return client.post(
        "/patients/import/",
        {"csv_files": files, "idempotency_key": str(uuid4()), **changes},
    )


def run_to_the_end(client: Client, run_url: str) -> None:
    client.post(f"{run_url}begin/", {"date_order": "dmy"})
    for _ in range(20):
        answer = client.post(f"{run_url}step/", headers=PIECE)
        if "HX-Refresh" in answer.headers:
            return
    pytest.fail("The import does not end.")


def test_the_files_are_looked_at_before_anybody_is_added(desk: Client) -> None:
    sent = send(desk, SAMPLES / "jane.csv")
    assert sent.status_code == 302
    page = html(desk.get(sent.url))
    for words in (
        "Jane, patient list",
        "6 people",
        "Renata",
        "Silvestri",
        "Birth Date",
    ):
        assert words in page
    assert "31 June 1990" not in page
    assert not Patient.objects.exists()


def test_an_import_runs_by_batches_and_says_what_came_of_it(desk: Client) -> None:
    run_url = send(desk, SAMPLES / "jane.csv").url
    desk.post(f"{run_url}begin/", {})
    assert "of 6 rows read" in html(desk.get(run_url))
    piece = html(desk.post(f"{run_url}step/", headers=PIECE))
    assert "5 added" in piece
    assert "<html" not in piece
    run_to_the_end(desk, run_url)
    page = html(desk.get(run_url))
    assert "31 June 1990" in page
    assert Patient.objects.count() == 5
    assert not ImportPart.objects.exists()


def test_it_works_without_script(desk: Client) -> None:
    run_url = send(desk, SAMPLES / "jane.csv").url
    desk.post(f"{run_url}begin/", {})
    for _ in range(3):
        assert desk.post(f"{run_url}step/").url == run_url
    assert ImportRun.objects.get().state == "done"


def test_a_double_click_prepares_one_import(desk: Client) -> None:
    key = str(uuid4())
    first, second = (
        send(desk, SAMPLES / "jane.csv", idempotency_key=key) for _ in range(2)
    )
    assert first.url == second.url
    assert ImportRun.objects.count() == 1


def test_nothing_is_read_before_it_was_begun(desk: Client) -> None:
    run_url = send(desk, SAMPLES / "jane.csv").url
    desk.post(f"{run_url}step/", headers=PIECE)
    assert not Patient.objects.exists()


def test_the_order_of_days_is_asked_when_it_does_not_show(desk: Client) -> None:
    file = SimpleUploadedFile("l.csv", b"First Name,Birth Date\nAna,03/02/1991\n")
    run_url = send(desk, csv_files=[file]).url
    assert "How is a day written?" in html(desk.get(run_url))
    assert desk.post(f"{run_url}begin/", {}).status_code == 422
    desk.post(f"{run_url}begin/", {"date_order": "mdy"})
    desk.post(f"{run_url}step/", headers=PIECE)
    assert str(Patient.objects.get().born_on) == "1991-03-02"
    assert "How is a day written?" not in html(
        desk.get(send(desk, SAMPLES / "jane.csv").url)
    )


# Who sees what


CLINICAL_WORDS = (
    *("Warfarin", "Blood thinner", "Latex", "Pregnancy", "Diabetes", "Faints"),
    *("Medical Alert", "Atopic"),
)


def test_the_desk_sees_identity_and_counts_and_nothing_clinical(desk: Client) -> None:
    for paths in (SYNTHEA, (SAMPLES / "jane.csv",)):
        run_url = send(desk, *paths).url
        pages = [html(desk.get(run_url))]
        desk.post(f"{run_url}begin/", {})
        pages += [
            html(desk.get(run_url)),
            html(desk.post(f"{run_url}step/", headers=PIECE)),
        ]
        run_to_the_end(desk, run_url)
        pages += [html(desk.get(run_url)), html(desk.get("/patients/import/"))]
        pages.append(rest_of(desk, run_url))
        assert not [word for word in CLINICAL_WORDS if any(word in p for p in pages)]
    assert HistoryFact.objects.count() == 6
    assert Patient.objects.filter(clinical_note__contains="Faints").exists()


def test_a_practitioner_sees_what_the_records_mean(practitioner: Client) -> None:
    run_url = send(practitioner, *SYNTHEA).url
    preview = html(practitioner.get(run_url))
    for words in ("Blood thinner", "Latex allergy", "4 records"):
        assert words in preview
    run_to_the_end(practitioner, run_url)
    result = html(practitioner.get(run_url))
    for words in ("Blood thinner", "People added", "History facts added"):
        assert words in result


def test_an_owner_sees_counts_and_no_names() -> None:
    owner = signed_in(make_owner(site=make_site()))
    run_url = send(owner, SAMPLES / "jane.csv").url
    preview = html(owner.get(run_url))
    assert "6 people" in preview
    run_to_the_end(owner, run_url)
    result = html(owner.get(run_url))
    assert "People added" in result
    assert not [n for n in ("Renata", "Silvestri", "Priya") if n in preview + result]
    assert owner.get(f"{run_url}rest/refused.csv").status_code == 404


def rest_of(client: Client, run_url: str) -> str:
    answer = client.get(f"{run_url}rest/refused.csv")
    return b"".join(answer.streaming_content).decode()


def test_the_rest_is_a_file_to_mend_and_its_download_is_logged(
    practitioner: Client,
) -> None:
    run_url = send(practitioner, SAMPLES / "jane.csv").url
    run_to_the_end(practitioner, run_url)
    answer = practitioner.get(f"{run_url}rest/refused.csv")
    text = b"".join(answer.streaming_content).decode()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Priya" in text
    assert "Medical Alert" in text
    assert AuditEvent.objects.filter(action="import.rest_downloaded").count() == 1
    assert practitioner.get(f"{run_url}rest/secret.csv").status_code == 404


def test_a_look_alike_is_shown_with_the_way_to_her(desk: Client) -> None:
    known = make_patient(
        given_name="Renata", family_name="Silvestri", phone="+447700900101"
    )
    run_url = send(desk, SAMPLES / "jane.csv").url
    run_to_the_end(desk, run_url)
    page = html(desk.get(run_url))
    assert f"Same phone as {known.reference}" in page
    assert f"/patients/{known.reference}/" in page


def test_a_stopped_import_keeps_who_came_in(desk: Client) -> None:
    run_url = send(desk, SAMPLES / "jane.csv").url
    desk.post(f"{run_url}begin/", {})
    desk.post(f"{run_url}step/", headers=PIECE)
    assert desk.post(f"{run_url}cancel/").url == run_url
    assert "Cancelled" in html(desk.get(run_url))
    assert Patient.objects.count() == 5


# Refused files


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Amount,VAT\n1,2\n", "no column with names"),
        (b"PK\x03\x04", "Excel workbook"),
        (b"\n", "is empty"),
        (b"", "This file is empty"),
        (b"First name,Last name\n", "not one row below them"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    desk: Client, content: bytes, words: str
) -> None:
    answer = send(desk, csv_files=[SimpleUploadedFile("x.csv", content)])
    assert answer.status_code == 422
    assert words in html(answer)
    assert not ImportRun.objects.exists()


def test_a_mark_that_is_not_closed_hides_nobody(desk: Client) -> None:
    content = b'First name,Last name\nAnn,"Aa\nBo,Be\nCy,"Ce"\n'
    sent = send(desk, csv_files=[SimpleUploadedFile("x.csv", content)])
    run_to_the_end(desk, sent.url)
    page = html(desk.get(sent.url))
    assert "A quotation mark is not closed." in page
    names = Patient.objects.values_list("given_name", flat=True)
    assert sorted(names) == ["Bo", "Cy"]


def test_files_of_two_systems_are_refused(desk: Client) -> None:
    answer = send(desk, SAMPLES / "jane.csv", SAMPLES / "fresha.csv")
    assert answer.status_code == 422
    assert "different systems" in html(answer)


def test_files_beyond_the_limit_are_refused(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (SAMPLES / "jane.csv").stat().st_size
    monkeypatch.setattr("patients.importing.forms.MOST_BYTES", size)
    assert send(desk, SAMPLES / "jane.csv").status_code == 302
    monkeypatch.setattr("patients.importing.forms.MOST_BYTES", size - 1)
    answer = send(desk, SAMPLES / "jane.csv")
    assert answer.status_code == 422
    assert "25 MB" in html(answer)


def test_a_path_in_a_file_name_opens_nothing(desk: Client) -> None:
    file = SimpleUploadedFile("x.csv", b"First Name\nAna\n")
    file.name = "..\\..\\etc/passwd.csv"
    run_url = send(desk, csv_files=[file]).url
    page = html(desk.get(run_url))
    assert "passwd.csv" in page
    assert "etc" not in page.split("passwd.csv")[0][-10:]


def test_an_import_that_is_not_there_is_not_found(desk: Client) -> None:
    assert desk.get("/patients/import/999999/").status_code == 404
