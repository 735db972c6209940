"""The weekly assessment in words: the same for the page, its files and the terminal."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geo_poc import figures
from geo_poc.coverage.assessment import Assessment, Under
from geo_poc.coverage.posture import FRESH_DAYS, LEAST_PRECISE, QUIET_DAYS
from geo_poc.coverage.risk_scene import TOP_SHARE
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.report.backtest_words import number
from geo_poc.report.sites import expected
from geo_poc.report.typeset import shortened
from geo_poc.wording import Span, mover_name, spans, text

LONGEST_NAME = 48
_SEPARATOR = "; "
_DAYS = {"stale": FRESH_DAYS, "quiet": QUIET_DAYS}


def named(area: Any) -> str:
    """Name of an area, cut to a length."""
    return shortened(str(area.name), longest=LONGEST_NAME)


def lead(assessment: Assessment, *, top: int) -> tuple[tuple[Span, ...], ...]:
    """What the assessment comes to, in sentences.

    Parameters
    ----------
    assessment : Assessment
    top : int
        Longest list that is shown.
    """
    sentences = [_number(assessment)]
    if len(assessment.areas):
        sentences += [*_highest(assessment), _compared(assessment), _change(assessment)]
        sentences += _late(assessment, top)
    return tuple(sentences)


def _number(assessment: Assessment) -> tuple[Span, ...]:
    outlook, day = assessment.outlook, figures.day(assessment.theatre.as_of)
    used = assessment.threat.incidents_used
    if 0 < used < LEAST_EVENTS:
        return spans("assess_lead_few", n=used, date=day, least=str(LEAST_EVENTS))
    if math.isnan(outlook.expected) or not len(assessment.areas):
        return spans("assess_lead_unknown", date=day)
    slots = {"date": day, "expected": number(outlook.expected)}
    n = assessment.threat.horizon_days
    if math.isnan(outlook.low):
        return spans("assess_lead_number_alone", n=n, **slots)
    ends = {"low": number(outlook.low, 0), "high": number(outlook.high, 0)}
    return spans("assess_lead_number", n=n, **slots, **ends)


def _highest(assessment: Assessment) -> tuple[tuple[Span, ...], ...]:
    """The first area, and the one where most incidents are expected if it is another."""
    areas = assessment.areas
    first = next(areas.itertuples())
    sentences = [
        spans(
            _first_is(areas),
            **_named_and_expected(first),
            any=figures.percent(first.any_ratio),
            people=_people(first),
        )
    ]
    if first.expected < areas["expected"].max():
        most = next(areas.sort_values("expected", ascending=False, kind="stable").itertuples())
        sentences.append(
            spans("assess_lead_most", rank=str(most.rank), **_named_and_expected(most))
        )
    return tuple(sentences)


def _first_is(areas: pd.DataFrame) -> str:
    """Key of what sets the first area apart; an unknown number of people can put it there too."""
    exposed, expected = areas["exposed"], areas["expected"]
    if exposed.iloc[0] > 0 and exposed.iloc[0] >= exposed.max():
        return "assess_lead_exposed"
    if expected.iloc[0] >= expected.max():
        return "assess_lead_most_alone"
    return "assess_lead_listed"


def _named_and_expected(area: Any) -> dict[str, str]:
    return {
        "name": named(area),
        "mgrs": str(area.mgrs),
        "expected": expected(area.expected),
        "low": expected(area.expected_low),
        "high": expected(area.expected_high),
    }


def _people(area: Any) -> str:
    known = {
        "residents": figures.people(area.residents),
        "displaced": figures.people(area.displaced),
    }
    if 0 < area.residents_unknown_ratio < 1:
        share = figures.percent(area.residents_unknown_ratio)
        return text("assess_people_partly", **known, share=share)
    return text("assess_people_known", **known)


def _compared(assessment: Assessment) -> tuple[Span, ...]:
    outlook = assessment.outlook
    return spans(
        "assess_lead_compared",
        date=figures.day(assessment.before_of),
        before=number(outlook.before),
        year=number(outlook.year_before),
        came=number(outlook.came_year_before, 0),
    )


def _change(assessment: Assessment) -> tuple[Span, ...]:
    change = assessment.areas["change"]
    return spans(
        "assess_lead_change",
        areas=len(change),
        new=int((change == "new").sum()),
        risen=int((change == "risen").sum()),
        fallen=int((change == "fallen").sum()),
        gone=len(assessment.gone),
    )


def _late(assessment: Assessment, top: int) -> tuple[tuple[Span, ...], ...]:
    """Who would be there in time, of all areas; then of those listed, if these are fewer."""
    if assessment.under is None:
        return (spans("assess_lead_no_plan"),)
    areas = assessment.areas
    counts = _by_class(areas)
    sentences = [
        spans(
            "assess_lead_late" if int(counts["late"]) else "assess_lead_late_none",
            n=len(areas),
            when=when(assessment.under),
            standard=figures.duration(assessment.under.standard_s),
            watch=str((areas["posture"] == "watch").sum()),
            **counts,
        )
    ]
    if top < len(areas):
        sentences.append(spans("assess_lead_late_shown", n=top, **_by_class(areas.head(top))))
    return (*sentences, spans("assess_lead_not_zones", share=figures.percent(TOP_SHARE)))


def _by_class(areas: pd.DataFrame) -> dict[str, str]:
    """Number of areas by the class of protection of their largest part, firm or not."""
    letters = list(areas["class"])
    number_of = {"late": "N", "air": "C", "ground": "P"}
    counts = {name: letters.count(letter) for name, letter in number_of.items()}
    counts["rest"] = len(letters) - sum(counts.values())
    return {name: str(n) for name, n in counts.items()}


def when(under: Under) -> str:
    """Season and light of the plan, as the beginning of a sentence."""
    return text(f"when_{under.conditions.season}_{under.conditions.light}")


def span_words(area: Any) -> str:
    """Range of what is expected in an area, and the chance of at least one."""
    return text(
        "assess_chance",
        low=expected(area.expected_low),
        high=expected(area.expected_high),
        any=figures.percent(area.any_ratio),
    )


def exposed_words(area: Any) -> str:
    """People exposed in an area; at least so many where some of its people are unknown."""
    partly = area.residents_unknown_ratio > 0 or area.camps_unknown_people > 0
    key = "assess_exposed_least" if partly and area.exposed > 0 else "assess_exposed"
    return text(key, n=figures.people(area.exposed))


def people_words(area: Any) -> str:
    """Residents, displaced people, and what of them is unknown."""
    written = text(
        "assess_people_in",
        residents=figures.people(area.residents),
        displaced=figures.people(area.displaced),
    )
    if 0 < area.residents_unknown_ratio < 1:
        share = figures.percent(area.residents_unknown_ratio)
        written += text("assess_people_unknown_share", share=share)
    if area.sites_unknown_people:
        written += text("assess_people_unknown_sites", n=int(area.sites_unknown_people))
    return written


def last_words(area: Any) -> str:
    """Day of the last incident in an area."""
    if pd.isna(area.last_event):
        return text("assess_last_none")
    return figures.day(area.last_event.date())


def events_words(area: Any) -> str:
    """How many incidents there were in an area, in a year and in all."""
    year, ever = (text("number", n=int(n)) for n in (area.events_year, area.events_all))
    return text("assess_events", year=year, all=ever)


def change_words(area: Any) -> tuple[str, str]:
    """Change of an area, and the number before."""
    before = text("assess_change_from", n=expected(area.expected_before))
    return text(f"assess_change_{area.change}"), before


def posture_words(area: Any, assessment: Assessment) -> tuple[str, str]:
    """Posture advised for an area, and why."""
    why = [_why(area, assessment)]
    if assessment.under is not None:
        why.append(_nearest(area, assessment))
    return text(f"assess_posture_{area.posture}"), text("assess_separator").join(why)


def _why(area: Any, assessment: Assessment) -> str:
    key = f"assess_why_{area.posture}"
    if assessment.under is None:
        return text("assess_why_not_assessed")
    if area.posture == "watch":
        return text(key, share=figures.percent(area.firm_ratio))
    share = figures.percent(area.class_ratio)
    if area.posture in {"find_out", "inform"}:
        return text(key, share=share)
    written = text(key, share=share, standard=figures.duration(assessment.under.standard_s))
    if area.posture != "deploy" and area.ratio_n > 0:
        written += text("assess_why_also_late", share=figures.percent(area.ratio_n))
    if area.posture == "patrol" and area.ratio_c > 0:
        written += text("assess_why_also_air", share=figures.percent(area.ratio_c))
    return written


def _nearest(area: Any, assessment: Assessment) -> str:
    if not math.isfinite(area.ground_s):
        return text(
            "assess_nearest_unknown" if math.isnan(area.ground_s) else "assess_nearest_none"
        )
    bases = assessment.layers["bases"].table.set_index("id")["name"]
    standard_s = assessment.under.standard_s if assessment.under else math.inf
    return text(
        "assess_nearest",
        mover=mover_name(area.ground_mover),
        base=shortened(str(bases[area.ground_base]), longest=LONGEST_NAME),
        time=figures.time_against(area.ground_s, standard_s),
    )


def confidence_words(area: Any, assessment: Assessment) -> tuple[str, str]:
    """Confidence in an area, and what is lacking or who agrees."""
    agree = text("assess_agree", agree=str(area.models_n), models=str(len(assessment.models)))
    lacking = [
        lacking_words(one) for one in area.lacking.split(_SEPARATOR) if one != "alone" and one
    ]
    return text(f"assess_confidence_{area.confidence}"), text("assess_separator").join(
        [agree, *lacking]
    )


def lacking_words(lacking: str) -> str:
    """What speaks against an area."""
    key = f"assess_lacking_{lacking}"
    if lacking == "few_precise":
        return text(key, least=str(LEAST_PRECISE))
    if lacking in _DAYS:
        return text(key, n=_DAYS[lacking])
    return text(key)
