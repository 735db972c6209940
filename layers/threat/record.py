"""Events as the threat models see them: cell, days, how well known, and whether they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.events import Events
from geo_poc.layers.threat.setting import Setting

Target = Literal["all", "civilian", "one_sided"]

_VAGUEST_PLACE = 5
_VAGUEST_ASKED_PLACE = 3
_VAGUEST_ASKED_DATE = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """Events in the area as arrays of one length.

    Parameters
    ----------
    cell : int array (n,)
        Position among the area's cells; -1 for an event that is known too vaguely for the map
        (``where_prec`` 6 and 7, or without a point), which counts in totals only.
    x_m, y_m : float array (n,)
        Where it was coded; ``nan`` where ``cell`` is -1.
    start_day, end_day : float array (n,)
        In days since 1970-01-01; ``nan`` unknown.
    where_prec, date_prec : float array (n,)
        1 exact to 7 the whole country, 1 the day to 5 the year.
    wanted : bool array (n,)
        Whether it is of the kind whose future is asked for.
    """

    cell: NDArray[np.int64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    start_day: NDArray[np.float64]
    end_day: NDArray[np.float64]
    where_prec: NDArray[np.float64]
    date_prec: NDArray[np.float64]
    wanted: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_]) -> Record:
        """Events of a mask (n,)."""
        return Record(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def before(self, day: float) -> Record:
        """Events that were over before a day; those without any date never are."""
        return self.only(self.end_day < day)

    @property
    def placed(self) -> Record:
        """Events that have a cell."""
        return self.only(self.cell >= 0)

    @property
    def dated(self) -> NDArray[np.bool_]:
        """Events whose date is known to the month or better, mask (n,)."""
        return self.date_prec <= _VAGUEST_ASKED_DATE

    @property
    def precise(self) -> NDArray[np.bool_]:
        """Events known well enough in place and time for a forecast to be held against, mask (n,)."""
        return self.dated & (self.cell >= 0) & (self.where_prec <= _VAGUEST_ASKED_PLACE)

    def starting(self, day: float | NDArray[np.float64], *, days: float) -> NDArray[np.bool_]:
        """Events that start in ``[day, day + days)``, mask (n,), or (m, n) for days of shape (m, 1)."""
        return np.asarray((self.start_day >= day) & (self.start_day < day + days))


def record_of(
    events: Events, setting: Setting, *, wanted: NDArray[np.bool_] | None = None
) -> Record:
    """Events in the area; those with a point outside it are left out.

    An event at the border in a cell that is not of the area belongs to the centre of the nearest
    one that is.

    Parameters
    ----------
    events : Events
        In metres of the grid's CRS.
    setting : Setting
    wanted : bool array (n,), optional
        Events of the kind asked for; without it all are.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> from geo_poc.layers.threat.events import events_of
    >>> from geo_poc.layers.threat.setting import setting_of
    >>> from geo_poc.theatre import Theatre
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> day = pd.to_datetime(["2020-12-31"] * 3)
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": day, "date_end": day, "where_prec": [1, 6, 1], "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=shapely.points([15e3, 15e3, 9e9], [5e3, 5e3, 5e3]), crs="EPSG:32636",
    ... )
    >>> record_of(events_of(incidents, theatre=theatre), setting_of(theatre)).cell.tolist()
    [1, -1]
    """
    located, flat = _located(events, setting)
    x, y = _in_own_cell(events, flat, setting)
    placed = located & (flat >= 0)
    cell = np.searchsorted(setting.cells, np.where(placed, flat, setting.cells[0]))
    record = Record(
        cell=np.where(placed, cell, -1),
        x_m=np.where(placed, x, np.nan),
        y_m=np.where(placed, y, np.nan),
        start_day=events.start_day,
        end_day=events.end_day,
        where_prec=events.where_prec,
        date_prec=events.date_prec,
        wanted=np.ones(flat.size, dtype=np.bool_) if wanted is None else wanted,
    )
    return record.only(~located | placed)


def in_area(events: Events, setting: Setting) -> NDArray[np.bool_]:
    """Events that `record_of` keeps, mask (n,): those without a point outside the area."""
    located, flat = _located(events, setting)
    return ~located | (flat >= 0)


def _located(events: Events, setting: Setting) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Events known well enough for the map, and the flat cell of each; -1 outside the area."""
    inside = np.zeros(setting.grid.shape, dtype=np.bool_)
    inside.ravel()[setting.cells] = True
    known = np.isfinite(events.x_m) & np.isfinite(events.y_m)
    flat = nearest_inside(inside, setting.grid, events.x_m, events.y_m)
    return known & (events.where_prec <= _VAGUEST_PLACE), flat


def wanted_of(incidents: gpd.GeoDataFrame, target: Target) -> NDArray[np.bool_]:
    """Incidents of a kind, mask (n,).

    ``all``; ``civilian``: one-sided violence, or civilians are known to have died; ``one_sided``:
    one-sided violence alone. Where deaths of civilians are unknown none is assumed.

    Examples
    --------
    >>> incidents = gpd.GeoDataFrame(
    ...     {"kind": ["one_sided", "non_state", "non_state"], "deaths_civilians": [0, 2, None]}
    ... )
    >>> wanted_of(incidents, "civilian").tolist(), wanted_of(incidents, "one_sided").tolist()
    ([True, True, False], [True, False, False])
    """
    if target == "all":
        return np.ones(len(incidents), dtype=np.bool_)
    one_sided = (incidents["kind"] == "one_sided").to_numpy(dtype=np.bool_)
    if target == "one_sided":
        return np.asarray(one_sided)
    deaths = incidents["deaths_civilians"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(one_sided | (deaths > 0))


def _in_own_cell(
    events: Events, flat: NDArray[np.int64], setting: Setting
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points, those at the border in a cell outside the area moved to the centre of their cell."""
    grid = setting.grid
    row, col = grid.cell_of(
        np.where(np.isfinite(events.x_m), events.x_m, -np.inf),
        np.where(np.isfinite(events.y_m), events.y_m, np.inf),
    )
    at_home = row * grid.cols + col == flat
    down, right = np.divmod(flat, grid.cols)
    centre_x = grid.left_m + (right + 0.5) * grid.cell_size_m
    centre_y = grid.top_m - (down + 0.5) * grid.cell_size_m
    return np.where(at_home, events.x_m, centre_x), np.where(at_home, events.y_m, centre_y)
