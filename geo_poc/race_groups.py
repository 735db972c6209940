"""Armed groups on the ground of a theatre: where they were seen, and how far they can have got."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.coverage.race import rested_s
from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs
from geo_poc.layers.positions import mgrs_of
from geo_poc.plan import PlanFile
from geo_poc.race_rules import mover_of
from geo_poc.routing.field import Tables
from geo_poc.routing.ground import points_m
from geo_poc.routing.group import Gait, Group, GroupReach, group_reach
from geo_poc.routing.group_ground import group_ground, stopping
from geo_poc.routing.mobile import mobile_point
from geo_poc.routing.ranges import at_end
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.sightings import Sighting


def seen_table(
    sightings: Sequence[Sighting], places: gpd.GeoDataFrame, inputs: Inputs
) -> gpd.GeoDataFrame:
    """One row a sighting, with its position in the theatre's CRS, in the order of the file."""
    points = [mobile_point(sighting, places, inputs.theatre) for sighting in sightings]
    seen = gpd.GeoDataFrame(
        {
            "id": [one.name for one in sightings],
            "name": [one.name for one in sightings],
            "mover": [one.mover for one in sightings],
            "seen_at": [one.seen_at for one in sightings],
            "seen_within_s": [one.seen_within for one in sightings],
            "radius_m": [one.radius for one in sightings],
            "strength": [np.nan if s.strength is None else float(s.strength) for s in sightings],
            "source": [one.source for one in sightings],
            "contingent": "",
        },
        geometry=points,
        crs=inputs.theatre.grid.crs,
    )
    at = points_m(seen.geometry)
    return seen.assign(mgrs=mgrs_of(*inputs.theatre.lonlat(at[:, 0], at[:, 1])))


def group_reaches(
    inputs: Inputs,
    plan: PlanFile,
    sightings: Sequence[Sighting],
    seen: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
) -> list[GroupReach]:
    """Time under way of each group to every camp and place, and to every cell.

    Parameters
    ----------
    inputs : Inputs
    plan : PlanFile
        Its season, light and ferries count.
    sightings : sequence of Sighting
    seen : GeoDataFrame
        As of `seen_table`.
    places : GeoDataFrame
    """
    layers = inputs.layers
    tables = Tables(
        bases=seen,
        places=places,
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
    ground, flooded = group_ground(inputs.theatre, tables)
    return [
        group_reach(
            ground,
            row,
            _group(sighting, plan, inputs),
            plan.plan.season,
            theatre=inputs.theatre,
            tables=tables,
            flooded=flooded,
        )
        for row, sighting in enumerate(sightings)
    ]


def _group(sighting: Sighting, plan: PlanFile, inputs: Inputs) -> Group:
    mover, areas = mover_of(sighting), inputs.layers["areas"].table
    light = sighting.light or plan.plan.light
    return Group(
        radius_m=sighting.radius,
        fastest=Gait(
            mover=at_end(mover, quick=True),
            light=sighting.light or "day",
            speed_ratio=sighting.faster_ratio,
            worst=True,
        ),
        usual=Gait(mover=mover, light=light),
        slowest=Gait(
            mover=at_end(mover, quick=False), light=light, speed_ratio=sighting.slower_ratio
        ),
        shut=stopping(
            areas,
            restrictions_on(areas, inputs.theatre.as_of),
            mined=sighting.mined == "avoids",
            passes=sighting.passes,
        ),
        ferries=plan.ferries if sighting.ferries else None,
    )


def require_start(reaches: Sequence[GroupReach], sightings: Sequence[Sighting], file: Path) -> None:
    """Refuse a group that cannot move from where it is said to be: nobody would seem to be in its reach."""
    faults = [
        Fault(
            where=f"{file}: [sightings] {n} ({sighting.name}): position",
            found="no ground that can be walked and no road there, as in a lake",
            rule="must be where the group can start from",
            repair="correct it, or give a radius that holds the shore",
        )
        for n, (reach, sighting) in enumerate(zip(reaches, sightings, strict=True), 1)
        if not reach.starts
    ]
    if faults:
        raise ConfigError(faults)


def contact_cells_s(
    reaches: Sequence[GroupReach],
    sightings: Sequence[Sighting],
    alert: dt.datetime,
    inputs: Inputs,
) -> NDArray[np.float32]:
    """Earliest contact at each cell in seconds from the alert; nan outside the area."""
    each = [
        rested_s(reach.cell_s.astype(np.float64), one.moving_h)[0]
        - (alert - one.seen_at).total_seconds()
        - one.seen_within
        for reach, one in zip(reaches, sightings, strict=True)
    ]
    inside = inputs.theatre.inside
    return np.where(inside, np.min(each, axis=0).reshape(inside.shape), np.nan).astype(np.float32)
