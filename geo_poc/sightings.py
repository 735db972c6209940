"""Where and when armed groups were last seen and how they move: a file of its own, as it is sensitive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from geo_poc.config import Metres, Seconds, read_toml
from geo_poc.plan import Light, Name, Troops

Mined = Literal["passes", "avoids"]
_FORBID = {"extra": "forbid"}


def moment_of(value: object) -> dt.datetime:
    """Date and time in UTC, from TOML's own kind of date and time with an offset.

    Raises
    ------
    ValueError
        If it is none, or says no offset.

    Examples
    --------
    >>> moment_of(dt.datetime(2026, 1, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=3)))).hour
    6
    """
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        message = "must be a date and time with its offset, such as 2026-01-01T06:00:00Z"
        raise ValueError(message)
    return value.astimezone(dt.UTC)


Moment = Annotated[dt.datetime, BeforeValidator(moment_of)]


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Last sighting of one armed group; its position is given in one of three ways.

    Parameters
    ----------
    name : str
        A neutral label, such as ``Group 1``.
    seen_at : date and time with its offset
    mover : str
        How it moves: a key of ``routing/movers.toml`` that goes on the ground.
    source : str
        Where all of this comes from; printed with the results.
    lon, lat : float or None
        Degrees, WGS 84.
    mgrs : str or None
    place : str or None
        Id of a camp or place.
    radius : length
        The group is anywhere within this distance of the position.
    seen_within : duration
        The sighting was at most so much before or after ``seen_at``.
    moving_h : float or None
        Hours of each 24 h in which it moves; None is not known, and then it moves without rest.
    light : "day", "night" or None
        In which light it moves. None is not known: at the earliest by day, else as the plan's conditions.
    figures : dict
        Figures of the mover as this group has them, by their name in ``movers.toml``.
    faster_ratio, slower_ratio : float
        Its speed at most and at least, over that of the figures.
    mined : "passes" or "avoids"
        Whether mined areas stop it.
    passes : list of str
        Ids of closures and mined areas that do not stop it.
    ferries : bool
        Whether it uses the ferries of the plan.
    strength : int or None
        Armed persons; printed, and used for nothing.
    """

    __pydantic_config__ = _FORBID

    name: Name
    seen_at: Moment
    mover: str
    source: str
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    mgrs: str | None = None
    place: str | None = None
    radius: Metres = 0.0
    seen_within: Seconds = 0.0
    moving_h: Annotated[float, Field(gt=0, le=24)] | None = None
    light: Light | None = None
    figures: dict[str, float | bool] = field(default_factory=dict)
    faster_ratio: Annotated[float, Field(ge=1, le=10)] = 1.0
    slower_ratio: Annotated[float, Field(gt=0, le=1)] = 1.0
    mined: Mined = "passes"
    passes: list[str] = field(default_factory=list)
    ferries: bool = True
    strength: Troops | None = None


@dataclass(frozen=True, kw_only=True)
class SightingsFile:
    """A whole file of sightings as written."""

    __pydantic_config__ = _FORBID

    sightings: Annotated[list[Sighting], Field(min_length=1)]


def read_sightings(path: Path) -> tuple[Sighting, ...]:
    """What a file of sightings says.

    Raises
    ------
    ConfigError
        If any key or value is wrong, all faults listed; or if it is a theatre or plan file.
    """
    repair = "the file with [[sightings]] comes after --sightings"
    others = {"theatre": ("a theatre file", repair), "plan": ("a plan file", repair)}
    return tuple(read_toml(path, SightingsFile, others=others).sightings)
