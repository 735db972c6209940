"""Areas that are judged: polygons, circles around camps and places, or the whole theatre."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import ConfigError, Fault
from geo_poc.indicators_file import AreaRule
from geo_poc.theatre import Theatre


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """One area that gets a level.

    Parameters
    ----------
    name : str
        No two areas have the same.
    kind : "admin", "circle" or "whole"
    shape : geometry
        In metres of the theatre's CRS; of a circle its centre.
    radius_m : float
        Of a circle, else 0.
    """

    name: str
    kind: str
    shape: BaseGeometry
    radius_m: float = 0.0

    def away_m(self, points: NDArray[np.object_]) -> NDArray[np.float64]:
        """Distance in metres of points from the area, 0 inside it; ``nan`` where there is no point.

        Examples
        --------
        >>> camp = Judged(name="camp", kind="circle", shape=shapely.Point(0, 0), radius_m=10.0)
        >>> camp.away_m(shapely.points([[0, 4], [0, 13]])).tolist()
        [0.0, 3.0]
        """
        shapely.prepare(self.shape)
        away = np.asarray(shapely.distance(self.shape, points), dtype=np.float64)
        return np.maximum(away - self.radius_m, 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sites:
    """What the rules of areas can name: areas of kind admin, camps and places, with ``id, name``."""

    admin: gpd.GeoDataFrame
    camps: gpd.GeoDataFrame
    places: gpd.GeoDataFrame


def judged_areas(
    rules: Sequence[AreaRule], sites: Sites, *, theatre: Theatre, where: str
) -> tuple[Judged, ...]:
    """All areas that the rules name, in their order.

    Parameters
    ----------
    rules : sequence of AreaRule
    sites : Sites
    theatre : Theatre
    where : str
        Name of the indicators file.

    Raises
    ------
    ConfigError
        If a name matches nothing or more than one, ``every`` finds none, or two areas have one name;
        all faults together.
    """
    faults: list[Fault] = []
    areas: list[Judged] = []
    for number, rule in enumerate(rules, 1):
        find = _FINDERS["every" if rule.every else "admin" if rule.admin else "around"]
        place = f"{where}: [areas] {number}"
        if rule.whole:
            areas.append(Judged(name=rule.name or theatre.name, kind="whole", shape=theatre.area))
            continue
        try:
            areas += find(rule, sites, place)
        except ConfigError as e:
            faults += e.faults
    faults += _same_names(areas, where=f"{where}: [areas] name")
    if faults:
        raise ConfigError(faults)
    return tuple(areas)


def _every(rule: AreaRule, sites: Sites, where: str) -> list[Judged]:
    table = sites.admin if rule.every == "admin" else sites.camps
    if table.empty:
        raise ConfigError(
            Fault(
                where=f"{where} every",
                found=f"no {'area of kind admin' if rule.every == 'admin' else 'camp'}",
                rule="must find at least one in the theatre",
                repair="add the layer to the theatre file, or name areas of another kind",
            )
        )
    kind = "admin" if rule.every == "admin" else "circle"
    return [
        Judged(name=name, kind=kind, shape=shape, radius_m=rule.radius or 0.0)
        for name, shape in zip(_names(table), table.geometry, strict=True)
    ]


def _admin(rule: AreaRule, sites: Sites, where: str) -> list[Judged]:
    name, shape = _one(rule.admin, [sites.admin], where=f"{where} admin")
    return [Judged(name=rule.name or name, kind="admin", shape=shape)]


def _around(rule: AreaRule, sites: Sites, where: str) -> list[Judged]:
    name, shape = _one(rule.around, [sites.camps, sites.places], where=f"{where} around")
    radius_m = rule.radius or 0.0
    return [Judged(name=rule.name or name, kind="circle", shape=shape, radius_m=radius_m)]


_FINDERS: dict[str, Callable[[AreaRule, Sites, str], list[Judged]]] = {
    "every": _every,
    "admin": _admin,
    "around": _around,
}


def _one(
    wanted: str, tables: Sequence[gpd.GeoDataFrame], *, where: str
) -> tuple[str, BaseGeometry]:
    """Name and shape of the one row with an id, or else the one with a name."""
    rows = [
        (str(ident), name, shape)
        for table in tables
        for ident, name, shape in zip(table["id"], _names(table), table.geometry, strict=True)
    ]
    for column in (0, 1):
        found = [row for row in rows if row[column] == wanted]
        if len(found) == 1:
            return found[0][1], found[0][2]
        if found:
            raise ConfigError(
                Fault(
                    where=where,
                    found=f"'{wanted}', which is {len(found)} of them",
                    rule="must be exactly one",
                    repair=f"give its id: {', '.join(row[0] for row in found[:5])}",
                )
            )
    known = [text for row in rows for text in row[:2]]
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    raise ConfigError(
        Fault(
            where=where,
            found=f"'{wanted}'",
            rule="must be the id or name of one in the theatre",
            repair=f"did you mean '{near[0]}'?" if near else f"there are {len(rows)} of them",
        )
    )


def _names(table: gpd.GeoDataFrame) -> list[str]:
    """Names, the id where there is none."""
    return [str(name) or str(i) for i, name in zip(table["id"], table["name"], strict=True)]


def _same_names(areas: Sequence[Judged], *, where: str) -> Iterator[Fault]:
    for name, times in Counter(area.name for area in areas).items():
        if times > 1:
            yield Fault(
                where=where,
                found=f"'{name}' {times} times",
                rule="must be there once: results and logs go by it",
                repair="give names of their own to all but one",
            )
