"""Road attributes as publishers write them -> the columns of the roads layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from numbers import Real

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.layers.columns import plain

ROAD_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "road_class": (
        "road_class",
        "highway",
        "fclass",
        "class",
        "classe",
        "road_type",
        "type_route",
        "type",
    ),
    "surface": ("surface", "pavement", "revetement"),
    "tracktype": ("tracktype", "track_type", "type_de_piste", "type_piste"),
    "smoothness": ("smoothness", "etat_de_surface", "planeite"),
    "wet_state": (
        "wet_state",
        "wet_season_state",
        "wet_season_status",
        "rainy_season_state",
        "rainy_season_status",
        "etat_saison_des_pluies",
        "etat_en_saison_des_pluies",
        "praticabilite_saison_des_pluies",
    ),
    "speed_kmh": ("speed_kmh", "maxspeed", "maxspeed_kmh", "speed", "vitesse_kmh", "vitesse"),
    "length_m": (
        "length_m",
        "distance_m",
        "longueur_m",
        "distance",
        "length",
        "length_km",
        "distance_km",
        "longueur_km",
    ),
    "oneway": ("oneway", "one_way", "sens_unique"),
    "bridge": ("bridge", "pont"),
    "name": ("name", "road_name", "nom"),
}
_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_SPEED = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots|)\s*$")
_FORWARD = frozenset({"yes", "true", "1", "1.0"})
_BACKWARD = frozenset({"-1", "-1.0", "reverse"})
_NO = frozenset({"no", "false", "0", "0.0", "f", "n", "none", ""})
_CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "road", "service", "track", "ferry", "pedestrian", "bridleway", "cycleway", "path", "footway",
    "steps",
)  # fmt: skip
_ONEWAY_CLASSES = frozenset({"motorway"})
_GEOFABRIK_ONEWAY = {"F": "yes", "T": "-1", "B": "no"}
_SHORT_ONEWAY = dict.fromkeys(("T", "t", "Y", "y"), "yes")
_ONEWAY_JUNCTIONS = frozenset({"roundabout", "circular"})
_CLOSED_TO_PUBLIC = frozenset({"no", "private"})


def with_road_columns(
    table: pd.DataFrame, *, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Table with the columns of the roads layer added, and the file's column that each is from.

    Lines that may be used only against the order of their points are turned round, so that
    ``oneway`` always means from the first to the last point. The file's own columns stay; one that
    bears a name of ours stays as ``name (file)``. ``id`` is empty where the file has none to use.

    Parameters
    ----------
    table : DataFrame
        With lines in ``geometry``.
    columns : mapping
        Our column -> the file's column, ahead of the names known by themselves.

    Returns
    -------
    DataFrame, dict
        ``id, road_class, surface, tracktype, smoothness, wet_state, name`` text as the file has it,
        ``""`` unknown; ``speed_kmh, length_m`` nan unknown;
        ``oneway, bridge, restricted`` bool. ``restricted``: access is ``no`` or ``private``.

    Examples
    --------
    >>> road = pd.DataFrame({"highway": ["motorway"], "maxspeed": ["50 mph"], "geometry": [None]})
    >>> made, used = with_road_columns(road, columns={})
    >>> made.road_class[0], f"{made.speed_kmh[0]:.1f}", bool(made.oneway[0]), used["speed_kmh"]
    ('motorway', '80.5', True, 'maxspeed')
    """
    found = _columns_found(table.columns, columns)
    ours_in_file = [name for name in ROAD_SYNONYMS if name in table]
    made = table.rename(columns={name: f"{name} (file)" for name in ours_in_file})
    made["id"] = _ids(table, found, is_given="id" in columns)
    made["road_class"] = _column(table, found.get("road_class")).map(lowest_class).astype(object)
    is_ferry = _column(table, _own(table, "route")).map(tag_text) == "ferry"
    made["road_class"] = made["road_class"].mask((made["road_class"] == "") & is_ferry, "ferry")
    for ours in ("surface", "tracktype", "smoothness", "wet_state", "name"):
        made[ours] = _column(table, found.get(ours)).map(tag_text).astype(object)
    made["speed_kmh"] = _column(table, found.get("speed_kmh")).map(speed_kmh_of).astype(float)
    made["length_m"] = _lengths_m(table, found.get("length_m"))
    made["bridge"] = [tag_is_set(value) for value in _column(table, found.get("bridge"))]
    access = [tag_text(value).lower() for value in _column(table, _own(table, "access"))]
    made["restricted"] = np.isin(np.array(access, dtype=object), list(_CLOSED_TO_PUBLIC))
    direction = _directions(table, found, made["road_class"])
    made["oneway"] = direction != 0
    if "geometry" in made:
        made["geometry"] = turned_round(made["geometry"], direction == -1)
    return made, found


def speed_kmh_of(value: object) -> float:
    """Speed in km/h of an OSM ``maxspeed`` or a number; nan where it states none.

    Of several values the lowest counts. 0 (how Geofabrik's files write "no tag"), ``none``,
    ``signals``, ``walk`` and zone names (``RO:urban``) state no figure.

    Examples
    --------
    >>> speed_kmh_of("50"), speed_kmh_of("80;60"), speed_kmh_of(40.5), speed_kmh_of("RO:urban")
    (50.0, 60.0, 40.5, nan)
    """
    if isinstance(value, Real):
        return float(value) if value != 0 else float("nan")
    parts = [_SPEED.match(part.lower()) for text in _texts(value) for part in text.split(";")]
    speeds = [float(part[1]) * _KMH[part[2]] for part in parts if part]
    return min(filter(None, speeds), default=float("nan"))


def oneway_direction(value: object, *, road_class: str, junction: str) -> int:
    """Direction of travel: 1 from first to last point, -1 from last to first, 0 both.

    Motorways and roundabouts are one-way unless tagged ``no`` (OSM wiki, Key:oneway).

    Examples
    --------
    >>> [oneway_direction(v, road_class="primary", junction="") for v in ("yes", "-1", "no", None)]
    [1, -1, 0, 0]
    >>> oneway_direction(None, road_class="primary", junction="roundabout")
    1
    """
    text = tag_text(value).lower()
    if text in _FORWARD:
        return 1
    if text in _BACKWARD:
        return -1
    implied = road_class in _ONEWAY_CLASSES or junction in _ONEWAY_JUNCTIONS
    return int(implied and text == "")


def lowest_class(value: object) -> str:
    """Road class of a tag; the lowest where a road has several, and one not known before all.

    Examples
    --------
    >>> lowest_class("primary"), lowest_class(["track", "primary"]), lowest_class(None)
    ('primary', 'track', '')
    """
    classes = [part.strip() for part in tag_text(value).split(";")]
    return max(classes, key=lambda name: _CLASSES.index(name) if name in _CLASSES else 99)


def tag_is_set(value: object) -> bool:
    """Whether a tag such as ``bridge`` is there and does not say no."""
    return tag_text(value).lower() not in _NO


def tag_text(value: object) -> str:
    """Text of a tag, ``""`` where missing; of several values those that differ, ``;`` between."""
    return ";".join(dict.fromkeys(_texts(value)))


def turned_round(lines: pd.Series, which: NDArray[np.bool_]) -> pd.Series:
    """Lines with the order of points reversed where ``which`` is True; no coordinate changes."""
    return pd.Series(
        [shapely.reverse(line) if turn else line for line, turn in zip(lines, which, strict=True)],
        index=lines.index,
        dtype=object,
    )


def _columns_found(there: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Our column -> the file's; a column given that the file lacks is named by the caller's own check."""
    there = list(there)
    by_plain: dict[str, str] = {}
    for name in there:
        by_plain.setdefault(plain(name), str(name))
    found = {}
    for ours, synonyms in ROAD_SYNONYMS.items():
        own = (by_plain[name] for name in synonyms if name in by_plain)
        chosen = columns.get(ours) or next(own, None)
        if chosen in there:
            found[ours] = chosen
    return found


def _ids(table: pd.DataFrame, found: Mapping[str, str], *, is_given: bool) -> pd.Series:
    """Ids of the file, or ``""`` where they cannot tell the roads of several files apart.

    Mere numbers count up from 1 in many files; they are ids only if the theatre file says so.
    """
    ids = _column(table, found.get("id")).map(tag_text)
    usable = ids.is_unique and (is_given or not ids.str.isdecimal().any())
    return (ids if usable else ids.map(lambda _: "")).astype(object)


def _own(table: pd.DataFrame, name: str) -> str | None:
    return name if name in table.columns else None


def _column(table: pd.DataFrame, name: str | None) -> pd.Series:
    if name is None:
        return pd.Series([None] * len(table), index=table.index, dtype=object)
    return table[name].astype(object)


def _lengths_m(table: pd.DataFrame, name: str | None) -> pd.Series:
    """Length in metres; a column whose name ends in ``_km`` is converted."""
    metres_each = 1000.0 if name is not None and name.lower().endswith("_km") else 1.0
    column = _column(table, name)
    lengths = [sum(map(_number, value)) if _is_list(value) else _number(value) for value in column]
    return pd.Series(lengths, index=table.index, dtype=float) * metres_each


def _directions(
    table: pd.DataFrame, found: Mapping[str, str], road_class: pd.Series
) -> NDArray[np.int64]:
    oneway = _as_osm(_column(table, found.get("oneway")))
    junction = _column(table, _own(table, "junction")).map(tag_text)
    return np.array(
        [
            oneway_direction(value, road_class=kind, junction=where)
            for value, kind, where in zip(oneway, road_class, junction, strict=True)
        ],
        dtype=np.int64,
    )


def _as_osm(oneway: pd.Series) -> pd.Series:
    """One-way codes in OSM's words: Geofabrik shapefiles write F along, T against, B both."""
    words = oneway.map(tag_text)
    is_geofabrik = set(words) <= {"B", "F", "T", ""}
    codes = _GEOFABRIK_ONEWAY if is_geofabrik else _SHORT_ONEWAY
    return words.map(lambda word: codes.get(word, word))


def _texts(value: object) -> list[str]:
    if _is_list(value):
        return [text for part in value for text in _texts(part)]  # type: ignore[attr-defined]
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return []
    text = str(value).strip()
    return [text] if text else []


def _number(value: object) -> float:
    try:
        return float(tag_text(value))
    except ValueError:
        return float("nan")


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple, set, np.ndarray))
