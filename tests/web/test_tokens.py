"""Colours: every ink can be read on its paper, in both themes (UX 9.2)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
TEXT, MARK = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("ink2", "surface", TEXT),
    ("ink2", "paper", TEXT),
    ("ink3", "surface", TEXT),
    ("ink3", "paper", TEXT),
    ("ink3", "sunken", TEXT),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-hover", TEXT),
    ("primary", "surface", TEXT),
    ("primary", "paper", TEXT),
    ("primary-ink", "primary-soft", TEXT),
    ("ink2", "primary-soft", TEXT),
    ("clay", "surface", TEXT),
    ("clay", "paper", TEXT),
    ("clay", "clay-soft", TEXT),
    ("surface", "clay", TEXT),
    ("danger", "surface", TEXT),
    ("danger", "danger-soft", TEXT),
    ("warn", "surface", TEXT),
    ("warn", "warn-soft", TEXT),
    ("ok", "surface", TEXT),
    ("ok", "ok-soft", TEXT),
    ("info", "surface", TEXT),
    ("info", "info-soft", TEXT),
    ("ink2", "warn-soft", TEXT),
    ("ink2", "danger-soft", TEXT),
    ("control", "surface", MARK),
    ("control", "paper", MARK),
    ("focus", "surface", MARK),
    ("focus", "paper", MARK),
    ("warn-icon", "surface", MARK),
    *((f"on-d{band}", f"d{band}", TEXT) for band in range(1, 6)),
    *((f"v{series}", "surface", MARK) for series in range(1, 7)),
    *((f"av-{letter}-ink", f"av-{letter}", TEXT) for letter in "abcdef"),
]


def colours(name: str) -> dict[str, str]:
    text = (CSS / name).read_text(encoding="utf-8")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", text))
    return {
        token: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
        for token, value in found.items()
    }


THEMES = {"light": colours("tokens.css"), "dark": colours("tokens_dark.css")}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper", "needed"), PAIRS)
def test_each_ink_is_readable_on_its_paper(
    theme: str, ink: str, paper: str, needed: float
) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[paper]) >= needed


def test_the_dark_theme_has_every_colour_of_the_light_one() -> None:
    assert set(THEMES["dark"]) == set(THEMES["light"])
    assert len(THEMES["light"]) >= 70


@pytest.mark.parametrize(
    "sheet", ["layout.css", "components.css", "drawings.css", "print.css"]
)
def test_colours_stand_in_the_tokens_only(sheet: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text("utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", text)) <= {"#fff"}


def test_no_style_sheet_loads_from_elsewhere() -> None:
    for sheet in CSS.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        assert all(
            url.startswith("../vendor/") for url in re.findall(r'url\("(.*?)"', text)
        )


def test_the_style_sheets_every_page_loads_stay_small() -> None:
    import gzip

    names = ("tokens", "layout", "components", "drawings", "print")
    text = "".join((CSS / f"{name}.css").read_text("utf-8") for name in names)
    assert len(gzip.compress(text.encode())) <= 15_000
