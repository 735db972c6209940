"""Whether a layer as read has rows, and why a file gave none."""

from __future__ import annotations

import pandas as pd

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.layer import Layer, SourceRecord

_DATES = {"incidents": ("date_start", "date_end"), "camps": ("date",)}
_AFTER = "date in the future of as_of"


def require_rows(layer: Layer) -> tuple[Fault, ...]:
    """Warnings, one for each file of which no row is left although the layer has others.

    Raises
    ------
    LayerError
        If no row of the layer is left at all: each file with its counts and its most frequent reason.
        The caller decides which layers must have rows.

    Examples
    --------
    >>> import geopandas as gpd
    >>> empty = gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:32636")
    >>> require_rows(Layer(name="bases", table=empty))
    Traceback (most recent call last):
    ...
    geo_poc.errors.LayerError: bases: needs at least one usable row. Found: no file. Repair: ...
    """
    spent = [record for record in layer.sources if not record.kept and not record.beside]
    warnings = tuple(
        Fault(
            where=f"{record.layer}: {record.file}",
            found=_why_none(layer, record),
            rule="no row of this file is used",
            repair=_repair(layer, record)
            or "check its 'where' and 'columns' and the list of rejects, or leave the file out",
        )
        for record in spent
    )
    if layer.table.empty:
        repairs = dict.fromkeys(filter(None, (_repair(layer, record) for record in spent)))
        raise LayerError(
            Fault(
                where=layer.name,
                found="; ".join(f"{w.where}: {w.found}" for w in warnings) or "no file",
                rule="needs at least one usable row",
                repair="; ".join(repairs)
                or "check 'path', 'where' and 'columns' of its files and the list of rejects",
            )
        )
    return warnings


def _why_none(layer: Layer, record: SourceRecord) -> str:
    """Counts of the refused rows, and of the most frequent reason the first row with column and value."""
    if not record.read:
        return "no rows"
    own = layer.rejects[layer.rejects["file"] == record.file]
    counts = ", ".join(f"{n} {kind}" for kind, n in own["kind"].value_counts().items())
    main = _main_refusals(own)
    column, value = (str(main[name].iloc[0]) for name in ("column", "value"))
    cell = f"column '{column}', '{value}': " if column and value else ""
    return (
        f"{record.read} rows read, none kept ({counts}); most often, {len(main)} time(s), first in row "
        f"{main['row'].iloc[0]}: {cell}{main['reason'].iloc[0]}"
    )


def _main_refusals(own: pd.DataFrame) -> pd.DataFrame:
    """Rows of the most frequent kind and column of refusal, among those that ``where`` selects if any."""
    selected = own[own["kind"] != "not selected"]
    lines = selected if len(selected) else own
    groups = [rows for _, rows in lines.groupby(["kind", "column"], sort=False)]
    return max(groups, key=len)


def _repair(layer: Layer, record: SourceRecord) -> str:
    """What to do where the most frequent refusal has one known cause; empty where it has not."""
    own = layer.rejects[layer.rejects["file"] == record.file]
    if own.empty:
        return ""
    main = _main_refusals(own).iloc[0]
    if main["kind"] != "outside":
        return ""
    if _AFTER not in main["reason"]:
        return (
            "check the coordinates of the file, and the 'path', 'where' or 'bbox' of [theatre.area], "
            "which they lie outside"
        )
    return _repair_of_late(record.layer, str(main["column"]))


def _repair_of_late(layer: str, column: str) -> str:
    given = ", ".join(f'{name} = "..."' for name in _DATES[layer])
    one = (
        ', or give all its rows one date with values = { date = "..." }' if layer == "camps" else ""
    )
    return (
        f"if '{column}' is not the date that the rows are of, name the column that is with "
        f"columns = {{ {given} }}{one}; else take an earlier file or correct as_of"
    )
