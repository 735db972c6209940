"""What the terminal shows at the end of a command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.answer import (
    bad_news,
    no_zone,
    own_case,
    threat_code,
    uncounted,
    worst,
    written_shares,
)
from geo_poc.arrivals import Arrivals
from geo_poc.backtest_summary import models_parts
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CaseSummary
from geo_poc.errors import Fault
from geo_poc.event_words import event_sentences
from geo_poc.in_force import held_words, restriction_words
from geo_poc.inputs import LAYERS, Inputs
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.provenance import Step
from geo_poc.report.backtest_words import lead
from geo_poc.report.routes import RouteRow, leg_table
from geo_poc.routes import FoundRoutes
from geo_poc.routing.travel_time import Reason
from geo_poc.run import Run
from geo_poc.theatre import Theatre
from geo_poc.wording import mover_name, plain, text

Part = Table | Text
_FIRST_ZONES = 7
_FIRST_COLUMNS = 8
_LAYER_COLUMNS = ("layer", "source", "read", "kept", "rejected", "newest", "age")


def run_tables(done: Run) -> list[Part]:
    """Headline, layers, notes, worst zones, cost and files of a run, in reading order."""
    found = done.findings
    return [
        Text(_title(found), style="bold"),
        Text(_headline(found)),
        *_layers(found.sources, found.theatre.as_of),
        *_events(found.layers),
        Text(text("terminal_rejects")),
        *_notes(done.warnings),
        _zones(found),
        *_backtest(found),
        _steps(done.steps),
        Text(_files(done.out)),
    ]


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
        *_layers(inputs.sources, inputs.theatre.as_of),
        *_events(inputs.layers),
        *_unused(inputs.sources),
        *restrictions_in_force(inputs),
        *_notes(inputs.warnings),
    ]


def restrictions_in_force(inputs: Inputs) -> list[Part]:
    """Restrictions in force on the theatre's day and what they hold; nothing where there are none."""
    held = inputs.restricted
    if held.empty:
        return []
    rows = [(*restriction_words(row).values(), *held_words(row)) for row in held.itertuples()]
    columns = ("restriction", "name", "rule", "delay", "ends", "binds", "road_held", "cells")
    heading = text("terminal_restrictions", date=figures.day(inputs.theatre.as_of))
    return [_table(heading, [f"column_{c}" for c in columns], rows, numbers_from=6)]


def memory_line(inputs: Inputs) -> list[Part]:
    """About what a run takes; nothing where only a theatre was read."""
    need = inputs.memory
    if need is None:
        return []
    amounts = {
        name: f"{size / 1e9:.1f}" for name, size in (("need", need.bytes), ("free", need.available))
    }
    return [Text(text("terminal_memory", bases=need.bases, cells=f"{need.cells:,}", **amounts))]


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
        *_notes(found.warnings),
        Text(
            text("terminal_no_force")
            if plan.force is None
            else text("terminal_force", n=plan.force.troops)
        ),
        _table(heading, columns, rows, numbers_from=1),
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


def _doubt(row: RouteRow, cut_off_s: float) -> list[Part]:
    """What is to be known about the time of a way."""
    if row.reason == Reason.CUT_OFF:
        line = text("terminal_route_cut_off", cut_off=figures.duration(cut_off_s))
    elif row.reason == Reason.UNKNOWN:
        season, mover = text(f"season_{row.season}"), mover_name(row.mover)
        line = text("terminal_route_unknown", season=season, mover=mover)
    else:
        return []
    return [Text(line, style="yellow")]


def route_tables(found: FoundRoutes, *files: Path) -> list[Part]:
    """The legs of each way, what no way avoids, and where the ways were written."""
    parts: list[Part] = []
    for row in found.rows:
        ends = {"base": row.base, "place": row.place}
        slots = {
            **ends,
            "mover": mover_name(row.mover),
            "season": text(f"season_{row.season}"),
        }
        if row.route is None:
            why = text(f"no_way_{row.reason}")
            parts.append(Text(text("terminal_no_route", why=why, **slots)))
            continue
        if row.way == 1:
            first_s = float(row.route.seconds[-1])
            title = text("terminal_route", light=text(f"light_{row.light}"), **slots)
        else:
            title = text(
                "terminal_alternative",
                n=row.way,
                longer=figures.duration(float(row.route.seconds[-1]) - first_s),
                shared=figures.percent(row.shared),
                **ends,
            )
        parts.append(_legs(title, row, found.theatre))
        if row.route.wait_s.any():
            waiting = figures.delay(float(row.route.wait_s.sum()))
            parts.append(Text(text("terminal_waiting", delay=waiting), style="yellow"))
        if row.way == 1:
            parts += _doubt(row, found.cut_off_s)
        if row.way == 1 and row.route.approval_s:
            delay = figures.delay(row.route.approval_s)
            parts.append(Text(text("terminal_approval", delay=delay)))
    if found.alternatives:
        parts += _without_choice(found)
    return [*parts, Text(text("terminal_written", files=", ".join(map(str, files))))]


def _legs(title: str, row: RouteRow, theatre: Theatre) -> Table:
    rows = [
        (
            str(leg["leg"]),
            " ".join(dict.fromkeys(filter(None, (leg["on"], leg["road_class"])))),
            figures.distance(leg["km"] * 1000),
            figures.duration(leg["minutes"] * 60),
            figures.duration(leg["minutes_since_start"] * 60),
            str(leg["to_mgrs"]),
        )
        for leg in leg_table(row, theatre).to_dict("records")
    ]
    columns = ("leg", "on", "distance", "time", "since", "to")
    return _table(title, [f"column_{c}" for c in columns], rows, numbers_from=2)


def _without_choice(found: FoundRoutes) -> list[Part]:
    """Pairs without a second way, and the roads that no way avoids."""
    several = {(row.base, row.place) for row in found.rows if row.way > 1}
    alone = [
        Text(text("terminal_no_alternative", base=row.base, place=row.place))
        for row in found.rows
        if row.route is not None and (row.base, row.place) not in several
    ]
    passages = [
        Text(
            text(
                "terminal_passage",
                base=one.base,
                place=one.place,
                road=one.road,
                start=one.from_mgrs,
                end=one.to_mgrs,
            )
        )
        for one in found.passages
    ]
    passed = {(one.base, one.place) for one in found.passages}
    free = [
        Text(text("terminal_no_passage", base=row.base, place=row.place))
        for row in found.rows
        if row.route is not None and row.way == 1 and (row.base, row.place) not in passed
    ]
    return [*alone, *passages, *free]


def _within(seconds: NDArray[np.float64], standard_s: float) -> tuple[str, ...]:
    """Sites reached within a standard, reached later or never, and of unknown time."""
    unknown = int(np.isnan(seconds).sum())
    within = int((seconds <= standard_s).sum())
    return f"{within:,}", f"{len(seconds) - within - unknown:,}", f"{unknown:,}"


def _title(found: Findings) -> str:
    return text(
        "terminal_title",
        theatre=found.theatre.name,
        plan=found.plan.plan.name,
        date=figures.day(found.theatre.as_of),
    )


def _headline(found: Findings) -> str:
    case = own_case(found)
    share = written_shares(case)
    in_time = text(
        "terminal_share",
        standard=figures.duration(found.plan.standard.response),
        case=_case_name(case),
        ground=share["P"],
        air=share["C"],
        late=share["N"],
    )
    late = " ".join(plain(sentence) for sentence in bad_news(found, case))
    return "\n".join([in_time, late, plain(uncounted(case)), plain(worst(found))])


def _case_name(case: CaseSummary) -> str:
    name = text(f"case_{case.season}_{case.light}")
    return f"{name}, {text('air_on' if case.air else 'air_off')}".lower()


def _layers(sources: Sequence[SourceRecord], as_of: dt.date) -> list[Part]:
    """Rows of the tables by file, and known cells of the rasters."""
    tables = [s for s in sources if s.layer in LAYERS and not s.beside]
    rasters = [s for s in sources if s.layer not in LAYERS]
    parts: list[Part] = [
        _table(
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
            _table(
                text("terminal_rasters"),
                ("column_layer", "column_source", "column_cells", "column_known"),
                [(*_named(s), f"{s.read:,}", f"{s.kept:,}") for s in rasters],
                numbers_from=2,
            )
        )
    return parts


def _aged(source: SourceRecord, as_of: dt.date) -> tuple[str, str]:
    """Day of the newest record or of the data, and the days since."""
    if source.day is None:
        return text("unknown"), text("unknown")
    return figures.day(source.day), f"{source.age_days(as_of):,}"


def _events(layers: Mapping[str, Layer]) -> list[Part]:
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


def _notes(warnings: Sequence[Fault]) -> list[Part]:
    return [Text(text("terminal_note", fault=str(fault)), style="yellow") for fault in warnings]


def _named(source: SourceRecord) -> tuple[str, str]:
    return source.layer, source.label or source.file


def _zones(found: Findings) -> Part:
    if not len(found.zones):
        return Text(plain(no_zone(found)))
    rows = [
        (
            str(zone.rank),
            str(zone.name),
            threat_code(int(zone.threat_level)),
            figures.people(float(zone.people)),
            f"{zone.base_name} ({mover_name(zone.mover)})" if zone.mover else zone.base_name,
            figures.time_against(float(zone.seconds), found.plan.standard.response),
            text("terminal_late" if zone.reason == "reached" else f"reason_{zone.reason}"),
        )
        for zone in found.zones.head(_FIRST_ZONES).itertuples()
    ]
    columns = ("rank", "zone", "threat", "people", "base", "time", "reason")
    return _table(text("terminal_zones"), [f"column_{c}" for c in columns], rows, numbers_from=99)


def _backtest(found: Findings) -> list[Part]:
    """What the test on the past comes to, and its table of models."""
    return [
        *(Text(plain(sentence)) for sentence in lead(found.backtest)),
        *models_parts(found.backtest),
    ]


def _steps(steps: Sequence[Step]) -> Table:
    rows = [(s.name, f"{s.seconds:.1f}", f"{s.peak_mb:,.0f}") for s in steps]
    total, peak = sum(s.seconds for s in steps), max(s.peak_mb for s in steps)
    rows.append((text("terminal_total"), f"{total:.1f}", f"{peak:,.0f}"))
    return _table(
        text("terminal_steps"),
        ("column_step", "column_seconds", "column_peak"),
        rows,
        numbers_from=1,
    )


def _table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int
) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if number >= numbers_from else "left"
        table.add_column(text(column), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _files(out: Path) -> str:
    return text(
        "terminal_files",
        map=str(out / "map.html"),
        report=str(out / "report.html"),
        folder=str(out),
    )
