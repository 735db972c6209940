"""Who can be sent: the troops of each base, and what carries them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.plan import Asset, Force, PlanFile, Tier
from geo_poc.routing.catalogue import Aircraft, Figure, Foot, Mover, figures_of
from geo_poc.routing.lifts import Shuttle
from geo_poc.routing.movers import movers_of, notice_s

FORCE_FIGURES = ("seats", "turn_round_min", "crew_day_h", "refuel_min")
_TIME_FIGURES = ("wet_time_factor", "night_time_factor", "night")
# Shares such as 0.1 are not exact in binary: 0.1 of 30 must stay 3 troops.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Carrier:
    """One asset of a plan as it brings troops.

    Parameters
    ----------
    mover : str
    tier : str
    notice_s : float64 array (bases,)
        ``nan`` where it is not stationed.
    capacity : float
        Troops in one lift from one base; ``inf`` on foot, ``nan`` unknown.
    shuttle : Shuttle
        For the lifts after the first; on foot there is none.
    """

    mover: str
    tier: Tier
    notice_s: NDArray[np.float64]
    capacity: float
    shuttle: Shuttle


def troops_to_send(force: Force | None, strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Troops that each base can send: strength less guard and reserve, never below 0.

    ``strength - max(guard, guard_ratio strength) - reserve``, the share rounded up and the strength
    down to whole troops.

    Parameters
    ----------
    force : Force or None
        Without it nothing is known about the guard.
    strength : float64 array (bases,)
        ``nan`` unknown.

    Returns
    -------
    float64 array (bases,)
        ``nan`` where it is unknown.

    Examples
    --------
    >>> force = Force(troops=120, guard=40, guard_ratio=0.25, reserve=10, source="order 1")
    >>> troops_to_send(force, np.array([100.0, 200.0, 30.0, np.nan])).tolist()
    [50.0, 140.0, 0.0, nan]
    """
    if force is None:
        return np.full(strength.shape, np.nan)
    guard = np.maximum(force.guard, np.ceil(force.guard_ratio * strength - _ROUNDING))
    return np.asarray(np.maximum(np.floor(strength) - guard - force.reserve, 0.0))


def carriers_of(plan: PlanFile, bases: pd.DataFrame) -> tuple[Carrier, ...]:
    """Carriers of a plan in the order of its assets.

    Parameters
    ----------
    plan : PlanFile
    bases : DataFrame
        Columns ``name, aviation`` and, where there are candidates, ``role``.

    Raises
    ------
    ConfigError
        As `geo_poc.routing.movers.movers_of` and `geo_poc.routing.movers.notice_s`.
    """
    movers = {mover.key: mover for mover in movers_of(plan)}
    return tuple(_carrier(plan, asset, movers[asset.mover], bases) for asset in plan.assets)


def without_strength(plan: PlanFile, bases: pd.DataFrame) -> list[str]:
    """Names of the bases that have an asset and whose strength is not known.

    Parameters
    ----------
    plan : PlanFile
    bases : DataFrame
        Columns ``name, aviation, strength`` and, where there are candidates, ``role``.
    """
    notices = [_own_notice_s(plan, asset, bases) for asset in plan.assets]
    stationed = np.isfinite(np.asarray(notices)).any(axis=0)
    unknown = np.isnan(bases["strength"].to_numpy(dtype=np.float64))
    return [str(name) for name in bases["name"][stationed & unknown]]


def missing_figures(plan: PlanFile, bases: pd.DataFrame) -> list[str]:
    """Figures that nobody gives and on which times hang, each with the mover or the bases that lack it.

    Parameters
    ----------
    plan : PlanFile
    bases : DataFrame
        As of :func:`without_strength`.

    Returns
    -------
    list of str
        Such as ``seats of wheeled_patrol`` or ``strength of Alfa``. Figures of the force are in it only
        if the plan asks for one.
    """
    names = _TIME_FIGURES if plan.force is None else (*_TIME_FIGURES, *FORCE_FIGURES)
    movers = movers_of(plan)
    missing = [
        f"{name} of {mover.key}"
        for mover in movers
        for name, figure in figures_of(mover).items()
        if figure is None and name in names
    ]
    if plan.force is None:
        return missing
    missing += [f"count of {asset.mover}, bases {at}" for asset, at in without_count(plan)]
    names_without = without_strength(plan, bases)
    return missing + ([f"strength of {', '.join(names_without)}"] if names_without else [])


def without_count(plan: PlanFile) -> list[tuple[Asset, str]]:
    """Assets of which nobody says how many there are, with the bases that have them."""
    on_foot = {mover.key for mover in movers_of(plan) if isinstance(mover, Foot)}
    return [
        (asset, asset.bases if isinstance(asset.bases, str) else ", ".join(asset.bases))
        for asset in plan.assets
        if asset.count is None and asset.mover not in on_foot
    ]


def _carrier(plan: PlanFile, asset: Asset, mover: Mover, bases: pd.DataFrame) -> Carrier:
    return Carrier(
        mover=asset.mover,
        tier=asset.tier,
        notice_s=_own_notice_s(plan, asset, bases),
        capacity=_capacity(asset, mover),
        shuttle=shuttle_of(mover),
    )


def _own_notice_s(plan: PlanFile, asset: Asset, bases: pd.DataFrame) -> NDArray[np.float64]:
    """Notice of one asset alone, whatever others the base has of the same mover."""
    alone = PlanFile(plan=plan.plan, standard=plan.standard, bases=plan.bases, assets=[asset])
    return notice_s(alone, asset.mover, bases)


def _capacity(asset: Asset, mover: Mover) -> float:
    if isinstance(mover, Foot):
        return math.inf
    if asset.count == 0:
        return 0.0
    seats = math.nan if mover.seats is None else float(math.floor(mover.seats.value))
    return seats * (math.nan if asset.count is None else asset.count)


def shuttle_of(mover: Mover) -> Shuttle:
    """What a mover's further lifts cost; a figure that nobody gives is ``nan``.

    Drivers have no crew day and vehicles no tank here: no source and no key gives them.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> round(shuttle_of(known_movers()["mi8"]).tank_s)
    7440
    """
    figures = figures_of(mover)
    turn_round_s = _in_seconds(figures.get("turn_round_min"), 60.0)
    if not isinstance(mover, Aircraft):
        return Shuttle(turn_round_s=turn_round_s)
    return Shuttle(
        turn_round_s=turn_round_s,
        refuel_s=_in_seconds(figures.get("refuel_min"), 60.0),
        tank_s=mover.range_km.value / mover.cruise_kmh.value * 3600.0,
        crew_day_s=_in_seconds(figures.get("crew_day_h"), 3600.0),
    )


def _in_seconds(figure: Figure | None, unit_s: float) -> float:
    return math.nan if figure is None else figure.value * unit_s
