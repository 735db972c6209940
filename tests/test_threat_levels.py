"""Levels of threat from its surface, counted by hand on a hundred cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from geo_poc.errors import GridError
from geo_poc.layers.threat.levels import levels_at, threat_levels
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

NAN = float("nan")
RISING = np.arange(1.0, 101.0).reshape(10, 10)


@pytest.fixture(scope="module")
def levels(theatre_of: Callable[..., Theatre]) -> Callable[..., NDArray[np.int8]]:
    """Levels of a surface of expected incidents, and of where anything was reported."""

    def levels_of(
        expected: NDArray[np.float64], reported: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int8]:
        theatre = theatre_of(*expected.shape)
        threat = Threat(
            grid=theatre.grid,
            expected=expected.astype(np.float32),
            as_of=theatre.as_of,
            horizon_days=30,
            method="by hand",
            incidents_used=1,
            newest=None,
            reported=reported,
        )
        return threat_levels(threat, theatre=theatre)

    return levels_of


def counts(level: NDArray[np.int8]) -> list[int]:
    """Cells of levels 0 to 5."""
    return np.bincount(level.ravel(), minlength=6).tolist()


def test_levels_take_5_5_10_20_and_60_percent_of_a_hundred_cells(
    levels: Callable[..., NDArray[np.int8]],
) -> None:
    shuffled = np.random.default_rng(1).permutation(RISING.ravel()).reshape(10, 10)
    assert counts(levels(shuffled)) == [0, 60, 20, 10, 5, 5]


def test_highest_cells_have_the_highest_level(levels: Callable[..., NDArray[np.int8]]) -> None:
    level = levels(RISING)
    assert level[9].tolist() == [4] * 5 + [5] * 5
    assert level[8].tolist() == [3] * 10
    assert level[6:8].tolist() == [[2] * 10] * 2
    assert (level[:6] == 1).all()


@pytest.mark.parametrize(
    ("tied", "level"),
    [(8, 5), (10, 5), (11, 4), (20, 4), (21, 3), (40, 3), (80, 2), (81, 1), (100, 1)],
)
def test_tied_cells_share_the_level_of_the_middle_of_their_group(
    tied: int, level: int, levels: Callable[..., NDArray[np.int8]]
) -> None:
    """The middle of the n highest cells of a hundred is at n / 2 percent of the area."""
    expected = RISING.ravel().copy()
    expected[100 - tied :] = 500.0
    assert counts(levels(expected.reshape(10, 10)))[level] >= tied
    assert (levels(expected.reshape(10, 10)).ravel()[100 - tied :] == level).all()


def test_cells_where_nothing_was_reported_are_level_0_even_at_the_top(
    levels: Callable[..., NDArray[np.int8]],
) -> None:
    reported = np.ones((10, 10), dtype=bool)
    reported[9, 9] = False
    assert counts(levels(RISING, reported)) == [1, 60, 20, 10, 5, 4]


def test_without_a_record_of_reports_a_cell_with_nothing_expected_is_level_0(
    levels: Callable[..., NDArray[np.int8]],
) -> None:
    assert levels(np.array([[1.0, 0.0]])).tolist() == [[2, 0]]


def test_unknown_threat_is_level_0(levels: Callable[..., NDArray[np.int8]]) -> None:
    assert levels(np.array([[1.0, NAN]])).tolist() == [[2, 0]]


def test_levels_on_another_grid_are_refused(theatre_of: Callable[..., Theatre]) -> None:
    threat = Threat(
        grid=theatre_of(3, 3).grid,
        expected=np.ones((3, 3), dtype=np.float32),
        as_of=dt.date(2021, 1, 1),
        horizon_days=30,
        method="by hand",
        incidents_used=1,
        newest=None,
    )
    with pytest.raises(GridError, match="must lie on the grid"):
        threat_levels(threat, theatre=theatre_of(3, 4))


def test_level_at_a_border_point_is_that_of_the_nearest_cell_of_the_area(
    theatre_of: Callable[..., Theatre],
) -> None:
    level = np.array([[3, 5, -1, -1]], dtype=np.int8)
    x = np.array([1.0, 21_000.0, 35_000.0, -1.0, NAN])
    at = levels_at(level, theatre_of(1, 4).grid, x, np.full(5, 5_000.0))
    assert at.tolist() == [3, 5, -1, -1, -1]
