"""The weekly assessment: everything that its page and its files show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.layer import Layer
from geo_poc.layers.threat.draws import Draws
from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.surface import Threat
from geo_poc.plan import Conditions
from geo_poc.routing.travel_time import TravelTime
from geo_poc.theatre import Theatre

WEEK_DAYS = 7
YEAR_DAYS = 364
"""52 weeks: the same days of the week a year before."""


@dataclass(frozen=True, kw_only=True)
class Dissent:
    """The view of a named person that differs from the list.

    Parameters
    ----------
    name : str
        Of the person.
    text : str
    day : date or None
        When it was said; None is not known.
    """

    name: str
    text: str
    day: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How many incidents are expected in the whole area, and how many there were.

    All numbers count incidents known to the month or better; ``nan`` is unknown.

    Parameters
    ----------
    expected, low, high : float
        Within the horizon, with the middle 80 % of what may come.
    before : float
        Expected at the last assessment, for as many days from its own day.
    year_before, year_before_low, year_before_high : float
        Expected 364 days before, from what was over by then.
    came_year_before : float
        Recorded in as many days from then on.
    came_lately : float
        Recorded in as many days up to the day of the assessment.
    """

    expected: float
    low: float
    high: float
    before: float
    year_before: float
    year_before_low: float
    year_before_high: float
    came_year_before: float
    came_lately: float


@dataclass(frozen=True, kw_only=True)
class Under:
    """What the times to the areas are conditional on.

    Parameters
    ----------
    plan : str
        Its name.
    conditions : Conditions
    standard_s : float
    """

    plan: str
    conditions: Conditions
    standard_s: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessment:
    """One week's assessment.

    Parameters
    ----------
    theatre : Theatre
        Its ``as_of`` is the day of the assessment.
    data_of : date
        Day of the theatre file: that of camps, people and roads.
    threat : Threat
    level : int8 array (rows, cols)
        5 very high .. 1 very low, 0 no reports, -1 outside.
    firmness : int8 array (rows, cols)
        2 firm, 1 marginal, 0 low, -1 outside or unknown.
    outlook : Outlook
    before_of : date
        Day of the last assessment.
    recorded : bool
        Whether that one is as it was recorded then; else it is computed anew from the same files.
    areas, overlooked, gone : GeoDataFrame
        `geo_poc.coverage.risk_areas`, with posture, confidence and times; `geo_poc.coverage.minority`.
    models : tuple of str
        Names of the other models.
    draws, seed : int
    under : Under or None
        None without a plan.
    layers : mapping of str to Layer
    people_known : bool
        Whether there is a raster of residents.
    dissent : tuple of Dissent
    """

    theatre: Theatre
    data_of: dt.date
    threat: Threat
    level: NDArray[np.int8]
    firmness: NDArray[np.int8]
    outlook: Outlook
    before_of: dt.date
    recorded: bool
    areas: gpd.GeoDataFrame
    overlooked: gpd.GeoDataFrame
    gone: gpd.GeoDataFrame
    models: tuple[str, ...]
    draws: int
    seed: int
    under: Under | None
    layers: Mapping[str, Layer]
    people_known: bool
    dissent: tuple[Dissent, ...] = ()

    @property
    def newest_age_days(self) -> float:
        """Age of the newest incident used, in days; ``nan`` without any."""
        newest = self.threat.newest
        return float("nan") if newest is None else float((self.theatre.as_of - newest).days)


def outlook_of(*, threat: Threat, before: Threat, year_before: Threat, draws: Draws) -> Outlook:
    """Numbers of the whole area, from the threat of three days and the draws of the first.

    Parameters
    ----------
    threat, before, year_before : Threat
        Of the day, of the last assessment, and of 364 days before; the first with its past.
    draws : Draws
    """
    past, horizon = threat.past, threat.horizon_days
    year = year_before.total
    nan = float("nan")
    return Outlook(
        expected=threat.total.expected if threat.total else nan,
        low=draws.low,
        high=draws.high,
        before=before.total.expected if before.total else nan,
        year_before=year.expected if year else nan,
        year_before_low=year.low if year else nan,
        year_before_high=year.high if year else nan,
        came_year_before=came(past, year_before.as_of, horizon),
        came_lately=came(past, threat.as_of - dt.timedelta(days=horizon), horizon),
    )


def came(past: Past | None, first: dt.date, days: int) -> float:
    """Recorded incidents that start in as many days from a day on; ``nan`` where the record begins later or is none.

    Parameters
    ----------
    past : Past or None
    first : date
    days : int
    """
    if past is None:
        return float("nan")
    record = past.record.only(past.record.wanted & past.record.dated)
    day = float(day_number(first))
    if not record.start_day.size or day < record.start_day.min():
        return float("nan")
    return float(record.starting(day, days=days).sum())


def in_area_grid(theatre: Theatre, cells: NDArray[np.int8]) -> NDArray[np.int8]:
    """Values of the area's cells on the grid, (rows, cols); -1 outside."""
    whole = np.full(theatre.grid.shape, -1, dtype=np.int8)
    whole[theatre.inside] = cells
    return whole


class Soonest(NamedTuple):
    """Shortest time to a cell, by which mover and from which base.

    Parameters
    ----------
    seconds : float
        ``inf`` where none reaches, ``nan`` unknown.
    mover, base : str
        Empty where none reaches; the base's id.
    """

    seconds: float
    mover: str = ""
    base: str = ""


def with_times(
    areas: gpd.GeoDataFrame, travel: Sequence[TravelTime], conditions: Conditions | None
) -> gpd.GeoDataFrame:
    """Risk areas with the shortest times to the cell of each where most is expected.

    Added are ``ground_s, ground_mover, ground_base, air_s, air_mover, air_base`` under the conditions, as
    `Soonest`; unknown without conditions.
    """
    columns: dict[str, list[float] | list[str]] = {}
    for way in ("ground", "air"):
        times = [
            one
            for one in travel
            if one.conditions == conditions and (one.kind == "air") == (way == "air")
        ]
        found = [
            Soonest(float("nan")) if conditions is None else _soonest(times, int(cell))
            for cell in areas["peak_cell"]
        ]
        columns[f"{way}_s"] = [one.seconds for one in found]
        columns[f"{way}_mover"] = [one.mover for one in found]
        columns[f"{way}_base"] = [one.base for one in found]
    return gpd.GeoDataFrame(areas.assign(**columns), geometry="geometry", crs=areas.crs)


def _soonest(times: Sequence[TravelTime], cell: int) -> Soonest:
    """The shortest known time; unknown where none is known and one could be."""
    seconds = np.array([one.cell_seconds.ravel()[cell] for one in times], dtype=np.float64)
    if not np.isfinite(seconds).any():
        return Soonest(float("nan") if np.isnan(seconds).any() else float("inf"))
    best = int(np.nanargmin(seconds))
    owner = int(times[best].cell_owner.ravel()[cell])
    return Soonest(float(seconds[best]), times[best].mover, times[best].base_ids[owner])
