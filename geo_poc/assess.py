"""The weekly assessment: where incidents are most to be expected, what changed, and who would be there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo_poc import __version__
from geo_poc.coverage.assessment import (
    WEEK_DAYS,
    YEAR_DAYS,
    Assessment,
    Dissent,
    Under,
    in_area_grid,
    outlook_of,
    with_times,
)
from geo_poc.coverage.demand import demand
from geo_poc.coverage.minority import gone, overlooked
from geo_poc.coverage.posture import advised
from geo_poc.coverage.risk_areas import risk_areas
from geo_poc.coverage.risk_scene import Assessed
from geo_poc.decisions import Log, read_log
from geo_poc.errors import Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.last_assessment import read_last
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.threat.draws import DRAWS, threat_draws
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.models import MIXTURE, MODELS
from geo_poc.layers.threat.surface import Threat
from geo_poc.look_back import on_day
from geo_poc.output import RUN_RECORD, require_made_by, written_whole
from geo_poc.provenance import Step, Stopwatch, write_json, write_run_record
from geo_poc.report.assessment_files import assessment_content, write_assessment_files
from geo_poc.report.assessment_page import assessment_html, assessment_page
from geo_poc.report_quality import events_record
from geo_poc.response_of_plan import coverage_of_plan, travel_of_plan
from geo_poc.routing.travel_time import TravelTime
from geo_poc.threat_inputs import horizon_days, threat_on

NO_RIVAL = (MIXTURE, "uniform", "population")
"""The model that is shown, and those that know of no incident."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an assessment is asked for.

    Parameters
    ----------
    as_of : date or None
        None is the theatre's own day.
    last : Path or None
        Folder of an earlier assessment; without it last week's picture is computed anew.
    top : int
        Longest list of the page; the files hold all.
    log : Path or None
        Log of decisions, whose notes from the day of the last assessment on are printed as views of named people.
    dissent : tuple of Dissent
        More of them.
    """

    as_of: dt.date | None = None
    last: Path | None = None
    top: int = 15
    log: Path | None = None
    dissent: tuple[Dissent, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundAssessment:
    """One assessment, and what it cost."""

    assessment: Assessment
    warnings: tuple[Fault, ...]
    steps: tuple[Step, ...]


def write_assessment(
    theatre_path: Path,
    plan_path: Path | None,
    out: Path,
    asked: Asked,
    *,
    made: dt.datetime,
    progress: Progress = quiet,
) -> FoundAssessment:
    """Read, assess and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files; without a plan the posture is not assessed.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    asked : Asked
    made : datetime
        When the product is made, with its zone.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used or the results cannot be written; the folder is then as it was.
    """
    require_made_by(out, "assess")
    watch = Stopwatch()
    with written_whole(out) as folder:
        with watch.step("read"):
            inputs = on_day(read_inputs(theatre_path, plan_path, progress=progress), asked.as_of)
            last = None
            if asked.last is not None:
                last = read_last(
                    asked.last, inputs[0].theatre, horizon_days=horizon_days(inputs[0])
                )
            as_of = inputs[0].theatre.as_of
            since = last.as_of if last else as_of - dt.timedelta(days=WEEK_DAYS)
            log = read_log(asked.log) if asked.log else Log()
            dissent = (*asked.dissent, *notes_between(log, since, as_of))
        assessment = assess(*inputs, last=last, dissent=dissent, watch=watch, progress=progress)
        with watch.step("write"):
            progress("writing", 0.0)
            stamp = made.isoformat()
            content = assessment_content(assessment, made=stamp, version=__version__)
            write_json(content, folder / "assessment.json")
            write_assessment_files(assessment, folder)
            page = assessment_page(assessment, made=made, version=__version__, top=asked.top)
            html = assessment_html(page)
            (folder / "assessment.html").write_text(html, encoding="utf-8", newline="\n")
        record = _content(inputs[0], asked, watch.steps, made=made)
        write_run_record(folder, inputs[0], command="assess", content=record)
    return FoundAssessment(
        assessment=assessment, warnings=inputs[0].warnings, steps=tuple(watch.steps)
    )


def notes_between(log: Log, first: dt.date, last: dt.date) -> tuple[Dissent, ...]:
    """Notes of named people made from one day to another, both included.

    Examples
    --------
    >>> from geo_poc.decisions import Entry
    >>> note = Entry(kind="note", at="2025-12-30T09:00Z", who="A. Analyst", reason="Kilo is missing.")
    >>> notes_between(Log(entries=(note,)), dt.date(2025, 12, 25), dt.date(2025, 12, 30))
    (Dissent(name='A. Analyst', text='Kilo is missing.', day=datetime.date(2025, 12, 30)),)
    >>> notes_between(Log(entries=(note,)), dt.date(2025, 12, 25), dt.date(2025, 12, 29))
    ()
    """
    return tuple(
        Dissent(name=entry.who, text=entry.reason, day=entry.day)
        for entry in log.entries
        if entry.kind == "note" and first <= entry.day <= last
    )


def assess(
    inputs: Inputs,
    data_of: dt.date,
    *,
    last: Threat | None = None,
    dissent: Sequence[Dissent] = (),
    watch: Stopwatch | None = None,
    progress: Progress = quiet,
) -> Assessment:
    """The assessment from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
        On the day of the assessment.
    data_of : date
        Day of the theatre file.
    last : Threat, optional
        The last assessment as it was recorded; without it that of 7 days before is computed from the same files.
    dissent : sequence of Dissent
    watch : Stopwatch, optional
    progress : callable (step, share done)
    """
    watch = watch or Stopwatch()
    day, seed = inputs.theatre.as_of, inputs.theatre_file.theatre.seed
    with watch.step("threat"):
        progress("threat", 0.0)
        threat = threat_on(inputs, day)
        before = last or threat_on(inputs, day - dt.timedelta(days=WEEK_DAYS))
        year_before = threat_on(inputs, day - dt.timedelta(days=YEAR_DAYS))
    with watch.step("draws"):
        past, total = threat.past, threat.total
        assert past is not None and total is not None  # noqa: S101, PT018  (a fit has both)
        rng = np.random.default_rng(seed)
        draws = threat_draws(past, total, rng=rng, progress=progress)
    with watch.step("travel time"):
        places = demand(inputs.layers["camps"].table, inputs.layers["places"].table)
        level = threat_levels(threat, theatre=inputs.theatre)
        travel, cell_class = _response(inputs, places, level, progress)
    with watch.step("areas"):
        progress("risk areas", 0.0)
        rivals = [name for name in MODELS if name not in NO_RIVAL]
        assessed = Assessed(
            theatre=inputs.theatre,
            threat=threat,
            before=before,
            draws=draws,
            places=places,
            people=inputs.people,
            others={n: MODELS[n].density(past) for n in rivals if _is_known(threat)},
            cell_class=cell_class,
        )
        under = _under(inputs)
        age_days = (day - threat.newest).days if threat.newest else float("nan")
        areas = advised(risk_areas(assessed), newest_age_days=age_days, models=len(rivals))
        areas = with_times(areas, travel, under.conditions if under else None)
    return Assessment(
        theatre=inputs.theatre,
        data_of=data_of,
        threat=threat,
        level=level,
        firmness=in_area_grid(inputs.theatre, draws.firmness),
        outlook=outlook_of(threat=threat, before=before, year_before=year_before, draws=draws),
        before_of=before.as_of,
        recorded=last is not None,
        areas=areas,
        overlooked=overlooked(assessed),
        gone=_gone(assessed),
        models=tuple(rivals),
        draws=DRAWS,
        seed=seed,
        under=under,
        layers=inputs.layers,
        people_known=inputs.people is not None,
        dissent=tuple(dissent),
    )


def _gone(assessed: Assessed) -> gpd.GeoDataFrame:
    """Areas that left the list; where nothing is known now, what is expected there is unknown."""
    left = gone(assessed)
    return left if _is_known(assessed.threat) else left.assign(expected=np.nan)


def _is_known(threat: Threat) -> bool:
    return bool(np.isfinite(threat.expected).any())


def _under(inputs: Inputs) -> Under | None:
    plan = inputs.plan_file
    if plan is None:
        return None
    return Under(plan=plan.plan.name, conditions=plan.conditions, standard_s=plan.standard.response)


def _response(
    inputs: Inputs,
    places: gpd.GeoDataFrame,
    level: np.ndarray[tuple[int, int], np.dtype[np.int8]],
    progress: Progress,
) -> tuple[tuple[TravelTime, ...], np.ndarray[tuple[int, int], np.dtype[np.str_]] | None]:
    """Times and class of each cell under the plan; none without a plan."""
    if inputs.plan_file is None:
        return (), None
    travel = travel_of_plan(inputs, places, progress=progress)
    return travel, coverage_of_plan(inputs, places, level, travel).cell_class


def _content(
    inputs: Inputs, asked: Asked, steps: list[Step], *, made: dt.datetime
) -> dict[str, Any]:
    """What ``run.json`` says of an assessment alone."""
    as_of = inputs.theatre.as_of
    return {
        "made": made.isoformat(),
        "seeds": {"theatre": inputs.theatre_file.theatre.seed},
        "parameters": {
            "theatre": inputs.theatre_file,
            "plan": inputs.plan_file,
            "last": asked.last,
            "last_sha256": file_sha256(asked.last / RUN_RECORD) if asked.last else None,
            "top": asked.top,
            "log": asked.log,
            "log_head": read_log(asked.log).head if asked.log else None,
        },
        "inputs": [
            dataclasses.asdict(source) | {"age_days": source.age_days(as_of)}
            for source in inputs.sources
        ],
        "incidents": events_record(inputs.layers["incidents"]),
        "steps": steps,
        "total_seconds": round(sum(step.seconds for step in steps), 3),
        "peak_memory_mb": max(step.peak_mb for step in steps),
    }
