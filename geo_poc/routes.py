"""The ways from bases to places, written as GeoJSON or GPX."""

from __future__ import annotations

import dataclasses
import difflib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.errors import ConfigError, Fault
from geo_poc.grid import WGS84, transformer
from geo_poc.ground_tables import ground_tables
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs, require_no_input
from geo_poc.layers.positions import mgrs_of
from geo_poc.output import files_written_whole
from geo_poc.plan import Conditions, Light, PlanFile, Season
from geo_poc.report.routes import FORMATS, RouteRow, write_routes_file
from geo_poc.report.segments import segment_table
from geo_poc.routing.alternatives import Ways, ways_between
from geo_poc.routing.cases import Case, case_of
from geo_poc.routing.catalogue import Aircraft, Foot, Vehicle
from geo_poc.routing.field import Tables, field_of, soonest_graph, why_none
from geo_poc.routing.movers import movers_of, night_factor, notice_s
from geo_poc.routing.network import RoadNetwork
from geo_poc.routing.routes import Route
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre
from geo_poc.wording import text

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
    light : "day", "night" or None
        None is the plan's own.
    alternatives : int
        Most other ways for each pair.
    """

    bases: tuple[str, ...]
    places: tuple[str, ...]
    mover: str
    season: Season | None = None
    light: Light | None = None
    alternatives: int = 0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A segment of road that every way from a base to a place uses.

    Parameters
    ----------
    base, place, road : str
        Names.
    from_mgrs, to_mgrs : str
    """

    base: str
    place: str
    road: str
    from_mgrs: str
    to_mgrs: str


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundRoutes:
    """The ways that were found, and the pairs without one.

    Parameters
    ----------
    theatre : Theatre
    rows : tuple of RouteRow
        Pair by pair, the quickest way first, then its alternatives.
    cut_off_s : float
        Of the plan; a way that takes longer is said to.
    passages : tuple of Passage
        Where alternatives were asked for: what no way avoids.
    alternatives : bool
        Whether they were asked for.
    """

    theatre: Theatre
    rows: tuple[RouteRow, ...]
    cut_off_s: float
    passages: tuple[Passage, ...] = ()
    alternatives: bool = False


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
    plan, tables = inputs.plan, ground_tables(inputs)
    faults: list[Fault] = []
    bases = _rows(tables.bases, wanted.bases, "base", faults)
    places = _rows(tables.places, wanted.places, "place", faults)
    mover = _mover(inputs, wanted.mover, faults)
    if mover is not None:
        faults += _without(mover.key, plan, tables.bases, bases)
        faults += _untimed(mover, wanted.light or plan.plan.light)
    if faults or mover is None:
        raise ConfigError(faults)
    season, light = wanted.season or plan.plan.season, wanted.light or plan.plan.light
    notice = notice_s(plan, mover.key, tables.bases)
    conditions = Conditions(season=season, light=light)
    case = case_of(mover, conditions, notice, plan.standard.cut_off)
    field = field_of(mover, season, light, theatre=inputs.theatre, plan=plan, tables=tables)
    rows, passages = [], []
    for base, place in itertools.product(bases, places):
        approval_s, graph = soonest_graph(field, base, place)
        ways = ways_between(
            field.ground, graph, tables.roads, base=base, place=place, most=wanted.alternatives
        )
        pair = _Pair(inputs=inputs, tables=tables, base=base, place=place)
        none = None if ways.routes else why_none(field, base, place)
        rows += _pair_rows(pair, ways, case, none or (approval_s, field.factor))
        if wanted.alternatives:
            passages += _passages(pair, ways, field.ground.network)
    return FoundRoutes(
        theatre=inputs.theatre,
        rows=tuple(rows),
        cut_off_s=plan.standard.cut_off,
        passages=tuple(passages),
        alternatives=wanted.alternatives > 0,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pair:
    """Base and place between which ways were looked for, by their rows."""

    inputs: Inputs
    tables: Tables
    base: int
    place: int

    @property
    def names(self) -> dict[str, str]:
        """Of the two ends."""
        base, place = self.tables.bases.iloc[self.base], self.tables.places.iloc[self.place]
        return {
            "base": str(base["name"] or base["id"]),
            "place": str(place["name"] or place["id"]),
        }


def _pair_rows(
    pair: _Pair, ways: Ways, case: Case, timing: Reason | tuple[float, float]
) -> list[RouteRow]:
    """One row a way, given the wait for approval and what lengthens it; without a way one with the reason."""
    conditions = case.conditions
    base, place = pair.names.values()
    only = RouteRow(
        base=base,
        place=place,
        mover=case.mover.key,
        season=conditions.season,
        light=conditions.light,
        route=None,
        reason=timing if isinstance(timing, Reason) else Reason.REACHED,
    )
    if isinstance(timing, Reason):
        return [only]
    approval_s, factor = timing
    return [
        dataclasses.replace(
            only,
            route=dataclasses.replace(way.slowed(factor), approval_s=approval_s),
            reason=_in_time(way, approval_s, pair.base, case),
            way=number,
            shared=part,
        )
        for number, (way, part) in enumerate(zip(ways.routes, ways.shared, strict=True), 1)
    ]


def _passages(pair: _Pair, ways: Ways, network: RoadNetwork) -> list[Passage]:
    table = segment_table(
        pair.inputs.theatre, network, ways.segments, pair.tables.roads, ways.unavoidable
    )
    return [
        Passage(
            **pair.names,
            road=_road(row["name"], row["road_id"], bridge=row["bridge"]),
            from_mgrs=row["from_mgrs"],
            to_mgrs=row["to_mgrs"],
        )
        for row in table.to_dict("records")
    ]


def _road(name: str, road_id: str, *, bridge: bool) -> str:
    road = name or text("road_unnamed", id=road_id)
    return text("road_bridge", road=road) if bridge else road


def _in_time(way: Route, approval_s: float, base: int, case: Case) -> Reason:
    """Whether the way is within the cut-off; approval, notice, halts and the tail of a column included."""
    if np.isnan(case.factor):
        return Reason.UNKNOWN
    under_way_s = np.full((case.notice_s.size, 1), way.seconds[-1])
    arrival_s = approval_s + case.total_s(under_way_s)[base, 0]
    return Reason.REACHED if arrival_s <= case.cut_off_s else Reason.CUT_OFF


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


def _untimed(mover: Vehicle | Foot, light: Light) -> list[Fault]:
    """A fault where nobody knows how the night slows the mover."""
    if not np.isnan(night_factor(mover, light)):
        return []
    return [
        Fault(
            where="routes: --light",
            found=f"night for {mover.key}",
            rule="needs to know how much slower it is by night",
            repair="give night_time_factor under [[assets]] figures, or ask for the day",
        )
    ]


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
        several = "; ".join(_described(table.iloc[n], crs=str(table.crs)) for n in hits)
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


def _described(row: pd.Series, *, crs: str) -> str:
    """Id of a base or place with its kind and grid reference."""
    lon, lat = transformer(crs, WGS84).transform(row.geometry.x, row.geometry.y)
    (mgrs,) = mgrs_of(np.array([lon]), np.array([lat]))
    return f"{row['id']} ({row['kind']}, {mgrs})"
