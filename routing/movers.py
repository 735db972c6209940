"""The movers of a plan: sourced figures with the plan's own, notice to move, what slows a march."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault
from geo_poc.plan import Asset, Light, PlanFile, Season
from geo_poc.routing.catalogue import (
    Aircraft,
    Figure,
    Foot,
    Mover,
    Vehicle,
    figures_of,
    known_movers,
    required_figures,
)

MISSION_GRADE = "M"
_CAPS = ("surface_cap_", "tracktype_cap_", "smoothness_cap_")
_AT_MOST = {
    "sling_speed_ratio": 1,
    "crew_day_h": 24,
    "landing_slope_deg": 90,
    "climb_limit_deg": 60,
}


def movers_of(plan: PlanFile) -> tuple[Mover, ...]:
    """Movers of a plan in the order of its assets, each once, with the plan's own figures.

    Raises
    ------
    ConfigError
        If an asset names a mover or a figure that does not exist, a figure has an impossible value, a
        figure is missing that no source gives for the mover, an asset on foot has a count, or two assets
        of one mover differ in their figures. All faults are listed.
    """
    faults = [fault for n, asset in enumerate(plan.assets, 1) for fault in _faults(n, asset)]
    first: dict[str, tuple[int, Asset]] = {}
    for n, asset in enumerate(plan.assets, 1):
        k, earlier = first.setdefault(asset.mover, (n, asset))
        if earlier.figures != asset.figures:
            faults.append(
                Fault(
                    where=f"plan: [assets] {n}: figures",
                    found=f"{asset.figures}, but {earlier.figures} in [assets] {k}",
                    rule=f"all assets of the mover '{asset.mover}' must have the same figures",
                    repair="write the same figures in both",
                )
            )
    if faults:
        raise ConfigError(faults)
    return tuple(_merged(asset) for _, asset in first.values())


def crew_of(movers: Iterable[Mover]) -> Foot:
    """Who walks when a crew dismounts: the plan's first mover on foot, else the catalogue's foot patrol.

    Parameters
    ----------
    movers : iterable of Mover
        Of a plan.

    Examples
    --------
    >>> crew_of([known_movers()["mi8"]]).key
    'foot_patrol'
    """
    return next(m for m in (*movers, *known_movers().values()) if isinstance(m, Foot))


def _merged(asset: Asset) -> Mover:
    mover = known_movers()[asset.mover]
    own = {
        name: Figure(
            value=float(value),
            low=float(value),
            high=float(value),
            source=asset.source,
            grade=MISSION_GRADE,
        )
        for name, value in asset.figures.items()
    }
    changed: dict[str, object] = {}
    for entry in dataclasses.fields(mover):
        content = getattr(mover, entry.name)
        if isinstance(content, Mapping):
            stem, unit = entry.name.rsplit("_", 1)
            changed[entry.name] = {
                name: own.get(f"{stem}_{name}_{unit}", figure) for name, figure in content.items()
            }
        elif entry.name in own:
            changed[entry.name] = own[entry.name]
    return dataclasses.replace(mover, **changed)  # type: ignore[arg-type]


def _faults(n: int, asset: Asset) -> Iterable[Fault]:
    movers = known_movers()
    if asset.mover not in movers:
        yield no_such(f"plan: [assets] {n}: mover", asset.mover, "mover", movers)
        return
    if asset.count is not None and isinstance(movers[asset.mover], Foot):
        yield Fault(
            where=f"plan: [assets] {n}: count",
            found=str(asset.count),
            rule=f"must not be given for '{asset.mover}', as people on foot need no seats",
            repair="remove the key 'count'",
        )
    names = figures_of(movers[asset.mover])
    for name, value in asset.figures.items():
        where = f"plan: [assets] {n}: figures"
        if name not in names:
            yield no_such(where, name, f"figure of '{asset.mover}'", names)
        elif (rule := _broken_rule(name, value)) is not None:
            yield Fault(
                where=f"{where} {name}",
                found=repr(value),
                rule=rule,
                repair=f"correct the value of '{name}'",
            )
    yield from _missing(n, asset)


def _missing(n: int, asset: Asset) -> Iterable[Fault]:
    """Faults of the figures that only the mission can give, and a column's speed beside its length."""
    needed = required_figures(known_movers()[asset.mover])
    if "column_km" in asset.figures:
        needed = tuple(dict.fromkeys((*needed, "road_cap_kmh")))
    for name in needed:
        if name not in asset.figures:
            yield Fault(
                where=f"plan: [assets] {n}: figures",
                found=f"no {name}",
                rule=f"'{asset.mover}' needs {name}, the mission's own figure, as no source gives it",
                repair=f"write figures = {{ {name} = ... }}",
            )


def _broken_rule(name: str, value: float | bool) -> str | None:
    if (name == "night") != isinstance(value, bool):
        return "must be true or false" if name == "night" else "must be a number"
    sound, rule = (True, "") if name == "night" else _rule_of(name, value)
    return None if sound else rule


def _rule_of(name: str, value: float) -> tuple[bool, str]:
    """Whether a number keeps the rule of its figure, and the rule."""
    if name == "seats":
        return 1 <= value < math.inf, "must be 1 or more"
    if name.endswith("_factor"):
        return 1 <= value < math.inf, "must be 1 or more, as it only adds time"
    if name == "halt_min_per_h":
        return 0 <= value < 60, "must be 0 or more and below 60 minutes of each hour"
    if name.startswith(_CAPS):
        return 0 <= value < math.inf, "must be 0 (not driven) or more"
    if name in _AT_MOST:
        return 0 < value <= _AT_MOST[name], f"must be above 0 and at most {_AT_MOST[name]}"
    return 0 < value < math.inf, "must be a number above 0"


def no_such(where: str, found: str, what: str, valid: Iterable[str]) -> Fault:
    """Fault of a name that does not exist, with the nearest that does."""
    names = sorted(valid)
    near = difflib.get_close_matches(found, names, n=1, cutoff=0.5)
    repair = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(names)}"
    return Fault(where=where, found=f"'{found}'", rule=f"is no {what}", repair=repair)


def notice_s(plan: PlanFile, key: str, bases: pd.DataFrame) -> NDArray[np.float64]:
    """Notice to move of one mover at each base in seconds; nan where the base does not have it.

    Where several assets give a base the same mover, the shortest notice holds. A base of role
    ``candidate`` does not exist yet and has nothing.

    Parameters
    ----------
    plan : PlanFile
    key : str
        Of the mover.
    bases : DataFrame
        Columns ``name, aviation`` and, where there are candidates, ``role``.

    Returns
    -------
    float64 array (bases,)

    Raises
    ------
    ConfigError
        If an asset names a base that is not in the table.
    """
    notice = np.full(len(bases), np.nan)
    names = bases["name"].to_numpy(dtype=str)
    faults = []
    for n, asset in enumerate(plan.assets, 1):
        if isinstance(asset.bases, list):
            where = f"plan: [assets] {n}: bases"
            missing = [name for name in asset.bases if name not in set(names)]
            faults += [no_such(where, name, "base of this plan", set(names)) for name in missing]
        if asset.mover == key:
            notice = np.fmin(notice, np.where(_stationed(asset, bases), asset.notice, np.nan))
    if faults:
        raise ConfigError(faults)
    return np.where(bases["role"] == "candidate", np.nan, notice) if "role" in bases else notice


def _stationed(asset: Asset, bases: pd.DataFrame) -> NDArray[np.bool_]:
    if asset.bases == "all":
        return np.ones(len(bases), dtype=np.bool_)
    if asset.bases == "aviation":
        return bases["aviation"].to_numpy(dtype=np.bool_)
    return np.asarray(bases["name"].isin(asset.bases), dtype=np.bool_)


def wet_factor(mover: Vehicle | Foot, season: Season) -> float:
    """How many times longer a way takes in a season than in the dry; nan where nobody says.

    Examples
    --------
    >>> truck, walker = known_movers()["wheeled_patrol"], known_movers()["foot_patrol"]
    >>> wet_factor(truck, "wet"), wet_factor(truck, "dry"), wet_factor(walker, "wet")
    (3.0, 1.0, nan)
    """
    return _value(mover.wet_time_factor) if season == "wet" else 1.0


def night_factor(mover: Vehicle | Foot, light: Light) -> float:
    """How many times longer a way takes in a light than by day; nan where nobody says.

    Examples
    --------
    >>> truck, walker = known_movers()["wheeled_patrol"], known_movers()["foot_patrol"]
    >>> night_factor(walker, "night"), night_factor(walker, "day"), night_factor(truck, "night")
    (1.25, 1.0, nan)
    """
    return _value(mover.night_time_factor) if light == "night" else 1.0


def halt_factor(mover: Mover) -> float:
    """How many times longer a way takes with the plan's halts than without.

    ``60 / (60 - h)``, where ``h`` is the minutes of each hour that the mover stands. Without such a
    figure 1: a rate of march absorbs short halts (ATP 4-90, June 2020, C-34).

    Examples
    --------
    >>> ten = Figure(value=10, low=10, high=10, source="Small Wars Manual 6-38", grade="S")
    >>> walker = known_movers()["foot_patrol"]
    >>> halt_factor(dataclasses.replace(walker, halt_min_per_h=ten)), halt_factor(walker)
    (1.2, 1.0)
    """
    if isinstance(mover, Aircraft) or mover.halt_min_per_h is None:
        return 1.0
    return 60 / (60 - mover.halt_min_per_h.value)


def fixed_share(mover: Vehicle | Foot, light: Light) -> float:
    """What a second that neither light nor halts lengthen is of the time under way, before they do.

    Examples
    --------
    >>> fixed_share(known_movers()["foot_patrol"], "night")
    0.8
    """
    factor = night_factor(mover, light) * halt_factor(mover)
    return 1.0 if math.isnan(factor) else 1 / factor


def pass_time_s(mover: Mover) -> float:
    """Seconds from the first to the last vehicle of a column past one point, by day in the dry.

    Length of the column / its highest speed; so the least that it takes, as a slow end of the way draws
    it out. 0 for a mover without a column, nan for a column whose speed is not known.

    Examples
    --------
    >>> km, kmh = (Figure(value=v, low=v, high=v, source="SOP", grade="M") for v in (2, 30))
    >>> convoy = known_movers()["truck_convoy"]
    >>> pass_time_s(dataclasses.replace(convoy, column_km=km, road_cap_kmh=kmh))
    240.0
    >>> pass_time_s(known_movers()["wheeled_patrol"])
    0.0
    """
    if not isinstance(mover, Vehicle) or mover.column_km is None:
        return 0.0
    if mover.road_cap_kmh is None:
        return math.nan
    return mover.column_km.value / mover.road_cap_kmh.value * 3600


def _value(figure: Figure | None) -> float:
    return math.nan if figure is None else figure.value
