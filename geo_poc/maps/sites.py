"""Camps, places and bases as the page draws and describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.layers.positions import mgrs_of
from geo_poc.maps.times import Answer, times
from geo_poc.plan import ALL_CONDITIONS, Asset, Conditions, PlanFile
from geo_poc.wording import mover_name, text

SMALL_CAMP, LARGE_CAMP = 500, 2_500
SMALL_TOWN, LARGE_TOWN = 5_000, 30_000
COMPANY, BATTALION = 60, 400


class Site(TypedDict):
    """One camp or place. ``classes`` has one letter a case; ``size`` is 0, 1, 2, or -1 unknown."""

    id: str
    name: str
    camp: bool
    kind: str
    lon: float
    lat: float
    mgrs: str
    size: int
    people: str
    people_label: str
    threat: int
    classes: str
    times: list[list[Answer]]


class Base(TypedDict):
    """One base. ``mark`` is the echelon over its symbol, ``serves`` a sentence for each case."""

    id: str
    name: str
    kind: str
    symbol: str
    mark: str
    candidate: bool
    aviation: bool
    lon: float
    lat: float
    mgrs: str
    strength: str
    facts: list[tuple[str, str]]
    serves: list[str]


class Places(TypedDict):
    """Sites with the words of their times."""

    texts: list[str]
    sites: list[Site]


def places(findings: Findings) -> Places:
    """All camps and places, largest first so that small symbols are drawn on top."""
    table = findings.coverage.places
    written, letters = times(findings), _letters(findings)
    order = table.sort_values(["people", "id"], ascending=[False, True], kind="stable")
    rows = order.itertuples(index=False)
    return {
        "texts": written["texts"],
        "sites": [_site(row, letters, written["answers"]) for row in rows],
    }


def _site(row: Any, letters: Mapping[str, str], answers: Mapping[str, list[list[Answer]]]) -> Site:
    return {
        "id": row.id,
        "name": row.name,
        "camp": row.layer == "camp",
        "kind": text(f"kind_{row.kind}"),
        "lon": round(float(row.lon), 5),
        "lat": round(float(row.lat), 5),
        "mgrs": row.mgrs,
        "size": _size(row.people, camp=row.layer == "camp"),
        "people": figures.people(row.people),
        "people_label": text("people_estimate" if row.people_estimate else "people"),
        "threat": int(row.threat_level),
        "classes": letters[row.id],
        "times": answers[row.id],
    }


def bases(findings: Findings) -> list[Base]:
    """All bases of the plan in its order."""
    table = findings.layers["bases"].table
    lon, lat = findings.theatre.lonlat(table.geometry.x.to_numpy(), table.geometry.y.to_numpy())
    references = mgrs_of(lon, lat)
    serves = [
        _serves(findings, conditions, air=air)
        for air in (True, False)
        for conditions in ALL_CONDITIONS
    ]
    return [
        _base(findings.plan, row, (float(lon[i]), float(lat[i]), references[i]), serves)
        for i, row in enumerate(table.itertuples(index=False))
    ]


def _base(
    plan: PlanFile, row: Any, where: tuple[float, float, str], serves: Sequence[Mapping[str, str]]
) -> Base:
    lon, lat, reference = where
    return {
        "id": row.id,
        "name": row.name,
        "kind": text(f"kind_{row.kind}"),
        "symbol": row.kind,
        "mark": _echelon(row.strength),
        "candidate": row.role == "candidate",
        "aviation": bool(row.aviation),
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "mgrs": reference,
        "strength": figures.people(row.strength),
        "facts": _facts(plan, row),
        "serves": [case.get(row.id, text("base_serves_none")) for case in serves],
    }


def _letters(findings: Findings) -> dict[str, str]:
    """Class letters of each site, one a case in the order of the matrix."""
    classes = findings.coverage.classes
    indexed = classes.set_index(["id", "season", "light", "air"])["class"].to_dict()
    return {
        site: "".join(
            indexed[site, c.season, c.light, air] for air in (True, False) for c in ALL_CONDITIONS
        )
        for site in findings.coverage.places["id"]
    }


def _size(people: float, *, camp: bool) -> int:
    if np.isnan(people):
        return -1
    small, large = (SMALL_CAMP, LARGE_CAMP) if camp else (SMALL_TOWN, LARGE_TOWN)
    return int(people >= small) + int(people >= large)


def _echelon(strength: float) -> str:
    """Roman numeral over the symbol; none where the strength is unknown or below a company."""
    if np.isnan(strength) or strength < COMPANY:
        return ""
    return "II" if strength >= BATTALION else "I"


def _facts(plan: PlanFile, row: Any) -> list[tuple[str, str]]:
    """What stands at the base: label and value."""
    assets = [mover_name(asset.mover) for asset in plan.assets if _has(row, asset)]
    facts = [
        (text("fact_assets"), ", ".join(assets) or text("fact_none")),
        (text("fact_aviation"), text("yes" if row.aviation else "no")),
        (text("fact_medical"), text("yes" if row.medical else "no")),
        (text("fact_role"), text(f"role_{row.role}")),
    ]
    return [*facts, (text("fact_contingent"), row.contingent)] if row.contingent else facts


def _has(row: Any, asset: Asset) -> bool:
    if asset.bases == "aviation":
        return bool(row.aviation)
    return asset.bases == "all" or row.name in asset.bases


def _serves(findings: Findings, conditions: Conditions, *, air: bool) -> dict[str, str]:
    """Base -> sentence on the sites that it reaches first, and in time."""
    answers = findings.coverage.answers
    answers = answers[
        (answers["season"] == conditions.season)
        & (answers["light"] == conditions.light)
        & (answers["seconds"] <= findings.plan.standard.response)
        & (air | (answers["kind"] != "air"))
    ]
    first = answers.sort_values("seconds", kind="stable").drop_duplicates("id")
    people = findings.coverage.places.set_index("id")["people"]
    served = first.assign(people=first["id"].map(people)).groupby("base")["people"]
    sentences = {}
    for base, known in served:
        if known.isna().all():
            sentences[str(base)] = text("base_serves_unknown", n=len(known))
        else:
            total = figures.people(known.sum())
            sentences[str(base)] = text("base_serves", n=len(known), people=total)
    return sentences
