"""The ways on the map: what they say, and how they are seen and chosen in a real browser."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from geo_poc.coverage.deciding import DecidingWay
from geo_poc.coverage.findings import Findings
from geo_poc.maps import map_document, write_map
from geo_poc.maps.columns import unpacked
from geo_poc.routing.routes import On, Route
from geo_poc.wording import text

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)
HOSTILE_NAME = "<img src=x onerror=alert(1)>${1+1}</script>"
CRS = "+proj=laea +lat_0=10.000000 +lon_0=-27.000000 +datum=WGS84 +units=m +no_defs +type=crs"
CHROMIUM = shutil.which("chromium")


def deciding(*on: str, place: str = "c5", seconds: float = 36_000.0) -> DecidingWay:
    """A way from Charlie, eastwards from the middle: 10 km of each kind, an hour each."""
    steps = len(on)
    return DecidingWay(
        place_id=place,
        base_id="C",
        mover="wheeled_patrol",
        seconds=seconds,
        way=Route(
            points_m=np.column_stack([np.arange(steps + 1) * 10_000.0, np.zeros(steps + 1)]),
            seconds=np.arange(steps + 1) * 3_600.0,
            on=tuple(On(kind) for kind in on),
            road_class=("primary",) * steps,
            length_m=np.full(steps, 10_000.0),
            wait_s=np.zeros(steps),
            crs=CRS,
        ),
    )


def ways_of(findings: Findings, *ways: DecidingWay):
    made = map_document(dataclasses.replace(findings, ways=ways), made=MADE, version="1.2.3")
    return json.loads(json.dumps(made["ways"], ensure_ascii=False).replace("\u00a0", " "))


def test_way_tells_base_place_time_and_what_it_runs_on(sample_findings):
    (way,) = ways_of(
        sample_findings, deciding("road", "cross-country", "road", "track", "cross-country")
    )["ways"]
    assert way["label"] == "Charlie → Golf camp, ▲ 10 h"
    assert (way["time"], way["late"], way["distance"]) == ("10 h", True, "50 km")
    assert [(part["kind"], part["distance"], part["time"]) for part in way["parts"]] == [
        ("road", "20 km", "2 h"),
        ("track", "10 km", "60 min"),
        ("cross", "20 km", "2 h"),
    ]
    assert [len(unpacked(part["line"]["counts"])) for part in way["parts"]] == [2, 1, 2]
    assert way["sentence"].startswith("Too late: Road patrol from Charlie is first")
    assert way["meta"].endswith("Road patrol · wet day")


def test_spots_of_the_label_lie_on_the_way(sample_findings):
    (way,) = ways_of(sample_findings, deciding("road", "road"))["ways"]
    along = np.array([0.5, 0.35, 0.65, 0.2, 0.8]) * 20_000.0
    lon, lat = sample_findings.theatre.lonlat(along, np.zeros(5))
    assert np.array(way["spots"]) == pytest.approx(np.column_stack([lon, lat]), abs=1e-4)


def test_way_in_time_is_not_called_late(sample_findings):
    found = ways_of(sample_findings, deciding("road", place="c1", seconds=10_800.0))
    assert found["ways"][0]["late"] is False
    assert "▲" not in found["ways"][0]["label"]
    assert "that are reached, wet day" in found["note"]


def test_note_says_that_the_sites_are_reached_late(sample_findings):
    assert "reached late, wet day" in ways_of(sample_findings, deciding("road"))["note"]


def test_run_without_ways_has_none_on_its_map(sample_findings):
    assert ways_of(sample_findings)["ways"] == []


def test_people_on_the_card_of_a_way_may_be_unknown_or_an_estimate(sample_findings):
    found = ways_of(sample_findings, deciding("road", place="c4"), deciding("road", place="c2"))
    assert [way["people"] for way in found["ways"]] == ["unknown", "4,000"]
    labels = [way["people_label"] for way in found["ways"]]
    assert labels == [text("people"), text("people_estimate")]


# --- in the browser ------------------------------------------------------------------------------------

browser_only = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def opened(sample_findings, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    ways = (
        deciding("road", "track", "cross-country"),
        dataclasses.replace(deciding("cross-country", place="c3", seconds=9_000.0), base_id="A"),
    )
    # The second way runs 20 km farther north, so that both can be told apart.
    north = ways[1].way.points_m + np.array([0.0, 20_000.0])
    ways = (
        ways[0],
        dataclasses.replace(ways[1], way=dataclasses.replace(ways[1].way, points_m=north)),
    )
    write_map(dataclasses.replace(sample_findings, ways=ways), path, made=MADE, version="1.2.3")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True).new_page()
        page.set_default_timeout(4_000)
        page.add_init_script("window.alerts = 0; window.alert = () => { window.alerts += 1; };")
        seen = {"requests": [], "errors": []}
        page.on("request", lambda request: seen["requests"].append(request.url))
        page.on("pageerror", lambda error: seen["errors"].append(str(error)))
        page.on("console", lambda message: seen["errors"].append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        yield page, seen
        browser.close()


@pytest.fixture
def page(opened):
    page = opened[0]
    if page.is_visible(".back"):
        page.click(".back")
    page.check("[data-layer=ways]")
    return page


class TestPage:
    pytestmark = browser_only

    def test_ways_are_off_at_load_and_can_be_shown(self, opened):
        page = opened[0]
        assert not page.is_checked("[data-layer=ways]")
        assert page.locator(".leaflet-pane .way").count() == 0
        page.check("[data-layer=ways]")
        assert page.locator(".leaflet-pane .way").count() == 4
        page.uncheck("[data-layer=ways]")
        assert page.locator(".leaflet-pane .way, .way-name").count() == 0

    def test_each_way_is_named_and_its_ground_is_told_by_the_line(self, page):
        names = page.locator(".way-name").all_text_contents()
        assert [name.replace("\u00a0", " ") for name in names] == [
            "Charlie → Golf camp, ▲ 10 h",
            f"Alfa → {HOSTILE_NAME}, 2.5 h",
        ]
        dashes = "e => getComputedStyle(e).strokeDasharray"
        assert page.locator(".leaflet-pane .way-road").evaluate(dashes) == "none"
        assert page.locator(".leaflet-pane .way-track").evaluate(dashes) == "8px, 5px"
        colour = "e => getComputedStyle(e).stroke"
        assert page.locator(".leaflet-pane .way-road").evaluate(colour) == "rgb(23, 36, 43)"
        legend = page.inner_text("#legend")
        for kind in ("road", "track", "cross"):
            assert text(f"ui_way_legend_{kind}") in legend
        assert "whatever case is chosen" in legend

    def test_name_of_a_way_is_a_button_that_opens_its_card(self, page):
        page.locator(".way-name").first.focus()
        page.keyboard.press("Enter")
        assert page.inner_text("#card h2 span:last-child") == "Charlie → Golf camp"
        rows = page.locator("#card tbody tr").all_inner_texts()
        assert [row.replace("\u00a0", " ").split("\t") for row in rows] == [
            [text(f"ui_way_{kind}"), "10 km", "60 min"] for kind in ("road", "track", "cross")
        ]
        assert page.locator("#card .facts b.late").count() == 1
        assert page.locator(".leaflet-pane .way.chosen").count() == 3

    def test_line_itself_opens_the_card_and_hostile_names_stay_text(self, page):
        page.locator(".leaflet-pane .way-cross").last.dispatch_event("click")
        assert page.inner_text("#card h2 span:last-child") == f"Alfa → {HOSTILE_NAME}"
        assert page.locator("img").count() == 0
        assert page.evaluate("window.alerts") == 0
        assert page.locator("#card .why-p").count() == 1

    def test_names_of_ways_cover_no_base_and_not_each_other(self, page):
        boxes = [one.bounding_box() for one in page.locator(".way-name, .base rect.frame").all()]
        names = page.locator(".way-name").count()
        for n, one in enumerate(boxes):
            for other in boxes[n + 1 :]:
                apart = (
                    one["x"] + one["width"] <= other["x"]
                    or other["x"] + other["width"] <= one["x"]
                    or one["y"] + one["height"] <= other["y"] + 4
                    or other["y"] + other["height"] <= one["y"] + 4
                )
                assert apart or n >= names

    def test_one_file_is_asked_for_and_no_error_seen(self, opened):
        page, seen = opened
        assert seen["errors"] == []
        assert len(seen["requests"]) == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
