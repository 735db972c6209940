"""Class, response band and threat level of every cell, as coded pixels of a Web Mercator image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.warp import Resampling, reproject, transform_bounds
from scipy import ndimage

from geo_poc.coverage.classes import class_of, shortest_s
from geo_poc.coverage.findings import Findings
from geo_poc.maps.columns import Packed, packed
from geo_poc.plan import ALL_CONDITIONS, Conditions

WEB_MERCATOR = "EPSG:3857"
LONGEST_SIDE = 1_000
BAND_HOURS = (1.0, 3.0, 6.0, 12.0)
CLASS_CODES = ("", "P", "C", "N", "E", "?")
UNKNOWN_BAND = 6

Codes = NDArray[np.uint8]


class Image(TypedDict):
    """Coded pixels: 0 is outside; ``bounds`` are west, south, east, north in degrees."""

    width: int
    height: int
    bounds: list[float]
    pixels: Packed


class Surfaces(TypedDict):
    """Images of the page: classes and bands by case, air on first, and the threat level."""

    classes: list[Image]
    bands: list[Image]
    threat: Image


@dataclass(frozen=True, kw_only=True)
class Warp:
    """From the theatre's grid to an image that a web map can lay over the ground."""

    crs: str
    source: Affine
    target: Affine
    width: int
    height: int

    def image(self, codes: Codes) -> Image:
        """Codes of cells as codes of pixels, each from the nearest cell."""
        pixels = np.zeros((self.height, self.width), np.uint8)
        reproject(
            _spread(codes),
            pixels,
            src_transform=self.source,
            src_crs=CRS.from_user_input(self.crs).to_wkt(),
            dst_transform=self.target,
            dst_crs=WEB_MERCATOR,
            resampling=Resampling.nearest,
        )
        west, north = self.target.c, self.target.f
        east = west + self.width * self.target.a
        south = north + self.height * self.target.e
        bounds = transform_bounds(WEB_MERCATOR, "EPSG:4326", west, south, east, north)
        return {
            "width": self.width,
            "height": self.height,
            "bounds": [round(b, 6) for b in bounds],
            "pixels": packed(pixels, "uint8"),
        }


def warp_of(findings: Findings) -> Warp:
    """Image that covers the theatre at about its cell size, never more than 1,000 pixels a side."""
    grid = findings.theatre.grid
    crs = CRS.from_user_input(grid.crs).to_wkt()
    west, south, east, north = transform_bounds(
        crs,
        WEB_MERCATOR,
        grid.left_m,
        grid.top_m - grid.rows * grid.cell_size_m,
        grid.left_m + grid.cols * grid.cell_size_m,
        grid.top_m,
    )
    shrink = min(1.0, LONGEST_SIDE / max(grid.rows, grid.cols))
    pixel = max((east - west) / grid.cols, (north - south) / grid.rows) / shrink
    return Warp(
        crs=grid.crs,
        source=grid.transform,
        target=Affine(pixel, 0.0, west, 0.0, -pixel, north),
        width=int(np.ceil((east - west) / pixel)),
        height=int(np.ceil((north - south) / pixel)),
    )


def surfaces(findings: Findings) -> Surfaces:
    """All images of the page; cases in the order of the matrix: air on, then air off."""
    warp = warp_of(findings)
    cases = [(conditions, air) for air in (True, False) for conditions in ALL_CONDITIONS]
    return {
        "classes": [warp.image(class_codes(findings, c, air=air)) for c, air in cases],
        "bands": [warp.image(band_codes(findings, c, air=air)) for c, air in cases],
        "threat": warp.image(np.clip(findings.threat_level + 1, 0, 6).astype(np.uint8)),
    }


def class_codes(findings: Findings, conditions: Conditions, *, air: bool) -> Codes:
    """Class of each cell as its place in ``CLASS_CODES``, 0 outside the theatre.

    What lies outside the mandate does not depend on the case.
    """
    own = findings.coverage.cell_class
    standard_s = findings.plan.standard.response
    letters = class_of(
        _shortest(findings, conditions, ("road", "foot"), standard_s=standard_s),
        _shortest(findings, conditions, ("air",) if air else (), standard_s=standard_s),
        standard_s=standard_s,
    )
    letters = np.where((own == "") | (own == "E"), own, letters)
    codes = np.zeros(letters.shape, np.uint8)
    for code, letter in enumerate(CLASS_CODES):
        codes[letters == letter] = code
    return codes


def band_codes(findings: Findings, conditions: Conditions, *, air: bool) -> Codes:
    """Response band of each cell, 1 to 5 for R1 to R5, 6 unknown, 0 outside the theatre.

    R5 is more than 12 h or not reached at all.
    """
    kinds = ("road", "foot", "air") if air else ("road", "foot")
    seconds = _shortest(findings, conditions, kinds)
    codes = 1 + np.searchsorted(np.array(BAND_HOURS) * 3600.0, seconds, side="left")
    codes = np.where(np.isnan(seconds), UNKNOWN_BAND, codes)
    return np.where(findings.threat_level < 0, 0, codes).astype(np.uint8)


def _shortest(
    findings: Findings,
    conditions: Conditions,
    kinds: Iterable[str],
    *,
    standard_s: float = np.inf,
) -> NDArray[np.float64]:
    times = [
        t.cell_seconds for t in findings.travel if t.conditions == conditions and t.kind in kinds
    ]
    return shortest_s(times, findings.theatre.grid.shape, standard_s=standard_s)


def _spread(codes: Codes) -> Codes:
    """Codes carried two cells outwards, so that the theatre's outline can cut them off sharply."""
    away, (rows, cols) = ndimage.distance_transform_edt(codes == 0, return_indices=True)
    return np.where(away <= 2.9, codes[rows, cols], 0).astype(np.uint8)
