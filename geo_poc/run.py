"""The one place that strings the steps together: files in, map, report, tables and layers out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo_poc import __version__
from geo_poc.coverage.deciding import DecidingWay, deciding_ways
from geo_poc.coverage.demand import demand
from geo_poc.coverage.findings import Coverage, Findings
from geo_poc.coverage.gaps import Surroundings, gap_zones
from geo_poc.coverage.proximity import proximity
from geo_poc.coverage.summary import classes_of, headline_case
from geo_poc.errors import Fault
from geo_poc.ground_tables import ground_tables
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.threat.backtest import Backtest, backtest
from geo_poc.layers.threat.draws import Draws, threat_draws
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.reasons import place_reasons
from geo_poc.layers.threat.surface import Threat
from geo_poc.maps.page import write_map
from geo_poc.output import written_whole
from geo_poc.provenance import Step, Stopwatch, versions, write_json
from geo_poc.report.backtest_files import backtest_content
from geo_poc.report.exports import (
    write_layers_gpkg,
    write_places_csv,
    write_rasters,
    write_rejects_csv,
    write_tables_xlsx,
)
from geo_poc.report.kml import write_kml
from geo_poc.report.page import write_report
from geo_poc.report_quality import events_record
from geo_poc.response_of_plan import coverage_of_plan, travel_of_plan
from geo_poc.routing.assumptions import assumptions
from geo_poc.routing.travel_time import TravelTime
from geo_poc.threat_inputs import background_of, threat_on


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """Everything of one run: findings, warnings, where they were written, and what they cost."""

    findings: Findings
    warnings: tuple[Fault, ...]
    out: Path
    files: tuple[str, ...]
    steps: tuple[Step, ...]


def run(
    theatre_path: Path,
    plan_path: Path,
    out: Path,
    *,
    made: dt.datetime,
    progress: Progress = quiet,
    announce: Callable[[Inputs], None] = lambda _: None,
) -> Run:
    """Read, compute and write everything; the output folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files.
    out : Path
        Folder of the results; one that an earlier run made is replaced whole.
    made : datetime
        When the product is made, with its zone; printed on every page.
    progress : callable (step, share done)
    announce : callable
        Called with the checked inputs before the computing begins.

    Raises
    ------
    GeoPocError
        If an input cannot be used or the results cannot be written; ``out`` is then as it was.
    """
    watch = Stopwatch()
    with written_whole(out) as folder:
        with watch.step("read"):
            inputs = read_inputs(theatre_path, plan_path, progress=progress)
        announce(inputs)
        findings = analyse(inputs, watch=watch, progress=progress)
        with watch.step("write"):
            write_outputs(findings, folder, made=made, progress=progress)
            content = _backtest_content(findings, inputs, made=made)
            write_json(content, folder / "backtest.json")
        files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        record = _record(findings, inputs, folder, files, made=made, steps=watch.steps)
        write_json(record, folder / "run.json")
    return Run(
        findings=findings,
        warnings=inputs.warnings,
        out=out,
        files=(*files, "run.json"),
        steps=tuple(watch.steps),
    )


def analyse(
    inputs: Inputs, *, watch: Stopwatch | None = None, progress: Progress = quiet
) -> Findings:
    """All findings from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    watch : Stopwatch, optional
        Gets one entry for each step.
    progress : callable (step, share done)
    """
    watch = watch or Stopwatch()
    theatre, plan, layers = inputs.theatre, inputs.plan, inputs.layers
    with watch.step("threat"):
        progress("threat", 0.0)
        threat = threat_on(inputs, theatre.as_of)
        level = threat_levels(threat, theatre=theatre)
        places = demand(layers["camps"].table, layers["places"].table)
    with watch.step("draws"):
        draws = _draws(inputs, threat, progress)
        reasons = place_reasons(
            threat, theatre=theatre, places=places, people=inputs.people, draws=draws
        )
    with watch.step("backtest"):
        past = _backtest(inputs, progress)
    with watch.step("travel time"):
        travel = travel_of_plan(inputs, places, progress=progress)
    with watch.step("coverage"):
        progress("coverage and gaps", 0.0)
        coverage = coverage_of_plan(inputs, places, level, travel)
        zones = _zones(inputs, places, coverage, travel, threat, level)
        straight = proximity(
            incidents=layers["incidents"].table,
            camps=layers["camps"].table,
            bases=layers["bases"].table,
            spec=inputs.theatre_file.proximity,
            theatre=theatre,
        )
    with watch.step("ways"):
        progress("ways to late places", 0.0)
        ways = _ways(inputs, coverage)
    return Findings(
        theatre=theatre,
        plan=plan,
        layers=layers,
        people=inputs.people,
        elevation_m=inputs.elevation_m,
        threat=threat,
        threat_level=level,
        draws=draws,
        backtest=past,
        travel=travel,
        coverage=coverage,
        zones=zones,
        proximity=straight,
        assumptions=assumptions(plan, layers["bases"].table),
        sources=inputs.sources,
        reasons=reasons,
        ways=ways,
    )


def _ways(inputs: Inputs, coverage: Coverage) -> tuple[DecidingWay, ...]:
    """Ways to the places of the mandate about which there is something to decide."""
    letters = classes_of(coverage, headline_case(coverage, inputs.plan.conditions))
    tables = ground_tables(inputs)
    mandated = (tables.places["id"].map(letters) != "E").to_numpy(dtype=np.bool_)
    return deciding_ways(inputs.theatre, inputs.plan, tables, mandated)


def _draws(inputs: Inputs, threat: Threat, progress: Progress) -> Draws | None:
    """How sure the threat is; not asked of a surface that does not know its past."""
    if threat.past is None or threat.total is None:
        return None
    rng = np.random.default_rng(inputs.theatre_file.theatre.seed)
    return threat_draws(threat.past, threat.total, rng=rng, progress=progress)


def _backtest(inputs: Inputs, progress: Progress) -> Backtest:
    return backtest(
        inputs.layers["incidents"].table,
        background=background_of(inputs),
        months=inputs.theatre_file.threat.backtest_months,
        seed=inputs.theatre_file.theatre.seed,
        progress=progress,
    )


def _zones(
    inputs: Inputs,
    places: gpd.GeoDataFrame,
    coverage: Coverage,
    travel: tuple[TravelTime, ...],
    threat: Threat,
    level: np.ndarray[tuple[int, int], np.dtype[np.int8]],
) -> gpd.GeoDataFrame:
    conditions = inputs.plan.conditions
    chosen = classes_of(coverage, headline_case(coverage, conditions))
    return gap_zones(
        Surroundings(
            theatre=inputs.theatre,
            conditions=conditions,
            cell_class=coverage.cell_class,
            threat=threat,
            threat_level=level,
            people=inputs.people,
            places=places.assign(**{"class": places["id"].map(chosen)}),
            bases=inputs.layers["bases"].table,
            travel=travel,
        ),
        high_risk_level=inputs.theatre_file.threat.high_risk_level,
    )


def write_outputs(
    findings: Findings, folder: Path, *, made: dt.datetime, progress: Progress = quiet
) -> None:
    """Write map, report, tables, layers and rasters into an existing folder."""
    progress("writing the map", 0.0)
    write_map(findings, folder / "map.html", made=made, version=__version__)
    progress("writing the report", 0.4)
    write_report(findings, folder / "report.html", made=made, version=__version__)
    progress("writing tables and layers", 0.6)
    write_tables_xlsx(findings, folder / "tables.xlsx")
    write_places_csv(findings, folder / "places.csv")
    write_rejects_csv(findings, folder / "rejects.csv")
    write_layers_gpkg(findings, folder / "layers.gpkg")
    write_kml(findings, folder / "places.kml")
    write_rasters(findings, folder)
    progress("writing tables and layers", 1.0)


def _backtest_content(findings: Findings, inputs: Inputs, *, made: dt.datetime) -> dict[str, Any]:
    """Content of ``backtest.json``."""
    return backtest_content(
        findings.backtest,
        findings.theatre,
        seed=inputs.theatre_file.theatre.seed,
        made=made.isoformat(),
        version=__version__,
    )


def _record(
    findings: Findings,
    inputs: Inputs,
    folder: Path,
    files: list[str],
    *,
    made: dt.datetime,
    steps: list[Step],
) -> dict[str, Any]:
    """Content of ``run.json``."""
    return {
        "geo_poc": __version__,
        "made": made.isoformat(),
        "marking": findings.theatre.marking,
        "theatre": findings.theatre.name,
        "fictional": findings.theatre.fictional,
        "as_of": findings.theatre.as_of,
        "crs": findings.theatre.grid.crs,
        "grid": findings.theatre.grid,
        "versions": versions(),
        "seeds": {"theatre": inputs.theatre_file.theatre.seed},
        "parameters": {"theatre": inputs.theatre_file, "plan": inputs.plan},
        "inputs": [
            dataclasses.asdict(source) | {"age_days": source.age_days(findings.theatre.as_of)}
            for source in findings.sources
        ],
        "warnings": inputs.warnings,
        "layers": {name: layer.counts for name, layer in findings.layers.items()},
        "incidents": events_record(findings.layers["incidents"]),
        "proximity": findings.proximity,
        "backtest": _backtest_content(findings, inputs, made=made)["models"],
        "coverage": findings.coverage.matrix.to_dict(orient="records"),
        "steps": steps,
        "total_seconds": round(sum(step.seconds for step in steps), 3),
        "peak_memory_mb": max(step.peak_mb for step in steps),
        "outputs": {name: file_sha256(folder / name) for name in files},
    }
