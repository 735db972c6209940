"""CSV and XLSX tables with coordinates in columns."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.columns import is_hxl_row, named, our_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre import Source

_DELIMITERS = ",;\t|"
_WORKBOOKS = {".xlsx", ".xlsm"}

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
    """All rows of a table that hold anything, the header first, and the decimal sign of its numbers.

    Raises
    ------
    SourceError
        If the file is missing, empty, damaged or in another encoding.
    """
    file = require_file(path)
    if file.suffix.lower() in _WORKBOOKS:
        cells, decimal = _workbook(file, source.sheet), "."
    else:
        cells, decimal = _csv(file, source.encoding or "utf-8-sig")
    filled = [row for row in cells if any(c is not None and str(c).strip() for c in row)]
    if not filled:
        raise SourceError(
            Fault(
                where=str(file),
                found="an empty file" if not file.stat().st_size else "no row that holds anything",
                rule="must hold a row of headers and rows of data",
                repair="export the file again",
            )
        )
    return filled, decimal


@dataclass(frozen=True, kw_only=True, eq=False)
class FileTable:
    """A table under the file's own column names.

    Parameters
    ----------
    rows : DataFrame
        Index ``row`` counts records from 1.
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
    (header, *rows), decimal = read_cells(path, source)
    names = _headers(header, file=str(path))
    tags = rows.pop(0) if rows and is_hxl_row(rows[0]) else None
    faults = {
        number: f"has {len(row)} cells, the header has {len(names)}"
        for number, row in enumerate(rows, start=1)
        if any(c is not None and str(c).strip() for c in row[len(names) :])
    }
    return FileTable(
        rows=pd.DataFrame(
            [_fitted(row, len(names)) for row in rows],
            columns=names,
            index=pd.RangeIndex(1, len(rows) + 1, name="row"),
            dtype=object,
        ),
        tags=None if tags is None else _fitted(tags, len(names)),
        decimal=decimal,
        faults=faults,
    )


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
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as e:
        raise damaged(file, e) from e
    return rows, "," if delimiter == ";" else "."


def _decoded(file: Path, encoding: str) -> str:
    content = file.read_bytes()
    if b"\x00" in content and not encoding.lower().startswith("utf-16"):
        raise damaged(file, "it holds binary data, not text")
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as e:
        found = f"encoding '{encoding}', which is not known"
        if isinstance(e, UnicodeDecodeError):
            found = f"byte {content[e.start]:#04x} at position {e.start}"
        raise SourceError(
            Fault(
                where=str(file),
                found=found,
                rule=f"must be text in {encoding.removesuffix('-sig')}",
                repair="write the file's encoding in the theatre file, for example encoding = 'cp1252'",
            )
        ) from e


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
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, EOFError, ValueError) as e:
        raise damaged(file, e) from e
    raise SourceError(
        Fault(
            where=f"{file}: sheet",
            found=f"{len(names)} sheets and none named" if sheet is None else f"'{sheet}'",
            rule="must be a sheet of the workbook",
            repair=f"write sheet = '...' with one of: {', '.join(names)}",
        )
    )
