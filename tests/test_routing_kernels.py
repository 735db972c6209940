"""The compiled queue against scipy's Dijkstra on the explicit graph of small random countries."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo_poc.grid import Grid
from geo_poc.routing import _kernels as kernels
from geo_poc.routing.ground import Nodes
from geo_poc.routing.moves import MOVES, kernel_moves, padded
from geo_poc.routing.pace import TimedLegs
from geo_poc.routing.road_graph import RoadEdges, linked
from geo_poc.routing.travel_graph import node_array

CRS = "EPSG:32636"
NOBODY = np.empty((0, 2))
OPPOSITE = {move: MOVES.index((-move[0], -move[1])) for move in MOVES}


def tobler(slope: NDArray[np.float64] | float) -> NDArray[np.float64] | float:
    return np.exp(3.5 * (np.abs(slope + 0.05) - 0.05))


@dataclass(frozen=True, kw_only=True)
class Country:
    grid: Grid
    pace: NDArray[np.float64]
    height: NDArray[np.float32]
    bars: NDArray[np.uint16]
    vertex: NDArray[np.float64]
    edges: RoadEdges
    joins: TimedLegs
    rng: np.random.Generator


def country(seed: int) -> Country:
    """Rivers with and without gaps, islands, dead ends, ferries, one-way roads, vertices at one point."""
    rng = np.random.default_rng(seed)
    rows, cols = rng.integers(4, 20, 2)
    cell_m = float(rng.choice([10.0, 100.0, 1000.0]))
    grid = Grid(rows=int(rows), cols=int(cols), cell_size_m=cell_m, left_m=0, top_m=0, crs=CRS)
    pace = rng.uniform(0.5, 3, grid.shape) if seed % 4 else np.ones(grid.shape)
    pace[rng.random(grid.shape) < rng.choice([0, 0.05, 0.25])] = np.inf
    if seed % 2:
        pace[:, cols // 2] = np.inf
    if seed % 3 == 0:
        diagonal = np.arange(min(rows, cols))
        pace[diagonal, diagonal] = np.inf
    count = int(rng.integers(2, 50))
    vertex = np.column_stack([rng.uniform(0, cols, count), -rng.uniform(0, rows, count)]) * cell_m
    vertex[1] = vertex[0]
    edges = _edges(rng, vertex, rows * cols)
    return Country(
        grid=grid,
        pace=pace,
        height=np.cumsum(rng.normal(0, 0.3 * cell_m, grid.shape), 1).astype(np.float32),
        bars=_bars(rng, grid),
        vertex=vertex,
        edges=edges,
        joins=_joins(rng, grid, pace, vertex),
        rng=rng,
    )


def _edges(rng: np.random.Generator, vertex: NDArray[np.float64], first: int) -> RoadEdges:
    count = len(vertex)
    pairs = np.unique(rng.integers(0, count, (int(rng.integers(1, 3 * count)), 2)), axis=0)
    length_m = np.hypot(*(vertex[pairs[:, 0]] - vertex[pairs[:, 1]]).T)
    seconds = length_m / rng.uniform(2, 20, len(pairs)) + 1e-3
    seconds[rng.random(len(pairs)) < 0.1] *= 200
    return RoadEdges(
        start=pairs[:, 0] + first,
        end=pairs[:, 1] + first,
        seconds=seconds,
        length_m=length_m,
        road=np.arange(len(pairs)),
        wait_s=np.zeros(len(pairs)),
    )


def _joins(
    rng: np.random.Generator,
    grid: Grid,
    pace: NDArray[np.float64],
    vertex: NDArray[np.float64],
) -> TimedLegs:
    """Each vertex with its own cell, and sometimes with others."""
    first = grid.rows * grid.cols
    own = (-vertex[:, 1] // grid.cell_size_m).astype(int) * grid.cols + (
        vertex[:, 0] // grid.cell_size_m
    ).astype(int)
    extra = rng.random(len(vertex)) < 0.5
    cell = np.concatenate([own, rng.integers(0, first, extra.sum())])
    node = np.concatenate([np.arange(len(vertex)), np.flatnonzero(extra)]) + first
    seconds = rng.uniform(0, grid.cell_size_m, cell.size)
    kept = np.isfinite(pace.ravel()[cell])
    return TimedLegs(
        start=cell[kept], end=node[kept], seconds=seconds[kept], length_m=seconds[kept]
    )


def _bars(rng: np.random.Generator, grid: Grid) -> NDArray[np.uint16]:
    """A tenth of all moves barred, there and back."""
    bars = np.zeros((grid.rows, grid.cols), np.uint16)
    for row, col in itertools.product(range(grid.rows), range(grid.cols)):
        for number, (down, right) in enumerate(MOVES):
            r, c = row + down, col + right
            if 0 <= r < grid.rows and 0 <= c < grid.cols and rng.random() < 0.05:
                bars[row, col] |= np.uint16(1 << number)
                bars[r, c] |= np.uint16(1 << OPPOSITE[down, right])
    return bars


@dataclass(frozen=True, kw_only=True)
class Features:
    neighbours: int = 8
    barred: bool = False
    slope: bool = False
    roads: bool = False


ALL_FEATURES = [
    Features(),
    Features(neighbours=16),
    Features(roads=True),
    Features(neighbours=16, barred=True, roads=True),
    Features(slope=True),
    Features(neighbours=16, barred=True, slope=True, roads=True),
]


def move_s(there: Country, row: int, col: int, move: tuple[int, int]) -> float:
    """Seconds of one move on the flat; inf where it cannot be made."""
    pace, (down, right) = there.pace, move
    r, c = row + down, col + right
    if not (0 <= r < there.grid.rows and 0 <= c < there.grid.cols):
        return np.inf
    length_m = np.hypot(down, right) * there.grid.cell_size_m
    if abs(down) + abs(right) == 3:
        first = pace[row + int(down / 2), col + int(right / 2)]
        second = pace[row + np.sign(down), col + np.sign(right)]
        return length_m / 4 * (pace[row, col] + first + second + pace[r, c])
    if down and right and np.isinf(pace[row, c]) and np.isinf(pace[r, col]):
        return np.inf
    return length_m / 2 * (pace[row, col] + pace[r, c])


def slope_factor(there: Country, row: int, col: int, move: tuple[int, int]) -> float:
    """Tobler's factor; a knight's move by halves, over the mean height of the two cells between."""
    down, right = move
    height = there.height.astype(float)
    length_m = np.hypot(*move) * there.grid.cell_size_m
    start, end = height[row, col], height[row + down, col + right]
    if abs(down) + abs(right) < 3:
        return float(tobler(np.clip((end - start) / length_m, -2, 2)))
    middle = (
        height[row + int(down / 2), col + int(right / 2)]
        + height[row + np.sign(down), col + np.sign(right)]
    ) / 2
    halves = np.array([middle - start, end - middle]) / (length_m / 2)
    return float(np.mean(tobler(np.clip(halves, -2, 2))))


def cell_edges(there: Country, features: Features) -> dict[tuple[int, int], float]:
    cols, edges = there.grid.cols, {}
    for row, col in itertools.product(range(there.grid.rows), range(cols)):
        for number, move in enumerate(MOVES[: features.neighbours]):
            seconds = move_s(there, row, col, move)
            if np.isinf(seconds) or (features.barred and there.bars[row, col] >> number & 1):
                continue
            if features.slope:
                seconds *= slope_factor(there, row, col, move)
            edges[row * cols + col, (row + move[0]) * cols + col + move[1]] = seconds
    return edges


def explicit(there: Country, features: Features) -> csr_array:
    """Every edge by itself: cells row by row, then vertices."""
    edges = cell_edges(there, features)
    if features.roads:
        roads, joins = there.edges, there.joins
        for one, other, seconds in (
            *zip(roads.start, roads.end, roads.seconds, strict=True),
            *zip(joins.start, joins.end, joins.seconds, strict=True),
            *zip(joins.end, joins.start, joins.seconds, strict=True),
        ):
            key = int(one), int(other)
            edges[key] = min(edges.get(key, np.inf), float(seconds))
    size = there.grid.rows * there.grid.cols + len(there.vertex)
    start, end = np.array(list(edges)).reshape(-1, 2).T
    return csr_array((list(edges.values()), (start, end)), shape=(size, size))


@dataclass(frozen=True, kw_only=True)
class Solved:
    seconds: NDArray[np.float32]
    owner: NDArray[np.int16]
    before: NDArray[np.int32]
    number: NDArray[np.int64]


def solved(
    there: Country,
    features: Features,
    seeds: NDArray[np.int64],
    start_s: NDArray[np.float32],
    *,
    width_s: float,
    cut_off_s: float = np.inf,
) -> Solved:
    grid = there.grid
    nodes = Nodes(grid=grid, at_vertex=there.vertex, at_base=NOBODY, at_place=NOBODY)
    links = linked(nodes, there.edges, there.joins)
    half = np.full((grid.rows + 4, grid.cols + 4), np.inf)
    half[2:-2, 2:-2] = there.pace * grid.cell_size_m / 2
    height = np.zeros(half.shape, np.float32)
    height[2:-2, 2:-2] = there.height
    bars = np.zeros(half.shape, np.uint16)
    bars[2:-2, 2:-2] = there.bars
    table = tobler(np.linspace(-2, 2, 40_001)).astype(np.float32)
    node = node_array(half, len(there.vertex), links.joined, bars.ravel())
    owner, before = np.full(node.size, -1, np.int16), np.full(node.size, -1, np.int32)
    near, far = kernel_moves(grid)
    _, low, high = kernels.settle(
        node,
        owner,
        before,
        half.size,
        near,
        far if features.neighbours == 16 else None,
        bars.ravel() if features.barred else None,
        kernels.Slope(height.ravel(), table, np.float32(10_000), table.min())
        if features.slope
        else None,
        links.roads if features.roads else None,
        links.number[seeds],
        start_s,
        np.arange(seeds.size, dtype=np.int16),
        width_s,
        128,
        float(cut_off_s),
        links.fan_out,
    )
    timed = np.flatnonzero(np.isfinite(node["time"][: half.size]))
    assert (low, high) == ((timed[0], timed[-1]) if timed.size else (half.size, 0))
    return Solved(
        seconds=node["time"][links.number],
        owner=owner[links.number],
        before=before[links.number],
        number=links.number,
    )


def starts(there: Country, features: Features) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Up to five starts on passable cells and on roads, some later than the ring of buckets reaches."""
    rng, cells = there.rng, there.grid.rows * there.grid.cols
    seeds = rng.choice(np.flatnonzero(np.isfinite(there.pace)), int(rng.integers(1, 6)))
    if features.roads:
        on_road = rng.random(seeds.size) < 0.5
        seeds = np.where(on_road, cells + rng.integers(0, len(there.vertex), seeds.size), seeds)
    start_s = rng.choice([0, 30, 900, 50_000], seeds.size) * rng.random(seeds.size)
    return seeds, start_s.astype(np.float32)


@pytest.mark.parametrize("features", ALL_FEATURES, ids=str)
@pytest.mark.parametrize("seed", range(24))
def test_times_and_owners_equal_dijkstra_on_the_explicit_graph(
    seed: int, features: Features
) -> None:
    there = country(seed)
    if not np.isfinite(there.pace).any():
        pytest.skip("a country of water alone")
    seeds, start_s = starts(there, features)
    every = dijkstra(explicit(there, features), indices=seeds) + start_s[:, None].astype(float)
    expected = every.min(axis=0)
    reached = np.isfinite(expected)
    tight = 1e-5 * expected[reached] + 1e-5
    for width_s in (there.grid.cell_size_m, 0.01 * there.grid.cell_size_m, 1e4):
        found = solved(there, features, seeds, start_s, width_s=width_s)
        assert (np.isinf(found.seconds) == ~reached).all()
        assert (np.abs(found.seconds[reached] - expected[reached]) <= tight).all()
        of_owner = every[found.owner[reached], np.flatnonzero(reached)]
        assert (of_owner <= expected[reached] + tight).all()
        assert (found.owner[~reached] == -1).all()


@pytest.mark.parametrize("features", ALL_FEATURES, ids=str)
@pytest.mark.parametrize("seed", range(12))
def test_what_the_cut_off_lets_through_is_exact_and_nothing_in_time_is_missed(
    seed: int, features: Features
) -> None:
    there = country(seed)
    seeds, start_s = starts(there, features)
    every = dijkstra(explicit(there, features), indices=seeds) + start_s[:, None].astype(float)
    expected = every.min(axis=0)
    cut_off_s = float(np.median(expected[np.isfinite(expected)]))
    found = solved(
        there, features, seeds, start_s, width_s=there.grid.cell_size_m, cut_off_s=cut_off_s
    )
    in_time = expected < cut_off_s * (1 - 1e-5)
    assert np.allclose(found.seconds[in_time], expected[in_time], rtol=1e-5, atol=1e-5)
    assert (found.seconds[~in_time] >= cut_off_s * (1 - 2e-5)).all()


@pytest.mark.parametrize("seed", range(12))
def test_walking_the_ways_back_adds_up_to_the_times(seed: int) -> None:
    there, features = country(seed), ALL_FEATURES[3]
    seeds, start_s = starts(there, features)
    graph = explicit(there, features)
    found = solved(there, features, seeds, start_s, width_s=there.grid.cell_size_m)
    ground_node = {int(number): n for n, number in enumerate(found.number)}
    for node in np.flatnonzero(np.isfinite(found.seconds)):
        at, total = int(node), 0.0
        while found.before[at] >= 0:
            previous = ground_node[int(found.before[at])]
            total += graph[previous, at]
            at = previous
        begun = start_s[seeds == at].min()
        assert total + begun == pytest.approx(float(found.seconds[node]), rel=1e-5, abs=1e-4)


def test_cells_have_two_cells_of_border_on_every_side() -> None:
    grid = Grid(rows=2, cols=3, cell_size_m=1.0, left_m=0.0, top_m=2.0, crs=CRS)
    assert padded(grid, np.arange(6)).tolist() == [16, 17, 18, 23, 24, 25]


READ_ONLY = """
import sys, tempfile
real = tempfile.TemporaryFile
def refused(*args, dir=None, **kwargs):
    if dir is not None and str(dir).endswith(tuple(sys.argv[1:])):
        raise PermissionError(13, "Permission denied", str(dir))
    return real(*args, dir=dir, **kwargs)
tempfile.TemporaryFile = refused
from geo_poc.routing import _kernels
print(_kernels.settle.stats.cache_path)
"""


def cache_folder(home: Path, *refusing: str) -> str:
    """Where compiled code is kept if folders of these names refuse to be written.

    Tests may run as root, whom no permission stops; so the folders refuse in the process itself.
    """
    surroundings = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    command = [sys.executable, "-c", READ_ONLY, *refusing]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings)
    return done.stdout.strip()


def test_an_installation_that_cannot_be_written_keeps_compiled_code_in_the_users_folder(
    tmp_path: Path,
) -> None:
    assert cache_folder(tmp_path, "__pycache__").startswith(str(tmp_path))


def test_where_no_folder_can_be_written_the_code_is_compiled_in_every_process(
    tmp_path: Path,
) -> None:
    assert cache_folder(tmp_path, "") == "None"
