"""Arrivals in memory: 5,000 places, 50 bases, 4 movers; medians of five runs after a first one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from results import write

from geo_poc.plan import Conditions
from geo_poc.provenance import peak_memory_mb
from geo_poc.routing.arrival import Arrival, arrival
from geo_poc.routing.binding import binding
from geo_poc.routing.lifts import Shuttle
from geo_poc.routing.trips import FirstLift, Trips, trips_of
from geo_poc.routing.troops import Carrier

RUNS = 5
BASES, PLACES, TROOPS = 50, 5_000, 120
DAY_S, NOTICE_S = 86_400.0, 1_800.0
# Troops in a lift, slowest way in hours, what a shuttle costs.
MOVERS = (
    ("foot", np.inf, 96.0, Shuttle()),
    ("patrol", 48.0, 36.0, Shuttle()),
    ("truck", 100.0, 36.0, Shuttle(turn_round_s=1_200.0)),
    ("aircraft", 48.0, 2.0, Shuttle(turn_round_s=1_200.0, crew_day_s=28_800.0)),
)


def made() -> tuple[list[Carrier], list[FirstLift]]:
    rng = np.random.default_rng(1)
    carriers, firsts = [], []
    for name, capacity, slowest_h, shuttle in MOVERS:
        way_s = rng.uniform(600.0, slowest_h * 3600.0, (BASES, PLACES))
        seconds = np.where(NOTICE_S + way_s <= DAY_S, NOTICE_S + way_s, np.inf)
        reasons = np.where(np.isfinite(seconds), 0, 4).astype(np.int8)
        firsts.append(FirstLift(seconds=seconds, way_s=way_s, reasons=reasons))
        notice_s = np.full(BASES, NOTICE_S)
        carriers.append(
            Carrier(mover=name, tier="unit", notice_s=notice_s, capacity=capacity, shuttle=shuttle)
        )
    return carriers, firsts


def main() -> None:
    carriers, firsts = made()

    def trips() -> Trips:
        return trips_of(
            firsts,
            carriers,
            np.full(BASES, 200.0),
            conditions=Conditions(season="dry", light="day"),
            ids=(tuple(map(str, range(BASES))), tuple(map(str, range(PLACES)))),
            troops=TROOPS,
            cut_off_s=DAY_S,
        )

    def arrived() -> Arrival:
        found = arrival(trips())
        found.time_to_force(TROOPS)
        return found

    found = arrived()
    size = f"{PLACES:,} places, {BASES} bases, {len(MOVERS)} movers, {found.order.shape[1]} trips"
    write(
        [
            row("arrival and time of k", size, arrived),
            row("binding constraint", size, lambda: binding(found, TROOPS)),
        ]
    )


def row(work: str, size: str, run: Callable[[], object]) -> dict[str, object]:
    seconds = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return {
        "work": work,
        "size": size,
        "engine": "geo-poc",
        "threads": 1,
        "median_s": round(statistics.median(seconds[1:]), 3),
        "peak_mb": round(peak_memory_mb()),
    }


if __name__ == "__main__":
    main()
