"""What the terminal shows at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence

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
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CaseSummary
from geo_poc.provenance import Step
from geo_poc.report.backtest_words import lead
from geo_poc.run import Run
from geo_poc.screen.backtest import models_parts
from geo_poc.screen.inputs import event_parts, layer_parts
from geo_poc.screen.parts import Part, files_in, notes, table_of
from geo_poc.wording import mover_name, plain, text

_FIRST_ZONES = 7


def run_tables(done: Run) -> list[Part]:
    """Headline, layers, notes, worst zones, cost and files of a run, in reading order."""
    found = done.findings
    return [
        Text(_title(found), style="bold"),
        Text(_headline(found)),
        *layer_parts(found.sources, found.theatre.as_of),
        *event_parts(found.layers),
        Text(text("terminal_rejects")),
        *notes(done.warnings),
        _zones(found),
        *_backtest(found),
        _steps(done.steps),
        Text(files_in(done.out)),
    ]


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
    return table_of(text("terminal_zones"), [f"column_{c}" for c in columns], rows, numbers_from=99)


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
    return table_of(
        text("terminal_steps"),
        ("column_step", "column_seconds", "column_peak"),
        rows,
        numbers_from=1,
    )
