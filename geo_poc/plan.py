"""One laydown of bases: where they are, what they have, and the standard they are held to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from geo_poc.config import Seconds, read_toml
from geo_poc.theatre_file import Source, require_paths

Season = Literal["dry", "wet"]
Light = Literal["day", "night"]
Tier = Literal["unit", "sector_qrf", "force_reserve", "over_the_horizon"]
Troops = Annotated[int, Field(ge=0, strict=True)]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Days = Annotated[int, Field(ge=1, strict=True)]
Name = Annotated[str, Field(min_length=1)]
_FORBID = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What an answer is conditional on: the season and the light.

    Examples
    --------
    >>> str(Conditions(season="wet", light="night"))
    'wet_night'
    """

    season: Season
    light: Light

    def __str__(self) -> str:
        return f"{self.season}_{self.light}"


SEASONS: tuple[Season, ...] = ("dry", "wet")
LIGHTS: tuple[Light, ...] = ("day", "night")
ALL_CONDITIONS = tuple(
    Conditions(season=season, light=light) for season in SEASONS for light in LIGHTS
)


@dataclass(frozen=True, kw_only=True)
class Standard:
    """The response time a place must be reached in, and the time past which nothing is computed.

    Both are the mission's own figures; no published source gives them, so neither has a default. The
    cut-off must not be shorter than the standard, or places reached in time would count as not reached.
    """

    __pydantic_config__ = _FORBID

    response: Seconds
    cut_off: Seconds
    source: str

    def __post_init__(self) -> None:
        if self.cut_off < self.response:
            message = "must have a cut_off that is not shorter than response"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Force:
    """Section ``[force]``: the troops that are asked for, and those that no base sends.

    All are the mission's own figures; no published source gives them, so troops and guard have no
    default. What a base can send is its strength less its guard, the larger of ``guard`` and
    ``guard_ratio`` of the strength, and less its reserve.

    Parameters
    ----------
    troops : int
        The k of "time of k troops".
    guard : int
        Troops that stay at every base. 0 is written, never assumed.
    source : str
        Where the figures come from; printed with the results.
    guard_ratio : float
        Share of its strength that stays, if that is more.
    reserve : int
        Troops kept back at every base beside the guard.
    """

    __pydantic_config__ = _FORBID

    troops: Annotated[int, Field(ge=1, strict=True)]
    guard: Troops
    source: str
    guard_ratio: Share = 0.0
    reserve: Troops = 0


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A mover stationed at bases.

    Parameters
    ----------
    mover : str
        A key of ``routing/movers.toml``.
    bases : "all", "aviation", or list of base names
        Who has it; ``aviation`` means every base whose aviation flag is set.
    notice : duration
        Notice to move, from the alert to leaving the gate. The mission's own figure.
    figures : dict
        Figures of the mover that this mission knows better, by their name in ``movers.toml``.
    source : str
        Where notice, count and figures come from; printed with the results.
    count : int or None
        Vehicles or aircraft that can move, at each of its bases. None is unknown, and then so is the
        number of troops that they bring. People on foot need none.
    tier : "unit", "sector_qrf", "force_reserve" or "over_the_horizon"
        Who that is; a label only, as it is the notice that differs.
    """

    __pydantic_config__ = _FORBID

    mover: str
    bases: Literal["all", "aviation"] | list[str]
    notice: Seconds
    source: str
    figures: dict[str, float | bool] = field(default_factory=dict)
    count: Troops | None = None
    tier: Tier = "unit"


@dataclass(frozen=True, kw_only=True)
class Patrol:
    """A kind of patrol. Its length is the mission's own figure; no published source gives one.

    Parameters
    ----------
    name : str
    mover : str
        A mover of the plan that goes on the ground.
    on_the_spot : duration
        Spent at the farthest point, out of the length.
    light : "day" or "night"
        In which it moves.
    source : str
        Where its figures come from; printed with the results.
    length : duration or None
        From leaving the base to being back; None for a patrol of several days.
    days : int or None
        Of a patrol that halts by night: its length is then the hours that it moves on all its days.
    moving_h : float or None
        Hours of each day in which it moves; None is from first to last light at its base.
    bases : list of str or None
        Ids of the bases that send it; None is all that have the mover, mobile ones included.
    """

    __pydantic_config__ = _FORBID

    name: Name
    mover: str
    on_the_spot: Seconds
    light: Light
    source: str
    length: Annotated[Seconds, Field(gt=0)] | None = None
    days: Days | None = None
    moving_h: Annotated[float, Field(gt=0, le=24, strict=True)] | None = None
    bases: Annotated[list[str], Field(min_length=1)] | None = None


@dataclass(frozen=True, kw_only=True)
class MobileBase:
    """A place from which patrols start anew for some days; its position is given in one of three ways.

    Parameters
    ----------
    name : str
        Also its id.
    parent : str
        Id of the base that it is sent from; ``from`` in the file.
    movers : list of str
        What it takes along, of what its parent has.
    days : int
        How long it stays; longer patrols do not start there.
    lon, lat : float or None
        Degrees, WGS 84.
    mgrs : str or None
    place : str or None
        Id of a camp or place.
    """

    __pydantic_config__ = _FORBID

    name: Name
    parent: Annotated[str, Field(alias="from")]
    movers: Annotated[list[str], Field(min_length=1)]
    days: Days
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    mgrs: str | None = None
    place: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanSpec:
    """Section ``[plan]``: its name and the case that is shown first."""

    __pydantic_config__ = _FORBID

    name: str
    season: Season
    light: Light = "day"


@dataclass(frozen=True, kw_only=True)
class Ferries:
    """Section ``[ferries]``: how ferries are used; without it nobody uses one.

    All are the mission's own figures: a timetable is a fact about a place.

    Parameters
    ----------
    wait : duration
        Each time a ferry is boarded, loading included.
    source : str
        Where the figures come from; printed with the results.
    speed_kmh : float or None
        Of ferries whose speed or crossing time is not published. None is unknown: they carry nobody.
    night : bool or None
        Whether they run by night. None is unknown, and then nobody counts on it.
    """

    __pydantic_config__ = _FORBID

    wait: Seconds
    source: str
    speed_kmh: Annotated[float, Field(gt=0, strict=True)] | None = None
    night: bool | None = None

    def run_by(self, light: Light) -> bool:
        """Whether they are known to run by day, or by night."""
        return light == "day" or self.night is True


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """A whole plan file as written; without ``force`` there is no time of k troops."""

    __pydantic_config__ = _FORBID

    plan: PlanSpec
    standard: Standard
    bases: Annotated[list[Source], Field(min_length=1)]
    assets: Annotated[list[Asset], Field(min_length=1)]
    force: Force | None = None
    patrols: list[Patrol] = field(default_factory=list)
    mobile_bases: list[MobileBase] = field(default_factory=list)
    ferries: Ferries | None = None

    @property
    def conditions(self) -> Conditions:
        """The case that is shown first."""
        return Conditions(season=self.plan.season, light=self.plan.light)


def read_plan_file(path: Path) -> PlanFile:
    """What a plan file says.

    Raises
    ------
    ConfigError
        If any key or value is wrong, all faults listed; or if it is a theatre file.
    """
    swapped = "the theatre file comes first, the plan file after --plan"
    file = read_toml(path, PlanFile, others={"theatre": ("a theatre file", swapped)})
    require_paths(path, {"bases": file.bases})
    return file
