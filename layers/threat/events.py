"""What the threat model needs of the incidents, as plain arrays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.fit import require_theatre_crs
from geo_poc.theatre import Theatre

_COLUMNS = (
    "date_start",
    "date_end",
    "where_prec",
    "date_prec",
    "position_sd_m",
    "admin1",
    "admin2",
)
DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Incidents as arrays of one length.

    Parameters
    ----------
    point : object array of shapely points (n,)
        In metres of the theatre's CRS; may be missing or empty.
    x_m, y_m : float array (n,)
        ``nan`` where there is no point.
    start_day, end_day : float array (n,)
        First and last day, in days since 1970-01-01. Where one is missing both are the other;
        ``nan`` where both are.
    where_prec, date_prec : float array (n,)
        1 exact to 7 the whole country, 1 the day to 5 the year; ``nan`` unknown.
    position_sd_m : float array (n,)
        Spread of the reported position per axis; ``nan`` unknown.
    admin1, admin2 : object array of str (n,)
    weight : float array (n,), optional
        How much each report counts in where events are expected; 1 by default.
    stands : bool array (n,), optional
        Whether a report stands for its event: of several reports of one event one does
        (`geo_poc.layers.links`). All do by default.
    """

    point: NDArray[np.object_]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    start_day: NDArray[np.float64]
    end_day: NDArray[np.float64]
    where_prec: NDArray[np.float64]
    date_prec: NDArray[np.float64]
    position_sd_m: NDArray[np.float64]
    admin1: NDArray[np.object_]
    admin2: NDArray[np.object_]
    weight: NDArray[np.float64] = field(default_factory=lambda: np.ones(0))
    stands: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        n = len(self.point)
        for name in ("weight", "stands"):
            given = getattr(self, name)
            if not given.size:
                object.__setattr__(self, name, np.ones(n, dtype=given.dtype))

    def known_by(self, day: float) -> NDArray[np.bool_]:
        """Events that were over before a day, mask (n,); those without any date never are."""
        return self.end_day < day

    def only(self, chosen: NDArray[np.bool_]) -> Events:
        """Events of a mask (n,)."""
        return Events(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


def events_of(incidents: gpd.GeoDataFrame, *, theatre: Theatre) -> Events:
    """Arrays of an incidents layer.

    Raises
    ------
    LayerError
        If columns are missing.
    CrsError
        If the layer is not in the theatre's CRS.

    Examples
    --------
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> day = pd.to_datetime(["2020-12-31"])
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": day, "date_end": day, "where_prec": 1, "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=[shapely.Point(15e3, 5e3)], crs="EPSG:32636",
    ... )
    >>> events = events_of(incidents, theatre=theatre)
    >>> events.x_m.tolist(), events.end_day.tolist()
    ([15000.0], [18627.0])
    """
    _require(incidents, theatre)
    point = incidents.geometry.to_numpy()
    x, y = point_coordinates(point)
    start, end = (day_of(incidents[column]) for column in ("date_start", "date_end"))
    end = np.where(np.isnan(end), start, end)
    return Events(
        point=point,
        x_m=x,
        y_m=y,
        start_day=np.fmin(start, end),
        end_day=end,
        where_prec=incidents["where_prec"].to_numpy(dtype=float, na_value=np.nan),
        date_prec=incidents["date_prec"].to_numpy(dtype=float, na_value=np.nan),
        position_sd_m=incidents["position_sd_m"].to_numpy(dtype=float, na_value=np.nan),
        admin1=incidents["admin1"].fillna("").to_numpy(dtype=object),
        admin2=incidents["admin2"].fillna("").to_numpy(dtype=object),
        weight=_weight(incidents),
        stands=_stands(incidents),
    )


def day_of(dates: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    """Whole days since 1970-01-01 of a column of dates; ``nan`` where there is none.

    Examples
    --------
    >>> day_of(pd.Series(pd.to_datetime(["1970-01-03 18:00", None]))).tolist()
    [2.0, nan]
    """
    days = dates.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(float))


def day_number(date: dt.date) -> int:
    """Days since 1970-01-01.

    Examples
    --------
    >>> day_number(dt.date(1970, 1, 3))
    2
    """
    return (date - dt.date(1970, 1, 1)).days


def _weight(incidents: gpd.GeoDataFrame) -> NDArray[np.float64]:
    if "weight" not in incidents:
        return np.ones(len(incidents))
    return np.asarray(incidents["weight"].to_numpy(dtype=np.float64))


def _stands(incidents: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Reports whose id is that of their event; all of them where reports are not linked."""
    if "event" not in incidents:
        return np.ones(len(incidents), dtype=np.bool_)
    return np.asarray(incidents["event"] == incidents["id"], dtype=np.bool_)


def _require(incidents: gpd.GeoDataFrame, theatre: Theatre) -> None:
    missing = [column for column in _COLUMNS if column not in incidents]
    if missing:
        raise LayerError(
            Fault(
                where="incidents",
                found=", ".join(map(str, incidents.columns)),
                rule=f"missing column(s) {', '.join(missing)}",
                repair="read the incidents with geo_poc.layers.read, which fills them",
            )
        )
    require_theatre_crs(incidents, theatre, where="incidents")
