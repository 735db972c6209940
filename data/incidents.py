"""Incident records as a publisher would code them: less exact than what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from geo_poc.data.conflict import Truth
from geo_poc.data.people import Districts, Settlements
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import DEGREE_DECIMALS, Floats, Land
from geo_poc.grid import WGS84

_GROUPS = np.array(["Group A", "Group B", "Group C", "Group D"], dtype=object)
_STATE = "State forces (fictional)"
_NEAR_M = 25_000.0
_SPAN_DAYS = np.array([0, 1, 5, 7, 30, 180])
_WHAT = np.array(["", "clash", "clash between groups", "attack on civilians"], dtype=object)

Ints = NDArray[np.int64]


def incident_rows(
    truth: Truth, land: Land, towns: Settlements, districts: Districts, recipe: Recipe
) -> pd.DataFrame:
    """Records with the columns of UCDP GED, one for each true event, in its order.

    ``where_prec`` 1 keeps the place, 2 moves it to the nearest settlement within 25 km, 3 to the
    centroid of its district and 4 to that of its province, as UCDP codes them. ``date_prec`` above 1
    gives a span of days that holds the true day. Some numbers of deaths are empty: unknown, not 0.
    """
    rng = recipe.rng("reports")
    to_metres = Transformer.from_crs(WGS84, land.theatre.grid.crs, always_xy=True)
    xy = np.column_stack(to_metres.transform(*truth.lonlat.T))
    distance, nearest = cKDTree(towns.xy_m).query(xy)
    district = districts.of(xy)
    prec = rng.choice([1, 2, 3, 4], size=len(xy), p=[0.45, 0.30, 0.18, 0.07])
    prec = np.where((prec == 2) & (distance > _NEAR_M), 3, prec)
    own = np.array(districts.names, dtype=object)[district] + " district"
    province = np.array(districts.provinces, dtype=object)[district] + " province"
    kinds = _kinds(district, rng)
    spots = np.stack([xy, towns.xy_m[nearest], *(c[district] for c in _centroids(districts))])
    reported = spots[prec - 1, np.arange(len(xy))]
    lon, lat = land.theatre.lonlat(*reported.T)
    place = np.choose(
        prec - 1, [np.array(towns.names, dtype=object)[nearest]] * 2 + [own, province]
    )
    table = pd.DataFrame({"id": [f"F{i + 1:06d}" for i in range(len(xy))]})
    table["type_of_violence"] = kinds
    table["where_prec"], table["where_coordinates"] = prec, place
    table = table.join(_dates(truth, recipe, rng)).join(_deaths(kinds, rng))
    table["side_a"], table["side_b"] = _sides(kinds, district, rng)
    table["adm_1"], table["adm_2"] = province, np.where(prec == 4, "", own)
    table["latitude"], table["longitude"] = lat.round(DEGREE_DECIMALS), lon.round(DEGREE_DECIMALS)
    table["source_headline"] = "Fictional report: " + _WHAT[kinds] + ", " + place
    table["country"] = land.theatre.name
    return table


def _centroids(districts: Districts) -> tuple[Floats, Floats]:
    """Centroid of each district and of its province, each of shape (d, 2)."""
    shapes = np.array(districts.polygons)
    provinces = np.array(districts.provinces)
    whole = [shapely.union_all(shapes[provinces == name]) for name in provinces]
    return _inner_point(shapes), _inner_point(np.array(whole))


def _inner_point(shapes: NDArray[np.object_]) -> Floats:
    centroids = shapely.centroid(shapes)
    inside = shapely.contains(shapes, centroids)
    return shapely.get_coordinates(np.where(inside, centroids, shapely.point_on_surface(shapes)))


def _kinds(district: Ints, rng: np.random.Generator) -> Ints:
    """UCDP's type of violence, each district with a leaning of its own."""
    shares = rng.dirichlet([4.0, 2.0, 4.0], size=int(district.max(initial=0)) + 1)
    bounds = np.cumsum(shares, axis=1)[district, :2]
    return np.asarray(1 + (rng.random(len(district))[:, None] > bounds).sum(axis=1))


def _dates(truth: Truth, recipe: Recipe, rng: np.random.Generator) -> pd.DataFrame:
    day = np.floor(truth.days).astype(np.int64)
    prec = rng.choice([1, 2, 3, 4, 5], size=len(day), p=[0.70, 0.14, 0.08, 0.06, 0.02])
    span = _SPAN_DAYS[prec]
    first = np.maximum(day - rng.integers(0, span), 0)
    last = np.minimum(first + span - 1, recipe.days - 1)
    start = np.datetime64(recipe.start, "D")
    return pd.DataFrame(
        {
            "date_prec": prec,
            "date_start": (start + first).astype(str),
            "date_end": (start + last).astype(str),
        }
    )


def _deaths(kinds: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Deaths by side with ``low <= best <= high``; empty where unknown."""
    n = len(kinds)
    total = np.minimum(np.floor(rng.pareto(1.3, n)).astype(np.int64) + 1, 300)
    civilian_share = np.where(kinds == 3, 1.0, rng.beta(1, 5, n))
    civilians = np.round(civilian_share * total).astype(np.int64)
    unclear = np.round(rng.beta(1, 9, n) * (total - civilians)).astype(np.int64)
    a = rng.binomial(total - civilians - unclear, 0.45)
    low = total - rng.binomial(total, 0.15)
    high = total + rng.poisson(0.3 * total)
    table = pd.DataFrame(
        {
            "deaths_a": a,
            "deaths_b": total - civilians - unclear - a,
            "deaths_civilians": civilians,
            "deaths_unknown": unclear,
            "best": total,
            "low": low,
            "high": high,
        }
    ).astype("Int64")
    table.loc[
        rng.random(n) < 0.06, ["deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"]
    ] = pd.NA
    table.loc[rng.random(n) < 0.03, ["best", "low", "high"]] = pd.NA
    return table


def _sides(
    kinds: Ints, district: Ints, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    local = _GROUPS[(district + (rng.random(len(kinds)) < 0.2)) % len(_GROUPS)]
    other = _GROUPS[(district + 2 + (rng.random(len(kinds)) < 0.3)) % len(_GROUPS)]
    other = np.where(other == local, _GROUPS[(district + 3) % len(_GROUPS)], other)
    state = (kinds == 1) | ((kinds == 3) & (rng.random(len(kinds)) < 0.3))
    first = np.where(state, _STATE, local)
    second = np.choose(kinds - 1, [local, other, np.full(len(kinds), "Civilians", dtype=object)])
    return first, second
