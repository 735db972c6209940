"""Every figure that the times of a plan rest on, as a table."""

from __future__ import annotations

import math
from collections.abc import Collection

import pandas as pd

from geo_poc.plan import Ferries, Force, PlanFile
from geo_poc.routing.catalogue import (
    DEFAULT_TERRAIN,
    Aircraft,
    Figure,
    Foot,
    Mover,
    Vehicle,
    figures_of,
    slowest_road,
)
from geo_poc.routing.movers import MISSION_GRADE, crew_of, movers_of
from geo_poc.routing.troops import FORCE_FIGURES, without_count, without_strength

ASSUMPTION_COLUMNS = ("what", "value", "low", "high", "source", "grade")
UNKNOWN_SOURCE = "no source gives it; give it under [[assets]] figures"
_UNITS = {
    "kmh": "km/h",
    "km": "km",
    "m": "m",
    "kg": "kg",
    "min_per_h": "min per h",
    "h": "h",
    "min": "min",
    "deg": "degrees",
    "ratio": "share of its own",
    "factor": "times as long",
}
_NEEDED = ("wet_time_factor", "night_time_factor", "night", "refuel_min", "landing_slope_deg")
_Row = dict[str, str | float]


def assumptions(plan: PlanFile, bases: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every figure that the times of a plan rest on, one row each.

    Parameters
    ----------
    plan : PlanFile
    bases : DataFrame, optional
        To name those whose strength is not known, where the plan asks for a force.

    Returns
    -------
    DataFrame
        Columns ``what, value, low, high, source, grade``; the unit stands in ``what``. A figure that
        is needed but unknown has the value nan and an empty grade: the times that rest on it are then
        unknown; without the slope that it lands on, landing is not checked.

    Raises
    ------
    ConfigError
        As `geo_poc.routing.movers.movers_of`.

    Examples
    --------
    >>> from geo_poc.plan import Asset, PlanSpec, Standard
    >>> plan = PlanFile(
    ...     plan=PlanSpec(name="a", season="dry"),
    ...     standard=Standard(response=3600.0, cut_off=86400.0, source="order 1"),
    ...     bases=[],
    ...     assets=[Asset(mover="mi8", bases="all", notice=1800.0, source="order 2")],
    ... )
    >>> table = assumptions(plan)
    >>> table["what"].tolist()[1:4]
    ['cut-off (min)', 'mi8: notice to move, bases all (min)', 'mi8: cruise (km/h)']
    >>> table["value"].tolist()[:4]
    [60.0, 1440.0, 30.0, 225.0]
    """
    movers = movers_of(plan)
    rows = [
        _own("response standard (min)", plan.standard.response / 60, plan.standard.source),
        _own("cut-off (min)", plan.standard.cut_off / 60, plan.standard.source),
    ]
    for asset in plan.assets:
        where = asset.bases if isinstance(asset.bases, str) else ", ".join(asset.bases)
        what = f"{asset.mover}: notice to move, bases {where} (min)"
        rows.append(_own(what, asset.notice / 60, asset.source))
        if asset.count is not None:
            what = f"{asset.mover}: serviceable at each base, bases {where}"
            rows.append(_own(what, asset.count, asset.source))
    needed = _NEEDED if plan.force is None else (*_NEEDED, *FORCE_FIGURES)
    if plan.force is not None:
        rows += _force_rows(plan.force) + _missing_rows(plan, bases)
    if plan.ferries is not None:
        rows += _ferry_rows(plan.ferries)
    for mover in movers:
        rows += _rows(mover, needed)
        if isinstance(mover, Vehicle):
            rows.append(_crew_row(mover, crew_of(movers)))
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))


def _force_rows(force: Force) -> list[_Row]:
    figures = {
        "force: troops asked for": force.troops,
        "force: guard at every base (troops)": force.guard,
        "force: guard at every base (share of its strength)": force.guard_ratio,
        "force: reserve at every base (troops)": force.reserve,
    }
    return [_own(what, value, force.source) for what, value in figures.items()]


def _missing_rows(plan: PlanFile, bases: pd.DataFrame | None) -> list[_Row]:
    """Counts and strengths without which the time of the force is unknown."""
    rows = [
        _unknown(f"{asset.mover}: serviceable at each base, bases {at}", "give count in [[assets]]")
        for asset, at in without_count(plan)
    ]
    names = [] if bases is None else without_strength(plan, bases)
    given = "give it in the table of bases"
    return rows + [_unknown(f"strength of {name} (troops)", given) for name in names]


def _unknown(what: str, source: str) -> _Row:
    return {
        "what": what,
        **dict.fromkeys(("value", "low", "high"), math.nan),
        "source": source,
        "grade": "",
    }


def _ferry_rows(ferries: Ferries) -> list[_Row]:
    figures = {
        "ferries: wait each time one is boarded (min)": ferries.wait / 60,
        "ferries: speed where none is published (km/h)": ferries.speed_kmh,
        "ferries: run by night": None if ferries.night is None else float(ferries.night),
    }
    return [
        _own(what, value, ferries.source) for what, value in figures.items() if value is not None
    ]


def _own(what: str, value: float, source: str) -> _Row:
    figure = Figure(value=value, low=value, high=value, source=source, grade=MISSION_GRADE)
    return _row(what, figure)


def _row(what: str, figure: Figure) -> _Row:
    return {
        "what": what,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "source": figure.source,
        "grade": figure.grade,
    }


def _rows(mover: Mover, needed: Collection[str]) -> list[_Row]:
    rows: list[_Row] = []
    for name, figure in figures_of(mover).items():
        what = f"{mover.key}: {_words(name)}"
        if figure is not None:
            rows.append(_row(what, figure))
        elif name in needed:
            rows.append(_unknown(what, UNKNOWN_SOURCE))
    return rows + _rules(mover)


def _rules(mover: Mover) -> list[_Row]:
    """What is taken where the data say nothing."""
    match mover:
        case Aircraft():
            return []
        case Vehicle():
            slowest = slowest_road(mover)
            where = "road of unknown class and speed (km/h)"
            rule = _row(f"{mover.key}: {where}", slowest)
            return [rule, _ground_rule(mover)]
        case Foot():
            return [_ground_rule(mover)]


def _crew_row(vehicle: Vehicle, crew: Foot) -> _Row:
    """How much longer the crew takes on foot in the rains, where it walks because it is quicker so."""
    what = f"{vehicle.key}: its crew on foot, in the rains (times as long)"
    factor = crew.wet_time_factor
    if factor is not None:
        return _row(what, factor)
    source = f"not known, so that its own pace counts; give wet_time_factor to {crew.key}"
    return _unknown(what, source)


def _ground_rule(mover: Vehicle | Foot) -> _Row:
    figure = mover.terrain_kmh[DEFAULT_TERRAIN]
    return _row(f"{mover.key}: ground of unknown land cover, as {DEFAULT_TERRAIN} (km/h)", figure)


def _words(name: str) -> str:
    """``road_primary_kmh`` as ``road primary (km/h)``."""
    for ending, unit in _UNITS.items():
        if name.endswith(f"_{ending}"):
            return f"{name.removesuffix(f'_{ending}').replace('_', ' ')} ({unit})"
    return name.replace("_", " ")
