"""Where map labels go: greedy, eight positions around each symbol, nothing over a symbol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in drawing units, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Area common to both.

        Examples
        --------
        >>> Box(0, 0, 4, 4).overlap(Box(2, 3, 9, 9)), Box(0, 0, 1, 1).overlap(Box(1, 0, 2, 1))
        (2, 0)
        """
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def holds(self, other: Box) -> bool:
        """Whether the other box lies wholly in this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A label that asks for a place beside its symbol.

    Parameters
    ----------
    symbol : Box
        What it names; the label stands outside of it.
    width, height : float
        Size of the label.
    needed : bool
        Drawn even where it must cover other labels; others are left out there.
    """

    symbol: Box
    width: float
    height: float
    needed: bool


def placed(wanted: Sequence[Wanted], *, obstacles: Iterable[Box], frame: Box) -> list[Box | None]:
    """Box of each label, None where it was left out.

    Labels are placed in their order. Each takes the first of eight positions (right, left, above,
    below, then the corners) inside the frame that overlaps no obstacle and no earlier label. A label
    that is needed takes the position of least overlap where none is free.

    Parameters
    ----------
    wanted : sequence of Wanted
        Most important first.
    obstacles : iterable of Box
        Symbols and other things that a label may not cover.
    frame : Box

    Examples
    --------
    >>> one = Wanted(symbol=Box(10, 10, 12, 12), width=5, height=2, needed=False)
    >>> frame = Box(0, 0, 30, 30)
    >>> placed([one, one], obstacles=[], frame=frame)
    [Box(left=13, top=10.0, right=18, bottom=12.0), Box(left=4, top=10.0, right=9, bottom=12.0)]
    >>> placed([one], obstacles=[frame], frame=frame)
    [None]
    """
    taken = list(obstacles)
    boxes: list[Box | None] = []
    for label in wanted:
        box = _best(label, taken, frame)
        boxes.append(box)
        if box is not None:
            taken.append(box)
    return boxes


def _best(label: Wanted, taken: Sequence[Box], frame: Box) -> Box | None:
    positions = [box for box in _positions(label) if frame.holds(box)]
    costs = [sum(box.overlap(other) for other in taken) for box in positions]
    if not costs or (min(costs) > 0 and not label.needed):
        return None
    return positions[costs.index(min(costs))]


def _positions(label: Wanted, gap: float = 1) -> list[Box]:
    symbol, width, height = label.symbol, label.width, label.height
    middle_x = (symbol.left + symbol.right - width) / 2
    middle_y = (symbol.top + symbol.bottom - height) / 2
    right, left = symbol.right + gap, symbol.left - gap - width
    above, below = symbol.top - height, symbol.bottom
    corners = [
        (right, middle_y),
        (left, middle_y),
        (middle_x, above),
        (middle_x, below),
        (right, above),
        (right, below),
        (left, above),
        (left, below),
    ]
    return [Box(x, y, x + width, y + height) for x, y in corners]


def moved_clear(size: float, *, at: tuple[float, float], taken: Sequence[Box], frame: Box) -> Box:
    """Square of a size at a point, or as near to it as it is clear of other boxes.

    Rings of eight directions are tried outwards; where none is clear, the square with least overlap.

    Examples
    --------
    >>> moved_clear(2, at=(5, 5), taken=[], frame=Box(0, 0, 10, 10))
    Box(left=4.0, top=4.0, right=6.0, bottom=6.0)
    """
    half, diagonal = size / 2, 0.7
    directions: list[tuple[float, float]] = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    directions += [(x * diagonal, y * diagonal) for x, y in ((1, -1), (1, 1), (-1, 1), (-1, -1))]
    steps = [(0.0, 0.0)]
    steps += [(x * r * half, y * r * half) for r in range(1, 6) for x, y in directions]
    boxes = [
        Box(at[0] + dx - half, at[1] + dy - half, at[0] + dx + half, at[1] + dy + half)
        for dx, dy in steps
    ]
    inside = [box for box in boxes if frame.holds(box)] or boxes[:1]
    costs = [sum(box.overlap(other) for other in taken) for box in inside]
    return inside[costs.index(min(costs))]
