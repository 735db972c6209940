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
    newest : date or None
        Of its records on the theatre's day; None where records have no date.
    accept_stale : bool
        The theatre file accepts it at any age.
    accepted_until : date or None
        The theatre file does so up to and on this day.
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
    newest: dt.date | None = None
    accept_stale: bool = False
    accepted_until: dt.date | None = None

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

    def age_days(self, as_of: dt.date) -> int | None:
        """Days from its :attr:`day` to another; None when unknown or later than that."""
        if self.day is None or self.is_after(as_of):
            return None
        return (as_of - self.day).days

    def is_after(self, as_of: dt.date) -> bool:
        """Whether its :attr:`day` is later than another: then it has no age."""
        return self.day is not None and self.day > as_of

    @property
    def day(self) -> dt.date | None:
        """What its age is counted from: of incidents the newest record, of other layers the date of the data.

        Each is the other where it is unknown. A list of sites is as of the day it was made; a record of
        events is as new as its newest event, whatever is said of it.
        """
        dates = (self.newest, self.date) if self.layer == "incidents" else (self.date, self.newest)
        return dates[0] or dates[1]

    def accepted(self, as_of: dt.date) -> bool:
        """Whether the theatre file accepts it on a day though it is old."""
        until = self.accepted_until
        return self.accept_stale or (until is not None and as_of <= until)

    def age_months(self, as_of: dt.date) -> int | None:
        """Whole months of the same; None when unknown or later."""
        day = self.day
        if day is None or self.is_after(as_of):
            return None
        months = (as_of.year - day.year) * 12 + as_of.month - day.month
        return months - (as_of.day < day.day)


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
    links : DataFrame
        Of incidents: pairs of reports of one event (`geo_poc.layers.links.LINK_COLUMNS`).
    remarks : tuple of Fault
        What is no error and may still be a mistake, as :func:`geo_poc.layers.remarks.remarks` gives.
    """

    name: str
    table: gpd.GeoDataFrame
    rejects: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(REJECT_COLUMNS))
    )
    sources: tuple[SourceRecord, ...] = ()
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
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
