"""Why a place is at risk: what its expected incidents come from, what happened near, who lives there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.circles import circle_areas
from geo_poc.layers.fit import require_shape, require_theatre_crs
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

NEAR_M = 10_000.0
YEAR_DAYS = 365.0
GROUPS: dict[str, tuple[str, ...]] = {
    "share_return": ("same place",),
    "share_nearby": ("neighbourhood",),
    "share_settled": ("settlements", "towns", "population"),
    "share_anywhere": ("uniform",),
}
"""What each share is made of: beginnings of the names of a mixture's densities."""
COLUMNS = [
    "id",
    "expected",
    "any_ratio",
    *GROUPS,
    "last_event",
    "days_since",
    "last_km",
    "events_year",
    "events_all",
    "residents_near",
    "residents_unknown_ratio",
    "exposed_residents",
    "exposed_site",
    "vulnerability",
    "exposed_weighted",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Near:
    """Of each place what lies in the circle around it."""

    share: csr_array  # (places, cells of the grid): share of each cell
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    radius_m: float


def place_reasons(
    threat: Threat,
    *,
    theatre: Theatre,
    places: gpd.GeoDataFrame,
    people: NDArray[np.floating] | None = None,
    radius_m: float = NEAR_M,
) -> pd.DataFrame:
    """What is expected near each place within the horizon, why, and for how many people.

    Nothing here is summed into one score: each part stays apart.

    Parameters
    ----------
    threat : Threat
    theatre : Theatre
    places : GeoDataFrame
        ``id, people, geometry`` in the theatre's CRS; ``people`` at the site itself, ``nan`` unknown. May have
        ``vulnerability``, the user's own factor of each site.
    people : array (rows, cols), optional
        Residents per cell; ``nan`` unknown.
    radius_m : float
        What counts as near.

    Returns
    -------
    DataFrame
        One row a place, in their order:

        - ``expected``: incidents near it within the horizon; ``nan`` unknown or outside the area.
        - ``any_ratio``: chance of at least one, ``1 - exp(-expected)``, as if they came independently.
        - ``share_return, share_nearby, share_settled, share_anywhere``: shares of ``expected`` that come from
          earlier incidents in the same places, from the neighbourhood of earlier ones, from where people live,
          and from none of these; they sum to 1, ``nan`` for a model that is no mixture.
        - ``last_event`` (date), ``days_since, last_km, events_year, events_all``: incidents near it that were
          coded to a point or to a district's centre (``where_prec`` 1 to 3), the last 365 days and all.
        - ``residents_near``: people known to live near it, ``nan`` if none of the cells is known;
          ``residents_unknown_ratio`` the share of the circle where they are unknown.
        - ``exposed_residents, exposed_site``: ``expected`` times these residents and the site's own people:
          people with an incident near them, counted once for each. ``nan`` unknown.
        - ``vulnerability, exposed_weighted``: the user's factor, and ``exposed_site`` times it; ``nan`` where there
          is none.

    Raises
    ------
    GridError
        If the threat or ``people`` lie on another grid, or the radius is not above 0.
    CrsError
        If the places are not in the theatre's CRS.
    """
    theatre.grid.require_same(threat.grid, where="threat")
    require_theatre_crs(places, theatre, where="places")
    x, y = point_coordinates(places.geometry.to_numpy())
    areas = circle_areas(theatre.grid, x, y, radius_m=radius_m)
    near = _Near(
        share=csr_array(areas / theatre.grid.cell_area_km2), x_m=x, y_m=y, radius_m=radius_m
    )
    expected = _expected(threat, near)
    residents, unknown = _residents(people, theatre, near)
    at_site = places["people"].to_numpy(dtype=np.float64, na_value=np.nan)
    factor = places.get("vulnerability", pd.Series(np.nan, index=places.index)).to_numpy(float)
    table = pd.DataFrame(
        {
            "id": places["id"].to_numpy(),
            "expected": expected,
            "any_ratio": -np.expm1(-expected),
            **_shares(threat, near),
            **_events(threat, near),
            "residents_near": residents,
            "residents_unknown_ratio": unknown,
            "exposed_residents": expected * residents,
            "exposed_site": expected * at_site,
            "vulnerability": factor,
            "exposed_weighted": expected * at_site * factor,
        }
    )
    return table[COLUMNS]


def _expected(threat: Threat, near: _Near) -> NDArray[np.float64]:
    per_cell = threat.expected.ravel().astype(np.float64) * threat.grid.cell_area_km2
    known = np.isfinite(per_cell)
    found = near.share @ np.where(known, per_cell, 0.0) * threat.horizon_days / 30.0
    return np.where(near.share @ known.astype(np.float64) > 0, found, np.nan)


def _shares(threat: Threat, near: _Near) -> dict[str, NDArray[np.float64]]:
    n = near.x_m.size
    if threat.mixture is None or threat.past is None:
        return {name: np.full(n, np.nan) for name in GROUPS}
    mixture = threat.mixture
    share = near.share[:, threat.past.setting.cells]
    by_component = (share @ mixture.components.T) * mixture.weights
    total = by_component.sum(axis=1)
    return {
        name: np.divide(
            by_component[
                :, [i for i, one in enumerate(mixture.names) if one.startswith(starts)]
            ].sum(axis=1),
            total,
            out=np.full(n, np.nan),
            where=total > 0,
        )
        for name, starts in GROUPS.items()
    }


def _events(threat: Threat, near: _Near) -> dict[str, NDArray[np.generic]]:
    """Of the incidents near each place: the last one's day and distance, and how many there were."""
    n = near.x_m.size
    if threat.past is None:
        unknown = np.full(n, np.nan)
        found, as_of_day = np.column_stack([unknown] * 4), np.nan
    else:
        record, as_of_day = threat.past.record, threat.past.as_of_day
        record = record.only((record.cell >= 0) & (record.where_prec <= 3))
        rows = [
            _last_and_number(record, near, place, at, as_of_day)
            for place, at in enumerate(_within(near, record.x_m, record.y_m))
        ]
        found = np.array(rows, dtype=np.float64).reshape(n, 4)
    last, last_m, year, ever = found.T
    day = np.where(np.isnan(last), 0, last).astype(np.int64).astype("datetime64[D]")
    return {
        "last_event": np.where(np.isnan(last), np.datetime64("NaT"), day).astype("datetime64[s]"),
        "days_since": as_of_day - last,
        "last_km": last_m / 1000.0,
        "events_year": year,
        "events_all": ever,
    }


def _last_and_number(
    record: Record, near: _Near, place: int, at: NDArray[np.int64], as_of_day: float
) -> tuple[float, float, float, float]:
    """Day and distance of the last incident, the nearest of one day, and how many in a year and in all."""
    if not at.size:
        return np.nan, np.nan, 0.0, 0.0
    end = record.end_day[at]
    away_m = np.hypot(record.x_m[at] - near.x_m[place], record.y_m[at] - near.y_m[place])
    last = np.lexsort((away_m, -end))[0]
    return end[last], away_m[last], (end >= as_of_day - YEAR_DAYS).sum(), at.size


def _within(
    near: _Near, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """Rows of the incidents that lie near each place; none for a place without a point."""
    none = np.zeros(0, dtype=np.int64)
    if not x_m.size:
        return [none] * near.x_m.size
    tree = cKDTree(np.column_stack([x_m, y_m]))
    return [
        np.array(sorted(tree.query_ball_point((x, y), near.radius_m)), dtype=np.int64)
        if np.isfinite(x) and np.isfinite(y)
        else none
        for x, y in zip(near.x_m, near.y_m, strict=True)
    ]


def _residents(
    people: NDArray[np.floating] | None, theatre: Theatre, near: _Near
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Residents known in the circles, and the share of their area where they are not known."""
    n = near.x_m.size
    if people is None:
        return np.full(n, np.nan), np.ones(n)
    require_shape(people, theatre.grid.shape, where="people")
    flat = people.ravel().astype(np.float64)
    known = np.isfinite(flat)
    whole = np.pi * near.radius_m**2 / 1e6 / theatre.grid.cell_area_km2
    share = near.share @ known.astype(np.float64)
    found = near.share @ np.where(known, flat, 0.0)
    return np.where(share > 0, found, np.nan), np.clip(1.0 - share / whole, 0.0, 1.0)
