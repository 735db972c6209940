"""The rules that sightings keep, checked before anything is computed, and the moment of the alert."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs
from geo_poc.output import file_word
from geo_poc.patrol_rules import place_faults, position_faults
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.catalogue import Aircraft, Foot, Vehicle, known_movers
from geo_poc.routing.movers import movers_of, no_such
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.sightings import Sighting
from geo_poc.units import duration_s


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a race beside its files.

    Parameters
    ----------
    alert : datetime or None
        When the mission is alerted, with its zone. None is at the last sighting.
    delay_s : float or None
        So long after the last sighting instead; None is at once.
    troops : int or None
        In place of the plan's.
    """

    alert: dt.datetime | None = None
    delay_s: float | None = None
    troops: int | None = None

    def __post_init__(self) -> None:
        if self.alert is not None and self.alert.tzinfo is None:
            raise ConfigError(
                Fault(
                    where="race: alert",
                    found=self.alert.isoformat(),
                    rule="must have a time zone",
                    repair="give it with tzinfo, such as datetime.UTC",
                )
            )


def asked_of(alert: dt.datetime | None, delay: str | None, troops: int | None) -> Asked:
    """What is asked, from the words of the terminal.

    Parameters
    ----------
    alert : datetime or None
        In UTC, without a zone.
    delay : str or None
        Such as ``2 h``.
    troops : int or None

    Raises
    ------
    ConfigError
        If the delay is no duration.
    """
    try:
        delay_s = None if delay is None else duration_s(delay)
    except ValueError as e:
        raise ConfigError(
            Fault(
                where="race: --delay",
                found=f"'{delay}'",
                rule=str(e),
                repair="write a duration such as '2 h'",
            )
        ) from None
    moment = None if alert is None else alert.replace(tzinfo=dt.UTC)
    return Asked(alert=moment, delay_s=delay_s, troops=troops)


def alert_of(sightings: Sequence[Sighting], asked: Asked) -> dt.datetime:
    """Moment of the alert: as asked, else at the last sighting or so long after it."""
    if asked.alert is not None:
        return asked.alert.astimezone(dt.UTC)
    last = max(sighting.seen_at for sighting in sightings)
    return last + dt.timedelta(seconds=asked.delay_s or 0.0)


def require_race(
    sightings: Sequence[Sighting],
    asked: Asked,
    inputs: Inputs,
    *,
    file: Path,
    places: gpd.GeoDataFrame,
) -> None:
    """Refuse sightings and options that break a rule.

    Parameters
    ----------
    sightings : sequence of Sighting
    asked : Asked
    inputs : Inputs
        With a plan.
    file : Path
        Of the sightings, as it is named in faults.
    places : GeoDataFrame
        Camps and places with ``id``.

    Raises
    ------
    ConfigError
        With all faults.
    """
    faults = list(_asked_faults(asked, inputs.plan))
    names: dict[str, int] = {}
    for n, sighting in enumerate(sightings, 1):
        where = f"{file}: [sightings] {n} ({sighting.name})"
        other = names.setdefault(file_word(sighting.name) or str(n), n)
        if other != n:
            faults.append(_same_name(where, sighting, other))
        faults += _moment_faults(where, sighting, asked)
        faults += _mover_faults(where, sighting)
        faults += _passes_faults(where, sighting, inputs)
        position = list(position_faults(where, sighting))
        faults += position or map(_enlarging, place_faults(where, sighting, places, inputs.theatre))
    if faults:
        raise ConfigError(faults)


def _enlarging(fault: Fault) -> Fault:
    """A fault of a position outside the area with the repair for a group that is truly there."""
    if fault.found != "outside the area":
        return fault
    repair = "correct it, longitude comes first; or enlarge the theatre's area so that it holds the group"
    return dataclasses.replace(fault, repair=repair)


def _same_name(where: str, sighting: Sighting, other: int) -> Fault:
    return Fault(
        where=f"{where}: name",
        found=f"'{sighting.name}', as in [sightings] {other}",
        rule="must differ from the others in its letters and digits",
        repair="choose another name",
    )


def _asked_faults(asked: Asked, plan: PlanFile) -> Iterator[Fault]:
    if asked.alert is not None and asked.delay_s is not None:
        yield Fault(
            where="race: --alert",
            found="--alert and --delay",
            rule="only one of them can say when the alert is",
            repair="leave one out",
        )
    if asked.troops is not None and plan.force is None:
        yield Fault(
            where="race: --troops",
            found=str(asked.troops),
            rule="needs the plan's section [force], as nobody knows who stays at the bases without it",
            repair="add [force] with troops and guard to the plan",
        )
    if asked.troops is not None and asked.troops < 1:
        yield Fault(
            where="race: --troops",
            found=str(asked.troops),
            rule="must be 1 or more",
            repair="correct it",
        )


def _moment_faults(where: str, sighting: Sighting, asked: Asked) -> Iterator[Fault]:
    if asked.alert is not None and sighting.seen_at > asked.alert:
        yield Fault(
            where=f"{where}: seen_at",
            found=f"{sighting.seen_at:%Y-%m-%d %H:%M}Z, the alert at {asked.alert:%Y-%m-%d %H:%M}Z",
            rule="must not be later than the alert",
            repair="correct one of the two, or leave --alert out for an alert at the last sighting",
        )


def _mover_faults(where: str, sighting: Sighting) -> Iterator[Fault]:
    ground = sorted(k for k, m in known_movers().items() if not isinstance(m, Aircraft))
    mover = known_movers().get(sighting.mover)
    if mover is None:
        yield no_such(f"{where}: mover", sighting.mover, "mover", ground)
        return
    if isinstance(mover, Aircraft):
        yield Fault(
            where=f"{where}: mover",
            found=f"'{sighting.mover}'",
            rule="must go on the ground",
            repair=f"use one of {', '.join(ground)}",
        )
        return
    try:
        movers_of(_alone(sighting))
    except ConfigError as e:
        for fault in e.faults:
            own = fault.where.removeprefix("plan: [assets] 1: ")
            yield dataclasses.replace(fault, where=f"{where}: {own}")
    if isinstance(mover, Vehicle) and "off_road_kmh" not in sighting.figures:
        yield Fault(
            where=f"{where}: figures",
            found="no off_road_kmh",
            rule=f"'{sighting.mover}' of a group needs it: no source gives it, and at walking pace off the "
            "roads the earliest contact would be too late",
            repair="write figures = { off_road_kmh = ... }, the fastest that is thought possible",
        )


def _alone(sighting: Sighting) -> PlanFile:
    """A plan that has nothing but the mover of a sighting."""
    asset = Asset(
        mover=sighting.mover,
        bases="all",
        notice=0.0,
        figures=sighting.figures,
        source=sighting.source,
    )
    return PlanFile(
        plan=PlanSpec(name=sighting.name, season="dry"),
        standard=Standard(response=0.0, cut_off=0.0, source=sighting.source),
        bases=[],
        assets=[asset],
    )


def mover_of(sighting: Sighting) -> Vehicle | Foot:
    """The mover of a sound sighting, with its own figures."""
    (mover,) = movers_of(_alone(sighting))
    assert not isinstance(mover, Aircraft)  # noqa: S101  (the rules above refuse it)
    return mover


def _passes_faults(where: str, sighting: Sighting, inputs: Inputs) -> Iterator[Fault]:
    areas = inputs.layers["areas"].table
    closures = areas.iloc[restrictions_on(areas, inputs.theatre.as_of).closures]
    ids = set(closures["id"].astype(str))
    for name in sighting.passes:
        if name not in ids:
            what = f"id of a closure or mined area in force on {inputs.theatre.as_of}"
            yield no_such(f"{where}: passes", name, what, ids)
