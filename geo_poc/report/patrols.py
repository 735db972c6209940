"""Patrols as tables, layers and rasters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.output import file_word
from geo_poc.plan import Patrol, PlanFile
from geo_poc.report.geodata import about_theatre, write_gpkg, write_raster
from geo_poc.report.tables import write_csv
from geo_poc.theatre import Theatre

_METHOD = "docs/methods/patrol.md"
_UNIT = (
    "seconds of way out and way back, without the time on the spot; inf not reached, nan unknown"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class PatrolProduct:
    """All that is written about patrols.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
        With the patrols that were computed.
    by_base : GeoDataFrame
        One row a patrol and base; geometry for drawing, empty where nothing is reached.
    places, perimeters, mobile_bases : DataFrame
        One row a place and patrol, a camp and patrol by night on foot, a mobile base and mover.
    seconds : tuple of float32 array (rows, cols)
        Of each patrol: both ways from the nearest base; nan outside or unknown, ``inf`` not reached.
    """

    theatre: Theatre
    plan: PlanFile
    by_base: gpd.GeoDataFrame
    places: pd.DataFrame
    perimeters: pd.DataFrame
    mobile_bases: pd.DataFrame
    seconds: tuple[NDArray[np.float32], ...]


def write_patrol_files(product: PatrolProduct, folder: Path) -> None:
    """Write tables, rasters and drawing into an existing folder.

    ``patrols.csv``, ``places.csv``, ``perimeters.csv``, ``mobile_bases.csv``, ``reach.gpkg`` and one
    ``reach_<patrol>.tif`` each; all with the marking.

    Parameters
    ----------
    product : PatrolProduct
    folder : Path
    """
    marking = product.theatre.marking
    tables = {
        "patrols": product.by_base,
        "places": product.places,
        "perimeters": product.perimeters,
        "mobile_bases": product.mobile_bases,
    }
    for name, table in tables.items():
        write_csv(table, marking, folder / f"{name}.csv")
    for n, (patrol, seconds) in enumerate(
        zip(product.plan.patrols, product.seconds, strict=True), 1
    ):
        tags = _about(product) | _of_patrol(patrol) | {"unit": _UNIT, "method": _METHOD}
        path = folder / f"reach_{file_word(patrol.name) or n}.tif"
        write_raster(path, seconds, product.theatre.grid, tags)
    _write_gpkg(product, folder / "reach.gpkg")


def _write_gpkg(product: PatrolProduct, path: Path) -> None:
    """Areas for drawing, with a table ``about``."""
    drawn = product.by_base[~product.by_base.geometry.is_empty]
    about = _about(product) | {
        "note": "for drawing only: a place is judged by its own time, in places.csv",
        "method": _METHOD,
    }
    write_gpkg({"reach": (drawn, "MultiPolygon")}, about, path, as_of=product.theatre.as_of)


def _about(product: PatrolProduct) -> dict[str, str]:
    return about_theatre(product.theatre) | {
        "plan": product.plan.plan.name,
        "season": product.plan.plan.season,
    }


def _of_patrol(patrol: Patrol) -> dict[str, str]:
    length = {
        "length_s": patrol.length,
        "days": patrol.days,
        "moving_h": patrol.moving_h,
        "on_the_spot_s": patrol.on_the_spot,
    }
    return {
        "patrol": patrol.name,
        "mover": patrol.mover,
        "light": patrol.light,
        "source": patrol.source,
        **{name: f"{value:g}" for name, value in length.items() if value is not None},
    }
