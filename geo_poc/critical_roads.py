"""The roads whose loss costs most, written as CSV, GeoJSON or GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from geo_poc.errors import ConfigError, Fault
from geo_poc.ground_tables import ground_tables
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs, require_no_input
from geo_poc.output import files_written_whole
from geo_poc.plan import Conditions, Light, PlanFile, Season
from geo_poc.report.critical_roads import FORMATS, critical_table, write_critical_file
from geo_poc.report.segments import segment_table
from geo_poc.routing.criticality import Concerned, critical_segments
from geo_poc.routing.first_ways import Fleets, ground_fleets
from geo_poc.routing.segments import road_segments
from geo_poc.theatre import Theatre


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which list is asked for.

    Parameters
    ----------
    top : int
        Its greatest length.
    season, light : str or None
        None is the plan's own.
    """

    top: int = 20
    season: Season | None = None
    light: Light | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundCritical:
    """The roads whose loss costs most.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    conditions : Conditions
    table : GeoDataFrame
        As of `geo_poc.report.critical_roads.critical_table`.
    used, tried : int
        Segments that are on somebody's quickest way, and how many of them had to be tried.
    untimed : tuple of str
        Movers on the ground that are not counted, because their time is unknown.
    warnings : tuple of Fault
    """

    theatre: Theatre
    plan: PlanFile
    conditions: Conditions
    table: gpd.GeoDataFrame
    used: int
    tried: int
    untimed: tuple[str, ...]
    warnings: tuple[Fault, ...]


def write_critical_roads(
    theatre_path: Path,
    plan_path: Path,
    out: Path,
    asked: Asked,
    *,
    progress: Progress = quiet,
) -> FoundCritical:
    """Read, compute and write the list; the file changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files.
    out : Path
        Ends in ``.csv``, ``.geojson`` or ``.gpkg``.
    asked : Asked
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, no mover of the plan has a known time on the ground, the ending is
        none of the three, or the file cannot be written; it is then as it was.
    """
    ending = out.suffix.lower()
    if ending not in FORMATS:
        raise ConfigError(
            Fault(
                where="critical-roads: --out",
                found=str(out),
                rule=f"must end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}",
                repair="give it one of these endings",
            )
        )
    inputs = read_inputs(theatre_path, plan_path, progress=progress)
    require_no_input(inputs, theatre_path, plan_path, out)
    found = critical_roads(inputs, asked, progress=progress)
    with files_written_whole(out) as (path,):
        write_critical_file(found.table, path, ending=ending, theatre=found.theatre)
    return found


def critical_roads(inputs: Inputs, asked: Asked, *, progress: Progress = quiet) -> FoundCritical:
    """The list from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    asked : Asked
    progress : callable (step, share done)

    Raises
    ------
    ConfigError
        If no mover of the plan has a known time on the ground.
    """
    plan, tables = inputs.plan, ground_tables(inputs)
    conditions = Conditions(
        season=asked.season or plan.plan.season, light=asked.light or plan.plan.light
    )
    progress("critical roads", 0.0)
    fleets = ground_fleets(inputs.theatre, plan, tables, conditions)
    _require_movers(fleets, conditions)
    segments = road_segments(fleets.ground.network)
    found = critical_segments(
        fleets,
        segments,
        Concerned(
            people=tables.places["people"].to_numpy(dtype=np.float64),
            standard_s=plan.standard.response,
        ),
        top=asked.top,
        progress=lambda share: progress("critical roads", share),
    )
    rows = [loss.segment for loss in found.losses]
    table = critical_table(
        found.losses,
        segment_table(inputs.theatre, fleets.ground.network, segments, tables.roads, rows),
        tables.places,
    )
    return FoundCritical(
        theatre=inputs.theatre,
        plan=plan,
        conditions=conditions,
        table=table.assign(
            season=conditions.season,
            light=conditions.light,
            movers="; ".join(dict.fromkeys(fleet.case.mover.key for fleet in fleets.fleets)),
            marking=inputs.theatre.marking,
        ),
        used=found.used,
        tried=found.tried,
        untimed=fleets.untimed,
        warnings=inputs.warnings,
    )


def _require_movers(fleets: Fleets, conditions: Conditions) -> None:
    if fleets.fleets:
        return
    unknown = ", ".join(fleets.untimed)
    raise ConfigError(
        Fault(
            where="plan: [assets]",
            found=f"only movers of unknown time: {unknown}"
            if unknown
            else "no mover on the ground",
            rule=f"critical roads need a mover on the ground whose time is known: {conditions}",
            repair="add one, or the figure that is missing (see docs/methods/travel_time.md)",
        )
    )
