"""The page of the weekly assessment as a browser shows it: offline, within its width, nothing lost in print."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo_poc.assess import Asked, write_assessment
from geo_poc.data.generator import Recipe, make_theatre

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Cells of the areas whose text, or whose box, reaches out of the page.
OUTSIDE = """[...document.querySelectorAll('.risk-areas td')].filter(
  cell => cell.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    || cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"""
RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=2)
CELLS = 9


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    out = tmp_path_factory.mktemp("out") / "assessment"
    made = dt.datetime(2026, 1, 2, 8, tzinfo=dt.UTC)
    write_assessment(folder / "theatre.toml", folder / "plan.toml", out, Asked(top=3), made=made)
    return out / "assessment.html"


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
    assert page.evaluate(OUTSIDE) == []
    context.close()


def test_printed_every_column_of_an_area_is_on_the_sheet(browser: Any, page_file: Path) -> None:
    """A4 less 10 mm on each side is 718 px wide."""
    context = browser.new_context(viewport={"width": 718, "height": 1047}, offline=True)
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(page_file.as_uri())
    assert page.locator(".risk-areas tbody tr").first.locator("th, td").count() == CELLS
    assert page.locator(".risk-areas tbody tr").first.locator("td:visible").count() == CELLS - 1
    assert page.evaluate(OUTSIDE) == []
    context.close()
