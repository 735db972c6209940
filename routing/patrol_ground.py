"""The ground that patrols move on, and the graphs of their ways out and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.ground import Ground
from geo_poc.routing.restrictions import caveats_of, restrictions_on
from geo_poc.routing.routes import Tables
from geo_poc.routing.seasons import SeasonPace
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.turned import turned_round
from geo_poc.theatre import Theatre

Shut = tuple[frozenset[int], bool]
"""Rows of the closures and caveats that hold, and whether roads closed by the season are open."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PatrolGround:
    """The ground of all patrols, and what is shut on it for whom.

    Parameters
    ----------
    theatre : Theatre
    tables : Tables
        Bases with the mobile ones, places, roads, areas, rasters.
    ground : Ground
    closures : frozenset of int
        Rows of the closures in force.
    caveats : tuple of frozenset, one per base
        Rows of the caveat areas that bind it.
    at_cells : int64 array
        Cells that are judged like places, row by row.
    """

    theatre: Theatre
    tables: Tables
    ground: Ground
    closures: frozenset[int]
    caveats: tuple[frozenset[int], ...]
    at_cells: NDArray[np.int64]


def patrol_ground(theatre: Theatre, tables: Tables, at_cells: NDArray[np.int64]) -> PatrolGround:
    """The ground of a theatre on its day, cut as it is for responses.

    Parameters
    ----------
    theatre : Theatre
    tables : Tables
    at_cells : int64 array
        Cells that are judged like places.
    """
    restrictions = restrictions_on(tables.areas, theatre.as_of)
    return PatrolGround(
        theatre=theatre,
        tables=tables,
        ground=restricted_ground(
            theatre=theatre,
            roads=tables.roads,
            areas=tables.areas,
            restrictions=restrictions,
            bases=tables.bases.geometry,
            places=tables.places.geometry,
        ),
        closures=frozenset(restrictions.closures.tolist()),
        caveats=caveats_of(tables.bases, tables.areas, restrictions.caveats),
        at_cells=at_cells,
    )


def graph_pair(
    there: PatrolGround, pace: SeasonPace, shut: Shut, bases: Collection[int]
) -> tuple[TravelGraph, TravelGraph]:
    """The graph of the way out and that of the way back; one and the same where no way differs.

    Parameters
    ----------
    there : PatrolGround
    pace : SeasonPace
    shut : frozenset of int, bool
        Rows of the closures and caveats that hold, and whether roads closed by the season are open.
    bases : collection of int
        Rows of the bases that have the mover.
    """
    rows, opened = shut
    out = travel_graph(there.ground, pace.opened if opened else pace.as_is, rows, from_bases=bases)
    return out, turned_round(out)


def shut_cases(there: PatrolGround, pace: SeasonPace, base: int) -> tuple[Shut, ...]:
    """What is shut for a base: as it is, without closures, without caveats, without both, as for responses."""
    bound, opened = there.caveats[base], pace.opened is not pace.as_is
    return (
        (there.closures | bound, False),
        (bound, opened),
        (there.closures, False),
        (frozenset(), opened),
    )
