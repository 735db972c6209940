"""The report's table of sites near which most is expected, and why."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from geo_poc.coverage.findings import Findings
from geo_poc.layers.threat.draws import Draws
from geo_poc.layers.threat.totals import Total
from geo_poc.report.blocks import Paragraph, Table
from geo_poc.report.risk import reasons_in_words, risk_section, riskiest
from geo_poc.report.threat_page import threat_section
from geo_poc.wording import Span

NBSP = chr(160)


def changed(findings: Findings, **columns: list[object]) -> Findings:
    reasons = findings.reasons.copy()
    for name, values in columns.items():
        reasons[name] = values + [np.nan] * (len(reasons) - len(values))
    return dataclasses.replace(findings, reasons=reasons)


def test_most_expected_comes_first_and_unknown_sites_are_not_ranked(
    sample_findings: Findings,
) -> None:
    assert riskiest(sample_findings)["id"].tolist() == ["c1", "c2"]
    turned = changed(sample_findings, expected=[0.1, 0.2, 0.0])
    assert riskiest(turned)["id"].tolist() == ["c2", "c1"]


def test_of_the_same_expectation_the_site_with_more_people_comes_first(
    sample_findings: Findings,
) -> None:
    same = changed(sample_findings, expected=[0.5] * 11)
    people = sample_findings.coverage.places.set_index("id")["people"]
    ranked = riskiest(same, most=11)
    assert people[ranked["id"]].fillna(-1).is_monotonic_decreasing
    assert len(riskiest(same, most=3)) == 3


def test_a_site_near_a_listed_one_is_counted_with_it(sample_findings: Findings) -> None:
    places = sample_findings.coverage.places.copy()
    at = places.set_index("id").loc["c1"]
    beside = places["id"] == "c2"
    places.loc[beside, ["lon", "lat"]] = [at["lon"] + 0.08, at["lat"]]  # 8.8 km at 10 degrees north
    coverage = dataclasses.replace(sample_findings.coverage, places=places)
    near = dataclasses.replace(sample_findings, coverage=coverage)
    ranked = riskiest(near)
    assert (ranked["id"].tolist(), ranked["others"].tolist()) == (["c1"], [1])
    table = risk_section(near)[-1]
    assert isinstance(table, Table)
    assert table.rows[0][0].text.endswith(" and 1 site near by")
    places.loc[beside, "lon"] = at["lon"] + 0.1  # 11 km
    assert riskiest(near)["others"].tolist() == [0, 0]


def test_the_largest_place_names_a_row_and_figures_stay_those_of_the_site(
    sample_findings: Findings,
) -> None:
    """Delta camp expects most; a town near by beats a camp and a health site with more people."""
    places = sample_findings.coverage.places.copy()
    at = places.set_index("id").loc["c1"]
    for one, kind, name in (
        ("p1", "health", "Clinic"),
        ("p2", "town", "Kilo"),
        ("p4", "village", "Mike"),
    ):
        row = places["id"] == one
        places.loc[row, ["lon", "lat"]] = [at["lon"] + 0.02, at["lat"]]
        places.loc[row, ["kind", "name"]] = [kind, name]
    coverage = dataclasses.replace(sample_findings.coverage, places=places)
    near = dataclasses.replace(
        changed(sample_findings, expected=[0.5, *[np.nan] * 5, 0.01, 0.01, np.nan, 0.01]),
        coverage=coverage,
    )
    first = riskiest(near).iloc[0]
    assert (first["id"], first["called"], first["people"]) == ("c1", "Kilo", 10_000.0)
    table = risk_section(near)[-1]
    assert isinstance(table, Table)
    assert table.rows[0][0].text == "Kilo and 3 sites near by"
    assert table.rows[0][0].small == f"figures of Delta camp, {at['mgrs']}"
    assert table.rows[0][4].small == "at Delta camp"
    clinic = places.assign(kind=places["kind"].replace("town", "health"))
    clinic = clinic[clinic["id"] != "p4"]
    camp = dataclasses.replace(near, coverage=dataclasses.replace(coverage, places=clinic))
    assert riskiest(camp).iloc[0]["called"] == "Delta camp"


def test_the_intro_says_that_cells_reach_beyond_the_circle(sample_findings: Findings) -> None:
    intro = risk_section(sample_findings)[1]
    assert isinstance(intro, Paragraph)
    words = "".join(span.text for span in intro.spans)
    assert "a cell reaches beyond the circle, incidents just outside it can count there" in words


def test_a_row_says_chance_number_last_incident_and_shares_from_five_percent_on(
    sample_findings: Findings,
) -> None:
    table = risk_section(sample_findings)[-1]
    assert isinstance(table, Table)
    first = [cell.text.replace(NBSP, " ") for cell in table.rows[0]]
    assert first[1:4] == ["39%", "01 JUN 24, 3.2 km away", "2"]
    assert first[5] == "80% return to the same places, 15% near earlier ones"
    assert [c.small.replace(NBSP, " ") for c in table.rows[0]][1:4] == [
        "0.5 expected",
        "",
        "7 in all",
    ]
    assert table.rows[1][2].text == "none"
    assert table.rows[1][1].small.replace(NBSP, " ") == "< 0.01 expected"


def test_the_range_of_the_draws_stands_behind_the_chance(sample_findings: Findings) -> None:
    table = risk_section(changed(sample_findings, any_low=[0.2], any_high=[0.5]))[-1]
    assert isinstance(table, Table)
    assert table.rows[0][1].text == "39%"
    assert table.rows[0][1].small.replace(NBSP, " ") == "20% to 50%; 0.5 expected"


def test_the_report_says_how_many_are_expected_and_how_much_of_the_top_is_firm(
    sample_findings: Findings,
) -> None:
    cells = int(sample_findings.theatre.inside.sum())
    top = np.zeros(cells)
    top[: cells // 40] = 1.0
    draws = Draws(
        expected=np.zeros((60, cells), dtype=np.float32), top_ratio=top, low=2.0, high=9.0
    )
    total = Total(expected=4.6, low=2.0, high=8.0, decay_days=120.0, size=2.0)
    threat = dataclasses.replace(sample_findings.threat, total=total)
    found = dataclasses.replace(sample_findings, draws=draws, threat=threat)
    words = " ".join(p.text for p in paragraphs(found)).replace(NBSP, " ")
    assert "4.6 incidents" in words
    assert "between 2 and 9 come" in words
    half = round(100 * (cells // 40) / (0.05 * cells))
    assert f"{half}% is firm" in words
    unknown = dataclasses.replace(draws, low=np.nan, high=np.nan)
    words = " ".join(p.text for p in paragraphs(dataclasses.replace(found, draws=unknown)))
    assert "come, if" not in words
    assert "is firm" in words
    nothing = dataclasses.replace(total, expected=np.nan)
    none = dataclasses.replace(found, threat=dataclasses.replace(threat, total=nothing))
    assert "is firm" not in " ".join(p.text for p in paragraphs(none))


def paragraphs(findings: Findings) -> list[Span]:
    return [
        span
        for block in threat_section(findings)
        if isinstance(block, Paragraph)
        for span in block.spans
    ]


def test_where_people_at_the_site_are_unknown_residents_near_by_stand_and_are_named(
    sample_findings: Findings,
) -> None:
    places = sample_findings.coverage.places.copy()
    places.loc[places["id"] == "c1", "people"] = np.nan
    coverage = dataclasses.replace(sample_findings.coverage, places=places)
    table = risk_section(dataclasses.replace(sample_findings, coverage=coverage))[-1]
    assert isinstance(table, Table)
    assert (table.rows[0][4].text, table.rows[0][4].small) == ("2,300", "residents near by")
    assert table.rows[1][4].small == "at the site"


def test_a_model_without_shares_gives_no_words(sample_findings: Findings) -> None:
    row = next(sample_findings.reasons.iloc[2:].itertuples())
    assert reasons_in_words(row) == ""


def test_where_all_is_unknown_there_is_no_section(sample_findings: Findings) -> None:
    unknown = changed(sample_findings, expected=[])
    assert risk_section(unknown) == ()
    assert isinstance(riskiest(unknown), pd.DataFrame)
