"""Ferries of OpenStreetMap: whom they take, how long they are, and how fast by their crossing time."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod
from shapely import LineString

from geo_poc.layers.sources.road_tags import tag_text

_GEOD = Geod(ellps="WGS84")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)|(\d+(?:\.\d+)?)")
_ISO = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_TAKES_NONE = frozenset({"no", "private"})
_FOOT, _VEHICLES = ("foot",), ("motor_vehicle", "vehicle")


def crossing_s(value: object) -> float:
    """Seconds of an OSM ``duration``; nan where it states none.

    ``hh:mm``, ``hh:mm:ss``, minutes, or ISO 8601 (OSM wiki, Key:duration).

    Examples
    --------
    >>> [crossing_s(text) for text in ("00:20", "01:00:30", "45", "PT1H30M")]
    [1200.0, 3630.0, 2700.0, 5400.0]
    >>> crossing_s("PT"), crossing_s("soon")
    (nan, nan)
    """
    text = tag_text(value)
    if match := _CLOCK.fullmatch(text):
        first, second, third, minutes = match.groups()
        if minutes is not None:
            return _positive(float(minutes) * 60)
        if first is None:
            return _positive(int(second) * 3600.0 + int(third) * 60)
        return _positive(int(first) * 3600.0 + int(second) * 60 + int(third))
    if match := _ISO.fullmatch(text.upper()):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return _positive(days * 86_400.0 + hours * 3600 + minutes * 60 + seconds)
    return np.nan


def _positive(seconds: float) -> float:
    return seconds if seconds > 0 else np.nan


def with_crossings(table: pd.DataFrame, whole_m: pd.Series) -> pd.DataFrame:
    """Roads whose ferries have a class by whom they take, a length, and a speed by their crossing time.

    Whom the tags ``foot``, ``motor_vehicle`` or ``vehicle`` refuse is not taken; a ferry that refuses
    both has the class ``no_ferry``. A speed in the file stays.

    Parameters
    ----------
    table : DataFrame
        As `geo_poc.layers.sources.road_tags.with_road_columns` gives it, with OSM's tags.
    whole_m : Series
        Length of the way that each row is, or is a part of, which the crossing time is of; nan unknown.

    Examples
    --------
    >>> roads = pd.DataFrame({
    ...     "road_class": ["ferry", "ferry", "track"], "speed_kmh": np.nan, "length_m": np.nan,
    ...     "duration": ["00:30", "", "00:30"], "motor_vehicle": ["", "no", ""],
    ... })
    >>> made = with_crossings(roads, pd.Series([2000.0, 500.0, 900.0]))
    >>> made["road_class"].tolist(), made["speed_kmh"].tolist(), made["length_m"].tolist()
    (['ferry', 'foot_ferry', 'track'], [4.0, nan, nan], [2000.0, 500.0, nan])
    """
    ferry = table["road_class"] == "ferry"
    if not ferry.any():
        return table
    foot, vehicles = ~_refused(table, _FOOT), ~_refused(table, _VEHICLES)
    kind = np.select(
        [foot & vehicles, foot, vehicles], ["ferry", "foot_ferry", "vehicle_ferry"], "no_ferry"
    )
    took_s = _tags(table, "duration").map(crossing_s).astype(float)
    speed_kmh = table["speed_kmh"].fillna(whole_m / took_s * 3.6)
    return table.assign(
        road_class=table["road_class"].mask(ferry, pd.Series(kind, index=table.index)),
        length_m=table["length_m"].mask(ferry, table["length_m"].fillna(whole_m)),
        speed_kmh=table["speed_kmh"].mask(ferry, speed_kmh),
    )


def _refused(table: pd.DataFrame, tags: tuple[str, ...]) -> NDArray[np.bool_]:
    """Whether the first of some tags that is there says that nobody is taken."""
    said = pd.Series("", index=table.index, dtype=object)
    for tag in tags:
        said = said.mask(said == "", _tags(table, tag).map(tag_text).str.lower())
    return said.isin(_TAKES_NONE).to_numpy(dtype=np.bool_)


def _tags(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        return pd.Series("", index=table.index, dtype=object)
    return table[name].astype(object)


def geodesic_m(lines: pd.Series) -> pd.Series:
    """Length of each line in degrees, in metres; nan where it is missing or broken.

    Examples
    --------
    >>> round(float(geodesic_m(pd.Series([LineString([(30, 0), (31, 0)])]))[0]))
    111319
    """
    metres = [
        _GEOD.geometry_length(line) if isinstance(line, LineString) else np.nan for line in lines
    ]
    return pd.Series(metres, index=lines.index, dtype=float)
