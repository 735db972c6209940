"""What the terminal shows at the end of ``geo-poc arrivals``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from geo_poc import figures
from geo_poc.arrivals import Arrivals
from geo_poc.screen.parts import Part, notes, table_of
from geo_poc.wording import text


def arrival_tables(found: Arrivals, *files: Path) -> list[Part]:
    """Sites reached within the standard by the first element and by the plan's troops, case by case."""
    plan = found.plan
    standard_s = plan.standard.response
    title = text(
        "terminal_title",
        theatre=found.theatre.name,
        plan=plan.plan.name,
        date=figures.day(found.theatre.as_of),
    )
    rows = []
    for each in found.arrivals:
        conditions = each.trips.conditions
        counts = _within(each.first_s, standard_s)
        if plan.force is not None:
            counts += _within(each.time_to_force(plan.force.troops), standard_s)
        rows.append((text(f"case_{conditions}"), *counts))
    columns = ["column_case", "column_first", "column_later", "column_unknown"]
    if plan.force is not None:
        columns += ["column_force", "column_later", "column_unknown"]
    heading = text("terminal_arrivals", standard=figures.duration(standard_s))
    return [
        Text(title, style="bold"),
        *notes(found.warnings),
        Text(
            text("terminal_no_force")
            if plan.force is None
            else text("terminal_force", n=plan.force.troops)
        ),
        table_of(heading, columns, rows, numbers_from=1),
        *_missing(found),
        Text(text("terminal_written", files=", ".join(map(str, files)))),
    ]


def _missing(found: Arrivals) -> list[Part]:
    """The figures that are missing, where a site has an unknown time because of one."""
    troops = 0 if found.plan.force is None else found.plan.force.troops
    unknown = any(
        np.isnan(seconds).any()
        for each in found.arrivals
        for seconds in (each.first_s, each.time_to_force(troops))
    )
    if not unknown or not found.missing:
        return []
    return [Text(text("terminal_missing", figures="; ".join(found.missing)), style="yellow")]


def _within(seconds: NDArray[np.float64], standard_s: float) -> tuple[str, ...]:
    """Sites reached within a standard, reached later or never, and of unknown time."""
    unknown = int(np.isnan(seconds).sum())
    within = int((seconds <= standard_s).sum())
    return f"{within:,}", f"{len(seconds) - within - unknown:,}", f"{unknown:,}"
