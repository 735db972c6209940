"""The report's table of sites near which most is expected, and why."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from geo_poc.coverage.findings import Findings
from geo_poc.report.blocks import Table
from geo_poc.report.risk import reasons_in_words, risk_section, riskiest

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
