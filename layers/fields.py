"""Raw rows -> the typed columns of a layer, with a refusal for each cell that cannot be read."""

from __future__ import annotations

import pandas as pd

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.columns import kind_words, nearest, require_known
from geo_poc.layers.refusals import refusals
from geo_poc.layers.schemas import FIELDS, Field
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import Parsed, codes, dates, flags, numbers, texts
from geo_poc.theatre import Source

_CONSTANT = "values"


def typed_columns(
    raw: Raw, source: Source, *, layer: str, file: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Columns of the layer in their types, on the index of the raw rows, and what was refused.

    Parameters
    ----------
    raw : Raw
    source : Source
        Its ``values`` stand for all rows, its ``estimate`` for ``people_estimate``.
    layer, file : str

    Returns
    -------
    table : DataFrame
        All columns of the layer but ``id``, ``source`` and ``geometry``.
    refused : list of DataFrame
        As :func:`geo_poc.layers.refusals.refusals` gives.

    Raises
    ------
    LayerError
        If a required column is missing, or ``values`` names none of the layer; all faults together.
    """
    require_known(source.values, layer=layer, file=file)
    table = raw.table.assign(**source.values)
    if source.estimate and "people_estimate" in FIELDS[layer]:
        table = table.assign(people_estimate=True)
    _require_columns(table, layer=layer, file=file)
    typed, refused = {}, []
    for name, field in FIELDS[layer].items():
        parsed = _parsed(table, name, field, layer=layer, decimal=raw.decimal)
        typed[name] = parsed.values
        shown = raw.file_columns.get(name, name)
        values = table[name] if name in table else None
        refused.append(refusals(parsed.faults, column=shown, values=values))
    return pd.DataFrame(typed, index=table.index), refused


def _require_columns(table: pd.DataFrame, *, layer: str, file: str) -> None:
    missing = [n for n, f in FIELDS[layer].items() if f.required and n not in table]
    there = [str(c) for c in table.columns]
    if missing:
        raise LayerError(
            [
                Fault(
                    where=f"{file}: {layer}",
                    found=f"columns {', '.join(there)}",
                    rule=f"needs a column {name}",
                    repair=(
                        f"{nearest(name, there)}; name it with columns = {{ {name} = '...' }}, "
                        f"or give one value for all rows with values = {{ {name} = '...' }}"
                    ),
                )
                for name in missing
            ]
        )


def _parsed(table: pd.DataFrame, name: str, field: Field, *, layer: str, decimal: str) -> Parsed:
    if name not in table:
        return _absent(table.index, field)
    cells = table[name]
    match field.type:
        case "text":
            return texts(cells)
        case "number" | "count" | "whole":
            return _bounded(numbers(cells, decimal=decimal), field)
        case "date":
            parsed = dates(cells)
            return _required(parsed, parsed.values.isna()) if field.required else parsed
        case "flag":
            return flags(cells, default=bool(field.default))
        case "code":
            default = None if field.default is None else str(field.default)
            known = {**{c: c for c in field.codes}, **(kind_words(layer) if name == "kind" else {})}
            return codes(cells, known=known, default=default)


def _absent(index: pd.Index[int], field: Field) -> Parsed:
    """Column that the file lacks: its default, or unknown."""
    nothing = pd.Series("", index=index, dtype="object")
    match field.type:
        case "number" | "count":
            values = pd.Series(float("nan"), index=index, dtype="float64")
        case "date":
            values = pd.Series(pd.NaT, index=index, dtype="datetime64[ns]")
        case "whole":
            values = pd.Series(field.default, index=index, dtype="int64")
        case "flag":
            values = pd.Series(bool(field.default), index=index, dtype="bool")
        case _:
            values = pd.Series(str(field.default or ""), index=index, dtype="object")
    return Parsed(values=values, faults=nothing)


def _bounded(parsed: Parsed, field: Field) -> Parsed:
    """Numbers within what the field allows; a whole number that is missing gets the default."""
    values, faults = parsed.values, parsed.faults
    if field.type == "count":
        faults = faults.mask((faults == "") & (values < 0), "must not be negative")
    if field.type == "whole":
        low, high = field.bounds
        wrong = values.notna() & ~(values.between(low, high) & (values % 1 == 0))
        faults = faults.mask((faults == "") & wrong, f"must be a whole number {low} to {high}")
        values = values.mask(wrong).fillna(float(field.default or low)).astype("int64")
    return Parsed(values=values, faults=faults)


def _required(parsed: Parsed, missing: pd.Series[bool]) -> Parsed:
    return Parsed(
        values=parsed.values,
        faults=parsed.faults.mask((parsed.faults == "") & missing, "is missing"),
    )
