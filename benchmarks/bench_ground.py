"""Travel time over terrain and roads against other engines, in one run: medians of five."""

from __future__ import annotations

import atexit
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from results import peak_above_now_mb, write
from scipy.ndimage import gaussian_filter

from geo_poc.grid import Grid
from geo_poc.routing.surface import travel_surface

RUNS = 5
CELL_M = 100.0
STARTS = 50
ROADS_M = 20_000.0
ROADS_KMH = 60.0


def terrain(
    side: int, cell_m: float = CELL_M
) -> tuple[Grid, NDArray[np.float32], NDArray[np.int64]]:
    """Two orders of magnitude of pace in smooth hills, and fifty starts."""
    rng = np.random.default_rng(1)
    coarse = gaussian_filter(rng.normal(size=(side // 10, side // 10)), 4)
    height = np.kron(coarse, np.ones((10, 10)))
    share = (height - height.min()) / (height.max() - height.min())
    pace = (10 ** (2 * share - 1)).astype(np.float32)
    grid = Grid(rows=side, cols=side, cell_size_m=cell_m, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    return grid, pace, rng.choice(side * side, STARTS, replace=False)


Work = Callable[[], object]


def burnt_in(pace: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pace with a net of roads as quick cells, which is what an engine without a road graph gets."""
    at = (np.arange(ROADS_M / 2, pace.shape[0] * CELL_M, ROADS_M) / CELL_M).astype(int)
    burnt = pace.copy()
    burnt[at, :] = burnt[:, at] = np.float32(3.6 / ROADS_KMH)
    return burnt


def geo_poc(side: int, neighbours: int, *, owners: bool = False, roads: bool = False) -> Work:
    grid, pace, cells = terrain(side)
    pace = burnt_in(pace) if roads else pace
    return lambda: travel_surface(grid, pace, cells, neighbours=neighbours, owners=owners)


def numpy_sort(side: int) -> Work:
    values = np.random.default_rng(1).random(side * side).astype(np.float32)
    return lambda: np.sort(values)


def xarray_spatial(side: int) -> Work:
    import xarray as xr
    from xrspatial import cost_distance

    _, pace, cells = terrain(side)
    axis = np.arange(side) * CELL_M
    starts = np.zeros(side * side, np.float32)
    starts[cells] = 1
    raster = xr.DataArray(
        starts.reshape(side, side), coords={"y": axis, "x": axis}, dims=("y", "x")
    )
    friction = raster.copy(data=pace)
    return lambda: cost_distance(raster, friction)


def scikit_image(side: int) -> Work:
    from skimage.graph import MCP_Geometric

    _, pace, cells = terrain(side)
    starts = np.column_stack(np.divmod(cells, side))
    return lambda: MCP_Geometric(pace, fully_connected=True).find_costs(starts)


def scipy_dijkstra(side: int) -> Work:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    _, pace, cells = terrain(side)
    number = np.arange(side * side, dtype=np.int32).reshape(side, side)

    def run() -> object:
        heads, tails, costs = [], [], []
        for here, there, length in (
            (np.s_[:, :-1], np.s_[:, 1:], 1.0),
            (np.s_[:-1], np.s_[1:], 1.0),
            (np.s_[:-1, :-1], np.s_[1:, 1:], np.sqrt(2)),
            (np.s_[:-1, 1:], np.s_[1:, :-1], np.sqrt(2)),
        ):
            heads.append(number[here].ravel())
            tails.append(number[there].ravel())
            costs.append((CELL_M * length / 2 * (pace[here] + pace[there])).ravel())
        edges = (np.concatenate(costs), (np.concatenate(heads), np.concatenate(tails)))
        graph = coo_array(edges, shape=(side * side, side * side)).tocsr()
        return dijkstra(graph, directed=False, indices=cells, min_only=True)

    return run


def grass_cost(side: int) -> Work:
    """The module r.cost alone: region and rasters are made before it is timed."""
    base = subprocess.run(
        ["grass", "--config", "path"], check=True, capture_output=True, text=True
    ).stdout.strip()
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    subprocess.run(["grass", "-c", "XY", str(folder / "xy"), "-e"], check=True, capture_output=True)
    (folder / "rc").write_text(
        f"GISDBASE: {folder}\nLOCATION_NAME: xy\nMAPSET: PERMANENT\nGUI: text\n", encoding="ascii"
    )
    programs = os.pathsep.join([f"{base}/bin", f"{base}/scripts", os.environ["PATH"]])
    env = {
        **os.environ,
        "GISBASE": base,
        "GISRC": str(folder / "rc"),
        "PATH": programs,
        "LD_LIBRARY_PATH": f"{base}/lib",
    }

    def module(name: str, *options: str) -> None:
        subprocess.run([name, "--quiet", "--overwrite", *options], check=True, env=env)

    _, pace, cells = terrain(side)
    (pace * CELL_M).astype("<f4").tofile(folder / "pace.bin")
    edges = ("north=0", f"south={-side}", "west=0", f"east={side}")
    module("g.region", "n=0", f"s={-side}", "w=0", f"e={side}", f"rows={side}", f"cols={side}")
    size = (f"rows={side}", f"cols={side}", "bytes=4", "order=little")
    module("r.in.bin", "-f", f"input={folder / 'pace.bin'}", "output=pace", *edges, *size)
    row, col = np.divmod(cells, side)
    at = "\n".join(f"{c + 0.5}|{-r - 0.5}" for r, c in zip(row, col, strict=True))
    (folder / "starts.txt").write_text(at + "\n", encoding="ascii")
    points = ("separator=pipe", "x=1", "y=2", "-t", "-b")
    module("v.in.ascii", f"input={folder / 'starts.txt'}", "output=starts", *points)
    megabytes = max(300, side * side * 60 // 1_000_000)
    return lambda: module(
        "r.cost", "input=pace", "output=cost", "start_points=starts", f"memory={megabytes}"
    )


SCALAR_SORT = "numpy sort without vector instructions"
WORK = "nearest of 50 starts, whole grid, terrain only"
ENGINES: dict[str, Callable[[int], Work]] = {
    "geo-poc, 8 neighbours": lambda side: geo_poc(side, 8),
    "geo-poc, 16 neighbours": lambda side: geo_poc(side, 16),
    "geo-poc, 8 neighbours, owners": lambda side: geo_poc(side, 8, owners=True),
    "geo-poc, 8 neighbours, roads burnt in": lambda side: geo_poc(side, 8, roads=True),
    "geo-poc, 8 neighbours, owners, roads burnt in": lambda side: geo_poc(
        side, 8, owners=True, roads=True
    ),
    "numpy sort": numpy_sort,
    SCALAR_SORT: numpy_sort,
    "xarray-spatial cost_distance": xarray_spatial,
    "scikit-image MCP_Geometric": scikit_image,
    "scipy dijkstra": scipy_dijkstra,
    "GRASS r.cost": grass_cost,
}


def measured(engine: str, side: int) -> dict[str, object]:
    """Median of the runs after a first one, and what the process needed more than before it."""
    work = ENGINES[engine](side)
    work()
    peak_mb = peak_above_now_mb(work)
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return {
        "work": WORK,
        "size": f"{side * side / 1e6:g} Mcells",
        "engine": engine,
        "threads": 1,
        "median_s": round(statistics.median(seconds), 3),
        "peak_mb": round(peak_mb),
    }


def environment(engine: str) -> dict[str, str]:
    """Of the process that measures an engine: numpy is told which instructions to leave out."""
    if engine != SCALAR_SORT:
        return dict(os.environ)
    from numpy._core._multiarray_umath import __cpu_dispatch__

    return {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__)}


def main() -> None:
    """Each engine in a process of its own, so that memory is its own."""
    if len(sys.argv) == 3:
        write([measured(sys.argv[1], int(sys.argv[2]))])
        return
    for side in (1000, 2000, 5000):
        for engine in ENGINES:
            if engine.startswith("GRASS") and shutil.which("grass") is None:
                sys.stdout.write("GRASS is not installed: r.cost is left out\n")
                continue
            subprocess.run(
                [sys.executable, __file__, engine, str(side)], check=True, env=environment(engine)
            )


if __name__ == "__main__":
    main()
