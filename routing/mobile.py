"""Mobile bases: where they stand, what they have, and when they are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.grid import WGS84, transformer
from geo_poc.layers.positions import lonlat_of
from geo_poc.plan import Conditions, PlanFile
from geo_poc.routing.cases import case_of, travel_time
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.field import Tables, held_ground, mover_paces
from geo_poc.routing.movers import notice_s
from geo_poc.routing.reach import ground_reaches
from geo_poc.routing.stages import stages
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How one mover of a mobile base gets there from its parent base.

    Parameters
    ----------
    name : str
        Of the mobile base.
    parent : str
        Id of its parent base.
    mover : str
    seconds : float
        From the alert, notice included; ``inf`` where it cannot get there, nan unknown.
    reason : Reason
    """

    name: str
    parent: str
    mover: str
    seconds: float
    reason: Reason


class Position(Protocol):
    """Something that stands where it is given in one of three ways: degrees, a grid reference, a place."""

    @property
    def lon(self) -> float | None: ...  # noqa: D102
    @property
    def lat(self) -> float | None: ...  # noqa: D102
    @property
    def mgrs(self) -> str | None: ...  # noqa: D102
    @property
    def place(self) -> str | None: ...  # noqa: D102


def mobile_point(mobile: Position, places: gpd.GeoDataFrame, theatre: Theatre) -> shapely.Point:
    """Position of a mobile base, or of what is given like one, in metres of the theatre's CRS.

    Parameters
    ----------
    mobile : Position
        Given in one way.
    places : GeoDataFrame
        Camps and places with ``id``.
    theatre : Theatre

    Raises
    ------
    ValueError
        If its grid reference is none.
    KeyError
        If no place has its id.
    """
    if mobile.place is not None:
        at: shapely.Point = places.set_index("id").geometry[mobile.place]
        return at
    lon, lat = (mobile.lon, mobile.lat) if mobile.mgrs is None else lonlat_of(mobile.mgrs)
    return shapely.Point(transformer(WGS84, theatre.grid.crs).transform(lon, lat))


def with_mobile_bases(
    plan: PlanFile, bases: gpd.GeoDataFrame, places: gpd.GeoDataFrame, theatre: Theatre
) -> gpd.GeoDataFrame:
    """The bases, then the mobile ones: each of the contingent of its parent, and named by its name.

    Parameters
    ----------
    plan : PlanFile
    bases, places : GeoDataFrame
    theatre : Theatre

    Returns
    -------
    GeoDataFrame
        ``id, name, contingent, geometry``.
    """
    columns = ["id", "name", "contingent", "geometry"]
    own = bases[columns].astype({"id": str, "name": str, "contingent": str})
    if not plan.mobile_bases:
        return own.reset_index(drop=True)
    contingent = own.set_index("id")["contingent"]
    rows = [
        {
            "id": mobile.name,
            "name": mobile.name,
            "contingent": contingent[mobile.parent],
            "geometry": mobile_point(mobile, places, theatre),
        }
        for mobile in plan.mobile_bases
    ]
    table = pd.concat([own, pd.DataFrame(rows, columns=columns)], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=theatre.grid.crs)


def deployments(
    plan: PlanFile,
    movers: Sequence[Vehicle | Foot],
    tables: Tables,
    theatre: Theatre,
    conditions: Conditions,
) -> tuple[Deployment, ...]:
    """When each mover of each mobile base is there, from the alert at its parent base.

    The times and reasons are those of a response to that position, without a cut-off.

    Parameters
    ----------
    plan : PlanFile
    movers : sequence of Vehicle or Foot
        Of the plan.
    tables : Tables
        With the plan's own bases; its places are those that mobile bases may name.
    theatre : Theatre
    conditions : Conditions

    Returns
    -------
    tuple of Deployment
        Mobile bases in the order of the plan, each with its movers in the order of its list.
    """
    if not plan.mobile_bases:
        return ()
    places = gpd.GeoDataFrame(
        {"id": [mobile.name for mobile in plan.mobile_bases]},
        geometry=[mobile_point(each, tables.places, theatre) for each in plan.mobile_bases],
        crs=theatre.grid.crs,
    )
    found = {
        (name, key): answer
        for mover in movers
        for (name, key), answer in _of_mover(
            plan, mover, replace(tables, places=places), theatre, conditions
        )
    }
    return tuple(
        found[mobile.name, key]
        for mobile in plan.mobile_bases
        for key in dict.fromkeys(mobile.movers)
    )


def _of_mover(
    plan: PlanFile,
    mover: Vehicle | Foot,
    tables: Tables,
    theatre: Theatre,
    conditions: Conditions,
) -> Iterator[tuple[tuple[str, str], Deployment]]:
    wanting = [mobile for mobile in plan.mobile_bases if mover.key in mobile.movers]
    if not wanting:
        return
    ids = tables.bases["id"].astype(str).tolist()
    parents = sorted({ids.index(mobile.parent) for mobile in wanting})
    notices = notice_s(plan, mover.key, tables.bases)[parents]
    tables = replace(tables, bases=tables.bases.iloc[parents])
    seconds, reasons = _answers(mover, notices, tables, theatre, (plan, conditions))
    for column, mobile in enumerate(plan.mobile_bases):
        if mobile in wanting:
            row = parents.index(ids.index(mobile.parent))
            yield (
                (mobile.name, mover.key),
                Deployment(
                    name=mobile.name,
                    parent=mobile.parent,
                    mover=mover.key,
                    seconds=float(seconds[row, column]),
                    reason=reasons[row, column],
                ),
            )


def _answers(
    mover: Vehicle | Foot,
    notices: NDArray[np.float64],
    tables: Tables,
    theatre: Theatre,
    case: tuple[PlanFile, Conditions],
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Seconds and reasons from each base to each of the places; what needs an approval stays shut."""
    plan, conditions = case
    ground, restrictions, caveats = held_ground(theatre, tables)
    at_once, *_ = stages(restrictions, caveats, conditions.light)
    paces = mover_paces(mover, conditions.light, theatre=theatre, tables=tables, plan=plan)
    season = conditions.season
    reaches = ground_reaches(
        ground,
        {season: paces[season]},
        theatre=theatre,
        stationed=np.isfinite(notices),
        closures=at_once.closures,
        caveats=at_once.caveats,
        progress=lambda _: None,
    )
    time = travel_time(
        reaches[season],
        case_of(mover, conditions, notices, np.inf),
        theatre=theatre,
        ids=((), ()),
    )
    return time.seconds, time.reasons
