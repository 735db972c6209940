"""The report as a browser shows and prints it."""

import datetime as dt
import re
import shutil

import pytest

from geo_poc.data import embedded_theatre
from geo_poc.inputs import read_inputs
from geo_poc.report.page import report_context, write_report
from geo_poc.run import analyse

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
CHROMIUM = shutil.which("chromium")
MADE = dt.datetime(2024, 7, 1, 8, 30, tzinfo=dt.UTC)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHTS = "[...document.querySelectorAll('.page')].map(p => p.getBoundingClientRect().height)"
OVERFULL = """[...document.querySelectorAll('.page')].filter(page => {
  const foot = page.querySelector('footer').getBoundingClientRect();
  const last = page.querySelector('footer').previousElementSibling.getBoundingClientRect();
  return last.bottom > foot.top + 0.5;
}).length"""
CUT = """[...document.querySelectorAll('td, th')]
  .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"""

COVERED = """(() => {
  const map = document.querySelector('svg.map');
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2.5;
  const signs = [...map.querySelectorAll('rect')].filter(r => r.getAttribute('fill') === 'none')
    .map(r => r.getBoundingClientRect());
  return [...map.querySelectorAll('.names text')]
    .filter(t => signs.some(sign => meet(t.getBoundingClientRect(), sign))).map(t => t.textContent);
})()"""


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report_file(sample_findings, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(sample_findings, path, made=MADE, version="0.1.0")
    return path


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """Report of the embedded theatre, which is labelled fictional and has every kind of limit."""
    home = embedded_theatre()
    findings = analyse(read_inputs(home / "theatre.toml", home / "plan.toml"))
    path = tmp_path_factory.mktemp("embedded") / "report.html"
    write_report(findings, path, made=MADE, version="0.1.0")
    return path


@pytest.fixture
def opened(browser, report_file):
    """The report's page, and every request and message it made."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, offline=True)
    page, seen = context.new_page(), []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.goto(report_file.as_uri())
    yield page, seen
    context.close()


def test_report_prints_on_the_pages_that_it_numbers_and_asks_for_nothing(
    sample_findings, report_file, opened
):
    page, seen = opened
    count = report_context(sample_findings, made=MADE, version="0.1.0").page_count
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert seen == [report_file.as_uri()]
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == count
    sizes = [
        tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)
    ]
    assert sizes
    assert all(abs(w - 595.3) < 1 and abs(h - 841.9) < 1 for _, _, w, h in sizes)


@pytest.mark.parametrize("font", ["Liberation Sans", "DejaVu Sans"])
def test_sheets_are_a4_high_and_nothing_is_cut(opened, font):
    page, _ = opened
    page.add_style_tag(content=f"body {{ font-family: '{font}' !important }}")
    assert all(abs(height - 297 / 25.4 * 96) < 1 for height in page.evaluate(HEIGHTS))
    assert page.evaluate(OVERFULL) == 0
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("font", ["Liberation Sans", "DejaVu Sans"])
def test_the_embedded_theatres_sheets_are_a4_high_and_nothing_is_cut(browser, embedded, font):
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto(embedded.as_uri())
    page.add_style_tag(content=f"body {{ font-family: '{font}' !important }}")
    assert all(abs(height - 297 / 25.4 * 96) < 1 for height in page.evaluate(HEIGHTS))
    assert page.evaluate(OVERFULL) == 0
    assert page.evaluate(CUT) == []
    page.close()


@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans"])
def test_no_name_on_the_map_runs_under_the_symbol_of_a_base(browser, embedded, font):
    page = browser.new_context(offline=True).new_page()
    page.goto(embedded.as_uri())
    page.add_style_tag(content=f"*{{font-family:'{font}'!important}}")
    assert page.locator("svg.map .names text").count() > 5
    assert page.evaluate(COVERED) == []


@pytest.mark.parametrize("width", [820, 1366, 1920])
def test_report_needs_no_sideways_scrolling(opened, width):
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
