"""Times and coverage of a plan from checked inputs: what a run and an assessment both need."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.coverage.classes import coverage_of
from geo_poc.coverage.findings import Coverage
from geo_poc.inputs import Inputs, Progress, quiet
from geo_poc.layers.threat.levels import levels_at
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import TravelTime


def travel_of_plan(
    inputs: Inputs, places: gpd.GeoDataFrame, *, progress: Progress = quiet
) -> tuple[TravelTime, ...]:
    """Response times of every mover of the plan to places, as `geo_poc.routing.response.response_times`.

    Parameters
    ----------
    inputs : Inputs
        With a plan; on the day of its theatre's ``as_of``.
    places : GeoDataFrame
        From `geo_poc.coverage.demand.demand`.
    progress : callable (step, share done)
    """
    layers = inputs.layers
    return response_times(
        theatre=inputs.theatre,
        plan=inputs.plan,
        bases=layers["bases"].table,
        places=places,
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        airfields=layers["airfields"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
        progress=progress,
    )


def coverage_of_plan(
    inputs: Inputs,
    places: gpd.GeoDataFrame,
    level: NDArray[np.int8],
    travel: Sequence[TravelTime],
) -> Coverage:
    """Coverage under the plan's own conditions, as `geo_poc.coverage.classes.coverage_of`.

    Parameters
    ----------
    inputs : Inputs
        With a plan.
    places : GeoDataFrame
        As for the times.
    level : int8 array (rows, cols)
        Threat level of each cell.
    travel : sequence of TravelTime
        From `travel_of_plan`.
    """
    theatre, plan, points = inputs.theatre, inputs.plan, places.geometry
    return coverage_of(
        theatre=theatre,
        conditions=plan.conditions,
        standard_s=plan.standard.response,
        places=places,
        place_level=levels_at(level, theatre.grid, points.x.to_numpy(), points.y.to_numpy()),
        travel=travel,
        mandate=inputs.areas("mandate"),
    )
