"""Who is reached within the standard under which conditions: answers, classes and totals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.findings import Coverage
from geo_poc.layers.positions import mgrs_of
from geo_poc.plan import ALL_CONDITIONS, Conditions
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

PROTECTED, IF_FLOWN, NOT_PROTECTED, OUTSIDE, UNKNOWN = "P", "C", "N", "E", "?"


def class_of(
    ground_s: NDArray[np.float64], air_s: NDArray[np.float64], *, standard_s: float
) -> NDArray[np.str_]:
    """Class of each place or cell from its shortest times on the ground and by air.

    Parameters
    ----------
    ground_s, air_s : float array of any one shape
        Shortest response time; ``inf`` where nothing reaches, ``nan`` where unknown.
    standard_s : float
        A time equal to the standard meets it.

    Returns
    -------
    str array
        ``P`` on the ground in time; ``C`` not so, but by air in time; ``?`` if a time that could change the
        answer is unknown; else ``N``.

    Examples
    --------
    >>> ground = np.array([60.0, 61.0, np.inf, np.nan, np.inf])
    >>> air = np.array([np.inf, 60.0, 90.0, np.inf, np.nan])
    >>> "".join(class_of(ground, air, standard_s=60.0))
    'PCN??'
    """
    late = np.where(np.isnan(ground_s) | np.isnan(air_s), UNKNOWN, NOT_PROTECTED)
    return np.where(
        ground_s <= standard_s, PROTECTED, np.where(air_s <= standard_s, IF_FLOWN, late)
    )


def shortest_s(
    times: Sequence[NDArray[np.floating]], shape: tuple[int, ...], *, standard_s: float = np.inf
) -> NDArray[np.float64]:
    """Shortest of several times, in which an unknown time never hides one within the standard.

    Parameters
    ----------
    times : sequence of float arrays
    shape : tuple of int
    standard_s : float
        Beyond it an unknown time could be the shorter one that changes the answer.

    Returns
    -------
    float64 array
        The least known time; ``nan`` where it is not within the standard (without one: not finite) and one
        of the times is unknown; ``inf`` where nothing reaches or there are no times at all.

    Examples
    --------
    >>> shortest_s([np.array([5.0, np.nan, np.inf]), np.array([np.nan, np.inf, np.inf])], (3,))
    array([ 5., nan, inf])
    """
    best = np.full(shape, np.inf)
    unknown = np.zeros(shape, bool)
    for time in times:
        unknown |= np.isnan(time)
        best = np.fmin(best, time)
    late = np.isinf(best) | (best > standard_s)
    return np.where(late & unknown, np.nan, best)


def coverage_of(
    *,
    theatre: Theatre,
    conditions: Conditions,
    standard_s: float,
    places: gpd.GeoDataFrame,
    place_level: NDArray[np.int8],
    travel: Sequence[TravelTime],
    mandate: gpd.GeoDataFrame,
) -> Coverage:
    """Answers, classes and totals of every camp and place under every set of conditions.

    Parameters
    ----------
    places : GeoDataFrame
        From :func:`geo_poc.coverage.demand.demand`, in the order of ``travel[..].place_ids``.
    place_level : int8 array (places,)
        Threat level at each place.
    travel : sequence of TravelTime
    mandate : GeoDataFrame
        Areas of kind ``mandate``; empty means that the whole theatre is in the mandate.
    conditions : Conditions
        The case of ``Coverage.cell_class``.
    """
    outside = _outside(places.geometry, mandate)
    classes = pd.concat(
        [
            _case_classes(case, air, travel, places["id"], standard_s, outside)
            for case in ALL_CONDITIONS
            for air in (True, False)
        ],
        ignore_index=True,
    )
    table = _described(places, place_level, theatre)
    return Coverage(
        places=table,
        answers=pd.concat([_answers(t) for t in travel], ignore_index=True),
        classes=classes,
        matrix=_matrix(table, classes, travel),
        cell_class=_cell_classes(theatre, conditions, travel, standard_s, mandate),
    )


def _outside(points: gpd.GeoSeries, mandate: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if mandate.empty:
        return np.zeros(len(points), bool)
    return np.asarray(~points.intersects(mandate.union_all()).to_numpy(), dtype=np.bool_)


def _under(travel: Sequence[TravelTime], case: Conditions, *, air: bool) -> list[TravelTime]:
    return [t for t in travel if t.conditions == case and (t.kind == "air") == air]


def may_fly(travel: Sequence[TravelTime], case: Conditions) -> bool:
    """Whether any aircraft may fly at all under these conditions."""
    return any((t.reasons != Reason.NO_ASSET).any() for t in _under(travel, case, air=True))


def _case_classes(
    case: Conditions,
    air: bool,
    travel: Sequence[TravelTime],
    ids: pd.Series[str],
    standard_s: float,
    outside: NDArray[np.bool_],
) -> pd.DataFrame:
    shape = (len(ids),)
    ground = [_nearest_s(t) for t in _under(travel, case, air=False)]
    ground_s = shortest_s(ground, shape, standard_s=standard_s)
    flown = _under(travel, case, air=True) if air else []
    air_s = shortest_s([_nearest_s(t) for t in flown], shape, standard_s=standard_s)
    letters = np.where(outside, OUTSIDE, class_of(ground_s, air_s, standard_s=standard_s))
    return pd.DataFrame(
        {
            "id": ids.to_numpy(),
            "season": case.season,
            "light": case.light,
            "air": air,
            "class": letters,
        }
    )


def _nearest_s(time: TravelTime) -> NDArray[np.float64]:
    return shortest_s(list(time.seconds), (len(time.place_ids),))


def _answers(time: TravelTime) -> pd.DataFrame:
    first, seconds, reasons = time.nearest(0)
    second, second_s, _ = time.nearest(1)
    columns = np.arange(len(time.place_ids))
    base_ids = np.array([*time.base_ids, ""], dtype=object)
    reached = first >= 0
    return pd.DataFrame(
        {
            "id": list(time.place_ids),
            "mover": time.mover,
            "kind": time.kind,
            "season": time.conditions.season,
            "light": time.conditions.light,
            "base": base_ids[first],
            "seconds": seconds,
            "reason": [str(r) for r in reasons],
            "distance_m": np.where(reached, time.distance_m[first, columns], np.nan),
            "off_road_m": np.where(reached, time.off_road_m[first, columns], np.nan),
            "approval_s": np.where(reached, time.waits_s[first, columns], np.nan),
            "walked_m": np.where(reached, time.last_leg_m[first, columns], np.nan),
            "second_base": base_ids[second],
            "second_seconds": second_s,
        }
    )


def _described(
    places: gpd.GeoDataFrame, place_level: NDArray[np.int8], theatre: Theatre
) -> pd.DataFrame:
    lon, lat = theatre.lonlat(places.geometry.x.to_numpy(), places.geometry.y.to_numpy())
    return pd.DataFrame(places.drop(columns="geometry")).assign(
        lon=lon, lat=lat, mgrs=mgrs_of(lon, lat), threat_level=place_level
    )


def _matrix(
    places: pd.DataFrame, classes: pd.DataFrame, travel: Sequence[TravelTime]
) -> pd.DataFrame:
    joined = classes.merge(places[["id", "layer", "people"]], on="id")
    joined = joined[joined["class"] != OUTSIDE]
    rows = []
    for case in ALL_CONDITIONS:
        under = joined[(joined["season"] == case.season) & (joined["light"] == case.light)]
        for layer, air in product(sorted(places["layer"].unique()), (False, True)):
            here = under[(under["layer"] == layer) & (under["air"] == air)]
            rows.append(
                {"layer": layer, "season": case.season, "light": case.light, "air": air}
                | _totals(here)
                | {"possible": not air or may_fly(travel, case)}
            )
    columns = ["layer", "season", "light", "air", *_totals(joined), "possible"]
    return pd.DataFrame(rows, columns=columns)


def _totals(case: pd.DataFrame) -> dict[str, float]:
    """Sums over sites; the share is of people whose number is known, unknown times never count as reached."""
    within = case["class"].isin([PROTECTED, IF_FLOWN])
    people = float(case["people"].sum())
    reached = float(case.loc[within, "people"].sum())
    unknown = float(case.loc[case["class"] == UNKNOWN, "people"].sum())
    return {
        "sites": len(case),
        "sites_unknown_people": int(case["people"].isna().sum()),
        "sites_within": int(within.sum()),
        "people": people,
        "people_within": reached,
        "share": reached / people if people > unknown else float("nan"),
    }


def _cell_classes(
    theatre: Theatre,
    case: Conditions,
    travel: Sequence[TravelTime],
    standard_s: float,
    mandate: gpd.GeoDataFrame,
) -> NDArray[np.str_]:
    shape = theatre.grid.shape
    ground, flown = ([t.cell_seconds for t in _under(travel, case, air=a)] for a in (False, True))
    ground_s = shortest_s(ground, shape, standard_s=standard_s)
    air_s = shortest_s(flown, shape, standard_s=standard_s)
    letters = class_of(ground_s, air_s, standard_s=standard_s)
    x, y = theatre.grid.centres()
    centres = gpd.GeoSeries(gpd.points_from_xy(x.ravel(), y.ravel()), crs=theatre.grid.crs)
    letters = np.where(_outside(centres, mandate).reshape(shape), OUTSIDE, letters)
    return np.where(theatre.inside, letters, "")
