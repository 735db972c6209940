"""Patterns of incidents: all that is shown of them, and as layers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.patterns.areas import HotCells
from geo_poc.layers.patterns.displacement import Pooled
from geo_poc.layers.patterns.near_repeat import NearRepeats
from geo_poc.layers.patterns.trends import Months
from geo_poc.patterns_spec import PatternsSpec
from geo_poc.report.geodata import about_theatre, write_gpkg
from geo_poc.theatre import Theatre

METHOD = "docs/methods/patterns.md"


@dataclass(frozen=True, kw_only=True)
class Used:
    """How many incidents each part rests on, and how many it leaves out.

    Parameters
    ----------
    known : int
        Over before the day of the assessment.
    recent : int
        Of them in the months that hot spots and clusters look at.
    hot, clustered : int
        Of the recent ones those that stand at a place; for clusters without sensitive ones.
    vague_place, sensitive : int
        Of the recent ones those left out for their place; of the others those that are sensitive.
    paired : int
        Of the near repeats.
    counted : int
        Of the trends: known to the month.
    without_area : int
        Of them those whose district is not known.
    linked : int
        Reports that are counted with another one of the same event.
    """

    known: int
    recent: int
    hot: int
    clustered: int
    vague_place: int
    sensitive: int
    paired: int
    counted: int
    without_area: int
    linked: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Trends:
    """Trends of the whole theatre (first row) and of its districts.

    Parameters
    ----------
    table : DataFrame
        As of `geo_poc.layers.patterns.trends.trend_table`; the area of the first row is empty.
    counts : int array (areas, months)
    months : Months
    """

    table: pd.DataFrame
    counts: NDArray[np.int64]
    months: Months


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternProduct:
    """All that is written about patterns.

    Parameters
    ----------
    theatre : Theatre
    spec : PatternsSpec
    seed : int
    until : date
        First day that is no longer counted.
    last : date or None
        Of the last incident.
    used : Used
    hot : HotCells
    hot_areas : GeoDataFrame
        As of `HotCells.areas`, with ``place``, the name most reported in each.
    districts : GeoDataFrame
        Admin polygons with ``incidents`` and, where there are enough of them, ``z, p, q`` of Gi*.
    clusters : GeoDataFrame
    repeats, repeats_in_year : NearRepeats
        Days shuffled over all incidents, and among those of the same 365 days.
    trends : Trends or None
        None where the record is too short.
    changes : DataFrame or None
        Bases that opened or closed; None without a history.
    pooled : tuple of Pooled
    bases : GeoDataFrame
        Of the plan, for drawing.
    """

    theatre: Theatre
    spec: PatternsSpec
    seed: int
    until: dt.date
    last: dt.date | None
    used: Used
    hot: HotCells
    hot_areas: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    clusters: gpd.GeoDataFrame
    repeats: NearRepeats
    repeats_in_year: NearRepeats
    trends: Trends | None
    changes: pd.DataFrame | None
    pooled: tuple[Pooled, ...]
    bases: gpd.GeoDataFrame

    @property
    def since(self) -> dt.date:
        """First day of the months that hot spots and clusters look at."""
        return (pd.Timestamp(self.until) - pd.DateOffset(months=self.spec.months)).date()


def day_of_number(day: float) -> dt.date:
    """Calendar day of a number of days since 1970-01-01.

    Examples
    --------
    >>> day_of_number(31.0)
    datetime.date(1970, 2, 1)
    """
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))


def write_patterns_gpkg(product: PatternProduct, path: Path) -> None:
    """Hot cells, hot areas, clusters and districts, with a table ``about``; equal products, equal bytes."""
    theatre = product.theatre
    about = about_theatre(theatre) | {
        "since": product.since.isoformat(),
        "until": product.until.isoformat(),
        "note": "a cell that is not hot is not safe: little may have been recorded there",
        "method": METHOD,
    }
    layers = {
        "hot_cells": (product.hot.table(), "Polygon"),
        "hot_areas": (product.hot_areas, "Polygon"),
        "clusters": (product.clusters, "Polygon"),
        "districts": (product.districts, "Unknown"),
    }
    write_gpkg(layers, about, path, as_of=theatre.as_of)
