"""One laydown of bases: where they are, what they have, and the standard they are held to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from geo_poc.config import Seconds, read_toml
from geo_poc.theatre_file import Source

Season = Literal["dry", "wet"]
Light = Literal["day", "night"]
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
        Where notice and figures come from; printed with the results.
    """

    __pydantic_config__ = _FORBID

    mover: str
    bases: Literal["all", "aviation"] | list[str]
    notice: Seconds
    source: str
    figures: dict[str, float | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PlanSpec:
    """Section ``[plan]``: its name and the case that is shown first."""

    __pydantic_config__ = _FORBID

    name: str
    season: Season
    light: Light = "day"


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """A whole plan file as written."""

    __pydantic_config__ = _FORBID

    plan: PlanSpec
    standard: Standard
    bases: Annotated[list[Source], Field(min_length=1)]
    assets: Annotated[list[Asset], Field(min_length=1)]

    @property
    def conditions(self) -> Conditions:
        """The case that is shown first."""
        return Conditions(season=self.plan.season, light=self.plan.light)


def read_plan_file(path: Path) -> PlanFile:
    """What a plan file says.

    Raises
    ------
    ConfigError
        If any key or value is wrong; all faults are listed.
    """
    return read_toml(path, PlanFile)
