"""The threat models walked forward over South Sudan: scores, run time and memory of each.

Needs the real data folder (GEO_POC_DATA, or ``shared/data`` beside the repository).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from results import write
from threadpoolctl import threadpool_limits

from geo_poc.inputs import Inputs, read_inputs
from geo_poc.layers.rasters import read_population
from geo_poc.layers.threat.backtest import TARGETS, backtest, trial_of
from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.models import MIXTURE, MODELS, ONE_LINE, Model
from geo_poc.layers.threat.past import past_of
from geo_poc.layers.threat.record import Target
from geo_poc.layers.threat.score_tables import class_table, score_table, total_scores
from geo_poc.layers.threat.walk import Trial, Walk, walk
from geo_poc.threat_inputs import background_of

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("GEO_POC_DATA") or ROOT.parent / "shared" / "data")
THEATRE = """
[theatre]
name = "South Sudan"
as_of = 2021-12-31
cell_size = "{cell_km:g} km"
marking = "UNCLASSIFIED"
data_folder = "{data}"
[theatre.area]
path = "south_sudan/admin/osm_admin1_CD_CF_SS.gpkg"
where = {{ iso2 = "SS*" }}
[[incidents]]
path = "south_sudan/incidents/ucdp_ged_hdx_ssd_2011-2021.csv"
format = "ucdp_ged"
label = "UCDP GED"
[[places]]
path = "south_sudan/places/geonames_cities500_region.csv"
format = "geonames"
label = "GeoNames"
where = {{ countrycode = "SS" }}
[[places]]
path = "south_sudan/health/ssd_health_facilities_functional_status.csv"
label = "WHO"
columns = {{ name = "Health Facility Name" }}
values = {{ kind = "health" }}
[[areas]]
path = "south_sudan/admin/osm_admin1_CD_CF_SS.gpkg"
format = "vector"
label = "OSM states"
where = {{ iso2 = "SS*" }}
columns = {{ id = "iso2" }}
values = {{ kind = "admin" }}
[population]
path = "south_sudan/rasters/afripop2020_worldpop_20km.tif"
kind = "density_per_km2"
label = "WorldPop"
"""
FIRST, LAST = dt.date(2018, 1, 1), dt.date(2021, 12, 31)
SHOWN = ["bits", "hit_01", "hit_05", "hit_05_low", "hit_05_high", "hit_10", "pai_05"]
SHOWN += ["new_hit_05", "precise_hit_05", "smeared_05", "place_05", "brier_skill"]
AGAINST = ["more_bits", "more_bits_low", "more_bits_high"]
AGAINST += ["more_hit_05", "more_hit_05_low", "more_hit_05_high"]


def south_sudan(cell_km: float) -> Trial:
    """The area, its incidents, towns, health sites and people, read as a run reads them."""
    return trial_from(inputs_of(cell_km))


def inputs_of(cell_km: float) -> Inputs:
    """The publishers' files, read as a run reads them."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "theatre.toml"
        file.write_text(THEATRE.format(cell_km=cell_km, data=DATA.resolve()), encoding="utf-8")
        return read_inputs(file, None)


def placed_anew(inputs: Inputs, right: float, up: float) -> Inputs:
    """Inputs on a grid that lies so many parts of a cell to the west and north of theirs."""
    grid, spec = inputs.theatre.grid, inputs.theatre_file.population
    moved = dataclasses.replace(
        grid,
        left_m=grid.left_m - right * grid.cell_size_m,
        top_m=grid.top_m + up * grid.cell_size_m,
        rows=grid.rows + 1,
        cols=grid.cols + 1,
    )
    theatre = dataclasses.replace(inputs.theatre, grid=moved)
    assert spec is not None
    people, _ = read_population(spec, folder=DATA, theatre=theatre)
    return dataclasses.replace(inputs, theatre=theatre, people=people)


def trial_from(inputs: Inputs) -> Trial:
    """What models are held against."""
    return trial_of(inputs.layers["incidents"].table, background=background_of(inputs))


def origins(horizon_days: int) -> list[dt.date]:
    """First days of the months whose horizon the record holds."""
    last = LAST - dt.timedelta(days=horizon_days - 1)
    return [day.date() for day in pd.date_range(FIRST, last, freq="MS")]


def fits(model: Model, trial: Trial, days: Sequence[dt.date]) -> None:
    """Density of a model at each of some days."""
    pasts = [
        past_of(trial.record, trial.setting, as_of_day=float(day_number(day)), horizon_days=30.0)
        for day in days
    ]
    # As the walk does.
    with threadpool_limits(limits=1, user_api="blas"):
        for past in pasts:
            model.density(past)


def cost(name: str, trial: Trial, days: Sequence[dt.date]) -> dict[str, object]:
    """Seconds and memory of a model over all origins, the median of three runs after a first."""
    fits(MODELS[name], trial, days[-1:])
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        fits(MODELS[name], trial, days)
        seconds.append(time.perf_counter() - start)
    return {
        "work": f"threat: {name}",
        "size": f"{trial.setting.cells.size} cells, {len(days)} origins",
        "engine": "geo-poc",
        "threads": len(os.sched_getaffinity(0)),
        "median_s": round(float(np.median(seconds)), 3),
        "peak_mb": round(peak_mb(MODELS[name], trial, days), 1),
    }


def peak_mb(model: Model, trial: Trial, days: Sequence[dt.date]) -> float:
    """Most memory that a model's arrays hold at once; numpy tells tracemalloc of all of them."""
    tracemalloc.start()
    fits(model, trial, days)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def scores(done: Walk, target: Target) -> None:
    """Print the table of one kind of event and horizon."""
    table = score_table(done, target, rng=np.random.default_rng(1))
    first = table.iloc[0]
    print(
        f"\n{target}, {done.horizon_days} days, {int(first['origins'])} origins: {int(first['events'])} events, "
        f"{int(first['new_events'])} in new cells, {int(first['precise_events'])} with where_prec 1 or 2, "
        f"{int(first['near_events'])} within 10 km of a place"
    )
    print(table[SHOWN].round(3).to_string())
    print("against the one line, 95 % intervals by blocks of origins")
    print(table[AGAINST].round(2).to_string())
    totals = {name: round(value, 2) for name, value in total_scores(done, target).items()}
    print(f"expected totals, 80 % interval: {totals}")


def classes(done: Walk) -> None:
    """Print what was expected and came by tenth of the density."""
    for name in (ONE_LINE, MIXTURE):
        print(f"\nall, {done.horizon_days} days, by tenth of the density of: {name}")
        print(class_table(done, "all", name).round(4).to_string(index=False))


def whole_test(inputs: Inputs) -> dict[str, object]:
    """Seconds of the test that every run makes, over 48 origins, and the most memory of its arrays."""
    incidents, background = inputs.layers["incidents"].table, background_of(inputs)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        backtest(incidents, background=background, months=48, seed=1)
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    backtest(incidents, background=background, months=48, seed=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "work": "threat: the whole test of a run",
        "size": f"{int(inputs.theatre.inside.sum())} cells, 48 origins of 30 and of 90 days",
        "engine": "geo-poc",
        "threads": len(os.sched_getaffinity(0)),
        "median_s": round(float(np.median(seconds)), 3),
        "peak_mb": round(peak / 1e6, 1),
    }


def placements(inputs: Inputs) -> None:
    """Print how far scores depend on where the grid happens to lie: nine places, a third apart."""
    rows = []
    for right, up in itertools.product((0, 1 / 3, 2 / 3), repeat=2):
        trial = trial_from(placed_anew(inputs, right, up))
        chosen = {name: MODELS[name] for name in (ONE_LINE, MIXTURE)}
        done = walk(trial, origins={30: origins(30)}, models=chosen)[30]
        rows.append(score_table(done, "all", rng=np.random.default_rng(1)))
    nine = pd.concat(rows)[["bits", "hit_01", "hit_05", "hit_10", "new_hit_05"]]
    print(
        "\nall, 30 days: lowest, mean and highest over nine places of the grid, a third of a cell apart"
    )
    print(nine.groupby(level="model", sort=False).agg(["min", "mean", "max"]).round(3).to_string())


def main() -> None:
    if not DATA.is_dir():
        print(f"no data folder {DATA}: set GEO_POC_DATA to it")
        return
    pd.set_option("display.width", 200)
    cell_km = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    inputs = inputs_of(cell_km)
    trial = trial_from(inputs)
    walks = walk(trial, origins={30: origins(30), 90: origins(90)})
    for target in TARGETS:
        for done in walks.values():
            scores(done, target)
    classes(walks[30])
    placements(inputs)
    print()
    write([*(cost(name, trial, origins(30)) for name in MODELS), whole_test(inputs)])


if __name__ == "__main__":
    main()
