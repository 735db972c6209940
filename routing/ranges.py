"""Movers and plans at the quick and at the slow end of the ranges that their sources give."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from geo_poc.plan import PlanFile
from geo_poc.routing.catalogue import Aircraft, Figure, Foot, Vehicle, figures_of, known_movers

_Moving = TypeVar("_Moving", bound=Vehicle | Foot | Aircraft)
_SLOWING = ("_factor", "halt_min_per_h", "turn_round_min", "refuel_min", "column_km")


def end_of(name: str, figure: Figure, *, quick: bool) -> float:
    """The end of a figure's range at which its mover is quicker, or slower.

    Parameters
    ----------
    name : str
        Of the figure in ``movers.toml``: factors, halts and what is spent on the ground slow a mover.
    figure : Figure
    quick : bool

    Examples
    --------
    >>> figure = Figure(value=1.25, low=1.0, high=2.0, source="a guide", grade="S")
    >>> end_of("night_time_factor", figure, quick=True), end_of("cruise_kmh", figure, quick=True)
    (1.0, 2.0)
    """
    return figure.low if quick == name.endswith(_SLOWING) else figure.high


def at_end(mover: _Moving, *, quick: bool) -> _Moving:
    """A mover with every figure at the quick or at the slow end of its range.

    Parameters
    ----------
    mover : Vehicle, Foot or Aircraft
    quick : bool

    Examples
    --------
    >>> truck = known_movers()["wheeled_patrol"]
    >>> [at_end(truck, quick=q).road_kmh["track"].value for q in (True, False)]
    [45.0, 15.0]
    """
    changed: dict[str, object] = {}
    for entry in dataclasses.fields(mover):
        content = getattr(mover, entry.name)
        if isinstance(content, Mapping):
            changed[entry.name] = {
                key: _fixed(figure, end_of(entry.name, figure, quick=quick))
                for key, figure in content.items()
            }
        elif isinstance(content, Figure):
            changed[entry.name] = _fixed(content, end_of(entry.name, content, quick=quick))
    return dataclasses.replace(mover, **changed)  # type: ignore[arg-type]


def _fixed(figure: Figure, value: float) -> Figure:
    return dataclasses.replace(figure, value=value, low=value, high=value)


def plan_at_end(plan: PlanFile, *, quick: bool) -> PlanFile:
    """A plan whose movers have every figure at an end of its range; the plan's own figures stay.

    Parameters
    ----------
    plan : PlanFile
        Sound, as of `geo_poc.routing.movers.movers_of`.
    quick : bool

    Examples
    --------
    >>> from geo_poc.plan import Asset, PlanSpec, Standard
    >>> plan = PlanFile(
    ...     plan=PlanSpec(name="A", season="dry"), bases=[],
    ...     standard=Standard(response=3600.0, cut_off=7200.0, source="order 1"),
    ...     assets=[Asset(mover="foot_patrol", bases="all", notice=0.0, source="order 1")],
    ... )
    >>> [plan_at_end(plan, quick=q).assets[0].figures for q in (True, False)]
    [{'night_time_factor': 1.25}, {'night_time_factor': 2.0}]
    """
    assets = []
    for asset in plan.assets:
        sourced = figures_of(known_movers()[asset.mover])
        ends: dict[str, float | bool] = {
            name: end_of(name, figure, quick=quick)
            for name, figure in sourced.items()
            if figure is not None and figure.low < figure.high
        }
        assets.append(dataclasses.replace(asset, figures=ends | asset.figures))
    return dataclasses.replace(plan, assets=assets)


def some_range(plan: PlanFile) -> bool:
    """Whether any figure of a plan's movers has a range, so that its ends differ."""
    return plan_at_end(plan, quick=True) != plan_at_end(plan, quick=False)
