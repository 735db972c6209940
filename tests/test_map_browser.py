"""The page in a real browser without a network: what a reader sees, clicks and hears."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
import shutil

import mgrs
import pytest
from playwright.sync_api import sync_playwright

from geo_poc.maps import write_map

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)
HOSTILE_NAME = "<img src=x onerror=alert(1)>${1+1}</script>"
HOSTILE_NOTE = "\"'><svg onload=alert(2)>{{7*7}}`${alert(3)}`"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
COUNT_ALERTS = "window.alerts = 0; window.alert = () => { window.alerts += 1; };"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def map_file(sample_findings, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    write_map(sample_findings, path, made=MADE, version="1.2.3")
    return path


@pytest.fixture(scope="module")
def opened(browser, map_file):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    page = context.new_page()
    page.set_default_timeout(4_000)
    page.add_init_script(COUNT_ALERTS)
    seen = {"requests": [], "errors": []}
    page.on("request", lambda request: seen["requests"].append(request.url))
    page.on("pageerror", lambda error: seen["errors"].append(str(error)))
    page.on("console", lambda message: seen["errors"].append(message.text))
    page.goto(map_file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    page.evaluate("window.home = [map.getCenter(), map.getZoom()]")
    yield page, seen
    context.close()


@pytest.fixture
def page(opened):
    """The page as it is after loading: first case, protection, no card."""
    page = opened[0]
    page.set_viewport_size({"width": 1366, "height": 768})
    if page.is_visible(".back"):
        page.click(".back")
    page.click("[data-theme=protection]")
    page.uncheck("[data-layer=incidents]")
    page.click("[data-case='2']")
    page.evaluate("() => { map.setView(...window.home, {animate: false}); }")
    return page


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def lead(page) -> str:
    return plain(page.inner_text("#lead"))


def test_page_asks_for_one_file_only_and_reports_no_error(page, opened, map_file):
    assert opened[1] == {"requests": [map_file.as_uri()], "errors": []}


def test_first_thing_said_is_the_answer_with_the_worst_case(page):
    assert lead(page).startswith("By day in the wet season, 54% of displaced people")
    assert plain(page.inner_text("#worst")).startswith(
        "Worst case (wet season, night, no aircraft): 4%."
    )
    assert page.get_attribute("#lead", "role") == "status"


def test_marking_disclaimer_and_fictional_label_are_always_there(page):
    for theme in ("protection", "response", "threat"):
        page.click(f"[data-theme={theme}]")
        assert page.inner_text("#marking") == page.inner_text("#marking-foot") == "UNCLASSIFIED"
        assert page.is_visible("#fictional")
        assert "do not imply official endorsement" in page.inner_text("#disclaimer")
        assert "Reachable is not answered" in page.inner_text("#disclaimer")


def test_choosing_a_case_changes_sentence_and_colours(page):
    before = page.locator("[data-kind=site] .class-n").count()
    page.click("[data-case='7']")
    assert lead(page).startswith("By night in the wet season without aircraft, 4% of displaced")
    assert page.locator("[data-kind=site] .class-n").count() > before
    assert page.get_attribute("[data-case='7']", "aria-checked") == "true"


def test_arrow_keys_move_through_the_matrix_and_pass_over_impossible_cases(page):
    page.focus("[data-case='2']")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("[aria-checked=true][data-case]", "data-case") == "0"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("[aria-checked=true][data-case]", "data-case") == "4"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.case") == "7"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.case") == "7"
    assert page.is_disabled("[data-case='1']")


def test_list_is_the_zones_in_order_and_the_discs_on_the_map_match(page, sample_findings):
    names = page.locator("#list .name > span:first-child").all_inner_texts()
    assert names == list(sample_findings.zones["name"])
    assert page.locator(".disc-number").all_text_contents() == ["1", "2"]


def test_zone_card_takes_the_place_of_the_list_and_back_has_the_focus(page):
    page.focus("[data-zone='0']")
    page.keyboard.press("Enter")
    assert not page.is_visible("#list")
    assert page.inner_text("#card h2 span:last-child") == "Golf camp"
    assert "Road patrol from Charlie, 34 km away" in plain(page.inner_text("#card .why"))
    assert page.evaluate("document.activeElement.className") == "back"
    page.keyboard.press("Enter")
    assert page.is_visible("#list")
    assert page.evaluate("document.activeElement.dataset.zone") == "0"


def test_site_card_gives_times_by_mover_and_condition(page):
    page.evaluate("document.querySelector('#search').value = 'Echo camp'")
    page.evaluate("document.querySelector('#find').requestSubmit()")
    road = page.locator("#card tbody tr").first.locator("td").all_inner_texts()
    assert [plain(time) for time in road] == ["1.7 h", "2.2 h", "5 h", "6.5 h"]
    assert page.locator("#card td.now").count() == 3
    assert plain(page.inner_text("#card .why")) == (
        "Only if an aircraft flies: Helicopter Mi-8 from Alfa reaches it in 40 min."
    )
    page.click(".back")


@pytest.mark.parametrize("closer", [-0.5, 0, 0.5, 1.5])
def test_triangle_opens_the_card_of_its_site_at_every_zoom(page, closer):
    page.evaluate("by => map.setZoom(map.getZoom() + by, {animate: false})", closer)
    camp = page.evaluate("data.places.sites.findIndex((s) => s.name === 'Golf camp')")
    lat, lon = page.evaluate("i => [data.places.sites[i].lat, data.places.sites[i].lon]", camp)
    if closer > 0:
        page.evaluate("at => map.panTo(at, {animate: false})", [lat, lon])
    box = page.locator(f"[data-kind=site][data-index='{camp}'] path.site").bounding_box()
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.88 * box["height"])
    assert page.inner_text("#card h2 span:last-child") == "Golf camp"
    assert page.evaluate("state.selected.kind") == "site"


def test_legend_says_what_a_level_of_threat_is(page):
    page.click("[data-theme=threat]")
    legend = page.inner_text("#legend")
    assert "T5 very high: the 5% of the area with most expected incidents" in legend
    assert "T2 low: the next 20%" in legend
    assert "T? no reports, unknown" in legend
    assert "relative to this theatre" in legend


def test_escape_closes_a_card(page):
    page.click("[data-zone='1']")
    page.keyboard.press("Escape")
    assert page.is_visible("#list")


def test_base_is_a_button_with_a_card(page):
    base = page.locator("[data-kind=base]").first
    assert base.get_attribute("aria-label") == "Alfa, Force headquarters"
    base.focus()
    page.keyboard.press("Enter")
    assert "First to reach 3 sites in time" in page.inner_text("#card .why")
    assert "Helicopter Mi-8" in page.inner_text("#card dl")


def test_hostile_name_is_shown_as_text_and_nothing_ran(page):
    page.evaluate(
        "index => document.querySelector(`[data-kind=site][data-index='${index}']`)"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))",
        page.evaluate("name => data.places.sites.findIndex((s) => s.name === name)", HOSTILE_NAME),
    )
    assert page.inner_text("#card h2 span:last-child") == HOSTILE_NAME
    assert page.locator("img").count() == 0
    assert page.evaluate("window.alerts") == 0


def test_incidents_are_off_at_load_and_hostile_notes_are_text(page):
    assert not page.is_visible("#strip")
    page.check("[data-layer=incidents]")
    signs = page.locator("[data-kind=incidents]")
    assert signs.count() > 0
    notes = ""
    for sign in signs.all():
        sign.dispatch_event("click")
        notes += page.inner_text("#card")
    assert HOSTILE_NOTE in notes
    assert "must never be shown" not in notes
    assert page.locator("#card svg").count() == 0
    assert page.evaluate("window.alerts") == 0


def test_slider_moves_the_twelve_months(page):
    page.check("[data-layer=incidents]")
    assert plain(page.inner_text("#strip-window")) == "12 months to Jun 2024"
    assert page.inner_text("#strip-counts") == "7 events · 4 on civilians"
    page.fill("#window", "11")
    assert plain(page.inner_text("#strip-window")) == "12 months to Jan 2023"
    assert page.inner_text("#strip-counts") == "3 events · 1 on civilians"
    page.fill("#window", "28")


@pytest.mark.parametrize(
    ("layer", "selector"),
    [("sites", "[data-kind=site]"), ("roads", "path.road"), ("areas", "path.area")],
)
def test_layers_can_be_switched_off_and_on(page, layer, selector):
    drawn = page.locator(selector).count()
    assert drawn > 0
    page.uncheck(f"[data-layer={layer}]")
    assert page.locator(selector).count() == 0
    page.check(f"[data-layer={layer}]")
    assert page.locator(selector).count() == drawn


def test_only_protection_colours_the_sites(page):
    colour = "e => getComputedStyle(e).fill"
    site = page.locator(".site.class-p").first
    assert site.evaluate(colour) == "rgb(47, 126, 166)"
    page.click("[data-theme=threat]")
    assert page.locator(".site.class-p").first.evaluate(colour) == "rgb(23, 36, 43)"


def test_surface_is_painted_in_the_colours_of_the_theme(page):
    pixel = (
        "() => { const c = document.querySelector('.leaflet-surface-pane canvas');"
        "const base = data.bases[0]; const p = map.latLngToContainerPoint([base.lat, base.lon]);"
        "const copy = document.createElement('canvas').getContext('2d', {willReadFrequently: true});"
        "copy.drawImage(c, p.x + 30, p.y + 30, 1, 1, 0, 0, 1, 1);"
        "return [...copy.getImageData(0, 0, 1, 1).data]; }"
    )
    assert page.evaluate(pixel)[:3] == pytest.approx([0xBB, 0xDA, 0xE6], abs=2)
    page.click("[data-theme=response]")
    assert page.evaluate(pixel)[:3] == pytest.approx([0x0B, 0x4F, 0x78], abs=2)


def test_whole_theatre_shows_the_first_nine_zones_and_a_closer_look_all(page):
    shown = "zone => overlay.zoneShown(zone, 20)"
    assert page.evaluate(shown, {"rank": 9})
    assert not page.evaluate(shown, {"rank": 10})
    page.click("#zoom button >> nth=0")
    page.click("#zoom button >> nth=0")
    assert page.evaluate(shown, {"rank": 10})


def test_search_finds_names_and_grid_references(page):
    centre = "() => { const c = map.getCenter(); return [c.lng, c.lat]; }"
    page.fill("#search", "26P NR 4248 6292")
    page.press("#search", "Enter")
    assert page.evaluate(centre) == pytest.approx([-26.6119, 9.6156], abs=0.01)
    page.fill("#search", "november")
    page.press("#search", "Enter")
    assert page.inner_text("#card h2 span:last-child") == "November"
    page.fill("#search", "zzz")
    page.press("#search", "Enter")
    assert "Nothing found" in page.evaluate("document.querySelector('#search').validationMessage")
    page.fill("#search", "36N UL 4475 3624")
    page.press("#search", "Enter")
    assert "outside the map" in page.evaluate("document.querySelector('#search').validationMessage")
    page.fill("#search", "")


def test_grid_references_agree_with_the_mgrs_library(page):
    rng = random.Random(3)
    points = [(rng.uniform(-180, 180), rng.uniform(-79.9, 83.9)) for _ in range(400)]
    points += [(rng.uniform(0, 42), rng.uniform(56, 83.9)) for _ in range(100)]
    converter = mgrs.MGRS()
    expected = [converter.toMGRS(lat, lon, MGRSPrecision=4) for lon, lat in points]
    found = page.evaluate("points => points.map(([x, y]) => grid.mgrs(x, y))", points)
    assert [f.replace(" ", "") for f in found] == [e.zfill(13) for e in expected]


def test_grid_references_lead_back_to_their_square(page):
    rng = random.Random(4)
    points = [(rng.uniform(-180, 180), rng.uniform(-79.9, 83.9)) for _ in range(300)]
    back = page.evaluate("points => points.map(([x, y]) => grid.position(grid.mgrs(x, y)))", points)
    for (lon, lat), found in zip(points, back, strict=True):
        assert found[1] == pytest.approx(lat, abs=1e-4)
        assert (found[0] - lon + 180) % 360 - 180 == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    "text", ["", "Juba", "36N", "61N UL 1 1", "36I UL 1 1", "36N UL 123", "36N AL 1 1"]
)
def test_text_that_is_no_grid_reference_is_no_position(page, text):
    assert page.evaluate("text => grid.position(text)", text) is None


def test_poles_have_no_grid_reference(page):
    assert page.evaluate("[grid.mgrs(0, 85), grid.mgrs(0, -81)]") == ["", ""]


def test_zoom_buttons_zoom_and_scale_bar_follows(page):
    before = page.evaluate("map.getZoom()"), page.inner_text("#scale-text")
    for _ in range(4):
        page.click("#zoom button >> nth=0")
    assert page.evaluate("map.getZoom()") == before[0] + 2
    assert page.inner_text("#scale-text") != before[1]
    for _ in range(4):
        page.click("#zoom button >> nth=1")


def test_every_control_has_a_name_and_order_is_search_matrix_list_layers(page):
    page.focus("#skip")
    order = []
    for _ in range(14):
        order.append(
            page.evaluate(
                "(() => { const e = document.activeElement;"
                "return e.id || (e.closest('[id]') || {}).id; })()"
            )
        )
        page.keyboard.press("Tab")
    first = [order.index(part) for part in ("skip", "search", "conditions", "list", "layers")]
    assert first == sorted(first)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, [role=button]')].filter((e) =>"
        "!(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label'))).length"
    )
    assert unnamed == 0


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (820, 1100)])
def test_nothing_runs_over_the_edge_of_the_screen(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(50)
    assert page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
        " && document.documentElement.scrollHeight <= innerHeight"
    )
    for part in ("#marking", "#lead", "#list", "#view", "#sources", "#disclaimer", "#marking-foot"):
        box = page.locator(part).bounding_box()
        assert box["width"] > 0, part
        assert box["y"] + box["height"] <= height + 0.5, part


def test_on_a_phone_the_map_has_the_screen_and_the_list_follows_below(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = {name: page.locator(name).bounding_box() for name in ("#view", "#answer", "#list")}
    assert box["#view"]["height"] > 844 / 2
    assert box["#view"]["width"] == box["#answer"]["width"] == 390
    bottoms = [b["y"] + b["height"] for b in box.values()]
    assert box["#answer"]["y"] >= bottoms[0] - 0.5
    assert box["#list"]["y"] >= bottoms[1] - 0.5
    legend, furniture = (page.locator(n).bounding_box() for n in ("#legend", "#furniture"))
    assert legend["y"] + legend["height"] <= furniture["y"]


def test_theatre_fits_between_the_panels(page):
    inside = page.evaluate(
        "(() => { const [w, s, e, n] = data.bounds; const b = map.getBounds();"
        "return b.getWest() < w && b.getEast() > e && b.getSouth() < s && b.getNorth() > n; })()"
    )
    assert inside


@pytest.mark.parametrize("shape", [0.7, 1.4, 3.0])
def test_scale_bar_and_position_cover_nothing_of_the_theatre(browser, map_file, tmp_path, shape):
    text = map_file.read_text(encoding="utf-8")
    boxes = r'("bounds": ?\[)([^,]*),([^,]*),[^,]*,([^\]]*)\]'
    west, south, north = map(float, re.search(boxes, text).groups()[1:])
    changed = tmp_path / "map.html"
    wide = rf"\g<1>{west},{south},{west + shape * (north - south)},{north}]"
    changed.write_text(re.sub(boxes, wide, text), encoding="utf-8")
    fresh = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True).new_page()
    fresh.goto(changed.as_uri())
    fresh.wait_for_selector("html[data-ready=yes]")
    furniture, view = (fresh.locator(part).bounding_box() for part in ("#furniture", "#view"))
    lowest = fresh.evaluate("map.latLngToContainerPoint([data.bounds[1], data.bounds[2]]).y")
    assert view["y"] + lowest < furniture["y"]
    fresh.context.close()


def test_no_error_in_the_whole_visit(opened):
    page, seen = opened
    assert seen["errors"] == []
    assert len(seen["requests"]) == 1
    assert page.evaluate("window.alerts") == 0


def legend_of(browser, findings, path) -> str:
    write_map(findings, path, made=MADE, version="1.2.3")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    legend = page.inner_text("#legend")
    page.close()
    return legend


def test_legend_names_each_kind_of_restricted_area_that_is_drawn(
    browser, sample_findings, tmp_path
):
    layer = sample_findings.layers["areas"]
    for kind, words in (
        ("mined", "mined"),
        ("host_state", "forbidden or restricted by the host state"),
        ("closure", "closure"),
    ):
        # The closure of the made-up run shall be of this kind instead.
        table = layer.table.assign(kind=layer.table["kind"].replace("closure", kind))
        areas = dataclasses.replace(layer, table=table)
        found = dataclasses.replace(
            sample_findings, layers={**sample_findings.layers, "areas": areas}
        )
        lines = legend_of(browser, found, tmp_path / f"{kind}.html").splitlines()
        named = {"mined", "closure", "forbidden or restricted by the host state"} & set(lines)
        assert named == {words}
