"""What a fictional theatre is made from: sizes, counts and one seed."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np

from geo_poc.errors import ConfigError, Fault


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Sizes and counts of a fictional theatre.

    The country lies in the open Atlantic, so that no real place is meant. Two recipes that are equal
    give the same files; another seed gives another country.

    Parameters
    ----------
    seed : int
        Of every random choice.
    size_km, cell_m : float
        Width and height of the country in km, and the side of a raster cell in metres.
    settlements, camps, bases : int
        How many of each.
    years : int
        Length of the incident record, which ends the day before ``as_of``.
    events_per_year : float
        Expected incidents a year, first generation and followers together.
    as_of : date
        The day for which the theatre is made.
    lon, lat : float
        Centre in degrees.

    Raises
    ------
    ConfigError
        If a figure cannot give a country; all faults are listed.

    Examples
    --------
    >>> Recipe(size_km=60, cell_m=2000, settlements=8, camps=3, bases=3, years=1).days
    365
    >>> Recipe(size_km=-1)
    Traceback (most recent call last):
    ...
    geo_poc.errors.ConfigError: recipe: size_km: must be from 40 to 2000. Found: -1. Repair: ...
    """

    seed: int = 7
    size_km: float = 300.0
    cell_m: float = 1000.0
    settlements: int = 60
    camps: int = 14
    bases: int = 9
    years: int = 3
    events_per_year: float = 240.0
    as_of: dt.date = dt.date(2026, 1, 1)
    lon: float = -22.0
    lat: float = 4.0

    def __post_init__(self) -> None:
        size_km = min(max(self.size_km, 40), 2000)
        cells = (size_km * 1000 / max(self.cell_m, 1)) ** 2
        limits = {
            "seed": (0, 2**63 - 1),
            "size_km": (40, 2000),
            "cell_m": (size_km / 4, size_km * 1000 / 20),
            "settlements": (6, max(6, cells // 20)),
            "camps": (1, 5000),
            "bases": (1, max(1, self.settlements - max(1, self.settlements // 12))),
            "years": (1, 50),
            "events_per_year": (1, 10_000_000),
            "lon": (-160, 160),
            "lat": (-60, 60),
        }
        faults = [
            Fault(
                where=f"recipe: {name}",
                found=f"{getattr(self, name)}",
                rule=f"must be from {low:g} to {high:g}",
                repair=f"give {name} within these limits",
            )
            for name, (low, high) in limits.items()
            if not low <= getattr(self, name) <= high
        ]
        if faults:
            raise ConfigError(faults)

    @property
    def size_m(self) -> float:
        """Width and height of the country in metres."""
        return self.size_km * 1000.0

    @property
    def start(self) -> dt.date:
        """First day of the incident record."""
        leap_day = (self.as_of.month, self.as_of.day) == (2, 29)
        day = 28 if leap_day else self.as_of.day
        return self.as_of.replace(year=self.as_of.year - self.years, day=day)

    @property
    def days(self) -> int:
        """Days of the incident record."""
        return (self.as_of - self.start).days

    @property
    def label(self) -> str:
        """How every file names its source."""
        return f"fictional, geo-poc generator seed {self.seed}"

    def rng(self, part: str) -> np.random.Generator:
        """Random numbers of one part, so that a change in one part leaves the others as they are.

        Examples
        --------
        >>> recipe = Recipe()
        >>> recipe.rng("terrain").random() == recipe.rng("terrain").random()
        True
        """
        return np.random.default_rng([self.seed, zlib.crc32(part.encode())])
