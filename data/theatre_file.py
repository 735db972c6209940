"""Text of ``theatre.toml`` and ``plan.toml`` of a fictional theatre."""

from __future__ import annotations

import json

from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import LAND_COVER
from geo_poc.theatre import Theatre

_LICENCE = "Apache-2.0 (fictional, part of geo-poc)"
_USER_INPUT = "fictional: user input of the sample plan"
_TABLES = {
    "incidents": ("incidents.csv", "ucdp_ged"),
    "camps": ("camps.csv", "table"),
    "places": ("places.csv", "table"),
    "roads": ("roads.geojson", "vector"),
    "areas": ("areas.geojson", "vector"),
    "airfields": ("airfields.csv", "table"),
}
_RASTERS = {
    "population": ("population.tif", "count"),
    "elevation": ("elevation.tif", "metres"),
    "land_cover": ("land_cover.tif", "classes"),
}


def theatre_toml(theatre: Theatre, recipe: Recipe) -> str:
    """The theatre file that reads the generated files."""
    parts = [
        f"""# {recipe.label}. No place, people or event in this folder exists.

[theatre]
name = {json.dumps(theatre.name)}
as_of = {recipe.as_of}
cell_size = "{recipe.cell_m:g} m"
marking = "UNCLASSIFIED"
fictional = true
seed = {recipe.seed}
area = {{ path = "area.geojson" }}
"""
    ]
    parts += [f"[[{layer}]]\n{_source(*file, recipe)}" for layer, file in _TABLES.items()]
    parts += [
        f"[{layer}]\n{_source(path, None, recipe)}kind = {json.dumps(kind)}\n"
        for layer, (path, kind) in _RASTERS.items()
    ]
    classes = ", ".join(f'"{code}" = "{name}"' for code, name in LAND_COVER.items())
    parts[-1] += f"classes = {{ {classes} }}\n"
    parts.append(f'[proximity]\ndistance = "50 km"\nsince = {recipe.start}\nwhere_prec = 3\n')
    parts.append(
        '# A user input of the sample, as every limit of age is.\n[freshness]\nincidents = "60 days"\n'
    )
    return "\n".join(parts)


def plan_toml(recipe: Recipe) -> str:
    """A sample plan: every figure in it is user input, and says so."""
    assets = (
        (
            "wheeled_patrol",
            "all",
            "30 min",
            "count = 6\n",
            "{ night_time_factor = 1.25, off_road_kmh = 10.0, seats = 8 }",
        ),
        ("foot_patrol", "all", "15 min", "", "{ wet_time_factor = 1.5 }"),
        (
            "mi8",
            "aviation",
            "60 min",
            "count = 2\n",
            "{ night = false, range_km = 160.0, refuel_min = 15.0, turn_round_min = 10.0, "
            "crew_day_h = 8.0, landing_slope_deg = 7.0 }",
        ),
    )
    source = json.dumps(_USER_INPUT)
    head = f"""# {recipe.label}. The figures are a sample, not advice.

[plan]
name = "Sample laydown (fictional)"
season = "wet"

[standard]
response = "3 h"
cut_off = "24 h"
source = {source}

[force]
troops = 120
guard = 40
guard_ratio = 0.25
source = {source}

[[bases]]
{_source("bases.csv", "table", recipe)}"""
    return head + "".join(
        f'\n[[assets]]\nmover = "{mover}"\nbases = "{where}"\nnotice = "{notice}"\n'
        f"{count}figures = {figures}\nsource = {source}\n"
        for mover, where, notice, count, figures in assets
    )


def _source(path: str, form: str | None, recipe: Recipe) -> str:
    lines = [f"path = {json.dumps(path)}"]
    lines += [f"format = {json.dumps(form)}"] if form else []
    lines += [
        f"label = {json.dumps(recipe.label)}",
        f"licence = {json.dumps(_LICENCE)}",
        f"date = {recipe.as_of}",
    ]
    return "\n".join(lines) + "\n"
