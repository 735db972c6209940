"""Times of a race as people may read them."""

from __future__ import annotations

import math

from geo_poc import figures
from geo_poc.report.race import RaceProduct
from geo_poc.wording import text

_HOUR_S, _DAY_S, _DAYS_FROM_S = 3600.0, 86_400.0, 96 * 3600.0


def who_words(product: RaceProduct) -> str:
    """Whom the race is about on the mission's side."""
    if product.troops is None:
        return text("race_first_element")
    return text("race_troops", n=product.troops)


def time_words(seconds: float) -> str:
    """Time after the alert: as `geo_poc.figures.duration` up to a day, then whole hours, then days.

    Examples
    --------
    >>> [time_words(h * 3600.0).replace(chr(160), " ") for h in (0.5, 30.2, 100.0)]
    ['30 min', '30 h', '4 d']
    >>> time_words(float("inf")), time_words(float("nan")), time_words(-5.0)
    ('never', 'unknown', 'already')
    """
    if math.isnan(seconds):
        return text("unknown")
    if math.isinf(seconds):
        return text("race_never" if seconds > 0 else "race_already")
    if seconds <= 0:
        return text("race_already")
    return _length(seconds)


def _length(seconds: float) -> str:
    if seconds <= _DAY_S:
        return figures.duration(seconds)
    if seconds < _DAYS_FROM_S:
        return text("hours", hours=f"{seconds / _HOUR_S:.0f}")
    return text("race_days", days=f"{seconds / _DAY_S:.0f}")


def contact_words(earliest_s: float, likely_s: float, latest_s: float) -> tuple[str, str]:
    """Earliest contact, and the likely and the latest one where they differ from it.

    Examples
    --------
    >>> inf = float("inf")
    >>> contact_words(inf, inf, inf), contact_words(0.0, 0.0, 0.0)
    (('never', ''), ('already', ''))
    """
    words = [time_words(seconds) for seconds in (earliest_s, likely_s, latest_s)]
    if words[0] == words[1] == words[2]:
        return words[0], ""
    return words[0], text("race_contact_range", likely=words[1], latest=words[2])


def margin_words(seconds: float, contact_s: float) -> str:
    """Margin with its sign, or who alone comes at all.

    Examples
    --------
    >>> [margin_words(s, 0.0)[1:].replace(chr(160), " ") for s in (5400.0, -60.0)]
    ['1.5 h', '1 min']
    >>> margin_words(float("nan"), float("inf")), margin_words(float("-inf"), 0.0)
    ('neither', 'only the group')
    """
    if math.isnan(seconds):
        return text("race_neither" if math.isinf(contact_s) else "unknown")
    if math.isinf(seconds):
        return text("race_only_mission" if seconds > 0 else "race_only_group")
    return text("race_behind" if seconds < 0 else "race_ahead", time=_length(abs(seconds)))


def notice_words(seconds: float) -> str:
    """How much earlier the alert would have to come.

    Examples
    --------
    >>> notice_words(0.0), notice_words(float("inf")), notice_words(float("nan"))
    ('none', 'no alert helps', 'unknown')
    """
    if math.isinf(seconds):
        return text("race_no_help")
    if seconds == 0:
        return text("race_no_notice")
    return time_words(seconds)
