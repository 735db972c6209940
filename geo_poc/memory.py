"""How much memory a run needs, said before it, and a fault with the cell size that would do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from geo_poc.errors import Fault
from geo_poc.layers.layer import Layer
from geo_poc.plan import PlanFile
from geo_poc.routing.catalogue import Aircraft
from geo_poc.routing.movers import movers_of
from geo_poc.routing.restrictions import caveats_of, restrictions_on
from geo_poc.routing.stages import stages
from geo_poc.theatre import Theatre

# Counted from the arrays; tests/test_memory.py holds it against what a run takes.
_PROGRAM = 450e6
_PER_CELL = 250
_GROUND = 12  # bytes a cell, base and case: times of two seasons, and one of them twice while it is stacked
_AIR = 16  # the same of flights: flown, and with the last leg on foot now and before


@dataclass(frozen=True, kw_only=True)
class MemoryNeed:
    """About what a run takes at most.

    Parameters
    ----------
    cells, bases : int
    cell_size_m : float
    per_cell : float
        Bytes.
    available : float
        Bytes free on this machine.
    """

    cells: int
    bases: int
    cell_size_m: float
    per_cell: float
    available: float

    @property
    def bytes(self) -> float:
        """Of the whole run.

        Examples
        --------
        >>> need = MemoryNeed(cells=10**6, bases=20, cell_size_m=500.0, per_cell=2000.0, available=1e9)
        >>> f"{need.bytes / 1e9:.2f}", need.fitting_cell_m
        ('2.45', 960.0)
        """
        return _PROGRAM + self.cells * self.per_cell

    @property
    def fitting_cell_m(self) -> float:
        """A cell size that would fit, rounded up to two figures; ``inf`` where none does."""
        room = self.available - _PROGRAM
        if room <= 0:
            return math.inf
        cell_m = self.cell_size_m * math.sqrt(self.cells * self.per_cell / room)
        step = 10.0 ** (math.floor(math.log10(cell_m)) - 1)
        return float(math.ceil(cell_m / step) * step)


def memory_need(theatre: Theatre, plan: PlanFile, layers: Mapping[str, Layer]) -> MemoryNeed:
    """About what a run takes at most: most of it are the times of every base to every cell.

    Where something is shut, they are kept as things are, without closures, without caveats and without both;
    and once more for each wait for an approval.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    layers : mapping of str to Layer
        ``bases, areas, roads``.
    """
    bases, areas = layers["bases"].table, layers["areas"].table
    restrictions = restrictions_on(areas, theatre.as_of)
    caveats = caveats_of(bases, areas, restrictions.caveats)
    waits = max(len(stages(restrictions, caveats, light)) for light in ("day", "night"))
    shut = restrictions.closures.size + restrictions.caveats.size
    ground = 4 if shut or (layers["roads"].table["wet_state"] == "closed").any() else 1
    air = 4 if shut or restrictions.no_fly.size else 1
    flies = any(isinstance(mover, Aircraft) for mover in movers_of(plan))
    per_base = waits * (_GROUND * ground + _AIR * air * flies)
    return MemoryNeed(
        cells=theatre.grid.rows * theatre.grid.cols,
        bases=len(bases),
        cell_size_m=theatre.grid.cell_size_m,
        per_cell=_PER_CELL + len(bases) * per_base,
        available=float(psutil.virtual_memory().available),
    )


def memory_faults(need: MemoryNeed) -> list[Fault]:
    """A fault where a run would not fit into the memory that is free."""
    if need.bytes <= need.available:
        return []
    cell_m = need.fitting_cell_m
    larger = f"cell_size = '{cell_m / 1000:g} km' or more in [theatre], fewer bases, or "
    return [
        Fault(
            where="theatre: cell_size",
            found=f"{need.cells:,} cells and {need.bases} bases, which need about "
            f"{need.bytes / 1e9:.1f} GB; {need.available / 1e9:.1f} GB are free",
            rule="must fit into the memory of this machine",
            repair=f"{larger if math.isfinite(cell_m) else ''}end other programs or take a larger machine",
        )
    ]
