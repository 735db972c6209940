"""What the section ``[patterns]`` of a theatre file may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from geo_poc.config import Metres

_FORBID = {"extra": "forbid"}
Length = Annotated[Metres, Field(gt=0)]
Whole = Annotated[int, Field(ge=1, strict=True)]


@dataclass(frozen=True, kw_only=True)
class PatternsSpec:
    """Section ``[patterns]``: patterns of incidents (docs/methods/patterns.md). All are choices, not estimates.

    Parameters
    ----------
    months : int
        Hot spots and clusters are of incidents of the last so many months.
    cell, radius : length
        Of the cells in which incidents are counted, and around each of them for Gi*.
    cluster_distance : length
        Incidents no further apart are neighbours.
    cluster_incidents : int
        An incident with so many within that distance, itself included, is in a cluster.
    cluster_days : int or None
        Neighbours are also no more days apart. None leaves time out.
    near_distances, near_days : list of length, list of int
        Ends of the bands of the near-repeat table, rising.
    recent_months, earlier_months : int
        Of trends: whole years of both keep the seasons out of the comparison.
    base_radius, base_days : length, int
        Around a base, and before and after it opened or closed.
    draws : int
        How often dates are shuffled.
    """

    __pydantic_config__ = _FORBID

    months: Whole = 36
    cell: Length = 10_000.0
    radius: Length = 30_000.0
    cluster_distance: Length = 10_000.0
    cluster_incidents: Annotated[int, Field(ge=2, strict=True)] = 5
    cluster_days: Whole | None = None
    near_distances: tuple[Length, ...] = (5_000.0, 10_000.0, 20_000.0)
    near_days: tuple[Whole, ...] = (7, 14, 30, 60)
    recent_months: Whole = 12
    earlier_months: Whole = 36
    base_radius: Length = 20_000.0
    base_days: Whole = 180
    draws: Annotated[int, Field(ge=99, strict=True)] = 999
