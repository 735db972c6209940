"""What stands in a layer more than once without the same id: files named twice, incidents alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import geopandas as gpd
import pandas as pd

from geo_poc.errors import Fault

_SAME = (
    "source", "date_start", "date_end", "deaths_best", "deaths_low", "deaths_high",
    "deaths_civilians", "actor_a", "actor_b",
)  # fmt: skip
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class UsedFile:
    """A file as one entry of the theatre file reads it: ``rows`` are those that pass every check."""

    file: str
    sha256: str
    rows: frozenset[int]


def repeated_files(layer: str, files: Sequence[UsedFile]) -> Iterator[Fault]:
    """A note for each pair of entries that take rows from the same bytes, if any row is in both.

    Entries that choose different rows of one file with ``where`` share none.

    Parameters
    ----------
    layer : str
    files : sequence of UsedFile
        In the order of the theatre file.

    Examples
    --------
    >>> twice = [UsedFile(file=f, sha256="ab", rows=frozenset({1, 2})) for f in ("a.csv", "b.csv")]
    >>> [note.found for note in repeated_files("incidents", twice)]
    ['the same file as entry 1, a.csv (sha256 ab...): 2 row(s) in both']
    """
    for (first, one), (_, other) in combinations(enumerate(files, start=1), 2):
        shared = len(one.rows & other.rows)
        if one.sha256 and one.sha256 == other.sha256 and shared:
            yield Fault(
                where=f"{layer}: {other.file}",
                found=f"the same file as entry {first}, {one.file} (sha256 {one.sha256[:8]}...): "
                f"{shared} row(s) in both",
                rule="rows without an id, and incidents under another label, are kept in both and count twice",
                repair=f"name the file once under [[{layer}]], or choose its rows with 'where'",
            )


def like_incidents(table: gpd.GeoDataFrame) -> list[Fault]:
    """A note for each source with incidents of the same place, days, deaths and actors under other ids.

    Parameters
    ----------
    table : GeoDataFrame
        Incidents of all files.
    """
    if table.empty:
        return []
    known = [column for column in _SAME if column in table]
    keys = table[known].assign(_at=table.geometry.to_wkb().map(bytes))
    like = table[keys.duplicated(keep=False)]
    groups = keys.loc[like.index].groupby([*known, "_at"], dropna=False, sort=False).ngroup()
    return [_like(str(source), rows, groups[rows.index]) for source, rows in like.groupby("source")]


def _like(source: str, rows: gpd.GeoDataFrame, group: pd.Series) -> Fault:
    first = rows.loc[group == group.iloc[0], "id"].map(str).tolist()
    more = " and more" if len(first) > _NAMED else ""
    return Fault(
        where=f"incidents: {source}",
        found=f"{len(rows)} row(s) in {group.nunique()} group(s) of the same place, days, deaths and "
        f"actors; the first: {', '.join(first[:_NAMED])}{more}",
        rule="each is kept and counted: they may be different incidents, or one entered more than once",
        repair="compare them in the file, and take out those that were entered more than once",
    )
