"""What holds for any table: nothing is lost, order does not matter, and large files are read in seconds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

BOX = (30.0, 4.0, 32.0, 6.0)
HEADER = ["id", "lat", "lon", "people", "date"]


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    spec = TheatreSpec(
        name="Testland",
        as_of=dt.date(2021, 12, 31),
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, shapely.box(*BOX))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def number(low: float, high: float) -> st.SearchStrategy[str]:
    return st.floats(min_value=low, max_value=high).map(lambda value: f"{value:.4f}")


good_row = st.tuples(
    st.just(""),
    number(4.1, 5.9),
    number(30.1, 31.9),
    st.sampled_from(["", "0", "120", "1 200", '"1,200"', "NA"]),
    st.sampled_from(["2020-01-06", "31/12/2019", ""]),
)
bad_row = st.tuples(
    st.just(""),
    st.sampled_from(["", "99", "x", "0", "5.5", "31.2", "nan"]),
    st.sampled_from(["", "200", "0", "5.2", "50.5", "inf"]),
    st.sampled_from(["-1", "many", "5", "inf"]),
    st.sampled_from(["2020-02-30", "soon", "2020-01-06"]),
)
rows = st.lists(st.one_of(good_row, good_row, good_row, bad_row), min_size=1, max_size=12)
ANY_TIME = settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def table(lines: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([HEADER, *[[cell.strip('"') for cell in line] for line in lines]])
    return text.getvalue()


def read(lines: list[tuple[str, ...]], folder: Path, theatre: Theatre) -> Layer:
    (folder / "a.csv").write_text(table(lines))
    return read_layer("camps", [Source(path="a.csv")], folder=folder, theatre=theatre)


def most_are_good(lines: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same with rows that keep any bad ones from being most of the file, and the date order known."""
    anchor = ("", "5.0", "31.0", "1", "31/12/2019")
    numbered = [*lines, *[anchor] * (len(lines) + 1)]
    return [(f"r{n}", *line[1:]) for n, line in enumerate(numbered)]


@ANY_TIME
@given(rows)
def test_every_row_is_kept_or_refused_once(
    folder: Path, theatre: Theatre, lines: list[tuple[str, ...]]
) -> None:
    layer = read(most_are_good(lines), folder, theatre)
    (record,) = layer.sources
    assert record.read == len(most_are_good(lines))
    assert record.read == record.kept + record.rejected
    assert (record.kept, record.rejected) == (len(layer.table), len(layer.rejects))
    assert layer.rejects["row"].is_unique
    assert layer.rejects["reason"].str.len().gt(0).all()
    refused = {f"r{row - 1}" for row in layer.rejects["row"]}
    assert refused.isdisjoint(layer.table["id"])
    assert len(refused) + layer.table["id"].nunique() == record.read


@ANY_TIME
@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_changes_neither_what_is_kept_nor_its_values(
    folder: Path, theatre: Theatre, lines: list[tuple[str, ...]], rng: random.Random
) -> None:
    ordered = most_are_good(lines)
    shuffled = ordered.copy()
    rng.shuffle(shuffled)
    first, second = (
        read(some, folder, theatre).table.sort_values("id").reset_index(drop=True)
        for some in (ordered, shuffled)
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.drop(columns="geometry")), pd.DataFrame(second.drop(columns="geometry"))
    )
    assert first.geometry.geom_equals(second.geometry).all()


@ANY_TIME
@given(rows)
def test_a_row_is_judged_by_itself(
    folder: Path, theatre: Theatre, lines: list[tuple[str, ...]]
) -> None:
    """Rows that are refused in one file are refused in a file without the good ones' neighbours."""
    whole = most_are_good(lines)
    kept = set(read(whole, folder, theatre).table["id"])
    half = [line for number, line in enumerate(whole) if number % 2 or number >= len(lines)]
    assert set(read(half, folder, theatre).table["id"]) == kept & {line[0] for line in half}


def test_rows_that_are_shuffled_across_two_files_are_the_same_rows(
    folder: Path, theatre: Theatre
) -> None:
    lines = [(f"r{n}", f"{4.1 + n / 100}", "31.0", str(n), "") for n in range(50)]
    (folder / "one.csv").write_text(table(lines[:20]))
    (folder / "two.csv").write_text(table(lines[20:]))
    sources = [Source(path="two.csv", label="S"), Source(path="one.csv", label="S")]
    apart = read_layer("camps", sources, folder=folder, theatre=theatre).table
    together = read(lines, folder, theatre).table
    assert isinstance(apart, gpd.GeoDataFrame)
    by_id = apart.set_index("id").loc[together["id"], "people"].to_numpy()
    np.testing.assert_array_equal(by_id, together["people"])


@pytest.fixture(scope="module")
def many(folder: Path) -> Path:
    """20,000 events in the columns of UCDP GED, a tenth of them outside or with unknown deaths."""
    count = 20_000
    rng = np.random.default_rng(1)
    days = np.datetime64("2016-01-01") + rng.integers(0, 2000, count)
    dead = rng.integers(0, 50, count).astype(str).astype(object)
    dead[rng.random(count) < 0.1] = "NA"
    day = pd.Series(days.astype(str)) + " 00:00:00.000"
    frame = pd.DataFrame(
        {
            "id": [f"e{n}" for n in range(count)],
            "type_of_violence": rng.integers(1, 4, count),
            "where_prec": rng.integers(1, 7, count),
            "date_prec": rng.integers(1, 6, count),
            "date_start": day,
            "date_end": day,
            **dict.fromkeys(("best", "low", "high", "deaths_civilians"), dead),
            "side_a": "Government",
            "side_b": [f"group {n % 50}" for n in range(count)],
            "source_headline": [f"headline {n}" for n in range(count)],
            "latitude": rng.uniform(4.05, 6.1, count).round(6),
            "longitude": rng.uniform(30.05, 31.95, count).round(6),
        }
    )
    frame.to_csv(folder / "many.csv", index=False)
    return folder / "many.csv"


def test_a_large_table_is_read_whole(many: Path, theatre: Theatre) -> None:
    source = Source(path=many.name, format="ucdp_ged")
    layer = read_layer("incidents", [source], folder=many.parent, theatre=theatre)
    raw = pd.read_csv(many, keep_default_na=False)
    assert layer.counts["read"] == len(raw) == 20_000
    unknown = raw.set_index("id").loc[layer.table["id"], "best"] == "NA"
    np.testing.assert_array_equal(layer.table["deaths_best"].isna(), unknown)
    assert 0.9 < len(layer.table) / len(raw) < 1.0
    assert set(layer.rejects["kind"]) == {"outside"}
