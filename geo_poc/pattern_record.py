"""Every figure of the patterns as JSON, and what they were made from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo_poc import __version__
from geo_poc.errors import Fault
from geo_poc.inputs import Inputs
from geo_poc.layers.layer import SourceRecord
from geo_poc.layers.patterns.near_repeat import NearRepeats
from geo_poc.provenance import write_json, write_run_record
from geo_poc.report.patterns import METHOD, PatternProduct, Trends, day_of_number


def write_patterns_json(product: PatternProduct, path: Path) -> None:
    """Write every figure with the marking, the day, the parameters and the seed."""
    theatre = product.theatre
    write_json(
        {
            "geo_poc": __version__,
            "marking": theatre.marking,
            "theatre": theatre.name,
            "fictional": theatre.fictional,
            "as_of": theatre.as_of,
            "until": product.until,
            "since": product.since,
            "last_incident": product.last,
            "seed": product.seed,
            "parameters": product.spec,
            "method": METHOD,
            "incidents": product.used,
            "hot_areas": _records(product.hot_areas),
            "hot_cells": _records(product.hot.table()),
            "districts": _records(product.districts),
            "clusters": _records(product.clusters),
            "near_repeats": {
                "days_shuffled_over_all": _repeats(product.repeats),
                "days_shuffled_within_365_days": _repeats(product.repeats_in_year),
            },
            "trends": None if product.trends is None else _records(product.trends.table),
            "months": None if product.trends is None else _months(product.trends),
            "base_changes": None if product.changes is None else _changes(product.changes),
            "base_changes_together": [
                {**dataclasses.asdict(each), "ratio": each.ratio} for each in product.pooled
            ],
        },
        path,
    )


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    days = plain.select_dtypes("datetime").columns
    plain = plain.assign(**{name: plain[name].dt.strftime("%Y-%m-%d") for name in days})
    return plain.to_dict("records")  # type: ignore[return-value]


def _changes(table: pd.DataFrame) -> list[dict[str, object]]:
    """Base changes with calendar days instead of numbers and coordinates."""
    days = {
        "earliest": table["earliest_day"].map(day_of_number),
        "latest": table["latest_day"].map(day_of_number),
    }
    return _records(table.assign(**days).drop(columns=["earliest_day", "latest_day", "x_m", "y_m"]))


def _repeats(found: NearRepeats) -> dict[str, object]:
    return {
        "incidents": found.events,
        "distances_m": ["same place", *found.bands.distances_m],
        "days": found.bands.days,
        "pairs": found.pairs.tolist(),
        "expected": found.expected.tolist(),
        "ratio": found.ratio.tolist(),
        "p": found.p.tolist(),
        "up_to": {
            "pairs": found.up_to.pairs.tolist(),
            "expected": found.up_to.expected.tolist(),
            "ratio": found.up_to.ratio.tolist(),
            "p": found.up_to.p.tolist(),
        },
    }


def _months(trends: Trends) -> dict[str, object]:
    return {
        "first_days": [day_of_number(day) for day in trends.months.edges[:-1]],
        "recent": trends.months.recent,
        "incidents": trends.counts.tolist(),
    }


def write_record(
    product: PatternProduct,
    inputs: Inputs,
    folder: Path,
    *,
    sources: Sequence[SourceRecord],
    warnings: Sequence[Fault],
) -> None:
    """Write ``run.json``: what the folder was made from."""
    content = {
        "seed": product.seed,
        "parameters": {"theatre": inputs.theatre_file},
        "inputs": sources,
        "warnings": warnings,
    }
    write_run_record(folder, inputs, command="patterns", content=content)
