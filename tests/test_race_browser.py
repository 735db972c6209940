"""The page of a race as a browser shows it: offline, without a message, and within its width."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.race import write_race

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OVERFULL = """[...document.querySelectorAll('td, th')]
  .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"""
RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
SEEN = """
[[sightings]]
name = "GroupWithANameThatIsOneVeryLongWordAndSoCouldPushTheTableOutOfThePage"
place = "P003"
radius = "2 km"
seen_at = 2026-01-01T03:00:00Z
mover = "foot_patrol"
source = "ASourceThatIsOneVeryLongWordAndSoCouldPushTheTableOutOfThePageAsWell"
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    seen = folder / "sightings.toml"
    seen.write_text(SEEN, encoding="utf-8")
    paths = folder / "theatre.toml", folder / "plan.toml", seen
    out = tmp_path_factory.mktemp("out") / "race"
    write_race(paths, out, made=dt.datetime(2026, 1, 2, 8, tzinfo=dt.UTC))
    return out / "race.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.mark.parametrize("width", [1366, 820, 390])
def test_nothing_is_wider_than_the_screen_and_nothing_is_asked_for(
    browser: Any, page_file: Path, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page, seen = context.new_page(), []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.goto(page_file.as_uri())
    assert seen == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OVERFULL) == []
    context.close()


def test_printed_the_map_stands_on_the_first_sheet(browser: Any, page_file: Path) -> None:
    context = browser.new_context(viewport={"width": 1062, "height": 735}, offline=True)
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(page_file.as_uri())
    assert page.evaluate("document.querySelector('svg.map').getBoundingClientRect().bottom") < 735
    context.close()
