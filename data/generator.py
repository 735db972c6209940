"""A fictional theatre written from a recipe; run as a program it renews the embedded one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo_poc.data import embedded_theatre
from geo_poc.data.conflict import Truth, simulate, truth_json
from geo_poc.data.country import Country
from geo_poc.data.files import (
    Properties,
    in_degrees,
    write_features,
    write_raster,
    write_table,
    write_text,
)
from geo_poc.data.incidents import incident_rows
from geo_poc.data.mission import airfields, bases, camps, places
from geo_poc.data.names import country_names, invented_names
from geo_poc.data.network import SURFACES, make_network
from geo_poc.data.people import make_districts, place_settlements, population, rural_people
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import Floats, land_cover, make_land
from geo_poc.data.theatre_file import plan_toml, theatre_toml
from geo_poc.data.zones import areas
from geo_poc.errors import Fault, OutputError

__all__ = ["Recipe", "make_theatre"]


def make_theatre(out: Path, recipe: Recipe) -> Path:
    """Path of the theatre file of a new fictional theatre.

    Parameters
    ----------
    out : Path
        Folder for the files; made if there is none. Only an earlier theatre of this generator is replaced.
    recipe : Recipe

    Returns
    -------
    Path
        ``theatre.toml`` in the folder; ``plan.toml``, the data files and ``truth.json`` stand beside it.

    Raises
    ------
    GridError
        If the country has no room for so many settlements.
    OutputError
        If the folder cannot be written; files that were there are untouched.

    Examples
    --------
    >>> import tempfile
    >>> tiny = Recipe(size_km=60, cell_m=2000, settlements=8, camps=3, bases=3, years=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = make_theatre(Path(folder), tiny)
    ...     print(path.name, path.with_name("plan.toml").is_file())
    theatre.toml True
    """
    _require_own(out)
    names = _names(recipe)
    country = _country(recipe, names)
    truth = simulate(country.land, country.towns, recipe)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out) as unfinished:
            _write(Path(unfinished), country, truth, names)
            for file in sorted(Path(unfinished).iterdir()):
                file.replace(out / file.name)
    except OSError as e:
        raise OutputError(
            Fault(
                where=str(out),
                found=str(e),
                rule="must be a folder that can be written",
                repair="name another folder, or make room on the disk",
            )
        ) from e
    return out / "theatre.toml"


def _require_own(out: Path) -> None:
    """Refuse a folder with files that no earlier call wrote, so that nobody's work is replaced."""
    if not out.is_dir() or not any(out.iterdir()):
        return
    theatre = out / "theatre.toml"
    own = theatre.is_file() and "geo-poc generator" in theatre.read_text("utf-8", errors="replace")
    if not own:
        raise OutputError(
            Fault(
                where=str(out),
                found="a folder with other files in it",
                rule="must be new, empty, or hold an earlier theatre of this generator",
                repair="name another folder",
            )
        )


def _write(out: Path, country: Country, truth: Truth, names: _Names) -> None:
    recipe = country.recipe
    _write_rasters(out, country)
    base_table, base_spots = bases(country)
    write_table(out / "bases.csv", base_table)
    write_table(out / "camps.csv", camps(country, base_spots, truth.place_weights, names.camps))
    write_table(out / "places.csv", places(country))
    write_table(out / "airfields.csv", airfields(country))
    incidents = incident_rows(truth, country.land, country.towns, country.districts, recipe)
    write_table(out / "incidents.csv", incidents)
    _write_border_and_roads(out, country)
    _write_areas(out, country, base_spots, names.waters)
    write_text(out / "truth.json", truth_json(truth, recipe, rural=rural_people(country.towns)))
    write_text(out / "plan.toml", plan_toml(recipe))
    write_text(out / "theatre.toml", theatre_toml(country.land.theatre, recipe))


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Invented names of everything that has one."""

    country: str
    provinces: list[str]
    districts: list[str]
    waters: list[str]
    settlements: list[str]
    camps: list[str]


def _names(recipe: Recipe) -> _Names:
    districts = min(max(3, round(recipe.settlements**0.5)), 40)
    counts = [1, 3, districts, 5, recipe.settlements, recipe.camps]
    every = iter(invented_names(sum(counts), recipe.rng("names"), taken=country_names()))
    country, *rest = ([next(every) for _ in range(count)] for count in counts)
    provinces, own, waters, settlements, camp_names = rest
    return _Names(
        country=f"{country[0]} (fictional)", provinces=provinces, districts=own, waters=waters,
        settlements=settlements, camps=camp_names,
    )  # fmt: skip


def _country(recipe: Recipe, names: _Names) -> Country:
    land = make_land(recipe, names.country)
    towns = place_settlements(land, recipe, names.settlements)
    return Country(
        recipe=recipe,
        land=land,
        towns=towns,
        districts=make_districts(land, towns, names.provinces, names.districts),
        network=make_network(land, towns, recipe),
    )


def _write_rasters(out: Path, country: Country) -> None:
    land, recipe, grid = country.land, country.recipe, country.land.theatre.grid
    cover = land_cover(land, country.towns.xy_m, country.towns.people, recipe.rng("land cover"))
    people = population(land, country.towns, cover, recipe.rng("population"))
    height = np.round(land.elevation_m).astype(np.int16)
    write_raster(out / "elevation.tif", height, grid, nodata=-32768, label=recipe.label)
    write_raster(out / "land_cover.tif", cover, grid, nodata=0, label=recipe.label)
    write_raster(out / "population.tif", people, grid, nodata=-1, label=recipe.label)


def _write_border_and_roads(out: Path, country: Country) -> None:
    theatre, label = country.land.theatre, country.recipe.label
    country_row: Properties = {"id": "XF", "name": theatre.name, "kind": "country"}
    border = [(country.land.border_lonlat, country_row)]
    write_features(out / "area.geojson", border, label=label)
    lines = in_degrees([road.line for road in country.network.roads], theatre)
    roads: list[tuple[BaseGeometry, Properties]] = [
        (
            line,
            {
                "id": f"R{i + 1:05d}",
                "name": f"Bridge {i + 1} (fictional)" if road.bridge else "",
                "road_class": road.road_class,
                "surface": SURFACES[road.road_class],
                "bridge": road.bridge,
                "oneway": False,
            },
        )
        for i, (line, road) in enumerate(zip(lines, country.network.roads, strict=True))
    ]
    write_features(out / "roads.geojson", roads, label=label)


def _write_areas(out: Path, country: Country, base_spots: Floats, waters: list[str]) -> None:
    zones = areas(country, base_spots, waters)
    shapes = in_degrees([zone.shape for zone in zones], country.land.theatre)
    rows: list[tuple[BaseGeometry, Properties]] = [
        (
            shape,
            {
                "id": f"Z{i + 1:03d}", "name": area.name, "kind": area.kind, "barrier": area.barrier,
                "from_date": area.from_date, "to_date": area.to_date,
                "contingents": area.contingents, "note": area.note,
            },
        )
        for i, (shape, area) in enumerate(zip(shapes, zones, strict=True))
    ]  # fmt: skip
    write_features(out / "areas.geojson", rows, label=country.recipe.label)


if __name__ == "__main__":
    make_theatre(embedded_theatre(), Recipe())
