"""Totals of one case: the figures that map and report both print, worked out in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from geo_poc.coverage.findings import Coverage
from geo_poc.plan import ALL_CONDITIONS, Conditions, Light, Season

PlaceLayer = Literal["camp", "place"]

CLASSES = ("P", "C", "N", "?", "E")
"""Protected, protected if an aircraft flies, not protected, not assessed, outside the mandate."""

_IN_MANDATE = ("P", "C", "N", "?")
_GROUND = ("road", "foot")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many sites, and how many people at those whose number is known.

    Parameters
    ----------
    sites : int
    sites_unknown_people : int
        Of these, how many have no number of people.
    people : float
        Sum over the sites with a number; ``nan`` where there are sites and none has one.
    """

    sites: int
    sites_unknown_people: int
    people: float


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """Sites and people by class under one season, light and state of the aircraft.

    Parameters
    ----------
    layer : "camp" or "place"
    season, light, air
        The case.
    possible : bool
        False where the case cannot exist, such as aircraft at night when none may fly; then all
        tallies by class are empty.
    total : Tally
        All sites of the layer, those outside the mandate included.
    by_class : mapping of str to Tally
        Keys are ``CLASSES``; the tallies add up to ``total`` where the case is possible.
    unreached : Tally
        Sites of class N that no mover of the case reaches within the cut-off.
    """

    layer: PlaceLayer
    season: Season
    light: Light
    air: bool
    possible: bool
    total: Tally
    by_class: Mapping[str, Tally]
    unreached: Tally

    @property
    def people_known(self) -> bool:
        """Whether any site inside the mandate has a number of people."""
        return any(self.by_class[c].people > 0 for c in _IN_MANDATE)

    @property
    def assessed(self) -> bool:
        """Whether every site that counts in the shares was assessed."""
        unknown = self.by_class["?"]
        return not (unknown.people > 0 if self.people_known else unknown.sites)

    def share(self, *classes: str) -> float:
        """Share of people, or of sites where nobody's number is known."""
        share_of = self.people_share if self.people_known else self.site_share
        return share_of(*classes)

    def people_share(self, *classes: str) -> float:
        """Share of the known people inside the mandate who are in these classes.

        ``nan`` where nobody's number is known, or none of these people was assessed; but the share
        of ``?`` itself is then 1.
        """
        return self._share({c: np.nan_to_num(self.by_class[c].people) for c in CLASSES}, classes)

    def site_share(self, *classes: str) -> float:
        """Share of the sites inside the mandate that are in these classes, as ``people_share``."""
        return self._share({c: float(self.by_class[c].sites) for c in CLASSES}, classes)

    @staticmethod
    def _share(amounts: Mapping[str, float], classes: tuple[str, ...]) -> float:
        total = sum(amounts[c] for c in _IN_MANDATE)
        if total == 0 or (amounts["?"] == total and "?" not in classes):
            return float("nan")
        return float(sum(amounts[c] for c in classes) / total)


@dataclass(frozen=True, kw_only=True)
class WorstCase:
    """The worst of the cases that were assessed, and how many were not.

    Parameters
    ----------
    case : CaseSummary or None
        None where no case was fully assessed.
    possible : int
        Cases that can exist.
    unassessed : int
        Of these, cases with a counted site whose time is unknown.
    """

    case: CaseSummary | None
    possible: int
    unassessed: int


def case_summary(
    coverage: Coverage, *, layer: PlaceLayer, season: Season, light: Light, air: bool
) -> CaseSummary:
    """Sites and people by class in one case.

    Parameters
    ----------
    coverage : Coverage
    layer : "camp" or "place"
    season, light : str
    air : bool
        With or without the aircraft.

    Examples
    --------
    >>> places = pd.DataFrame({"id": ["a", "b"], "layer": "camp", "people": [100.0, np.nan]})
    >>> case = {"season": "wet", "light": "day", "air": True}
    >>> coverage = Coverage(
    ...     places=places,
    ...     answers=pd.DataFrame({"id": ["a", "b"], "kind": "road", "season": "wet",
    ...                           "light": "day", "seconds": [600.0, np.inf]}),
    ...     classes=pd.DataFrame([{"id": "a", "class": "P", **case},
    ...                           {"id": "b", "class": "N", **case}]),
    ...     matrix=pd.DataFrame([{"layer": "camp", "possible": True, **case}]),
    ...     cell_class=np.full((1, 1), ""))
    >>> summary = case_summary(coverage, layer="camp", season="wet", light="day", air=True)
    >>> summary.people_share("P"), summary.by_class["N"], summary.unreached.sites
    (1.0, Tally(sites=1, sites_unknown_people=1, people=nan), 1)
    """
    places = coverage.places.loc[coverage.places["layer"] == layer, ["id", "people"]]
    possible = case_possible(coverage, layer=layer, season=season, light=light, air=air)
    classes = _of_case(coverage.classes, season, light)
    classes = classes.loc[classes["air"] == air, ["id", "class"]] if possible else classes[:0]
    judged = places.merge(classes[["id", "class"]], on="id", validate="one_to_one")
    best = _best_seconds(coverage, season, light, air=air).reindex(judged["id"])
    unreached = (judged["class"] == "N").to_numpy() & np.isposinf(best.to_numpy(dtype=float))
    return CaseSummary(
        layer=layer,
        season=season,
        light=light,
        air=air,
        possible=possible,
        total=tally(places["people"]),
        by_class={c: tally(judged.loc[judged["class"] == c, "people"]) for c in CLASSES},
        unreached=tally(judged.loc[unreached, "people"]),
    )


def classes_of(coverage: Coverage, case: CaseSummary) -> pd.Series[str]:
    """Class of every camp and place in one case, by id; empty where the case cannot exist."""
    classes = _of_case(coverage.classes, case.season, case.light)
    chosen = classes.loc[(classes["air"] == case.air) & case.possible]
    return chosen.set_index("id")["class"]


def headline_layer(coverage: Coverage) -> PlaceLayer:
    """Layer that headlines speak of: camps where there are any, else places."""
    return "camp" if (coverage.places["layer"] == "camp").any() else "place"


def headline_case(coverage: Coverage, conditions: Conditions) -> CaseSummary:
    """Case shown first: the plan's own conditions, with aircraft where they may fly."""
    layer = headline_layer(coverage)
    season, light = conditions.season, conditions.light
    air = case_possible(coverage, layer=layer, season=season, light=light, air=True)
    return case_summary(coverage, layer=layer, season=season, light=light, air=air)


def worst_case(coverage: Coverage, *, layer: PlaceLayer) -> WorstCase:
    """Case with the lowest share reached in time, of those in which every counted site was assessed.

    By people, or else by sites; of equal cases the last in the order of seasons and light. A case
    in which a site of unknown time counts has a share that is a lower bound only: it is counted
    as unassessed and never called the worst.
    """
    summaries = [
        case_summary(coverage, layer=layer, season=c.season, light=c.light, air=air)
        for c in reversed(ALL_CONDITIONS)
        for air in (False, True)
    ]
    possible = [s for s in summaries if s.possible]
    known = [s for s in possible if s.assessed and not np.isnan(share_in_time(s))]
    return WorstCase(
        case=min(known, key=share_in_time, default=None),
        possible=len(possible),
        unassessed=sum(not s.assessed for s in possible),
    )


def share_in_time(summary: CaseSummary) -> float:
    """Share reached within the standard: of people, or of sites where nobody's number is known."""
    return summary.share("P", "C")


def case_possible(
    coverage: Coverage, *, layer: PlaceLayer, season: Season, light: Light, air: bool
) -> bool:
    """Whether a case can exist; a case that is not in the matrix cannot."""
    cases = _of_case(coverage.matrix, season, light)
    rows = cases.loc[(cases["air"] == air) & (cases["layer"] == layer), "possible"]
    return bool(rows.any())


def tally(people: pd.Series[float]) -> Tally:
    """Sites and known people of a column of numbers of people, one a site.

    Examples
    --------
    >>> tally(pd.Series([100.0, np.nan]))
    Tally(sites=2, sites_unknown_people=1, people=100.0)
    >>> tally(pd.Series([np.nan]))
    Tally(sites=1, sites_unknown_people=1, people=nan)
    """
    unknown = int(people.isna().sum())
    none_known = len(people) > 0 and unknown == len(people)
    return Tally(
        sites=len(people),
        sites_unknown_people=unknown,
        people=float("nan") if none_known else float(people.sum()),
    )


def _of_case(table: pd.DataFrame, season: Season, light: Light) -> pd.DataFrame:
    return table.loc[(table["season"] == season) & (table["light"] == light)]


def _best_seconds(
    coverage: Coverage, season: Season, light: Light, *, air: bool
) -> pd.Series[float]:
    """Shortest time to each place by any mover of the case; ``nan`` where one is unknown."""
    kinds = (*_GROUND, "air") if air else _GROUND
    answers = _of_case(coverage.answers, season, light)
    answers = answers.loc[answers["kind"].isin(kinds)]
    seconds = answers["seconds"].groupby(answers["id"]).min()
    unknown = answers["seconds"].isna().groupby(answers["id"]).any()
    best: pd.Series[float] = seconds.mask(unknown)
    return best
