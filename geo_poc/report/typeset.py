"""How wide text is and how many lines it takes, to lay out pages and labels beforehand."""

from __future__ import annotations

import math
import unicodedata

_NARROW = frozenset("ijlftrI.,:;'|!()[]{}/ \u00a0-")
_WIDE = frozenset("mwMWOQ@%—>≤")
_CAPITAL_EM, _NARROW_EM, _NORMAL_EM, _WIDE_EM, _FULL_EM = 0.72, 0.37, 0.6, 0.9, 1.0
_BREAKS = " -"
_SPACES = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_FORBIDDEN = frozenset({"Cc", "Cs", "Cn"})
_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_MM_PER_PT = 25.4 / 72


def width_em(text: str) -> float:
    """Width of one line of text in em, never less than the widest common system font needs.

    The classes of width are those of DejaVu Sans, wider than Arial, Liberation, Noto and Segoe.
    Characters that East Asian fonts draw full width count one em, combining marks nothing.

    Examples
    --------
    >>> width_em("il") < width_em("nn") < width_em("NN") < width_em("WW")
    True
    >>> width_em("")
    0.0
    """
    return sum(map(_character_em, text), start=0.0)


def _character_em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW:
        return _NARROW_EM
    if character in _WIDE:
        return _WIDE_EM
    if unicodedata.east_asian_width(character) in "WF":
        return _FULL_EM
    return _CAPITAL_EM if character.isupper() else _NORMAL_EM


def width_mm(text: str, *, size_pt: float) -> float:
    """Width of one line of text in mm.

    Examples
    --------
    >>> round(width_mm("nnnnn", size_pt=10.0), 1)
    10.6
    """
    return width_em(text) * size_pt * _MM_PER_PT


def line_count(text: str, *, width_mm: float, size_pt: float) -> int:
    """Count of the lines of text in a column, at least 1; words longer than a line are broken.

    Parameters
    ----------
    text : str
    width_mm : float
        Inner width of the column.
    size_pt : float
        Size of the type.

    Examples
    --------
    >>> line_count("a road", width_mm=50.0, size_pt=9.0)
    1
    >>> line_count("one two three", width_mm=9.0, size_pt=9.0)
    3
    """
    available_em = width_mm / (size_pt * _MM_PER_PT)
    lines, used_em = 1, 0.0
    for word in _words(text):
        word_em = width_em(word)
        if used_em > 0 and used_em + width_em(word.rstrip()) > available_em:
            lines, used_em = lines + 1, 0.0
        used_em += word_em
        if used_em > available_em:
            more = math.ceil(width_em(word.rstrip()) / available_em) - 1
            lines, used_em = lines + max(0, more), used_em - max(0, more) * available_em
    return lines


def _words(text: str) -> list[str]:
    """Pieces of text that end where a line may end."""
    words = [""]
    for character in text:
        words[-1] += character
        if character in _BREAKS:
            words.append("")
    return [word for word in words if word]


def shortened(text: str, *, longest: int) -> str:
    """Text cut to a number of characters, the cut shown by an ellipsis; runs of spaces are one.

    Examples
    --------
    >>> shortened("Kuajok airfield", longest=7), shortened(" a  b ", longest=7)
    ('Kuajok…', 'a b')
    """
    clean = " ".join(word for word in printable(text).split(" ") if word)
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def printable(text: str) -> str:
    r"""Text without the characters that HTML and XML do not allow.

    Left out are control characters, surrogates, and marks that turn the direction of the text that
    follows; white space of any kind becomes a space, a no-break space stays.

    Examples
    --------
    >>> printable("a\n\tb\u202e")
    'a  b'
    """
    spaced = "".join(" " if c in _SPACES else c for c in text)
    return "".join(
        c for c in spaced if unicodedata.category(c) not in _FORBIDDEN and c not in _TURNING
    )
