"""Why a place is at risk: what its expected incidents come from, what happened near, who lives there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo_poc.layers.cells import nearest_inside, point_coordinates
from geo_poc.layers.circles import circle_areas
from geo_poc.layers.fit import require_shape, require_theatre_crs
from geo_poc.layers.threat.draws import UNKNOWN, Draws
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

NEAR_M = 10_000.0
YEAR_DAYS = 365.0
_VAGUEST = 3
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
    "any_low",
    "any_high",
    "firmness",
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
    """What belongs to each place or area.

    ``share`` (n, cells of the grid) is the share of each cell, ``whole`` (n,) the cells that it should have,
    off the grid too; ``events`` are rows of the record and ``away_m`` how far each is.
    """

    share: csr_array
    whole: NDArray[np.float64]
    record: Record | None
    events: list[NDArray[np.int64]]
    away_m: list[NDArray[np.float64]]


def place_reasons(
    threat: Threat,
    *,
    theatre: Theatre,
    places: gpd.GeoDataFrame,
    people: NDArray[np.floating] | None = None,
    radius_m: float = NEAR_M,
    draws: Draws | None = None,
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
    draws : Draws, optional
        Of the same threat.

    Returns
    -------
    DataFrame
        One row a place, in their order:

        - ``expected``: incidents near it within the horizon; ``nan`` unknown or outside the area.
        - ``any_ratio``: chance of at least one, ``1 - exp(-expected)``, as if they came independently.
        - ``any_low, any_high``: the same of the middle 80 % of the draws; ``firmness`` of the site's own cell: 2
          firm, 1 marginal, 0 low. ``nan`` and -1 without draws or where it is unknown.
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
    near = _around(threat, theatre, places, radius_m)
    table = _table(threat, near, _people(people, theatre))
    at_site = places["people"].to_numpy(dtype=np.float64, na_value=np.nan)
    factor = places.get("vulnerability", pd.Series(np.nan, index=places.index)).to_numpy(float)
    return table.assign(
        id=places["id"].to_numpy(),
        **_drawn(draws, near, theatre, places),
        exposed_residents=table["expected"] * table["residents_near"],
        exposed_site=table["expected"] * at_site,
        vulnerability=factor,
        exposed_weighted=table["expected"] * at_site * factor,
    )[COLUMNS]


def _drawn(
    draws: Draws | None, near: _Near, theatre: Theatre, places: gpd.GeoDataFrame
) -> dict[str, NDArray[np.generic]]:
    """Range of the chance near each place over the draws, and how firm its own cell is."""
    n = near.whole.size
    if draws is None:
        unknown = np.full(n, np.nan)
        return {"any_low": unknown, "any_high": unknown, "firmness": np.full(n, UNKNOWN, np.int8)}
    inside = np.flatnonzero(theatre.inside)
    share = near.share[:, inside]
    low, high = draws.range_of(share @ draws.expected.T.astype(np.float64))
    some = share.sum(axis=1) > 0
    x, y = point_coordinates(places.geometry.to_numpy())
    cell = nearest_inside(theatre.inside, theatre.grid, x, y)
    firmness = np.full(theatre.inside.size, UNKNOWN, dtype=np.int8)
    firmness[inside] = draws.firmness
    return {
        "any_low": np.where(some, -np.expm1(-low), np.nan),
        "any_high": np.where(some, -np.expm1(-high), np.nan),
        "firmness": np.where(cell >= 0, firmness[cell], UNKNOWN).astype(np.int8),
    }


def area_reasons(
    threat: Threat,
    area_of_cell: NDArray[np.int64],
    *,
    theatre: Theatre,
    people: NDArray[np.floating] | None = None,
) -> pd.DataFrame:
    """What is expected in each area within the horizon, why, and how many residents it has.

    Parameters
    ----------
    threat : Threat
    area_of_cell : int array (rows, cols)
        1 to n; 0 is in no area.
    theatre : Theatre
    people : array (rows, cols), optional

    Returns
    -------
    DataFrame
        One row an area, as `place_reasons` without what belongs to a site, and with ``exposed_residents``
        summed cell by cell: expected incidents of each cell times its residents.

    Raises
    ------
    GridError
        If a shape differs from the theatre's grid.
    """
    theatre.grid.require_same(threat.grid, where="threat")
    require_shape(area_of_cell, theatre.grid.shape, where="areas")
    near = _inside(threat, area_of_cell)
    residents = _people(people, theatre)
    table = _table(threat, near, residents)
    known = np.where(np.isfinite(residents) & np.isfinite(_in_cells(threat)), residents, 0.0)
    exposed = near.share @ (np.nan_to_num(_in_cells(threat)) * known)
    lacking = table["residents_near"].isna() | table["expected"].isna()
    return table.assign(exposed_residents=np.where(lacking, np.nan, exposed))


def _table(threat: Threat, near: _Near, residents: NDArray[np.float64]) -> pd.DataFrame:
    expected = _expected(threat, near)
    living, unknown = _residents(residents, near)
    return pd.DataFrame(
        {
            "expected": expected,
            "any_ratio": -np.expm1(-expected),
            **_shares(threat, near),
            **_events(threat, near),
            "residents_near": living,
            "residents_unknown_ratio": unknown,
        }
    )


def _around(threat: Threat, theatre: Theatre, places: gpd.GeoDataFrame, radius_m: float) -> _Near:
    """What lies in the circle around each place."""
    x, y = point_coordinates(places.geometry.to_numpy())
    areas = circle_areas(theatre.grid, x, y, radius_m=radius_m)
    cell_km2 = theatre.grid.cell_area_km2
    record = _coded(threat)
    events = [np.zeros(0, dtype=np.int64)] * x.size
    if record is not None and record.cell.size:
        tree = cKDTree(np.column_stack([record.x_m, record.y_m]))
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        found = tree.query_ball_point(np.column_stack([x[known], y[known]]), radius_m)
        for place, rows in zip(known, found, strict=True):
            events[place] = np.array(sorted(rows), dtype=np.int64)
    return _Near(
        share=csr_array(areas / cell_km2),
        whole=np.full(x.size, np.pi * radius_m**2 / 1e6 / cell_km2),
        record=record,
        events=events,
        away_m=[
            np.zeros(0) if record is None else np.hypot(record.x_m[at] - px, record.y_m[at] - py)
            for px, py, at in zip(x, y, events, strict=True)
        ],
    )


def _inside(threat: Threat, area_of_cell: NDArray[np.int64]) -> _Near:
    """What lies in the cells of each area."""
    flat = area_of_cell.ravel()
    cells, n = np.flatnonzero(flat), int(flat.max(initial=0))
    share = csr_array((np.ones(cells.size), (flat[cells] - 1, cells)), shape=(n, flat.size))
    record = _coded(threat)
    at = np.zeros(0, dtype=np.int64)
    if record is not None and threat.past is not None:
        at = flat[threat.past.setting.cells[record.cell]]
    events = [np.flatnonzero(at == number) for number in range(1, n + 1)]
    return _Near(
        share=share,
        whole=np.bincount(flat, minlength=n + 1)[1:].astype(np.float64),
        record=record,
        events=events,
        away_m=[np.zeros(rows.size) for rows in events],
    )


def _coded(threat: Threat) -> Record | None:
    """Incidents that were coded to a point or to a district's centre; None where none are kept."""
    if threat.past is None:
        return None
    record = threat.past.record
    return record.only((record.cell >= 0) & (record.where_prec <= _VAGUEST))


def _in_cells(threat: Threat) -> NDArray[np.float64]:
    """Incidents expected in each cell within the horizon, flat; ``nan`` unknown."""
    per_km2 = threat.expected.ravel().astype(np.float64)
    return per_km2 * threat.grid.cell_area_km2 * threat.horizon_days / 30.0


def _people(people: NDArray[np.floating] | None, theatre: Theatre) -> NDArray[np.float64]:
    """Residents of each cell, flat; ``nan`` unknown."""
    if people is None:
        return np.full(theatre.grid.rows * theatre.grid.cols, np.nan)
    require_shape(people, theatre.grid.shape, where="people")
    return people.ravel().astype(np.float64)


def _expected(threat: Threat, near: _Near) -> NDArray[np.float64]:
    per_cell = _in_cells(threat)
    known = np.isfinite(per_cell)
    found = near.share @ np.where(known, per_cell, 0.0)
    return np.where(near.share @ known.astype(np.float64) > 0, found, np.nan)


def _shares(threat: Threat, near: _Near) -> dict[str, NDArray[np.float64]]:
    n = near.whole.size
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
    n = near.whole.size
    as_of_day = np.nan if threat.past is None else threat.past.as_of_day
    found = np.full((n, 4), np.nan)
    if near.record is not None:
        for place, (at, away_m) in enumerate(zip(near.events, near.away_m, strict=True)):
            found[place] = _last_and_number(near.record.end_day[at], away_m, as_of_day)
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
    end_day: NDArray[np.float64], away_m: NDArray[np.float64], as_of_day: float
) -> tuple[float, float, float, float]:
    """Day and distance of the last incident, the nearest of one day, and how many in a year and in all."""
    if not end_day.size:
        return np.nan, np.nan, 0.0, 0.0
    last = np.lexsort((away_m, -end_day))[0]
    in_year = (end_day >= as_of_day - YEAR_DAYS).sum()
    return end_day[last], away_m[last], float(in_year), float(end_day.size)


def _residents(
    people: NDArray[np.float64], near: _Near
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Residents known to live near, and the share of the area where they are not known."""
    known = np.isfinite(people)
    share = near.share @ known.astype(np.float64)
    found = near.share @ np.where(known, people, 0.0)
    return np.where(share > 0, found, np.nan), np.clip(1.0 - share / near.whole, 0.0, 1.0)
