"""What moves, vehicles, people on foot and aircraft, and where their figures come from."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from geo_poc.errors import ConfigError, Fault

DEFAULT_TERRAIN = "shrub"
IMPASSABLE_TERRAIN = "permanent_water"
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
    """Drives on roads as cars do, and off them at the walking pace of the ground unless its own is known.

    Parameters
    ----------
    key : str
    road_kmh : mapping of str to Figure
        Speed by OSM highway class.
    surface_cap_kmh, tracktype_cap_kmh, smoothness_cap_kmh : mapping of str to Figure
        Not faster than this on a road so tagged, where the road file gives no speed; 0 is a road that
        is not driven, whatever speed the file gives.
    terrain_kmh : mapping of str to Figure
        Walking pace by land cover.
    required : tuple of str
        Figures that a plan must give: no source does, and the times would be wrong without them.
    road_cap_kmh, off_road_kmh, off_road_limit_km : Figure or None
        Highest speed on any road; own pace off roads; farthest from a road or a base.
    climb_limit_deg : Figure or None
        Steepest ground off the roads that it drives up or down, in degrees; None is unknown, and then
        slopes do not stop it.
    column_km : Figure or None
        Length of the column from first to last vehicle.
    halt_min_per_h : Figure or None
        Minutes of each hour that it stands.
    wet_time_factor, night_time_factor : Figure or None
        Times the time under way; None is unknown.
    seats : Figure or None
        Troops that one vehicle carries; None is unknown.
    turn_round_min : Figure or None
        Between two trips, at the place and at the base; None is unknown.
    """

    key: str
    road_kmh: Figures
    surface_cap_kmh: Figures
    tracktype_cap_kmh: Figures
    smoothness_cap_kmh: Figures
    terrain_kmh: Figures
    required: tuple[str, ...] = ()
    road_cap_kmh: Figure | None = None
    off_road_kmh: Figure | None = None
    off_road_limit_km: Figure | None = None
    climb_limit_deg: Figure | None = None
    column_km: Figure | None = None
    halt_min_per_h: Figure | None = None
    wet_time_factor: Figure | None = None
    night_time_factor: Figure | None = None
    seats: Figure | None = None
    turn_round_min: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Foot:
    """Walks, on roads of any class at one pace and elsewhere by land cover.

    Parameters are those of `Vehicle`, with one ``road_kmh`` for all roads.
    """

    key: str
    road_kmh: Figure
    terrain_kmh: Figures
    off_road_limit_km: Figure | None = None
    halt_min_per_h: Figure | None = None
    wet_time_factor: Figure | None = None
    night_time_factor: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Aircraft:
    """Flies there and back, or from fuel to fuel.

    Parameters
    ----------
    key : str
    cruise_kmh, range_km, seats : Figure
        The range is that of the whole flight, reserve kept.
    payload_kg, sling_payload_kg : Figure or None
        Load inside and under the hook.
    sling_speed_ratio, sling_limit_km : Figure or None
        Speed with a load under the hook over that without; farthest that such a load is taken.
    ceiling_m, hover_ceiling_m : Figure or None
        Highest ground flown to; highest that it hovers out of ground effect.
    turn_round_min, refuel_min : Figure or None
        On the ground between two lifts; at a stop for fuel.
    crew_day_h : Figure or None
        Longest day of one crew.
    landing_slope_deg : Figure or None
        Steepest ground landed on; None leaves landing unchecked.
    night : Figure or None
        1 it flies at night, 0 it does not; None is unknown.
    """

    key: str
    cruise_kmh: Figure
    range_km: Figure
    seats: Figure
    payload_kg: Figure | None = None
    sling_payload_kg: Figure | None = None
    sling_speed_ratio: Figure | None = None
    sling_limit_km: Figure | None = None
    ceiling_m: Figure | None = None
    hover_ceiling_m: Figure | None = None
    turn_round_min: Figure | None = None
    refuel_min: Figure | None = None
    crew_day_h: Figure | None = None
    landing_slope_deg: Figure | None = None
    night: Figure | None = None


Mover = Vehicle | Foot | Aircraft
_TYPES: Mapping[str, type[Mover]] = {"vehicle": Vehicle, "foot": Foot, "aircraft": Aircraft}
_NO_FIGURES = ("key", "required")
_ROADS = ("road_kmh", "surface_cap_kmh", "tracktype_cap_kmh", "smoothness_cap_kmh")
_SHARED: Mapping[str, tuple[str, ...]] = {
    "vehicle": (*_ROADS, "terrain_kmh"),
    "foot": ("terrain_kmh",),
    "aircraft": (),
}


@cache
def _catalogue() -> Mapping[str, Mover]:
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    movers: dict[str, Mover] = {}
    for kind, of_kind in _TYPES.items():
        shared = {table: content[table] for table in _SHARED[kind]}
        for key, figures in content[kind].items():
            movers[key] = TypeAdapter(of_kind).validate_python({"key": key, **shared, **figures})
    return movers


def known_movers() -> dict[str, Mover]:
    """Every mover of ``movers.toml`` by its key, with sourced figures only.

    Examples
    --------
    >>> known_movers()["mi8"].range_km.value
    465.0
    """
    return dict(_catalogue())


def kind_of(mover: Mover) -> Literal["road", "foot", "air"]:
    """``road``, ``foot`` or ``air``.

    Examples
    --------
    >>> kind_of(known_movers()["foot_patrol"])
    'foot'
    """
    match mover:
        case Vehicle():
            return "road"
        case Foot():
            return "foot"
        case Aircraft():
            return "air"


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
        elif entry.name not in _NO_FIGURES:
            figures[entry.name] = content
    return figures


def required_figures(mover: Mover) -> tuple[str, ...]:
    """Names of the figures that a plan must give for a mover.

    Examples
    --------
    >>> required_figures(known_movers()["truck_convoy"])
    ('road_cap_kmh', 'column_km')
    """
    return mover.required if isinstance(mover, Vehicle) else ()


def slowest_road(vehicle: Vehicle) -> Figure:
    """The slowest sourced road speed, taken for a road of unknown class and speed.

    Examples
    --------
    >>> slowest_road(known_movers()["wheeled_patrol"]).value
    10.0
    """
    return min(vehicle.road_kmh.values(), key=lambda figure: figure.value)
