"""Levels of the states of South Sudan, against counts taken from the publishers' files without geo-poc."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo_poc.levels import write_levels
from geo_poc.standing import Levels

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("GEO_POC_DATA") or ROOT.parent / "shared" / "data")
STATES = "south_sudan/admin/osm_admin1_CD_CF_SS.gpkg"
INCIDENTS = "south_sudan/incidents/ucdp_ged_hdx_ssd_2011-2021.csv"
pytestmark = [
    pytest.mark.south_sudan,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no data folder {FOLDER}: set GEO_POC_DATA to it"
    ),
]
THEATRE = """
[theatre]
name = "South Sudan"
as_of = 2021-12-31
cell_size = "20 km"
marking = "UNCLASSIFIED"
data_folder = "{folder}"
area = {{ path = "{states}", where = {{ iso2 = "SS*" }} }}
[[incidents]]
path = "{incidents}"
format = "ucdp_ged"
label = "UCDP GED"
[[areas]]
path = "{states}"
where = {{ iso2 = "SS*" }}
columns = {{ id = "iso2" }}
values = {{ kind = "admin" }}
"""
INDICATORS = """
[assess]
step = "month"
from = 2012-01-01
source = "test, no mission's figures"
[levels]
names = ["one", "two"]
rule = "worst"
[[areas]]
every = "admin"
[[indicators]]
name = "events"
measure = "events"
where_prec = 5
window_days = 90
up = [5, 20]
down = [3, 10]
fall_after_days = 60
[[indicators]]
name = "deaths"
measure = "deaths_best"
target = "one_sided"
where_prec = 2
window_days = 30
up = [10, 100]
down = [5, 50]
fall_after_days = 60
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Levels, pd.DataFrame]:
    home = tmp_path_factory.mktemp("south_sudan")
    text = THEATRE.format(folder=FOLDER.resolve(), states=STATES, incidents=INCIDENTS)
    (home / "theatre.toml").write_text(text, encoding="utf-8")
    (home / "indicators.toml").write_text(INDICATORS, encoding="utf-8")
    made = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
    levels = write_levels(home / "theatre.toml", home / "indicators.toml", home / "out", made=made)
    return levels, pd.read_csv(home / "out" / "levels.csv", parse_dates=["day"])


@pytest.fixture(scope="module")
def joined() -> pd.DataFrame:
    """Every event of the file with the states that its point lies in, by geopandas alone."""
    raw = pd.read_csv(FOLDER / INCIDENTS, parse_dates=["date_end"])
    raw = raw[raw["latitude"].notna()]
    states = gpd.read_file(FOLDER / STATES)
    states = states[states["iso2"].str.startswith("SS")][["name", "geometry"]]
    points = gpd.GeoDataFrame(
        raw, geometry=gpd.points_from_xy(raw["longitude"], raw["latitude"], crs="EPSG:4326")
    )
    return pd.DataFrame(points.sjoin(states.to_crs("EPSG:4326"), predicate="intersects"))


def test_values_of_every_state_and_month_are_those_of_the_file(found, joined):
    _, table = found
    dated = joined[joined["date_prec"] <= 4]
    placed = dated[dated["where_prec"] <= 5]
    attacks = dated[(dated["where_prec"] <= 2) & (dated["type_of_violence"] == 3)]
    assert len(table) == 10 * 120
    for row in table.to_dict("records"):
        day = row["day"]
        for events, window, value in (
            (placed["best"].notna() * 1, 90, row["events: value"]),
            (attacks["best"], 30, row["deaths: value"]),
        ):
            of = joined.loc[events.index]
            inside = (
                (of["name"] == row["area"])
                & (of["date_end"] < day)
                & (of["date_end"] >= day - pd.Timedelta(days=window))
            )
            assert value == events[inside].sum(), (row["area"], day)


def test_the_record_begins_with_the_first_event_and_ends_with_the_newest(found):
    levels, table = found
    (span,) = levels.known.spans
    raw = pd.read_csv(FOLDER / INCIDENTS, parse_dates=["date_start", "date_end"])
    day_1 = pd.Timestamp("1970-01-01")
    assert span.first_day == (raw["date_start"].min() - day_1).days
    assert span.last_day == (raw["date_end"].max() - day_1).days
    assert table["unknown"].sum() == 0
