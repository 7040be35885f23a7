"""A sign-in ends by itself, and what was typed comes back to the same person."""

from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import include, path, reverse
from django.views.decorators.csrf import csrf_exempt

from clinic.models import AuditEvent, User
from clinic.staff import timeouts
from clinic.staff.policy import Action, requires
from tests import factories
from tests.factories import NOW, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
own = requires(Action.OWN_PROFILE)
SENT: list[dict[str, str]] = []


@own
def note(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        SENT.append(request.POST.dict())
        return HttpResponse("saved")
    return HttpResponse(
        '<main><form method="post"><input type="hidden" name="csrfmiddlewaretoken" '
        f'value="{get_token(request)}"><input name="title" value="">'
        '<textarea name="text"></textarea></form></main>'
    )


@own
def withdraw(request: HttpRequest) -> HttpResponse:
    SENT.append(request.POST.dict())
    return HttpResponse("withdrawn")


@own
def lot(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        '<main><form method="post" action="/lot/withdraw/">'
        '<input name="reason" value=""></form></main>'
    )


@own
@timeouts.at_the_chair
def sheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sheet")


@own
@timeouts.background
def version(request: HttpRequest) -> HttpResponse:
    return HttpResponse("7")


@csrf_exempt
@own
def hook(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hook")


urlpatterns = [
    path("", include("clinic.staff.sign_in_urls")),
    path("", include(("clinic.staff.urls", "clinic"))),
    path("note/", note, name="note"),
    path("lot/", lot, name="lot"),
    path("lot/withdraw/", withdraw, name="withdraw"),
    path("sheet/", sheet, name="sheet"),
    path("version/", version, name="version"),
]


class Clock:
    """The time as Django tells it; it stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def shift(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("django.utils.timezone.now", made.now)
    monkeypatch.setattr("clinic.staff.timeouts.clock", made.now)
    return made


@pytest.fixture
def nurse() -> User:
    return factories.make_practitioner(site=factories.make_site())


@pytest.fixture
def browser(client: Client, clock: Clock, nurse: User) -> Client:
    SENT.clear()
    client.force_login(nurse)
    client.get("/note/")
    return client


def is_in(browser: Client, **headers: str) -> bool:
    return browser.get("/note/", headers=headers).status_code == 200


@pytest.mark.parametrize(("minutes", "stays"), [(14, True), (15, False)])
def test_a_quarter_of_an_hour_without_a_click_ends_it(
    browser: Client, clock: Clock, minutes: int, stays: bool
) -> None:
    clock.shift(timedelta(minutes=minutes))
    assert is_in(browser) is stays


def test_every_click_starts_the_quarter_anew(browser: Client, clock: Clock) -> None:
    for _ in range(4):
        clock.shift(timedelta(minutes=14))
        assert is_in(browser)


@pytest.mark.parametrize("way", ["header", "view"])
def test_a_page_that_asks_by_itself_never_extends(
    browser: Client, clock: Clock, way: str
) -> None:
    for _ in range(2):
        clock.shift(timedelta(minutes=5))
        if way == "header":
            assert is_in(browser, **{"X-Background": "1"})
        else:
            assert browser.get("/version/").status_code == 200
    clock.shift(timedelta(minutes=5))
    assert browser.get("/version/").status_code == 302
    assert not is_in(browser)


def test_no_header_skips_the_check(browser: Client, clock: Clock) -> None:
    clock.shift(timedelta(minutes=16))
    assert not is_in(browser, **{"X-Background": "1"})


@pytest.mark.parametrize(("minutes", "stays"), [(59, True), (60, False)])
def test_at_the_chair_it_is_an_hour(
    browser: Client, clock: Clock, minutes: int, stays: bool
) -> None:
    browser.get("/sheet/")
    clock.shift(timedelta(minutes=minutes))
    assert is_in(browser) is stays


def test_after_the_chair_it_is_a_quarter_again(browser: Client, clock: Clock) -> None:
    browser.get("/sheet/")
    browser.get("/note/")
    clock.shift(timedelta(minutes=15))
    assert not is_in(browser)


@pytest.mark.parametrize(("minutes", "stays"), [(719, True), (720, False)])
def test_nobody_stays_in_for_longer_than_twelve_hours(
    browser: Client, clock: Clock, minutes: int, stays: bool
) -> None:
    for _ in range(minutes // 10):
        clock.shift(timedelta(minutes=10))
        browser.get("/note/")
    clock.shift(timedelta(minutes=minutes % 10))
    assert is_in(browser) is stays


@pytest.mark.parametrize(("back_minutes", "stays"), [(4, True), (60, False)])
def test_a_clock_set_back_brings_nothing_to_life(
    browser: Client, clock: Clock, back_minutes: int, stays: bool
) -> None:
    clock.shift(-timedelta(minutes=back_minutes))
    assert is_in(browser) is stays


def test_the_end_is_in_the_log_and_said(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    answer = browser.get("/note/?x=1")
    assert answer.url == f"{reverse('account_login')}?next=/note/%3Fx%3D1"  # type: ignore[attr-defined]
    event = AuditEvent.objects.get(action="sign_in.timed_out")
    assert (event.actor, event.details) == (nurse, {"why": "idle"})
    assert "nothing was done" in browser.get(answer.url).content.decode()  # type: ignore[attr-defined]


TYPED = {"title": 'Calm "skin"', "text": "one\ntwo <three>"}


def send_late(browser: Client, clock: Clock, **more: object) -> str:
    clock.shift(timedelta(minutes=15))
    answer = browser.post(
        "/note/",
        {**TYPED, "csrfmiddlewaretoken": "old"},
        headers={"Referer": "http://testserver/note/"},
    )
    assert answer.status_code == 302
    return str(answer.url)  # type: ignore[attr-defined]


def sign_in(browser: Client, place: str, user: User) -> str:
    answer = browser.post(place, {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return str(answer.url)  # type: ignore[attr-defined]


def test_what_was_typed_is_back_in_the_form_and_nothing_was_sent(
    browser: Client, clock: Clock, nurse: User
) -> None:
    place = send_late(browser, clock)
    assert "What you typed is kept" in browser.get(place).content.decode()
    back = sign_in(browser, place, nurse)
    assert back == "/note/"
    page = browser.get(back).content.decode()
    assert 'value="Calm &quot;skin&quot;"' in page
    assert "one\ntwo &lt;three&gt;</textarea>" in page
    assert "back where you were" in page
    assert 'value="old"' not in page
    assert SENT == []
    assert "Calm" not in browser.get(back).content.decode()


def test_what_was_typed_is_not_readable_in_the_session(
    browser: Client, clock: Clock
) -> None:
    send_late(browser, clock)
    assert "kept_work" in browser.session
    assert "Calm" not in str(dict(browser.session))


def test_another_person_never_sees_it(
    browser: Client, clock: Clock, nurse: User
) -> None:
    place = send_late(browser, clock)
    other = factories.make_desk(site=factories.make_site())
    back = sign_in(browser, place, other)
    assert "Calm" not in browser.get(back).content.decode()
    assert "kept_work" not in browser.session


def test_a_button_without_a_page_of_its_own_leads_back_to_its_form(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    answer = browser.post(
        "/lot/withdraw/",
        {"reason": "torn box"},
        headers={"Referer": "http://testserver/lot/"},
    )
    back = sign_in(browser, answer.url, nurse)  # type: ignore[attr-defined]
    assert back == "/lot/"
    assert 'value="torn box"' in browser.get(back).content.decode()
    assert SENT == []


def test_a_piece_of_a_page_is_kept_as_well(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lot/"}
    answer = browser.post("/lot/withdraw/", {"reason": "torn"}, headers=headers)
    assert answer.status_code == 401
    back = sign_in(browser, answer["HX-Redirect"], nurse)
    assert 'value="torn"' in browser.get(back).content.decode()


def test_a_page_of_another_host_is_not_where_one_goes_back(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    answer = browser.post(
        "/lot/withdraw/", {"reason": "x"}, headers={"Referer": "https://evil.test/lot/"}
    )
    assert answer.url.endswith("?next=/")  # type: ignore[attr-defined]


def test_passwords_are_never_kept(browser: Client, clock: Clock, nurse: User) -> None:
    clock.shift(timedelta(minutes=15))
    answer = browser.post(
        "/lot/withdraw/",
        {"new_password": "hunter2", "credential": "k", "reason": "y"},
        headers={"Referer": "http://testserver/lot/"},
    )
    page = browser.get(sign_in(browser, answer.url, nurse)).content.decode()  # type: ignore[attr-defined]
    assert 'value="y"' in page
    assert "hunter2" not in page


def test_after_twelve_hours_it_is_thrown_away(
    browser: Client, clock: Clock, nurse: User
) -> None:
    place = send_late(browser, clock)
    clock.shift(timedelta(hours=12, seconds=1))
    assert "Calm" not in browser.get(sign_in(browser, place, nurse)).content.decode()


def ask(browser: Client, **fields: str) -> HttpResponse:
    return browser.post(  # type: ignore[return-value]
        reverse("clinic:left-alone"), fields, headers={"HX-Request": "true"}
    )


def test_a_page_left_alone_learns_how_long_it_may_stay(
    browser: Client, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=10))
    assert ask(browser).json() == {"left_s": 300}  # type: ignore[attr-defined]
    clock.shift(timedelta(minutes=4))
    assert ask(browser).json() == {"left_s": 60}  # type: ignore[attr-defined]
    browser.get("/sheet/")
    assert ask(browser).json() == {"left_s": 3600}  # type: ignore[attr-defined]


def test_a_form_that_was_never_sent_comes_back_as_well(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    fields = {"kept-page": "/lot/?tab=2", "kept-action": "/lot/withdraw/"}
    answer = ask(browser, reason="half a sen", **fields)
    assert answer.status_code == 401
    back = sign_in(browser, answer["HX-Redirect"], nurse)
    assert back == "/lot/?tab=2"
    page = browser.get(back).content.decode()
    assert 'value="half a sen"' in page
    assert SENT == []


def test_a_page_left_alone_without_a_form_just_comes_back(
    browser: Client, clock: Clock, nurse: User
) -> None:
    clock.shift(timedelta(minutes=15))
    answer = ask(browser, **{"kept-page": "/lot/"})
    assert sign_in(browser, answer["HX-Redirect"], nurse) == "/lot/"
    assert "back where you were" not in browser.get("/lot/").content.decode()


@pytest.mark.parametrize("page", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
def test_nobody_is_led_elsewhere_by_a_page_left_alone(
    browser: Client, clock: Clock, page: str
) -> None:
    clock.shift(timedelta(minutes=15))
    answer = ask(browser, **{"kept-page": page, "kept-action": page, "reason": "x"})
    assert "evil" not in answer["HX-Redirect"]


def test_typing_without_sending_counts_as_being_here(
    browser: Client, clock: Clock
) -> None:
    for _ in range(3):
        clock.shift(timedelta(minutes=14))
        assert browser.post(reverse("clinic:still-here")).status_code == 204
    browser.get("/sheet/")
    clock.shift(timedelta(minutes=50))
    browser.post(reverse("clinic:still-here"))
    clock.shift(timedelta(minutes=50))
    assert is_in(browser)


def test_a_foreign_page_cannot_plant_a_form(clock: Clock, nurse: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nurse)
    strict.get("/note/")
    clock.shift(timedelta(minutes=15))
    answer = strict.post("/note/", {"title": "planted"})
    assert answer.status_code == 403
    assert "kept_work" not in strict.session
