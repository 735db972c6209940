"""Restrictions in force, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_poc import figures
from geo_poc.wording import text


def restriction_words(row: Any) -> dict[str, str]:
    """What a restriction is, how it holds, until when and for whom.

    Parameters
    ----------
    row : row of `geo_poc.routing.restrictions.in_force`

    Returns
    -------
    dict
        ``restriction, name, rule, delay`` (empty: none), ``ends`` (the first day on which it no longer
        holds) and ``binds``.
    """
    return {
        "restriction": text(f"restriction_{row.kind}"),
        "name": str(row.name),
        "rule": text(f"rule_{row.rule}"),
        "delay": "" if np.isnan(row.delay_s) else figures.delay(float(row.delay_s)),
        "ends": text("no_end") if pd.isna(row.to_date) else figures.day(row.to_date.date()),
        "binds": _binds(str(row.kind), str(row.contingents)),
    }


def held_words(row: Any) -> tuple[str, str]:
    """Length of road and number of cells that a restriction holds; empty where they are not counted.

    Parameters
    ----------
    row : row of `geo_poc.routing.closures.restricted_by`
    """
    if np.isnan(row.road_km):
        return "", ""
    return figures.distance(float(row.road_km) * 1000), f"{row.cells:,.0f}"


def _binds(kind: str, contingents: str) -> str:
    if kind == "no_fly":
        return text("binds_aircraft")
    if kind != "caveat":
        return text("binds_all_ground")
    return contingents.replace(";", ", ") if contingents else text("binds_contingents")
