"""Areas where attacks are most to be expected: how many, on whom, how sure, and who would answer."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.risk_scene import (
    LEVEL,
    Assessed,
    Scene,
    area_of_cell,
    places_in,
    scene_of,
    where,
)
from geo_poc.layers.threat.reasons import area_reasons
from geo_poc.layers.threat.surface import Threat

RISEN, FALLEN = 1.25, 0.8
CLASS_COLUMNS = {
    "N": "ratio_n",
    "C": "ratio_c",
    "?": "ratio_unknown",
    "P": "ratio_p",
    "E": "ratio_e",
}
"""From the worst class on; of equal shares the first counts."""


def risk_areas(assessed: Assessed) -> gpd.GeoDataFrame:
    """Areas of the highest threat level, most people exposed first.

    Cells of level 5 that are close to each other are one patch, and a patch is cut so that no cell is more than
    25 km from its area's highest one (`geo_poc.coverage.risk_scene.area_of_cell`).

    Returns
    -------
    GeoDataFrame
        In the theatre's CRS:

        - ``rank, name, mgrs, lon, lat, area_km2, peak_cell`` (flat index of the cell where most is expected);
        - ``expected, expected_low, expected_high``: incidents within the horizon, and the middle 80 % of what the
          draws expect; ``any_ratio``: chance of at least one;
        - ``residents, residents_unknown_ratio``; ``displaced``: people known at camps, 0 where there is no camp,
          ``nan`` where none of the camps' numbers is known or the theatre has no camps at all; ``sites,
          sites_unknown_people, camps_unknown_people``: camps and places, and those without a number;
        - ``exposed``: expected incidents of each cell times the people known to be in it, ``nan`` where nobody's
          number is known; ``rank_weight``: what the rank is by, see below;
        - ``share_*, last_event, days_since, events_year, events_all`` of
          `geo_poc.layers.threat.reasons.area_reasons`; ``precise_events``: incidents coded to a point;
        - ``firm_ratio``: share of what is expected that lies in firm cells;
        - ``expected_before`` and ``change``: new (nothing of it was of the highest level), risen (more than 1.25
          times), fallen (less than 0.8 times), same;
        - ``models_agree``: names, joined by ``; ``, of the other models that have the cell where most is expected
          in their own top 5 % of the area;
        - ``class, class_ratio, ratio_*``: the class of protection with the largest part of what is expected, that
          part, and that of each class; empty and ``nan`` without a plan.

        In ``rank_weight`` a cell without a known number of residents counts with the mean of the known cells, and a
        camp without one with the mean of the known camps, so that an unknown number is not ranked as nobody.
        Where no residents are known at all it is ``expected``.
    """
    theatre, scene = assessed.theatre, scene_of(assessed)
    area = area_of_cell(scene.level >= LEVEL, scene.expected, theatre.grid)
    table = area_reasons(assessed.threat, area, theatre=theatre, people=assessed.people)
    earlier = area_reasons(assessed.before, area, theatre=theatre)["expected"]
    rows = []
    for number in range(len(table)):
        mask = area == number + 1
        now, before = float(table["expected"][number]), float(earlier[number])
        new = bool((scene.before_level[mask] < LEVEL).all())
        rows.append(
            where(assessed, scene, mask)
            | _measured(assessed, scene, mask)
            | _people_in(assessed, scene, mask)
            | _classes(assessed.cell_class, mask, scene.expected)
            | {"expected_before": before, "change": change_of(now, before, new=new)}
        )
    measured = pd.DataFrame(rows, index=table.index, columns=_COLUMNS)
    return _ranked(pd.concat([table, measured], axis=1), assessed)


_COLUMNS = [
    "name", "mgrs", "lon", "lat", "area_km2", "peak_cell", "expected_low", "expected_high", "displaced", "sites",
    "sites_unknown_people", "camps_unknown_people", "exposed_displaced", "rank_weight", "precise_events", "firm_ratio",
    "expected_before", "change", "models_agree", "class", "class_ratio", *CLASS_COLUMNS.values(), "geometry",
]  # fmt: skip
_FIRST = [
    "name", "mgrs", "lon", "lat", "area_km2", "expected", "expected_low", "expected_high", "any_ratio",
]  # fmt: skip


def _ranked(table: pd.DataFrame, assessed: Assessed) -> gpd.GeoDataFrame:
    exposed = table[["exposed_residents", "exposed_displaced"]].sum(axis=1, min_count=1)
    table = table.assign(exposed=exposed).rename(columns={"residents_near": "residents"})
    table = table.drop(columns=["last_km", "exposed_residents", "exposed_displaced"])
    order = table.sort_values(
        ["rank_weight", "expected", "mgrs"], ascending=[False, False, True], ignore_index=True
    )
    order = order[_FIRST + [column for column in order if column not in _FIRST]]
    order.insert(0, "rank", range(1, len(order) + 1))
    return gpd.GeoDataFrame(order, geometry="geometry", crs=assessed.theatre.grid.crs)


def change_of(now: float, before: float, *, new: bool) -> str:
    """Change of a number: ``new, risen, fallen`` or ``same``.

    Examples
    --------
    >>> [change_of(now, 1.0, new=False) for now in (1.26, 1.25, 0.8, 0.79)]
    ['risen', 'same', 'same', 'fallen']
    """
    if new:
        return "new"
    return "risen" if now > RISEN * before else "fallen" if now < FALLEN * before else "same"


def _measured(
    assessed: Assessed, scene: Scene, mask: NDArray[np.bool_]
) -> dict[str, float | int | str]:
    """How sure an area is: range, firm part, models that agree, incidents coded to a point."""
    cells = mask[scene.inside]
    expected = scene.expected[scene.inside]
    total = expected[cells].sum()
    low, high = assessed.draws.expected_range(cells)
    peak = np.where(cells, expected, -1.0).argmax()
    return {
        "expected_low": low,
        "expected_high": high,
        "firm_ratio": float(expected[cells & scene.firm].sum() / total),
        "models_agree": "; ".join(name for name, top in scene.tops.items() if top[peak]),
        "precise_events": _precise(assessed.threat, mask),
    }


def _precise(threat: Threat, mask: NDArray[np.bool_]) -> int:
    """Incidents in the cells that were coded to a point, ``where_prec`` 1 or 2."""
    if threat.past is None:
        return 0
    record = threat.past.record.placed
    here = mask.ravel()[threat.past.setting.cells[record.cell]]
    return int((here & (record.where_prec <= 2)).sum())


def _people_in(assessed: Assessed, scene: Scene, mask: NDArray[np.bool_]) -> dict[str, float | int]:
    places, here = assessed.places, places_in(scene, mask)
    camp = (places["layer"] == "camp").to_numpy()
    there, cell = places["people"].to_numpy(dtype=np.float64, na_value=np.nan), scene.place_cell
    at_camp, expected = here & camp, scene.expected.ravel()
    known = at_camp & np.isfinite(there)
    displaced = there[known].sum() if known.any() or (camp.any() and not at_camp.any()) else np.nan
    exposed = (there[known] * expected[cell[known]]).sum() if known.any() else np.nan
    return {
        "displaced": float(displaced),
        "sites": int(here.sum()),
        "sites_unknown_people": int((here & ~np.isfinite(there)).sum()),
        "camps_unknown_people": int((at_camp & ~np.isfinite(there)).sum()),
        "exposed_displaced": float(exposed),
        "rank_weight": _rank_weight(assessed, scene, mask, at_camp),
    }


def _rank_weight(
    assessed: Assessed, scene: Scene, mask: NDArray[np.bool_], at_camp: NDArray[np.bool_]
) -> float:
    residents = None if assessed.people is None else assessed.people.astype(np.float64)
    if residents is None or not np.isfinite(residents[scene.inside]).any():
        return float(scene.expected[mask].sum())
    cells = np.where(np.isfinite(residents), residents, np.nanmean(residents[scene.inside]))
    camps = assessed.places["layer"] == "camp"
    average = float(assessed.places.loc[camps, "people"].mean())
    there = assessed.places["people"].fillna(0.0 if np.isnan(average) else average).to_numpy(float)
    at_site = there[at_camp] * scene.expected.ravel()[scene.place_cell[at_camp]]
    return float((cells * scene.expected)[mask].sum() + at_site.sum())


def _classes(
    cell_class: NDArray[np.str_] | None, mask: NDArray[np.bool_], expected: NDArray[np.float64]
) -> dict[str, object]:
    """Part of what is expected in each class, and the largest; of equal parts the worse class."""
    if cell_class is None:
        return {"class": "", "class_ratio": np.nan} | dict.fromkeys(CLASS_COLUMNS.values(), np.nan)
    total = expected[mask].sum()
    parts = {
        letter: float(expected[mask & (cell_class == letter)].sum() / total)
        for letter in CLASS_COLUMNS
    }
    # The surface is single precision: parts that differ by less are equal.
    letter = max(parts, key=lambda one: round(parts[one], 6))
    by_column = {CLASS_COLUMNS[one]: part for one, part in parts.items()}
    return {"class": letter, "class_ratio": parts[letter]} | by_column
