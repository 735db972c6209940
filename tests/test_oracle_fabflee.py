"""Distances of the quickest ways against the road distances that FabFlee publishes for South Sudan."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from oracle_fabflee import compared

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("GEO_POC_DATA") or ROOT.parent / "shared" / "data")
pytestmark = [
    pytest.mark.south_sudan,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no data folder {FOLDER}: set GEO_POC_DATA to it"
    ),
]


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    return compared(FOLDER)


def test_two_thirds_of_the_distances_are_within_a_quarter(pairs: pd.DataFrame) -> None:
    within = (pairs["ours_km"] / pairs["theirs_km"] - 1).abs() <= 0.25
    assert len(pairs) == 138
    assert within.sum() == 92
    assert ((pairs["cause"] == "") == within).all()


def test_no_way_is_shorter_than_the_geodesic(pairs: pd.DataFrame) -> None:
    # 0.4 %: the projection of the theatre.
    assert (pairs["ours_km"] >= 0.996 * pairs["straight_km"]).all()


def test_13_of_the_others_cannot_be_met_because_the_published_distance_is_below_the_geodesic(
    pairs: pd.DataFrame,
) -> None:
    impossible = pairs["cause"].str.contains("shorter than the straight line")
    assert (pairs.loc[impossible, "theirs_km"] < pairs.loc[impossible, "straight_km"]).all()
    assert impossible.sum() == 13


def test_three_of_the_others_are_met_without_the_white_nile(pairs: pd.DataFrame) -> None:
    bridged = pairs[pairs["cause"].str.contains("White Nile")]
    assert sorted(bridged["start"]) == ["Awarajwok", "Bentiu", "Pariang"]
    assert ((bridged["ours_no_river_km"] / bridged["theirs_km"] - 1).abs() <= 0.25).all()


def test_where_a_road_is_missing_the_way_goes_across_country(pairs: pd.DataFrame) -> None:
    missing = pairs[pairs["cause"].str.contains("across country")]
    assert (missing["off_road_km"] > 0.25 * missing["ours_km"]).all()
    assert len(missing) == 22
