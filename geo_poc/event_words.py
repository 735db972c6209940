"""Sentences on the events that the incidents report: how many, by how many sources, and their deaths."""

from __future__ import annotations

import math

import geopandas as gpd
import pandas as pd

from geo_poc.layers.deaths import DEATHS, deaths_table, event_table
from geo_poc.layers.links import seen_by_counts
from geo_poc.wording import Span, spans, text


def event_sentences(incidents: gpd.GeoDataFrame) -> list[tuple[Span, ...]]:
    """What is said of a linked incidents layer; nothing of an empty one.

    Examples
    --------
    >>> event_sentences(gpd.GeoDataFrame({"event": []}))
    []
    """
    if incidents.empty:
        return []
    events = event_table(incidents)
    seen = [
        spans("events_seen_by", n=number, sources=sources)
        for sources, number in seen_by_counts(incidents).items()
    ]
    together = deaths_table(events).iloc[-1]
    amounts = {name.removeprefix("deaths_"): _amount(together, name) for name in DEATHS}
    return [
        spans("events_counted", events=len(events), reports=len(incidents)),
        *seen,
        spans("events_deaths", **amounts),
    ]


def _amount(row: pd.Series, name: str) -> str:
    """Sum of what is known, and of how many events it is not."""
    total, unknown = float(row[name]), int(row[f"{name}_unknown"])
    if math.isnan(total):
        return text("unknown")
    known = f"{total:,.0f}"
    return known if not unknown else text("deaths_partly", n=unknown, known=known)
