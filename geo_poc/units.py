"""Amounts with a unit, read once at the edge: "45 min", "5 km", "40 km/h"."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

# A number and a unit, nothing to be worked out: pint would evaluate "10**10**10 m".
_AMOUNT = re.compile(
    r"\s*([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?)\s*([A-Za-z_µ]+(?:/[A-Za-z]+)?)\s*"
)
_EXAMPLES = {"s": "45 min", "m": "5 km", "km/h": "40 km/h"}


@cache
def _registry() -> UnitRegistry[Any]:
    import pint  # noqa: PLC0415  (half a second to import, needed only when a file is read)

    return pint.UnitRegistry(cache_folder=None)


def _amount(text: object, unit: str) -> float:
    import pint  # noqa: PLC0415

    wanted = f"must be text with a unit such as '{_EXAMPLES[unit]}'"
    parts = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        raise ValueError(wanted)
    try:
        return float(_registry().Quantity(float(parts[1]), parts[2]).to(unit).magnitude)
    except (
        pint.PintError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        AssertionError,
    ) as e:
        raise ValueError(wanted) from e


def duration_s(text: object) -> float:
    """Duration in seconds, read from text such as ``"45 min"`` or ``"3 h"``.

    Raises
    ------
    ValueError
        If there is no unit of time in it, or the duration is negative.

    Examples
    --------
    >>> duration_s("1.5 h")
    5400.0
    """
    return _not_negative(_amount(text, "s"))


def length_m(text: object) -> float:
    """Length in metres, read from text such as ``"5 km"``.

    Raises
    ------
    ValueError
        If there is no unit of length in it, or the length is negative.

    Examples
    --------
    >>> length_m("5 km")
    5000.0
    """
    return _not_negative(_amount(text, "m"))


def speed_kmh(text: object) -> float:
    """Speed in km/h, read from text such as ``"40 km/h"`` or ``"120 knot"``.

    Raises
    ------
    ValueError
        If there is no unit of speed in it, or the speed is negative.

    Examples
    --------
    >>> round(speed_kmh("100 knot"), 1)
    185.2
    """
    return _not_negative(_amount(text, "km/h"))


def _not_negative(amount: float) -> float:
    if not (math.isfinite(amount) and amount >= 0):
        message = "must be finite and not negative"
        raise ValueError(message)
    return amount
