"""The table of oracles: what geo-poc's ground engine was held against, and how far it was from it.

Peers run in this process. What is not there is skipped, and said to be. Every outlier is listed with its
cause above the table. With ``short`` as an argument the grid of 25 million cells is left out.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from oracle_networks import engine_s, networkx_s, random_network
from oracle_symmetry import Land, changes, mixed, plain

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("GEO_POC_DATA") or ROOT.parent / "shared" / "data")


class Row(NamedTuple):
    """One line of the table."""

    oracle: str
    work: str
    n: int
    figure: str
    value: str


def skipped(oracle: str, work: str, why: str) -> Row:
    return Row(oracle, work, 0, "skipped", why)


def largest(found: NDArray[np.float64], expected: NDArray[np.float64]) -> str:
    """Largest relative difference; both must be unreachable in the same entries."""
    if (np.isfinite(found) != np.isfinite(expected)).any():
        return "reached by one of them only"
    apart = (expected > 0) & np.isfinite(expected)
    return f"{np.abs(found[apart] / expected[apart] - 1).max():.1e}"


def networks() -> Iterator[Row]:
    pairs = [(engine_s(n), networkx_s(n)) for n in map(random_network, range(25))]
    found, expected = (np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1))
    work = "25 random road networks, one-ways, closures, published lengths"
    yield Row("networkx", work, found.size, "largest difference", largest(found, expected))


def surfaces() -> Iterator[Row]:
    from bench_ground import geo_poc, scipy_dijkstra

    for side in (1000,) if "short" in sys.argv else (1000, 5000):
        found = np.asarray(geo_poc(side, 8)().seconds, np.float64).ravel()  # type: ignore[attr-defined]
        expected = np.asarray(scipy_dijkstra(side)(), np.float64)
        work = f"nearest of 50 starts, {side * side / 1e6:g} Mcells, 8 moves"
        yield Row("scipy", work, found.size, "largest difference", largest(found, expected))


def valhalla() -> Iterator[Row]:
    if importlib.util.find_spec("valhalla") is None:
        yield skipped("Valhalla", "car times", "not installed: pip install --group oracles")
        return
    from oracle_valhalla import actor_of, compared

    for name in ("andorra", "heidelberg"):
        pbf = FOLDER / "osm" / f"{name}.osm.pbf"
        if not pbf.is_file():
            yield skipped("Valhalla", name, f"no file {pbf}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = compared(actor_of(pbf, Path(folder)), pbf, pairs=200, seed=1)
        ratios = {
            "median ratio": found.ratio("theirs_s"),
            "median ratio without turns": found.ratio("theirs_road_s"),
        }
        for figure, ratio in ratios.items():
            value = f"{ratio.median():.3f} (5-95 %: {ratio.quantile(0.05):.3f}-{ratio.quantile(0.95):.3f})"
            yield Row("Valhalla", f"car times, {name}", int(ratio.count()), figure, value)
        same = found.ratio("same_way_road_s")
        apart = f"{(same - 1).abs().max():.1e}"
        yield Row(
            "Valhalla",
            f"geo-poc's own ways, {name}",
            int(same.count()),
            "largest difference",
            apart,
        )
        outliers = found.pairs[found.pairs["cause"] != ""]
        for cause, pairs in outliers.groupby("cause"):
            yield Row("Valhalla", f"over 10 % apart, {name}", len(pairs), "cause", str(cause))
        show(f"Valhalla, {name}: pairs more than 10 % apart", outliers)


def fabflee() -> Iterator[Row]:
    if not (FOLDER / "south_sudan").is_dir():
        yield skipped("FabFlee", "road distances", f"no folder {FOLDER / 'south_sudan'}")
        return
    from oracle_fabflee import compared

    pairs = compared(FOLDER)
    ratio = pairs["ours_km"] / pairs["theirs_km"]
    work, others = "road distances of South Sudan", pairs[pairs["cause"] != ""]
    share = f"{len(pairs) - len(others)} of {len(pairs)}"
    yield Row("FabFlee", work, len(pairs), "within 25 %", share)
    yield Row("FabFlee", work, len(pairs), "median ratio", f"{ratio.median():.3f}")
    for cause, some in others.groupby("cause"):
        yield Row("FabFlee", "over 25 % apart", len(some), "cause", str(cause))
    show("FabFlee: pairs more than 25 % apart", others.drop(columns="ours_no_river_km"))


LANDS: dict[str, Callable[[int], Land]] = {
    "trips by road": lambda seed: mixed(seed, on_roads=True),
    "trips off the roads, river and lakes": lambda seed: mixed(seed, on_roads=False),
    "trips across a plain": plain,
}


def symmetry() -> Iterator[Row]:
    for work, land_of in LANDS.items():
        for cell_m in (2_000.0, 1_000.0, 500.0):
            for how in ("shifted", "turned"):
                change = _moved(land_of, cell_m, how)
                value = (
                    f"{change.max():.1%}, median {change.median():.1%}, "
                    f"{(change < 0.01).mean():.0%} of them below 1 %"
                )
                name = f"{work}, cells of {cell_m:g} m"
                yield Row(f"theatre {how}", name, len(change), "largest change", value)


def _moved(land_of: Callable[[int], Land], cell_m: float, how: str) -> pd.Series:
    tables = []
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        turn = rng.uniform(0, 360) if how == "turned" else 0.0
        shift = tuple(rng.uniform(-5_000, 5_000, 2)) if how == "shifted" else (0.0, 0.0)
        tables.append(changes(land_of(seed), cell_m, turn, shift))
    change = pd.concat(tables)["change"].abs()
    return change[np.isfinite(change)]


def show(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}\n{table.round(1).to_string()}\n", flush=True)


def main() -> None:
    """Every oracle in turn, then the table."""
    rows = [row for oracle in (networks, surfaces, symmetry, fabflee, valhalla) for row in oracle()]
    show("Oracles", pd.DataFrame(rows, columns=Row._fields).set_index("oracle"))


if __name__ == "__main__":
    main()
