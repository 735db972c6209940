"""Tables of the mission and of those it is there for: bases, camps, places and airfields."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.data.country import Country
from geo_poc.data.terrain import Floats

CONTINGENTS = ("Contingent A", "Contingent B", "Contingent C")


def bases(country: Country) -> tuple[pd.DataFrame, Floats]:
    """Bases with strength, aviation, medical post and contingent; and their places in metres.

    The force headquarters is at the capital, two sector headquarters far from it and each other, and
    company bases at larger towns that are apart; the last is temporary.
    """
    rng = country.recipe.rng("bases")
    towns, n = country.towns, country.recipe.bases
    on_road = np.setdiff1d(np.arange(len(towns.names)), country.network.isolated)
    seats = _apart(towns.xy_m, on_road[: max(n, 2 * n)], n)
    kinds = _base_kinds(n)
    spots = np.array([country.near(towns.xy_m[s], 1500, 3000, rng) for s in seats])
    strength = {"fhq": 950, "shq": 780, "cob": 220, "tob": 45}
    table = pd.DataFrame(
        {
            "id": [f"B{i + 1:02d}" for i in range(n)],
            "name": [f"{towns.names[s]} base" for s in seats],
            "kind": kinds,
            "role": [
                {"fhq": "fixed", "shq": "fixed", "cob": "closable", "tob": "movable"}[k]
                for k in kinds
            ],
            "strength": [int(strength[k] * rng.uniform(0.8, 1.4) // 5 * 5) for k in kinds],
            "aviation": ["yes" if k in {"fhq", "shq"} else "no" for k in kinds],
            "medical": [
                "yes" if (k != "tob" and rng.random() < 0.8) or k == "fhq" else "no" for k in kinds
            ],
            "contingent": [CONTINGENTS[i % len(CONTINGENTS)] for i in range(n)],
        }
    )
    return country.located(table, spots), spots


def _base_kinds(n: int) -> list[str]:
    headquarters = 2 if n >= 6 else 1 if n >= 3 else 0
    temporary = 1 if n >= 4 else 0
    companies = n - 1 - headquarters - temporary
    return ["fhq"] + ["shq"] * headquarters + ["cob"] * companies + ["tob"] * temporary


def _apart(xy: Floats, pool: NDArray[np.int64], n: int) -> list[int]:
    """The first of the pool, then always the one farthest from all chosen."""
    seats = [int(pool[0])]
    while len(seats) < n:
        gap = np.min(np.hypot(*(xy[pool][:, None] - xy[seats][None]).transpose(2, 0, 1)), axis=1)
        seats.append(int(pool[np.argmax(gap)]))
    return seats


def camps(country: Country, base_spots: Floats, weights: Floats, names: list[str]) -> pd.DataFrame:
    """Camps of displaced people: beside bases, near the border, near violent places, far from roads.

    Parameters
    ----------
    country : Country
    base_spots : array (b, 2)
    weights : array (settlements,)
        Share of the incidents by settlement.
    names : list of str
        One for each camp.
    """
    rng = country.recipe.rng("camps")
    n = len(names)
    kinds = _camp_kinds(n)
    border = shapely.get_coordinates(country.land.theatre.area)
    remote = iter(_remote(country, max(1, n // 5), rng))
    fled = np.argsort(-weights, kind="stable")[: max(2, len(weights) // 3)]
    spots = []
    for i, kind in enumerate(kinds):
        if kind == "poc":
            spots.append(country.near(base_spots[i % len(base_spots)], 700, 1500, rng))
        elif kind == "refugee":
            spots.append(country.near(border[rng.integers(len(border))], 2000, 9000, rng))
        else:
            spot = next(remote, None)
            town = country.towns.xy_m[int(rng.choice(fled))]
            spots.append(country.near(town, 4000, 16_000, rng) if spot is None else spot)
    xy = np.array(spots)
    people = np.round(np.exp(rng.normal(9.3, 0.8, n)), -2).astype(np.int64)
    unknown = set(rng.choice(n, size=min(n - 1, max(1, n // 5)), replace=False).tolist())
    table = pd.DataFrame(
        {
            "id": [f"C{i + 1:03d}" for i in range(n)],
            "name": [f"{name} camp" for name in names],
            "kind": kinds,
            "people": ["" if i in unknown else str(people[i]) for i in range(n)],
            **country.admin(xy),
            "pcode": [f"XF{i + 1:04d}" for i in range(n)],
            "date": [
                str(country.recipe.as_of - dt.timedelta(days=int(d)))
                for d in rng.integers(20, 400, n)
            ],
            "note": "fictional",
        }
    )
    return country.located(table, xy)


def _camp_kinds(n: int) -> list[str]:
    poc, refugee = max(n > 2, n // 7), max(n > 1, n // 5)
    return ["poc"] * int(poc) + ["refugee"] * int(refugee) + ["idp"] * int(n - poc - refugee)


def _remote(country: Country, n: int, rng: np.random.Generator) -> Floats:
    """Habitable points that are far from every road and from each other."""
    left, bottom, right, top = country.land.theatre.area.bounds
    xy = rng.uniform((left, bottom), (right, top), (800, 2))
    xy = xy[shapely.contains_xy(country.room, *xy.T)]
    far = shapely.distance(shapely.points(xy), country.road_lines)
    found: list[Floats] = []
    for i in np.argsort(-far, kind="stable"):
        if all(np.hypot(*(xy[i] - other)) > 0.25 * (right - left) for other in found):
            found.append(xy[i])
    return np.array(found[:n])


def places(country: Country) -> pd.DataFrame:
    """Settlements with their residents."""
    towns = country.towns
    table = pd.DataFrame(
        {
            "id": list(towns.ids),
            "name": list(towns.names),
            "kind": list(towns.kinds),
            "people": towns.people,
            **country.admin(towns.xy_m),
            "pcode": [f"XS{i + 1:04d}" for i in range(len(towns.names))],
        }
    )
    return country.located(table, towns.xy_m)


def airfields(country: Country) -> pd.DataFrame:
    """Airfields at the larger towns; runway and fuel are unknown for some."""
    rng = country.recipe.rng("airfields")
    towns = country.towns
    n = min(6, len(towns.names))
    seats = _apart(towns.xy_m, np.arange(min(len(towns.names), 3 * n)), n)
    xy = np.array([country.near(towns.xy_m[s], 2500, 5000, rng) for s in seats])
    rows, cols = country.land.theatre.grid.cell_of(*xy.T)
    kinds = ["large", "medium", "medium", "small", "small", "heliport"][:n]
    runway = {"large": "2800", "medium": "1700", "small": "1000", "heliport": ""}
    table = pd.DataFrame(
        {
            "id": [f"A{i + 1:02d}" for i in range(n)],
            "name": [f"{towns.names[s]} airfield" for s in seats],
            "kind": kinds,
            "elevation_m": country.land.elevation_m[rows, cols].round().astype(np.int64),
            "runway_m": ["" if i == 4 else runway[k] for i, k in enumerate(kinds)],
            "surface": ["asphalt" if k in {"large", "medium"} else "laterite" for k in kinds],
            "fuel": (["yes", "yes", "no", "unknown", "no", "unknown"])[:n],
        }
    )
    return country.located(table, xy)
