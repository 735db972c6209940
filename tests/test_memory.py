"""Memory of a run: the estimate against what is really taken, and what is refused."""

from __future__ import annotations

import dataclasses
import tracemalloc
from types import SimpleNamespace

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.data import embedded_theatre
from geo_poc.errors import InputError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.memory import _PROGRAM, MemoryNeed, memory_faults, memory_need
from geo_poc.run import analyse
from geo_poc.screen.inputs import memory_line

HOME = embedded_theatre()
FILES = HOME / "theatre.toml", HOME / "plan.toml"


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return read_inputs(*FILES)


def test_the_estimate_is_what_a_run_takes_to_a_factor_of_two(inputs: Inputs) -> None:
    assert inputs.memory is not None
    tracemalloc.start()
    analyse(inputs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 < inputs.memory.cells * inputs.memory.per_cell / peak < 2.0


def test_what_does_not_fit_is_refused_before_it_runs_with_a_cell_size_that_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = SimpleNamespace(available=470e6)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with pytest.raises(InputError, match=r"cell_size = '2\.\d km' or more .*fewer bases"):
        read_inputs(*FILES)


def test_where_the_program_alone_does_not_fit_no_cell_size_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e8))
    with pytest.raises(InputError, match="end other programs or take a larger machine") as caught:
        read_inputs(*FILES)
    assert "cell_size =" not in str(caught.value)


def test_more_shut_and_more_approvals_need_more(inputs: Inputs) -> None:
    def per_cell(**areas: object) -> float:
        table = (
            inputs.layers["areas"]
            .table.iloc[:1]
            .assign(from_date=None, to_date=None, barrier=False, contingents="", **areas)
        )
        layers = dict(inputs.layers)
        layers["areas"] = dataclasses.replace(layers["areas"], table=table)
        roads = layers["roads"]
        dry = roads.table.assign(wet_state="open")
        layers["roads"] = dataclasses.replace(roads, table=dry)
        return memory_need(inputs.theatre, inputs.plan, layers).per_cell

    nothing = per_cell(kind="admin", rule="")
    shut = per_cell(kind="closure", rule="")
    waiting = per_cell(kind="closure", rule="needs_approval", delay_s=3600.0)
    assert nothing < shut < waiting


@given(st.integers(100, 10**9), st.integers(0, 200), st.floats(1e9, 1e12), st.floats(50.0, 5000.0))
def test_the_cell_size_that_is_named_fits(
    cells: int, bases: int, available: float, cell_m: float
) -> None:
    need = MemoryNeed(
        cells=cells,
        bases=bases,
        cell_size_m=cell_m,
        per_cell=250.0 + 100 * bases,
        available=available,
    )
    if not memory_faults(need):
        return
    fitting = cells * (cell_m / need.fitting_cell_m) ** 2
    assert _PROGRAM + fitting * need.per_cell <= available * (1 + 1e-9)


def test_a_theatre_without_a_plan_has_no_estimate() -> None:
    assert memory_line(read_inputs(FILES[0], None)) == []
