"""The answer of a run in words and shares, the same on map, report and terminal."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import (
    CaseSummary,
    case_summary,
    headline_case,
    headline_layer,
    share_in_time,
    worst_case,
)
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.wording import Span, spans, text

CLASS_KEYS = {"P": "p", "C": "c", "N": "n", "E": "e", "?": "unknown"}
"""Class letter -> end of its keys in the catalogue."""

BAR_LETTERS = ("P", "C", "N", "?")
"""Classes of the bar, in its order: all within the mandate."""

Sentence = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class BarPart:
    """One class of the class bar: its letter, what is written in it, and its width in percent."""

    letter: str
    label: str
    width: float


def own_case(findings: Findings) -> CaseSummary:
    """The case shown first: the plan's own conditions, with aircraft where they may fly."""
    return headline_case(findings.coverage, findings.conditions)


def is_same_case(one: CaseSummary, other: CaseSummary) -> bool:
    """Whether two summaries are of one season, light and state of the aircraft."""
    return (one.season, one.light, one.air) == (other.season, other.light, other.air)


def all_cases(findings: Findings) -> tuple[CaseSummary, ...]:
    """The eight cases in the order of the matrix: with aircraft, then without, by season and light."""
    coverage = findings.coverage
    layer = headline_layer(coverage)
    return tuple(
        case_summary(coverage, layer=layer, season=c.season, light=c.light, air=air)
        for air in (True, False)
        for c in ALL_CONDITIONS
    )


def matrix_title(findings: Findings) -> str:
    """What the shares of the matrix are of."""
    key = "matrix_title" if own_case(findings).people_known else "matrix_title_sites"
    return text(key, standard=figures.duration(findings.plan.standard.response))


def answer(findings: Findings, case: CaseSummary) -> Sentence:
    """Who is reached in time in a case.

    Shares are of people whose number is known; where none is known, of sites.
    """
    when = text(f"when_{case.season}_{case.light}")
    if math.isnan(share_in_time(case)):
        return spans("lead_unknown", when=when)
    of = case.layer if case.people_known else "sites"
    share = written_shares(case)
    slots = {
        "when": when,
        "protected": share["P"],
        "standard": figures.duration(findings.plan.standard.response),
    }
    if not case.air:
        return spans(f"lead_ground_{of}", **slots)
    return spans(f"lead_air_{of}", flown=share["C"], **slots)


def bad_news(findings: Findings, case: CaseSummary) -> tuple[Sentence, ...]:
    """Who is not reached in time in a case, who not at all, and what was not assessed.

    Zones are spoken of in the plan's own case alone, for which they were found: they hold residents
    too, whom the sentence about sites does not count. Where nothing at all is late, the sentence
    says that this does not make anyone safe.
    """
    late, unassessed = case.by_class["N"], case.by_class["?"]
    sentences: list[Sentence] = []
    if late.people > 0:
        sentences.append(_late_people(findings, case))
    elif late.sites:
        sentences.append(spans("lead_not_protected_sites", n=late.sites))
    if len(findings.zones) and is_same_case(case, own_case(findings)):
        sentences.append(_uncovered(findings))
    if unassessed.sites:
        sentences.append(spans("lead_not_assessed", n=unassessed.sites))
    return tuple(sentences) or (spans("lead_none_late"),)


def no_zone(findings: Findings) -> Sentence:
    """What is said where no zone was found: of aircraft too, where the zones rest on them.

    Where the threat is unknown everywhere, that no zone could be looked for.
    """
    if not np.isfinite(findings.threat.expected).any():
        return spans("zones_threat_unknown")
    key = "zones_none_air" if own_case(findings).air else "zones_none_ground"
    return spans(key, standard=figures.duration(findings.plan.standard.response))


def threat_code(level: int) -> str:
    """Code of a threat level, with "T?" where nothing was reported.

    Examples
    --------
    >>> threat_code(5), threat_code(0)
    ('T5', 'T?')
    """
    return text("threat_code", level=level) if level > 0 else text("threat_code_unknown")


def _uncovered(findings: Findings) -> Sentence:
    standard = figures.duration(findings.plan.standard.response)
    exposed, n = float(findings.zones["people"].sum()), len(findings.zones)
    if not exposed > 0:
        return spans("lead_zones_uncounted", n=n, standard=standard)
    return spans("lead_zones", n=n, people=figures.people(exposed), standard=standard)


def _late_people(findings: Findings, case: CaseSummary) -> Sentence:
    people = figures.people(case.by_class["N"].people)
    lost = case.unreached.people
    if not lost > 0:
        return spans(f"lead_late_{case.layer}", people=people)
    return spans(
        f"lead_late_{case.layer}_unreached",
        people=people,
        unreached=figures.people(lost),
        cut_off=figures.duration(findings.plan.standard.cut_off),
    )


def worst(findings: Findings) -> Sentence:
    """The fully assessed case with the lowest share reached in time, and how many were not assessed."""
    found = worst_case(findings.coverage, layer=headline_layer(findings.coverage))
    if found.case is None:
        return spans("worst_unknown")
    name = text(f"worst_{found.case.season}_{found.case.light}")
    key = "worst_air" if found.case.air else "worst_ground"
    sentence = spans(key, case=name, share=written_share(found.case))
    if not found.unassessed:
        return sentence
    rest = spans("worst_unassessed", n=found.unassessed, cases=found.possible)
    return (*sentence, Span(text=" ", strong=False), *rest)


def uncounted(case: CaseSummary) -> Sentence:
    """How many sites have no number of people and take no part in the shares."""
    total = case.total
    if not total.sites_unknown_people:
        return spans("all_people_known")
    return spans("people_unknown", n=total.sites_unknown_people, sites=f"{total.sites:,}")


def written_share(case: CaseSummary) -> str:
    """Share reached in time as it is written: "?" unknown, a dash where the case cannot exist."""
    if not case.possible:
        return text("case_impossible")
    share = share_in_time(case)
    return text("share_unknown") if math.isnan(share) else figures.percent(share)


def share_width(case: CaseSummary) -> float:
    """Share reached in time in percent, as the width of a bar; 0 where there is none."""
    share = share_in_time(case) if case.possible else math.nan
    return 0.0 if math.isnan(share) else round(100 * share, 2)


def bar(case: CaseSummary) -> tuple[BarPart, ...]:
    """Parts of the class bar; empty where the case cannot exist."""
    written = written_shares(case)
    return tuple(
        BarPart(
            letter=letter,
            label=text("bar", letter=letter, share=written[letter]),
            width=round(100 * case.share(letter), 2),
        )
        for letter in BAR_LETTERS
        if case.share(letter) > 0
    )


def written_shares(case: CaseSummary) -> Mapping[str, str]:
    """Shares of P, C, N and ? as they are written side by side: see `whole_percents`.

    "unknown" where nothing of the case was assessed, but for the share of "?" itself.
    """
    shares = [case.share(letter) for letter in BAR_LETTERS]
    up_to = [case.share(*BAR_LETTERS[: n + 1]) for n in range(len(BAR_LETTERS))]
    if any(map(math.isnan, up_to)):
        written = [figures.percent(share) for share in shares]
    else:
        wholes = whole_percents(up_to)
        written = [figures.percent(s, whole=n) for s, n in zip(shares, wholes, strict=True)]
    return dict(zip(BAR_LETTERS, written, strict=True))


def whole_percents(up_to: Sequence[float]) -> tuple[int, ...]:
    """Shares as whole percentages that add up to 100, each less than one percent off.

    Sums are rounded and then parted again, so that each sum of the first shares is what it would be
    if it were written alone: P is the share without aircraft and P + C the share with them, as the
    matrix writes both. Shares that are rounded one by one can add up to 99 or 101; the largest
    remainder would add up to 100 but could part from the matrix.

    Parameters
    ----------
    up_to : sequence of float
        Sum of the shares up to each one, rising to 1.

    Examples
    --------
    >>> [figures.whole_percent(share) for share in (0.335, 0.33, 0.335)]
    [34, 33, 34]
    >>> whole_percents([0.335, 0.665, 1.0])
    (34, 33, 33)
    """
    rounded = [figures.whole_percent(share) for share in up_to]
    return tuple(upper - lower for lower, upper in itertools.pairwise([0, *rounded]))
