"""Which column of a file is which of ours: given, tagged in HXL, or known by its header."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.schemas import FIELDS

POSITION = ("lon", "lat", "mgrs")
_TAG = re.compile(r"#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("geo_poc.layers").joinpath("columns.toml").read_text("utf-8"))


def plain(header: object) -> str:
    """Header as it is compared: lower case, without accents, with ``_`` for all else.

    Examples
    --------
    >>> plain(" Date début "), plain("No.Troops"), plain("#name")
    ('date_debut', 'no_troops', 'name')
    """
    letters = unicodedata.normalize("NFKD", str(header).casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "_", kept).strip("_")


def is_hxl_row(cells: Iterable[object]) -> bool:
    """Whether a row holds HXL hashtags and nothing else.

    Examples
    --------
    >>> is_hxl_row(["#geo+lat", "", "#affected +idps"]), is_hxl_row(["#N/A", "#1"])
    (True, False)
    """
    filled = [str(c).strip() for c in cells if c is not None and str(c).strip()]
    return bool(filled) and all(_TAG.fullmatch(c) for c in filled)


def our_columns(
    headers: Sequence[str],
    *,
    layer: str,
    given: Mapping[str, str],
    file: str,
    tags: Sequence[object] | None = None,
    positions: bool = True,
) -> dict[str, str]:
    """Our column -> the file's column, for every column of the layer that the file has.

    What the user gave comes first, then HXL tags, then headers. Our own name beats a synonym,
    except for positions, where two candidates are always a question to the user.

    Parameters
    ----------
    headers : sequence of str
        The file's columns, unique.
    layer : str
    given : mapping
        ``columns`` of the theatre file.
    file : str
        Named in errors.
    tags : sequence, optional
        The HXL tag of each column; empty text or None for none.
    positions : bool
        Look for longitude, latitude and grid reference; False where the file has geometry.

    Raises
    ------
    LayerError
        If a given column is missing, or a header can be read two ways. All are listed.

    Examples
    --------
    >>> our_columns(["Nom", "X", "Y", "n"], layer="camps", given={"people": "n"}, file="a")
    {'people': 'n', 'name': 'Nom', 'lon': 'X', 'lat': 'Y'}
    """
    require_known(given, layer=layer, file=file)
    require_given(headers, given, file=file)
    mapping = dict(given)
    faults = []
    for ours in ["id", *FIELDS[layer], *(POSITION if positions else ())]:
        if ours in mapping:
            continue
        found = _tagged(ours, layer, headers, tags) or _headed(ours, layer, headers, given)
        if len(found) > 1:
            faults.append(_ambiguous(ours, found, file))
        elif found:
            mapping[ours] = found[0]
    if faults:
        raise LayerError(faults)
    return mapping


def named(table: pd.DataFrame, mapping: Mapping[str, str]) -> pd.DataFrame:
    """Table with our column names added, and the file's own columns kept for ``where``.

    A column of the file whose name we use for another of its columns is kept as ``name (file)``.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["1"], "pcode": ["SS01"]})
    >>> named(table, {"id": "pcode"}).to_dict("list")
    {'id (file)': ['1'], 'pcode': ['SS01'], 'id': ['SS01']}
    """
    displaced = {o: f"{o} (file)" for o, theirs in mapping.items() if o in table and o != theirs}
    return table.rename(columns=displaced).assign(
        **{ours: table[theirs] for ours, theirs in mapping.items()}
    )


def file_view(table: pd.DataFrame, file_columns: Mapping[str, str]) -> pd.DataFrame:
    """Table under the file's own column names, as ``where`` and ``columns`` name them.

    Examples
    --------
    >>> table = pd.DataFrame({"id (file)": ["1"], "id": ["SS01"]})
    >>> file_view(table, {"id": "pcode"}).to_dict("list")
    {'id': ['1'], 'pcode': ['SS01']}
    """
    own = {str(c).removesuffix(" (file)"): c for c in table.columns if str(c).endswith(" (file)")}
    for column in table.columns:
        name = str(column)
        if (
            name not in own
            and not name.endswith(" (file)")
            and file_columns.get(name, name) == name
        ):
            own[name] = column
    for ours, theirs in file_columns.items():
        if ours in table:
            own.setdefault(theirs, ours)
    return pd.DataFrame({name: table[column] for name, column in own.items()}, index=table.index)


def code_words(layer: str, ours: str) -> dict[str, str]:
    """Word as compared -> code of a column of a layer; ``""`` for words that say "unknown".

    Examples
    --------
    >>> code_words("camps", "kind")["idp_camp"], code_words("roads", "wet_state")["inconnu"]
    ('idp', '')
    """
    known: Mapping[str, list[str]] = _words()["words"].get(layer, {}).get(ours, {})
    codes = {plain(word): code for code, words in known.items() for word in words}
    return {word: "" if code == "unknown" else code for word, code in codes.items()}


def synonyms(layer: str, ours: str) -> frozenset[str]:
    """Headers, as compared, that stand for a column of a layer.

    Examples
    --------
    >>> sorted(synonyms("roads", "oneway"))
    ['sens_unique']
    """
    return frozenset(plain(s) for s in _known("headers", layer, ours))


def require_known(given: Iterable[str], *, layer: str, file: str) -> None:
    """Raise a LayerError that lists every name that is not a column of the layer."""
    valid = ["id", *FIELDS[layer], *POSITION]
    faults = [
        Fault(
            where=f"{file}: columns or values",
            found=f"'{ours}'",
            rule=f"must be a column of {layer}",
            repair=nearest(ours, valid),
        )
        for ours in given
        if ours not in valid
    ]
    if faults:
        raise LayerError(faults)


def require_given(headers: Iterable[str], given: Mapping[str, str], *, file: str) -> None:
    """Raise a LayerError that lists every column that the user named and the file lacks."""
    there = list(headers)
    faults = [
        Fault(
            where=f"{file}: columns",
            found=f"{ours} = '{theirs}'; the file has {', '.join(there) or 'no columns'}",
            rule="must name a column of the file",
            repair=nearest(theirs, there),
        )
        for ours, theirs in given.items()
        if theirs not in there
    ]
    if faults:
        raise LayerError(faults)


def nearest(name: str, there: Sequence[str]) -> str:
    """Repair that names the nearest of what is there, or all of it.

    Examples
    --------
    >>> nearest("Latitud", ["name", "latitude"])
    "did you mean 'latitude'"
    """
    by_plain = {plain(t): t for t in there}
    near = difflib.get_close_matches(plain(name), list(by_plain), n=1, cutoff=0.5)
    return f"did you mean '{by_plain[near[0]]}'" if near else f"choose from {', '.join(there)}"


def _headed(ours: str, layer: str, headers: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """Columns whose header is our name, else a synonym that the user has not given another use."""
    same = [h for h in headers if plain(h) == ours]
    known = synonyms(layer, ours)
    others = [h for h in headers if plain(h) in known and h not in given.values()]
    if same and ours not in POSITION:
        return same
    return same + others


def _tagged(
    ours: str, layer: str, headers: Sequence[str], tags: Sequence[object] | None
) -> list[str]:
    """Columns whose tag fits best: all of the pattern's attributes, the fewest others."""
    if tags is None:
        return []
    parsed = {h: _parts(str(t)) for h, t in zip(headers, tags, strict=True) if t}
    for pattern in _known("hxl", layer, ours):
        hashtag, wanted = _parts(pattern)
        extra = {
            h: len(attributes - wanted)
            for h, (tag, attributes) in parsed.items()
            if tag == hashtag and wanted <= attributes
        }
        if extra:
            return [h for h, count in extra.items() if count == min(extra.values())]
    return []


def _parts(tag: str) -> tuple[str, frozenset[str]]:
    hashtag, *attributes = (part.strip().casefold() for part in tag.split("+"))
    return hashtag, frozenset(attributes)


def _known(section: str, layer: str, ours: str) -> list[str]:
    words = _words()[section]
    known: list[str] = words.get(layer, {}).get(ours) or words["all"].get(ours, [])
    return known


def _ambiguous(ours: str, found: Sequence[str], file: str) -> Fault:
    return Fault(
        where=f"{file}: column {ours}",
        found=" and ".join(f"'{f}'" for f in found),
        rule="must be one column of the file",
        repair=f'choose with columns = {{ {ours} = "{found[0]}" }}',
    )
