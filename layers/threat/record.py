"""Events as the threat models see them: cell, days, how well known, and whether they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.precision import position_sd_m
from geo_poc.layers.threat.district import district_of
from geo_poc.layers.threat.events import Events
from geo_poc.layers.threat.setting import Setting

Target = Literal["all", "civilian", "one_sided"]

CENTROID_SD_M = 60_000.0
_CENTROIDS_FROM = 4
_STATE = 4
_VAGUEST_PLACE = 5
VAGUEST_ASKED_PLACE = 3
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
    weight : float array (n,), optional
        How much it counts in where events are expected; 1 by default. Never in how many.
    position_sd_m : float array (n,), optional
        What widens the kernels of the mixture, per axis. By default 60 km for ``where_prec`` 4 and
        5, centroids of areas, and 0 for the others, which stay at the coded point.
    district : int array (n,), optional
        Row of the setting's districts over which it is spread; -1, the default, for a point.
    """

    cell: NDArray[np.int64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    start_day: NDArray[np.float64]
    end_day: NDArray[np.float64]
    where_prec: NDArray[np.float64]
    date_prec: NDArray[np.float64]
    wanted: NDArray[np.bool_]
    weight: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    position_sd_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    district: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        n = self.cell.size
        by_default = {
            "weight": np.ones(n),
            "position_sd_m": _centroid_sd_m(self.where_prec),
            "district": np.full(n, -1, dtype=np.int64),
        }
        for name, values in by_default.items():
            if not getattr(self, name).size:
                object.__setattr__(self, name, values)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Record:
        """Events of a mask (n,), or of rows in their order."""
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
        return self.dated & (self.cell >= 0) & (self.where_prec <= VAGUEST_ASKED_PLACE)

    def starting(self, day: float | NDArray[np.float64], *, days: float) -> NDArray[np.bool_]:
        """Events that start in ``[day, day + days)``, mask (n,), or (m, n) for days of shape (m, 1)."""
        return np.asarray((self.start_day >= day) & (self.start_day < day + days))


def record_of(
    events: Events, setting: Setting, *, wanted: NDArray[np.bool_] | None = None
) -> Record:
    """Events in the area, once each; those with a point outside it are left out.

    An event at the border in a cell that is not of the area belongs to the centre of the nearest
    one that is. Of several reports of one event the one that stands for it is taken, and it is of
    the kind asked for as ``wanted`` says. An event of ``where_prec`` 4 is spread over its first-order
    division where the setting has one of that name. A ``position_sd_m`` that is not the one of the
    event's code was given by the file and widens the kernels; that of code 5 is at least 60 km, and a
    0 says nothing of a centroid.

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
        weight=events.weight,
        position_sd_m=_kernel_sd_m(events),
        district=np.where(placed, _districts(events, setting), -1),
    )
    return record.only(in_area(events, setting))


def in_area(events: Events, setting: Setting) -> NDArray[np.bool_]:
    """Events that `record_of` keeps, mask (n,): once each, and without a point outside the area."""
    located, flat = _located(events, setting)
    return (~located | (flat >= 0)) & events.stands


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
    one-sided violence alone. Where deaths of civilians are unknown none is assumed. Of linked reports
    all are of a kind if one is.

    Examples
    --------
    >>> incidents = gpd.GeoDataFrame(
    ...     {"kind": ["one_sided", "non_state", "non_state"], "deaths_civilians": [0, 2, None]}
    ... )
    >>> wanted_of(incidents, "civilian").tolist(), wanted_of(incidents, "one_sided").tolist()
    ([True, True, False], [True, False, False])
    """
    wanted = _wanted_alone(incidents, target)
    if "event" not in incidents:
        return wanted
    by_event = pd.Series(wanted, index=incidents.index).groupby(incidents["event"])
    return np.asarray(by_event.transform("any"), dtype=np.bool_)


def _wanted_alone(incidents: gpd.GeoDataFrame, target: Target) -> NDArray[np.bool_]:
    if target == "all":
        return np.ones(len(incidents), dtype=np.bool_)
    one_sided = (incidents["kind"] == "one_sided").to_numpy(dtype=np.bool_)
    if target == "one_sided":
        return np.asarray(one_sided)
    deaths = incidents["deaths_civilians"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(one_sided | (deaths > 0))


def _centroid_sd_m(where_prec: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(where_prec >= _CENTROIDS_FROM, CENTROID_SD_M, 0.0)


def _kernel_sd_m(events: Events) -> NDArray[np.float64]:
    """Spread per axis that the file itself gives, elsewhere 60 km for centroids and else 0."""
    of_code = position_sd_m(pd.Series(events.where_prec)).to_numpy()
    centroid = _centroid_sd_m(events.where_prec)
    given = (events.position_sd_m > 0) & (events.position_sd_m != of_code)
    at_least = np.where(events.where_prec >= _VAGUEST_PLACE, centroid, 0.0)
    return np.where(given, np.maximum(events.position_sd_m, at_least), centroid)


def _districts(events: Events, setting: Setting) -> NDArray[np.int64]:
    """Row of the setting's districts that each event of ``where_prec`` 4 is meant by; -1 for none."""
    asked = np.where(events.where_prec == _STATE, events.admin1, "").astype(object)
    return district_of(asked, events.point, setting.admin)


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
