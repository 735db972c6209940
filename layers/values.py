"""Cells of a table -> numbers, dates, flags, words, with a fault for each that cannot be read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from geo_poc.layers.columns import plain
from geo_poc.units import duration_s

MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "null", "none", "nd", "n/d", "-", "<na>", "nat"}
)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0", "oui", "o", "vrai"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0", "non", "faux"})
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_TWO_READINGS = re.compile(r"[+-]?\d{1,3},\d{3}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, kw_only=True, eq=False)
class Parsed:
    """A column as read.

    Parameters
    ----------
    content : Series
        Missing and faulty cells are NaN, NaT, ``""`` or the default.
    faults : Series of str
        What is wrong with each cell; ``""`` where nothing is.
    """

    content: pd.Series
    faults: pd.Series


def texts(cells: pd.Series, *, folded: bool = False) -> Parsed:
    """Text of each cell, ``""`` where there is none; control characters become spaces; ``folded`` is lower case.

    Examples
    --------
    >>> texts(pd.Series([" Juba ", None, 5.0])).content.tolist()
    ['Juba', '', '5']
    """
    return _each(
        cells, lambda cell: (_shown(cell).lower() if folded else _shown(cell), ""), dtype="object"
    )


def numbers(cells: pd.Series, *, decimal: str = ".", coordinate: bool = False) -> Parsed:
    """Number in each cell, ``nan`` where there is none.

    Parameters
    ----------
    cells : Series
        Text or numbers.
    decimal : "." or ","
        Decimal sign of the file. With ``.``, groups of three digits may be parted by commas
        (``1,234``); spaces may part them in both (``1 234``).
    coordinate : bool
        Degrees have no thousands, so that a comma in them is always a decimal sign.

    Examples
    --------
    >>> numbers(pd.Series(["1 234", "1,234", "NA", "x"])).content.tolist()
    [1234.0, 1234.0, nan, nan]
    >>> numbers(pd.Series(["12,5", "1,234"]), decimal=",").faults.tolist()
    ['', 'can be read as 1234 and as 1.234; write it without a sign for thousands']
    """
    plain_numbers = _plainly_numbers(cells)
    odd = plain_numbers.isna()
    read = _each(cells[odd], lambda cell: _number(cell, decimal, coordinate), dtype="float64")
    if odd.all():
        return read
    faults = pd.Series("", index=cells.index, dtype="object")
    faults[odd] = read.faults
    return Parsed(content=plain_numbers.fillna(read.content), faults=faults)


def flags(cells: pd.Series, *, default: bool = False) -> Parsed:
    """True or false in each cell, in English or French or as 1 and 0.

    Examples
    --------
    >>> flags(pd.Series(["oui", "0", "", True])).content.tolist()
    [True, False, False, True]
    """
    return _each(cells, lambda cell: _flag(cell, default), dtype="bool")


def durations(cells: pd.Series) -> Parsed:
    """Seconds of each cell's duration, ``nan`` where there is none.

    Examples
    --------
    >>> read = durations(pd.Series(["45 min", "", "6"]))
    >>> read.content.tolist(), read.faults[2]
    ([2700.0, nan, nan], "must be text with a unit such as '45 min'")
    """
    return _each(cells, _duration, dtype="float64")


def codes(cells: pd.Series, *, known: Mapping[str, str], default: str | None) -> Parsed:
    """Code that each cell's word stands for.

    Parameters
    ----------
    cells : Series
    known : mapping
        Word as :func:`geo_poc.layers.columns.plain` makes it -> code.
    default : str or None
        Of a missing cell; None makes it a fault.

    Examples
    --------
    >>> codes(pd.Series(["IDP Camp", ""]), known={"idp_camp": "idp"}, default="other").content.tolist()
    ['idp', 'other']
    """
    return _each(cells, lambda cell: _code(cell, known, default), dtype="object")


def dates(cells: pd.Series, *, beside: pd.DataFrame | None = None) -> Parsed:
    """Day in each cell as the file writes it, without time and zone; ``NaT`` where there is none.

    ``2020-01-31``, ``20200131``, ``31 January 2020``, ``31 janvier 2020``, ``311200ZJAN20``, and
    ``31/01/2020`` or ``1/31/2020`` where some date of the column shows which of the two it is, or
    failing that some date of the whole file.

    Parameters
    ----------
    cells : Series
    beside : DataFrame, optional
        All cells of the file.

    Examples
    --------
    >>> dates(pd.Series(["31/01/2020", "01/02/2020"])).content.dt.strftime("%Y-%m-%d").tolist()
    ['2020-01-31', '2020-02-01']
    >>> dates(pd.Series(["01/02/2020"])).faults[0]
    'day and month can be read two ways; write it as 2020-12-31'
    """
    order = _order(cells)
    if not order and beside is not None and any(map(_is_year_last, cells.unique())):
        order = _order(cell for column in beside for cell in beside[column])
    parsed = _each(cells, lambda cell: _date(cell, order), dtype="object")
    return Parsed(
        content=pd.to_datetime(parsed.content).astype("datetime64[ns]"), faults=parsed.faults
    )


def is_missing(cell: object) -> bool:
    """Whether a cell says nothing: empty, NaN, ``NA``, ``-`` and the like.

    Examples
    --------
    >>> is_missing(" n/a "), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return True
    if isinstance(cell, str):
        return cell.strip().casefold() in MISSING
    return isinstance(cell, Real) and bool(np.isnan(float(cell)))


def _plainly_numbers(cells: pd.Series) -> pd.Series:
    """Cells that pandas reads as one finite number as we do; ``nan`` for all that need a closer look."""
    readable = cells.map(type).isin([str, int, float])
    found = pd.to_numeric(cells.astype("object").where(readable), errors="coerce")
    finite = found.astype("float64")
    return finite.where(np.isfinite(finite))


def _each(cells: pd.Series, read: Callable[[object], tuple[object, str]], *, dtype: str) -> Parsed:
    """Every cell read; the same text only once."""
    known: dict[str, tuple[object, str]] = {}
    pairs = [_recalled(cell, read, known) for cell in cells]
    return Parsed(
        content=pd.Series([value for value, _ in pairs], index=cells.index, dtype=dtype),
        faults=pd.Series([fault for _, fault in pairs], index=cells.index, dtype="object"),
    )


def _recalled(
    cell: object, read: Callable[[object], tuple[object, str]], known: dict[str, tuple[object, str]]
) -> tuple[object, str]:
    if not isinstance(cell, str):
        return read(cell)
    pair = known.get(cell)
    if pair is None:
        pair = known[cell] = read(cell)
    return pair


def _shown(cell: object) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, Real) and not isinstance(cell, bool):
        number = float(cell)
        return "" if np.isnan(number) else str(int(number)) if number.is_integer() else str(cell)
    return _CONTROL.sub(" ", str(cell)).strip()


def _number(cell: object, decimal: str, coordinate: bool) -> tuple[float, str]:
    if is_missing(cell):
        return np.nan, ""
    if isinstance(cell, Real) and not isinstance(cell, (bool, np.bool_)):
        return (float(cell), "") if np.isfinite(float(cell)) else (np.nan, "is not a finite number")
    text = _SPACES.sub("", str(cell).strip())
    if coordinate or (decimal == "," and "." not in text):
        if not coordinate and _TWO_READINGS.fullmatch(text):
            point = text.replace(",", ".")
            digits = text.replace(",", "")
            return (
                np.nan,
                f"can be read as {digits} and as {point}; write it without a sign for thousands",
            )
        text = text.replace(",", ".", 1)
    elif _COMMA_THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _PLAIN_NUMBER.fullmatch(text):
        return np.nan, "is not a finite number" if _infinite(text) else "is not a number"
    return (float(text), "") if np.isfinite(float(text)) else (np.nan, "is not a finite number")


def _infinite(text: str) -> bool:
    return text.casefold().lstrip("+-") in {"inf", "infinity"}


def _duration(cell: object) -> tuple[float, str]:
    if is_missing(cell):
        return np.nan, ""
    try:
        return duration_s(_shown(cell)), ""
    except ValueError as e:
        return np.nan, str(e)


def _flag(cell: object, default: bool) -> tuple[bool, str]:
    if is_missing(cell):
        return default, ""
    word = _shown(cell).casefold()
    return word in _TRUE, "" if word in _TRUE | _FALSE else "is neither yes nor no"


def _code(cell: object, known: Mapping[str, str], default: str | None) -> tuple[str, str]:
    listed = ", ".join(filter(None, dict.fromkeys(known.values())))
    if is_missing(cell):
        return default or "", "" if default is not None else f"is missing; must be one of {listed}"
    code = known.get(plain(_shown(cell)))
    if code is None and "other" in known.values():
        return "other", ""
    return ("", f"is not one of {listed}") if code is None else (code, "")


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier janv", "feb february fevrier fevr fev", "mar march mars",
            "apr april avril avr", "may mai", "jun june juin", "jul july juillet juil",
            "aug august aout", "sep sept september septembre", "oct october octobre",
            "nov november novembre", "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[T ]+\d{1,2}:\d{2}\S*)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})" + _TIME)
_WORDS = re.compile(r"(\d{1,2})(?:er)?[ -]+([^\W\d_]+)\.?,?[ -]+(\d{4}|\d{2})" + _TIME)
_DTG = re.compile(r"(\d{2})\d{4}[A-Z]([A-Z]{3})(\d{2})", re.IGNORECASE)


def _is_year_last(cell: object) -> bool:
    return isinstance(cell, str) and _YEAR_LAST.fullmatch(cell.strip()) is not None


def _order(cells: Iterable[object]) -> str:
    """``day`` or ``month`` first, or ``""`` where the cells do not tell or contradict each other."""
    shown = {cell.strip() for cell in cells if isinstance(cell, str)}
    matches = [m for text in shown if (m := _YEAR_LAST.fullmatch(text))]
    day_first = any(int(m[1]) > 12 for m in matches)
    month_first = any(int(m[3]) > 12 for m in matches)
    return "" if day_first == month_first else "day" if day_first else "month"


def _date(cell: object, order: str) -> tuple[dt.date | None, str]:
    if is_missing(cell):
        return None, ""
    if isinstance(cell, (dt.date, np.datetime64)):
        return pd.Timestamp(cell).date(), ""
    parts = _year_month_day(_shown(cell), order)
    if isinstance(parts, str):
        return None, parts
    try:
        day = dt.date(*parts)
    except ValueError:
        return None, "is not a day of the calendar"
    return (day, "") if 1900 <= day.year <= 2200 else (None, "is not a year from 1900 to 2200")


def _year_month_day(text: str, order: str) -> tuple[int, int, int] | str:
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _EIGHT_DIGITS.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
        if not order and first != second:
            return "day and month can be read two ways; write it as 2020-12-31"
        return (year, first, second) if order == "month" else (year, second, first)
    if match := _DTG.fullmatch(text) or _WORDS.fullmatch(text):
        month = _MONTHS.get(plain(match[2]))
        if month:
            return _full_year(match[3]), month, int(match[1])
    return "is not a date; write it as 2020-12-31"


def _full_year(digits: str) -> int:
    """Year of two digits as POSIX reads it: 69 to 99 are of the last century."""
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 69 else 2000)
