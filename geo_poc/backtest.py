"""The test of the threat models on the past, from a theatre alone: no bases, no roads, no plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from geo_poc import __version__
from geo_poc.errors import Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.layers.threat.backtest import Backtest, backtest
from geo_poc.output import require_made_by, written_whole
from geo_poc.provenance import Step, Stopwatch, write_json, write_run_record
from geo_poc.report.backtest_files import backtest_content, write_backtest_csv
from geo_poc.report.backtest_page import backtest_html, backtest_page
from geo_poc.report.calibration import calibration_file
from geo_poc.theatre import Theatre
from geo_poc.threat_inputs import background_of


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundBacktest:
    """The test of one theatre, and what it cost."""

    theatre: Theatre
    backtest: Backtest
    warnings: tuple[Fault, ...]
    steps: tuple[Step, ...]


def write_backtest(
    theatre_path: Path,
    out: Path,
    *,
    made: dt.datetime,
    months: int | None = None,
    progress: Progress = quiet,
) -> FoundBacktest:
    """Read, test and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path : Path
        TOML file; incidents and an area are enough.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    made : datetime
        When the product is made, with its zone.
    months : int, optional
        Most monthly origins; without it the theatre's ``backtest_months``.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used or the results cannot be written; the folder is then as it was.
    """
    require_made_by(out, "backtest")
    watch = Stopwatch()
    with written_whole(out) as folder:
        with watch.step("read"):
            inputs = read_inputs(theatre_path, None, threat_alone=True, progress=progress)
        with watch.step("backtest"):
            found = backtest_of(inputs, months=months, progress=progress)
        progress("writing", 0.0)
        _write_files(found, inputs, folder, made=made)
        content = {
            "made": made.isoformat(),
            "seeds": {"theatre": inputs.theatre_file.theatre.seed},
            "parameters": {"theatre": inputs.theatre_file},
            "steps": watch.steps,
        }
        write_run_record(folder, inputs, command="backtest", content=content)
    return FoundBacktest(
        theatre=inputs.theatre,
        backtest=found,
        warnings=inputs.warnings,
        steps=tuple(watch.steps),
    )


def backtest_of(
    inputs: Inputs, *, months: int | None = None, progress: Progress = quiet
) -> Backtest:
    """The test from checked inputs, without touching a file."""
    spec = inputs.theatre_file.threat
    return backtest(
        inputs.layers["incidents"].table,
        background=background_of(inputs),
        months=spec.backtest_months if months is None else months,
        seed=inputs.theatre_file.theatre.seed,
        progress=progress,
    )


def _write_files(found: Backtest, inputs: Inputs, folder: Path, *, made: dt.datetime) -> None:
    theatre = inputs.theatre
    content = backtest_content(
        found,
        theatre,
        seed=inputs.theatre_file.theatre.seed,
        made=made.isoformat(),
        version=__version__,
    )
    write_json(content, folder / "backtest.json")
    write_backtest_csv(found, theatre, folder / "backtest.csv")
    page = backtest_html(backtest_page(found, theatre, made=made, version=__version__))
    for name, text in (
        ("calibration.svg", calibration_file(found, theatre)),
        ("backtest.html", page),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
