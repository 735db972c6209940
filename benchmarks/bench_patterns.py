"""Patterns of 10,000 and 100,000 made-up incidents: processor seconds and memory of each part.

Incidents lie at 3,000 places of 800 x 800 km, the k-th of them as frequent as 1 / (k + 20), each within
3 km of its place, over ten years. Numbers of incidents may be given: ``bench_patterns.py 20000``.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from results import write

from geo_poc.layers.patterns.clusters import Density, cluster_numbers
from geo_poc.layers.patterns.displacement import Window, around, change_table, pooled
from geo_poc.layers.patterns.hotspots import hot_spots, neighbours
from geo_poc.layers.patterns.near_repeat import Bands, near_repeats
from geo_poc.layers.patterns.trends import monthly, months_before, trend_table

SIDE_M, CELL_M, DAYS = 800e3, 10e3, 3_650.0
BANDS = Bands(distances_m=(5e3, 10e3, 20e3), days=(7.0, 14.0, 30.0, 60.0))
Made = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def incidents(n: int) -> Made:
    """Eastings, northings and days."""
    rng = np.random.default_rng(1)
    places = rng.uniform(0, SIDE_M, (3_000, 2))
    share = 1 / (np.arange(3_000) + 20)
    at = places[rng.choice(3_000, n, p=share / share.sum())] + rng.uniform(-3e3, 3e3, (n, 2))
    x, y = np.clip(at, 0, SIDE_M - 1).T
    return x, y, np.floor(rng.uniform(0, DAYS, n))


def hot(made: Made) -> None:
    x, y, _ = made
    side = int(SIDE_M / CELL_M)
    cell = (y // CELL_M).astype(int) * side + (x // CELL_M).astype(int)
    right, up = np.meshgrid(np.arange(side) * CELL_M, np.arange(side) * CELL_M)
    near = neighbours(right.ravel(), up.ravel(), radius_m=30e3)
    hot_spots(np.bincount(cell, minlength=side**2), near)


def clusters(made: Made) -> None:
    cluster_numbers(*made, Density(reach_m=10e3, least=5))


def repeats(made: Made) -> None:
    near_repeats(*made, BANDS, rng=np.random.default_rng(1))


def repeats_in_year(made: Made) -> None:
    year = (made[2] // 365).astype(np.int64)
    near_repeats(*made, BANDS, rng=np.random.default_rng(1), block=year)


def trends(made: Made) -> None:
    x, _, day = made
    months = months_before(pd.Timestamp(DAYS, unit="D"), recent=12, earlier=36, first_day=0.0)
    assert months is not None
    district = (x // 10e3).astype(int)
    trend_table({d: monthly(day[district == d], months) for d in range(80)}, months)


def bases(made: Made) -> None:
    x, y, day = made
    at = np.linspace(400, DAYS - 400, 40)
    table = pd.DataFrame(
        {
            "base": "B",
            "change": "opened",
            "earliest_day": at,
            "latest_day": at,
            "x_m": np.linspace(1e4, SIDE_M - 1e4, 40),
            "y_m": 4e5,
        }
    )
    window = Window(radius_m=20e3, days=180.0, first_day=0.0, end_day=DAYS)
    near = around(table, x, y, day, window)
    pooled(change_table(table, near, window), near, window, rng=np.random.default_rng(1))


PARTS: dict[str, Callable[[Made], None]] = {
    "Gi* of 6,400 cells": hot,
    "clusters": clusters,
    "near repeats, 999 shuffles": repeats,
    "near repeats within 365 days": repeats_in_year,
    "trends of 80 districts": trends,
    "40 bases, 999 other dates": bases,
}


def cost(name: str, made: Made) -> dict[str, object]:
    """Processor seconds, of one thread, and memory of one run of a part after one of 100 incidents."""
    PARTS[name](incidents(100))
    start = time.process_time()
    PARTS[name](made)
    seconds = time.process_time() - start
    return {
        "work": f"patterns: {name}",
        "size": f"{made[0].size} incidents",
        "engine": "geo-poc",
        "threads": 1,
        "median_s": round(seconds, 2),
        "peak_mb": round(peak_mb(name, made), 1),
    }


def peak_mb(name: str, made: Made) -> float:
    """Most memory that a part's arrays hold at once; numpy tells tracemalloc of all of them."""
    tracemalloc.start()
    if name.startswith("near"):
        near_repeats(*made, BANDS, rng=np.random.default_rng(1), draws=1)
    else:
        PARTS[name](made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    rows = []
    for n in map(int, sys.argv[1:] or ("10000", "100000")):
        made = incidents(n)
        rows += [cost(name, made) for name in PARTS]
    write(rows)


if __name__ == "__main__":
    main()
