"""What each layer's table must look like: its columns, their types and the values they may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry
from pandera.errors import SchemaErrors

from geo_poc.errors import Fault, LayerError

FieldType = Literal["text", "number", "count", "whole", "date", "flag", "code", "duration"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a layer.

    Parameters
    ----------
    type : str
        ``text`` (never missing), ``number`` (NaN unknown), ``count`` (a number not below 0),
        ``whole`` (integer in ``bounds``), ``date`` (NaT unknown), ``flag`` (bool), ``code`` (one
        of ``codes``, or ``""`` unknown where that is the default), ``duration`` (text such as
        ``45 min``, kept in seconds in a column whose name ends in ``_s``; NaN unknown).
    codes : tuple of str
    bounds : tuple of int
        Lowest and highest whole number.
    default : str, bool or int, optional
        Of a cell that is missing. None means unknown (NaN, NaT, ``""``), or a fault if
        ``required``.
    integral : bool
        A fraction is refused: ``3.500`` people may be 3500 as many write it.
    required : bool
        A row without it is refused, and a file without the column an error.
    lenient : bool
        A cell that cannot be used is unknown and the row is kept: what it describes is there.
    folded : bool
        Text in lower case, as the words of OpenStreetMap are.
    """

    type: FieldType
    codes: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 0)
    default: str | bool | int | None = None
    required: bool = False
    integral: bool = False
    lenient: bool = False
    folded: bool = False


_TEXT = Field(type="text")
_NUMBER = Field(type="number")
_COUNT = Field(type="count")
_PEOPLE = Field(type="count", integral=True)
_DATE = Field(type="date")
_FLAG = Field(type="flag", default=False)


def _code(*codes: str, default: str | None = None) -> Field:
    return Field(type="code", codes=codes, default=default, required=default is None)


FIELDS: Mapping[str, Mapping[str, Field]] = {
    "incidents": {
        "date_start": Field(type="date", required=True),
        "date_end": _DATE,
        "kind": _code("state_based", "non_state", "one_sided", "other", default="other"),
        "where_prec": Field(type="whole", bounds=(1, 7), default=1),
        "date_prec": Field(type="whole", bounds=(1, 5), default=1),
        "deaths_best": _COUNT,
        "deaths_low": _COUNT,
        "deaths_high": _COUNT,
        "deaths_civilians": _COUNT,
        "actor_a": _TEXT,
        "actor_b": _TEXT,
        "admin1": _TEXT,
        "admin2": _TEXT,
        "place": _TEXT,
        "note": _TEXT,
        "sensitive": _FLAG,
        "position_sd_m": _COUNT,
        "reliability": Field(type="code", codes=tuple("ABCDEF"), default="", lenient=True),
        "credibility": Field(type="code", codes=tuple("123456"), default="", lenient=True),
    },
    "camps": {
        "name": _TEXT,
        "kind": _code("idp", "refugee", "returnee", "poc", "other", default="other"),
        "people": _PEOPLE,
        "people_estimate": _FLAG,
        "admin1": _TEXT,
        "admin2": _TEXT,
        "pcode": _TEXT,
        "note": _TEXT,
        "date": _DATE,
        "radius_m": Field(type="count", lenient=True),
        "vulnerability": Field(type="count", lenient=True),
    },
    "places": {
        "name": _TEXT,
        "kind": _code("city", "town", "village", "health", "other", default="other"),
        "people": _PEOPLE,
        "people_estimate": _FLAG,
        "admin1": _TEXT,
        "admin2": _TEXT,
        "pcode": _TEXT,
        "vulnerability": Field(type="count", lenient=True),
    },
    "bases": {
        "name": _TEXT,
        "kind": _code("fhq", "shq", "cob", "tob", default="cob"),
        "role": _code("fixed", "movable", "closable", "candidate", default="fixed"),
        "strength": Field(type="count", lenient=True),
        "aviation": _FLAG,
        "medical": _FLAG,
        "contingent": _TEXT,
    },
    "base_history": {
        "name": _TEXT,
        "mission": _TEXT,
        "kind": _code("stay", "snapshot", default="stay"),
        "from_date": _DATE,
        "to_date": _DATE,
    },
    "roads": {
        "road_class": Field(type="text", folded=True),
        "surface": _TEXT,
        "tracktype": _TEXT,
        "smoothness": _TEXT,
        "wet_state": _code("open", "difficult", "closed", default=""),
        "speed_kmh": _COUNT,
        "length_m": _COUNT,
        "oneway": _FLAG,
        "bridge": _FLAG,
        "name": _TEXT,
    },
    "areas": {
        "name": _TEXT,
        "kind": _code(
            "admin",
            "mandate",
            "country",
            "water",
            "swamp",
            "caveat",
            "no_fly",
            "closure",
            "landing_zone",
            "host_state",
            "mined",
        ),
        "rule": _code("no_go", "no_night", "needs_approval", "clearance", default=""),
        "delay": Field(type="duration"),
        "roads": _TEXT,
        "barrier": _FLAG,
        "from_date": _DATE,
        "to_date": _DATE,
        "contingents": _TEXT,
        "note": _TEXT,
    },
    "airfields": {
        "name": _TEXT,
        "kind": _code("large", "medium", "small", "heliport"),
        "elevation_m": _NUMBER,
        "runway_m": _COUNT,
        "surface": _TEXT,
        "fuel": _code("yes", "no", "unknown", default="unknown"),
    },
}

MADE: Mapping[str, Mapping[str, pa.Column]] = {
    "incidents": {
        "event": pa.Column(str, pa.Check.str_length(min_value=1), required=False),
        "seen_by": pa.Column("int64", pa.Check.ge(1), required=False),
        "weight": pa.Column("float64", pa.Check.in_range(0, 1), required=False),
    },
}
"""Columns that no file has: made once all files of a layer are read (`geo_poc.layers.links`)."""

SHAPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("incidents", "camps", "places", "bases", "airfields", "base_history"), frozenset({"Point"})
    ),
    "roads": frozenset({"LineString", "MultiLineString"}),
    "areas": frozenset({"Polygon", "MultiPolygon", "LineString", "MultiLineString"}),
}
"""Geometry types of each layer."""


_DTYPES: Mapping[FieldType, str] = {
    "text": "str",
    "number": "float64",
    "count": "float64",
    "whole": "int64",
    "date": "datetime64[ns]",
    "flag": "bool",
    "code": "str",
    "duration": "float64",
}


def kept_as(name: str, field: Field) -> str:
    """Column of a layer's table that a field is kept in.

    Examples
    --------
    >>> kept_as("delay", FIELDS["areas"]["delay"]), kept_as("name", FIELDS["areas"]["name"])
    ('delay_s', 'name')
    """
    return f"{name}_s" if field.type == "duration" else name


def _column(field: Field) -> pa.Column:
    checks = {
        "count": [pa.Check.ge(0)],
        "duration": [pa.Check.ge(0)],
        "whole": [pa.Check.in_range(*field.bounds)],
        "code": [pa.Check.isin((*field.codes, "") if field.default == "" else field.codes)],
    }
    unknown = field.type in {"number", "count", "date", "duration"} and not field.required
    return pa.Column(_DTYPES[field.type], checks.get(field.type), nullable=unknown)


def _schema(layer: str) -> pa.DataFrameSchema:
    shapes = SHAPES[layer]
    geometry = pa.Column(
        Geometry,
        [
            pa.Check(lambda g: g.geom_type.isin(shapes), error=f"must be {' or '.join(shapes)}"),
            pa.Check(lambda g: ~g.is_empty, error="must not be empty"),
        ],
        nullable=layer == "areas",
    )
    columns = {kept_as(name, field): _column(field) for name, field in FIELDS[layer].items()}
    return pa.DataFrameSchema(
        {
            "id": pa.Column(str, pa.Check.str_length(min_value=1), unique=True),
            "source": pa.Column(str),
            **columns,
            **MADE.get(layer, {}),
            "geometry": geometry,
        },
        name=layer,
        strict=True,
        ordered=True,
        coerce=True,
    )


SCHEMAS: Mapping[str, pa.DataFrameSchema] = {layer: _schema(layer) for layer in FIELDS}
INCIDENTS = SCHEMAS["incidents"]
CAMPS = SCHEMAS["camps"]
PLACES = SCHEMAS["places"]
BASES = SCHEMAS["bases"]
ROADS = SCHEMAS["roads"]
AREAS = SCHEMAS["areas"]
AIRFIELDS = SCHEMAS["airfields"]


def validated(layer: str, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Table with the columns of a layer in order, that passes its schema.

    Columns that the layer does not know are left out; a table without rows gets the columns.

    Raises
    ------
    LayerError
        If a value does not pass; the first twenty.

    Examples
    --------
    >>> empty = gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs="EPSG:32636")
    >>> validated("bases", empty).columns.tolist()[:4]
    ['id', 'source', 'name', 'kind']
    """
    fields = (kept_as(name, field) for name, field in FIELDS[layer].items())
    made = (name for name in MADE.get(layer, ()) if name in table)
    ordered = table.reindex(columns=["id", "source", *fields, *made, "geometry"])
    try:
        checked = SCHEMAS[layer].validate(ordered, lazy=True)
    except SchemaErrors as e:
        raise LayerError(
            [
                Fault(
                    where=f"{layer}: {case['column']}",
                    found=str(case["failure_case"]),
                    rule=f"must pass {case['check']}",
                    repair="report this as a defect of geo-poc",
                )
                for case in e.failure_cases.head(20).to_dict("records")
            ]
        ) from e
    return gpd.GeoDataFrame(checked, geometry="geometry", crs=table.crs)
