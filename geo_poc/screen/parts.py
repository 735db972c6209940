"""Parts that the tables of several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from rich.table import Table
from rich.text import Text

from geo_poc.errors import Fault
from geo_poc.wording import text

Part = Table | Text


def table_of(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int
) -> Table:
    """Table without lines; columns from a number on are numbers, and text folds rather than being cut."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if number >= numbers_from else "left"
        table.add_column(text(column), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def files_in(out: Path) -> str:
    """Where map, report and all other files of a run are."""
    return text(
        "terminal_files",
        map=str(out / "map.html"),
        report=str(out / "report.html"),
        folder=str(out),
    )


def notes(warnings: Sequence[Fault]) -> list[Part]:
    """What is no error and may still be a mistake."""
    return [Text(text("terminal_note", fault=str(fault)), style="yellow") for fault in warnings]
