"""Everything that a map or a report shows of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.deciding import DecidingWay
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.threat.backtest import Backtest
from geo_poc.layers.threat.draws import Draws
from geo_poc.layers.threat.surface import Threat
from geo_poc.plan import Conditions, PlanFile
from geo_poc.routing.travel_time import TravelTime
from geo_poc.theatre import Theatre


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """Which camps, places and cells are reached within the standard, under every set of conditions.

    Parameters
    ----------
    places : DataFrame
        One row a camp or place: ``id, layer (camp|place), kind, name, people (nan unknown),
        people_estimate, lon, lat, mgrs, threat_level (0 no reports .. 5)``.
    answers : DataFrame
        One row a place, mover and condition: ``id, mover, kind (road|foot|air), season, light, base,
        seconds, reason, distance_m, off_road_m, approval_s, walked_m, second_base, second_seconds``. ``base``
        is the base's id, empty where no base reaches; ``seconds`` inf unreachable, nan unknown;
        ``approval_s`` what of it is waiting for approval; ``walked_m`` what is walked from where an aircraft
        lands. Lengths and waits are nan where no base reaches.
    classes : DataFrame
        One row a place and case: ``id, season, light, air (bool), class``. Classes: ``P`` reached on the
        ground in time, ``C`` only if an aircraft flies, ``N`` not in time, ``E`` outside the mandate,
        ``?`` not assessed. Without air there is no ``C``.
    matrix : DataFrame
        One row a layer (camp|place) and case: ``layer, season, light, air, sites, sites_unknown_people,
        people (known), people_within, share, possible``; ``share`` nan when nobody's number is known or the
        times are unknown; ``possible`` False for cases that cannot exist (no aircraft may fly at night).
    cell_class : array (rows, cols) of one-letter str
        Class of each cell under the plan's own conditions; empty outside the area.
    """

    places: pd.DataFrame
    answers: pd.DataFrame
    classes: pd.DataFrame
    matrix: pd.DataFrame
    cell_class: NDArray[np.str_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """All results of one run; maps and reports read this and compute nothing.

    Parameters
    ----------
    layers : mapping of str to Layer
        ``incidents, camps, places, bases, roads, areas, airfields``.
    people : float32 array (rows, cols) or None
        Residents per cell; nan unknown. None without a population raster.
    elevation_m : float32 array (rows, cols) or None
    threat : Threat
    threat_level : int8 array (rows, cols)
        5 very high .. 1 very low, 0 no reports, -1 outside the area.
    draws : Draws or None
        How sure the surface is; None where it was not asked for.
    backtest : Backtest
        How well the threat models told the past.
    travel : tuple of TravelTime
        Every mover under every set of conditions.
    zones : GeoDataFrame
        Uncovered high-risk zones, most people first; ``threat_level`` is the highest at which, or above, half of
        the zone's residents live: ``rank, name, people (residents, nan unknown), sites, site_people,
        sites_unknown_people, threat_level, expected_30d, base (id), base_name, mover, seconds, reason,
        distance_m, approval_s, walked_m, area_km2, mgrs, geometry`` in the theatre's CRS. ``approval_s`` and
        ``walked_m`` are those of its largest site, nan where not known.
    proximity : dict
        Straight-line facts: ``distance_m, incidents, incidents_beyond, camps, camps_beyond, bases``.
    assumptions : DataFrame
        Every figure that the times rest on: ``what, value, low, high, source, grade``.
    sources : tuple of SourceRecord
    reasons : DataFrame
        What is expected near each camp and place, why, and for how many: `geo_poc.layers.threat.reasons`.
    ways : tuple of DecidingWay
        Quickest ways over the ground to the places about which there is something to decide.
    """

    theatre: Theatre
    plan: PlanFile
    layers: Mapping[str, Layer]
    people: NDArray[np.float32] | None
    elevation_m: NDArray[np.float32] | None
    threat: Threat
    threat_level: NDArray[np.int8]
    draws: Draws | None
    backtest: Backtest
    travel: tuple[TravelTime, ...]
    coverage: Coverage
    zones: gpd.GeoDataFrame
    proximity: Mapping[str, float]
    assumptions: pd.DataFrame
    sources: tuple[SourceRecord, ...]
    reasons: pd.DataFrame
    ways: tuple[DecidingWay, ...] = ()

    @property
    def conditions(self) -> Conditions:
        """The case that is shown first."""
        return self.plan.conditions

    @property
    def landing_checked(self) -> bool:
        """Whether it was checked for every aircraft where it can land."""
        flown = [time for time in self.travel if time.kind == "air"]
        return bool(flown) and all(time.landing_checked for time in flown)
