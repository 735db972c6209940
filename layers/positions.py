"""Positions in the military grid (MGRS), read strictly and written with spaces."""

from __future__ import annotations

import re
import warnings
from functools import cache

import mgrs
import numpy as np
from mgrs.core import MGRSError
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from geo_poc.grid import WGS84

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_REFERENCE = re.compile(
    r"([0-9]{1,2})\s*([A-Z])\s*([A-Z])\s*([A-Z])\s*(?:([0-9]*)|([0-9]+)\s+([0-9][0-9\s]*))"
)
_POLAR = re.compile(r"[ABYZ]\s*[A-Z]{2}[0-9\s]*")
_COLUMN_LETTERS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_ROW_LETTERS = "ABCDEFGHJKLMNPQRSTUV"
_SOUTH, _NORTH = -80.0, 84.0


def mgrs_of(lon: ArrayLike, lat: ArrayLike, figures: int = 8) -> list[str]:
    """Grid reference of each position, as ``36N UK 1234 5678``.

    Parameters
    ----------
    lon, lat : array-like of float (n,)
        Degrees, WGS 84. ``nan`` and positions nearer the poles than 80 S and 84 N give ``""``: the
        grid of zones ends there.
    figures : int
        Digits of the reference: 2 (10 km), 4 (1 km), 6 (100 m), 8 (10 m), 10 (1 m).

    Raises
    ------
    ValueError
        If ``figures`` is none of these.

    Examples
    --------
    >>> mgrs_of([31.6], [4.85]), mgrs_of([31.6], [4.85], figures=4)
    (['36N UL 4475 3624'], ['36N UL 44 36'])
    """
    if figures not in (2, 4, 6, 8, 10):
        message = f"figures must be 2, 4, 6, 8 or 10, not {figures}"
        raise ValueError(message)
    converter, digits = mgrs.MGRS(), figures // 2
    lons = np.atleast_1d(np.asarray(lon, dtype=float))
    lats = np.atleast_1d(np.asarray(lat, dtype=float))
    return [
        _spaced(converter.toMGRS(y, x, MGRSPrecision=digits), digits) if _on_grid(x, y) else ""
        for x, y in zip(lons.tolist(), lats.tolist(), strict=True)
    ]


def lonlat_of(text: str) -> tuple[float, float]:
    """Longitude and latitude in degrees of the middle of the square that a grid reference names.

    Spaces and case do not matter; anything else that is not a grid reference is refused, because the
    library underneath takes it for some other place without a word.

    Parameters
    ----------
    text : str
        Zone, band, 100 km square and 2 to 10 digits, as ``36N UK 1234 5678``.

    Raises
    ------
    ValueError
        Saying what is wrong with it.

    Examples
    --------
    >>> lon, lat = lonlat_of("36N UL 4475 3624")
    >>> round(lon, 3), round(lat, 3)
    (31.6, 4.85)
    >>> lonlat_of("36N UL 447 3624")
    Traceback (most recent call last):
    ...
    ValueError: an MGRS reference has an even number of 2 to 10 digits, not 7
    """
    zone, band, square, digits = _parts(text)
    half = len(digits) // 2
    side_m = 10 ** (5 - half)
    whole = f"{zone:02d}{band}{square}{digits[:half]:0<5}{digits[half:]:0<5}"
    converter = mgrs.MGRS()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            _, hemisphere, easting, northing = converter.MGRSToUTM(whole)
    except MGRSError:
        raise ValueError(_no_such_square(zone, band, square)) from None
    middle = np.floor([easting, northing]) + side_m / 2
    lons, lats = _middle_and_corners(middle, side_m, _to_degrees(zone, str(hemisphere)))
    there = (
        converter.toMGRS(y, x, MGRSPrecision=1) if _on_grid(x, y) else ""
        for x, y in zip(lons, lats, strict=True)
    )
    if whole[:3] not in {reference[:3] for reference in there}:
        raise ValueError(_no_such_square(zone, band, square))
    return lons[0], lats[0]


def _middle_and_corners(
    middle_m: NDArray[np.float64], side_m: float, to_degrees: Transformer
) -> tuple[list[float], list[float]]:
    """Degrees of a square's middle and of points just beyond its corners.

    A zone or band that shares any part of the square, be it a sliver, holds one of these points.
    """
    reach_m = side_m / 2 * 1.01 + 0.5
    steps = np.array([[0, 0], [-1, -1], [-1, 1], [1, -1], [1, 1]]) * reach_m
    lons, lats = to_degrees.transform(middle_m[0] + steps[:, 0], middle_m[1] + steps[:, 1])
    return [float(x) for x in lons], [float(y) for y in lats]


def _parts(text: str) -> tuple[int, str, str, str]:
    written = str(text).strip().upper()
    match = _REFERENCE.fullmatch(written)
    fault = "not an MGRS reference such as '36N UK 1234 5678'"
    if _POLAR.fullmatch(written):
        fault = "polar grid references (A, B, Y, Z) are not read: no zone has them"
    if match:
        fault = _syntax_fault(match)
    if fault or not match:
        raise ValueError(fault)
    digits = match[5] if match[6] is None else match[6] + match[7]
    return int(match[1]), match[2], match[3] + match[4], digits


def _syntax_fault(match: re.Match[str]) -> str:
    zone, band, column, row = int(match[1]), match[2], match[3], match[4]
    east, north = (match[5], "") if match[6] is None else (match[6], match[7])
    count = len(re.findall(r"[0-9]", east + north))
    if not 1 <= zone <= 60:
        return f"an MGRS zone is 1 to 60, not {zone}"
    if band not in _BANDS:
        return f"an MGRS band is a letter C to X without I and O, not {band}"
    if column not in _COLUMN_LETTERS[zone % 3] or row not in _ROW_LETTERS:
        return f"zone {zone} has no 100 km square {column}{row}"
    if count % 2 or not 2 <= count <= 10:
        return f"an MGRS reference has an even number of 2 to 10 digits, not {count}"
    if north and len(east) != len(north):
        return (
            "an MGRS reference has an even number of 2 to 10 digits, half of them for each axis; "
            f"the two halves of the digits differ in length: {east} and {north}"
        )
    return ""


def _no_such_square(zone: int, band: str, square: str) -> str:
    return f"zone {zone} band {band} has no such place in the 100 km square {square}"


@cache
def _to_degrees(zone: int, hemisphere: str) -> Transformer:
    return Transformer.from_crs(
        f"EPSG:{(32600 if hemisphere == 'N' else 32700) + zone}", WGS84, always_xy=True
    )


def _on_grid(lon: float, lat: float) -> bool:
    return bool(np.isfinite(lon)) and -180 <= lon <= 180 and _SOUTH <= lat <= _NORTH


def _spaced(joined: str, digits: int) -> str:
    return f"{joined[:3]} {joined[3:5]} {joined[5 : 5 + digits]} {joined[5 + digits :]}"
