"""Grades of sources and reports, A to F and 1 to 6, and how much a report of each grade counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import Fault
from geo_poc.layers.values import is_missing
from geo_poc.theatre_file import GradeSpec

UNGRADED = "ungraded"
GRADES = ("reliability", "credibility")
_BOTH = re.compile(r"\s*([a-f])\s*[-/. ]?\s*([1-6])\s*", re.IGNORECASE)


def split_grades(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a file with grades written together, such as ``B2``, in the two columns they belong to.

    A table without either column is returned as it is. Where the other column has a grade of its own
    the cell is left: two grades that differ are nobody's to choose from.

    Parameters
    ----------
    table : DataFrame
        Rows under our column names, nothing checked yet.

    Examples
    --------
    >>> split_grades(pd.DataFrame({"reliability": ["B2", "c", ""]})).to_dict("list")
    {'reliability': ['B', 'c', ''], 'credibility': ['2', '', '']}
    """
    there = [name for name in GRADES if name in table]
    if not there:
        return table
    cells = {name: table[name] if name in table else _empty(table) for name in GRADES}
    found = {name: cells[name].map(_together) for name in there}
    split = {name: cells[name].astype(object) for name in GRADES}
    for name, together in found.items():
        other = GRADES[1 - GRADES.index(name)]
        free = cells[other].map(is_missing).astype(bool) | (
            found.get(other, _empty(table)) == together
        )
        chosen = together.astype(bool) & free
        for part, column in enumerate(GRADES):
            split[column] = split[column].mask(chosen, together.str[part])
    return table.assign(**split)


def grade_weights(incidents: gpd.GeoDataFrame, spec: GradeSpec | None) -> NDArray[np.float64]:
    """How much each report counts, 0..1, shape (n,): the product of the weights of its two grades.

    Without a table all count 1; so does a grade whose table is not given.

    Parameters
    ----------
    incidents : GeoDataFrame
        A checked layer. Every grade in it must have a weight, as `grade_faults` tells.
    spec : GradeSpec or None

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"reliability": ["A", "B", ""], "credibility": ["1", "2", ""]})
    >>> weights = GradeSpec(reliability={"A": 1.0, "B": 0.5, "ungraded": 0.25})
    >>> grade_weights(table, weights).tolist()
    [1.0, 0.5, 0.25]
    """
    weight = np.ones(len(incidents))
    for name, given in _tables(spec).items():
        weight *= incidents[name].replace("", UNGRADED).map(given).to_numpy(dtype=np.float64)
    return weight


def grade_faults(incidents: gpd.GeoDataFrame, spec: GradeSpec | None) -> list[Fault]:
    """A fault for each table of weights that lacks a grade which the reports have."""
    faults = []
    for name, given in _tables(spec).items():
        counts = incidents[name].replace("", UNGRADED).value_counts().sort_index()
        lacking = counts[~counts.index.isin(list(given))]
        if len(lacking):
            words = ", ".join(f"{grade} ({n} report(s))" for grade, n in lacking.items())
            keys = ", ".join(f"{grade} = ..." for grade in lacking.index)
            faults.append(
                Fault(
                    where=f"[threat] grades {name}",
                    found=f"no weight for {words}",
                    rule="must give every grade of the reports a weight from 0 to 1",
                    repair=f"add {keys}; no weight of a grade is right everywhere",
                )
            )
    return faults


def grade_doubts(incidents: gpd.GeoDataFrame, spec: GradeSpec | None) -> list[Fault]:
    """A note where reports have grades that no table gives a weight."""
    tables, notes = _tables(spec), []
    for name in GRADES:
        graded = int((incidents[name] != "").sum())
        if graded and name not in tables:
            notes.append(
                Fault(
                    where="incidents",
                    found=f"{graded} of {len(incidents)} reports with a {name}",
                    rule="no weights of these grades are given, so that all reports count alike",
                    repair=f"give them under [threat.grades] {name} if they should not",
                )
            )
    return notes


def _tables(spec: GradeSpec | None) -> Mapping[str, Mapping[str, float]]:
    if spec is None:
        return {}
    given: dict[str, dict[str, float]] = {
        "reliability": {str(grade): weight for grade, weight in spec.reliability.items()},
        "credibility": {str(grade): weight for grade, weight in spec.credibility.items()},
    }
    return {name: weights for name, weights in given.items() if weights}


def _together(cell: object) -> Sequence[str]:
    """Letter and digit of a cell that holds both, else nothing."""
    match = _BOTH.fullmatch(str(cell))
    return "" if match is None else match[1].upper() + match[2]


def _empty(table: pd.DataFrame) -> pd.Series:
    return pd.Series("", index=table.index, dtype=object)
