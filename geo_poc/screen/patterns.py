"""What the terminal shows at the end of ``geo-poc patterns``."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.patterns import FoundPatterns
from geo_poc.report.patterns_tables import (
    base_section,
    cluster_section,
    hot_section,
    repeat_section,
    trend_section,
)
from geo_poc.report.patterns_words import Item, Rows, Section, lead
from geo_poc.screen.parts import Part, notes
from geo_poc.wording import plain, text


def pattern_tables(found: FoundPatterns, out: Path) -> list[Part]:
    """Lead, notes, each part with what it does not show, and the folder, in reading order."""
    product = found.product
    theatre = product.theatre
    title = text("patterns_terminal_title", theatre=theatre.name, date=figures.day(theatre.as_of))
    parts: list[Part] = [Text(title, style="bold")]
    parts += [Text(plain(sentence)) for sentence in lead(product)]
    parts += notes(found.warnings)
    repeats = repeat_section(product)
    for section in (hot_section(product), cluster_section(product)):
        parts += _section(section, section.tables)
    # The careful table; the other one stands on the page.
    parts += _section(repeats, repeats.tables[:1])
    parts += _section(trend_section(product), trend_section(product).tables)
    bases = base_section(product)
    parts += _section(bases, bases.tables[:1])
    return [*parts, Text(text("terminal_written", files=str(out)))]


def _section(section: Section, tables: tuple[Rows, ...]) -> list[Part]:
    parts: list[Part] = [Text(section.title, style="bold")]
    if not tables:
        parts += [Text(plain(section.before[-1]))]
    parts += [_table(rows) for rows in tables]
    return [*parts, *(Text(plain(sentence)) for sentence in section.after[-1:])]


def _table(rows: Rows) -> Table:
    table = Table(title=rows.title or None, title_justify="left", box=None, pad_edge=False)
    shown = [n for n in range(len(rows.heads)) if not any(row[n].bars for row in rows.rows)]
    for n in shown:
        table.add_column(rows.heads[n], justify="right" if rows.numbers[n] else "left")
    for row in rows.rows:
        table.add_row(*(Text(_words(row[n])) for n in shown))
    return table


def _words(item: Item) -> str:
    return f"{item.text} ({item.small})" if item.small else item.text
