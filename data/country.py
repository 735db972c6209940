"""The country before the mission comes: land, people, districts and roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.data.network import Network
from geo_poc.data.people import Districts, Settlements
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import DEGREE_DECIMALS, Floats, Land


@dataclass(frozen=True, kw_only=True, eq=False)
class Country:
    """Everything that was there before the mission, as its tables are made from it."""

    recipe: Recipe
    land: Land
    towns: Settlements
    districts: Districts
    network: Network

    @property
    def road_lines(self) -> BaseGeometry:
        """All roads as one geometry."""
        return shapely.MultiLineString([road.line for road in self.network.roads])

    @property
    def room(self) -> BaseGeometry:
        """Where one can live: inside the border, off the river, lake and swamp."""
        land = self.land
        wet = [land.lake.buffer(1500), land.swamp.buffer(300), land.river.buffer(1500)]
        return land.theatre.area.buffer(-1500).difference(shapely.union_all(wet))

    def located(self, table: pd.DataFrame, xy_m: Floats) -> pd.DataFrame:
        """The table with ``lat, lon`` after the name, and the file's label as last column."""
        lon, lat = self.land.theatre.lonlat(*xy_m.T)
        table.insert(2, "lat", lat.round(DEGREE_DECIMALS))
        table.insert(3, "lon", lon.round(DEGREE_DECIMALS))
        return table.assign(dataset=self.recipe.label)

    def admin(self, xy_m: Floats) -> dict[str, list[str]]:
        """Province and district of points, as columns."""
        own = self.districts.of(xy_m)
        return {
            "admin1": [f"{self.districts.provinces[i]} province" for i in own],
            "admin2": [f"{self.districts.names[i]} district" for i in own],
        }

    def near(self, xy_m: Floats, low_m: float, high_m: float, rng: np.random.Generator) -> Floats:
        """Habitable point at a distance from another, shape (2,)."""
        shapely.prepare(room := self.room)
        for stretch in np.repeat(1.25 ** np.arange(20), 20):
            angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(low_m, high_m) * stretch
            spot = xy_m + distance * np.array([np.cos(angle), np.sin(angle)])
            if room.contains(shapely.Point(spot)):
                break
        return np.asarray(spot)
