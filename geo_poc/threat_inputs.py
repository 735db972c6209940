"""The threat from checked inputs: what runs, assessments and tests on the past all start from."""

from __future__ import annotations

import datetime as dt

from geo_poc.inputs import Inputs
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.enough import with_enough
from geo_poc.layers.threat.events import DAY_S
from geo_poc.layers.threat.surface import Threat, fit


def background_of(inputs: Inputs) -> Background:
    """The area that incidents happen in, as far as the inputs tell."""
    return Background(
        theatre=inputs.theatre,
        people=inputs.people,
        settlements=inputs.layers["places"].table,
        admin=inputs.areas("admin"),
    )


def horizon_days(inputs: Inputs) -> int:
    """How far ahead incidents are expected."""
    return round(inputs.theatre_file.threat.horizon / DAY_S)


def threat_on(inputs: Inputs, day: dt.date) -> Threat:
    """Threat on a day; unknown if too few incidents were over by then."""
    threat = fit(
        inputs.layers["incidents"].table,
        day,
        background=background_of(inputs),
        horizon_days=horizon_days(inputs),
    )
    return with_enough(threat)
