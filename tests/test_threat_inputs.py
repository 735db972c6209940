"""The threat that runs, assessments and tests on the past start from."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo_poc.data import embedded_theatre
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.run import analyse
from geo_poc.threat_inputs import background_of, horizon_days, threat_on


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    folder = embedded_theatre()
    return read_inputs(folder / "theatre.toml", folder / "plan.toml")


def with_incidents(inputs: Inputs, n: int) -> Inputs:
    """Inputs with the first so many incidents that have an exact place."""
    layer = inputs.layers["incidents"]
    exact = layer.table[layer.table["where_prec"] == 1].head(n)
    few = dataclasses.replace(layer, table=exact)
    return dataclasses.replace(inputs, layers={**inputs.layers, "incidents": few})


def test_nine_incidents_are_too_few_and_ten_are_not(inputs: Inputs) -> None:
    nine, ten = (threat_on(with_incidents(inputs, n), inputs.theatre.as_of) for n in (9, 10))
    assert np.isnan(nine.expected).all()
    assert "unknown, not zero" in nine.method
    assert np.isfinite(ten.expected[inputs.theatre.inside]).all()


def test_a_run_says_unknown_where_an_assessment_does(inputs: Inputs) -> None:
    found = analyse(with_incidents(inputs, 9))
    assert (found.threat_level[found.theatre.inside] == 0).all()
    assert found.reasons["expected"].isna().all()
    assert found.zones.empty


def test_the_background_is_what_was_read(inputs: Inputs) -> None:
    background = background_of(inputs)
    assert background.people is inputs.people
    assert len(background.settlements) == len(inputs.layers["places"].table)
    assert set(background.admin["kind"]) == {"admin"}
    assert horizon_days(inputs) == 30
