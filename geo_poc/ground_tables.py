"""What lies on the ground of checked inputs, as the routing takes it."""

from __future__ import annotations

from geo_poc.coverage.demand import demand
from geo_poc.inputs import Inputs
from geo_poc.routing.field import Tables


def ground_tables(inputs: Inputs) -> Tables:
    """Bases, camps and places together, roads, areas and rasters of checked inputs."""
    layers = inputs.layers
    return Tables(
        bases=layers["bases"].table,
        places=demand(layers["camps"].table, layers["places"].table),
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
