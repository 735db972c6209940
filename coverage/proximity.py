"""Straight-line facts: how much lies farther than a distance from every base."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod

from geo_poc.layers.links import standing
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import ProximitySpec

_WGS84 = Geod(ellps="WGS84")


def existing(bases: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bases without those of role ``candidate``, which do not exist yet."""
    return bases[bases["role"] != "candidate"]


def nearest_base_m(
    points: gpd.GeoDataFrame, bases: gpd.GeoDataFrame, *, theatre: Theatre
) -> NDArray[np.float64]:
    """Geodesic distance in metres from each point to its nearest base.

    Parameters
    ----------
    points, bases : GeoDataFrame
        Points in the theatre's CRS.

    Returns
    -------
    float64 array (points,)
        ``inf`` where there is no base at all.
    """
    lon, lat = theatre.lonlat(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    base_lon, base_lat = theatre.lonlat(bases.geometry.x.to_numpy(), bases.geometry.y.to_numpy())
    least = np.full(len(points), np.inf)
    for one_lon, one_lat in zip(base_lon, base_lat, strict=True):
        many_lon, many_lat = np.full_like(lon, one_lon), np.full_like(lat, one_lat)
        least = np.minimum(least, _WGS84.inv(lon, lat, many_lon, many_lat)[2])
    return least


def precise_incidents(
    incidents: gpd.GeoDataFrame, spec: ProximitySpec, *, theatre: Theatre
) -> gpd.GeoDataFrame:
    """Incidents since ``spec.since`` whose position is known to ``spec.where_prec`` or better, once each."""
    incidents = standing(incidents)
    since = pd.Timestamp(spec.since) if spec.since else pd.Timestamp.min
    known = incidents["where_prec"] <= spec.where_prec
    dated = (incidents["date_start"] >= since) & (
        incidents["date_start"] <= pd.Timestamp(theatre.as_of)
    )
    return incidents[known & dated]


def proximity(
    *,
    incidents: gpd.GeoDataFrame,
    camps: gpd.GeoDataFrame,
    bases: gpd.GeoDataFrame,
    spec: ProximitySpec,
    theatre: Theatre,
) -> dict[str, float]:
    """How many precise incidents and camps lie farther than ``spec.distance`` from every base.

    Returns
    -------
    dict
        ``distance_m, where_prec, incidents, incidents_beyond, camps, camps_beyond, bases``.
    """
    precise = precise_incidents(incidents, spec, theatre=theatre)
    bases = existing(bases)
    incident_m = nearest_base_m(precise, bases, theatre=theatre)
    camp_m = nearest_base_m(camps, bases, theatre=theatre)
    return {
        "distance_m": spec.distance,
        "where_prec": spec.where_prec,
        "incidents": len(precise),
        "incidents_beyond": int((incident_m > spec.distance).sum()),
        "camps": len(camps),
        "camps_beyond": int((camp_m > spec.distance).sum()),
        "bases": len(bases),
    }
