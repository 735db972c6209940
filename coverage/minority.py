"""What the list of risk areas does not show: areas that other models see, and areas that left it."""

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
    in_cells,
    in_top,
    scene_of,
    where,
)

OVERLOOKED_SHARE = 0.01
_WHERE = ["name", "mgrs", "lon", "lat", "area_km2"]


def overlooked(assessed: Assessed, *, share: float = OVERLOOKED_SHARE) -> gpd.GeoDataFrame:
    """Areas that another model has in its top share of the area and that are below the highest level.

    Cells are joined and cut to areas as those of `geo_poc.coverage.risk_areas.risk_areas`.

    Parameters
    ----------
    assessed : Assessed
    share : float
        Of the area.

    Returns
    -------
    GeoDataFrame
        ``rank, name, mgrs, lon, lat, area_km2, expected`` (by our model), ``level`` (the highest of its cells),
        ``models`` (names of those that see any of it, joined by ``; ``), ``models_n`` and the outline; most models
        first, then most expected.
    """
    scene = scene_of(assessed)
    seen = {
        name: _on_grid(in_top(density, share=share), scene) & (scene.level < LEVEL)
        for name, density in assessed.others.items()
    }
    missed = np.any([np.zeros_like(scene.inside), *seen.values()], axis=0)
    area = area_of_cell(missed, scene.expected, assessed.theatre.grid)
    rows = []
    for number in range(1, int(area.max(initial=0)) + 1):
        mask = area == number
        models = [name for name, cells in seen.items() if (cells & mask).any()]
        rows.append(
            where(assessed, scene, mask)
            | {
                "expected": float(scene.expected[mask].sum()),
                "level": int(scene.level[mask].max()),
                "models": "; ".join(models),
                "models_n": len(models),
            }
        )
    columns = [*_WHERE, "expected", "level", "models", "models_n", "geometry"]
    return _ranked(rows, columns, ["models_n", "expected"], assessed)


def gone(assessed: Assessed) -> gpd.GeoDataFrame:
    """Areas of the last assessment of which no cell is of the highest level any more.

    Returns
    -------
    GeoDataFrame
        ``rank, name, mgrs, lon, lat, area_km2, expected_before, expected, level`` (the highest of its cells now;
        0 no reports) and the outline, most expected before first.
    """
    scene = scene_of(assessed)
    before = np.nan_to_num(in_cells(assessed.before))
    area = area_of_cell(scene.before_level >= LEVEL, before, assessed.theatre.grid)
    rows = []
    for number in range(1, int(area.max(initial=0)) + 1):
        mask = area == number
        if (scene.level[mask] >= LEVEL).any():
            continue
        rows.append(
            where(assessed, scene, mask)
            | {
                "expected_before": float(before[mask].sum()),
                "expected": float(scene.expected[mask].sum()),
                "level": int(scene.level[mask].max()),
            }
        )
    columns = [*_WHERE, "expected_before", "expected", "level", "geometry"]
    return _ranked(rows, columns, ["expected_before"], assessed)


def _on_grid(cells: NDArray[np.bool_], scene: Scene) -> NDArray[np.bool_]:
    whole = np.zeros_like(scene.inside)
    whole[scene.inside] = cells
    return whole


def _ranked(
    rows: list[dict[str, object]], columns: list[str], by: list[str], assessed: Assessed
) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=columns)
    down = [False] * len(by)
    order = table.sort_values([*by, "mgrs"], ascending=[*down, True], ignore_index=True)
    order.insert(0, "rank", range(1, len(order) + 1))
    return gpd.GeoDataFrame(order, geometry="geometry", crs=assessed.theatre.grid.crs)
