"""Trips after an alert at one moment: night and day as they come, aircraft that wait for first light."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions, PlanFile, Season
from geo_poc.routing.catalogue import Aircraft, Mover
from geo_poc.routing.daylight import Daylight, daylight
from geo_poc.routing.ground import points_m
from geo_poc.routing.lifts import DAY_S
from geo_poc.routing.movers import movers_of, night_factor
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.routing.trips import (
    REASON_CODE,
    FirstLift,
    Trips,
    first_lift,
    shortest_notices,
    trips_of,
)
from geo_poc.routing.troops import Carrier, carriers_of, troops_to_send
from geo_poc.theatre import Theatre

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Watch:
    """What arrivals at any moment of a date rest on.

    Parameters
    ----------
    plan : PlanFile
    carriers : tuple of Carrier
    movers : tuple of Mover
        Of each carrier.
    pool : float64 array (bases,)
        Troops that each base can send; ``nan`` unknown.
    by_day : tuple of TravelTime
        In daylight, of every mover in both seasons.
    by_night : tuple of TravelTime
        At the pace of the day on the ways that are open by night, of movers for which those differ.
    at_place : Daylight
        Shape (places, spells).
    at_both : Daylight
        At base and place at once, shape (bases, places, spells).
    """

    plan: PlanFile
    carriers: tuple[Carrier, ...]
    movers: tuple[Mover, ...]
    pool: _Floats
    by_day: tuple[TravelTime, ...]
    by_night: tuple[TravelTime, ...]
    at_place: Daylight
    at_both: Daylight


def watch_over(
    travel: Sequence[TravelTime],
    *,
    theatre: Theatre,
    plan: PlanFile,
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
) -> Watch:
    """Carriers, troops and daylight of a plan on the theatre's ``as_of``.

    Parameters
    ----------
    travel : sequence of TravelTime
        As of `geo_poc.routing.response.response_times`.
    theatre : Theatre
    plan : PlanFile
    bases, places : GeoDataFrame
        That the travel times were computed for.
    """
    days = 2 + math.ceil(plan.standard.cut_off / DAY_S)
    at_base, at_place = (_daylight_at(theatre, table, days) for table in (bases, places))
    movers = {mover.key: mover for mover in movers_of(plan)}
    carriers = carriers_of(plan, bases)
    return Watch(
        plan=plan,
        carriers=carriers,
        movers=tuple(movers[carrier.mover] for carrier in carriers),
        pool=troops_to_send(plan.force, bases["strength"].to_numpy(dtype=np.float64)),
        by_day=tuple(time for time in travel if time.conditions.light == "day"),
        by_night=tuple(time.as_if(time.in_light) for time in travel if time.in_light is not None),
        at_place=at_place,
        at_both=at_base.shared(at_place),
    )


def _daylight_at(theatre: Theatre, table: gpd.GeoDataFrame, days: int) -> Daylight:
    at = points_m(table.geometry)
    lon, lat = theatre.lonlat(at[:, 0], at[:, 1])
    return daylight(lon, lat, start=theatre.as_of, days=days)


def trips_at(
    watch: Watch, season: Season, alert_s: float, *, always_day: bool = False
) -> tuple[Trips, _Floats]:
    """Trips after an alert at one moment, and what those of them that wait for first light would take.

    On the ground the night slows that part of the way that is made by night. A day-only aircraft leaves
    when it can be at the place and back at its base in one spell of daylight at both, its turn-round
    included where it is known; so does one of which nobody knows whether it flies by night, but if it
    would have to wait then its time is unknown. Where other ways are open by night than by day, whoever
    can move by night takes those that are always open at once, or the others within one spell of
    daylight at the place, for which it may wait at its base: whichever arrives first.

    Parameters
    ----------
    watch : Watch
    season : "dry" or "wet"
    alert_s : float
        After midnight UTC of the theatre's ``as_of``.
    always_day : bool
        As if it never got dark: what the same trips would take by day.

    Returns
    -------
    Trips
        Seconds from the alert. Its conditions are those of the travel times used, those by day.
    float64 array (places, trips)
        Seconds of the first lifts that wait for first light if they did not; ``inf`` for all others.
    """
    times = {t.mover: t for t in watch.by_day if t.conditions.season == season}
    nights = {t.mover: t for t in watch.by_night if t.conditions.season == season}
    shortest = shortest_notices(watch.carriers)
    firsts, undelayed_s = [], []
    for carrier, mover, notice_s in zip(watch.carriers, watch.movers, shortest, strict=True):
        cut_off_s = watch.plan.standard.cut_off
        first = first_lift(times[mover.key], carrier, notice_s, cut_off_s=cut_off_s)
        seconds = first.seconds
        if mover.key in nights and not always_day and _moves_by_night(mover):
            open_always = first_lift(nights[mover.key], carrier, notice_s, cut_off_s=cut_off_s)
            along = _as_it_gets_dark(watch, open_always, carrier, mover, alert_s)
            first = _first_of(watch, along, first, carrier, alert_s)
        elif not always_day:
            first = _as_it_gets_dark(watch, first, carrier, mover, alert_s)
        late = np.isfinite(first.seconds) & (first.seconds > cut_off_s)
        firsts.append(
            dataclasses.replace(
                first,
                seconds=np.where(late, np.inf, first.seconds),
                reasons=np.where(late, REASON_CODE[Reason.CUT_OFF], first.reasons),
            )
        )
        waits = (first.seconds > seconds) & isinstance(mover, Aircraft)
        undelayed_s.append(np.where(waits, seconds, np.inf))
    force = watch.plan.force
    some = watch.by_day[0]
    trips = trips_of(
        firsts,
        watch.carriers,
        watch.pool,
        conditions=Conditions(season=season, light="day"),
        ids=(some.base_ids, some.place_ids),
        troops=0.0 if force is None else force.troops,
        cut_off_s=watch.plan.standard.cut_off,
    )
    of_trips_s = np.array(undelayed_s)[trips.carrier, trips.base].T
    return trips, np.where(trips.lift == 1, of_trips_s, np.inf)


def _moves_by_night(mover: Mover) -> bool:
    """Whether it does for certain, however slowly."""
    if not isinstance(mover, Aircraft):
        return True
    return mover.night is not None and mover.night.value == 1


def _leave_s(first: FirstLift, carrier: Carrier, alert_s: float) -> _Floats:
    """When the first lift leaves each base for each place, after midnight; nan without the carrier."""
    leave_s = (alert_s + carrier.notice_s)[:, None] + first.approval_s
    return np.broadcast_to(leave_s, first.seconds.shape)


def _first_of(
    watch: Watch, along: FirstLift, by_day: FirstLift, carrier: Carrier, alert_s: float
) -> FirstLift:
    """Who goes along at once on ways that are always open, or by daylight on all of them, if sooner."""
    leave_s = _leave_s(by_day, carrier, alert_s)
    waited_s = watch.at_place.wait_s(leave_s, by_day.way_s)
    there = np.isfinite(by_day.seconds)
    in_light_s = np.where(there, by_day.seconds + waited_s, by_day.seconds)
    # Nothing is sooner than a way in full daylight, whatever is not known of the night.
    seconds = np.where(there & (waited_s == 0), in_light_s, np.minimum(along.seconds, in_light_s))
    waits = np.isfinite(seconds) & (seconds == in_light_s)
    way_s = np.where(waits, by_day.way_s, along.way_s)
    turn_round_s = float(np.nan_to_num(carrier.shuttle.turn_round_s))

    def wait_s(base: int, leave: _Floats) -> _Floats:
        light_s = watch.at_place.wait_s(alert_s + leave, 2 * way_s[base] + turn_round_s)
        return np.where(waits[base], light_s, 0.0)

    return FirstLift(
        seconds=seconds,
        way_s=way_s,
        reasons=np.where(waits, by_day.reasons, along.reasons).astype(np.int8),
        approval_s=np.where(waits, by_day.approval_s, along.approval_s),
        wait_s=wait_s,
    )


def _as_it_gets_dark(
    watch: Watch,
    first: FirstLift,
    carrier: Carrier,
    mover: Mover,
    alert_s: float,
) -> FirstLift:
    leave_s = _leave_s(first, carrier, alert_s)
    if not isinstance(mover, Aircraft):
        factor = night_factor(mover, "night")
        way_s = first.seconds - (leave_s - alert_s)
        arrived_s = watch.at_place.arrival_s(leave_s, way_s, factor)
        stationed = np.isfinite(carrier.notice_s)[:, None]
        seconds = np.where(stationed, arrived_s - alert_s, np.inf)
        return dataclasses.replace(first, seconds=seconds)
    if _moves_by_night(mover):
        return first
    turn_round_s = carrier.shuttle.turn_round_s
    needed_s = 2 * first.way_s + (0.0 if math.isnan(turn_round_s) else turn_round_s)
    known = mover.night is not None

    def wait_s(base: int, leave: _Floats) -> _Floats:
        both = Daylight(first_s=watch.at_both.first_s[base], last_s=watch.at_both.last_s[base])
        waited = both.wait_s(alert_s + leave, needed_s[base])
        return waited if known else np.where(waited > 0, np.nan, waited)

    waited_s = np.stack([wait_s(b, leave_s[b] - alert_s) for b in range(len(leave_s))])
    seconds = np.where(np.isfinite(first.seconds), first.seconds + waited_s, first.seconds)
    return dataclasses.replace(first, seconds=seconds, wait_s=wait_s)
