"""Times of every site by mover and condition, written once and told apart by a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.wording import mover_name, text

IN_TIME, LATE, NOT_REACHED = 0, 1, 2

Answer = list[int]
Key = tuple[str, str, str, str]


class Mover(TypedDict):
    """One mover: its key, its name, and whether it flies."""

    mover: str
    name: str
    air: bool


class Times(TypedDict):
    """Answers of all sites, with the words they are written in.

    ``answers`` holds for each site, mover and condition the numbers ``[time text, state, base, seconds,
    distance text, second base, second time text, second seconds]``; bases are -1 where none reaches,
    seconds -1 where not reached or unknown, states 0 in time, 1 late, 2 not reached or unknown.
    """

    texts: list[str]
    answers: dict[str, list[list[Answer]]]


def movers(findings: Findings) -> list[Mover]:
    """Movers of the plan in its own order: ground before air as the plan lists them."""
    seen = {t.mover: t.kind for t in findings.travel}
    return [{"mover": m, "name": mover_name(m), "air": kind == "air"} for m, kind in seen.items()]


def times(findings: Findings) -> Times:
    """What the cards of all sites print, for each mover and condition."""
    written = _written(findings)
    texts = sorted({*written["time"], *written["distance"], *written["second_time"]})
    number = {word: i for i, word in enumerate(texts)}
    base = {b: i for i, b in enumerate(findings.layers["bases"].table["id"])}
    answers = dict(_keyed(row, number, base) for row in written.itertuples())
    order = [m["mover"] for m in movers(findings)]
    ids = findings.coverage.places["id"]
    return {"texts": texts, "answers": {i: _of_site(answers, i, order) for i in ids}}


def _keyed(row: Any, number: Mapping[str, int], base: Mapping[str, int]) -> tuple[Key, Answer]:
    answer = [
        number[row.time],
        int(row.state),
        base.get(row.base, -1),
        _whole(row.seconds),
        number[row.distance],
        base.get(row.second_base, -1),
        number[row.second_time],
        _whole(row.second_seconds),
    ]
    return (row.id, row.mover, row.season, row.light), answer


def _of_site(answers: Mapping[Key, Answer], site: str, order: Sequence[str]) -> list[list[Answer]]:
    return [[answers[site, mover, c.season, c.light] for c in ALL_CONDITIONS] for mover in order]


def _whole(seconds: float) -> int:
    return round(seconds) if np.isfinite(seconds) else -1


def _written(findings: Findings) -> pd.DataFrame:
    answers = findings.coverage.answers
    seconds = answers["seconds"].to_numpy(dtype=float)
    standard_s = findings.plan.standard.response
    return answers.assign(
        state=states(seconds, standard_s=standard_s),
        time=[
            time_text(s, standard_s, reason=reason, air=kind == "air")
            for s, reason, kind in zip(seconds, answers["reason"], answers["kind"], strict=True)
        ],
        second_time=[figures.time_against(s, standard_s) for s in answers["second_seconds"]],
        distance=[figures.distance(m) for m in answers["distance_m"]],
    )


def states(seconds: NDArray[np.float64], *, standard_s: float) -> NDArray[np.int64]:
    """State of each time: 0 in time, 1 late, 2 not reached or unknown.

    Examples
    --------
    >>> states(np.array([60.0, 61.0, np.inf, np.nan]), standard_s=60.0).tolist()
    [0, 1, 2, 2]
    """
    reached = np.where(seconds <= standard_s, IN_TIME, LATE)
    return np.where(np.isfinite(seconds), reached, NOT_REACHED)


def time_text(seconds: float, standard_s: float, *, reason: str, air: bool) -> str:
    """A time, or in a word why there is none.

    Examples
    --------
    >>> time_text(float("inf"), 3600.0, reason="no_asset", air=True)
    'no flight'
    """
    if np.isfinite(seconds):
        return figures.time_against(seconds, standard_s)
    if air and reason == "no_asset":
        return text("no_flight")
    return text(f"reason_{reason}")
