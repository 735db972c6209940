"""Times of every base, mover and place, and of k troops at each place, written as one CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.demand import demand
from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs, require_no_input
from geo_poc.output import files_written_whole
from geo_poc.plan import ALL_CONDITIONS, Conditions, PlanFile
from geo_poc.report.clock import clock_svg
from geo_poc.report.tables import inert
from geo_poc.response_of_plan import travel_of_plan
from geo_poc.routing.arrival import Arrival, arrival
from geo_poc.routing.binding import Constraint, binding
from geo_poc.routing.clock import Clock, response_clock
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.routing.trips import Trips, first_lifts, trips_of
from geo_poc.routing.troops import carriers_of, missing_figures, troops_to_send
from geo_poc.theatre import Theatre

COLUMNS = (
    "base_id", "place_id", "mover", "season", "light", "seconds", "distance_m", "off_road_m", "reason",
)  # fmt: skip
FORCE = "force"
"""Stands as mover of the rows that hold the time of k troops."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrivals:
    """Arrivals at every place under every set of conditions.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    places : GeoDataFrame
        As of `geo_poc.coverage.demand.demand`.
    travel : tuple of TravelTime
    arrivals : tuple of Arrival
        Under `geo_poc.plan.ALL_CONDITIONS` in order.
    binding : tuple of object array (places,) of Constraint
        For the plan's troops, under each; empty where the plan has no ``[force]``.
    clock : Clock or None
        None where it was not asked for.
    missing : tuple of str
        Figures that nobody gives and on which times hang, with the mover or bases that lack them.
    warnings : tuple of Fault
    """

    theatre: Theatre
    plan: PlanFile
    places: gpd.GeoDataFrame
    travel: tuple[TravelTime, ...]
    arrivals: tuple[Arrival, ...]
    binding: tuple[NDArray[np.object_], ...]
    clock: Clock | None
    missing: tuple[str, ...]
    warnings: tuple[Fault, ...]


def write_arrivals(
    theatre_path: Path,
    plan_path: Path,
    out: Path,
    *,
    clock: Path | None = None,
    progress: Progress = quiet,
) -> Arrivals:
    """Read, compute and write the CSV and the clock; the files change only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files.
    out : Path
        The CSV.
    clock : Path, optional
        Picture of the response clock (SVG).
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, or the results cannot be written; the files are then as they were.
    """
    outs = (out,) if clock is None else (out, clock)
    _require_endings(out, clock)
    inputs = read_inputs(theatre_path, plan_path, progress=progress)
    require_no_input(inputs, theatre_path, plan_path, *outs)
    found = arrivals(inputs, with_clock=clock is not None, progress=progress)
    with files_written_whole(*outs) as paths:
        progress("writing", 0.0)
        _write_csv(found, paths[0])
        if found.clock is not None:
            drawn = clock_svg(
                found.clock, theatre=found.theatre, plan=found.plan, places=found.places
            )
            paths[1].write_text(drawn, encoding="utf-8")
    return found


def arrivals(inputs: Inputs, *, with_clock: bool = False, progress: Progress = quiet) -> Arrivals:
    """All arrivals from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    with_clock : bool
        Whether to compute every hour of the day as well.
    progress : callable (step, share done)
    """
    plan, layers = inputs.plan, inputs.layers
    bases, places = layers["bases"].table, demand(layers["camps"].table, layers["places"].table)
    travel = travel_of_plan(inputs, places, progress=progress)
    clock = None
    if with_clock:
        clock = response_clock(
            travel, theatre=inputs.theatre, plan=plan, bases=bases, places=places, progress=progress
        )
    progress("arrivals", 0.0)
    found = tuple(arrival(each) for each in _trips(plan, bases, travel))
    bound: tuple[NDArray[np.object_], ...] = ()
    if plan.force is not None:
        in_light = _trips(plan, bases, _in_light(travel))
        without = _without(plan, bases, travel)
        bound = tuple(
            binding(
                each,
                plan.force.troops,
                in_daylight=lit,
                without={constraint: trips[row] for constraint, trips in without.items()},
            )
            for row, (each, lit) in enumerate(zip(found, in_light, strict=True))
        )
    return Arrivals(
        theatre=inputs.theatre,
        plan=plan,
        places=places,
        travel=travel,
        arrivals=found,
        binding=bound,
        clock=clock,
        missing=tuple(missing_figures(plan, bases)),
        warnings=inputs.warnings,
    )


def soonest_force_s(
    found: Arrivals, bases: gpd.GeoDataFrame, conditions: Conditions
) -> NDArray[np.float64]:
    """Time of the plan's troops if further lifts of unknown time came as soon as they could.

    Parameters
    ----------
    found : Arrivals
        Of a plan with ``[force]``.
    bases : GeoDataFrame
    conditions : Conditions

    Returns
    -------
    float64 array (places,)
        Seconds; never later than their known time.
    """
    assert found.plan.force is not None  # noqa: S101  (said above)
    row = ALL_CONDITIONS.index(conditions)
    at_best = arrival(_trips(found.plan, bases, found.travel, at_best=True)[row])
    return at_best.soonest_to_force(found.plan.force.troops)


def _trips(
    plan: PlanFile,
    bases: gpd.GeoDataFrame,
    travel: tuple[TravelTime, ...],
    *,
    at_best: bool = False,
) -> tuple[Trips, ...]:
    """Trips under each of `ALL_CONDITIONS`; at best what nobody knows of further lifts takes no time."""
    carriers = carriers_of(plan, bases)
    if at_best:
        carriers = tuple(replace(each, shuttle=each.shuttle.at_best) for each in carriers)
    pool = troops_to_send(plan.force, bases["strength"].to_numpy(dtype=np.float64))
    return tuple(
        trips_of(
            first_lifts(
                [time for time in travel if time.conditions == conditions],
                carriers,
                cut_off_s=plan.standard.cut_off,
            ),
            carriers,
            pool,
            conditions=conditions,
            ids=(travel[0].base_ids, travel[0].place_ids),
            troops=0.0 if plan.force is None else plan.force.troops,
            cut_off_s=plan.standard.cut_off,
        )
        for conditions in ALL_CONDITIONS
    )


def _in_light(travel: tuple[TravelTime, ...]) -> tuple[TravelTime, ...]:
    """The same times if it never got dark; what is forbidden by night stays so."""
    by_day = {(t.mover, t.conditions.season): t for t in travel if t.conditions.light == "day"}
    return tuple(
        replace(by_day[time.mover, time.conditions.season], conditions=time.conditions)
        if time.in_light is None
        else time.as_if(time.in_light)
        for time in travel
    )


def _without(
    plan: PlanFile, bases: gpd.GeoDataFrame, travel: tuple[TravelTime, ...]
) -> dict[Constraint, tuple[Trips, ...]]:
    """Trips under each of `ALL_CONDITIONS` without closures, and without caveats, if that differs."""
    constraints = {Reason.CLOSED: Constraint.CLOSURE, Reason.CAVEAT: Constraint.CAVEAT}
    return {
        constraint: _trips(
            plan,
            bases,
            tuple(t.as_if(t.without[reason]) if reason in t.without else t for t in travel),
        )
        for reason, constraint in constraints.items()
        if any(reason in time.without for time in travel)
    }


def arrivals_table(found: Arrivals) -> pd.DataFrame:
    """One row for each base, place, mover, season and light, then one for the troops at each place.

    Parameters
    ----------
    found : Arrivals

    Returns
    -------
    DataFrame
        ``base_id, place_id, mover, season, light, seconds`` (``inf`` not reached, ``nan`` unknown;
        rounded up to tenths), ``distance_m`` and what of it runs off any road, ``off_road_m`` (``nan`` where
        not reached), ``reason``. In the rows of the mover ``force`` seconds are the time of k troops, base
        and distances those of the last trip that is needed, and the reason is ``reached`` or the binding constraint.
    """
    parts = [_travel_rows(time) for time in found.travel]
    parts += _force_rows(found)
    table = pd.concat(parts, ignore_index=True)
    # Rounded up, so that a time beyond a standard never reads as within it.
    return table.assign(seconds=np.ceil(table["seconds"] * 10) / 10)


def _travel_rows(time: TravelTime) -> pd.DataFrame:
    bases, places = time.seconds.shape
    return pd.DataFrame(
        {
            "base_id": np.repeat(np.array(time.base_ids, dtype=object), places),
            "place_id": np.tile(np.array(time.place_ids, dtype=object), bases),
            "mover": time.mover,
            "season": time.conditions.season,
            "light": time.conditions.light,
            "seconds": time.seconds.ravel(),
            "distance_m": time.distance_m.ravel().round(1),
            "off_road_m": time.off_road_m.ravel().round(1),
            "reason": time.reasons.ravel().astype(str),
        },
        columns=list(COLUMNS),
    )


def _force_rows(found: Arrivals) -> Iterator[pd.DataFrame]:
    if found.plan.force is None:
        return
    troops = found.plan.force.troops
    travel = {(time.mover, time.conditions): time for time in found.travel}
    for each, bound in zip(found.arrivals, found.binding, strict=True):
        trips, last = each.trips, each.last_trip(troops)
        seconds = each.time_to_force(troops)
        distance_m, off_road_m = np.full((2, *last.shape), np.nan)
        for row, carrier in enumerate(trips.carriers):
            own = (last >= 0) & (trips.carrier[last] == row) if trips.carrier.size else last > 0
            time = travel[carrier.mover, trips.conditions]
            way = trips.base[last[own]], np.flatnonzero(own)
            distance_m[own], off_road_m[own] = time.distance_m[way], time.off_road_m[way]
        base_ids = np.array([*trips.base_ids, ""], dtype=object)
        base = trips.base[last] if trips.base.size else last
        yield pd.DataFrame(
            {
                "base_id": base_ids[np.where(last < 0, -1, base)],
                "place_id": np.array(trips.place_ids, dtype=object),
                "mover": FORCE,
                "season": trips.conditions.season,
                "light": trips.conditions.light,
                "seconds": seconds,
                "distance_m": distance_m.round(1),
                "off_road_m": off_road_m.round(1),
                "reason": np.where(np.isfinite(seconds), Reason.REACHED, bound).astype(str),
            },
            columns=list(COLUMNS),
        )


def _write_csv(found: Arrivals, path: Path) -> None:
    """Write :func:`arrivals_table` with a last column ``marking``, because a line of its own breaks readers."""
    table = arrivals_table(found)
    for column in ("base_id", "place_id"):
        # Each id once, as there are millions of rows and few ids.
        table[column] = table[column].map({text: inert(text) for text in table[column].unique()})
    table = table.assign(marking=found.theatre.marking)
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _require_endings(out: Path, clock: Path | None) -> None:
    """Refuse names whose ending says something else than what is written."""
    wanted = [("--out", out, ".csv")]
    if clock is not None:
        wanted.append(("--clock", clock, ".svg"))
    faults = [
        Fault(
            where=f"arrivals: {option}",
            found=str(path),
            rule=f"must end in {ending}",
            repair=f"write to {path.with_suffix(ending).name}",
        )
        for option, path, ending in wanted
        if path.suffix.lower() != ending
    ]
    if faults:
        raise ConfigError(faults)
