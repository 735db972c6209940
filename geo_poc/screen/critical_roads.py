"""What the terminal shows of the roads whose loss costs most."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.critical_roads import FoundCritical
from geo_poc.screen.parts import Part, notes
from geo_poc.wording import mover_name, text

_COLUMNS = ("rank", "road", "km", "cut_off", "pushed", "delayed", "extra", "places", "unsure")
_NUMBERS_FROM = 2
_MGRS_WIDTH = 17


def critical_tables(found: FoundCritical, *files: Path) -> list[Part]:
    """The worst losses, worst first, what the numbers mean, and where they were written."""
    parts: list[Part] = [Text(_title(found), style="bold")]
    parts.append(_table(found) if len(found.table) else Text(text("terminal_critical_none")))
    parts.append(Text(text("terminal_critical_means", n=found.used, tried=found.tried)))
    if found.untimed:
        movers = ", ".join(mover_name(mover) for mover in found.untimed)
        parts.append(Text(text("terminal_untimed", movers=movers), style="yellow"))
    parts += notes(found.warnings)
    return [*parts, Text(text("terminal_written", files=", ".join(map(str, files))))]


def _title(found: FoundCritical) -> str:
    return text(
        "terminal_critical",
        theatre=found.theatre.name,
        plan=found.plan.plan.name,
        case=text(f"case_{found.conditions}").lower(),
        standard=figures.duration(found.plan.standard.response),
        cut_off=figures.duration(found.plan.standard.cut_off),
    )


def _table(found: FoundCritical) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(_COLUMNS):
        amount = number >= _NUMBERS_FROM
        # Neither a number nor a grid reference is ever cut: the names give way.
        table.add_column(
            text(f"column_{column}"),
            justify="right" if amount else "left",
            no_wrap=amount,
            min_width=_MGRS_WIDTH if column == "road" else None,
            overflow="fold",
        )
    for row in found.table.to_dict("records"):
        table.add_row(*map(Text, _cells(row)))
    return table


def _cells(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    extra_min = row["extra_minutes"]
    return (
        str(row["rank"]),
        "\n".join(dict.fromkeys((_road(row), row["from_mgrs"], row["to_mgrs"]))),
        figures.distance(row["km"] * 1000),
        figures.people(row["people_cut_off"]),
        figures.people(row["people_beyond_standard"]),
        figures.people(row["people_delayed"]),
        text("no_delay") if math.isnan(extra_min) else figures.duration(extra_min * 60),
        f"{row['places']:,}",
        f"{row['places_unknown_people']:,}",
    )


def _road(row: Mapping[Hashable, Any]) -> str:
    """Name of the first road, or its id where none has a name; how many more; whether it is a bridge."""
    first, *more = str(row["name"] or text("road_unnamed", id=row["road_id"])).split("; ")
    road = text("road_and_more", road=first, n=len(more)) if more else first
    return text("road_bridge", road=road) if row["bridge"] else road
