"""The ways to the places about which there is something to decide, as the page draws them."""

from __future__ import annotations

from typing import TypedDict

import shapely

from geo_poc import figures
from geo_poc.coverage.deciding import DecidingWay
from geo_poc.coverage.findings import Findings
from geo_poc.maps.columns import Lines, packed_lines
from geo_poc.maps.lines import to_lonlat, tolerance_m
from geo_poc.routing.routes import On
from geo_poc.wording import mover_name, text

_LABEL_AT = (0.5, 0.35, 0.65, 0.2, 0.8)
_KINDS = {On.ROAD: "road", On.TRACK: "track", On.CROSS_COUNTRY: "cross"}


class Part(TypedDict):
    """A kind of ground under a way: ``road``, ``track`` or ``cross``, its length and its time."""

    kind: str
    distance: str
    time: str
    line: Lines


class Way(TypedDict):
    """One way. ``spots`` are points on it, longitude and latitude, beside which its label may stand."""

    name: str
    label: str
    time: str
    late: bool
    distance: str
    people: str
    people_label: str
    meta: str
    sentence: str
    mgrs: str
    parts: list[Part]
    spots: list[tuple[float, float]]


class Ways(TypedDict):
    """All ways, and what they are."""

    note: str
    ways: list[Way]


def ways(findings: Findings) -> Ways:
    """The ways that the run found, those to the most people first."""
    standard_s = findings.plan.standard.response
    late = any(way.seconds > standard_s for way in findings.ways)
    case = text(f"case_{findings.conditions}").lower()
    note = text("ways_note_late" if late else "ways_note_reached", case=case)
    return {"note": note, "ways": [_way(findings, way) for way in findings.ways]}


def _way(findings: Findings, way: DecidingWay) -> Way:
    place = findings.coverage.places.set_index("id").loc[way.place_id].to_dict()
    base = findings.layers["bases"].table.set_index("id").loc[way.base_id]
    ends = {"base": str(base["name"]), "place": str(place["name"])}
    standard_s = findings.plan.standard.response
    time, late = figures.time_against(way.seconds, standard_s), way.seconds > standard_s
    distance = figures.distance(float(way.way.length_m.sum()))
    case = text(f"case_{findings.conditions}").lower()
    return {
        "name": text("way", **ends),
        "label": text("way_label_late" if late else "way_label", time=time, **ends),
        "time": time,
        "late": late,
        "distance": distance,
        "people": figures.people(float(place["people"])),
        "people_label": text("people_estimate" if place["people_estimate"] else "people"),
        "meta": text("way_meta", mover=mover_name(way.mover), case=case),
        "sentence": text(
            "way_late" if late else "way_in_time",
            mover=mover_name(way.mover),
            time=time,
            distance=distance,
            **ends,
        ),
        "mgrs": str(place["mgrs"]),
        "parts": _parts(findings, way),
        "spots": _spots(findings, way),
    }


def _parts(findings: Findings, way: DecidingWay) -> list[Part]:
    """What the way runs on, in the order of :data:`_KINDS`; what it does not run on is left out."""
    legs = way.way.legs()
    parts: list[Part] = []
    for on, kind in _KINDS.items():
        own = legs[legs["on"] == on]
        if len(own):
            lines = [
                shapely.simplify(
                    shapely.LineString(way.way.points_m[first : last + 1]),
                    tolerance_m(findings.theatre),
                )
                for first, last in zip(own["first"], own["last"], strict=True)
            ]
            parts.append(
                {
                    "kind": kind,
                    "distance": figures.distance(float(own["km"].sum()) * 1000),
                    "time": figures.duration(float(own["minutes"].sum()) * 60),
                    "line": packed_lines([to_lonlat(findings.theatre, line) for line in lines]),
                }
            )
    return parts


def _spots(findings: Findings, way: DecidingWay) -> list[tuple[float, float]]:
    points = shapely.line_interpolate_point(way.way.line, _LABEL_AT, normalized=True)
    lon, lat = findings.theatre.lonlat(shapely.get_x(points), shapely.get_y(points))
    return [(round(x, 5), round(y, 5)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
