"""What is no error and may still be a mistake, said of inputs that can be used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geo_poc.errors import Fault
from geo_poc.layers.layer import Layer
from geo_poc.plan import PlanFile
from geo_poc.routing.catalogue import Vehicle
from geo_poc.routing.checks import unused_ferries
from geo_poc.routing.movers import crew_of, movers_of, wet_factor
from geo_poc.routing.restrictions import unknown_contingents


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
                repair="correct them in the file; after a run all stand in rejects.csv",
            )
        )
    return warnings


def doubts(plan: PlanFile, layers: Mapping[str, Layer]) -> list[Fault]:
    """Warnings of caveats that bind nobody, ferries that carry nobody, vehicles that may be slower than their crew."""
    notes: list[Fault] = []
    if "areas" in layers:
        notes = unknown_contingents(layers["areas"].table, layers["bases"].table)
    if "roads" in layers:
        notes += unused_ferries(layers["roads"].table, plan.ferries)
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
