"""The search for the mixture's densities: every trial on South Sudan 2014-2017, and no later event.

Prints one row a trial, means over nine places of the grid (docs/methods/threat_search.md). Needs the real
data folder (GEO_POC_DATA, or ``shared/data`` beside the repository). ``--quick`` takes one place of the grid,
``--judge`` scores start and end of the search on 2018-2021 instead.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from bench_threat import DATA, inputs_of, placed_anew, trial_from
from numpy.typing import NDArray
from search_ground import Component, Floats, Ground, Kernel, Learning, grounds, scored

from geo_poc.inputs import Inputs
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.threat.kernel import point_density
from geo_poc.layers.threat.models import MIXTURE, MODELS, ONE_LINE
from geo_poc.layers.threat.score_tables import score_table
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.walk import walk

UNTIL = dt.date(2017, 12, 31)
SHIFTS = list(itertools.product((0, 1 / 3, 2 / 3), repeat=2))
TAUS = (30.0, 365.0, np.inf)
STATIC: list[Component] = ["uniform", "population", "settlements"]
TEN_STATIC: list[Component] = [*STATIC, "towns"]
Trials = Mapping[str, Sequence[Component]]


def same(*, codes: tuple[int, ...] = (1, 2, 3, 4, 5), amount: str = "number") -> list[Component]:
    """Own place, a Gaussian of 0.5 km, in three decays."""
    return [Kernel(sd_km=0.5, by="", decay=tau, codes=codes, amount=amount) for tau in TAUS]


def near(taus: Sequence[float] = TAUS, **changed: object) -> list[Component]:
    """Neighbourhood of 25 km by settlements, or changed, in some decays."""
    plain = Kernel()
    return [dataclasses.replace(plain, decay=tau, **changed) for tau in taus]


def own_cell(amount: str = "number") -> list[Component]:
    """Own cell, codes 1 to 3, in three decays."""
    return [
        Kernel(sd_km=1e-3, by="", decay=tau, codes=(1, 2, 3), amount=amount, cells=True)
        for tau in TAUS
    ]


def wide(taus: Sequence[float] = TAUS, **changed: object) -> list[Component]:
    """Neighbourhood of 50 km by settlements of 2 km, each cell once, or changed."""
    found = {"sd_km": 50.0, "by": "settled_2", "amount": "distinct", "cells": True}
    return near(taus, **(found | changed))


TEN = [*TEN_STATIC, *same(), *near()]
CLOSE_BY = near((365.0,), sd_km=15.0, by="", amount="distinct", cells=True)
NINE = [*STATIC, *own_cell(), *wide((30.0, 365.0)), *CLOSE_BY]


def extras(inputs: Inputs, setting: Setting) -> dict[str, Floats]:
    """Densities beside those of the setting: sharper settlements, roads, rivers, products."""
    grid, cells = setting.grid, setting.cells
    places = inputs.layers["places"].table
    towns = places[places["kind"] != "health"]
    folder = DATA / "south_sudan"
    roads = gpd.read_file(folder / "roads" / "africa_network_ssd.gpkg")
    rivers = gpd.read_file(folder / "admin" / "naturalearth10m_rivers_central_africa.gpkg")
    points = {
        "settled": point_coordinates(places.geometry.to_numpy()),
        "towns": point_coordinates(towns.geometry.to_numpy()),
        "roads": _along(roads[~roads["add"].astype(bool)], grid.crs),
        "rivers": _along(rivers, grid.crs),
    }
    found = {}
    widths = (
        ("settled", (1, 2, 10, 20)),
        ("towns", (10,)),
        ("roads", (3, 10)),
        ("rivers", (3, 10)),
    )
    for name, sds_km in widths:
        x, y = (axis[np.isfinite(points[name][0])] for axis in points[name])
        for sd_km in sds_km:
            sd_m = (sd_km * 1e3, sd_km * 1e3)
            found[f"{name}_{sd_km}"] = point_density(x, y, sd_m=sd_m, grid=grid, cells=cells)
    settled = 0.8 * cells.size * setting.settlements + 0.2
    for name in ("roads_3", "rivers_3"):
        product = settled * (0.8 * cells.size * found[name] + 0.2)
        found[f"settled x {name}"] = product / product.sum()
    found["root settled"] = np.sqrt(found["settled_2"]) / np.sqrt(found["settled_2"]).sum()
    return found


def _sharp_alone(inputs: Inputs, setting: Setting) -> dict[str, Floats]:
    """Settlements as Gaussians of 2 km."""
    places = inputs.layers["places"].table
    x, y = point_coordinates(places.geometry.to_numpy())
    here, sd_m = np.isfinite(x), (2e3, 2e3)
    density = point_density(x[here], y[here], sd_m=sd_m, grid=setting.grid, cells=setting.cells)
    return {"settled_2": density}


def _along(lines: gpd.GeoDataFrame, crs: object) -> tuple[NDArray[np.float64], ...]:
    """Points a kilometre apart along lines."""
    dense = shapely.segmentize(lines.to_crs(crs).geometry.explode().to_numpy(), 1000.0)
    x, y = shapely.get_coordinates(dense).T
    return x, y


def added_to_ten() -> Trials:
    """One more density beside the ten."""
    names = ["settled_1", "settled_2", "settled_10", "settled_20", "root settled", "towns_10"]
    names += ["roads_3", "roads_10", "rivers_3", "rivers_10"]
    names += ["settled x roads_3", "settled x rivers_3"]
    found: dict[str, Sequence[Component]] = {f"+ {one}": [*TEN, one] for one in names}
    for sd_km in (5.0, 8.0, 12.0, 50.0, 80.0):
        for tau in (365.0, np.inf):
            found[f"+ near {sd_km:g} km, {tau:g} d"] = [*TEN, *near((tau,), sd_km=sd_km)]
    for tau in (10.0, 90.0, 1095.0):
        found[f"+ same place {tau:g} d"] = [*TEN, Kernel(sd_km=0.5, by="", decay=tau)]
        found[f"+ near {tau:g} d"] = [*TEN, *near((tau,))]
    for amount in ("distinct", "root", "season"):
        found[f"+ same place, {amount}"] = [*TEN, same(amount=amount)[2]]
        found[f"+ near, {amount}"] = [*TEN, *near((np.inf,), amount=amount)]
    found["+ same place, actors of 90 d"] = [
        *TEN,
        Kernel(sd_km=0.5, by="", decay=90.0, amount="actor"),
    ]
    found["+ near, actors of 90 d"] = [*TEN, *near((90.0,), amount="actor")]
    found["+ near, unseen cells alone"] = [*TEN, *near((np.inf,), unseen=True)]
    return found


def changed_ten() -> Trials:
    """The ten with a part changed or left out."""
    head, tail = [*TEN_STATIC, *same()], near()
    found: dict[str, Sequence[Component]] = {}
    for by in ("population", "towns", "settled_2", "settled x roads_3", "settled x rivers_3"):
        found[f"near by {by}"] = [*head, *near(by=by)]
    for share in (0.5, 0.95, 1.0):
        found[f"near, share {share:g}"] = [*head, *near(share=share)]
    found["near, unseen cells alone"] = [*head, *near(unseen=True)]
    found["near, code 3 widened by 25 km"] = [*head, *near(code3_km=25.0)]
    for codes in ((1, 2), (1, 2, 3)):
        text = f"codes {codes[0]}-{codes[-1]}"
        found[f"same place {text}"] = [*TEN_STATIC, *same(codes=codes), *tail]
        found[f"near {text}"] = [*head, *near(codes=codes)]
        found[f"both {text}"] = [*TEN_STATIC, *same(codes=codes), *near(codes=codes)]
    for number, one in enumerate(TEN):
        name = one if isinstance(one, str) else f"{one.sd_km:g} km, {one.decay:g} d"
        found[f"without {name}"] = [*TEN[:number], *TEN[number + 1 :]]
    return found


def towards_nine() -> Trials:
    """Steps from the ten to the nine, and ways round them."""
    coded = same(codes=(1, 2, 3))
    found: dict[str, Sequence[Component]] = {
        "codes 1-3 in same place": [*TEN_STATIC, *coded, *near()]
    }
    found["the same without towns"] = [*STATIC, *coded, *near()]
    found["the same + settled_1"] = [*STATIC, "settled_1", *coded, *near()]
    for sd_km in (25.0, 35.0, 50.0, 80.0):
        for amount in ("number", "distinct"):
            for unseen in (False, True):
                changed = {"sd_km": sd_km, "amount": amount, "unseen": unseen, "by": "settled_2"}
                text = f"near {sd_km:g} km, {amount}{', unseen' if unseen else ''}, settled_2"
                found[f"without towns, {text}"] = [*STATIC, *coded, *near(**changed)]
    found["own cell, near by point"] = [*STATIC, *own_cell(), *wide(cells=False)]
    found["own cell, near by cell"] = [*STATIC, *own_cell(), *wide()]
    return found


def around_nine() -> Trials:
    """The nine, changed."""
    cell = own_cell()
    found: dict[str, Sequence[Component]] = {"nine": NINE, "nine + towns": [*NINE, "towns"]}
    for by in ("settlements", "settled_1", "settled x roads_3"):
        found[f"three wide, by {by}"] = [*STATIC, *cell, *wide(by=by)]
    for sd_km in (15.0, 25.0, 35.0, 80.0):
        found[f"three wide, {sd_km:g} km"] = [*STATIC, *cell, *wide(sd_km=sd_km)]
    for share in (0.5, 0.95):
        found[f"three wide, share {share:g}"] = [*STATIC, *cell, *wide(share=share)]
    found["three wide, codes 1-3"] = [*STATIC, *cell, *wide(codes=(1, 2, 3))]
    found["three wide, root"] = [*STATIC, *cell, *wide(amount="root")]
    found["three wide, number"] = [*STATIC, *cell, *wide(amount="number")]
    for taus in ((30.0, 365.0), (90.0, np.inf), (365.0,), (90.0, 730.0)):
        text = " and ".join(f"{tau:g}" for tau in taus)
        found[f"wide, {text} d"] = [*STATIC, *cell, *wide(taus)]
    for one in ("settled x roads_3", "roads_3", "rivers_3", "settled_1"):
        found[f"nine + {one}"] = [*NINE, one]
    narrow = {"by": "", "amount": "distinct", "cells": True}
    for sd_km, taus in ((15.0, (np.inf,)), (15.0, TAUS), (10.0, (365.0,)), (10.0, TAUS)):
        found[f"three wide + {sd_km:g} km, {len(taus)} decays"] = [
            *STATIC,
            *cell,
            *wide(),
            *near(taus, sd_km=sd_km, **narrow),
        ]
    return found


def without_data() -> Trials:
    """Where neither people nor settlements are known."""
    alone: list[Component] = ["uniform", *own_cell()]
    return {
        "bare: ten": ["uniform", *same(), *near(by="")],
        "bare: three wide": [*alone, *wide(by="")],
        "bare: three of 25 km": [*alone, *wide(by="", sd_km=25.0)],
        "bare: three of 15 km": [*alone, *wide(by="", sd_km=15.0)],
        "bare: nine": [*alone, *wide((30.0, 365.0), by=""), *CLOSE_BY],
    }


def summary(parts: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Scores as means over places of the grid: all, in cells without an earlier event, and by halves."""
    rows = []
    for one in parts:
        early = _halves(one["origin"])
        row = {name: one[name].mean() for name in ("bits", "hit_01", "hit_05", "hit_10")}
        row["new"] = one.loc[one["new"], "hit_05"].mean()
        for half, chosen in (("half 1", early), ("half 2", ~early)):
            some = one[chosen]
            row |= {f"bits {half}": some["bits"].mean(), f"hit {half}": some["hit_05"].mean()}
            row[f"new {half}"] = some.loc[some["new"], "hit_05"].mean()
        rows.append(row)
    return {str(name): float(value) for name, value in pd.DataFrame(rows).mean().items()}


def _halves(origin: pd.Series[float]) -> pd.Series[bool]:
    """Whether an origin lies in the earlier half of the years."""
    year = pd.to_datetime(origin, unit="D").dt.year
    return year < year.min() + 2


def show(title: str, on: Sequence[Ground], trials: Trials, learning: Learning) -> None:
    """Print the table of some trials."""
    rows = {}
    for name, components in trials.items():
        rows[name] = summary([scored(one, components, learning) for one in on])
        for one in on:
            for made in set(one.made) - set(TEN) - set(NINE):
                del one.made[made]
    print(f"\n{title} ({len(trials)} trials)", flush=True)
    print(pd.DataFrame(rows).T.round(3).to_string(), flush=True)


def thinned(on: Sequence[Ground], share: float) -> list[Ground]:
    """The same grounds with a share of their events, chosen at random."""
    found = []
    for one in on:
        kept = np.random.default_rng(3).random(one.record.cell.size) < share
        found.append(
            dataclasses.replace(one, record=one.record.only(kept), actors=one.actors[kept], made={})
        )
    return found


def judged(shifts: Sequence[tuple[float, float]]) -> None:
    """Print the ten and the nine on the years that the search did not see."""
    last = dt.date(2021, 12, 31)
    on = grounds(10.0, until=last, shifts=shifts, extras=_sharp_alone)
    for horizon_days in (30.0, 90.0):
        later = Learning(first=dt.date(2018, 1, 1), last=last, horizon_days=horizon_days)
        show(f"2018-2021, {horizon_days:g} days", on, {"ten": TEN, "nine": NINE}, later)


def shipped(shifts: Sequence[tuple[float, float]]) -> None:
    """Print the scores of the package's own models on the same origins, with states for code 4."""
    inputs, months = inputs_of(10.0), pd.date_range("2014-01-01", "2017-12-01", freq="MS")
    chosen = {name: MODELS[name] for name in (ONE_LINE, MIXTURE)}
    tables = []
    for shift in shifts:
        trial = trial_from(placed_anew(inputs, *shift))
        done = walk(trial, origins={30: [month.date() for month in months]}, models=chosen)[30]
        tables.append(score_table(done, "all", rng=np.random.default_rng(1)))
    nine = pd.concat(tables)[["bits", "hit_01", "hit_05", "hit_10", "new_hit_05"]]
    print("\nthe package's own models, lowest, mean and highest over the places of the grid")
    print(nine.groupby(level="model", sort=False).agg(["min", "mean", "max"]).round(3).to_string())


ROUNDS: Mapping[str, Callable[[], Trials]] = {
    "one more density beside the ten": added_to_ten,
    "the ten with a part changed": changed_ten,
    "towards the nine": towards_nine,
    "around the nine": around_nine,
    "without people and settlements": without_data,
}


def main() -> None:
    if not DATA.is_dir():
        print(f"no data folder {DATA}: set GEO_POC_DATA to it")
        return
    pd.set_option("display.width", 250)
    shifts = SHIFTS[:1] if "--quick" in sys.argv else SHIFTS
    if "--judge" in sys.argv:
        judged(shifts)
        return
    on, both = grounds(10.0, until=UNTIL, shifts=shifts, extras=extras), {"ten": TEN, "nine": NINE}
    show("start and end", on, both, Learning())
    for title, trials in ROUNDS.items():
        show(title, on, trials(), Learning())
    for half_life_days in (365.25, 1461.0, 1e9):
        show(f"half-life {half_life_days:g} d", on, both, Learning(half_life_days=half_life_days))
    for pseudo in (0.3, 3.0):
        show(f"{pseudo:g} pseudo-events", on, both, Learning(pseudo=pseudo))
    show("90 days", on, both, Learning(horizon_days=90.0))
    for share in (0.25, 0.5):
        show(
            f"{share:g} of the events", thinned(on, share), both | dict(without_data()), Learning()
        )
    fine = grounds(5.0, until=UNTIL, shifts=shifts[::4], extras=extras)
    show("5 km", fine, both, Learning())
    show("5 km, 90 days", fine, both, Learning(horizon_days=90.0))
    shipped(shifts)


if __name__ == "__main__":
    main()
