"""Roads whose loss costs most, as CSV, GeoJSON or GeoPackage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np

from geo_poc.report.geodata import about_theatre, write_gpkg
from geo_poc.report.tables import write_csv
from geo_poc.routing.criticality import Loss
from geo_poc.theatre import Theatre

FORMATS = (".csv", ".geojson", ".gpkg")
COLUMNS = (
    "rank", "road_id", "name", "from_mgrs", "to_mgrs", "km", "bridge", "people_cut_off",
    "people_beyond_standard", "people_delayed", "extra_minutes", "places", "place_names",
    "places_unknown_people", "season", "light", "movers", "marking",
)  # fmt: skip
LAYER = "critical_roads"


def critical_table(
    losses: Sequence[Loss], segments: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """One row a loss, worst first.

    Parameters
    ----------
    losses : sequence of Loss
    segments : GeoDataFrame
        Of the same order, as of `geo_poc.report.segments.segment_table`.
    places : GeoDataFrame
        Columns ``id, name``.

    Returns
    -------
    GeoDataFrame
        :data:`COLUMNS` up to ``places_unknown_people``: ``people_cut_off, people_beyond_standard,
        people_delayed`` (known people, each once), ``extra_minutes`` (mean delay of those still reached;
        ``nan`` where there are none), ``places`` (how many lose), ``place_names`` (most people first),
        ``places_unknown_people`` (how many of them are of unknown people).
    """
    names = places["name"].where(places["name"] != "", places["id"]).astype(str).tolist()
    return segments.assign(
        rank=np.arange(1, len(losses) + 1),
        km=segments["km"].round(3),
        people_cut_off=[round(loss.rank.cut_off) for loss in losses],
        people_beyond_standard=[round(loss.rank.pushed) for loss in losses],
        people_delayed=[round(loss.rank.delayed) for loss in losses],
        extra_minutes=np.round([loss.extra_s / 60 for loss in losses], 1),
        places=[len(loss.places) for loss in losses],
        place_names=["; ".join(names[place] for place in loss.places) for loss in losses],
        places_unknown_people=[loss.rank.unknown_sites for loss in losses],
    )


def write_critical_file(
    table: gpd.GeoDataFrame, path: Path, *, ending: str, theatre: Theatre
) -> None:
    """Write the list: as CSV without lines, as GeoJSON in WGS 84, or as GeoPackage in the theatre's CRS.

    Parameters
    ----------
    table : GeoDataFrame
        :data:`COLUMNS` and lines in the theatre's CRS.
    path : Path
    ending : ".csv", ".geojson" or ".gpkg"
    theatre : Theatre
    """
    table = table[[*COLUMNS, "geometry"]]
    if ending == ".csv":
        write_csv(table, theatre.marking, path)
    elif ending == ".geojson":
        written = table.to_crs("EPSG:4326").set_precision(1e-6)
        frame = table.set_geometry(written, crs="EPSG:4326")
        path.write_text(str(frame.to_json(drop_id=True, ensure_ascii=False)), encoding="utf-8")
    else:
        layers = {LAYER: (table, "LineString")}
        write_gpkg(layers, about_theatre(theatre), path, as_of=theatre.as_of)
