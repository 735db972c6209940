"""What the terminal shows of the test on the past."""

from __future__ import annotations

import math
from pathlib import Path

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.backtest import FoundBacktest
from geo_poc.layers.threat.backtest import HORIZONS_DAYS, TARGETS, Backtest
from geo_poc.report.backtest_words import (
    MIXTURE,
    ONE_LINE,
    SHOWN_DAYS,
    SHOWN_TARGET,
    kind_name,
    lead,
    model_name,
    months_words,
    number,
    points,
    row_of,
)
from geo_poc.screen.parts import Part, notes, table_of
from geo_poc.wording import plain, text

_MODEL_COLUMNS = ("model", "hit_01", "hit", "range", "hit_10", "bits", "more", "new_cells", "bound")
_KIND_COLUMNS = (
    "incidents", "number", "hit", "range", "line", "new_cells", "bound", "expected", "came", "in_interval",
)  # fmt: skip
_NAN = float("nan")


def backtest_tables(found: FoundBacktest, out: Path) -> list[Part]:
    """The answer, all models, each kind of incident, cost and files, in reading order."""
    backtest = found.backtest
    title = text(
        "backtest_subtitle", theatre=found.theatre.name, months=months_words(backtest, SHOWN_DAYS)
    )
    total = sum(step.seconds for step in found.steps)
    peak = max(step.peak_mb for step in found.steps)
    return [
        Text(title, style="bold"),
        *notes(found.warnings),
        *(Text(plain(sentence)) for sentence in lead(backtest)),
        *models_parts(backtest),
        kinds_part(backtest),
        Text(text("terminal_cost", seconds=number(total), peak=f"{peak:,.0f}")),
        Text(text("terminal_written", files=str(out))),
    ]


def models_parts(backtest: Backtest) -> list[Part]:
    """One row a model: all incidents within 30 days; nothing where nothing is known of any."""
    if backtest.reason:
        return []
    scores = backtest.scores_of(horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    rows = [
        (
            model_name(row["key"], row["model"]),
            figures.percent(row["hit_01"]),
            figures.percent(row["hit_05"]),
            _span(row["hit_05_low"], row["hit_05_high"]),
            figures.percent(row["hit_10"]),
            number(row["bits"]),
            points(row["more_hit_05"]) if row["key"] != ONE_LINE else "",
            figures.percent(row["new_hit_05"]),
            figures.percent(row["smeared_05"]),
        )
        for row in scores.to_dict("records")
    ]
    columns = [f"column_{name}" for name in _MODEL_COLUMNS]
    title = text(
        "terminal_backtest",
        target=text(f"target_{SHOWN_TARGET}"),
        days=text("days", n=SHOWN_DAYS),
        n=f"{int(scores['events'].max()):,}",
    )
    return [table_of(title, columns, rows, numbers_from=1)]


def kinds_part(backtest: Backtest) -> Table:
    """One row a horizon and kind of incident: the mixture, the one line beside it."""
    rows = []
    for horizon_days in HORIZONS_DAYS:
        for target in TARGETS:
            one, line = (
                row_of(backtest, key, horizon_days=horizon_days, target=target)
                for key in (MIXTURE, ONE_LINE)
            )
            totals = backtest.totals_of(horizon_days=horizon_days, target=target)
            rows.append(
                (
                    kind_name(horizon_days, target),
                    text("number", n=int(one.get("events", 0))),
                    figures.percent(one.get("hit_05", _NAN)),
                    _span(one.get("hit_05_low", _NAN), one.get("hit_05_high", _NAN)),
                    figures.percent(line.get("hit_05", _NAN)),
                    figures.percent(one.get("new_hit_05", _NAN)),
                    figures.percent(one.get("smeared_05", _NAN)),
                    number(totals["expected"]),
                    number(totals["came"]),
                    figures.percent(totals["within"]),
                )
            )
    columns = [f"column_{name}" for name in _KIND_COLUMNS]
    return table_of(text("terminal_backtest_kinds"), columns, rows, numbers_from=1)


def _span(low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return text("backtest_span", low=f"{figures.whole_percent(low)}", high=figures.percent(high))
