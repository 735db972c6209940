"""Why an answer is late, in words: too slow, waiting for approval, or a last leg on foot."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.wording import mover_name, text


class Sentence(NamedTuple):
    """Key of a sentence in the catalogue, and what fills the slots that only it has."""

    key: str
    slots: dict[str, str]


def late_sentence(answer: Any, findings: Findings) -> str:
    """Why a site is not reached in time: mover, way, waiting, and what is walked.

    Parameters
    ----------
    answer : row of ``findings.coverage.answers``
        With a finite time.
    findings : Findings
    """
    mover, wait = mover_name(answer["mover"]), _wait(answer["approval_s"])
    way = way_of(answer)
    if waiting_makes_late(answer, findings):
        return text("report_why_waits", mover=mover, wait=wait, way=way)
    way = f"{way}, {wait}" if wait else way
    slow = "parts" if answer["walked_m"] > 0 else _slow(answer, findings)
    return text(f"report_why_late_{slow}", mover=mover, way=way)


def way_of(answer: Any) -> str:
    """Length of a way, and what of it is walked from where an aircraft lands."""
    way = text("late_way", distance=figures.distance(float(answer["distance_m"])))
    walked = _walked(answer["walked_m"])
    return f"{way}, {walked}" if walked else way


def late_in_short(zone: Any, findings: Findings) -> str:
    """Why a zone is late, in the words of a narrow column."""
    mover, parts = mover_name(zone.mover), _parts(zone)
    if waiting_makes_late(zone._asdict(), findings):
        return text("report_zone_waits", mover=mover, parts=", ".join(parts))
    if parts:
        return text("report_zone_parts", mover=mover, parts=", ".join(parts))
    return text("report_zone_late", mover=mover)


def why_late(zone: Any, findings: Findings) -> Sentence:
    """The sentence that says on the map why a zone is late."""
    parts = _parts(zone)
    if parts:
        return Sentence("why_late_parts", {"parts": ", ".join(parts)})
    return Sentence(f"why_late_{_slow(zone._asdict(), findings)}", {})


def waiting_makes_late(answer: Any, findings: Findings) -> bool:
    """Whether it would be there in time if approval were there at the alert."""
    under_way_s = float(answer["seconds"]) - float(answer["approval_s"])
    return bool(answer["approval_s"] > 0 and under_way_s <= findings.plan.standard.response)


def _slow(answer: Any, findings: Findings) -> str:
    """Season that slows a mover down; no source slows an aircraft, so for it always the dry one."""
    flown = any(time.mover == answer["mover"] and time.kind == "air" for time in findings.travel)
    return "dry" if flown else findings.conditions.season


def _parts(zone: Any) -> list[str]:
    return [part for part in (_wait(zone.approval_s), _walked(zone.walked_m)) if part]


def _wait(seconds: float) -> str:
    """What is waited for approval; nothing where nobody waits."""
    if np.isnan(seconds):
        return text("late_may_wait")
    return text("late_waits", delay=figures.delay(float(seconds))) if seconds > 0 else ""


def _walked(metres: float) -> str:
    """What is walked from where an aircraft lands; nothing where nobody walks."""
    if np.isnan(metres):
        return text("late_may_walk")
    return text("late_walked", distance=figures.distance(float(metres))) if metres > 0 else ""
