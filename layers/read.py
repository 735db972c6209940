"""Publishers' files -> one checked layer, with every row that was refused and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_poc.errors import Fault, GeoPocError, LayerError
from geo_poc.layers.clipping import single_lines
from geo_poc.layers.columns import (
    file_view,
    our_columns,
    require_given,
    require_known,
)
from geo_poc.layers.fields import camp_faults, checked, incident_faults
from geo_poc.layers.freshness import newest_record
from geo_poc.layers.geometry import located
from geo_poc.layers.grades import split_grades
from geo_poc.layers.layer import REJECT_COLUMNS, Layer, SourceRecord, file_sha256
from geo_poc.layers.refusals import BETTER_ROW_KEPT, ids_by_source, one_per_row, refusals
from geo_poc.layers.remarks import remarks, unused_columns
from geo_poc.layers.repeats import UsedFile, like_incidents, repeated_files
from geo_poc.layers.schemas import FIELDS, validated
from geo_poc.layers.selection import unselected_rows
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.vector import stated_crs
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import WITHOUT_FILE, Source

_MODULES = {"geo_pko_monthly": "geo_pko"}
_BY_HEADER = frozenset({"vector", "kml", "gpx"})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """One file as read: rows kept so far with ``_row`` and ``_prefer``, and its refused rows."""

    source: Source
    raw: Raw
    path: Path | None
    sha256: str
    table: gpd.GeoDataFrame
    refused: pd.DataFrame
    read: int
    unused: tuple[str, ...]
    remarks: tuple[Fault, ...]
    newest: dt.date | None = None

    @property
    def file(self) -> str:
        return self.source.path or self.source.form


def read_layer(name: str, sources: Sequence[Source], *, folder: Path, theatre: Theatre) -> Layer:
    """Layer read from all its files: selected, checked, reprojected once, clipped.

    Parameters
    ----------
    name : str
        ``incidents, camps, places, bases, roads, areas, airfields``.
    sources : sequence of Source
        In the order in which the first of two rows with one id is kept.
    folder : Path
        Where the relative paths of the sources start.
    theatre : Theatre

    Returns
    -------
    Layer
        Rows of each file are either in ``table`` or, once, in ``rejects``. A road of several lines
        is one row read and several in the table.

    Raises
    ------
    GeoPocError
        If a file is missing or damaged (SourceError), lacks a column or can be read two ways
        (LayerError), lacks a column of ``where`` (ConfigError), or does not say its coordinate
        system (CrsError). If several files have faults, a LayerError lists them all.
    """
    parts = _parts(name, sources, folder=folder, theatre=theatre)
    if name == "incidents":
        tables = ids_by_source([part.table for part in parts])
        parts = [replace(part, table=own) for part, own in zip(parts, tables, strict=True)]
    table, duplicates = _without_duplicates(parts, theatre)
    rejects = [
        part.refused if duplicate.empty else pd.concat([part.refused, duplicate])
        for part, duplicate in zip(parts, duplicates, strict=True)
    ]
    records = [
        record
        for part, refused in zip(parts, rejects, strict=True)
        for record in _records(name, part, refused=len(refused))
    ]
    return Layer(
        name=name,
        table=validated(name, single_lines(table) if name == "roads" else table),
        rejects=_joined(name, parts, rejects),
        sources=tuple(records),
        remarks=(
            *(remark for part in parts for remark in part.remarks),
            *repeated_files(name, [_used_file(part) for part in parts]),
            *(like_incidents(table) if name == "incidents" else ()),
        ),
    )


def _parts(name: str, sources: Sequence[Source], *, folder: Path, theatre: Theatre) -> list[_Part]:
    parts, errors = [], []
    for source, prefix in zip(sources, _prefixes(sources), strict=True):
        try:
            parts.append(_part(name, source, folder=folder, theatre=theatre, prefix=prefix))
        except GeoPocError as e:
            errors.append(e)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise LayerError([fault for e in errors for fault in e.faults])
    return parts


def _prefixes(sources: Sequence[Source]) -> list[str]:
    """Start of the ids of rows without one: the file's name, with a number from the second of that name on."""
    names = [Path(source.path or source.form).stem for source in sources]
    return [
        name if names.index(name) == number else f"{name}.{names[: number + 1].count(name)}"
        for number, name in enumerate(names)
    ]


def _part(name: str, source: Source, *, folder: Path, theatre: Theatre, prefix: str) -> _Part:
    path = None if source.form in WITHOUT_FILE else folder / source.path
    file = source.path or source.form
    constants = tuple(source.values)
    require_known([*source.columns, *constants], layer=name, file=file)
    raw = _with_given(_raw(path, source, name, theatre), source, name, file)
    view = file_view(raw.table, raw.file_columns)
    wanted, unselected = unselected_rows(view, source.where, file=file)
    chosen = replace(raw, table=split_grades(_with_values(raw.table[wanted], source, name)))
    checks = checked(chosen, layer=name, file=file, constants=constants, prefix=prefix)
    if name == "incidents":
        checks = incident_faults(checks, chosen, as_of=theatre.as_of)
    if name == "camps":
        checks = camp_faults(checks, chosen, as_of=theatre.as_of)
    crs = stated_crs(None, source.crs, file=file)
    places = located(chosen, layer=name, file=file, crs=crs, theatre=theatre)
    refused = pd.concat(
        [unselected, _refused(chosen, [*places.refused, *checks.refused])], ignore_index=True
    )
    kept = ~checks.table.index.isin(refused["row"])
    table = gpd.GeoDataFrame(checks.table[kept], geometry=places.geometry[kept])
    if name == "roads":
        table["length_m"] *= places.share[kept]
    table["source"] = source.label or file
    table["_row"] = table.index
    table["_prefer"] = table[raw.prefer] if raw.prefer else 0.0
    unused = unused_columns(raw, source, layer=name)
    used = replace(chosen, table=chosen.table[kept])
    return _Part(
        source=source,
        raw=raw,
        path=path,
        sha256=file_sha256(path),
        table=table,
        refused=refused,
        read=len(raw.table),
        unused=unused,
        remarks=remarks(used, checks, source, layer=name, unused=unused, refused=refused),
        newest=newest_record(checks.table, layer=name, as_of=theatre.as_of),
    )


def _raw(path: Path | None, source: Source, layer: str, theatre: Theatre) -> Raw:
    """Rows as the reader of the format gives them; a reader is imported only when a file needs it."""
    form = _MODULES.get(source.form, source.form)
    module = import_module(f"geo_poc.layers.sources.{form}")
    bounds = {"bounds": theatre.lonlat_bounds} if source.form == "overpass" else {}
    raw: Raw = module.read(path, source, layer=layer, **bounds)
    return raw


def _with_given(raw: Raw, source: Source, layer: str, file: str) -> Raw:
    """Rows with the columns that the theatre file names, where the reader has not used them yet."""
    view = file_view(raw.table, raw.file_columns)
    headers = [str(c) for c in view.columns if c != "geometry"]
    require_given(headers, source.columns, file=file)
    mapping = dict(source.columns)
    if source.form in _BY_HEADER and not raw.file_columns:
        mapping = our_columns(headers, layer=layer, given=mapping, file=file, positions=False)
    new = {o: theirs for o, theirs in mapping.items() if raw.file_columns.get(o) != theirs}
    displaced = {
        ours: f"{ours} (file)"
        for ours, theirs in new.items()
        if ours in headers and ours != theirs and raw.file_columns.get(ours, ours) == ours
    }
    table = raw.table.rename(columns=displaced).assign(**{o: view[t] for o, t in new.items()})
    return replace(raw, table=table, file_columns={**raw.file_columns, **new})


def _with_values(table: pd.DataFrame, source: Source, layer: str) -> pd.DataFrame:
    constants = dict(source.values)
    if source.estimate and "people_estimate" in FIELDS[layer]:
        constants.setdefault("people_estimate", True)
    return table.assign(
        **{c: pd.Series([v] * len(table), table.index, dtype=object) for c, v in constants.items()}
    )


def _refused(raw: Raw, found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One line for each row: a fault of its form alone, else all reasons, invalid before outside."""
    faults = pd.Series(raw.faults, dtype=object).reindex(raw.table.index).fillna("")
    others = [lines[~lines["row"].isin(faults.index[faults != ""])] for lines in found]
    others.sort(key=lambda lines: bool((lines["kind"] == "outside").any()))
    return one_per_row([refusals(faults, column=""), *others])


def _used_file(part: _Part) -> UsedFile:
    return UsedFile(file=part.file, sha256=part.sha256, rows=frozenset(part.table["_row"]))


def _without_duplicates(
    parts: Sequence[_Part], theatre: Theatre
) -> tuple[gpd.GeoDataFrame, list[pd.DataFrame]]:
    """Kept rows of all files with unique ids, and for each file the rows refused as duplicates."""
    crs = theatre.grid.crs
    filled = [part.table.assign(_part=n) for n, part in enumerate(parts) if len(part.table)]
    if not filled:
        return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=crs), [
            one_per_row([]) for _ in parts
        ]
    table = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), geometry="geometry", crs=crs)
    best_first = table.sort_values(["_part", "_prefer"], ascending=[True, False], kind="stable")
    first = best_first.drop_duplicates("id").set_index("id")
    repeated = best_first[best_first["id"].duplicated()].sort_index()
    found = []
    for number, part in enumerate(parts):
        own = repeated[repeated["_part"] == number].set_index("_row")
        kept = first.loc[own["id"], ["_part", "_row"]]
        reasons = pd.Series(
            [
                f"same id as row {row} of {parts[other].file}{_why_better(part, parts[other])}"
                for other, row in kept.itertuples(index=False)
            ],
            index=own.index,
            dtype=object,
        )
        column = part.raw.file_columns.get("id", "id")
        found.append(refusals(reasons, column=column, values=own["id"], kind="duplicate"))
    return table.drop(index=repeated.index).reset_index(drop=True), found


def _why_better(part: _Part, other: _Part) -> str:
    prefer = part.raw.prefer
    if part is not other or not prefer:
        return ""
    return f"{BETTER_ROW_KEPT}{part.raw.file_columns.get(prefer, prefer)} is kept"


def _joined(name: str, parts: Sequence[_Part], rejects: Sequence[pd.DataFrame]) -> pd.DataFrame:
    lines = [
        refused.sort_values("row").assign(layer=name, file=part.file)
        for part, refused in zip(parts, rejects, strict=True)
        if len(refused)
    ]
    if not lines:
        return pd.DataFrame(columns=list(REJECT_COLUMNS))
    return pd.concat(lines, ignore_index=True)[list(REJECT_COLUMNS)]


def _records(name: str, part: _Part, *, refused: int) -> list[SourceRecord]:
    source = part.source
    own = SourceRecord(
        layer=name,
        file=part.file,
        label=source.label or part.file,
        licence=source.licence,
        sha256=part.sha256,
        date=source.date or part.raw.date,
        read=part.read,
        kept=part.read - refused,
        rejected=refused,
        estimate=source.estimate,
        unused=part.unused,
        newest=part.newest,
        accept_stale=source.accept_stale,
        accepted_until=source.accepted_until,
    )
    return [own, *(_companion(own, path) for path in part.raw.companions)]


def _companion(own: SourceRecord, path: Path) -> SourceRecord:
    file = Path(own.file).with_name(path.name).as_posix()
    return replace(
        own,
        file=file,
        beside=own.file,
        sha256=file_sha256(path),
        read=0,
        kept=0,
        rejected=0,
        unused=(),
    )
