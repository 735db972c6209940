"""What is no error and may still be a mistake, said of inputs that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.errors import Fault
from geo_poc.layers.layer import Layer
from geo_poc.layers.refusals import BETTER_ROW_KEPT
from geo_poc.plan import PlanFile
from geo_poc.routing.catalogue import Vehicle
from geo_poc.routing.checks import unknown_classes, unused_ferries
from geo_poc.routing.movers import crew_of, movers_of, wet_factor
from geo_poc.routing.restrictions import restrictions_on, unknown_contingents
from geo_poc.theatre import Theatre

_NAMED = 5
_EDGE_M = 2000.0  # rivers of world maps are no better
_FAR_M = 5000.0  # about an hour on foot


def refused_rows(layer: Layer) -> list[Fault]:
    """A warning for each reason for which rows of a layer were refused as wrong or twice there.

    Rows that lie outside the theatre, or that the theatre file leaves out itself, are no reason to warn.
    """
    wrong = layer.rejects[layer.rejects["kind"].isin(["invalid", "duplicate"])]
    warnings = []
    for (file, kind), rows in wrong.groupby(["file", "kind"], sort=True):
        first = rows.iloc[0]
        warnings.append(
            Fault(
                where=f"{layer.name}: {file}",
                found=(
                    f"{len(rows)} row(s) refused as {kind}; the first is row {first['row']}, "
                    f"column '{first['column']}', '{first['value']}': {first['reason']}"
                ),
                rule="these rows are in no result",
                repair=_repair_of(rows),
            )
        )
    return warnings


def _repair_of(rows: pd.DataFrame) -> str:
    """What to do about refused rows; a publisher's own double rows are no fault of the user's."""
    if rows["reason"].str.contains(BETTER_ROW_KEPT, regex=False).all():
        return (
            "nothing to correct: the publisher lists these more than once, and one row of each is kept; "
            "after a run all stand in rejects.csv"
        )
    return "correct them in the file; after a run all stand in rejects.csv"


def doubts(plan: PlanFile, layers: Mapping[str, Layer]) -> list[Fault]:
    """Warnings of caveats that bind nobody, unused ferries, unknown roads, vehicles slower than their crew."""
    notes: list[Fault] = []
    if "areas" in layers:
        notes = unknown_contingents(layers["areas"].table, layers["bases"].table)
    if "roads" in layers:
        notes += unused_ferries(layers["roads"].table, plan.ferries)
        notes += unknown_classes(layers["roads"].table, movers_of(plan))
    movers = movers_of(plan)
    crew = crew_of(movers)
    if not np.isnan(wet_factor(crew, "wet")):
        return notes
    return notes + [
        Fault(
            where=f"plan: {mover.key}",
            found=f"no off_road_kmh, and no wet_time_factor of {crew.key}",
            rule="off the roads it takes the walking pace of the ground, in the rains divided by its "
            "own wet_time_factor: its crew on foot may be quicker",
            repair=f"give wet_time_factor to {crew.key} under [[assets]] figures, and off_road_kmh if "
            "the mission knows it",
        )
        for mover in movers
        if isinstance(mover, Vehicle) and mover.off_road_kmh is None
    ]


def unknown_bases(plan: PlanFile, bases: gpd.GeoDataFrame, plan_path: Path) -> list[Fault]:
    """A fault for every base that an asset names and the bases layer does not have."""
    known = set(bases["name"])
    return [
        Fault(
            where=f"{plan_path}: [assets] {number} bases",
            found=f"'{name}'",
            rule="must be the name of a base",
            repair=f"use one of {', '.join(sorted(known))}",
        )
        for number, asset in enumerate(plan.assets, start=1)
        if not isinstance(asset.bases, str)
        for name in asset.bases
        if name not in known
    ]


def position_doubts(
    layers: Mapping[str, Layer], theatre: Theatre, plan: PlanFile | None = None
) -> list[Fault]:
    """Warnings of bases and camps on the edge of a barrier, and of camps far from every road.

    Parameters
    ----------
    layers : mapping of str to Layer
        ``bases, camps, roads, areas`` as far as they could be read.
    theatre : Theatre
        Its day, and its cell: so near to a barrier, or within 2 km, a position is on its edge.
    plan : PlanFile, optional
        Its vehicles without ``off_road_kmh``.
    """
    if {"bases", "camps", "roads", "areas"} - layers.keys():
        return []
    tables = {name: layers[name].table for name in ("bases", "camps", "roads", "areas")}
    return _on_the_edge(tables, theatre) + _far_from_roads(tables, plan)


def _on_the_edge(tables: Mapping[str, gpd.GeoDataFrame], theatre: Theatre) -> list[Fault]:
    edge_m, areas = min(theatre.grid.cell_size_m, _EDGE_M), tables["areas"]
    barriers = areas.geometry.iloc[restrictions_on(areas, theatre.as_of).barriers]
    if barriers.empty:
        return []
    near = {
        name: tables[name][_within(tables[name], barriers, edge_m)] for name in ("bases", "camps")
    }
    count = sum(map(len, near.values()))
    if not count:
        return []
    first = [str(row) for table in near.values() for row in table["name"]][:_NAMED]
    return [
        Fault(
            where="bases and camps",
            found=f"{count} within {edge_m / 1000:g} km of a barrier: "
            f"{', '.join(first)}{' and more' if count > len(first) else ''}",
            rule="a coarse river can have them on its wrong bank, and then their times are those of the detour",
            repair="look at their ways with geo-poc routes, and correct the position or the river",
        )
    ]


def _far_from_roads(tables: Mapping[str, gpd.GeoDataFrame], plan: PlanFile | None) -> list[Fault]:
    camps, roads = tables["camps"], tables["roads"]
    if camps.empty or roads.empty:
        return []
    far = int((~_within(camps, roads.geometry, _FAR_M)).sum())
    if 2 * far <= len(camps) or far < _NAMED:
        return []
    return [
        Fault(
            where="roads",
            found=f"{far} of {len(camps)} camps lie more than {_FAR_M / 1000:g} km from every road",
            rule="what is not in the file is no road: the last part of these ways is across country",
            repair=f"add the smaller roads if there is a file of them{_off_road_hint(plan)}",
        )
    ]


def _off_road_hint(plan: PlanFile | None) -> str:
    """Words for the plan's vehicles whose pace off the roads is not given; none where all have it."""
    without = [
        mover.key
        for mover in (movers_of(plan) if plan else ())
        if isinstance(mover, Vehicle) and mover.off_road_kmh is None
    ]
    named = ", ".join(without)
    return f", or off_road_kmh of {named} if the mission knows it" if without else ""


def _within(points: gpd.GeoDataFrame, shapes: gpd.GeoSeries, metres: float) -> NDArray[np.bool_]:
    """Which points lie within a distance of any shape."""
    tree = shapely.STRtree(shapes.to_numpy())
    near, _ = tree.query(points.geometry.to_numpy(), predicate="dwithin", distance=metres)
    found = np.zeros(len(points), dtype=np.bool_)
    found[near] = True
    return found
