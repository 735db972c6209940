"""Camps, places and zones as KML or KMZ for ATAK, Google Earth and the like."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_poc.coverage.findings import Findings
from geo_poc.grid import WGS84
from geo_poc.report.tables import place_table
from geo_poc.wording import text

NAMESPACE = "http://www.opengis.net/kml/2.2"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = str.maketrans({"<": "\u2039", ">": "\u203a", "&": "+", "$": "\uff04"})
_CLASS_WORDS = {
    "P": "class_p", "C": "class_c", "N": "class_n", "E": "class_e", "?": "class_unknown",
}  # fmt: skip
_ZONE_COLUMNS = (
    "rank", "people", "sites", "site_people", "sites_unknown_people", "threat_level", "expected_30d",
    "base_name", "mover", "seconds", "reason", "distance_m", "area_km2", "mgrs",
)  # fmt: skip
_DEGREE_DECIMALS = 6
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_kml(findings: Findings, path: Path) -> None:
    """Write the judged camps and places as points and the zones as polygons; ``.kmz`` is zipped.

    The marking is the beginning of the document's name. Programs show names and extended data as
    HTML and fill in ``$[...]``, so those signs in data are replaced with others that look alike. In
    extended data ``unknown`` is a value nobody knows and ``not reached`` a time without end. The same
    findings give the same bytes.

    Parameters
    ----------
    findings : Findings
    path : Path
        Replaced if it exists.
    """
    document = _document(findings)
    ET.indent(document)
    xml = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    if path.suffix.lower() != ".kmz":
        path.write_bytes(xml)
        return
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("doc.kml", date_time=_EPOCH)
        archive.writestr(entry, xml, compress_type=zipfile.ZIP_DEFLATED)


def inert_text(value: object) -> str:
    """Text without anything that a program showing KML takes for HTML or for a place to fill in.

    Examples
    --------
    >>> inert_text("$[id] A & B").isascii(), inert_text("A & B")
    (False, 'A + B')
    """
    return _NOT_IN_XML.sub(" ", str(value)).translate(_MARKS)


def _document(findings: Findings) -> ET.Element:
    theatre = findings.theatre
    kml = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(kml, "Document")
    fictional = [text("fictional")] if theatre.fictional else []
    title = [theatre.marking, *fictional, theatre.name, theatre.as_of.isoformat()]
    _text(document, "name", " - ".join(title))
    case = f"{findings.plan.plan.name}, {findings.conditions.season}, {findings.conditions.light}"
    _text(document, "description", case)
    for layer, title_key in (("camp", "layer_camps"), ("place", "layer_places")):
        _places(_folder(document, text(title_key)), findings, layer)
    _zones(document, findings)
    return kml


def _places(folder: ET.Element, findings: Findings, layer: str) -> None:
    table = place_table(findings)[findings.coverage.places["layer"].eq(layer).to_numpy()].copy()
    table["class"] = [text(_CLASS_WORDS[letter]) for letter in table["class"]]
    data = table.drop(columns=["name", "lon", "lat"])
    points = list(map(Point, table["lon"], table["lat"]))
    for name, point, row in zip(table["name"], points, data.to_dict("records"), strict=True):
        _placemark(folder, name, row, point)


def _zones(document: ET.Element, findings: Findings) -> None:
    folder = _folder(document, text("terminal_zones"))
    zones = findings.zones
    if zones.empty:
        return
    data = pd.DataFrame(zones)[[name for name in _ZONE_COLUMNS if name in zones]]
    shapes = zones.geometry.to_crs(WGS84)
    for name, shape, row in zip(zones["name"], shapes, data.to_dict("records"), strict=True):
        _placemark(folder, name, row, shape)


def _folder(document: ET.Element, name: str) -> ET.Element:
    folder = ET.SubElement(document, "Folder")
    _text(folder, "name", name)
    return folder


def _placemark(
    folder: ET.Element, name: object, data: Mapping[Hashable, object], shape: BaseGeometry
) -> None:
    placemark = ET.SubElement(folder, "Placemark")
    _text(placemark, "name", name)
    extended = ET.SubElement(placemark, "ExtendedData")
    for key, value in data.items():
        _text(ET.SubElement(extended, "Data", name=inert_text(key)), "value", _shown(value))
    _geometry(placemark, shape)


def _shown(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  (nan)
        return text("unknown")
    if isinstance(value, float):
        return text("not_reached") if np.isinf(value) else f"{value:.10g}"
    return str(value)


def _geometry(parent: ET.Element, shape: BaseGeometry) -> None:
    if shape.geom_type == "Point":
        _coordinates(ET.SubElement(parent, "Point"), shape)
        return
    parts = shapely.get_parts(shape)
    into = parent if len(parts) == 1 else ET.SubElement(parent, "MultiGeometry")
    for part in shapely.orient_polygons(parts):
        polygon = ET.SubElement(into, "Polygon")
        _ring(polygon, "outerBoundaryIs", part.exterior)
        _rings(polygon, part.interiors)


def _rings(polygon: ET.Element, interiors: Iterable[BaseGeometry]) -> None:
    for ring in interiors:
        _ring(polygon, "innerBoundaryIs", ring)


def _ring(polygon: ET.Element, boundary: str, ring: BaseGeometry) -> None:
    _coordinates(ET.SubElement(ET.SubElement(polygon, boundary), "LinearRing"), ring)


def _coordinates(parent: ET.Element, line: BaseGeometry) -> None:
    """Longitude first, as KML has it."""
    lonlat = shapely.get_coordinates(line).round(_DEGREE_DECIMALS)
    _text(parent, "coordinates", " ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in lonlat))


def _text(parent: ET.Element, tag: str, content: object) -> None:
    ET.SubElement(parent, tag).text = inert_text(content)
