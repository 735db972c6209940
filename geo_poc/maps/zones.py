"""Uncovered high-risk zones as a ranked list, with a card and an outline for each."""

from __future__ import annotations

import math
from typing import Any, TypedDict

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.grid import WGS84, transformer
from geo_poc.late import why_late
from geo_poc.layers.positions import lonlat_of
from geo_poc.maps.columns import Lines, packed_lines
from geo_poc.maps.lines import to_lonlat
from geo_poc.maps.times import states, time_text
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.wording import mover_name, text


class CellAnswer(TypedDict):
    """One mover under one condition at a zone: time, state, nearest base and its own number."""

    time: str
    state: int
    base: int
    seconds: int


class Zone(TypedDict):
    """One zone. ``times`` has a row a mover and a column a condition."""

    rank: int
    name: str
    people: str
    unknown: bool
    sites: str
    sites_unknown: str
    threat: int
    nearest: str
    time: str
    late: bool
    reason: str
    mgrs: str
    facts: str
    lon: float
    lat: float
    outline: Lines
    times: list[list[CellAnswer]]


def zones(findings: Findings) -> list[Zone]:
    """All zones, most people first, as they were ranked."""
    return [_zone(findings, row) for row in findings.zones.itertuples(index=False)]


def _zone(findings: Findings, row: Any) -> Zone:
    anchor = _anchor(findings, row)
    standard_s = findings.plan.standard.response
    lon, lat = findings.theatre.lonlat(np.array([anchor[0]]), np.array([anchor[1]]))
    return {
        "rank": int(row.rank),
        "name": row.name,
        "people": figures.people(row.people),
        "unknown": math.isnan(row.people),
        "sites": text("sites", n=int(row.sites)) if row.sites else text("zone_no_site"),
        "sites_unknown": _unknown(int(row.sites_unknown_people)),
        "threat": int(row.threat_level),
        "nearest": _nearest(row, standard_s),
        "time": figures.time_against(row.seconds, standard_s),
        "late": not row.seconds <= standard_s,
        "reason": reason_sentence(findings, row),
        "mgrs": row.mgrs,
        "facts": text(
            "zone_facts", area=figures.area(row.area_km2), expected=f"{row.expected_30d:.2g}"
        ),
        "lon": round(float(lon[0]), 5),
        "lat": round(float(lat[0]), 5),
        "outline": packed_lines([to_lonlat(findings.theatre, _outline(findings, row.geometry))]),
        "times": _times(findings, *anchor, row),
    }


def _unknown(count: int) -> str:
    return text("sites_unknown", n=count) if count else ""


def _nearest(row: Any, standard_s: float) -> str:
    if not math.isfinite(row.seconds):
        away = figures.distance(row.distance_m)
        return text("nearest_not_reached", base=row.base_name, distance=away)
    time, mover = figures.time_against(row.seconds, standard_s), mover_name(row.mover)
    return text("nearest_reached", base=row.base_name, time=time, mover=mover)


def reason_sentence(findings: Findings, row: Any) -> str:
    """Why the zone is not protected, in one sentence with base, distance, mover and time."""
    where = {"base": row.base_name, "distance": figures.distance(row.distance_m)}
    if math.isfinite(row.seconds):
        mover = mover_name(row.mover)
        time = figures.time_against(row.seconds, findings.plan.standard.response)
        sentence = why_late(row, findings)
        return text(sentence.key, mover=mover, time=time, **where, **sentence.slots)
    if row.reason == "cut_off":
        cut_off = figures.duration(findings.plan.standard.cut_off)
        return text("why_cut_off", cut_off=cut_off, **where)
    key = f"why_{row.reason}"
    return text(key if row.reason in _REASONS else "why_unknown", **where)


_REASONS = ("unknown", "closed", "caveat", "beyond_range", "no_network", "outside_area", "no_asset")


def _anchor(findings: Findings, row: Any) -> tuple[float, float]:
    """Where the zone was judged, in metres: its grid reference, else a point within it."""
    try:
        lon, lat = lonlat_of(row.mgrs)
    except ValueError:
        inside = row.geometry.representative_point()
        return float(inside.x), float(inside.y)
    x, y = transformer(WGS84, findings.theatre.grid.crs).transform(lon, lat)
    return float(x), float(y)


def _outline(findings: Findings, geometry: BaseGeometry) -> BaseGeometry:
    """Outline a little outside the zone's cells, with their corners rounded off."""
    cell = findings.theatre.grid.cell_size_m
    rounded = geometry.buffer(1.2 * cell).buffer(-0.7 * cell)
    return shapely.simplify(rounded, 0.1 * cell)


def _times(findings: Findings, x_m: float, y_m: float, row: Any) -> list[list[CellAnswer]]:
    cell = _judged_cell(findings, x_m, y_m, row)
    by_case = {(t.mover, t.conditions): t for t in findings.travel}
    movers = dict.fromkeys(t.mover for t in findings.travel)
    base = {b: i for i, b in enumerate(findings.layers["bases"].table["id"])}
    standard_s = findings.plan.standard.response
    return [
        [_cell(by_case[mover, c], cell, base, standard_s) for c in ALL_CONDITIONS]
        for mover in movers
    ]


def _judged_cell(findings: Findings, x_m: float, y_m: float, row: Any) -> tuple[int, int] | None:
    """Cell that the zone was judged by; None outside the grid.

    A grid reference to 1 km may name the cell beside it: among the cells around, the one whose time
    is the zone's own is meant.
    """
    rows, cols = findings.theatre.grid.cell_of(np.array([x_m]), np.array([y_m]))
    first, left = int(rows[0]), int(cols[0])
    if first < 0:
        return None
    own = [
        t for t in findings.travel if t.mover == row.mover and t.conditions == findings.conditions
    ]
    if not own or not math.isfinite(row.seconds):
        return first, left
    window = own[0].cell_seconds[max(0, first - 1) : first + 2, max(0, left - 1) : left + 2]
    off = np.nan_to_num(np.abs(window - row.seconds), nan=np.inf)
    at = (min(first, 1), min(left, 1))
    if off[at] < 1.0 or not (off < 1.0).any():
        return first, left
    down, right = np.unravel_index(int(off.argmin()), off.shape)
    return first - at[0] + int(down), left - at[1] + int(right)


def _cell(
    time: TravelTime, cell: tuple[int, int] | None, base: dict[str, int], standard_s: float
) -> CellAnswer:
    seconds = math.inf if cell is None else float(time.cell_seconds[cell])
    owner = -1 if cell is None else int(time.cell_owner[cell])
    reason = Reason.OUTSIDE_AREA if cell is None else list(Reason)[int(time.cell_reasons[cell])]
    return {
        "time": time_text(seconds, standard_s, reason=reason, air=time.kind == "air"),
        "state": int(states(np.array([seconds]), standard_s=standard_s)[0]),
        "base": base.get(time.base_ids[owner], -1) if owner >= 0 else -1,
        "seconds": round(seconds) if math.isfinite(seconds) else -1,
    }
