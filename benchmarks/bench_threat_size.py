"""Run time and memory of each threat model by the number of events, on a million cells."""

from __future__ import annotations

import os
import sys
import time
import tracemalloc

import numpy as np
from results import write

from geo_poc.grid import Grid
from geo_poc.layers.threat.models import MODELS
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting, settled_weight
from geo_poc.layers.threat.totals import expected_total

SIDE = 1000
CELL_M = 5_000.0
YEARS = 20
AS_OF_DAY = 18_993.0
NUMBERS = (10_000, 100_000, 1_000_000)


def setting(rng: np.random.Generator) -> Setting:
    """A square of a million cells of 5 km, with people and settlements at random."""
    n = SIDE * SIDE
    population, settlements = (rng.gamma(0.3, size=n) + 1e-6 for _ in range(2))
    return Setting(
        grid=Grid(
            rows=SIDE,
            cols=SIDE,
            cell_size_m=CELL_M,
            left_m=0.0,
            top_m=SIDE * CELL_M,
            crs="EPSG:32636",
        ),
        cells=np.arange(n),
        population=population / population.sum(),
        settlements=settlements / settlements.sum(),
        towns=np.full(n, 1.0 / n),
        settled=settled_weight(settlements / settlements.sum()),
    )


def record(number: int, rng: np.random.Generator) -> Record:
    """Exact points, half of them within some 50 km of one of 200 hot spots, half anywhere."""
    side_m = SIDE * CELL_M
    spot = rng.uniform(0, side_m, size=(200, 2))[rng.integers(0, 200, number)]
    near = np.clip(spot + rng.normal(0, 5e4, size=(number, 2)), 1, side_m - 1)
    anywhere = rng.uniform(1, side_m, size=(number, 2))
    x, y = np.where(rng.random((number, 1)) < 0.5, near, anywhere).T
    day = np.floor(AS_OF_DAY - 1 - rng.uniform(0, YEARS * 365.25, number))
    return Record(
        cell=((side_m - y) // CELL_M).astype(np.int64) * SIDE + (x // CELL_M).astype(np.int64),
        x_m=x,
        y_m=y,
        start_day=day,
        end_day=day,
        where_prec=rng.choice([1.0, 2.0, 3.0, 4.0], number, p=[0.5, 0.2, 0.2, 0.1]),
        date_prec=np.ones(number),
        wanted=np.ones(number, dtype=np.bool_),
    )


def cost(name: str, past: Past) -> dict[str, object]:
    """Seconds of one fit, and the most memory that its arrays hold at once."""
    tracemalloc.start()
    start = time.perf_counter()
    if name == "number":
        expected_total(past)
    else:
        MODELS[name].density(past)
    seconds = time.perf_counter() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "work": f"threat: {name}",
        "size": f"{past.setting.cells.size} cells, {past.record.cell.size} events",
        "engine": "geo-poc",
        "threads": len(os.sched_getaffinity(0)),
        "median_s": round(seconds, 2),
        "peak_mb": round(peak / 1e6),
    }


def main() -> None:
    rng = np.random.default_rng(1)
    ground = setting(rng)
    for number in map(int, sys.argv[1:]) if len(sys.argv) > 1 else NUMBERS:
        past = past_of(record(number, rng), ground, as_of_day=AS_OF_DAY, horizon_days=30.0)
        for name in (*MODELS, "number"):
            write([cost(name, past)])


if __name__ == "__main__":
    main()
