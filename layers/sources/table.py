"""CSV and XLSX tables with coordinates in columns."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.columns import is_hxl_row, named, our_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre_file import Source

_DELIMITERS = ",;\t|"
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_UTF_8 = "utf-8-sig"
_ANSI = "cp1252"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, zlib.error, ParseError,
    KeyError, OSError, EOFError, ValueError,
)  # fmt: skip

Cells = Sequence[Sequence[object]]


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Rows of a CSV or XLSX file under our column names.

    The first row holds the headers; a second row of HXL tags is used and not counted.

    Parameters
    ----------
    path : Path
    source : Source
        ``encoding`` of a CSV that is not UTF-8, ``sheet`` of a workbook with several.
    layer : str
        Decides which headers are known.

    Raises
    ------
    SourceError
        If the file is missing, empty, damaged or in another encoding.
    LayerError
        If a column is named that the file lacks, or a header can be read two ways.
    """
    found = file_table(path, source)
    mapping = our_columns(
        list(found.rows.columns), layer=layer, given=source.columns, file=str(path), tags=found.tags
    )
    return Raw(
        table=named(found.rows, mapping),
        file_columns=mapping,
        decimal=found.decimal,
        faults=found.faults,
    )


def read_cells(path: Path | None, source: Source) -> tuple[Cells, str]:
    """All rows of a table from the header on, and the decimal sign of its numbers.

    The header is the first row that holds anything; blank rows between the others are kept, so that
    rows can be counted as a spreadsheet shows them.

    Raises
    ------
    SourceError
        If the file is missing, empty, damaged or in another encoding.
    """
    file = require_file(path)
    if file.suffix.lower() in _WORKBOOKS:
        cells, decimal = _workbook(file, source.sheet), "."
    else:
        cells, decimal = _csv(file, source.encoding or _UTF_8)
    header = next((number for number, row in enumerate(cells) if _is_filled(row)), None)
    if header is None:
        raise SourceError(
            Fault(
                where=str(file),
                found="an empty file" if not file.stat().st_size else "no row that holds anything",
                rule="must hold a row of headers and rows of data",
                repair="export the file again",
            )
        )
    return cells[header:], decimal


@dataclass(frozen=True, kw_only=True, eq=False)
class FileTable:
    """A table under the file's own column names.

    Parameters
    ----------
    rows : DataFrame
        Rows that hold anything. Index ``row`` counts from 1 below the header and the HXL tags; blank
        rows count too.
    tags : list or None
        The HXL tag of each column.
    decimal : "." or ","
    faults : mapping of int to str
        Row -> why its form makes it unusable.
    """

    rows: pd.DataFrame
    tags: list[object] | None
    decimal: str
    faults: Mapping[int, str]


def file_table(path: Path | None, source: Source) -> FileTable:
    """The table of a CSV or XLSX file as it stands there.

    Raises
    ------
    SourceError
        If the file is missing, empty, damaged or in another encoding, or two columns have one name.
    """
    (header, *below), decimal = read_cells(path, source)
    names = _headers(header, file=str(path))
    tags = below.pop(0) if below and is_hxl_row(below[0]) else None
    rows = {number: row for number, row in enumerate(below, start=1) if _is_filled(row)}
    faults = {
        number: f"has {len(row)} cells, the header has {len(names)}"
        for number, row in rows.items()
        if _is_filled(row[len(names) :])
    }
    return FileTable(
        rows=pd.DataFrame(
            [_fitted(row, len(names)) for row in rows.values()],
            columns=names,
            index=pd.Index(list(rows), dtype="int64", name="row"),
            dtype=object,
        ),
        tags=None if tags is None else _fitted(tags, len(names)),
        decimal=decimal,
        faults=faults,
    )


def _is_filled(row: Sequence[object]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def _fitted(row: Sequence[object], width: int) -> list[object]:
    return [*row[:width], *[""] * (width - len(row))]


def _headers(header: Sequence[object], *, file: str) -> list[str]:
    """Column names; a nameless column gets its number, a name that stands twice is an error."""
    names = [
        str(cell).strip() if cell is not None and str(cell).strip() else f"column {number}"
        for number, cell in enumerate(header, start=1)
    ]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            Fault(
                where=file,
                found=f"two columns named {', '.join(repr(t) for t in twice)}",
                rule="column names must differ",
                repair="rename one of them in the file",
            )
        )
    return names


def _csv(file: Path, encoding: str) -> tuple[Cells, str]:
    text = _decoded(file, encoding)
    delimiter = _delimiter(text, file)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as e:
        raise damaged(file, e) from e
    return rows, "," if delimiter == ";" else "."


def _delimiter(text: str, file: Path) -> str:
    """What parts the cells of the header, quoted text apart."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", header)
    counts = {sign: bare.count(sign) for sign in _DELIMITERS}
    most = [sign for sign, count in counts.items() if count and count == max(counts.values())]
    if len(most) > 1:
        raise SourceError(
            Fault(
                where=f"{file}: header",
                found=f"as many {' as '.join(repr(m) for m in most)}",
                rule="one sign must part the cells",
                repair="export the file again with commas or with semicolons",
            )
        )
    return most[0] if most else ","


def _decoded(file: Path, encoding: str) -> str:
    content = file.read_bytes()
    if content.startswith(_UTF_16) and encoding == _UTF_8:
        raise _other_encoding(file, "the mark of UTF-16 at its start", encoding, "utf-16")
    if b"\x00" in content and not encoding.lower().startswith("utf-16"):
        raise damaged(file, "it holds binary data, not text")
    try:
        return content.decode(encoding)
    except LookupError:
        raise _other_encoding(file, f"encoding = '{encoding}'", "a known encoding", _ANSI) from None
    except UnicodeDecodeError as e:
        line = content.count(b"\n", 0, e.start) + 1
        found = f"byte {content[e.start]:#04x} at position {e.start} (line {line})"
        raise _other_encoding(file, found, encoding, _ANSI) from None


def _other_encoding(file: Path, found: str, encoding: str, likely: str) -> SourceError:
    return SourceError(
        Fault(
            where=str(file),
            found=found,
            rule=f"must be text in {encoding.removesuffix('-sig')}",
            repair=f"name its encoding in the theatre file, for example encoding = '{likely}'",
        )
    )


def _workbook(file: Path, sheet: str | None) -> Cells:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            names = book.sheetnames
            if (sheet is None and len(names) == 1) or sheet in names:
                rows = [list(row) for row in book[sheet or names[0]].iter_rows(values_only=True)]
                book.close()
                return rows
    except _DAMAGED as e:
        raise damaged(file, e) from e
    raise SourceError(
        Fault(
            where=f"{file}: sheet",
            found=f"{len(names)} sheets and none named" if sheet is None else f"'{sheet}'",
            rule="must be a sheet of the workbook",
            repair=f"write sheet = '...' with one of: {', '.join(names)}",
        )
    )
