"""Whether the raster of people has the towns of the gazetteer in it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import Fault
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.circles import circle_areas
from geo_poc.theatre import Theatre

_TOWN = 10_000
_RADIUS_M = 10_000.0
_FACTOR = 2
_LEAST_KNOWN = 0.5  # of the circle: a town at the border has its people on both sides
_NAMED = 5


def people_doubts(
    places: gpd.GeoDataFrame, people: NDArray[np.float32] | None, theatre: Theatre
) -> list[Fault]:
    """A note on the towns that have more than twice the residents that the raster has around them.

    Towns have at least 10,000 people in the gazetteer, the circle around them has 10 km. People of a
    cell are spread evenly over it. Towns around which less than half of the circle is known to the
    raster, for it ends there or the area does, are left out.

    Parameters
    ----------
    places : GeoDataFrame
        Columns ``name, people``, in metres of the theatre's grid.
    people : float array (rows, cols) or None
        Residents of each cell; nan unknown. Without it there is nothing to say.
    theatre : Theatre
    """
    towns = places[places["people"] >= _TOWN]
    if people is None or towns.empty:
        return []
    x, y = point_coordinates(towns.geometry.to_numpy())
    areas_km2 = circle_areas(theatre.grid, x, y, radius_m=_RADIUS_M)
    known = np.isfinite(people)
    residents = areas_km2 @ np.where(known, people, 0.0).ravel() / theatre.grid.cell_area_km2
    share = areas_km2 @ known.ravel() / (np.pi * (_RADIUS_M / 1000) ** 2)
    judged = share >= _LEAST_KNOWN
    missed = judged & (towns["people"].to_numpy() > _FACTOR * residents)
    return [_note(towns[missed], residents[missed], int(judged.sum()))] if missed.any() else []


def _note(towns: gpd.GeoDataFrame, residents: NDArray[np.float64], judged: int) -> Fault:
    """The towns with most people first."""
    table = towns.assign(residents=residents).sort_values("people", ascending=False, kind="stable")
    named = [
        f"{name} {people:,.0f} and {found:,.0f}"
        for name, people, found in table[["name", "people", "residents"]].head(_NAMED).values
    ]
    return Fault(
        where="population",
        found=f"{len(table)} of {judged} towns of {_TOWN:,} people and more have more than twice the "
        f"residents of the raster within {_RADIUS_M / 1000:g} km (people and residents): "
        f"{', '.join(named)}{' and more' if len(table) > _NAMED else ''}",
        rule="ranks and shares by people rest on the raster there",
        repair="take a finer or newer raster of people, or check 'kind' under [population] and the people "
        "of these places",
    )
