"""The parts of a page, seen through the gallery and one by one."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.urls import path
from django.urls.conf import include

from clinic import urls as clinic_urls
from clinic.rules.findings import Finding, Verdict
from clinic.web import context as web_context
from clinic.web import icons, navigation
from clinic.web.gallery import samples, views
from clinic.web.templatetags import parts
from clinic.web.templatetags.ui import initials_of
from tests.web.pages import Page

urlpatterns = [
    *clinic_urls.urlpatterns,
    path("styleguide/", include("clinic.web.gallery.urls")),
]
pytestmark = pytest.mark.urls(__name__)


def request_for(address: str = "/styleguide/") -> Any:
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    return request


def gallery_page(name: str, *, theme: str = "light", role: str = "owner") -> Page:
    request = request_for(f"/styleguide/{name}/?theme={theme}&role={role}")
    return Page(views.gallery(request, page=name).content.decode())


def render(source: str, **context: Any) -> str:
    template = engines["django"].from_string("{% load ui %}" + source)
    return str(template.render(context, request_for()))


# Whole pages -----------------------------------------------------------------


@pytest.mark.parametrize("name", views.PAGES)
def test_a_gallery_page_has_no_fault(name: str) -> None:
    assert gallery_page(name).faults() == []


@pytest.mark.parametrize("name", views.PAGES)
def test_no_element_carries_a_style_or_a_handler(name: str) -> None:
    for element in gallery_page(name).elements:
        assert "style" not in element.attributes
        assert not [a for a in element.attributes if a.startswith("on")]
    assert gallery_page(name).all("style") == []


@pytest.mark.parametrize("name", views.PAGES)
def test_every_icon_button_has_a_name(name: str) -> None:
    for element in gallery_page(name).elements:
        if element.tag in {"button", "a"}:
            assert element.text.strip() or element.attributes.get("aria-label")


def test_the_page_says_that_the_clinic_is_simulated(settings: Any) -> None:
    settings.DEMO = True
    assert "all people and figures are invented" in gallery_page("parts").text
    assert "all people and figures are invented" in gallery_page("paper").text
    settings.DEMO = False
    assert "invented" not in gallery_page("sign-in").text


@pytest.mark.parametrize(
    ("theme", "media"),
    [
        ("light", None),
        ("dark", "screen"),
        ("system", "screen and (prefers-color-scheme: dark)"),
    ],
)
def test_the_theme_is_set_by_the_server(theme: str, media: str | None) -> None:
    page = gallery_page("parts", theme=theme)
    assert page.all("html")[0].attributes["data-bs-theme"] == theme
    links = [e for e in page.all("link") if "tokens_dark" in e.attributes["href"]]
    assert [link.attributes["media"] for link in links] == ([media] if media else [])


def test_a_person_with_an_unknown_theme_follows_the_device() -> None:
    assert web_context.theme_of(SimpleNamespace(user=AnonymousUser())) == "system"  # type: ignore[arg-type]


def test_the_gallery_exists_in_demo_mode_only() -> None:
    assert [str(p.pattern) for p in clinic_urls.urlpatterns].count("styleguide/") == 0


# Icons -----------------------------------------------------------------------


def test_an_icon_is_decoration_until_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in icons.icon("timer")
    assert 'role="img" aria-label="Wait &lt;"' in icons.icon("timer", label="Wait <")


def test_an_unknown_icon_or_size_is_refused() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        icons.icon("no-such-icon")
    with pytest.raises(LookupError, match="17"):
        icons.icon("timer", size_px=17)


# Navigation ------------------------------------------------------------------


def served(*paths: str) -> Any:
    return lambda path, urlconf: not paths or path in paths


def test_a_place_that_nobody_serves_is_left_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(navigation, "is_served", served("/patients/"))
    links = navigation.links_for(roles=["owner"], path="/")
    assert [link.url for link in links] == ["/patients/"]


def test_what_is_served_is_seen_in_the_addresses() -> None:
    assert navigation.is_served("/styleguide/", __name__)
    assert not navigation.is_served("/no-such-page/", __name__)


def test_each_role_sees_its_own_places(monkeypatch: Any) -> None:
    monkeypatch.setattr(navigation, "is_served", served())
    seen = {
        role: {link.item.name for link in navigation.links_for(roles=[role], path="/")}
        for role in navigation.EVERYONE
    }
    assert "reports" in seen["owner"] & seen["practitioner"]
    assert "reports" not in seen["front_desk"]
    assert "today" not in seen["owner"]
    assert navigation.links_for(roles=[], path="/") == ()


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/patients/P00412/", ["patients"]),
        ("/stock/lots/24K118/", ["stock"]),
        ("/follow-ups/waitlist/", ["follow-ups"]),
        ("/", []),
    ],
)
def test_the_place_that_holds_the_page_is_current(
    monkeypatch: Any, address: str, names: list[str]
) -> None:
    monkeypatch.setattr(navigation, "is_served", served())
    links = navigation.links_for(roles=["practitioner"], path=address)
    assert [link.item.name for link in links if link.is_current] == names


# Pills, lists, tables --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Amara Okafor", "AO"), ("Jo", "J"), ("Ana de la Cruz", "AC"), ("", "")],
)
def test_initials_are_of_the_first_and_last_word(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@pytest.mark.parametrize("status", list(parts.VISIT_LOOKS))
def test_every_state_of_a_visit_has_a_word_and_an_icon(status: str) -> None:
    shown = render("{% visit_status s %}", s=status)
    assert str(parts.VISIT_LOOKS[status][0]) in shown
    assert "<svg" in shown


def test_the_states_of_a_visit_are_those_of_the_booking() -> None:
    from sessions.booking.models import VISIT_STATUSES

    assert {status: str(word) for status, word in VISIT_STATUSES} == {
        status: str(look[0]) for status, look in parts.VISIT_LOOKS.items()
    }


@pytest.mark.parametrize(
    "source",
    [
        "{% pill t %}",
        "{% tag t %}",
        "{% visit_status 'done' t %}",
        "{% segment t t %}",
        "{% tab t t %}",
        "{% crumb t t %}",
        "{% fact t t %}",
        "{% kpi t t t t %}",
        "{% milestone 1 'done' t t t %}",
        "{% step 1 'now' t t t %}",
        "{% empty 'users' t %}{% endempty %}",
        "{% need 'users' t t %}{{ t }}{% endneed %}",
        "{% note 'info' %}{{ t }}{% endnote %}",
        "{% tabs t %}{% endtabs %}",
        "{% data_table t %}{% enddata_table %}",
        "{% progress_bar 1 2 t %}",
        "{% avatar t 1 %}",
        "{% icon 'x' 16 t %}",
    ],
)
def test_text_from_people_is_escaped(source: str) -> None:
    shown = render(source, t='"><script>x</script>')
    assert "<script>" not in shown
    assert '=""><' not in shown


def test_many_steps_of_a_course_are_drawn_and_escaped_as_one_is() -> None:
    hostile = '"><script>x</script>'
    rows = [(1, "done", "1 Oct", hostile, "13"), ("", "next", hostile, "", hostile)]
    source = "{% milestone 1 'done' '1 Oct' t '13' %}{% milestone '' 'next' t '' t %}"
    shown = render("{% milestones rows %}", rows=rows)
    assert shown == render(source, t=hostile)
    assert "<script>" not in shown


def test_a_fact_without_value_is_left_out_but_zero_is_not() -> None:
    assert render("{% fact 'Lot' '' %}{% fact 'Lot' None %}") == ""
    assert "<dd>0</dd>" in render("{% fact 'Events' 0 %}")


def test_a_sorted_column_says_so_and_turns_round() -> None:
    template = engines["django"].from_string(
        "{% load ui %}{% sort_header 'Name' 'name' %}{% sort_header 'Age' 'age' %}"
    )
    page = Page(template.render({}, request_for("/x/?sort=name&site=2&page=3")))
    name, age = page.all("th")
    assert name.attributes["aria-sort"] == "ascending"
    assert age.attributes["aria-sort"] == "none"
    assert [a.attributes["href"] for a in page.all("a")] == [
        "?sort=-name&site=2",
        "?sort=age&site=2",
    ]


def test_pages_of_a_list_keep_the_filters() -> None:
    template = engines["django"].from_string("{% load ui %}{% pagination page %}")
    page = Paginator(range(60), 20).page(2)
    shown = Page(template.render({"page": page}, request_for("/x/?site=2&page=2")))
    assert [a.attributes["href"] for a in shown.all("a")] == [
        "?site=2&page=1",
        "?site=2&page=3",
    ]
    assert "21 to 40 of 60" in shown.text


def test_a_list_of_one_page_has_no_pager() -> None:
    page = Paginator(range(3), 20).page(1)
    assert render("{% pagination page %}", page=page).strip() == ""


# Findings --------------------------------------------------------------------


def test_findings_stand_worst_first_with_word_and_date() -> None:
    page = Page(render("{% findings f %}", f=samples.FINDINGS))
    codes = [
        e.attributes["data-code"] for e in page.all("li") if "data-code" in e.attributes
    ]
    assert codes[0] == "sample-infection"
    assert codes[-2:] == ["sample-latex", "sample-clear"]
    assert "Do not treat" in page.text
    assert "Nobody can override this." in page.text
    assert "Possible from 28 February 2026." in page.text
    assert "Until it is resolved and screened again." in page.text


def test_a_finding_shows_both_views_and_its_sources() -> None:
    text = Page(render("{% findings f %}", f=samples.FINDINGS)).text
    assert "Older guidance waits longer." in text
    assert "A newer consensus allows it earlier." in text
    assert "S12" in text
    assert "S14" in text


def test_what_is_clear_can_be_left_out_but_a_flag_stays() -> None:
    clear = Finding(code="c", verdict=Verdict.OK, title="Clear", sentence="No.")
    warning = Finding(code="w", verdict=Verdict.WARN, title="Sun", sentence="Care.")
    shown = render("{% findings f show_ok=False %}", f=[clear, warning])
    assert "Sun" in shown
    assert 'data-code="c"' not in shown


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_word_and_an_icon(verdict: Verdict) -> None:
    word, symbol = parts.VERDICT_LOOKS[verdict]
    assert str(word)
    assert symbol in icons.shapes_by_name()
