"""The movers of a plan: sourced figures with the plan's own, notice to move, assumptions."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault
from geo_poc.plan import Asset, Conditions, Force, PlanFile
from geo_poc.routing.catalogue import (
    DEFAULT_TERRAIN,
    Aircraft,
    Figure,
    Foot,
    Mover,
    Vehicle,
    figures_of,
    known_movers,
    slowest_road,
)

ASSUMPTION_COLUMNS = ("what", "value", "low", "high", "source", "grade")
UNKNOWN_SOURCE = "no source gives it; give it under [[assets]] figures"
MISSION_GRADE = "M"
_UNITS = {"kmh": "km/h", "km": "km", "factor": "times as long", "min": "min"}
_NEEDED = ("wet_time_factor", "night_time_factor", "night")
_Row = dict[str, str | float]


def movers_of(plan: PlanFile) -> tuple[Mover, ...]:
    """Movers of a plan in the order of its assets, each once, with the plan's own figures.

    Raises
    ------
    ConfigError
        If an asset names a mover or a figure that does not exist, a figure has an impossible value, an
        asset on foot has a count, or two assets of one mover differ in their figures. All faults are
        listed.
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


def _broken_rule(name: str, value: float | bool) -> str | None:
    if (name == "night") != isinstance(value, bool):
        return "must be true or false" if name == "night" else "must be a number"
    if name == "seats":
        return None if 1 <= value < math.inf else "must be 1 or more"
    if name.endswith("_factor"):
        return None if 1 <= value < math.inf else "must be 1 or more, as it only adds time"
    if name == "night" or 0 < value < math.inf:
        return None
    return "must be a number above 0"


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


def time_factor(mover: Vehicle | Foot, conditions: Conditions) -> float:
    """How many times longer a way takes than on a dry day; nan where no source and no plan says.

    Examples
    --------
    >>> walker = known_movers()["foot_patrol"]
    >>> time_factor(walker, Conditions(season="dry", light="night"))
    1.25
    >>> time_factor(walker, Conditions(season="wet", light="day"))
    nan
    """
    wet = _value(mover.wet_time_factor) if conditions.season == "wet" else 1.0
    night = _value(mover.night_time_factor) if conditions.light == "night" else 1.0
    return wet * night


def _value(figure: Figure | None) -> float:
    return math.nan if figure is None else figure.value


def assumptions(plan: PlanFile) -> pd.DataFrame:
    """Every figure that the times of a plan rest on, one row each.

    Parameters
    ----------
    plan : PlanFile

    Returns
    -------
    DataFrame
        Columns ``what, value, low, high, source, grade``; the unit stands in ``what``. A figure that
        is needed but unknown has the value nan and an empty grade: the times of its season or light
        are then unknown.

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
    if plan.force is not None:
        rows += _force_rows(plan.force)
    for mover in movers:
        rows += _rows(mover)
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))


def _force_rows(force: Force) -> list[_Row]:
    figures = {
        "force: troops asked for": force.troops,
        "force: guard at every base (troops)": force.guard,
        "force: guard at every base (share of its strength)": force.guard_ratio,
        "force: reserve at every base (troops)": force.reserve,
    }
    return [_own(what, value, force.source) for what, value in figures.items()]


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


def _rows(mover: Mover) -> list[_Row]:
    rows: list[_Row] = []
    for name, figure in figures_of(mover).items():
        what = f"{mover.key}: {_words(name)}"
        if figure is not None:
            rows.append(_row(what, figure))
        elif name in _NEEDED:
            unknown = dict.fromkeys(("value", "low", "high"), math.nan)
            rows.append({"what": what, **unknown, "source": UNKNOWN_SOURCE, "grade": ""})
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


def _ground_rule(mover: Vehicle | Foot) -> _Row:
    figure = mover.terrain_kmh[DEFAULT_TERRAIN]
    return _row(f"{mover.key}: ground of unknown land cover, as {DEFAULT_TERRAIN} (km/h)", figure)


def _words(name: str) -> str:
    """``road_primary_kmh`` as ``road primary (km/h)``."""
    stem, _, unit = name.rpartition("_")
    if unit not in _UNITS:
        return name.replace("_", " ")
    return f"{stem.replace('_', ' ')} ({_UNITS[unit]})"
