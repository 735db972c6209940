"""What a reader has to say of a file that it could use: columns not read, words and numbers not understood."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

import pandas as pd

from geo_poc.errors import Fault
from geo_poc.layers.columns import POSITION, code_words, file_view, plain, synonyms
from geo_poc.layers.fields import Checked
from geo_poc.layers.grades import GRADES
from geo_poc.layers.schemas import FIELDS, Field
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import is_missing, texts
from geo_poc.theatre_file import Source

_OWN_TABLES = frozenset({"table", "vector", "kml", "gpx"})
_BACKGROUND = ("admin", "mandate", "country", "water", "swamp", "landing_zone")
_NEAR = 0.6
_MADE = ("restricted",)  # by the reader of roads, from the tags of access
_FIRST = 3


def unused_columns(raw: Raw, source: Source, *, layer: str) -> tuple[str, ...]:
    """Columns of a user's own table that nothing reads, under the names that the file gives them.

    Those that ``where`` asks about are read. A publisher's format has many more columns than are
    needed; of those none is named.

    Parameters
    ----------
    raw : Raw
    source : Source
    layer : str

    Examples
    --------
    >>> raw = Raw(table=pd.DataFrame({"name": ["A"], "peopel": ["5"], "lon": [1], "lat": [2]}))
    >>> unused_columns(raw, Source(path="camps.csv"), layer="camps")
    ('peopel',)
    """
    if source.form not in _OWN_TABLES:
        return ()
    ours = {"id", "geometry", *FIELDS[layer], *POSITION}
    read = {theirs for our, theirs in raw.file_columns.items() if our in ours}
    read |= {our for our in ours if raw.file_columns.get(our, our) == our}
    there = map(str, file_view(raw.table, raw.file_columns).columns)
    made = _MADE if layer == "roads" else ()
    return tuple(
        name for name in there if name not in read and name not in source.where and name not in made
    )


def remarks(
    raw: Raw,
    checks: Checked,
    source: Source,
    *,
    layer: str,
    unused: Sequence[str],
    refused: pd.DataFrame,
) -> tuple[Fault, ...]:
    """Notes on a file: columns that look misspelt, words and numbers not understood, closures elsewhere.

    Parameters
    ----------
    raw : Raw
        Of the rows that are kept.
    checks : Checked
    source : Source
    layer : str
    unused : sequence of str
        As :func:`unused_columns` gives.
    refused : DataFrame
        Lines of the rows that are not kept.
    """
    where = f"{layer}: {source.path or source.form}"
    return (
        *_near_columns(raw, layer=layer, unused=unused, where=where),
        *_unread_numbers(raw, checks, where=where),
        *_defaults(raw, layer=layer, where=where, own=source.form in _OWN_TABLES),
        *(_elsewhere(checks.table, refused, where=where) if layer == "areas" else ()),
    )


def _near_columns(raw: Raw, *, layer: str, unused: Sequence[str], where: str) -> Iterator[Fault]:
    """A note for each column not read whose header is close to one that is missing."""
    ours = {word: name for name in FIELDS[layer] for word in (name, *sorted(synonyms(layer, name)))}
    for header in unused:
        near = difflib.get_close_matches(plain(header), list(ours), n=1, cutoff=_NEAR)
        if near and ours[near[0]] not in raw.table:
            name = ours[near[0]]
            yield Fault(
                where=where,
                found=f"column '{header}'",
                rule=f"is not read, and there is no column for {name}",
                repair=f'rename it to {name} or write columns = {{ {name} = "{header}" }} if that is '
                "what it holds",
            )


def _unread_numbers(raw: Raw, checks: Checked, *, where: str) -> Iterator[Fault]:
    """A note for each column with numbers or grades that are unknown because they cannot be read."""
    graded = {raw.file_columns.get(name, name) for name in GRADES}
    for lines in checks.unread:
        kept = lines[lines["row"].isin(raw.table.index)]
        if len(kept):
            first = kept.iloc[0]
            what = "grade" if first["column"] in graded else "number"
            yield Fault(
                where=where,
                found=(
                    f"column '{first['column']}': {len(kept)} row(s) with a {what} that cannot be used; "
                    f"the first is row {first['row']}, '{first['value']}': {first['reason']}"
                ),
                rule=f"these rows are kept, and their {what} is unknown",
                repair=f"correct the {what}s in the file",
            )


def _defaults(raw: Raw, *, layer: str, where: str, own: bool) -> Iterator[Fault]:
    """Notes on what is taken where a file does not say, or says a word that is not known."""
    absent = {}
    for name, field in FIELDS[layer].items():
        if field.default in {None, "", "unknown"} or field.type not in {"code", "whole"}:
            continue
        if name not in raw.table:
            absent[name] = field.default
            continue
        column = f"column '{raw.file_columns.get(name, name)}'"
        cells = raw.table[name]
        missing = cells.map(is_missing).astype(bool)
        if missing.any():
            yield Fault(
                where=where,
                found=f"{column}: {missing.sum()} row(s) without an entry",
                rule=f"they count as {field.default}",
                repair="fill them in if they are something else",
            )
        yield from _strange_words(cells[~missing], field, layer, name, f"{where}: {column}")
    if absent and own:
        taken = ", ".join(f"{name} {default}" for name, default in absent.items())
        yield Fault(
            where=where,
            found=f"no column for {', '.join(absent)}",
            rule=f"every row counts as {taken}",
            repair="add a column or name it with 'columns' if that is not so",
        )


def _strange_words(
    cells: pd.Series, field: Field, layer: str, name: str, where: str
) -> Iterator[Fault]:
    """A note on the words that stand for ``other`` because they are not known."""
    if "other" not in field.codes:
        return
    known = {*map(plain, field.codes), *code_words(layer, name)}
    words = texts(cells).content
    strange = words[~words.map(plain).isin(known)].value_counts()
    if len(strange):
        first = ", ".join(f"'{word}' ({n})" for word, n in strange.head(_FIRST).items())
        more = f" and {len(strange) - _FIRST} more" if len(strange) > _FIRST else ""
        yield Fault(
            where=where,
            found=f"{strange.sum()} row(s) with {first}{more}",
            rule="words that are not known count as other",
            repair=f"write one of {', '.join(field.codes)}, or leave it if other is right",
        )


def _elsewhere(table: pd.DataFrame, refused: pd.DataFrame, *, where: str) -> Iterator[Fault]:
    """A note on the areas that restrict movement and lie wholly outside the theatre."""
    outside = table.loc[refused.loc[refused["kind"] == "outside", "row"]]
    outside = outside[~outside["kind"].isin(_BACKGROUND)]
    if len(outside):
        named = [
            f"{kind} '{name or ident}' (row {row})"
            for row, kind, name, ident in outside[["kind", "name", "id"]].itertuples()
        ]
        more = f" and {len(named) - _FIRST} more" if len(named) > _FIRST else ""
        yield Fault(
            where=where,
            found=f"{', '.join(named[:_FIRST])}{more}",
            rule="wholly outside the theatre, so that nothing is closed there",
            repair="check the coordinates; leave it if it is of another area",
        )
