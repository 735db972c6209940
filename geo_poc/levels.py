"""Levels of warning and triggers of a theatre: files in, ``levels.json``, tables and page out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_poc import __version__
from geo_poc.decisions import Log, read_log, require_continues
from geo_poc.errors import Fault, GeoPocError, InputError
from geo_poc.indicator_rules import read_indicators
from geo_poc.indicators_file import IndicatorsFile
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.layers.indicators.areas import Judged, Sites, judged_areas
from geo_poc.layers.indicators.evaluate import (
    Known,
    area_faults,
    assessment_days,
    evaluated,
)
from geo_poc.layers.indicators.reports import reports_of, spans_of
from geo_poc.layers.indicators.series import Series, read_series
from geo_poc.layers.indicators.triggers import fired_triggers, undecided_triggers
from geo_poc.layers.layer import file_sha256
from geo_poc.levels_record import read_levels
from geo_poc.output import require_made_by, written_whole
from geo_poc.provenance import write_json, write_run_record
from geo_poc.report.level_page import write_level_page
from geo_poc.report.level_tables import levels_json, write_level_tables
from geo_poc.standing import (
    Levels,
    Standing,
    answered,
    expired_overrides,
    override_on,
    strays,
)

COMMAND = "levels"
RECORD = "levels.json"


def write_levels(
    theatre_path: Path,
    indicators_path: Path,
    out: Path,
    *,
    made: dt.datetime,
    log_path: Path | None = None,
    progress: Progress = quiet,
) -> Levels:
    """Read, work out and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, indicators_path : Path
        TOML files.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    made : datetime
        When the product is made, with its zone.
    log_path : Path, optional
        The log of decisions.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, the log is not whole or lacks lines that the earlier levels in the
        folder were made with, or the results cannot be written; the folder is then as it was.
    """
    require_made_by(out, COMMAND)
    with written_whole(out) as folder:
        inputs = read_inputs(theatre_path, None, progress=progress)
        levels = levels_of(inputs, indicators_path, log_path=log_path, progress=progress)
        _require_same_log(levels, out / RECORD)
        progress("writing", 0.0)
        write_json(levels_json(levels), folder / RECORD)
        write_level_tables(levels, folder)
        write_level_page(levels, folder / "levels.html", made=made, version=__version__)
        content = _content(levels, inputs, indicators_path, made=made)
        write_run_record(folder, inputs, command=COMMAND, content=content)
    return levels


def levels_of(
    inputs: Inputs,
    indicators_path: Path,
    *,
    log_path: Path | None = None,
    progress: Progress = quiet,
) -> Levels:
    """Levels from checked inputs, without writing a file.

    Parameters
    ----------
    inputs : Inputs
    indicators_path : Path
    log_path : Path, optional
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        With the faults of indicators, series and log together, as far as each could be read.
    """
    read = _read(inputs, indicators_path, log_path)
    progress("levels", 0.0)
    found = evaluated(read.file, read.areas, read.known, read.days)
    fired = fired_triggers(read.file.triggers, found)
    as_of, codes = inputs.theatre.as_of, read.file.codes
    return Levels(
        theatre=inputs.theatre,
        file=read.file,
        known=read.known,
        found=found,
        areas=tuple(
            Standing(
                history=history,
                override=override_on(read.log, history.area.name, as_of, codes=codes),
                expired=expired_overrides(read.log, history.area.name, as_of),
            )
            for history in found.areas
        ),
        triggers=tuple(answered(each, read.log, as_of) for each in fired),
        undecided=undecided_triggers(read.file.triggers, found),
        log=read.log,
        log_path=log_path,
        strays=strays(read.log, fired, [area.name for area in read.areas], as_of, codes=codes),
        sources=inputs.layers["incidents"].sources,
        warnings=inputs.warnings,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Read:
    """Everything that levels need beside the theatre's own inputs."""

    file: IndicatorsFile
    areas: tuple[Judged, ...]
    days: tuple[dt.date, ...]
    known: Known
    log: Log


def _read(inputs: Inputs, indicators_path: Path, log_path: Path | None) -> _Read:
    file, where = read_indicators(indicators_path), str(indicators_path)
    areas = judged_areas(file.areas, _sites(inputs), theatre=inputs.theatre, where=where)
    names = [area.name for area in areas]
    faults = area_faults(file, areas, where=where)
    days: tuple[dt.date, ...] = ()
    log, series = Log(), dict[str, Series]()
    with _noted(faults):
        days = assessment_days(file.assess, inputs.theatre.as_of, where=where)
    for spec in file.series:
        with _noted(faults):
            series[spec.name] = read_series(spec, folder=indicators_path.parent, areas=names)
    with _noted(faults):
        log = Log() if log_path is None else read_log(log_path)
    if faults:
        raise InputError(faults)
    incidents = inputs.layers["incidents"]
    known = Known(
        reports=reports_of(incidents.table),
        spans=spans_of(incidents, file.record),
        series=series,
    )
    return _Read(file=file, areas=areas, days=days, known=known, log=log)


@contextmanager
def _noted(faults: list[Fault]) -> Iterator[None]:
    """Go on after a block that failed, with its faults noted."""
    try:
        yield
    except GeoPocError as e:
        faults.extend(e.faults)


def _sites(inputs: Inputs) -> Sites:
    return Sites(
        admin=inputs.areas("admin").dropna(subset="geometry"),
        camps=inputs.layers["camps"].table,
        places=inputs.layers["places"].table,
    )


def _require_same_log(levels: Levels, path: Path) -> None:
    """Refuse a log that lacks lines which the levels that are to be replaced were made with."""
    if not path.is_file():
        return
    before = read_levels(path).log
    where = "geo-poc levels: --log" if levels.log_path is None else str(levels.log_path)
    require_continues(levels.log, entries=before.lines, head=before.head, where=where)


def _content(
    levels: Levels, inputs: Inputs, indicators_path: Path, *, made: dt.datetime
) -> dict[str, Any]:
    """What ``run.json`` says of levels alone."""
    return {
        "made": made.isoformat(),
        "parameters": {"theatre": inputs.theatre_file, "indicators": levels.file},
        "inputs": [
            *inputs.sources,
            {"file": indicators_path.name, "sha256": file_sha256(indicators_path)},
            *(
                {"file": each.spec.path, "sha256": each.sha256}
                for each in levels.known.series.values()
            ),
        ],
        "log": {"lines": len(levels.log.entries), "head": levels.log.head},
        "warnings": levels.warnings,
    }
