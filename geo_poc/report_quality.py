"""How well each report of an incident is known: graded, linked to its event, and of a source new enough."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo_poc.errors import Fault
from geo_poc.layers.deaths import deaths_table, event_table
from geo_poc.layers.freshness import age_doubts, stale_faults
from geo_poc.layers.grades import grade_doubts, grade_faults, grade_weights
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.links import links_of, seen_by_counts, with_links, with_weights
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import TheatreFile, ThreatSpec

_INCIDENTS = "incidents"


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Layers with their reports judged, what is wrong with them, and what may be."""

    layers: dict[str, Layer]
    faults: list[Fault]
    notes: list[Fault]


def judged_reports(layers: Mapping[str, Layer], spec: ThreatSpec) -> Judged:
    """Layers whose incidents have the columns ``event, seen_by, weight``, as far as they could be read.

    No row is left out. Where a grade has no weight the weights are 1, and a fault says so.
    """
    if _INCIDENTS not in layers:
        return Judged(layers=dict(layers), faults=[], notes=[])
    layer = layers[_INCIDENTS]
    table, faults = layer.table, grade_faults(layer.table, spec.grades)
    links = links_of(table, spec.duplicates)
    weight = grade_weights(table, None if faults else spec.grades)
    judged = with_weights(with_links(table, links), weight)
    judged_layer = dataclasses.replace(layer, table=judged, links=links.pairs)
    return Judged(
        layers={**layers, _INCIDENTS: judged_layer},
        faults=faults,
        notes=grade_doubts(table, spec.grades),
    )


def too_old(
    sources: Sequence[SourceRecord], file: TheatreFile, theatre: Theatre
) -> tuple[list[Fault], list[Fault]]:
    """Faults of sources that are too old, and notes on the ages of the others."""
    limits, as_of = file.freshness, theatre.as_of
    return stale_faults(sources, limits, as_of=as_of), age_doubts(sources, limits, as_of=as_of)


def events_record(layer: Layer) -> dict[str, Any]:
    """Numbers of reports, events and links of the incidents, and their deaths, for ``run.json``."""
    events = event_table(layer.table)
    return {
        "reports": len(layer.table),
        "events": len(events),
        "events_by_sources": seen_by_counts(layer.table),
        "links": len(layer.links),
        "deaths": deaths_table(events).to_dict(orient="records"),
    }
