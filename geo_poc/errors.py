"""Errors that say what was found, where, which rule it breaks and how to repair it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with an input.

    Parameters
    ----------
    where : str
        File and place in it, as ``theatre.toml: [theatre] cell_size``.
    found : str
        The offending value as the user wrote it.
    rule : str
        What it must be.
    repair : str
        What the user can do about it.

    Examples
    --------
    >>> print(Fault(where="a.toml: cell_size", found="-5 km", rule="must be more than 0",
    ...             repair="write a length such as '5 km'"))
    a.toml: cell_size: must be more than 0. Found: -5 km. Repair: write a length such as '5 km'.
    """

    where: str
    found: str
    rule: str
    repair: str

    def __str__(self) -> str:
        rule, found, repair = (_ended(words) for words in (self.rule, self.found, self.repair))
        return f"{self.where}: {rule} Found: {found} Repair: {repair}"


def _ended(words: str) -> str:
    """Words with a full stop, unless they end a sentence already."""
    return words if words.endswith((".", "?", "!")) else f"{words}."


class GeoPocError(Exception):
    """Anything that the user can repair; the command line shows it without a traceback.

    Parameters
    ----------
    faults : Fault or iterable of Fault
        All faults found in one look, never only the first.

    Examples
    --------
    >>> faults = [Fault(where="a", found="1", rule="r", repair="p")] * 2
    >>> len(CrsError(faults).faults)
    2
    """

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class ConfigError(GeoPocError, ValueError):
    """A theatre or plan file says something that cannot be used."""


class CrsError(GeoPocError, ValueError):
    """Coordinates without a reference system, or degrees where metres are needed."""


class SourceError(GeoPocError, ValueError):
    """An input file is missing, damaged or not of the format it is said to be."""


class LayerError(GeoPocError, ValueError):
    """A layer lacks a column, or nothing usable is left of it."""


class GridError(GeoPocError, ValueError):
    """Two surfaces do not lie on the same grid, or a grid cannot be made."""


class NetworkError(GeoPocError, ValueError):
    """A road network or a closure does not fit the theatre."""


class OutputError(GeoPocError, OSError):
    """The results could not be written; what was there before is untouched."""


class InputError(GeoPocError, ValueError):
    """Several inputs cannot be used; all their faults together."""
