"""The ways from bases to places, written as GeoJSON or GPX."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from geo_poc.coverage.demand import demand
from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs, require_no_input
from geo_poc.output import files_written_whole
from geo_poc.plan import Light, PlanFile, Season
from geo_poc.report.routes import FORMATS, RouteRow, write_routes_file
from geo_poc.routing.catalogue import Aircraft, Foot, Vehicle
from geo_poc.routing.movers import movers_of, notice_s
from geo_poc.routing.routes import Route, Tables, quickest_routes
from geo_poc.theatre import Theatre

_NEAR = 3


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which ways are asked for.

    Parameters
    ----------
    bases, places : tuple of str
        Their ids or names; a way is sought for every pair.
    mover : str
        Of the plan.
    season : "dry", "wet" or None
        None is the plan's own.
    light : "day" or "night"
    """

    bases: tuple[str, ...]
    places: tuple[str, ...]
    mover: str
    season: Season | None = None
    light: Light = "day"


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundRoutes:
    """The ways that were found, and the pairs without one.

    Parameters
    ----------
    theatre : Theatre
    rows : tuple of RouteRow
    """

    theatre: Theatre
    rows: tuple[RouteRow, ...]


def write_routes(
    theatre_path: Path,
    plan_path: Path,
    out: Path,
    wanted: Wanted,
    *,
    progress: Progress = quiet,
) -> FoundRoutes:
    """Read, compute and write the ways; the file changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files.
    out : Path
        Ends in ``.geojson`` (one line a leg) or ``.gpx`` (one track a way, one waypoint a leg).
    wanted : Wanted
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, a base, place or mover is not there or not known by that name, the
        ending is none of the two, or the file cannot be written; it is then as it was.
    """
    if out.suffix.lower() not in FORMATS:
        raise ConfigError(
            Fault(
                where="routes: --out",
                found=str(out),
                rule=f"must end in {' or '.join(FORMATS)}",
                repair="give it one of these endings",
            )
        )
    inputs = read_inputs(theatre_path, plan_path, progress=progress)
    require_no_input(inputs, theatre_path, plan_path, out)
    progress("routes", 0.0)
    found = routes(inputs, wanted)
    with files_written_whole(out) as (path,):
        write_routes_file(found.rows, path, ending=out.suffix.lower(), theatre=found.theatre)
    return found


def routes(inputs: Inputs, wanted: Wanted) -> FoundRoutes:
    """The ways that are asked for from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    wanted : Wanted

    Raises
    ------
    ConfigError
        If a base, place or mover is not known, or a name stands for several; all faults are named.
    """
    layers, plan = inputs.layers, inputs.plan
    tables = Tables(
        bases=layers["bases"].table,
        places=demand(layers["camps"].table, layers["places"].table),
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
    faults: list[Fault] = []
    bases = _rows(tables.bases, wanted.bases, "base", faults)
    places = _rows(tables.places, wanted.places, "place", faults)
    mover = _mover(inputs, wanted.mover, faults)
    if mover is not None:
        faults += _without(mover.key, plan, tables.bases, bases)
    if faults or mover is None:
        raise ConfigError(faults)
    season = wanted.season or plan.plan.season
    pairs = list(itertools.product(bases, places))
    found = quickest_routes(
        pairs,
        mover=mover,
        season=season,
        light=wanted.light,
        theatre=inputs.theatre,
        plan=plan,
        tables=tables,
    )
    return FoundRoutes(
        theatre=inputs.theatre,
        rows=tuple(
            _row(tables, pair, route, mover=mover.key, season=season, light=wanted.light)
            for pair, route in zip(pairs, found, strict=True)
        ),
    )


def _row(
    tables: Tables,
    pair: tuple[int, int],
    route: Route | None,
    *,
    mover: str,
    season: Season,
    light: Light,
) -> RouteRow:
    base, place = tables.bases.iloc[pair[0]], tables.places.iloc[pair[1]]
    return RouteRow(
        base=str(base["name"] or base["id"]),
        place=str(place["name"] or place["id"]),
        mover=mover,
        season=season,
        route=route,
        light=light,
    )


def _mover(inputs: Inputs, key: str, faults: list[Fault]) -> Vehicle | Foot | None:
    movers = {mover.key: mover for mover in movers_of(inputs.plan)}
    found = movers.get(key)
    if isinstance(found, Vehicle | Foot):
        return found
    on_ground = [name for name, mover in movers.items() if not isinstance(mover, Aircraft)]
    faults.append(
        Fault(
            where="routes: --mover",
            found=f"'{key}'",
            rule="must be a mover of this plan that goes on the ground",
            repair=f"choose one of {', '.join(on_ground)}" if on_ground else "add one to the plan",
        )
    )
    return None


def _without(key: str, plan: PlanFile, bases: gpd.GeoDataFrame, rows: Sequence[int]) -> list[Fault]:
    """A fault for each base that does not have the mover."""
    has = np.isfinite(notice_s(plan, key, bases))
    names = bases["name"].astype(str).tolist()
    return [
        Fault(
            where="routes: --base",
            found=f"'{names[row]}'",
            rule=f"has no {key} in this plan",
            repair=f"choose one that has: {', '.join(np.array(names)[has]) or 'none'}",
        )
        for row in rows
        if not has[row]
    ]


def _rows(
    table: gpd.GeoDataFrame, names: Sequence[str], what: str, faults: list[Fault]
) -> list[int]:
    """Rows of some ids or names; a fault for each that is unknown or stands for several."""
    ids, known = table["id"].astype(str).tolist(), table["name"].astype(str).tolist()
    rows = []
    for name in names:
        hits = [n for n, one in enumerate(ids) if one == name]
        hits = hits or [n for n, one in enumerate(known) if one.casefold() == name.casefold()]
        if len(hits) == 1:
            rows.append(hits[0])
            continue
        near = difflib.get_close_matches(name, [*ids, *known], n=_NEAR, cutoff=0.5)
        several = ", ".join(ids[n] for n in hits)
        faults.append(
            Fault(
                where=f"routes: --{what}",
                found=f"'{name}'",
                rule=f"is the name of {len(hits)} {what}s"
                if hits
                else f"is no {what} of this plan",
                repair=f"give its id: {several}"
                if hits
                else f"did you mean {' or '.join(near)}?"
                if near
                else f"give the id or name of a {what}",
            )
        )
    return rows
