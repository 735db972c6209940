"""The land: border, river, lake, swamp, elevation and land cover on the theatre's grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.features import geometry_mask
from scipy.spatial import cKDTree
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo_poc.data.recipe import Recipe
from geo_poc.grid import WGS84, Grid
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, TheatreSpec

LAND_COVER = {
    10: "tree", 20: "shrub", 30: "grass", 40: "crops", 50: "urban", 60: "bare",
    80: "permanent_water", 90: "wetland",
}  # fmt: skip
DEGREE_DECIMALS = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """Axes along and across the main river, each about -1 to 1 within the country."""

    heading_rad: float
    half_m: float

    def along_across(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Position downstream and to the left of it, in half widths of the country."""
        cos, sin = np.cos(self.heading_rad), np.sin(self.heading_rad)
        return (x_m * cos + y_m * sin) / self.half_m, (y_m * cos - x_m * sin) / self.half_m

    def xy(self, along: Floats, across: Floats) -> Floats:
        """Positions in metres, shape (n, 2)."""
        cos, sin = np.cos(self.heading_rad), np.sin(self.heading_rad)
        return self.half_m * np.column_stack(
            [along * cos - across * sin, along * sin + across * cos]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Land:
    """A country without people, in metres of the theatre's CRS.

    Parameters
    ----------
    border_lonlat : Polygon
        As written to the area file, in degrees.
    river, tributary : LineString
        Both flow from first to last vertex; the river leaves the country at both ends.
    lake, swamp : Polygon
    elevation_m, river_m : float array (rows, cols)
        Height, and distance from the main river, of each cell's centre.
    """

    theatre: Theatre
    frame: Frame
    border_lonlat: Polygon
    river: BaseGeometry
    tributary: BaseGeometry
    lake: BaseGeometry
    swamp: BaseGeometry
    elevation_m: Floats
    river_m: Floats

    def mask(self, shape: BaseGeometry) -> NDArray[np.bool_]:
        """Cells whose centre lies in a polygon, shape (rows, cols)."""
        grid = self.theatre.grid
        return _mask(grid, shape)

    @property
    def dry(self) -> NDArray[np.bool_]:
        """Cells of the country outside the lake."""
        return self.theatre.inside & ~self.mask(self.lake)


def blob(
    centre: Floats, radius_m: float, rng: np.random.Generator, *, roughness: float = 0.2
) -> Polygon:
    """Irregular round polygon, star-shaped about its centre.

    Examples
    --------
    >>> round(blob(np.zeros(2), 10.0, np.random.default_rng(1), roughness=0.0).area / np.pi)
    100
    """
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    waves = np.arange(2, 9)
    size = rng.normal(size=waves.size) / waves
    phase = rng.uniform(0, 2 * np.pi, waves.size)
    radius = radius_m * (1 + roughness * (np.cos(np.outer(angle, waves) + phase) @ size))
    radius = np.maximum(radius, 0.3 * radius_m)
    return Polygon(centre + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))


def fractal(shape: tuple[int, int], cell_m: float, rng: np.random.Generator, *, longest_m: float,
            slope: float = 3.0) -> Floats:  # fmt: skip
    """Random surface with a power-law spectrum, mean 0 and standard deviation 1.

    Spectral synthesis: white noise whose Fourier transform is multiplied by ``k ** (-slope / 2)``
    (Saupe 1988, in Peitgen and Saupe, The Science of Fractal Images).

    Parameters
    ----------
    shape : (rows, cols)
    cell_m : float
    rng : Generator
    longest_m : float
        Longer waves are no stronger than this one.
    slope : float
        Of the power spectrum; larger is smoother.

    Examples
    --------
    >>> surface = fractal((20, 30), 1000.0, np.random.default_rng(1), longest_m=10_000.0)
    >>> surface.shape, abs(round(float(surface.std()), 9))
    ((20, 30), 1.0)
    """
    padded = (shape[0] + shape[0] // 2, shape[1] + shape[1] // 2)
    spectrum = np.fft.rfft2(rng.normal(size=padded))
    k = np.hypot(
        np.fft.fftfreq(padded[0], cell_m)[:, None], np.fft.rfftfreq(padded[1], cell_m)[None]
    )
    spectrum *= np.maximum(k, 1 / longest_m) ** (-slope / 2)
    spectrum[0, 0] = 0
    surface = np.fft.irfft2(spectrum, s=padded)[: shape[0], : shape[1]]
    return np.asarray((surface - surface.mean()) / surface.std())


def make_land(recipe: Recipe, name: str) -> Land:
    """The land of a recipe, with its theatre and grid."""
    rng = recipe.rng("land")
    border = _border(recipe, rng)
    spec = TheatreSpec(
        name=name, as_of=recipe.as_of, cell_size=recipe.cell_m, area=AreaSpec(),
        marking="UNCLASSIFIED", fictional=True,
    )  # fmt: skip
    theatre = theatre_over(spec, border)
    frame = Frame(heading_rad=float(rng.uniform(0, 2 * np.pi)), half_m=recipe.size_m / 2)
    along, across, tributary = _courses(rng)
    river = _within(theatre.area.envelope.buffer(5000), LineString(frame.xy(along, across)))
    lake = blob(_beside(frame, along, across, 0.3, 0.42), 0.085 * frame.half_m, rng)
    marsh = blob(
        _beside(frame, along, across, 0.55, -0.2), 0.19 * frame.half_m, rng, roughness=0.35
    )
    away = marsh.difference(river.buffer(0.008 * frame.half_m))
    swamp = max(shapely.get_parts(away), key=lambda part: part.area)
    in_lake = _mask(theatre.grid, lake)
    elevation, river_m = _elevation(theatre.grid, frame, river, in_lake, rng)
    return Land(
        theatre=theatre,
        frame=frame,
        border_lonlat=border,
        river=river,
        tributary=LineString(frame.xy(*tributary)),
        lake=lake,
        swamp=_within(theatre.area, swamp),
        elevation_m=elevation,
        river_m=river_m,
    )


def _mask(grid: Grid, shape: BaseGeometry) -> NDArray[np.bool_]:
    return np.asarray(
        geometry_mask([shape], out_shape=grid.shape, transform=grid.transform, invert=True)
    )


def _within(area: BaseGeometry, shape: BaseGeometry) -> BaseGeometry:
    """The largest piece of a shape inside an area."""
    pieces: list[BaseGeometry] = list(shapely.get_parts(shape.intersection(area)))
    return max(pieces, key=lambda piece: (piece.area, piece.length))


def _border(recipe: Recipe, rng: np.random.Generator) -> Polygon:
    """Border in degrees: a rounded square with bays, exactly as wide and high as asked."""
    angle = np.linspace(0, 2 * np.pi, 320, endpoint=False)
    square = (np.abs(np.cos(angle)) ** 4 + np.abs(np.sin(angle)) ** 4) ** -0.25
    waves = np.arange(2, 60)
    size = rng.normal(size=waves.size) / waves**0.95
    phase = rng.uniform(0, 2 * np.pi, waves.size)
    bays = np.cos(np.outer(angle, waves) + phase) @ size
    radius = square * np.clip(1 + 0.10 * bays, 0.6, 1.4)
    xy = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    xy = (xy - xy.min(axis=0)) / np.ptp(xy, axis=0) - 0.5
    laea = f"+proj=laea +lat_0={recipe.lat} +lon_0={recipe.lon} +datum=WGS84 +units=m"
    to_degrees = Transformer.from_crs(laea, WGS84, always_xy=True)
    lon, lat = to_degrees.transform(*(xy * recipe.size_m).T)
    return Polygon(np.round(np.column_stack([lon, lat]), DEGREE_DECIMALS))


def _courses(rng: np.random.Generator) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
    """River and tributary as position along and across."""
    along = np.linspace(-1.5, 1.5, 600)
    length, height = np.array([[2.3, 0.9, 0.37, 0.14], [0.10, 0.06, 0.025, 0.008]])
    turns = along[:, None] / length + rng.uniform(size=length.size)
    across = rng.uniform(-0.08, 0.08) + np.sin(2 * np.pi * turns) @ height
    mouth = int(np.searchsorted(along, 0.05))
    first = int(np.searchsorted(along, -0.62))
    upper = along[first : mouth + 1]
    left = (along[mouth] - upper) / (along[mouth] - upper[0])
    gap = 0.62 * left**0.8 + 0.10 * np.sin(9 * left + rng.uniform(0, 6)) * left * (1 - left)
    return along, across, (upper, across[first : mouth + 1] + np.maximum(gap, 0.02 * left))


def _beside(frame: Frame, along: Floats, across: Floats, where: float, offset: float) -> Floats:
    row = int(np.searchsorted(along, where))
    return np.asarray(frame.xy(along[row : row + 1], across[row : row + 1] + offset)[0])


def _elevation(
    grid: Grid,
    frame: Frame,
    river: BaseGeometry,
    in_lake: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Height in metres, falling along the river, and distance from the river, (rows, cols) each."""
    x, y = grid.centres()
    half = frame.half_m
    along, across = frame.along_across(x, y)
    rough = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.5 * half, slope=3.9)
    edge = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.6 * half, slope=3.8)
    plateau = 1 / (
        1 + np.exp(-np.clip((-0.75 * across - 0.66 * along - 0.42 + 0.07 * edge) / 0.025, -40, 40))
    )
    height = 620 - 260 * along + 380 * plateau + (45 + 70 * plateau + 50 * across**2) * rough
    channel = shapely.get_coordinates(shapely.segmentize(river, half / 600))
    distance, nearest = cKDTree(channel).query(np.column_stack([x.ravel(), y.ravel()]))
    rows, cols = _clamped_cells(channel, x, y, grid.cell_size_m)
    bed = np.minimum.accumulate(height[rows, cols] - 12) - 40 * np.linspace(0, 1, len(channel))
    cut = (bed - height[rows, cols])[nearest] * np.exp(-((distance / (0.06 * half)) ** 2))
    height = height + cut.reshape(grid.shape)
    if in_lake.any():
        height[in_lake] = np.quantile(height[in_lake], 0.1)
    return np.maximum(height, 5.0), distance.reshape(grid.shape)


def _clamped_cells(
    points: Floats, x: Floats, y: Floats, cell_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    cols = np.clip(np.round((points[:, 0] - x[0, 0]) / cell_m), 0, x.shape[1] - 1)
    rows = np.clip(np.round((y[0, 0] - points[:, 1]) / cell_m), 0, x.shape[0] - 1)
    return rows.astype(np.int64), cols.astype(np.int64)


def land_cover(
    land: Land, towns_m: Floats, people: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Land cover codes of ``LAND_COVER``, shape (rows, cols).

    Parameters
    ----------
    land : Land
    towns_m : array (n, 2)
        Settlements.
    people : array (n,)
        Their residents.
    rng : Generator
    """
    grid = land.theatre.grid
    x, y = grid.centres()
    wet = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.4 * land.frame.half_m, slope=3.2)
    wet = wet + 1.4 * np.exp(-land.river_m / 9000) - (land.elevation_m - 620) / 500
    farmed = fractal(grid.shape, grid.cell_size_m, rng, longest_m=20_000.0, slope=3.0)
    distance, town = cKDTree(towns_m).query(np.column_stack([x.ravel(), y.ravel()]))
    distance, size = distance.reshape(grid.shape), people[town].reshape(grid.shape)
    steep = np.hypot(*np.gradient(land.elevation_m, grid.cell_size_m)) > 0.06
    cover = np.full(grid.shape, 30, dtype=np.uint8)
    cover[wet < -0.35] = 20
    cover[wet > 0.85] = 10
    cover[(wet < -1.7) | steep] = 60
    cover[farmed > -0.9 + distance / (2500 + 2200 * (size / 5000) ** 0.35)] = 40
    cover[land.mask(land.swamp)] = 90
    cover[
        distance < np.maximum(350 * (size / 2000) ** 0.45, 0.5 * grid.cell_size_m * (size > 20_000))
    ] = 50
    cover[land.mask(land.lake)] = 80
    return cover
