"""What the map says is what was found, and nothing that it must not say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.coverage.findings import Findings
from geo_poc.maps import map_document
from geo_poc.maps.cases import headline as headline_of
from geo_poc.maps.columns import packed, packed_lines, unpacked
from geo_poc.maps.credits import credits_of
from geo_poc.maps.incidents import incidents as incidents_of
from geo_poc.maps.labels import labels as labels_of
from geo_poc.maps.lines import drawing as drawing_of
from geo_poc.maps.sites import bases as bases_of
from geo_poc.maps.surfaces import CLASS_CODES, band_codes, class_codes
from geo_poc.maps.zones import reason_sentence
from geo_poc.maps.zones import zones as zones_of
from geo_poc.plan import Conditions

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)
HOSTILE_NAME = "<img src=x onerror=alert(1)>${1+1}</script>"
WET_DAY_AIR, WET_NIGHT_GROUND, DRY_NIGHT_AIR = 2, 7, 1


@pytest.fixture(scope="module")
def document(sample_findings):
    return map_document(sample_findings, made=MADE, version="1.2.3")


def sentence(pieces) -> str:
    return "".join(text for text, _ in pieces).replace("\u00a0", " ")


def changed(findings: Findings, **parts) -> Findings:
    fields = {f.name: getattr(findings, f.name) for f in dataclasses.fields(findings)}
    return Findings(**(fields | parts))


def with_zone(findings: Findings, **columns) -> Findings:
    return changed(findings, zones=findings.zones.assign(**columns))


def test_document_is_json_and_the_same_every_time(sample_findings, document):
    again = map_document(sample_findings, made=MADE, version="1.2.3")
    assert json.dumps(again, allow_nan=False) == json.dumps(document, allow_nan=False)


def test_map_opens_on_the_plans_own_case_with_aircraft(document):
    head = document["headline"]
    assert head["first"] == WET_DAY_AIR
    assert sentence(head["cases"][WET_DAY_AIR]["lead"][0]) == (
        "By day in the wet season, 54% of displaced people at known sites are protected within 3 h; "
        "20% more only if an aircraft flies."
    )
    assert sentence(head["cases"][WET_DAY_AIR]["bad"]) == (
        "5,200 displaced people at sites are not protected; 2,800 cannot be reached in 24 h by any asset. "
        "2 zones of raised threat with 10,000 residents and displaced people are reached by nobody "
        "in 3 h."
    )


def test_worst_case_and_unknown_people_stand_beside_the_headline(document):
    head = document["headline"]
    assert sentence(head["worst"]) == "Worst case (wet season, night, no aircraft): 4%."
    assert head["unknown"] == "1 of 6 sites has no number of people and is not in these shares."


def test_matrix_has_eight_cases_and_none_with_aircraft_at_night(document):
    cases = document["headline"]["cases"]
    none = "\u2013"
    assert [c["share"] for c in cases] == ["74%", none, "74%", none, "74%", "74%", "54%", "4%"]
    assert [c["possible"] for c in cases] == [True, False, True, False, True, True, True, True]
    assert cases[DRY_NIGHT_AIR]["lead"] == []


def test_class_bar_of_a_case_is_its_shares(document):
    bar = document["headline"]["cases"][WET_DAY_AIR]["bar"]
    assert [(b["letter"], b["width"]) for b in bar] == [("P", 54.0), ("C", 20.0), ("N", 26.0)]
    night = document["headline"]["cases"][WET_NIGHT_GROUND]["bar"]
    assert [b["text"] for b in night] == ["P 4%", "N 96%"]


def test_case_without_known_times_is_a_question_mark_and_counts_nobody_as_protected(
    sample_findings,
):
    coverage = sample_findings.coverage
    wet_night = (coverage.classes["season"] == "wet") & (coverage.classes["light"] == "night")
    classes = coverage.classes.assign(**{"class": coverage.classes["class"].mask(wet_night, "?")})
    unknown = changed(sample_findings, coverage=dataclasses.replace(coverage, classes=classes))
    case = headline_of(unknown)["cases"][WET_NIGHT_GROUND]
    assert case["share"] == "?"
    assert "response times are unknown" in sentence(case["lead"][0])
    assert sentence(case["bad"]) == "6 sites are not assessed, because their time is unknown."


def test_sites_without_any_number_of_people_are_counted_instead(sample_findings):
    coverage = sample_findings.coverage
    nobody = dataclasses.replace(coverage, places=coverage.places.assign(people=np.nan))
    head = headline_of(changed(sample_findings, coverage=nobody))
    first = head["cases"][WET_DAY_AIR]
    assert head["title"].replace("\u00a0", " ") == "Sites reached within 3 h, by condition"
    assert sentence(first["lead"][0]).startswith(
        "By day in the wet season, 33% of known sites are protected within 3 h; 34% more"
    )
    assert sentence(first["bad"]).startswith("2 sites are not protected; how many people")


def test_list_is_the_zones_in_their_order(sample_findings, document):
    assert [z["name"] for z in document["zones"]] == list(sample_findings.zones["name"])
    first, second = document["zones"]
    assert (first["people"], first["sites"], first["threat"]) == ("7,400", "2 sites", 4)
    assert first["nearest"].replace("\u00a0", " ") == "nearest: Charlie, 10 h, Road patrol"
    assert second["nearest"].replace("\u00a0", " ") == "not reached; Alfa is 43 km away"


def test_zone_says_why_in_one_sentence(document):
    reasons = [z["reason"].replace("\u00a0", " ") for z in document["zones"]]
    assert reasons == [
        "Too slow in the wet season: Road patrol from Charlie, 34 km away in a straight line, "
        "takes 10 h.",
        "No way on the ground from Alfa, 43 km away in a straight line, and no aircraft reaches it.",
    ]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("cut_off", "No asset arrives within 24 h"),
        ("closed", "The way from Alfa is closed"),
        ("caveat", "A caveat keeps the contingent of Alfa out"),
        ("beyond_range", "Beyond the range of every asset"),
        ("outside_area", "Outside the area"),
        ("no_asset", "No base has an asset"),
        ("unknown", "The time is unknown"),
        ("something else", "The time is unknown"),
    ],
)
def test_every_reason_has_its_sentence(sample_findings, reason, words):
    zones = with_zone(sample_findings, reason=reason).zones
    row = list(zones.itertuples(index=False))[1]
    assert reason_sentence(sample_findings, row).replace("\u00a0", " ").startswith(words)


def test_zone_times_are_those_of_its_own_cell(sample_findings, document):
    road = sample_findings.travel[6]
    assert (road.mover, str(road.conditions)) == ("wheeled_patrol", "wet_day")
    row, col = sample_findings.theatre.grid.cell_of(np.array([42_500.0]), np.array([-42_500.0]))
    cell = document["zones"][0]["times"][0][2]
    assert cell["seconds"] == round(float(road.cell_seconds[row[0], col[0]]))
    assert document["bases"][cell["base"]]["name"] == "Charlie"
    assert document["zones"][0]["times"][2][3]["time"] == "no flight"


def test_zone_is_judged_by_the_cell_whose_time_it_has(sample_findings):
    road = sample_findings.travel[6]
    row, col = sample_findings.theatre.grid.cell_of(np.array([37_500.0]), np.array([-37_500.0]))
    own_s = float(road.cell_seconds[row[0], col[0]])
    moved = with_zone(sample_findings, seconds=[own_s, np.inf])
    zone = zones_of(moved)[0]
    assert zone["times"][0][2]["seconds"] == round(own_s)


def test_case_in_which_every_late_site_is_reached_at_last_leaves_the_cut_off_out(sample_findings):
    coverage = sample_findings.coverage
    answers = coverage.answers.assign(seconds=coverage.answers["seconds"].clip(upper=80_000.0))
    slow = changed(sample_findings, coverage=dataclasses.replace(coverage, answers=answers))
    assert sentence(headline_of(slow)["cases"][WET_DAY_AIR]["bad"]).startswith(
        "5,200 displaced people at sites are not protected. 2 zones"
    )


def test_worst_case_is_unknown_where_no_case_could_be_assessed(sample_findings):
    coverage = sample_findings.coverage
    classes = coverage.classes.assign(**{"class": "?"})
    unknown = changed(sample_findings, coverage=dataclasses.replace(coverage, classes=classes))
    assert sentence(headline_of(unknown)["worst"]).startswith("The worst case is unknown")


def test_sites_that_all_have_a_number_are_said_to(sample_findings):
    coverage = sample_findings.coverage
    places = coverage.places.assign(people=coverage.places["people"].fillna(100.0))
    known = changed(sample_findings, coverage=dataclasses.replace(coverage, places=places))
    assert headline_of(known)["unknown"] == "Every site has a number of people."


def test_zone_without_a_site_says_so(sample_findings):
    zones = zones_of(with_zone(sample_findings, sites=0))
    assert [z["sites"] for z in zones] == ["no known site"] * 2


@pytest.mark.parametrize("reference", ["", "26P PR 1"])
def test_zone_without_a_usable_grid_reference_is_judged_inside_its_outline(
    sample_findings, reference
):
    zones = with_zone(sample_findings, mgrs=reference)
    zone = zones_of(zones)[0]
    x, y = zone["lon"], zone["lat"]
    inside = zones.zones.to_crs("EPSG:4326").geometry.iloc[0]
    assert inside.contains(shapely.Point(x, y))


def test_zone_outside_the_grid_has_no_times(sample_findings):
    zone = zones_of(with_zone(sample_findings, mgrs="36N UL 4475 3624"))[0]
    assert {cell["base"] for row in zone["times"] for cell in row} == {-1}


def test_site_has_one_letter_a_case_air_on_before_air_off(document):
    sites = {s["id"]: s for s in document["places"]["sites"]}
    assert sites["c2"]["classes"] == "PPCNPPNN"
    assert sites["p4"]["classes"] == "PP??PP??"


def test_people_unknown_are_unknown_not_zero(document):
    site = next(s for s in document["places"]["sites"] if s["id"] == "c4")
    assert (site["people"], site["size"]) == ("unknown", -1)


def test_estimates_are_called_estimates(document):
    labels = {s["id"]: s["people_label"] for s in document["places"]["sites"]}
    assert labels["c2"] == "people (estimate)"
    assert labels["c1"] == "people"


def test_time_equal_to_the_standard_is_in_time(document):
    site = next(s for s in document["places"]["sites"] if s["id"] == "c1")
    texts = document["places"]["texts"]
    on_time, late = site["times"][0][2], site["times"][0][3]
    assert (texts[on_time[0]].replace("\u00a0", " "), on_time[1]) == ("3 h", 0)
    assert (texts[late[0]].replace("\u00a0", " "), late[1]) == ("3.3 h", 1)


def test_every_missing_time_says_why(document):
    sites = {s["id"]: s for s in document["places"]["sites"]}
    texts = document["places"]["texts"]
    words = {
        (site, mover): [texts[a[0]] for a in sites[site]["times"][mover]]
        for site, mover in (("c6", 0), ("c6", 2), ("p4", 0))
    }
    assert words["c6", 0] == ["no way"] * 4
    assert words["c6", 2] == ["closed", "no flight", "closed", "no flight"]
    assert words["p4", 0][2:] == ["unknown", "unknown"]


def test_base_tells_whom_it_reaches_first(document):
    alfa, bravo, charlie = document["bases"]
    assert alfa["serves"][WET_DAY_AIR] == "First to reach 3 sites in time, with 44,000 people."
    assert bravo["serves"][WET_NIGHT_GROUND] == "First to reach 1 site in time, with 800 people."
    assert charlie["strength"] == "unknown"


def test_base_symbol_shows_strength_only_where_known(document):
    assert [(b["symbol"], b["mark"]) for b in document["bases"]] == [
        ("fhq", "II"),
        ("cob", "I"),
        ("tob", ""),
    ]


def test_base_that_serves_only_sites_of_unknown_size_says_so(sample_findings):
    coverage = sample_findings.coverage
    nobody = dataclasses.replace(coverage, places=coverage.places.assign(people=np.nan))
    bases = bases_of(changed(sample_findings, coverage=nobody))
    assert bases[0]["serves"][WET_DAY_AIR] == (
        "First to reach 3 sites in time; how many people live there is unknown."
    )


def test_candidate_base_is_told_from_one_that_exists(sample_findings):
    layer = sample_findings.layers["bases"]
    roles = dataclasses.replace(
        layer, table=layer.table.assign(role=["fixed", "closable", "candidate"])
    )
    bases = bases_of(changed(sample_findings, layers={**sample_findings.layers, "bases": roles}))
    assert [b["candidate"] for b in bases] == [False, False, True]
    assert [b["facts"][3][1] for b in bases] == [
        "fixed",
        "can be closed",
        "candidate, does not exist yet",
    ]


def test_assets_are_given_to_the_bases_that_the_plan_names(sample_findings, document):
    assert document["bases"][0]["facts"][0] == ("Assets", "Road patrol, On foot, Helicopter Mi-8")
    assert document["bases"][1]["facts"][0] == ("Assets", "Road patrol, On foot")
    plan = sample_findings.plan
    one = dataclasses.replace(plan, assets=[dataclasses.replace(plan.assets[0], bases=["Bravo"])])
    bases = bases_of(changed(sample_findings, plan=one))
    assert [b["facts"][0][1] for b in bases] == [
        "none in the plan",
        "Road patrol",
        "none in the plan",
    ]


def test_sensitive_incident_is_counted_and_nowhere_else(document):
    incidents = document["incidents"]
    assert incidents["count"] == 11
    assert sum(incidents["monthly"]) == 11
    assert "1 sensitive record is not shown." in incidents["note"]
    assert "must never be shown" not in json.dumps(document)
    assert "28 MAY 24" not in json.dumps(incidents, ensure_ascii=False).replace("\u00a0", " ")


def test_incident_known_only_to_a_district_is_not_drawn(document):
    assert unpacked(document["incidents"]["drawn"]).tolist() == [1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1]
    assert "2 incidents known only to a district" in document["incidents"]["note"]


def test_incident_positions_come_back_as_they_were(sample_findings, document):
    table = sample_findings.layers["incidents"].table
    lon = unpacked(document["incidents"]["lon"]) * 1e-5
    first = table.to_crs("EPSG:4326").geometry.iloc[0]
    assert lon[0] == pytest.approx(first.x, abs=1e-5)


def test_months_run_from_the_first_incident_to_the_day_of_the_data(document):
    months = [m.replace("\u00a0", " ") for m in document["incidents"]["months"]]
    assert (months[0], months[-1], len(months)) == ("Feb 2022", "Jun 2024", 29)
    assert document["incidents"]["monthly"][0] == 1
    assert document["incidents"]["monthly_one_sided"][6] == 0


def test_theatre_without_incidents_has_an_empty_year(sample_findings):
    layer = sample_findings.layers["incidents"]
    empty = dataclasses.replace(layer, table=layer.table.iloc[:0])
    threat = dataclasses.replace(sample_findings.threat, newest=None, incidents_used=0)
    findings = changed(
        sample_findings, layers={**sample_findings.layers, "incidents": empty}, threat=threat
    )
    assert incidents_of(findings)["monthly"] == [0] * 12
    assert labels_of(findings)["threat_note"] == "No report was used: every level is unknown."


def test_old_and_undated_sources_say_so(sample_findings):
    bases = sample_findings.sources[3]
    undated = dataclasses.replace(bases, date=None, label="")
    findings = changed(sample_findings, sources=(*sample_findings.sources, undated))
    sources = credits_of(findings, made=MADE, version="1")["sources"]
    ages = {s["text"].replace("\u00a0", " "): s["age"] for s in sources}
    assert ages["Sites: Sample camps 31 JAN 22"] == "(28 months old)"
    assert ages["Roads: Sample roads 31 MAY 24"] == ""
    assert ages["Bases: bases.csv"] == "(date unknown)"


def test_source_from_which_nothing_was_read_is_not_named(sample_findings):
    roads = sample_findings.sources[4]
    empty = dataclasses.replace(roads, label="Nothing", read=0, kept=0, rejected=0)
    findings = changed(sample_findings, sources=(roads, empty))
    sources = credits_of(findings, made=MADE, version="1")["sources"]
    assert [s["text"].replace("\u00a0", " ") for s in sources] == ["Roads: Sample roads 31 MAY 24"]


def test_sources_of_one_layer_and_day_stand_together(sample_findings):
    roads = sample_findings.sources[4]
    tracks = dataclasses.replace(roads, label="Sample tracks")
    sources = credits_of(changed(sample_findings, sources=(roads, tracks)), made=MADE, version="1")[
        "sources"
    ]
    assert [s["text"].replace("\u00a0", " ") for s in sources] == [
        "Roads: Sample roads, Sample tracks 31 MAY 24"
    ]


def test_neighbouring_country_is_named(sample_findings):
    layer = sample_findings.layers["areas"]
    rows = layer.table.iloc[[4]].assign(kind="country", name="Right", id="r")
    box = [shapely.box(60e3, -90e3, 90e3, 90e3)]
    areas = dataclasses.replace(layer, table=rows.set_geometry(box, crs=layer.table.crs))
    findings = changed(sample_findings, layers={**sample_findings.layers, "areas": areas})
    assert [n["name"] for n in drawing_of(findings)["names"]] == ["Right"]


def test_border_is_drawn_and_the_edge_of_the_data_is_not(sample_findings):
    layer = sample_findings.layers["areas"]
    rows = layer.table.iloc[[4, 4]].assign(kind="country", name=["Left", "Right"], id=["l", "r"])
    halves = [shapely.box(-90e3, -90e3, 0, 90e3), shapely.box(0, -90e3, 90e3, 90e3)]
    countries = dataclasses.replace(layer, table=rows.set_geometry(halves, crs=layer.table.crs))
    layers = {**sample_findings.layers, "areas": countries}
    borders = drawing_of(changed(sample_findings, layers=layers))["borders"]
    lon = np.cumsum(unpacked(borders["steps"]).reshape(-1, 2)[:2], axis=0)[:, 0] * 1e-5
    assert unpacked(borders["counts"]).tolist() == [2, 2]
    assert drawing_of(changed(sample_findings, layers=layers))["names"] == []
    assert lon == pytest.approx([-27.0, -27.0], abs=0.001)


def test_one_source_of_two_layers_is_named_once(sample_findings):
    roads = dataclasses.replace(sample_findings.sources[4], layer="areas")
    findings = changed(sample_findings, sources=(sample_findings.sources[4], roads))
    sources = credits_of(findings, made=MADE, version="1")["sources"]
    assert [s["text"].replace("\u00a0", " ") for s in sources] == [
        "Roads, Areas: Sample roads 31 MAY 24"
    ]


def test_fictional_theatre_is_labelled_and_a_real_one_is_not(sample_findings, document):
    assert document["credits"]["fictional"] == "FICTIONAL"
    assert document["credits"]["disclaimer"][0].startswith("Fictional country")
    real = changed(
        sample_findings, theatre=dataclasses.replace(sample_findings.theatre, fictional=False)
    )
    credits_ = credits_of(real, made=MADE, version="1")
    assert credits_["fictional"] == ""
    assert [d[:40] for d in credits_["disclaimer"]] == ["The boundaries and names shown and the d"]


def test_marking_and_dates_are_those_of_the_run(document):
    credits_ = document["credits"]
    assert credits_["marking"] == "UNCLASSIFIED"
    assert credits_["dates"].replace("\u00a0", " ") == (
        "Data 30 JUN 24 · Product 011200Z JUL 24 · geo-poc 1.2.3"
    )


def test_product_date_without_time_zone_is_refused(sample_findings):
    with pytest.raises(ValueError, match="time zone"):
        map_document(sample_findings, made=MADE.replace(tzinfo=None), version="1")


def test_class_of_cells_follows_the_case(sample_findings):
    grid = sample_findings.theatre.grid
    wet = Conditions(season="wet", light="day")
    row, col = (int(i[0]) for i in grid.cell_of(np.array([30_000.0]), np.array([-5_000.0])))
    with_air = class_codes(sample_findings, wet, air=True)
    without = class_codes(sample_findings, wet, air=False)
    # 25 km to Bravo by road at 25 km/h / 3 is 3 h + 15 min: too late; 7.5 + 15 min by air.
    assert CLASS_CODES[with_air[row, col]] == "C"
    assert CLASS_CODES[without[row, col]] == "N"
    assert (with_air == 0).sum() == (sample_findings.coverage.cell_class == "").sum()


def test_bands_are_closed_on_their_upper_hour(sample_findings):
    dry = Conditions(season="dry", light="day")
    travel = [t for t in sample_findings.travel if t.conditions == dry and t.kind == "road"]
    hours = np.array([1.0, 1.001, 3.0, 6.0, 12.0, 12.001, np.inf, np.nan])
    seconds = np.full(travel[0].cell_seconds.shape, np.inf, np.float32)
    seconds[10, 5:13] = hours * 3600.0
    one = dataclasses.replace(travel[0], cell_seconds=seconds)
    codes = band_codes(changed(sample_findings, travel=(one,)), dry, air=True)
    assert codes[10, 5:13].tolist() == [1, 2, 2, 3, 4, 5, 5, 6]


def test_images_cover_the_theatre_and_keep_every_code(sample_findings, document):
    image = document["surfaces"]["threat"]
    pixels = unpacked(image["pixels"])
    assert pixels.size == image["width"] * image["height"]
    assert set(np.unique(pixels).tolist()) - {0} == {1, 2, 3, 4, 5, 6}
    west, south, east, north = image["bounds"]
    assert west < document["bounds"][0] < document["bounds"][2] < east
    assert south < document["bounds"][1] < document["bounds"][3] < north


def test_areas_say_what_they_forbid_and_when(document):
    told = {a["kind"]: a["text"].replace("\u00a0", " ") for a in document["drawing"]["areas"]}
    assert told == {
        "no_fly": "No flight through it.",
        "caveat": "Closed to Contingent X.",
        "closure": "Closed to ground movement. In force from 01 JUN 24 to 31 JUL 24.",
    }


def test_slow_roads_and_tracks_are_drawn_apart(sample_findings):
    layer = sample_findings.layers["roads"]
    slow = dataclasses.replace(layer, table=layer.table.assign(speed_kmh=[20.0, 24.9, np.nan]))
    findings = changed(sample_findings, layers={**sample_findings.layers, "roads": slow})
    roads = drawing_of(findings)["roads"]
    drawn = {kind for kind, lines in roads.items() if len(unpacked(lines["counts"]))}
    assert drawn == {"trunk_slow", "minor_slow", "track"}


def test_theatre_without_areas_or_roads_can_be_drawn(sample_findings):
    layers = dict(sample_findings.layers)
    for name in ("areas", "roads"):
        layers[name] = dataclasses.replace(layers[name], table=layers[name].table.iloc[:0])
    drawing = drawing_of(changed(sample_findings, layers=layers))
    assert drawing["areas"] == []
    assert drawing["names"] == []
    assert len(unpacked(drawing["theatre"]["counts"])) == 1


def test_hostile_names_are_carried_as_they_are(document):
    assert HOSTILE_NAME in [s["name"] for s in document["places"]["sites"]]


@given(st.lists(st.integers(min_value=0, max_value=2**32 - 1), max_size=40))
def test_packed_numbers_come_back(values):
    assert unpacked(packed(np.array(values, dtype=np.int64), "uint32")).tolist() == values


@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=2, max_size=20, unique=True
    )
)
def test_packed_lines_come_back_within_a_metre_or_so(points):
    lines = packed_lines([shapely.MultiLineString([points])])
    steps = unpacked(lines["steps"]).reshape(-1, 2)
    assert np.abs(np.cumsum(steps, axis=0) * 1e-5 - np.array(points)).max() <= 0.51e-5


def test_empty_and_point_geometries_are_no_lines():
    lines = packed_lines([shapely.Point(1, 1), shapely.LineString()])
    assert unpacked(lines["counts"]).tolist() == []


@pytest.mark.parametrize(
    ("missing", "words"),
    [("to_date", "In force from 01 JUN 24."), ("from_date", "In force until 31 JUL 24.")],
)
def test_dates_of_areas_may_be_missing_by_half(sample_findings, missing, words):
    layer = sample_findings.layers["areas"]
    half = layer.table.assign(**{missing: pd.NaT})
    layers = {**sample_findings.layers, "areas": dataclasses.replace(layer, table=half)}
    areas = drawing_of(changed(sample_findings, layers=layers))
    closure = next(a for a in areas["areas"] if a["kind"] == "closure")
    assert closure["text"].replace("\u00a0", " ") == f"Closed to ground movement. {words}"


def test_a_source_is_dated_by_its_newest_record_up_to_the_day_and_else_as_stated(sample_findings):
    events, camps = sample_findings.sources[0], sample_findings.sources[1]
    assert (events.layer, camps.layer) == ("incidents", "camps")
    later = dt.date(2024, 12, 31)
    sources = (
        dataclasses.replace(events, date=later, newest=dt.date(2024, 5, 28)),
        dataclasses.replace(camps, date=later),
    )
    said = credits_of(changed(sample_findings, sources=sources), made=MADE, version="1")["sources"]
    assert [(s["text"].replace("\u00a0", " "), s["age"]) for s in said] == [
        ("Incidents: Sample incidents 28 MAY 24", ""),
        ("Sites: Sample camps 31 DEC 24", "(after the day of the data)"),
    ]
