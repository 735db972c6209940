"""What moves: vehicles, people on foot, aircraft, and where each of their figures comes from."""

from __future__ import annotations

import dataclasses
import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import TypeAdapter

from geo_poc.errors import ConfigError, Fault
from geo_poc.plan import Asset, Conditions, PlanFile

DEFAULT_TERRAIN = "shrub"
IMPASSABLE_TERRAIN = "permanent_water"
MISSION_GRADE = "M"
_KINDS = {"vehicle": "road", "foot": "foot", "aircraft": "air"}
_FORBID = {"extra": "forbid"}
_FILE = Path(__file__).with_name("movers.toml")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure with the range its sources give, where it comes from, and how well it was read.

    Parameters
    ----------
    value, low, high : float
        In the unit that its name ends with. A yes or no is 1 or 0.
    source : str
    grade : str
        ``S`` the stating text was read, ``P`` a published formula, ``M`` the mission's own figure.

    Examples
    --------
    >>> Figure(value=4.0, low=4.0, high=4.8, source="a field guide", grade="S").high
    4.8
    """

    __pydantic_config__ = _FORBID

    value: float
    low: float
    high: float
    source: str
    grade: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ConfigError(
                Fault(
                    where=f"figure of {self.source}",
                    found=f"value {self.value}, low {self.low}, high {self.high}",
                    rule="low, value and high must be in this order",
                    repair="correct the three numbers",
                )
            )


Figures = Mapping[str, Figure]


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """Drives on roads, and off them at the walking pace of the ground unless its own is known.

    Parameters
    ----------
    key : str
    road_kmh : mapping of str to Figure
        Speed by OSM highway class.
    surface_cap_kmh : mapping of str to Figure
        Not faster than this on a surface, where the road file gives no speed.
    terrain_kmh : mapping of str to Figure
        Walking pace by land cover.
    road_cap_kmh, off_road_kmh, off_road_limit_km : Figure or None
        Highest speed on any road; own pace off roads; farthest from a road or a base.
    wet_time_factor, night_time_factor : Figure or None
        Times the time under way; None is unknown.
    """

    key: str
    road_kmh: Figures
    surface_cap_kmh: Figures
    terrain_kmh: Figures
    road_cap_kmh: Figure | None = None
    off_road_kmh: Figure | None = None
    off_road_limit_km: Figure | None = None
    wet_time_factor: Figure | None = None
    night_time_factor: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Foot:
    """Walks, on roads of any class at one pace and elsewhere by land cover.

    Parameters are those of `Vehicle`, with one ``road_kmh`` for all roads.
    """

    key: str
    road_kmh: Figure
    terrain_kmh: Figures
    off_road_limit_km: Figure | None = None
    wet_time_factor: Figure | None = None
    night_time_factor: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Aircraft:
    """Flies straight there and back.

    Parameters
    ----------
    key : str
    cruise_kmh, range_km, seats : Figure
        The range is that of the whole flight, reserve kept.
    night : Figure or None
        1 it flies at night, 0 it does not; None is unknown.
    """

    key: str
    cruise_kmh: Figure
    range_km: Figure
    seats: Figure
    night: Figure | None = None


Mover = Vehicle | Foot | Aircraft
_TYPES: Mapping[str, type[Mover]] = {"vehicle": Vehicle, "foot": Foot, "aircraft": Aircraft}


@cache
def _catalogue() -> Mapping[str, Mover]:
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    movers: dict[str, Mover] = {}
    for kind, of_kind in _TYPES.items():
        terrain = {} if of_kind is Aircraft else {"terrain_kmh": content["terrain_kmh"]}
        for key, figures in content[kind].items():
            movers[key] = TypeAdapter(of_kind).validate_python({"key": key, **terrain, **figures})
    return movers


def known_movers() -> dict[str, Mover]:
    """Every mover of ``movers.toml`` by its key, with sourced figures only.

    Examples
    --------
    >>> known_movers()["mi8"].range_km.value
    465.0
    """
    return dict(_catalogue())


def kind_of(mover: Mover) -> str:
    """``road``, ``foot`` or ``air``.

    Examples
    --------
    >>> kind_of(known_movers()["foot_patrol"])
    'foot'
    """
    return next(_KINDS[name] for name, of_kind in _TYPES.items() if isinstance(mover, of_kind))


def figures_of(mover: Mover) -> dict[str, Figure | None]:
    """Every figure of a mover under the name a plan may override it by; None where unknown.

    Examples
    --------
    >>> figures = figures_of(known_movers()["wheeled_patrol"])
    >>> figures["road_primary_kmh"].value, figures["night_time_factor"]
    (65.0, None)
    """
    figures: dict[str, Figure | None] = {}
    for entry in dataclasses.fields(mover):
        content = getattr(mover, entry.name)
        if isinstance(content, Mapping):
            stem, unit = entry.name.rsplit("_", 1)
            figures |= {f"{stem}_{name}_{unit}": figure for name, figure in content.items()}
        elif entry.name != "key":
            figures[entry.name] = content
    return figures


def movers_of(plan: PlanFile) -> tuple[Mover, ...]:
    """Movers of a plan in the order of its assets, each once, with the plan's own figures.

    Raises
    ------
    ConfigError
        If an asset names a mover or a figure that does not exist, a figure has an impossible value,
        or two assets of one mover differ in their figures. All faults are listed.
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
        yield _no_such(f"plan: [assets] {n}: mover", asset.mover, "mover", movers)
        return
    names = figures_of(movers[asset.mover])
    for name, value in asset.figures.items():
        where = f"plan: [assets] {n}: figures"
        if name not in names:
            yield _no_such(where, name, f"figure of '{asset.mover}'", names)
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
    if name.endswith("_factor"):
        return None if 1 <= value < math.inf else "must be 1 or more, as it only adds time"
    if name == "night" or 0 < value < math.inf:
        return None
    return "must be a number above 0"


def _no_such(where: str, found: str, what: str, valid: Iterable[str]) -> Fault:
    names = sorted(valid)
    near = difflib.get_close_matches(found, names, n=1, cutoff=0.5)
    repair = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(names)}"
    return Fault(where=where, found=f"'{found}'", rule=f"is no {what}", repair=repair)


def notice_s(plan: PlanFile, key: str, bases: pd.DataFrame) -> NDArray[np.float64]:
    """Notice to move of one mover at each base in seconds; nan where the base does not have it.

    Where several assets give a base the same mover, the shortest notice holds.

    Parameters
    ----------
    plan : PlanFile
    key : str
        Of the mover.
    bases : DataFrame
        Columns ``name, aviation``.

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
            faults += [_no_such(where, name, "base of this plan", set(names)) for name in missing]
        if asset.mover == key:
            notice = np.fmin(notice, np.where(_stationed(asset, bases), asset.notice, np.nan))
    if faults:
        raise ConfigError(faults)
    return notice


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


def slowest_road(vehicle: Vehicle) -> Figure:
    """The slowest sourced road speed, taken for a road of unknown class and speed.

    Examples
    --------
    >>> slowest_road(known_movers()["wheeled_patrol"]).value
    10.0
    """
    return min(vehicle.road_kmh.values(), key=lambda figure: figure.value)
