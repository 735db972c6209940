"""What pages are made of: headings, paragraphs and tables whose height is known beforehand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from geo_poc.report.typeset import line_count
from geo_poc.wording import Span

Look = Literal["text", "site", "number", "mono", "class", "threat", "rank", "bar"]
Tone = Literal["", "bad", "late", "old", "strong", "unknown"]

TEXT_WIDTH_MM = 186.0
_BODY_PT, _HEAD_PT = 8.5, 7.8
_BODY_LINE_MM, _HEAD_LINE_MM = 3.9, 3.6
# Padding of 1 mm and a rule that browsers round up to one pixel.
_CELL_SIDES_MM, _CELL_RULES_MM = 2.0, 1.25
_HEADING_MM, _PARAGRAPH_GAP_MM = 8.4, 1.2
_WHOLE_ROWS = 8


class _Type(NamedTuple):
    """Size and line height of the text in a table, and of its smaller second lines."""

    size_pt: float
    line_mm: float
    small_pt: float
    small_line_mm: float


_NORMAL = _Type(_BODY_PT, _BODY_LINE_MM, 7.6, 3.5)
_COMPACT = _Type(7.8, 3.6, 7.4, 3.4)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a bar of classes: its letter and its width in percent."""

    letter: str
    width: float


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a table: what it says, a smaller second line, and how it is to be read.

    Parameters
    ----------
    text : str
    small : str
        Printed below in smaller type.
    tone : str
        ``late`` is marked with a sign as well as a colour, ``old`` and ``bad`` are bold as well.
    parts : tuple of Part
        Of a bar.
    """

    text: str = ""
    small: str = ""
    tone: Tone = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """Head, width and look of a column."""

    head: str
    width_mm: float
    look: Look = "text"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; it is never left alone at the foot of a page."""

    text: str

    @property
    def height_mm(self) -> float:
        """Height on the page with the space around it."""
        return _HEADING_MM


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Running text."""

    spans: tuple[Span, ...]

    @property
    def height_mm(self) -> float:
        """Height on the page with the space below it."""
        written = "".join(span.text for span in self.spans)
        lines = line_count(written, width_mm=TEXT_WIDTH_MM, size_pt=_BODY_PT)
        return lines * _BODY_LINE_MM + _PARAGRAPH_GAP_MM


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing as wide as the text.

    Parameters
    ----------
    svg : str
        One ``svg`` element in which all text is escaped.
    height_mm : float
        On the page with the space below it.
    """

    svg: str
    height_mm: float


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a head that is repeated on every page the table runs over."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    compact: bool = False

    @property
    def width_mm(self) -> float:
        """Width of all columns."""
        return round(sum(column.width_mm for column in self.columns), 2)

    @property
    def head_mm(self) -> float:
        """Height of the head."""
        lines = (
            line_count(c.head, width_mm=c.width_mm - _CELL_SIDES_MM, size_pt=_HEAD_PT)
            for c in self.columns
        )
        return max(lines) * _HEAD_LINE_MM + 1.6

    def row_mm(self, row: Sequence[Cell]) -> float:
        """Height of one row: that of its tallest cell.

        Examples
        --------
        >>> table = Table(name="t", columns=(Column(head="a", width_mm=20.0),), rows=())
        >>> table.row_mm([Cell(text="short")]) < table.row_mm([Cell(text="so long that it wraps")])
        True
        """
        letters = _COMPACT if self.compact else _NORMAL
        heights = (_cell_mm(c, col, letters) for c, col in zip(row, self.columns, strict=True))
        return max(heights) + _CELL_RULES_MM

    @property
    def height_mm(self) -> float:
        """Height of head and rows."""
        return self.head_mm + sum(map(self.row_mm, self.rows))

    def with_rows(self, rows: Sequence[tuple[Cell, ...]]) -> Table:
        """The same head over other rows."""
        return dataclasses.replace(self, rows=tuple(rows))


def _cell_mm(cell: Cell, column: Column, letters: _Type) -> float:
    inner_mm = column.width_mm - _CELL_SIDES_MM
    if column.look in {"class", "threat", "rank", "bar"}:
        return letters.line_mm + (0.0 if column.look == "bar" else 0.9)
    # Grid references are set in a font of one width, 0.6 em a character.
    size_pt = letters.size_pt * (1.05 if column.look == "mono" or cell.tone else 1.0)
    height = 0.0
    if cell.text or not cell.small:
        lines = line_count(_shown(cell), width_mm=inner_mm, size_pt=size_pt)
        height += lines * letters.line_mm
    if cell.small:
        small = line_count(cell.small, width_mm=inner_mm, size_pt=letters.small_pt)
        height += small * letters.small_line_mm
    return height


def _shown(cell: Cell) -> str:
    return f"▲ {cell.text}" if cell.tone == "late" else cell.text


Block = Heading | Paragraph | Picture | Table


def pages_of(blocks: Sequence[Block], *, height_mm: float) -> tuple[tuple[Block, ...], ...]:
    """Blocks set on pages of a height: tables break between rows, headings keep with what follows.

    A row taller than a page stands alone on one.

    Parameters
    ----------
    blocks : sequence of Block
    height_mm : float
        Room on each page.

    Examples
    --------
    >>> table = Table(name="t", columns=(Column(head="a", width_mm=20.0),),
    ...               rows=tuple((Cell(text=str(n)),) for n in range(5)))
    >>> room = table.head_mm + 2.5 * table.row_mm(table.rows[0])
    >>> [len(page[0].rows) for page in pages_of([table], height_mm=room)]
    [2, 2, 1]
    """
    pages: list[list[Block]] = [[]]
    left_mm = height_mm
    for number, block in enumerate(blocks):
        needed = _least_mm(block) + sum(map(_least_mm, _kept_with(blocks[number:])))
        if pages[-1] and needed > left_mm:
            pages.append([])
            left_mm = height_mm
        if not isinstance(block, Table):
            pages[-1].append(block)
            left_mm -= block.height_mm
            continue
        for part, piece in enumerate(_split(block, left_mm, height_mm)):
            if part:
                pages.append([])
                left_mm = height_mm
            pages[-1].append(piece)
            left_mm -= piece.height_mm
    return tuple(tuple(page) for page in pages if page)


def _kept_with(blocks: Sequence[Block]) -> Sequence[Block]:
    """What must begin on the page of the first block: its text, and the table that follows."""
    for number, block in enumerate(blocks[1:], 1):
        if isinstance(blocks[0], Table) or isinstance(block, Heading):
            return blocks[1:number]
        if isinstance(block, Table):
            return blocks[1 : number + 1]
    return blocks[1:]


def _least_mm(block: Block) -> float:
    """Height below which a block must not be cut off: a small table is never, others keep 3 rows."""
    if not isinstance(block, Table):
        return block.height_mm
    first = block.rows if len(block.rows) <= _WHOLE_ROWS else block.rows[:3]
    return block.with_rows(first).height_mm


def _split(table: Table, first_mm: float, next_mm: float) -> list[Table]:
    """The table in pieces that fit the room left on this page and whole pages after it."""
    pieces: list[list[tuple[Cell, ...]]] = [[]]
    left_mm = first_mm - table.head_mm
    for row in table.rows:
        height = table.row_mm(row)
        if pieces[-1] and height > left_mm:
            pieces.append([])
            left_mm = next_mm - table.head_mm
        pieces[-1].append(row)
        left_mm -= height
    return [table.with_rows(rows) for rows in pieces]


def fitting_rows(table: Table, *, height_mm: float) -> Table:
    """The table with as many of its first rows as a height has room for, at least one.

    Examples
    --------
    >>> table = Table(name="t", columns=(Column(head="a", width_mm=20.0),),
    ...               rows=tuple((Cell(text=str(n)),) for n in range(9)))
    >>> len(fitting_rows(table, height_mm=table.head_mm + 3.2 * table.row_mm(table.rows[0])).rows)
    3
    """
    left_mm, count = height_mm - table.head_mm, 0
    for row in table.rows:
        left_mm -= table.row_mm(row)
        if left_mm < 0 and count:
            break
        count += 1
    return table.with_rows(table.rows[:count])
