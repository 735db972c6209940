"""Findings as layers and rasters for a geographic information system."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
from numpy.typing import NDArray

from geo_poc.coverage.findings import Findings
from geo_poc.grid import Grid
from geo_poc.output import file_word
from geo_poc.report.tables import movers, place_table
from geo_poc.theatre import Theatre

_NO_LEVEL = -1


def write_layers_gpkg(findings: Findings, path: Path) -> None:
    """Write every layer, the zones and the judged places as one GeoPackage in the theatre's CRS.

    Incidents that are sensitive are left out: they are never points. How many stands in the table
    ``about``, with the marking and the conditions. The same findings give the same bytes.

    Parameters
    ----------
    findings : Findings
    path : Path
        Replaced if it exists.
    """
    about = _about(findings) | {
        "sensitive_incidents_left_out": str(sensitive_incidents(findings)),
        "note_seconds": "inf = not reached, NULL = unknown",
        "note_people": "NULL = unknown",
    }
    layers = {name: (table, None) for name, table in _shown_layers(findings).items()}
    write_gpkg(layers, about, path, as_of=findings.theatre.as_of)


def write_gpkg(
    layers: Mapping[str, tuple[gpd.GeoDataFrame, str | None]],
    about: Mapping[str, str],
    path: Path,
    *,
    as_of: date,
) -> None:
    """Write layers and the table ``about`` as one GeoPackage; the same content gives the same bytes.

    Parameters
    ----------
    layers : mapping of str to (GeoDataFrame, geometry type or None)
        None takes the type from the table, which an empty one does not have.
    about : mapping of str to str
        The marking among it.
    path : Path
        Replaced if it exists.
    as_of : date
        Stands in the file in place of the moment of writing.
    """
    with TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder) / "layers.gpkg"
        for name, (table, shape) in layers.items():
            pyogrio.write_dataframe(table, written, layer=name, driver="GPKG", geometry_type=shape)
        rows = pd.DataFrame(list(about.items()), columns=["what", "value"])
        pyogrio.write_dataframe(rows, written, layer="about", driver="GPKG")
        path.unlink(missing_ok=True)
        _copy_without_history(written, path, as_of)


def about_theatre(theatre: Theatre) -> dict[str, str]:
    """What the table ``about`` and the tags of a raster begin with."""
    return {
        "marking": theatre.marking,
        "theatre": theatre.name,
        "fictional": "yes" if theatre.fictional else "no",
        "as_of": theatre.as_of.isoformat(),
        "crs": theatre.grid.crs,
    }


def _copy_without_history(written: Path, path: Path, as_of: date) -> None:
    """Copy a GeoPackage without what depends on the moment of writing.

    GDAL stores the time and commits once more whenever the clock moved on between two steps; SQLite
    counts the commits in the header and keeps scraps of overwritten rows in its pages.
    """
    with closing(sqlite3.connect(written)) as database:
        with database:
            stamp = f"{as_of.isoformat()}T00:00:00.000Z"
            database.execute("UPDATE gpkg_contents SET last_change = ?", (stamp,))
        database.execute("VACUUM INTO ?", (str(path),))


def sensitive_incidents(findings: Findings) -> int:
    """Number of incidents that may be counted but never shown as points."""
    return int(findings.layers["incidents"].table["sensitive"].sum())


def _shown_layers(findings: Findings) -> dict[str, gpd.GeoDataFrame]:
    tables = {name: layer.table for name, layer in findings.layers.items()}
    incidents = tables["incidents"]
    tables["incidents"] = incidents[~incidents["sensitive"].astype(bool)]
    return tables | {"zones": findings.zones, "judged": _judged(findings)}


def _judged(findings: Findings) -> gpd.GeoDataFrame:
    """Camps and places with times and class under the plan's own conditions, as points."""
    table = place_table(findings)
    people = findings.coverage.places["people"].to_numpy(dtype=float)
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(table.assign(people=people), geometry=points).to_crs(
        findings.theatre.grid.crs
    )


def _about(findings: Findings) -> dict[str, str]:
    return about_theatre(findings.theatre) | {
        "plan": findings.plan.plan.name,
        "conditions": str(findings.conditions),
        "standard_s": f"{findings.plan.standard.response:g}",
    }


def write_rasters(findings: Findings, folder: Path) -> None:
    """Write GeoTIFFs on the theatre's grid into an existing folder.

    ``threat.tif`` (expected incidents per km2 per 30 days), ``threat_level.tif`` (5 very high .. 1 very
    low, 0 no reports), ``firmness.tif`` (2 firm, 1 marginal, 0 low), ``people.tif`` (residents per cell, if
    known) and for each mover ``response_<mover>.tif`` (seconds under the plan's own conditions; ``inf`` not
    reached). No data is ``nan`` (-1 for levels). Tags hold marking, unit and method.

    Parameters
    ----------
    findings : Findings
    folder : Path
    """
    for name, (values, unit, method) in _surfaces(findings).items():
        tags = _about(findings) | {"unit": unit, "method": method}
        write_raster(folder / f"{name}.tif", values, findings.theatre.grid, tags)


Surface = tuple[NDArray[np.float32] | NDArray[np.int16], str, str]


def _surfaces(findings: Findings) -> dict[str, Surface]:
    threat = findings.threat
    level = "5 very high .. 1 very low, 0 no reports, -1 outside the area"
    surfaces: dict[str, Surface] = {
        "threat": (threat.expected, "expected incidents per km2 per 30 days", threat.method),
        "threat_level": (findings.threat_level.astype(np.int16), level, threat.method),
    }
    if findings.draws is not None:
        firmness = np.full(findings.theatre.grid.shape, _NO_LEVEL, dtype=np.int16)
        firmness[findings.theatre.inside] = findings.draws.firmness
        meaning = "2 firm, 1 marginal, 0 low, -1 outside the area or unknown"
        surfaces["firmness"] = (firmness, meaning, "top 5 % of the area in how many random draws")
    if findings.people is not None:
        surfaces["people"] = (
            findings.people,
            "residents per cell",
            "population raster of the theatre",
        )
    for mover in movers(findings):
        times = [
            time
            for time in findings.travel
            if time.mover == mover and time.conditions == findings.conditions
        ]
        if times:
            unit = "seconds from the alert, inf not reached"
            method = f"nearest base, {mover}, {findings.conditions}"
            surfaces[f"response_{file_word(mover)}"] = (times[0].cell_seconds, unit, method)
    return surfaces


def write_raster(
    path: Path,
    values: NDArray[np.float32] | NDArray[np.int16],
    grid: Grid,
    tags: Mapping[str, str],
) -> None:
    """Write one surface on a grid with its tags; no data is ``nan``, of whole numbers -1."""
    is_level = np.issubdtype(values.dtype, np.integer)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.rows,
        width=grid.cols,
        count=1,
        dtype=values.dtype,
        crs=grid.crs,
        transform=grid.transform,
        nodata=_NO_LEVEL if is_level else np.nan,
        compress="deflate",
        predictor=2 if is_level else 3,
    ) as raster:
        raster.write(values, 1)
        raster.update_tags(**tags)
