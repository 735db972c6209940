"""A layer as read: what was kept, what was refused and why, and where it came from."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_poc.errors import Fault, LayerError

REJECT_COLUMNS = ("layer", "file", "row", "column", "value", "reason", "kind")


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """One input file as it was used.

    Parameters
    ----------
    layer, file, label, licence : str
        The layer it fed, its path as written in the theatre file, its name on maps, its licence.
    sha256 : str
        Of the file's bytes; empty where there is no file.
    date : date or None
        What the data are as of; None when unknown.
    read, kept, rejected : int
        Rows. ``read = kept + rejected``.
    estimate : bool
        Numbers of people in it are estimates.
    beside : str
        The file that it only completes, as runways do aerodromes: no rows of its own are counted.
    unused : tuple of str
        Columns of a user's own table that nothing reads.
    """

    layer: str
    file: str
    label: str
    licence: str
    sha256: str
    date: dt.date | None
    read: int
    kept: int
    rejected: int
    estimate: bool = False
    beside: str = ""
    unused: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.read != self.kept + self.rejected:
            raise LayerError(
                Fault(
                    where=f"{self.layer}: {self.file}",
                    found=f"{self.read} read, {self.kept} kept, {self.rejected} rejected",
                    rule="rows read must equal rows kept and rejected",
                    repair="report this as a defect of geo-poc",
                )
            )

    def age_months(self, as_of: dt.date) -> int | None:
        """Whole months between the data and a day; None when the date of the data is unknown."""
        if self.date is None:
            return None
        months = (as_of.year - self.date.year) * 12 + as_of.month - self.date.month
        return max(0, months - (as_of.day < self.date.day))


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A checked table of one kind, in the theatre's CRS, with everything that was refused.

    Parameters
    ----------
    name : str
        ``incidents, camps, places, bases, roads, areas, airfields``.
    table : GeoDataFrame
        Passed the layer's schema (``layers/schemas.py``), index 0..n-1.
    rejects : DataFrame
        Columns ``layer, file, row, column, value, reason, kind``: one row for each input row refused.
        ``row`` is the line or record number in the file, counted from 1 without the header;
        ``kind`` is ``invalid`` (wrong), ``duplicate``, ``outside`` (not in the theatre or its dates)
        or ``not selected`` (left out by the theatre file itself).
    sources : tuple of SourceRecord
    remarks : tuple of Fault
        What is no error and may still be a mistake, as :func:`geo_poc.layers.remarks.remarks` gives.
    """

    name: str
    table: gpd.GeoDataFrame
    rejects: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(REJECT_COLUMNS))
    )
    sources: tuple[SourceRecord, ...] = ()
    remarks: tuple[Fault, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Rows read, kept and rejected."""
        return {
            "read": sum(s.read for s in self.sources),
            "kept": sum(s.kept for s in self.sources),
            "rejected": sum(s.rejected for s in self.sources),
        }


def file_sha256(path: Path | None) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; empty where there is no file."""
    if path is None or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
