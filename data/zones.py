"""Areas: water and swamp, districts, a caveat, a no-fly area and two dated closures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo_poc.data.country import Country
from geo_poc.data.terrain import Floats, blob


@dataclass(frozen=True, kw_only=True, eq=False)
class Area:
    """One row of the areas layer; the shape is in metres."""

    name: str
    kind: str
    shape: BaseGeometry
    barrier: bool = False
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    contingents: str = ""
    note: str = "fictional"


def areas(country: Country, base_spots: Floats, names: list[str]) -> list[Area]:
    """Water, swamp, restrictions and closures, then the districts.

    Parameters
    ----------
    country : Country
    base_spots : array (b, 2)
    names : list of str
        Of river, tributary, lake, swamp, then one for the no-fly area.
    """
    land = country.land
    water = [
        Area(name=f"{names[0]} river", kind="water", shape=land.river, barrier=True),
        Area(
            name=f"{names[1]} stream",
            kind="water",
            shape=land.tributary,
            note="fictional; can be forded",
        ),
        Area(name=f"Lake {names[2]}", kind="water", shape=land.lake, barrier=True),
        Area(name=f"{names[3]} swamp", kind="swamp", shape=land.swamp),
    ]
    districts = [
        Area(
            name=f"{name} district",
            kind="admin",
            shape=shape,
            note=f"fictional; {province} province",
        )
        for name, province, shape in zip(
            country.districts.names,
            country.districts.provinces,
            country.districts.polygons,
            strict=True,
        )
    ]
    return water + _restrictions(country, base_spots, names[4]) + _closures(country) + districts


def _restrictions(country: Country, base_spots: Floats, name: str) -> list[Area]:
    rng = country.recipe.rng("restrictions")
    half, area = country.land.frame.half_m, country.land.theatre.area
    towns = country.towns.xy_m
    gap = np.hypot(*(towns - base_spots[1 % len(base_spots)]).T)
    near = int(np.argmin(np.where(gap > 0.15 * half, gap, np.inf)))
    caveat = blob(towns[near], 0.14 * half, rng).intersection(area)
    far = towns[int(np.argmax(np.hypot(*(towns - np.asarray(caveat.centroid.coords[0])).T)))]
    no_fly = blob(0.7 * far, 0.15 * half, rng).intersection(area)
    return [
        Area(
            name="Caveat of Contingent B", kind="caveat", shape=caveat, contingents="Contingent B",
            note="fictional; Contingent B does not operate here",
        ),
        Area(name=f"{name} no-fly area", kind="no_fly", shape=no_fly, note="fictional; no overflight"),
    ]  # fmt: skip


def _closures(country: Country) -> list[Area]:
    """A bridge that is closed at ``as_of``, and a road section that was."""
    as_of = country.recipe.as_of
    roads = country.network.roads
    closed: list[Area] = []
    if country.network.bridges:
        middle_half = substring(country.network.bridges[-1].line, 0.25, 0.75, normalized=True)
        closed.append(
            Area(
                name="Bridge washed out", kind="closure", shape=middle_half.buffer(150, quad_segs=2),
                from_date=as_of - dt.timedelta(days=31), to_date=as_of + dt.timedelta(days=46),
                note="fictional; source: engineer report 12 of the sample mission",
            )
        )  # fmt: skip
    section = max((r for r in roads if r.road_class == "secondary" and not r.bridge),
                  key=lambda r: r.line.length, default=roads[0])  # fmt: skip
    middle = shapely.line_interpolate_point(section.line, 0.5, normalized=True)
    closed.append(
        Area(
            name="Road section flooded", kind="closure", shape=middle.buffer(1500, quad_segs=3),
            from_date=as_of - dt.timedelta(days=306), to_date=as_of - dt.timedelta(days=215),
            note="fictional; source: patrol report 5 of the sample mission",
        )
    )  # fmt: skip
    return closed
