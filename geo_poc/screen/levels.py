"""What the terminal shows of levels and triggers."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.report.level_log import TriggerRow, trigger_row, urgency
from geo_poc.report.level_page import lead, level_warnings
from geo_poc.report.level_rows import AreaRow, area_row, ranked
from geo_poc.report.level_tables import level_name
from geo_poc.report.typeset import printable
from geo_poc.standing import Levels
from geo_poc.wording import plain, text

_MOST_TRIGGERS = 12


def level_parts(levels: Levels, out: Path) -> list[Table | Text]:
    """Worst first: the sentence of the page, areas, triggers without a decision, what is unknown.

    Parameters
    ----------
    levels : Levels
    out : Path
        Where they were written.
    """
    fired = sorted(levels.triggers, key=urgency)
    rows = [trigger_row(levels, each) for each in fired[:_MOST_TRIGGERS]]
    parts: list[Table | Text] = [
        Text(
            text(
                "terminal_levels",
                theatre=printable(levels.theatre.name),
                day=figures.day(levels.found.days[-1]),
            ),
            style="bold",
        ),
        _cell(" ".join(plain(sentence) for sentence in lead(levels))),
        _areas([area_row(levels, standing) for standing in ranked(levels)]),
        _triggers(rows) if rows else Text(text("levels_triggers_none")),
    ]
    if len(fired) > len(rows):
        parts.append(Text(text("levels_triggers_rest", n=len(fired) - len(rows))))
    notes = list(level_warnings(levels))
    notes += [text("terminal_note", fault=str(fault)) for fault in levels.warnings]
    parts += [Text(note, style="yellow") for note in notes]
    return [*parts, _cell(text("terminal_levels_colours", levels=_names(levels))), _written(out)]


def _areas(rows: list[AreaRow]) -> Table:
    table = _table("level", "area", "since", "why")
    for row in rows:
        level = _lines(row.code, row.qualifier)
        area = _lines(row.area, row.override)
        table.add_row(*map(_cell, (level, area, _lines(row.since, row.change), _lines(*row.why))))
    return table


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _triggers(rows: list[TriggerRow]) -> Table:
    table = _table("state", "trigger", "area", "fired", "asked")
    for row in rows:
        fired = _lines(row.fired, row.code)
        table.add_row(*map(_cell, (row.state_text, row.trigger, row.area, fired, row.asked)))
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(text(f"levels_head_{head}"), overflow="fold")
    return table


def _cell(words: str) -> Text:
    """Text as it is, without what could steer the terminal."""
    return Text("\n".join(printable(line) for line in words.split("\n")))


def _names(levels: Levels) -> str:
    return ", ".join(
        f"{code} {level_name(levels, number)}" for number, code in enumerate(levels.file.codes)
    )


def _written(out: Path) -> Text:
    names = ("levels.html", "levels.json", "levels.csv", "triggers.csv")
    return Text(text("terminal_written", files=", ".join(str(out / name) for name in names)))
