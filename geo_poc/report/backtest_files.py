"""The test on the past as data: what its JSON file holds, and its table as CSV."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo_poc.layers.threat.backtest import HORIZONS_DAYS, TARGETS, Backtest
from geo_poc.layers.threat.near_places import WITHIN_M
from geo_poc.layers.threat.record import Target
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.layers.threat.scores import DRAWS, LEVEL
from geo_poc.layers.threat.totals import INTERVAL
from geo_poc.layers.threat.walk import SHARES
from geo_poc.report.backtest_words import why_unknown
from geo_poc.report.tables import write_csv
from geo_poc.theatre import Theatre
from geo_poc.wording import plain

_NUMBERS = {
    "n": "events",
    "new_cells_n": "new_events",
    "precise_n": "precise_events",
    "near_place_n": "near_events",
}
_SCORES = {
    **{f"hit_{name}": f"hit_{name}" for name in SHARES},
    **{f"pai_{name}": f"pai_{name}" for name in SHARES},
    "bits": "bits",
    "brier": "brier",
    "brier_skill": "brier_skill",
    "new_cells_hit_05": "new_hit_05",
    "precise_hit_05": "precise_hit_05",
    "lower_bound_hit_05": "smeared_05",
    **{f"places_hit_{name}": f"place_{name}" for name in SHARES},
    "more_than_one_line_hit_05": "more_hit_05",
    "more_than_one_line_bits": "more_bits",
}
_WITH_INTERVAL = (
    "hit_05", "bits", "brier_skill", "new_cells_hit_05", "lower_bound_hit_05", "places_hit_05",
    "more_than_one_line_hit_05", "more_than_one_line_bits",
)  # fmt: skip


def backtest_content(
    backtest: Backtest, theatre: Theatre, *, seed: int, made: str, version: str
) -> dict[str, Any]:
    """Content of ``backtest.json``; what is unknown is null.

    ``models.<model>.<horizon in days>.<kind>`` holds the scores of one model; ``totals`` and ``classes`` the
    expected and observed numbers.

    Parameters
    ----------
    backtest : Backtest
    theatre : Theatre
    seed : int
        Of the intervals.
    made : str
        When the product is made, in ISO form.
    version : str
        Of geo-poc.
    """
    return {
        "geo_poc": version,
        "made": made,
        "marking": theatre.marking,
        "theatre": theatre.name,
        "fictional": theatre.fictional,
        "as_of": theatre.as_of.isoformat(),
        "cell_size_m": theatre.grid.cell_size_m,
        "cells": int(theatre.inside.sum()),
        "seed": seed,
        "known": not backtest.reason,
        "reason": plain(why_unknown(backtest)),
        "horizons_days": list(HORIZONS_DAYS),
        "targets": list(TARGETS),
        "origins": {
            str(horizon): [day.isoformat() for day in days]
            for horizon, days in backtest.origins.items()
        },
        "area_shares": dict(SHARES),
        "interval": LEVEL,
        "interval_of_totals": INTERVAL,
        "bootstrap_draws": DRAWS,
        "least_events": LEAST_EVENTS,
        "place_within_m": WITHIN_M,
        "seen_by_all_origins_as_of_one_date": ["population", "places"],
        "models": _models(backtest),
        "totals": _by_case(backtest, _totals),
        "classes": _by_case(backtest, _classes),
    }


def write_backtest_csv(backtest: Backtest, theatre: Theatre, path: Path) -> None:
    """Write one row a model, horizon and kind, with a last column ``marking``; unknown values are empty."""
    write_csv(backtest.scores, theatre.marking, path)


def _models(backtest: Backtest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in backtest.scores.to_dict("records"):
        model = found.setdefault(row["key"], {"name": row["model"]})
        model.setdefault(str(row["horizon_days"]), {})[row["target"]] = _entry(row)
    return found


def _entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {name: _whole(row[column]) for name, column in _NUMBERS.items()}
    for name, column in _SCORES.items():
        entry[name] = _known(row[column])
        if name in _WITH_INTERVAL:
            ends = [_known(row[f"{column}_low"]), _known(row[f"{column}_high"])]
            entry[f"interval_{name}"] = None if None in ends else ends
    return entry


def _by_case(backtest: Backtest, content: Any) -> dict[str, Any]:
    return {
        str(horizon): {target: content(backtest, horizon, target) for target in TARGETS}
        for horizon in HORIZONS_DAYS
    }


def _totals(backtest: Backtest, horizon_days: int, target: Target) -> dict[str, Any]:
    totals = backtest.totals_of(horizon_days=horizon_days, target=target)
    months = backtest.months_of(horizon_days=horizon_days, target=target)
    return {
        **{name: _known(value) for name, value in totals.items()},
        "months": [
            {
                "origin": row["origin"].isoformat(),
                **{name: _known(row[name]) for name in ("expected", "low", "high", "came")},
            }
            for row in months.to_dict("records")
        ],
    }


def _classes(backtest: Backtest, horizon_days: int, target: Target) -> dict[str, Any]:
    keys = dict.fromkeys(backtest.classes["key"])
    return {
        key: [
            {
                name: _known(row[name])
                for name in ("tenth", "area", "expected", "came", "low", "high")
            }
            for row in backtest.classes_of(key, horizon_days=horizon_days, target=target).to_dict(
                "records"
            )
        ]
        for key in keys
    }


def _known(value: Any) -> float | int | None:
    """A number, null where it is unknown."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return value if isinstance(value, int) else number


def _whole(value: Any) -> int | None:
    return None if math.isnan(float(value)) else int(value)
