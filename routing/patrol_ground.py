"""The ground that patrols move on, and the graphs of their ways out and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import LIGHTS, Light, PlanFile
from geo_poc.routing.field import Tables, held_ground
from geo_poc.routing.ground import Ground
from geo_poc.routing.seasons import SeasonPace
from geo_poc.routing.stages import Stage, stages
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
    at_once : mapping of light to Stage
        What is shut by day and by night; what needs an approval stays shut.
    plan : PlanFile or None
        Its crews and ferries count.
    at_cells : int64 array
        Cells that are judged like places, row by row.
    """

    theatre: Theatre
    tables: Tables
    ground: Ground
    at_once: Mapping[Light, Stage]
    plan: PlanFile | None
    at_cells: NDArray[np.int64]

    @property
    def light_matters(self) -> bool:
        """Whether more than the pace differs by day and by night: what is shut, or the share of fixed delays."""
        ferries = self.plan is not None and self.plan.ferries is not None
        clearing = any(np.isfinite(cut.clearing_s) for cut in self.ground.cuts.values())
        return ferries or clearing or self.at_once["day"] != self.at_once["night"]


def patrol_ground(
    theatre: Theatre,
    tables: Tables,
    at_cells: NDArray[np.int64],
    *,
    plan: PlanFile | None = None,
) -> PatrolGround:
    """The ground of a theatre on its day, cut as it is for responses.

    Parameters
    ----------
    theatre : Theatre
    tables : Tables
    at_cells : int64 array
        Cells that are judged like places.
    plan : PlanFile, optional
    """
    ground, restrictions, caveats = held_ground(theatre, tables)
    return PatrolGround(
        theatre=theatre,
        tables=tables,
        ground=ground,
        at_once={light: stages(restrictions, caveats, light)[0] for light in LIGHTS},
        plan=plan,
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


def shut_cases(there: PatrolGround, pace: SeasonPace, base: int, light: Light) -> tuple[Shut, ...]:
    """What is shut for a base: as it is, without closures, without caveats, without both, as for responses."""
    stage, opened = there.at_once[light], pace.opened is not pace.as_is
    bound = stage.caveats[base]
    return (
        (stage.closures | bound, False),
        (bound, opened),
        (stage.closures, False),
        (frozenset(), opened),
    )
