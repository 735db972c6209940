"""How inner loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled without the interpreter's lock, kept beside it or in the user's cache folder."""
    made: Callable[..., Any]
    try:
        made = njit(cache=True, nogil=True)(function)
    except (
        RuntimeError
    ):  # pragma: no cover  (neither folder can be written: every process compiles anew)
        made = njit(nogil=True)(function)
    return made
