"""Self-exciting incidents with a known truth, and what that truth expects next."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.ndimage import gaussian_filter
from scipy.special import erf, gammainc

from geo_poc.data.people import Settlements
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import Floats, Land, fractal
from geo_poc.grid import WGS84, Grid
from geo_poc.theatre import Theatre

_LAST_GENERATION = 30

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class HawkesParameters:
    """Figures of the self-exciting process.

    The intensity at place x and day t, inside the country (nothing happens outside), is

    ``m(x) + sum over earlier events i of b / tau exp(-(t - t_i) / tau) N(x; x_i, s^2)``

    with the background ``m(x) = mu (u / A + (1 - u) sum_j w_j N(x; p_j, s_0^2))``: events a day ``mu``,
    uniform share ``u``, area ``A``, place weights ``w_j``. Followers that would fall outside the country
    do not exist and have none of their own. Hawkes 1971; space-time form after Ogata 1998.

    Parameters
    ----------
    background_per_day : float
        mu.
    uniform_share : float
        u.
    background_sd_m : float
        s_0, per axis.
    branching_ratio : float
        b, the expected followers of one event, below 1.
    decay_days : float
        tau.
    offspring_sd_m : float
        s, per axis.
    """

    background_per_day: float
    uniform_share: float = 0.08
    background_sd_m: float = 4000.0
    branching_ratio: float = 0.6
    decay_days: float = 25.0
    offspring_sd_m: float = 5000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """What really happened in a fictional country, and by which law.

    Parameters
    ----------
    parameters : HawkesParameters
    start : date
        Day 0.
    places_lonlat : array (p, 2)
        Where background events gather, degrees.
    place_weights : array (p,)
        Sum 1.
    days : array (n,)
        Time of each event in days since ``start``, rising.
    lonlat : array (n, 2)
        True place of each event, degrees.
    parents : int array (n,)
        Position of the event that each follows; -1 for background events.
    """

    parameters: HawkesParameters
    start: dt.date
    places_lonlat: Floats
    place_weights: Floats
    days: Floats
    lonlat: Floats
    parents: Ints


def simulate(land: Land, towns: Settlements, recipe: Recipe) -> Truth:
    """Incidents of the record of a recipe, by generations of a branching process."""
    rng = recipe.rng("incidents")
    calm = HawkesParameters(background_per_day=0.0)
    parameters = HawkesParameters(
        background_per_day=recipe.events_per_year / 365.25 * (1 - calm.branching_ratio)
    )
    weights = _tension(land, towns, rng)
    times, xy = _background(land.theatre, towns.xy_m, weights, parameters, recipe.days, rng)
    times, xy, parents = _with_followers(land.theatre, times, xy, parameters, recipe.days, rng)
    order = np.argsort(times, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    parents = np.where(parents[order] >= 0, place[parents[order]], -1)
    return Truth(
        parameters=parameters,
        start=recipe.start,
        places_lonlat=np.column_stack(land.theatre.lonlat(*towns.xy_m.T)).round(5),
        place_weights=weights,
        days=np.floor(times[order] * 1e4) / 1e4,
        lonlat=np.column_stack(land.theatre.lonlat(*xy[order].T)).round(5),
        parents=parents,
    )


def _tension(land: Land, towns: Settlements, rng: np.random.Generator) -> Floats:
    """Share of background events by settlement: few quiet regions, few violent ones."""
    grid = land.theatre.grid
    field = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.7 * land.frame.half_m, slope=3.6)
    rows, cols = grid.cell_of(*towns.xy_m.T)
    weight = towns.people**0.3 * np.exp(1.6 * field[rows, cols] + 0.7 * rng.normal(size=rows.size))
    weight[0] *= 0.3
    return np.asarray(weight / weight.sum())


def _background(
    theatre: Theatre, places: Floats, weights: Floats, p: HawkesParameters, days: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Times and places of the events that follow no other."""
    count = int(rng.poisson(p.background_per_day * days))
    xy = places[rng.choice(len(places), size=count, p=weights)]
    xy = xy + rng.normal(0, p.background_sd_m, (count, 2))
    anywhere = rng.random(count) < p.uniform_share
    xy[anywhere] = _uniform(theatre, int(anywhere.sum()), rng)
    times = rng.uniform(0, days, count)
    inside = shapely.contains_xy(theatre.area, *xy.T)
    return times[inside], xy[inside]


def _uniform(theatre: Theatre, count: int, rng: np.random.Generator) -> Floats:
    left, bottom, right, top = theatre.area.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        xy = rng.uniform((left, bottom), (right, top), (2 * count + 8, 2))
        found = np.vstack([found, xy[shapely.contains_xy(theatre.area, *xy.T)]])
    return found[:count]


def _with_followers(
    theatre: Theatre, times: Floats, xy: Floats, p: HawkesParameters, days: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Ints]:  # fmt: skip
    """All generations together, with the position of each event's parent."""
    all_times, all_xy, all_parents = [times], [xy], [np.full(len(times), -1, dtype=np.int64)]
    first = 0
    while len(times):
        parent = np.repeat(np.arange(len(times)), rng.poisson(p.branching_ratio, len(times)))
        later = times[parent] + rng.exponential(p.decay_days, parent.size)
        where = xy[parent] + rng.normal(0, p.offspring_sd_m, (parent.size, 2))
        exists = (later < days) & shapely.contains_xy(theatre.area, *where.T)
        all_parents.append(first + parent[exists])
        first += len(times)
        times, xy = later[exists], where[exists]
        all_times.append(times)
        all_xy.append(xy)
    return np.concatenate(all_times), np.vstack(all_xy), np.concatenate(all_parents)


def true_expected(truth: Truth, theatre: Theatre, *, as_of: dt.date, horizon_days: float) -> Floats:
    """Expected incidents per cell in the days from ``as_of``, by the law that made the record.

    Generation k after ``as_of`` of an event of age a counts
    ``b^k exp(-a / tau) P(k, h / tau)`` (P: regularised lower incomplete gamma function), spread by k
    Gaussian steps that stop at the border; background events and their followers are added the same
    way. Exact but for the cells: a step is taken from cell centre to cell centre, so the cell should
    be no longer than the spread of a step.

    Parameters
    ----------
    truth : Truth
    theatre : Theatre
        Its grid and border are used.
    as_of : date
        Events of earlier days are known, no others.
    horizon_days : float

    Returns
    -------
    array (rows, cols)
        Expected count per cell; 0 outside the country.
    """
    p, grid, inside = truth.parameters, theatre.grid, theatre.inside
    to_metres = Transformer.from_crs(WGS84, grid.crs, always_xy=True)
    now = float((as_of - truth.start).days)
    known = truth.days < now
    echo = np.exp(-(now - truth.days[known]) / p.decay_days)
    events = np.column_stack(to_metres.transform(*truth.lonlat[known].T))
    places = np.column_stack(to_metres.transform(*truth.places_lonlat.T))
    base = (1 - p.uniform_share) * gaussian_cells(
        grid, places, truth.place_weights, p.background_sd_m
    )
    base = inside * (base + p.uniform_share / (inside.sum() or 1)) * p.background_per_day
    total = base * horizon_days
    step = inside * gaussian_cells(grid, events, echo, p.offspring_sd_m)
    scaled = horizon_days / p.decay_days
    for k in range(1, _LAST_GENERATION):
        base = inside * _spread_once(base, grid, p.offspring_sd_m)
        waiting = horizon_days * gammainc(k, scaled) - k * p.decay_days * gammainc(k + 1, scaled)
        total = total + p.branching_ratio**k * (gammainc(k, scaled) * step + waiting * base)
        step = inside * _spread_once(step, grid, p.offspring_sd_m)
    return np.asarray(total)


def _spread_once(surface: Floats, grid: Grid, sd_m: float) -> Floats:
    return np.asarray(
        gaussian_filter(surface, sd_m / grid.cell_size_m, mode="constant", truncate=5.0)
    )


def gaussian_cells(grid: Grid, xy_m: Floats, weights: Floats, sd_m: float) -> Floats:
    """Mass of weighted Gaussians in each cell, integrated exactly, shape (rows, cols).

    Examples
    --------
    >>> grid = Grid(rows=40, cols=40, cell_size_m=1000.0, left_m=0.0, top_m=0.0, crs="EPSG:32626")
    >>> mass = gaussian_cells(grid, np.array([[20e3, -20e3]]), np.array([3.0]), 2000.0)
    >>> round(float(mass.sum()), 6)
    3.0
    """
    across = grid.left_m + np.arange(grid.cols + 1) * grid.cell_size_m
    down = grid.top_m - np.arange(grid.rows + 1) * grid.cell_size_m
    in_col = np.diff(erf((across[None] - xy_m[:, :1]) / (np.sqrt(2) * sd_m)), axis=1) / 2
    in_row = -np.diff(erf((down[None] - xy_m[:, 1:]) / (np.sqrt(2) * sd_m)), axis=1) / 2
    return np.asarray((in_row * weights[:, None]).T @ in_col)


def read_truth(path: Path) -> Truth:
    """The truth saved beside a fictional theatre as ``truth.json``."""
    content = json.loads(path.read_text(encoding="utf-8"))
    places, events = content["places"], content["events"]
    return Truth(
        parameters=HawkesParameters(**content["parameters"]),
        start=dt.date.fromisoformat(content["start"]),
        places_lonlat=np.column_stack([places["lon"], places["lat"]]),
        place_weights=np.array(places["weight"]),
        days=np.array(events["day"], dtype=float),
        lonlat=np.array([events["lon"], events["lat"]], dtype=float).T,
        parents=np.array(events["parent"], dtype=np.int64) - 1,
    )


def truth_json(truth: Truth, recipe: Recipe, *, rural: int) -> str:
    """The truth as text; an event's parent is its number counted from 1, 0 for none."""
    p = truth.parameters
    content = {
        "fictional": True,
        "source": recipe.label,
        "seed": recipe.seed,
        "as_of": recipe.as_of.isoformat(),
        "start": truth.start.isoformat(),
        "rural_people": rural,
        "parameters": {name: round(float(value), 8) for name, value in p.__dict__.items()},
        "places": {
            "lon": truth.places_lonlat[:, 0].tolist(),
            "lat": truth.places_lonlat[:, 1].tolist(),
            "weight": truth.place_weights.round(8).tolist(),
        },
        "events": {
            "parent": (truth.parents + 1).tolist(),
            "day": truth.days.tolist(),
            "lon": truth.lonlat[:, 0].tolist(),
            "lat": truth.lonlat[:, 1].tolist(),
        },
    }
    return json.dumps(content, separators=(",", ":")) + "\n"
