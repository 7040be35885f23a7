"""The demo's clock runs ahead only in the demo, and only as far as was asked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clinic.web import demo_clock


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path
    demo_clock._read.cache_clear()
    yield
    demo_clock._read.cache_clear()


def test_without_a_file_the_demo_has_the_real_time() -> None:
    assert demo_clock.offset() == timedelta()


def test_the_demo_runs_ahead_as_far_as_was_asked() -> None:
    demo_clock.set_offset(timedelta(days=28))
    ahead = demo_clock.now() - demo_clock.real_now()
    assert abs(ahead - timedelta(days=28)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "ahead",
    [
        pytest.param(timedelta(seconds=-1), id="back"),
        pytest.param(timedelta(days=3661), id="too far"),
    ],
)
def test_it_never_runs_back_nor_out_of_sight(ahead: timedelta) -> None:
    with pytest.raises(ValueError, match="ten years"):
        demo_clock.set_offset(ahead)


def test_a_broken_file_is_no_offset(settings: Any) -> None:
    (Path(settings.VAR_DIR) / demo_clock.FILE).write_text("later")
    assert demo_clock.offset() == timedelta()


def test_outside_the_demo_it_cannot_be_installed(settings: Any) -> None:
    settings.DEMO = False
    before = timezone.now
    with pytest.raises(RuntimeError, match="Only the demo"):
        demo_clock.install()
    assert timezone.now is before
