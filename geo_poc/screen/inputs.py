"""What the terminal shows of inputs: files, their age, restrictions, memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.text import Text

from geo_poc import figures
from geo_poc.event_words import event_sentences
from geo_poc.in_force import held_words, restriction_words
from geo_poc.inputs import LAYERS, Inputs
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.screen.parts import Part, notes, table_of
from geo_poc.wording import plain, text

_FIRST_COLUMNS = 8
_LAYER_COLUMNS = ("layer", "source", "read", "kept", "rejected", "newest", "age")


def input_tables(inputs: Inputs) -> list[Part]:
    """Grid, layers and notes of checked inputs."""
    grid = inputs.theatre.grid
    return [
        Text(text("terminal_checked", theatre=inputs.theatre.name), style="bold"),
        Text(
            text(
                "terminal_grid",
                rows=grid.rows,
                cols=grid.cols,
                cell=figures.distance(grid.cell_size_m),
                crs=grid.crs,
            )
        ),
        *memory_line(inputs),
        *layer_parts(inputs.sources, inputs.theatre.as_of),
        *event_parts(inputs.layers),
        *_unused(inputs.sources),
        *restrictions_in_force(inputs),
        *notes(inputs.warnings),
    ]


def restrictions_in_force(inputs: Inputs) -> list[Part]:
    """Restrictions in force on the theatre's day and what they hold; nothing where there are none."""
    held = inputs.restricted
    if held.empty:
        return []
    rows = [(*restriction_words(row).values(), *held_words(row)) for row in held.itertuples()]
    columns = ("restriction", "name", "rule", "delay", "ends", "binds", "road_held", "cells")
    heading = text("terminal_restrictions", date=figures.day(inputs.theatre.as_of))
    return [table_of(heading, [f"column_{c}" for c in columns], rows, numbers_from=6)]


def memory_line(inputs: Inputs) -> list[Part]:
    """About what a run takes; nothing where only a theatre was read."""
    need = inputs.memory
    if need is None:
        return []
    amounts = {
        name: f"{size / 1e9:.1f}" for name, size in (("need", need.bytes), ("free", need.available))
    }
    return [Text(text("terminal_memory", n=need.bases, cells=f"{need.cells:,}", **amounts))]


def layer_parts(sources: Sequence[SourceRecord], as_of: dt.date) -> list[Part]:
    """Rows of the tables by file, and known cells of the rasters."""
    tables = [s for s in sources if s.layer in LAYERS and not s.beside]
    rasters = [s for s in sources if s.layer not in LAYERS]
    parts: list[Part] = [
        table_of(
            text("terminal_layers"),
            [f"column_{c}" for c in _LAYER_COLUMNS],
            [
                (*_named(s), *(f"{n:,}" for n in (s.read, s.kept, s.rejected)), *_aged(s, as_of))
                for s in tables
            ],
            numbers_from=2,
        )
    ]
    if rasters:
        parts.append(
            table_of(
                text("terminal_rasters"),
                ("column_layer", "column_source", "column_cells", "column_known"),
                [(*_named(s), f"{s.read:,}", f"{s.kept:,}") for s in rasters],
                numbers_from=2,
            )
        )
    return parts


def _aged(source: SourceRecord, as_of: dt.date) -> tuple[str, str]:
    """Day of the newest record or of the data, and the days since, unless it is after the theatre's."""
    if source.day is None:
        return text("unknown"), text("unknown")
    age = source.age_days(as_of)
    return figures.day(source.day), text("after_as_of") if age is None else f"{age:,}"


def event_parts(layers: Mapping[str, Layer]) -> list[Part]:
    """How many events the incidents tell of, by how many sources, and their deaths."""
    return [Text(plain(sentence)) for sentence in event_sentences(layers["incidents"].table)]


def _unused(sources: Sequence[SourceRecord]) -> list[Part]:
    """How many columns of each file nothing reads, and the first of them."""
    return [
        Text(
            text(
                "terminal_unused",
                layer=s.layer,
                file=s.file,
                n=len(s.unused),
                columns=", ".join(
                    (*s.unused[:_FIRST_COLUMNS], *["..."] * (len(s.unused) > _FIRST_COLUMNS))
                ),
            )
        )
        for s in sources
        if s.unused
    ]


def _named(source: SourceRecord) -> tuple[str, str]:
    return source.layer, source.label or source.file
