"""What all pages share: head and foot, marking on every printed sheet, and one way to write files."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from jinja2 import UndefinedError
from markupsafe import Markup

from geo_poc.report.backtest_page import BacktestPage
from geo_poc.report.blocks import Cell, Column, Table
from geo_poc.report.geodata import about_theatre, write_gpkg
from geo_poc.report.level_page import LevelPage
from geo_poc.report.sheet import Sheet, environment, sheet_html, sheet_of, write_sheet
from geo_poc.report.tables import write_csv
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, TheatreSpec
from geo_poc.wording import Span

MADE = dt.datetime(2026, 1, 2, 8, tzinfo=dt.UTC)
HOSTILE = "<img src=x onerror=alert(1)>"
CHROMIUM, PDFTOTEXT = shutil.which("chromium"), shutil.which("pdftotext")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LINES = 150
EMPTY = Table(name="kinds", columns=(Column(head="kind", width_mm=20.0),), rows=())


def over(name: str, *, fictional: bool) -> Theatre:
    box = (29.0, 3.0, 30.0, 4.0)
    spec = TheatreSpec(
        name=name, as_of=dt.date(2026, 1, 1), cell_size=10_000.0, marking="CONFIDENTIAL",
        fictional=fictional, area=AreaSpec(bbox=box),
    )  # fmt: skip
    return theatre_over(spec, shapely.box(*box))


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return over(HOSTILE, fictional=True)


def head(theatre: Theatre, *, data_of: dt.date | None = None) -> Sheet:
    subtitle = theatre.name
    return sheet_of(
        theatre, title="Title", subtitle=subtitle, made=MADE, version="7", data_of=data_of
    )


def upright(sheet: Sheet, *, said: str = "A sentence.", lines: int = LINES) -> BacktestPage:
    sentences = ((Span(text=said, strong=True),),) * lines
    return BacktestPage(
        sheet=sheet, lead=sentences[:1], models_title="", models=None, kinds=EMPTY, figure=Markup("<svg/>"),
        can=sentences, how=(),
    )  # fmt: skip


def across(sheet: Sheet) -> LevelPage:
    return LevelPage(
        sheet=sheet, lead=(), warnings=(), axis=Markup(""), period="", hatch=Markup(""), areas=(), triggers=(),
        triggers_rest="", overrides=(), notes=(), strays=(), unknowns=(), details=(), levels=(),
        method=("A line.",) * LINES,
    )  # fmt: skip


def test_the_head_names_marking_title_and_that_the_theatre_is_fictional(theatre: Theatre) -> None:
    sheet = head(theatre)
    assert sheet.marking == "CONFIDENTIAL"
    assert sheet.document_title == f"Title: {HOSTILE} (CONFIDENTIAL)"
    assert sheet.fictional == "FICTIONAL"
    assert sheet.fictional_note.startswith("Fictional country")
    real = over("Real", fictional=False)
    assert (head(real).fictional, head(real).fictional_note) == ("", "")


def test_the_foot_names_the_day_of_the_data_the_product_and_the_version(theatre: Theatre) -> None:
    dates = head(theatre).dates.replace("\u00a0", " ")
    assert dates == "Data 01 JAN 26 · Product 020800Z JAN 26 · geo-poc 7"
    back = head(theatre, data_of=dt.date(2024, 6, 30)).dates.replace("\u00a0", " ")
    assert back.startswith("Data 30 JUN 24 · Product 020800Z JAN 26")


@pytest.mark.parametrize("page", [upright, across])
def test_every_page_has_the_same_frame_and_runs_nothing(theatre: Theatre, page: Any) -> None:
    template = "backtest.html" if page is upright else "levels.html"
    html = sheet_html(template, page(head(theatre)))
    assert html.startswith("<!doctype html>")
    assert html.count('<div class="marking">CONFIDENTIAL</div>') == 2
    assert html.count("do not imply official endorsement") == 1
    assert "default-src 'none'" in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert not re.search(r"<[^>]*\s(?:src|href)=", html)


def test_a_slot_that_nobody_fills_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        environment().from_string("{{ nobody }}").render()


def test_a_written_page_is_the_rendered_one(theatre: Theatre, tmp_path: Path) -> None:
    page = upright(head(theatre), lines=1)
    write_sheet("backtest.html", page, tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == sheet_html("backtest.html", page)


def test_a_table_of_cards_names_each_value_and_another_can_be_scrolled_by_keys() -> None:
    columns = tuple(Column(head=name, width_mm=20.0) for name in ("who", "what"))
    shown = Table(name="t", columns=columns, rows=((Cell(text="A"), Cell(text="B", small="c")),))
    table = environment().get_template("macros.html").module.table  # type: ignore[attr-defined]
    cards, scrolled = (str(table(shown, "All of it", cards=each)) for each in (True, False))
    assert '<td class="text " data-head="what">B<small>c</small></td>' in cards
    assert 'class="wide cards"' in cards
    assert "tabindex" not in cards
    assert 'role="region" tabindex="0" aria-label="All of it"' in scrolled


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("page", [upright, across])
def test_every_printed_sheet_bears_the_marking_at_head_and_foot(
    browser: Any, theatre: Theatre, tmp_path: Path, page: Any
) -> None:
    if PDFTOTEXT is None:
        pytest.skip("no pdftotext on this machine")
    template = "backtest.html" if page is upright else "levels.html"
    write_sheet(template, page(head(theatre)), tmp_path / "page.html")
    context = browser.new_context(offline=True)
    shown = context.new_page()
    shown.goto((tmp_path / "page.html").as_uri())
    shown.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True, print_background=True)
    context.close()
    printed = subprocess.run(
        [PDFTOTEXT, "-layout", str(tmp_path / "page.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    sheets = printed.split("\f")[:-1]
    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, 1):
        rows = ["".join(row.split()) for row in sheet.splitlines() if row.strip()]
        assert rows[0] == "CONFIDENTIAL"
        assert rows[-2:] == ["CONFIDENTIAL", f"{number}/{len(sheets)}"]


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("width", [1366, 820, 390])
def test_a_word_longer_than_the_screen_does_not_widen_the_page(
    browser: Any, theatre: Theatre, tmp_path: Path, width: int
) -> None:
    long = upright(head(theatre), said="x" * 400, lines=2)
    write_sheet("backtest.html", long, tmp_path / "page.html")
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    shown = context.new_page()
    shown.goto((tmp_path / "page.html").as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_a_csv_has_no_shapes_and_runs_neither_cells_nor_heads(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"=1+1": ["=2+2"], "n": [-5]}, geometry=[shapely.Point(0, 0)])
    write_csv(table, "CONFIDENTIAL", tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"'=1+1,n,marking\n'=2+2,-5,CONFIDENTIAL\n"


def test_a_geopackage_says_what_it_is_and_equal_content_gives_equal_bytes(
    theatre: Theatre, tmp_path: Path
) -> None:
    table = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(0, 0)], crs=theatre.grid.crs)
    layers = {"some": (table, None), "none": (table[:0], "Polygon")}
    paths = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    paths[1].write_text("replaced")
    for path in paths:
        write_gpkg(layers, about_theatre(theatre) | {"note": "x"}, path, as_of=theatre.as_of)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    shapes = dict(pyogrio.list_layers(paths[0]))
    assert shapes == {"some": "Point", "none": "Polygon", "about": None}
    about = pyogrio.read_dataframe(paths[0], layer="about")
    assert isinstance(about, pd.DataFrame)
    assert dict(zip(about["what"], about["value"], strict=True)) == {
        "marking": "CONFIDENTIAL", "theatre": HOSTILE, "fictional": "yes", "as_of": "2026-01-01",
        "crs": theatre.grid.crs, "note": "x",
    }  # fmt: skip
