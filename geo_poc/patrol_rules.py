"""The rules that patrols and mobile bases of a plan keep, checked before anything is computed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.coverage.demand import demand
from geo_poc.errors import ConfigError, Fault, GeoPocError
from geo_poc.layers.layer import Layer
from geo_poc.layers.positions import lonlat_of
from geo_poc.output import file_word
from geo_poc.plan import MobileBase, Patrol, PlanFile
from geo_poc.routing.catalogue import Aircraft, Foot, Vehicle, known_movers
from geo_poc.routing.ground import in_area, points_m
from geo_poc.routing.mobile import Position, mobile_point
from geo_poc.routing.movers import movers_of, night_factor, no_such, notice_s, wet_factor
from geo_poc.routing.patrol_length import light_s
from geo_poc.theatre import Theatre

_MINUTE_S = 60.0


def require_sound(plan: PlanFile) -> PlanFile:
    """The plan, if its movers, patrols and mobile bases keep every rule that needs no other file.

    Raises
    ------
    ConfigError
        With all faults.
    """
    faults = list(patrol_faults(plan))
    try:
        movers_of(plan)
    except GeoPocError as e:
        faults = [*e.faults, *faults]
    if faults:
        raise ConfigError(faults)
    return plan


def ground_movers(plan: PlanFile) -> dict[str, Vehicle | Foot]:
    """Movers of a plan that go on the ground, by their keys."""
    return {m.key: m for m in movers_of(plan) if not isinstance(m, Aircraft)}


def patrol_faults(plan: PlanFile) -> Iterator[Fault]:
    """Faults of patrols and mobile bases that show without their positions."""
    for n, patrol in enumerate(plan.patrols, 1):
        where = f"plan: [patrols] {n} ({patrol.name})"
        yield from _not_on_the_ground(f"{where}: mover", patrol.mover, plan)
        yield from _length_faults(where, patrol)
    for n, mobile in enumerate(plan.mobile_bases, 1):
        where = f"plan: [mobile_bases] {n} ({mobile.name})"
        for key in mobile.movers:
            yield from _not_on_the_ground(f"{where}: movers", key, plan)
        yield from position_faults(where, mobile)
    yield from _alike("patrols", [patrol.name for patrol in plan.patrols])
    yield from _alike("mobile_bases", [mobile.name for mobile in plan.mobile_bases])


def _not_on_the_ground(where: str, key: str, plan: PlanFile) -> Iterator[Fault]:
    movers = known_movers()
    own = list(dict.fromkeys(asset.mover for asset in plan.assets))
    on_ground = [k for k in own if k in movers and not isinstance(movers[k], Aircraft)]
    if key not in own:
        yield no_such(where, key, "mover of this plan", on_ground)
    elif key not in on_ground:
        yield Fault(
            where=where,
            found=f"'{key}'",
            rule="must go on the ground: patrols by air are not computed",
            repair=f"use one of {', '.join(on_ground)}" if on_ground else "add such an asset",
        )


def _length_faults(where: str, patrol: Patrol) -> Iterator[Fault]:
    if (patrol.length is None) == (patrol.days is None):
        yield Fault(
            where=f"{where}: length",
            found="neither length nor days" if patrol.days is None else "both length and days",
            rule="must have one of them: length for a patrol of one day, days for a longer one",
            repair="add or remove one",
        )
    if patrol.moving_h is not None and patrol.days is None:
        yield Fault(
            where=f"{where}: moving_h",
            found=f"{patrol.moving_h:g} without days",
            rule="is hours of each day of a patrol of several days",
            repair="add days, or remove it",
        )
    if patrol.days is not None and patrol.light == "night":
        yield Fault(
            where=f"{where}: light",
            found="night",
            rule="must be day for a patrol of several days, which halts by night",
            repair='write light = "day", or give a length instead of days',
        )
    shortest_s = _known_length_s(patrol)
    if shortest_s <= patrol.on_the_spot:
        yield Fault(
            where=f"{where}: on_the_spot",
            found=f"{_minutes(patrol.on_the_spot)} of {_minutes(shortest_s)}",
            rule="must be shorter than the patrol, or nothing is left for the way",
            repair="shorten it, or lengthen the patrol",
        )


def _known_length_s(patrol: Patrol) -> float:
    """Length as far as the plan alone gives it; inf where it depends on the light at the base."""
    if patrol.length is not None:
        return patrol.length
    if patrol.days is not None and patrol.moving_h is not None:
        return patrol.days * patrol.moving_h * 60 * _MINUTE_S
    return np.inf


def position_faults(where: str, mobile: Position) -> Iterator[Fault]:
    """Faults of a position that is not given in exactly one way, or is no grid reference."""
    degrees = mobile.lon is not None, mobile.lat is not None
    ways = [any(degrees), mobile.mgrs is not None, mobile.place is not None]
    if sum(ways) != 1 or any(degrees) != all(degrees):
        keys = [k for k in ("lon", "lat", "mgrs", "place") if getattr(mobile, k) is not None]
        yield Fault(
            where=f"{where}: position",
            found=" and ".join(keys) or "none",
            rule="must be given once: lon and lat, or mgrs, or place",
            repair="keep one of the three",
        )
    if mobile.mgrs is not None:
        try:
            lonlat_of(mobile.mgrs)
        except ValueError as e:
            yield Fault(
                where=f"{where}: mgrs",
                found=f"'{mobile.mgrs}'",
                rule=f"must be a grid reference: {e}",
                repair="correct it",
            )


def _alike(section: str, names: Sequence[str]) -> Iterator[Fault]:
    """A fault for each name that an earlier one makes ambiguous, in results or as a file's name."""
    seen: dict[str, int] = {}
    for n, name in enumerate(names, 1):
        other = seen.setdefault(file_word(name) or str(n), n)
        if other != n:
            yield Fault(
                where=f"plan: [{section}] {n}: name",
                found=f"'{name}', as '{names[other - 1]}' in [{section}] {other}",
                rule="must differ from the others in its letters and digits",
                repair="choose another name",
            )


def site_faults(plan: PlanFile, layers: Mapping[str, Layer], theatre: Theatre) -> Iterator[Fault]:
    """Faults of patrols and mobile bases against what was read, of a plan that is sound by itself."""
    bases = layers["bases"].table
    for n, mobile in enumerate(plan.mobile_bases, 1):
        where = f"plan: [mobile_bases] {n} ({mobile.name})"
        yield from _parent_faults(where, mobile, plan, bases)
        if "camps" in layers and "places" in layers:
            places = demand(layers["camps"].table, layers["places"].table)
            yield from place_faults(where, mobile, places, theatre)
    for n, patrol in enumerate(plan.patrols, 1):
        where = f"plan: [patrols] {n} ({patrol.name})"
        yield from _sender_faults(where, patrol, plan, bases)
        yield from _light_faults(where, patrol, plan, bases, theatre)


def _parent_faults(
    where: str, mobile: MobileBase, plan: PlanFile, bases: gpd.GeoDataFrame
) -> Iterator[Fault]:
    ids = bases["id"].astype(str).tolist()
    if mobile.name in {*ids, *bases["name"]}:
        yield Fault(
            where=f"{where}: name",
            found=f"'{mobile.name}'",
            rule="must not be the id or name of a base",
            repair="choose another name",
        )
    if mobile.parent not in ids:
        yield no_such(f"{where}: from", mobile.parent, "id of a base", ids)
        return
    for key in mobile.movers:
        has = _stationed(plan, key, bases)
        if not has[ids.index(mobile.parent)]:
            yield Fault(
                where=f"{where}: movers",
                found=f"'{key}'",
                rule=f"must be a mover that the base {mobile.parent} has",
                repair="give that base the mover under [[assets]], or leave it out here",
            )


def place_faults(
    where: str, mobile: Position, places: gpd.GeoDataFrame, theatre: Theatre
) -> Iterator[Fault]:
    """Faults of a sound position that names no camp or place, or lies outside the area."""
    if mobile.place is not None and mobile.place not in set(places["id"]):
        near = difflib.get_close_matches(mobile.place, places["id"], n=1, cutoff=0.5)
        yield Fault(
            where=f"{where}: place",
            found=f"'{mobile.place}'",
            rule="is no id of a camp or place",
            repair=f"did you mean '{near[0]}'?" if near else "give the id of a camp or place",
        )
        return
    at = points_m(gpd.GeoSeries([mobile_point(mobile, places, theatre)]))
    if not in_area(theatre, at)[0]:
        yield Fault(
            where=f"{where}: position",
            found="outside the area",
            rule="must lie in the area of operations",
            repair="correct it; longitude comes first",
        )


def _sender_faults(
    where: str, patrol: Patrol, plan: PlanFile, bases: gpd.GeoDataFrame
) -> Iterator[Fault]:
    ids = bases["id"].astype(str).tolist()
    has = dict(zip(ids, _stationed(plan, patrol.mover, bases), strict=True))
    has |= {mobile.name: patrol.mover in mobile.movers for mobile in plan.mobile_bases}
    for name in patrol.bases or ():
        if name not in has:
            yield no_such(f"{where}: bases", name, "id of a base", has)
        elif not has[name]:
            yield Fault(
                where=f"{where}: bases",
                found=f"'{name}'",
                rule=f"has no {patrol.mover} in this plan",
                repair=f"use some of {', '.join(k for k, v in has.items() if v) or 'none'}",
            )


def _light_faults(
    where: str,
    patrol: Patrol,
    plan: PlanFile,
    bases: gpd.GeoDataFrame,
    theatre: Theatre,
) -> Iterator[Fault]:
    """A patrol in one light cannot go on when the light changes: its pace would be another."""
    at = points_m(bases.geometry)
    has = _stationed(plan, patrol.mover, bases)
    if patrol.bases is not None:
        has = has & bases["id"].astype(str).isin(patrol.bases).to_numpy()
    lit_s = light_s(*theatre.lonlat(*at.T), theatre.as_of, patrol.light)
    wanted_s = patrol.length or (patrol.moving_h or 0.0) * 60 * _MINUTE_S
    short = np.flatnonzero(has & (lit_s < wanted_s))
    if short.size:
        first = short[lit_s[short].argmin()]
        yield Fault(
            where=f"{where}: {'moving_h' if patrol.length is None else 'length'}",
            found=f"{_minutes(wanted_s)}, but {patrol.light} lasts {_minutes(lit_s[first])} at "
            f"{bases['id'].iloc[first]} on {theatre.as_of}",
            rule="must not be longer than its light lasts at any of its bases",
            repair="shorten it, name its bases, or give days for a patrol that halts by night",
        )


def _stationed(plan: PlanFile, key: str, bases: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which bases have a mover; none where the assets name bases that are not there, a fault by itself."""
    try:
        return np.isfinite(notice_s(plan, key, bases))
    except ConfigError:
        return np.ones(len(bases), dtype=np.bool_)


def patrol_doubts(plan: PlanFile) -> list[Fault]:
    """A warning for each patrol whose reach is unknown, because nobody says how its light or season slows it."""
    movers = ground_movers(plan)
    doubts = []
    for n, patrol in enumerate(plan.patrols, 1):
        mover = movers[patrol.mover]
        factors = {
            "night_time_factor": night_factor(mover, patrol.light),
            "wet_time_factor": wet_factor(mover, plan.plan.season),
        }
        doubts += [
            Fault(
                where=f"plan: [patrols] {n} ({patrol.name})",
                found=f"no {name} of '{patrol.mover}'",
                rule="no source gives it, and without it the patrol's reach is unknown",
                repair=f"give {name} under [[assets]] figures if the mission knows it",
            )
            for name, factor in factors.items()
            if np.isnan(factor)
        ]
    return doubts


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE_S:.0f} min"
