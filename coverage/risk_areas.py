"""Areas where attacks are most to be expected: how many, on whom, how sure, and who would answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.patches import bearing_name, cell_mgrs, outline, patch_of_cell
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.draws import FIRM, Draws
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.reasons import area_reasons
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

LEVEL = 5
RISEN, FALLEN = 1.25, 0.8
_CLASSES = "NC?PE"  # from the worst on; of equal shares the first counts


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessed:
    """What risk areas are made from, all on one grid and of one day.

    Parameters
    ----------
    theatre : Theatre
    threat : Threat
    before : Threat
        As it was at the last assessment.
    draws : Draws
    places : GeoDataFrame
        Camps and places: ``id, layer, name, people, geometry``.
    people : array (rows, cols) or None
        Residents per cell, ``nan`` unknown.
    others : mapping of str to float array (cells,)
        Densities of other models over the area's cells.
    cell_class : str array (rows, cols) or None
        Class of protection of each cell; None where no plan is assessed.
    """

    theatre: Theatre
    threat: Threat
    before: Threat
    draws: Draws
    places: gpd.GeoDataFrame
    people: NDArray[np.floating] | None
    others: Mapping[str, NDArray[np.float64]]
    cell_class: NDArray[np.str_] | None = None


def risk_areas(assessed: Assessed) -> gpd.GeoDataFrame:
    """Patches of the highest threat level, most people exposed first.

    A patch is a group of cells of level 5; with a gap of up to 10 km (at least two cells) between them
    they are one.

    Returns
    -------
    GeoDataFrame
        In the theatre's CRS: ``rank, name, mgrs, area_km2``; ``expected, expected_low, expected_high`` (incidents
        within the horizon, middle 80 % of the draws) and ``any_ratio``; ``residents, residents_unknown_ratio,
        displaced, sites, sites_unknown_people``; ``exposed`` (expected incidents of each cell times the people in
        it, ``nan`` where nobody's number is known); the ``share_*, last_event, days_since, events_year,
        events_all`` of `geo_poc.layers.threat.reasons.area_reasons`; ``precise_events``; ``firm_ratio`` (share of
        its cells that are firm); ``expected_before`` and ``change`` (new, risen, fallen, same);
        ``models_agree`` (names, joined by ``; ``); ``class`` and ``class_ratio`` (the class of protection with the
        largest part of what is expected, and that part; empty without a plan).
    """
    theatre, scene = assessed.theatre, _scene(assessed)
    patch = patch_of_cell(scene.level >= LEVEL, np.zeros(theatre.grid.shape, int), theatre.grid)
    table = area_reasons(assessed.threat, patch, theatre=theatre, people=assessed.people)
    earlier = area_reasons(assessed.before, patch, theatre=theatre)["expected"]
    before_level = threat_levels(assessed.before, theatre=theatre)
    rows = [
        _area(assessed, scene, patch == number + 1)
        | {
            "expected_before": float(earlier[number]),
            "change": _change(
                table["expected"][number],
                earlier[number],
                new=bool((before_level[patch == number + 1] < LEVEL).all()),
            ),
        }
        for number in range(len(table))
    ]
    joined = pd.concat([table, pd.DataFrame(rows, index=table.index, columns=_COLUMNS)], axis=1)
    return _ranked(joined, assessed)


_COLUMNS = [
    "name", "mgrs", "area_km2", "expected_low", "expected_high", "displaced", "sites", "sites_unknown_people",
    "exposed_displaced", "precise_events", "firm_ratio", "models_agree", "class", "class_ratio",
    "expected_before", "change", "geometry",
]  # fmt: skip


def _ranked(table: pd.DataFrame, assessed: Assessed) -> gpd.GeoDataFrame:
    exposed = table[["exposed_residents", "exposed_displaced"]].sum(axis=1, min_count=1)
    table = table.assign(exposed=exposed).rename(columns={"residents_near": "residents"})
    table = table.drop(columns=["last_km", "exposed_residents", "exposed_displaced"])
    order = table.assign(known=exposed.fillna(-1.0)).sort_values(
        ["known", "expected", "mgrs"], ascending=[False, False, True], ignore_index=True
    )
    order = order.drop(columns="known")
    order.insert(0, "rank", range(1, len(order) + 1))
    return gpd.GeoDataFrame(order, geometry="geometry", crs=assessed.theatre.grid.crs)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Scene:
    """What all areas share: level and expected incidents of each cell, the cell of each place, top cells by model."""

    level: NDArray[np.int8]
    expected: NDArray[np.float64]
    place_cell: NDArray[np.int64]
    firm: NDArray[np.bool_]
    tops: Mapping[str, NDArray[np.bool_]]


def _scene(assessed: Assessed) -> _Scene:
    theatre, threat, points = assessed.theatre, assessed.threat, assessed.places.geometry
    per_cell = threat.expected.astype(np.float64) * threat.grid.cell_area_km2
    return _Scene(
        level=threat_levels(threat, theatre=theatre),
        expected=np.nan_to_num(per_cell * threat.horizon_days / 30.0),
        place_cell=nearest_inside(
            theatre.inside, theatre.grid, points.x.to_numpy(), points.y.to_numpy()
        ),
        firm=assessed.draws.firmness == FIRM,
        tops={name: in_top(density) for name, density in assessed.others.items()},
    )


def _area(assessed: Assessed, scene: _Scene, mask: NDArray[np.bool_]) -> dict[str, object]:
    theatre, place_cell = assessed.theatre, scene.place_cell
    here = (place_cell >= 0) & mask.ravel()[place_cell]
    sites, camp = assessed.places[here], here & (assessed.places["layer"] == "camp").to_numpy()
    camps = assessed.places[camp]
    inside = mask[theatre.inside]
    low, high = assessed.draws.range_of(assessed.draws.expected[:, inside].sum(axis=1))
    row, col = (
        int(i) for i in np.unravel_index(np.where(mask, scene.expected, -1.0).argmax(), mask.shape)
    )
    letter, ratio = _class(assessed.cell_class, mask, scene.expected)
    exposed = camps["people"] * scene.expected.ravel()[place_cell[camp]]
    return {
        "name": _name(assessed, sites, row, col),
        "mgrs": cell_mgrs(theatre, row, col),
        "area_km2": float(mask.sum() * theatre.grid.cell_area_km2),
        "expected_low": low,
        "expected_high": high,
        "displaced": float(camps["people"].sum(min_count=1)) if len(camps) else 0.0,
        "sites": len(sites),
        "sites_unknown_people": int(sites["people"].isna().sum()),
        "exposed_displaced": float(exposed.sum(min_count=1)) if len(camps) else 0.0,
        "precise_events": _precise(assessed.threat, mask),
        "firm_ratio": float(scene.firm[inside].mean()),
        "models_agree": "; ".join(name for name, top in scene.tops.items() if top[inside].any()),
        "class": letter,
        "class_ratio": ratio,
        "geometry": outline(theatre, mask),
    }


def overlooked(assessed: Assessed, *, share: float = 0.01) -> gpd.GeoDataFrame:
    """Patches that another model has in its top share of the area and that are below the highest level.

    Parameters
    ----------
    assessed : Assessed
    share : float
        Of the area.

    Returns
    -------
    GeoDataFrame
        ``model, name, mgrs, area_km2, level`` (the highest of its cells) and the outline, by model and then by
        what that model expects there, most first.
    """
    theatre, scene = assessed.theatre, _scene(assessed)
    rows = []
    for model, density in assessed.others.items():
        whole = np.zeros(theatre.grid.shape)
        whole[theatre.inside] = np.where(in_top(density, share=share), density, 0.0)
        missed = (whole > 0) & (scene.level < LEVEL)
        patch = patch_of_cell(missed, np.zeros(missed.shape, int), theatre.grid)
        masks = [patch == number for number in range(1, int(patch.max()) + 1)]
        for mask in sorted(masks, key=lambda one: -float(whole[one].sum())):
            row, col = (int(i) for i in np.unravel_index((whole * mask).argmax(), mask.shape))
            here = (scene.place_cell >= 0) & mask.ravel()[scene.place_cell]
            rows.append(
                {
                    "model": model,
                    "name": _name(assessed, assessed.places[here], row, col),
                    "mgrs": cell_mgrs(theatre, row, col),
                    "area_km2": float(mask.sum() * theatre.grid.cell_area_km2),
                    "level": int(scene.level[mask].max()),
                    "geometry": outline(theatre, mask),
                }
            )
    columns = ["model", "name", "mgrs", "area_km2", "level", "geometry"]
    table = pd.DataFrame(rows, columns=columns)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=theatre.grid.crs)


def in_top(density: NDArray[np.float64], *, share: float = 0.05) -> NDArray[np.bool_]:
    """Cells that are wholly in the top share of the area by a density (cells,); ties beyond it are out.

    Examples
    --------
    >>> in_top(np.array([0.4, 0.3, 0.1, 0.1, 0.1]), share=0.6).tolist()
    [True, True, False, False, False]
    """
    rising = np.sort(density)
    not_below = density.size - np.searchsorted(rising, density, side="left")
    return np.asarray(not_below <= share * density.size)


def _precise(threat: Threat, mask: NDArray[np.bool_]) -> int:
    """Incidents in the cells that were coded to a point, ``where_prec`` 1 or 2."""
    if threat.past is None:
        return 0
    record = threat.past.record.placed
    here = mask.ravel()[threat.past.setting.cells[record.cell]]
    return int((here & (record.where_prec <= 2)).sum())


def _class(
    cell_class: NDArray[np.str_] | None, mask: NDArray[np.bool_], cells: NDArray[np.float64]
) -> tuple[str, float]:
    """Class with the largest part of what is expected, and that part; of equal parts the worse class."""
    if cell_class is None:
        return "", float("nan")
    total = cells[mask].sum()
    parts = {
        letter: float(cells[mask & (cell_class == letter)].sum() / total) for letter in _CLASSES
    }
    letter = max(parts, key=lambda one: (round(parts[one], 9), -_CLASSES.index(one)))
    return letter, parts[letter]


def _change(now: float, before: float, *, new: bool) -> str:
    if new:
        return "new"
    ratio = now / before
    return "risen" if ratio > RISEN else "fallen" if ratio < FALLEN else "same"


def _name(assessed: Assessed, sites: gpd.GeoDataFrame, row: int, col: int) -> str:
    """The largest camp or place in it, else where its highest cell lies from the nearest one."""
    if len(sites):
        return str(sites.loc[sites["people"].fillna(-1.0).idxmax(), "name"])
    x, y = assessed.theatre.grid.centres()
    return bearing_name(assessed.places, float(x[row, col]), float(y[row, col]))
