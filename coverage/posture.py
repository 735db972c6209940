"""What a risk area asks for, by who would be there in time, and how sure that is. Advice, not an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import geopandas as gpd

Posture = Literal["deploy", "lift", "find_out", "patrol", "inform", "watch", "not_assessed"]
Confidence = Literal["high", "moderate", "low"]
POSTURES: tuple[Posture, ...] = get_args(Posture)
LACKING = ("not_firm", "few_precise", "quiet", "stale", "alone")
"""What may speak against an area."""

FIRM_FROM = 0.5
LEAST_PRECISE = 3
FRESH_DAYS = 30
QUIET_DAYS = 365
_BY_CLASS: dict[str, Posture] = {
    "N": "deploy",
    "C": "lift",
    "?": "find_out",
    "P": "patrol",
    "E": "inform",
}


def posture(letter: str, firm_ratio: float) -> Posture:
    """Class of posture by the class of protection and how much of what is expected lies in firm cells.

    - not firm (less than half of what is expected): ``watch``, ask for reports before anything moves;
    - ``N`` nobody is there in time: ``deploy``, a presence beforehand;
    - ``C`` in time by air only: ``lift``, an aircraft at notice or a presence;
    - ``?`` not assessed: ``find_out``; ``P`` on the ground in time: ``patrol``, be seen and be called;
    - ``E`` outside the mandate: ``inform`` those who answer there;
    - without a plan: ``not_assessed``.

    Examples
    --------
    >>> posture("N", 1.0), posture("N", 0.4), posture("P", 0.5), posture("", 1.0)
    ('deploy', 'watch', 'patrol', 'not_assessed')
    """
    if not letter:
        return "not_assessed"
    return "watch" if firm_ratio < FIRM_FROM else _BY_CLASS[letter]


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """How sure an area is, and what speaks against it.

    Parameters
    ----------
    confidence : str
        ``high`` where nothing speaks against it, ``moderate`` with one thing, else ``low``.
    lacking : tuple of str
        ``not_firm`` (less than half of what is expected lies in cells that stay in the top in 90 % of the draws),
        ``few_precise`` (fewer than 3 incidents coded to a point), ``quiet`` (none in it for more than 365 days),
        ``stale`` (the newest record of the theatre is older than 30 days), ``alone`` (fewer than half of the other
        models agree).
    """

    confidence: Confidence
    lacking: tuple[str, ...]


def grounds(
    *,
    firm_ratio: float,
    precise_events: int,
    days_since: float,
    newest_age_days: float,
    agree: int,
    models: int,
) -> Grounds:
    """Confidence in a risk area, and what is lacking.

    Parameters
    ----------
    firm_ratio : float
    precise_events : int
        In the area.
    days_since : float
        Since the last incident in the area; ``nan``, none, counts as quiet.
    newest_age_days : float
        Of the newest record of the whole theatre; ``nan`` unknown counts as stale.
    agree : int
        Other models that agree.
    models : int
        All other models.

    Examples
    --------
    >>> grounds(firm_ratio=1.0, precise_events=2, days_since=9, newest_age_days=3, agree=1, models=2)
    Grounds(confidence='moderate', lacking=('few_precise',))
    """
    against = {
        "not_firm": firm_ratio < FIRM_FROM,
        "few_precise": precise_events < LEAST_PRECISE,
        "quiet": not days_since <= QUIET_DAYS,
        "stale": not newest_age_days <= FRESH_DAYS,
        "alone": 2 * agree < models,
    }
    lacking = tuple(name for name in LACKING if against[name])
    confidence: Confidence = "high" if not lacking else "moderate" if len(lacking) == 1 else "low"
    return Grounds(confidence=confidence, lacking=lacking)


def advised(areas: gpd.GeoDataFrame, *, newest_age_days: float, models: int) -> gpd.GeoDataFrame:
    """Risk areas with ``models_n`` (other models that agree), ``posture``, ``confidence`` and ``lacking``.

    Parameters
    ----------
    areas : GeoDataFrame
        From `geo_poc.coverage.risk_areas.risk_areas`.
    newest_age_days : float
        Of the newest record of the whole theatre.
    models : int
        All other models.
    """
    agree = [len(names.split("; ")) if names else 0 for names in areas["models_agree"]]
    found = [
        grounds(
            firm_ratio=firm_ratio,
            precise_events=precise,
            days_since=days_since,
            newest_age_days=newest_age_days,
            agree=n,
            models=models,
        )
        for firm_ratio, precise, days_since, n in zip(
            *(areas[name] for name in ("firm_ratio", "precise_events", "days_since")),
            agree,
            strict=True,
        )
    ]
    columns = {
        "models_n": agree,
        "posture": list(map(posture, areas["class"], areas["firm_ratio"])),
        "confidence": [one.confidence for one in found],
        "lacking": ["; ".join(one.lacking) for one in found],
    }
    return gpd.GeoDataFrame(areas.assign(**columns), geometry="geometry", crs=areas.crs)
