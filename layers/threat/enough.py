"""Whether there are enough incidents to say from them what is to be expected."""

from __future__ import annotations

import dataclasses

import numpy as np

from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.layers.threat.surface import Threat
from geo_poc.layers.threat.totals import Total


def with_enough(threat: Threat, *, least: int = LEAST_EVENTS) -> Threat:
    """A threat, unknown as where no incident can be placed if it rests on fewer than ``least`` incidents.

    One incident of years ago would give numbers close to 0 with a range as narrow: that is no knowledge of a quiet
    time. ``incidents_used`` and ``newest`` stay, so that the reason can be said.

    Parameters
    ----------
    threat : Threat
    least : int
    """
    used, past = threat.incidents_used, threat.past
    if used >= least or past is None:
        return threat
    nan = float("nan")
    none = np.zeros(past.record.cell.size, dtype=np.bool_)
    return dataclasses.replace(
        threat,
        expected=np.full_like(threat.expected, nan),
        method=f"Incidents that can be used by this day: {used}. Fewer than {least} are too few: the threat is "
        "unknown, not zero.",
        total=Total(expected=nan, low=nan, high=nan, decay_days=nan, size=nan),
        past=dataclasses.replace(past, record=past.record.only(none)),
        mixture=None,
    )
