"""What a race rests on, in sentences: the alert, what was assumed of each group, and what nobody knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from geo_poc import figures
from geo_poc.inputs import Inputs
from geo_poc.plan import PlanFile
from geo_poc.race_rules import mover_of
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.group import GroupReach
from geo_poc.routing.group_ground import stopping
from geo_poc.routing.movers import night_factor, wet_factor
from geo_poc.routing.network import is_ferry
from geo_poc.routing.ranges import at_end
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.sightings import Sighting
from geo_poc.wording import text

_DAY_S = 86_400.0


def race_notes(
    inputs: Inputs,
    plan: PlanFile,
    sightings: Sequence[Sighting],
    alert: dt.datetime,
    reaches: Sequence[GroupReach],
) -> tuple[str, ...]:
    """Sentences for page and record, in reading order.

    Parameters
    ----------
    inputs : Inputs
    plan : PlanFile
        As it was raced.
    sightings : sequence of Sighting
    alert : datetime
    reaches : sequence of GroupReach
        One a sighting.
    """
    notes = list(_general(inputs, plan, sightings, alert))
    for sighting, reach in zip(sightings, reaches, strict=True):
        notes += _of_movement(sighting, plan, reach)
        notes += _of_ground(sighting, plan, inputs)
    return tuple(notes)


def missing_notes(missing: Sequence[str]) -> tuple[str, ...]:
    """What `geo-poc arrivals` says as well: figures that nobody gives and on which times hang."""
    if not missing:
        return ()
    return (text("terminal_missing", figures="; ".join(missing)),)


def _general(
    inputs: Inputs, plan: PlanFile, sightings: Sequence[Sighting], alert: dt.datetime
) -> Iterator[str]:
    theatre = inputs.theatre
    delay_s = (alert - max(sighting.seen_at for sighting in sightings)).total_seconds()
    moment = figures.dtg(alert)
    if delay_s == 0:
        yield text("race_note_alert_at_once", alert=moment)
    else:
        yield text("race_note_alert", alert=moment, delay=figures.delay(delay_s))
    yield text("race_note_rules")
    yield text("race_note_cut_off", days=f"{plan.standard.cut_off / _DAY_S:.0f}")
    if alert.date() != theatre.as_of:
        days = {"day": figures.day(theatre.as_of), "other": figures.day(alert.date())}
        yield text("race_note_day", **days)
    if theatre.marking == "UNCLASSIFIED":
        yield text("race_note_marking", marking=theatre.marking)


def _of_movement(sighting: Sighting, plan: PlanFile, reach: GroupReach) -> Iterator[str]:
    name, mover = sighting.name, mover_of(sighting)
    if sighting.moving_h is None:
        yield text("race_note_no_rest", name=name)
    else:
        yield text("race_note_rest", name=name, hours=f"{sighting.moving_h:g}\u00a0h")
    light = sighting.light or plan.plan.light
    if sighting.light is None:
        yield text(f"race_note_light_{light}", name=name)
    factors = {
        "wet_time_factor": wet_factor(mover, plan.plan.season),
        "night_time_factor": night_factor(mover, light),
    }
    missing = [figure for figure, factor in factors.items() if np.isnan(factor)]
    if missing:
        known = {"figures": ", ".join(missing), "mover": mover.key}
        yield text("race_note_unknown", name=name, **known)
    elif np.isnan(reach.likely_s).all() and reach.likely_s.size:
        yield text("race_note_middle", name=name)
    if _one_speed(sighting, mover):
        yield text("race_note_one_speed", name=name)


def _one_speed(sighting: Sighting, mover: Vehicle | Foot) -> bool:
    """Whether speeds on roads and off them have no range, and the sighting gives none."""
    quick, slow = (at_end(mover, quick=quick) for quick in (True, False))
    same = (quick.road_kmh, quick.terrain_kmh) == (slow.road_kmh, slow.terrain_kmh)
    return same and sighting.faster_ratio == 1 and sighting.slower_ratio == 1


def _of_ground(sighting: Sighting, plan: PlanFile, inputs: Inputs) -> Iterator[str]:
    name, areas = sighting.name, inputs.layers["areas"].table
    held = restrictions_on(areas, inputs.theatre.as_of)
    titles = areas["name"].where(areas["name"] != "", areas["id"]).astype(str).tolist()
    closing = stopping(areas, held, mined=False, passes=sighting.passes)
    if closing:
        listed = ", ".join(titles[row] for row in sorted(closing))
        yield text("race_note_stops", name=name, areas=listed)
    passes = sighting.passes if sighting.mined == "avoids" else ()
    mined = stopping(areas, held, mined=True, passes=passes) - stopping(areas, held, mined=False)
    if mined:
        listed = ", ".join(titles[row] for row in sorted(mined))
        yield text(f"race_note_mined_{sighting.mined}", name=name, areas=listed)
    if (
        plan.ferries is not None
        and sighting.ferries
        and is_ferry(inputs.layers["roads"].table).any()
    ):
        yield text("race_note_ferries", name=name)
