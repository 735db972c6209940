"""The printed map: geometry by hand, labels by brute force, text that stays text."""

import dataclasses
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.report.drawing import class_areas, coverage_map, seen_roads
from geo_poc.report.frame import WIDTH, Frame, frame_of, metres
from geo_poc.report.labels import Box, Wanted, moved_clear, placed
from geo_poc.report.svg import element, nice_length, number, path_data
from geo_poc.report.symbols import site_symbol
from geo_poc.report.typeset import line_count, printable, shortened, width_em, width_mm

PAGE = Box(0.0, 0.0, 100.0, 100.0)
corners = st.integers(0, 90)
sizes = st.integers(1, 20)


@pytest.fixture(scope="module")
def drawing(sample_findings):
    return ET.fromstring(coverage_map(sample_findings))


def test_line_is_written_as_steps_of_a_tenth():
    line = shapely.LineString([(1, 1), (2.26, 1), (2.26, 0.5)])
    assert path_data(line) == "M1 1l1.3 0l0 -0.5"


def test_ring_with_a_hole_closes_both_rings():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert path_data(ring).count("z") == path_data(ring).count("M") == 2


@pytest.mark.parametrize(
    "seen",
    [shapely.Point(1, 1), shapely.LineString([(0, 0), (0.01, 0)]), shapely.box(0, 0, 0.02, 0.02)],
)
def test_what_has_no_extent_on_paper_is_not_drawn(seen):
    assert path_data(seen) == ""


def test_lines_of_a_collection_are_drawn_one_by_one():
    both = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 5), (6, 5)]])
    assert path_data(both) == "M0 0l1 0M5 5l1 0"


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000)), min_size=2, max_size=12))
def test_steps_of_a_path_lead_to_its_last_point(points):
    line = shapely.LineString(np.array(points) / 10.0)
    steps = re.findall(r"[Ml](-?[\d.]+) (-?[\d.]+)", path_data(line))
    if steps:
        ends = np.array(steps, dtype=float).sum(axis=0)
        assert np.allclose(ends, np.array(points[-1]) / 10.0)


def test_numbers_have_one_decimal_and_no_negative_zero():
    assert [number(x) for x in (1.26, -0.02, 386.0, 123456.78)] == ["1.3", "0", "386", "123456.8"]


def test_scale_bar_is_the_longest_round_length_that_fits():
    assert [nice_length(x) for x in (1.0, 1.99, 2.0, 4.99, 99_000.0)] == [1, 1, 2, 2, 50_000]


def test_hostile_text_in_a_drawing_stays_text():
    root = ET.Element("svg")
    element(root, "text", {"class": '"><script>'}, text="<script>alert(1)</script>\x00\u202e")
    again = ET.fromstring(ET.tostring(root, encoding="unicode"))
    assert [child.tag for child in again.iter()] == ["svg", "text"]
    assert again[0].text == "<script>alert(1)</script>"


def test_frame_shows_the_whole_area_with_a_margin_and_north_up():
    frame = frame_of(shapely.box(0, 0, 100_000, 100_000))
    west, south, east, north = frame.bounds_m
    assert (west < 0, east > 100_000) == (True, True)
    assert (south < 0, north > 100_000) == (True, True)
    (_, y_south), (_, y_north) = frame.point(0, 0), frame.point(0, 100_000)
    assert 0 < y_north < y_south < frame.height
    assert frame.width == WIDTH


@given(st.integers(1, 50), st.integers(1, 50))
def test_frame_has_one_scale_and_never_cuts_the_area(width, height):
    frame = frame_of(shapely.box(0, 0, width * 1e4, height * 1e4))
    corners = [frame.point(0, 0), frame.point(width * 1e4, height * 1e4)]
    assert all(0 <= x <= frame.width and 0 <= y <= frame.height for x, y in corners)
    assert 220 <= frame.height <= 284


def test_geometry_is_cut_to_the_frame():
    frame = Frame(left_m=0.0, top_m=1000.0, m_per_unit=10.0, width=100.0, height=100.0)
    (line,) = frame.drawn([shapely.LineString([(-5000, 500), (5000, 500)])])
    assert line.bounds == (0.0, 50.0, 100.0, 50.0)


def test_sites_come_back_to_where_they_are(sample_findings):
    x_m, y_m = metres(sample_findings.theatre, sample_findings.coverage.places)
    assert np.allclose(x_m[:2], [-20_000, -38_000], atol=0.1)
    assert np.allclose(y_m[:2], [10_000, -30_000], atol=0.1)


@st.composite
def labels(draw):
    left, top = draw(corners), draw(corners)
    symbol = Box(left, top, left + draw(sizes) / 4, top + draw(sizes) / 4)
    return Wanted(symbol=symbol, width=draw(sizes), height=draw(sizes), needed=False)


@given(st.lists(labels(), max_size=12))
def test_labels_never_cover_a_symbol_or_each_other(wanted):
    symbols = [label.symbol for label in wanted]
    boxes = [box for box in placed(wanted, obstacles=symbols, frame=PAGE) if box is not None]
    assert all(PAGE.holds(box) for box in boxes)
    assert all(box.overlap(symbol) == 0 for box in boxes for symbol in symbols)
    assert all(a.overlap(b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])


def test_needed_label_is_drawn_even_where_there_is_no_free_position():
    label = Wanted(symbol=Box(50, 50, 52, 52), width=10, height=4, needed=True)
    assert placed([label], obstacles=[PAGE], frame=PAGE)[0] is not None
    free = dataclasses.replace(label, needed=False)
    assert placed([free], obstacles=[PAGE], frame=PAGE) == [None]


def test_disc_moves_off_what_is_already_there():
    taken = [Box(45, 45, 55, 55)]
    box = moved_clear(6, at=(50, 50), taken=taken, frame=PAGE)
    assert box.overlap(taken[0]) == 0
    assert PAGE.holds(box)


def test_disc_outside_the_frame_still_has_a_place():
    assert moved_clear(6, at=(500, 500), taken=[], frame=PAGE) == Box(497, 497, 503, 503)


def test_triangles_tell_class_size_and_unknown_people():
    assert [site_symbol("P", n) for n in (499.0, 500.0, 2500.0)] == ["s-p-0", "s-p-1", "s-p-2"]
    assert site_symbol("N", float("nan")) == "s-n-h"


# Camps: c1 P 10,000; c2 C 4,000; c3 P 800; c4 C unknown; c5 N 2,400; c6 N 2,800.
def test_map_shows_every_site_of_the_headline_once(drawing):
    used = sorted(use.get("href") for use in drawing.iter("use"))
    assert used == ["#s-c-2", "#s-c-h", "#s-n-1", "#s-n-2", "#s-p-1", "#s-p-2"]


def test_map_names_every_base_and_numbers_every_zone(drawing):
    words = {text.text for text in drawing.iter("text")}
    assert {"Alfa", "Bravo", "Charlie", "1", "2", "N"} <= words


def test_map_is_small_and_names_nothing_outside_itself(sample_findings):
    drawn = coverage_map(sample_findings)
    assert len(drawn) < 250_000
    assert "http" not in drawn


def test_map_is_drawn_without_water_roads_limits_or_zones(sample_findings):
    bare = {
        name: dataclasses.replace(layer, table=layer.table.head(0))
        if name in {"areas", "roads"}
        else layer
        for name, layer in sample_findings.layers.items()
    }
    found = dataclasses.replace(sample_findings, layers=bare, zones=sample_findings.zones.head(0))
    assert ET.fromstring(coverage_map(found)).tag == "svg"


def test_class_areas_cover_the_cells_of_their_class(sample_findings):
    areas = class_areas(sample_findings)
    letters = sample_findings.coverage.cell_class
    assert set(areas) == set(np.unique(letters)) - {""}
    cell_m2 = sample_findings.theatre.grid.cell_size_m**2
    for letter, area in areas.items():
        assert area.area == pytest.approx((letters == letter).sum() * cell_m2, rel=0.3)


def test_roads_are_left_out_from_the_lowest_class_up(sample_findings, monkeypatch):
    roads = sample_findings.layers["roads"].table.assign(road_class=["trunk", "tertiary", "track"])
    frame = frame_of(sample_findings.theatre.area)
    assert len(seen_roads(roads, frame)) == 2
    monkeypatch.setattr("geo_poc.report.drawing._MOST_ROAD_BYTES", 1)
    assert len(seen_roads(roads, frame)) == 1


def test_text_is_never_estimated_narrower_than_its_letters():
    assert width_em("iii") < width_em("nnn") < width_em("NNN") < width_em("WWW")
    assert width_em("\u65e5") == 1.0
    assert width_em("e\u0301") == width_em("e")
    assert width_mm("n", size_pt=72.0) == pytest.approx(0.6 * 25.4)


@given(st.text(max_size=60), st.integers(5, 80))
def test_wider_columns_never_need_more_lines(text, width):
    narrow = line_count(text, width_mm=width, size_pt=9.0)
    assert 1 <= line_count(text, width_mm=width * 3, size_pt=9.0) <= narrow


@given(st.text(max_size=40), st.integers(2, 20))
def test_shortened_text_is_never_longer_and_says_when_it_was_cut(text, longest):
    cut = shortened(text, longest=longest)
    assert len(cut) <= longest
    assert cut == shortened(text, longest=99) or cut.endswith("…")
    assert printable(cut) == cut


def test_large_towns_are_named_and_small_ones_are_not(sample_findings):
    places = sample_findings.coverage.places
    people = places["people"].where(places["name"] != "Kilo", 90_000.0)
    coverage = dataclasses.replace(sample_findings.coverage, places=places.assign(people=people))
    found = ET.fromstring(coverage_map(dataclasses.replace(sample_findings, coverage=coverage)))
    words = {text.text for text in found.iter("text")}
    assert "Kilo" in words
    assert "Juliett" not in words


def test_number_of_a_zone_under_a_base_moves_off_it_on_a_line(sample_findings):
    bases = sample_findings.layers["bases"].table.geometry
    zones = sample_findings.zones.set_geometry(bases.head(2).buffer(3_000).to_numpy())
    found = ET.fromstring(coverage_map(dataclasses.replace(sample_findings, zones=zones)))
    assert len(list(found.iter("line"))) == 2


def test_crowded_company_bases_lose_their_name_before_a_headquarters(sample_findings):
    layer = sample_findings.layers["bases"]
    crowd = layer.table.loc[[0] + [1] * 40].reset_index(drop=True)
    crowd = crowd.set_geometry(crowd.geometry.iloc[:1].repeat(41).to_numpy())
    layers = {**sample_findings.layers, "bases": dataclasses.replace(layer, table=crowd)}
    found = ET.fromstring(coverage_map(dataclasses.replace(sample_findings, layers=layers)))
    words = [text.text for text in found.iter("text")]
    assert words.count("Alfa") == 1
    assert words.count("Bravo") < 40
