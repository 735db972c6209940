"""Patrols asked for on the command line, where a plan has none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs
from geo_poc.patrol_rules import ground_movers, patrol_doubts, patrol_faults, site_faults
from geo_poc.plan import Light, Patrol, PlanFile, Season
from geo_poc.routing.catalogue import Foot
from geo_poc.units import duration_s

_OPTIONS = "options of the command"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Patrols asked for on the command line, where the plan has none.

    Parameters
    ----------
    foot, vehicle : str or None
        Lengths with a unit, such as ``4 h``: of every mover on foot, by day and by night; of every vehicle,
        by day.
    vehicle_days : int or None
        Days of every vehicle, with halts by night.
    on_the_spot : str or None
        Time with a unit.
    season : "dry", "wet" or None
        None is the plan's own.
    """

    foot: str | None = None
    vehicle: str | None = None
    vehicle_days: int | None = None
    on_the_spot: str | None = None
    season: Season | None = None


def plan_with_patrols(inputs: Inputs, asked: Asked) -> tuple[PlanFile, tuple[Fault, ...]]:
    """The plan in the season asked for, with the patrols of the options where it has none.

    Parameters
    ----------
    inputs : Inputs
    asked : Asked

    Returns
    -------
    PlanFile, tuple of Fault
        And the warnings of the inputs, as far as patrols are concerned for this season and these options.

    Raises
    ------
    ConfigError
        If there are no patrols, or options beside patrols of the plan, or the options break a rule.
    """
    plan = inputs.plan
    if asked.season is not None:
        season = dataclasses.replace(plan.plan, season=asked.season)
        plan = dataclasses.replace(plan, plan=season)
    options = [asked.foot, asked.vehicle, asked.vehicle_days, asked.on_the_spot]
    given = any(option is not None for option in options)
    if bool(plan.patrols) == given:
        raise ConfigError(_twice() if given else _no_patrols())
    if given:
        plan = dataclasses.replace(plan, patrols=_of_options(plan, asked))
        faults = [*patrol_faults(plan), *site_faults(plan, inputs.layers, inputs.theatre)]
        if faults:
            raise ConfigError(faults)
    in_its_season = patrol_doubts(inputs.plan)
    others = [warning for warning in inputs.warnings if warning not in in_its_season]
    return plan, (*others, *patrol_doubts(plan))


def _no_patrols() -> Fault:
    return Fault(
        where="patrols: plan",
        found="no [[patrols]]",
        rule="the length of a patrol is the mission's own figure, and no source gives one",
        repair='add [[patrols]] to the plan, or give --foot "4 h", --vehicle "10 h" or --vehicle-days 3 '
        'with --on-the-spot "30 min"',
    )


def _twice() -> Fault:
    return Fault(
        where="patrols: options",
        found="lengths as options, and [[patrols]] in the plan",
        rule="are for plans without [[patrols]]",
        repair="leave the options out, or write the patrol into the plan",
    )


def _of_options(plan: PlanFile, asked: Asked) -> list[Patrol]:
    faults: list[Fault] = []
    spot_s = _seconds("--on-the-spot", asked.on_the_spot, faults)
    foot_s = _seconds("--foot", asked.foot, faults)
    vehicle_s = _seconds("--vehicle", asked.vehicle, faults)
    if asked.on_the_spot is None:
        faults.append(_option_fault("--on-the-spot", "nothing", "is required with a length"))
    if asked.vehicle_days is not None and asked.vehicle_days < 1:
        faults.append(_option_fault("--vehicle-days", str(asked.vehicle_days), "must be 1 or more"))
    found: list[Patrol] = []
    for key, mover in ground_movers(plan).items():
        if isinstance(mover, Foot):
            found += _of_length(key, foot_s, spot_s, ("day", "night"))
        else:
            found += _of_length(key, vehicle_s, spot_s, ("day",))
            found += _of_days(key, asked.vehicle_days, spot_s)
    if not found and not faults:
        rule = "must give the length of a patrol, for a mover of the plan"
        faults.append(_option_fault("options", "no length of such a mover", rule))
    if faults:
        raise ConfigError(faults)
    return found


def _of_length(
    key: str, length_s: float | None, spot_s: float | None, lights: Sequence[Light]
) -> list[Patrol]:
    if length_s is None or spot_s is None:
        return []
    return [
        Patrol(
            name=f"{key} by {light}",
            mover=key,
            length=length_s,
            on_the_spot=spot_s,
            light=light,
            source=_OPTIONS,
        )
        for light in lights
    ]


def _of_days(key: str, days: int | None, spot_s: float | None) -> list[Patrol]:
    if days is None or spot_s is None:
        return []
    return [
        Patrol(
            name=f"{key} {days} days",
            mover=key,
            days=days,
            on_the_spot=spot_s,
            light="day",
            source=_OPTIONS,
        )
    ]


def _seconds(option: str, given: str | None, faults: list[Fault]) -> float | None:
    if given is None:
        return None
    try:
        seconds = duration_s(given)
    except ValueError as e:
        faults.append(_option_fault(option, f"'{given}'", str(e)))
        return None
    return seconds


def _option_fault(option: str, found: str, rule: str) -> Fault:
    return Fault(
        where=f"patrols: {option}",
        found=found,
        rule=rule,
        repair='give such as --foot "4 h" --on-the-spot "30 min"',
    )
