"""``geo-poc arrivals``: every row, what adds up, and what survives a failure."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo_poc.arrivals import COLUMNS, arrivals, arrivals_table, write_arrivals
from geo_poc.cli import app
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import ConfigError, OutputError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.routing.binding import Constraint
from geo_poc.routing.travel_time import Reason

RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
BASES, SITES, MOVERS = 3, 11, 3


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def inputs(small: Path) -> Inputs:
    return read_inputs(small / "theatre.toml", small / "plan.toml")


@pytest.fixture(scope="module")
def written(small: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("out") / "arrivals.csv"
    write_arrivals(small / "theatre.toml", small / "plan.toml", out)
    return pd.read_csv(out, keep_default_na=False, dtype=str)


@pytest.fixture
def broken(small: Path, tmp_path: Path) -> Path:
    """A copy of the theatre that a test may change."""
    return Path(shutil.copytree(small, tmp_path / "theatre"))


def command(folder: Path, out: Path, *more: str) -> list[str]:
    theatre, plan = str(folder / "theatre.toml"), str(folder / "plan.toml")
    return ["arrivals", theatre, "--plan", plan, "--out", str(out), *more]


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_there_is_one_row_for_each_base_site_mover_and_case_and_one_for_the_force(
    written: pd.DataFrame,
) -> None:
    assert list(written) == [*COLUMNS, "marking"]
    single = written[written["mover"] != "force"]
    assert len(single) == BASES * SITES * MOVERS * 4
    assert not single.duplicated(["base_id", "place_id", "mover", "season", "light"]).any()
    force = written[written["mover"] == "force"]
    assert len(force) == SITES * 4
    assert not force.duplicated(["place_id", "season", "light"]).any()
    assert set(written["marking"]) == {"UNCLASSIFIED"}


def test_every_row_is_reached_not_reached_or_unknown(written: pd.DataFrame) -> None:
    seconds = written["seconds"]
    reached = seconds.ne("") & seconds.ne("inf")
    assert (reached == written["reason"].eq("reached")).all()
    assert (seconds.eq("") == written["reason"].eq("unknown")).all()
    unreached = seconds.eq("inf")
    assert reached.sum() + unreached.sum() + seconds.eq("").sum() == len(written)
    reasons = {str(r) for r in Reason} | {str(c) for c in Constraint}
    assert set(written["reason"]) <= reasons


def test_times_are_those_of_the_travel_times_rounded_up(
    inputs: Inputs, written: pd.DataFrame
) -> None:
    found = arrivals(inputs)
    time = found.travel[1]
    rows = written[
        (written["mover"] == time.mover)
        & (written["season"] == time.conditions.season)
        & (written["light"] == time.conditions.light)
    ]
    seconds = rows["seconds"].replace("", "nan").astype(float).to_numpy()
    exact = time.seconds.ravel()
    assert rows["base_id"].tolist() == [b for b in time.base_ids for _ in time.place_ids]
    finite = np.isfinite(exact)
    assert (seconds[finite] >= exact[finite]).all()
    assert (seconds[finite] - exact[finite] < 0.1 + 1e-9).all()
    assert (np.isinf(seconds) == np.isinf(exact)).all()


def test_no_way_is_longer_off_the_roads_than_as_a_whole(written: pd.DataFrame) -> None:
    reached = written[written["reason"] == "reached"]
    off_m, way_m = reached["off_road_m"].astype(float), reached["distance_m"].astype(float)
    assert (off_m <= way_m + 0.1).all()
    assert off_m.gt(0).any()
    assert (written.loc[written["seconds"] == "inf", "off_road_m"] == "").all()


def test_the_force_is_never_there_before_the_first_element(inputs: Inputs) -> None:
    found = arrivals(inputs)
    assert tuple(each.trips.conditions for each in found.arrivals) == ALL_CONDITIONS
    for each in found.arrivals:
        force_s = each.time_to_force(120)
        known = ~np.isnan(force_s)
        assert (each.first_s[known] <= force_s[known]).all()
        assert (each.first_s[known] <= each.second_wave_s[known]).all()


def test_the_force_row_names_the_base_and_way_of_the_last_trip_needed(inputs: Inputs) -> None:
    found = arrivals(inputs)
    table = arrivals_table(found)
    force = table[(table["mover"] == "force") & (table["reason"] == "reached")]
    assert len(force)
    singles = table[table["mover"] != "force"]
    for row in force.itertuples():
        own = singles[
            (singles["base_id"] == row.base_id)
            & (singles["place_id"] == row.place_id)
            & (singles["season"] == row.season)
            & (singles["light"] == row.light)
        ]
        same = np.isclose(own["distance_m"], row.distance_m, equal_nan=True)
        same &= np.isclose(own["off_road_m"], row.off_road_m, equal_nan=True)
        assert same.any()
        assert (own["seconds"] <= row.seconds).any()
    never = table[(table["mover"] == "force") & (table["reason"] != "reached")]
    assert set(never["base_id"]) <= {""}


def test_a_looser_guard_and_more_seats_never_make_the_force_later(broken: Path) -> None:
    def force_s() -> np.ndarray:
        found = arrivals(read_inputs(broken / "theatre.toml", broken / "plan.toml"))
        return np.array([each.time_to_force(120) for each in found.arrivals])

    before = force_s()
    for old, new in (("guard = 40", "guard = 0"), ("seats = 8", "seats = 12")):
        changed(broken / "plan.toml", old, new)
        after = force_s()
        known = ~np.isnan(before) & ~np.isnan(after)
        assert (after[known] <= before[known]).all()
        before = after


def test_an_unknown_strength_makes_the_force_unknown_and_not_the_first_element(
    broken: Path,
) -> None:
    table = pd.read_csv(broken / "bases.csv", dtype=str, keep_default_na=False)
    table.assign(strength="").to_csv(broken / "bases.csv", index=False)
    found = arrivals(read_inputs(broken / "theatre.toml", broken / "plan.toml"))
    for each in found.arrivals:
        reached = np.isfinite(each.first_s)
        assert reached.any()
        assert np.isnan(each.time_to_force(120)[reached]).all()


def test_the_command_names_the_figure_without_which_the_force_is_unknown(
    broken: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(broken / "bases.csv", dtype=str, keep_default_na=False)
    table.loc[1, "strength"] = "a company"
    table.to_csv(broken / "bases.csv", index=False)
    changed(broken / "plan.toml", ", seats = 8", "")
    result = CliRunner().invoke(app, command(broken, tmp_path / "a.csv"))
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "Not given, so that times are unknown where they hang on it: " in words
    assert "seats of wheeled_patrol; turn_round_min of wheeled_patrol;" in words
    assert f"strength of {table.loc[1, 'name']}." in words


def test_where_no_time_is_unknown_no_figure_is_named(broken: Path, tmp_path: Path) -> None:
    changed(broken / "plan.toml", "troops = 120", "troops = 1")
    result = CliRunner().invoke(app, command(broken, tmp_path / "a.csv"))
    assert result.exit_code == 0, result.output
    assert "Not given" not in result.output


def test_without_a_force_section_there_are_no_force_rows_and_the_command_says_so(
    broken: Path, tmp_path: Path
) -> None:
    plan = broken / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    start, end = text.index("[force]"), text.index("[[bases]]")
    plan.write_text(text[:start] + text[end:], encoding="utf-8")
    result = CliRunner().invoke(app, command(broken, tmp_path / "a.csv"))
    assert result.exit_code == 0, result.output
    assert "no time of k troops" in " ".join(result.output.split())
    table = pd.read_csv(tmp_path / "a.csv")
    assert set(table["mover"]) == {"wheeled_patrol", "foot_patrol", "mi8"}


def test_command_writes_both_files_and_counts_sites(small: Path, tmp_path: Path) -> None:
    out, clock = tmp_path / "a.csv", tmp_path / "c.svg"
    result = CliRunner().invoke(app, command(small, out, "--clock", str(clock)))
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "120 troops" in words
    assert "first element" in words
    assert "Wet night" in words
    assert clock.read_text(encoding="utf-8").startswith("<svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "c.svg"]


def test_the_same_inputs_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        out, clock = tmp_path / f"{name}.csv", tmp_path / f"{name}.svg"
        write_arrivals(small / "theatre.toml", small / "plan.toml", out, clock=clock)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_ids_that_look_like_formulas_are_escaped(broken: Path, tmp_path: Path) -> None:
    table = pd.read_csv(broken / "bases.csv", dtype=str, keep_default_na=False)
    table.loc[0, "id"] = "=1+1"
    table.to_csv(broken / "bases.csv", index=False)
    write_arrivals(broken / "theatre.toml", broken / "plan.toml", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        ids = {row["base_id"] for row in csv.DictReader(file)}
    assert "'=1+1" in ids
    assert not any(text.startswith("=") for text in ids)


@pytest.mark.parametrize("name", ["bases.csv", "camps.csv"])
def test_an_input_is_never_written_over(broken: Path, name: str) -> None:
    before = (broken / name).read_bytes()
    with pytest.raises(OutputError, match="must not be an input"):
        write_arrivals(broken / "theatre.toml", broken / "plan.toml", broken / name)
    assert (broken / name).read_bytes() == before


def test_names_that_say_another_format_are_refused(broken: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in .csv.*write to a.csv") as error:
        write_arrivals(
            broken / "theatre.toml",
            broken / "plan.toml",
            tmp_path / "a.xlsx",
            clock=tmp_path / "c.png",
        )
    assert [fault.where for fault in error.value.faults] == ["arrivals: --out", "arrivals: --clock"]
    assert list(tmp_path.glob("*.xlsx")) == []


def test_a_wrong_plan_leaves_the_previous_file_and_ends_with_2(
    broken: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.csv"
    out.write_text("previous", encoding="utf-8")
    changed(broken / "plan.toml", "troops = 120", "troops = 0")
    changed(broken / "plan.toml", "count = 6", "cuont = 6")
    result = CliRunner().invoke(app, command(broken, out))
    assert result.exit_code == 2
    assert "2 faults to repair" in result.stderr
    assert "did you mean 'count'?" in result.stderr
    assert out.read_text(encoding="utf-8") == "previous"


def test_a_count_on_foot_is_a_fault_before_anything_is_computed(
    broken: Path, tmp_path: Path
) -> None:
    changed(broken / "plan.toml", "figures = { wet_time", "count = 3\nfigures = { wet_time")
    result = CliRunner().invoke(app, command(broken, tmp_path / "a.csv"))
    assert result.exit_code == 2
    assert "need no seats" in result.stderr


def test_a_theatre_without_sites_gives_a_header_and_no_row(inputs: Inputs) -> None:
    empty = {
        name: dataclasses.replace(layer, table=layer.table.iloc[:0])
        if name in {"camps", "places"}
        else layer
        for name, layer in inputs.layers.items()
    }
    found = arrivals(dataclasses.replace(inputs, layers=empty))
    table = arrivals_table(found)
    assert table.empty
    assert list(table) == list(COLUMNS)


def test_a_longer_notice_of_another_asset_of_the_same_mover_counts_for_its_own_troops(
    broken: Path,
) -> None:
    plan = broken / "plan.toml"
    # The same vehicles once more as a reserve that needs two hours instead of half an hour.
    text = plan.read_text(encoding="utf-8")
    start = text.index('[[assets]]\nmover = "wheeled_patrol"')
    block = text[start : text.index("[[assets]]", start + 1)]
    late = block.replace('"30 min"', '"2 h"').replace("count", 'tier = "force_reserve"\ncount')
    plan.write_text(f"{text}\n{late}", encoding="utf-8")
    found = arrivals(read_inputs(broken / "theatre.toml", plan))
    trips = found.arrivals[0].trips
    unit, reserve = (
        np.flatnonzero((trips.carrier == row) & (trips.base == 0) & (trips.lift == 1))
        for row in (0, 3)
    )
    assert trips.carriers[3].tier == "force_reserve"
    reached = np.isfinite(trips.seconds[:, reserve])
    assert reached.any()
    gap_s = trips.seconds[:, reserve][reached] - trips.seconds[:, unit][reached]
    assert gap_s.tolist() == pytest.approx([5400.0] * reached.sum())


def test_candidate_bases_send_nobody(broken: Path) -> None:
    table = pd.read_csv(broken / "bases.csv", dtype=str, keep_default_na=False)
    table.assign(role="candidate").to_csv(broken / "bases.csv", index=False)
    found = arrivals(read_inputs(broken / "theatre.toml", broken / "plan.toml"))
    assert all(np.isinf(each.first_s).all() for each in found.arrivals)
    assert all(np.isinf(each.time_to_force(1)).all() for each in found.arrivals)


def test_positions_in_degrees_and_metres_agree(inputs: Inputs) -> None:
    """Flights are as long as the straight line, within what an equal-area map distorts, or longer."""
    table = arrivals_table(arrivals(inputs))
    flights = table[(table["mover"] == "mi8") & (table["reason"] == "reached")]
    bases = inputs.layers["bases"].table.set_index("id").geometry
    sites = gpd.GeoSeries(
        pd.concat(
            [inputs.layers[name].table.set_index("id").geometry for name in ("camps", "places")]
        )
    )
    straight_m = np.array(
        [bases[row.base_id].distance(sites[row.place_id]) for row in flights.itertuples()]
    )
    flown_m = flights["distance_m"].to_numpy()
    assert (flown_m >= straight_m * 0.996 - 1).all()
    assert np.isclose(flown_m, straight_m, rtol=0.004, atol=1).any()
