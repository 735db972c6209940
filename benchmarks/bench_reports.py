"""Reports of incidents on South Sudan: vague places in the threat models, and links by construction.

Needs the real data folder (GEO_POC_DATA, or ``shared/data`` beside the repository). Choices are measured on
2014 to 2017 only; the later years are left to the test of the models.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from bench_threat import DATA, inputs_of, trial_from
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo_poc.inputs import Inputs
from geo_poc.layers.links import links_of
from geo_poc.layers.threat.models import MIXTURE, MODELS, ONE_LINE, Model
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.record import Record, Target
from geo_poc.layers.threat.score_tables import score_table
from geo_poc.layers.threat.scores import block_draws, mean_with_interval
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.walk import Trial, Walk, walk
from geo_poc.theatre_file import DuplicateSpec

ALL: Target = "all"
ORIGINS = [day.date() for day in pd.date_range("2014-01-01", "2017-12-01", freq="MS")]
FIRST, LAST = pd.Timestamp("2014-01-01"), pd.Timestamp("2017-12-31")
OTHER_NAMES = {
    "Government of South Sudan": "Military Forces of South Sudan (2011-)",
    "Government of Sudan": "Military Forces of Sudan (1989-2019)",
    "SPLM/A In Opposition": "SPLM/A-IO: Sudan People's Liberation Movement/Army In Opposition",
    "Civilians": "Civilians (South Sudan)",
}
SEEDS = range(5)


def spread_over_land(setting: Setting, record: Record) -> tuple[Setting, Record]:
    """Events of code 3 over the land nearest to their coded point, for want of a file of counties."""
    of_code = record.where_prec == 3
    coded = np.column_stack([record.x_m, record.y_m])[of_code]
    points, row = np.unique(coded, axis=0, return_inverse=True)
    x, y = (axis.ravel()[setting.cells] for axis in setting.grid.centres())
    owner = cKDTree(points).query(np.column_stack([x, y]))[1]
    shares = np.where(owner == np.arange(len(points))[:, None], setting.settled, 0.0)
    kept = shares.sum(axis=1) > 0
    shares[~kept] = 1.0
    counties = csr_array(shares / shares.sum(axis=1, keepdims=True))
    states = setting.districts.toarray()
    district = record.district.copy()
    district[of_code] = len(states) + row.ravel()
    both = dataclasses.replace(
        setting, districts=csr_array(np.vstack([states, counties.toarray()]))
    )
    return both, dataclasses.replace(record, district=district)


def variants(setting: Setting, record: Record) -> Mapping[str, tuple[Setting, Record]]:
    """The ways to place vague events that are compared."""
    points = np.full(record.cell.size, -1)
    at_points = dataclasses.replace(record, district=points)
    code_3 = record.where_prec == 3
    near = np.where(code_3, 25e3, record.position_sd_m)
    precise = record.only(~np.isin(record.where_prec, (4, 5)))
    return {
        "4: 60 km around the centroid": (setting, at_points),
        "4: the state by settlements": (setting, record),
        "4 and 5 in no density": (setting, precise),
        "4: the state; 3: 25 km": (setting, dataclasses.replace(record, position_sd_m=near)),
        "4: the state; 3: the land around": spread_over_land(setting, record),
    }


def line_with_centroids(past: Past) -> NDArray[np.float64]:
    """The one line as it would be with events of codes 4 and 5 counted in the cell of their centroid."""
    cell, cells = past.record.placed.cell, past.setting.cells.size
    counts = np.bincount(cell, minlength=cells) / max(cell.size, 1)
    return 0.80 * counts + 0.15 * past.setting.settlements + 0.05 * past.setting.uniform


def walked(setting: Setting, record: Record, model: Model) -> Walk:
    """One model over the origins, asked for all events."""
    wanted = {ALL: np.ones(record.cell.size, dtype=np.bool_)}
    trial = Trial(record=record, setting=setting, wanted=wanted)
    return walk(trial, origins={30: ORIGINS}, models={"model": model})[30]


def compare_places(inputs: Inputs) -> None:
    """Print the scores of the mixture and the one line by how vague events are placed."""
    trial = trial_from(inputs)
    setting, record = trial.setting, trial.record
    runs = {
        f"mixture, {name}": walked(area, events, MODELS[MIXTURE])
        for name, (area, events) in variants(setting, record).items()
    }
    runs["one line, 4 and 5 at centroids"] = walked(setting, record, Model(fit=line_with_centroids))
    runs["one line, 4 and 5 not counted"] = walked(setting, record, MODELS[ONE_LINE])
    rows = [score_table(run, ALL, rng=np.random.default_rng(1)) for run in runs.values()]
    table = pd.concat(rows).set_index(pd.Index(runs))
    shown = ["events", "bits", "hit_05", "hit_05_low", "hit_05_high", "hit_10", "new_hit_05"]
    print("\nwhere_prec 3 to 5 in the densities, 30 days, 10 km, 48 origins 2014-01 to 2017-12")
    print(table[shown].round(3).to_string())
    print("bits more than the first of the same model, 95 % intervals by blocks of origins")
    draws = block_draws(len(ORIGINS), block=1, rng=np.random.default_rng(1))
    for name, run in runs.items():
        first = next(run for other, run in runs.items() if other[:5] == name[:5]).asked
        more = run.asked["bits"].to_numpy(dtype=float) - first["bits"].to_numpy(dtype=float)
        mean = mean_with_interval(more, first["origin"].to_numpy(dtype=np.int64), draws)
        print(f"{name}: {mean[0]:+.3f} [{mean[1]:+.3f}, {mean[2]:+.3f}]")


def other_publisher(incidents: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The same events as another publisher may have them: days, places, names and deaths shifted."""
    n = len(incidents)
    sd_m = np.where(incidents["where_prec"] <= 2, 3_000.0, 10_000.0)
    x = incidents.geometry.x + rng.normal(0, sd_m)
    y = incidents.geometry.y + rng.normal(0, sd_m)
    late = pd.to_timedelta(rng.integers(-1, 2, n), unit="D")
    best = (incidents["deaths_best"] * rng.uniform(0.6, 1.5, n)).round()
    best = best.mask(rng.random(n) < 0.3)
    return incidents.assign(
        id="other-" + incidents["id"],
        source="other",
        date_start=incidents["date_start"] + late,
        date_end=incidents["date_end"] + late,
        actor_a=incidents["actor_b"].replace(OTHER_NAMES),
        actor_b=incidents["actor_a"].replace(OTHER_NAMES),
        deaths_best=best,
        deaths_low=np.nan,
        deaths_high=np.nan,
        geometry=shapely.points(x, y),
    )


def found(
    incidents: gpd.GeoDataFrame, spec: DuplicateSpec, rng: np.random.Generator
) -> tuple[int, int, int]:
    """True links, found links and right links, where half of the events have a second report."""
    half = rng.permutation(len(incidents))[: len(incidents) // 2]
    seen = other_publisher(incidents.iloc[np.sort(half)], rng)
    # The other publisher has only these: what it links to any other event is wrong.
    both = gpd.GeoDataFrame(pd.concat([incidents, seen], ignore_index=True), crs=incidents.crs)
    pairs = links_of(both, spec).pairs
    plain = [pairs[side].str.removeprefix("other-") for side in ("id_a", "id_b")]
    return len(half), len(pairs), int((plain[0] == plain[1]).sum())


def split(
    incidents: gpd.GeoDataFrame, spec: DuplicateSpec, rng: np.random.Generator
) -> tuple[int, int]:
    """Events of one publisher dealt to two sources at random, and how many links are made: all are wrong."""
    source = np.where(rng.random(len(incidents)) < 0.5, "one", "other")
    return len(incidents), len(links_of(incidents.assign(source=source), spec).pairs)


def compare_links(incidents: gpd.GeoDataFrame, spec: DuplicateSpec) -> dict[str, float]:
    """Precision and recall by construction, and wrong links among distinct events."""
    precise = incidents[(incidents["where_prec"] <= 2) & (incidents["date_prec"] <= 2)]
    well = precise.reset_index(drop=True)
    sharp = np.array([found(well, spec, np.random.default_rng(seed)) for seed in SEEDS]).sum(axis=0)
    made = np.array([found(incidents, spec, np.random.default_rng(seed)) for seed in SEEDS])
    dealt = np.array([split(incidents, spec, np.random.default_rng(seed)) for seed in SEEDS])
    true, linked, right = made.sum(axis=0)
    return {
        "precision": right / linked,
        "recall": right / true,
        "recall of precise events": sharp[2] / sharp[0],
        "wrong links of 1000 distinct events": 1000 * dealt[:, 1].sum() / dealt[:, 0].sum(),
    }


def print_links(inputs: Inputs) -> None:
    """Print what each limit does, one at a time."""
    table = inputs.layers["incidents"].table
    years = table[table["date_start"].between(FIRST, LAST)].reset_index(drop=True)
    default = DuplicateSpec()
    others: dict[str, DuplicateSpec] = {
        "defaults": default,
        **{f"distance {km} km": dataclasses.replace(default, distance=km * 1e3) for km in (5, 20)},
        **{f"days {days}": dataclasses.replace(default, days=days) for days in (0, 2, 3)},
        **{f"names {least}": dataclasses.replace(default, names=least) for least in (0.0, 0.7)},
        **{f"deaths {least}": dataclasses.replace(default, deaths=least) for least in (0.0, 0.7)},
        **{
            f"score {least}": dataclasses.replace(default, score=least) for least in (0.0, 0.4, 0.6)
        },
    }
    rows = {name: compare_links(years, spec) for name, spec in others.items()}
    print(f"\nlinks, {len(years)} events of 2014 to 2017, {len(SEEDS)} seeds")
    print(pd.DataFrame(rows).T.round(3).to_string())
    later = table[table["date_start"] > LAST].reset_index(drop=True)
    print(f"defaults on the {len(later)} events since 2018")
    print(pd.DataFrame([compare_links(later, default)]).round(3).to_string(index=False))


def main() -> None:
    if not DATA.is_dir():
        print(f"no data folder {DATA}: set GEO_POC_DATA to it")
        return
    pd.set_option("display.width", 200)
    inputs = inputs_of(10.0)
    compare_places(inputs)
    print_links(inputs)


if __name__ == "__main__":
    main()
