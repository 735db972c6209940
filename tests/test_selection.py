import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.errors import ConfigError
from geo_poc.layers.selection import selected


def chosen(values: list[object], wanted: object) -> list[bool]:
    table = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    return selected(table, {"a": wanted}, file="f").tolist()  # type: ignore[dict-item]


def test_empty_where_selects_every_row_on_the_tables_own_index() -> None:
    table = pd.DataFrame({"a": [1, 2]}, index=[7, 9])
    assert selected(table, {}, file="f").to_dict() == {7: True, 9: True}


def test_pattern_minds_upper_and_lower_case() -> None:
    assert chosen(["SS-01", "ss-02", "CD"], "SS*") == [True, False, False]


@pytest.mark.parametrize("held", [2020, 2020.0, "2020", "2020.0", " 2020 ", np.int64(2020)])
def test_number_equals_however_the_file_writes_it(held: object) -> None:
    assert chosen([held, "2021", None], 2020) == [True, False, False]


def test_pattern_of_digits_matches_a_column_of_numbers() -> None:
    assert chosen([2020.0, 2021.0, 1999.5], "20*") == [True, True, False]


@pytest.mark.parametrize("held", [True, np.True_, "true", "Yes", 1, "1", 1.0])
def test_true_matches_the_ways_files_write_it(held: object) -> None:
    assert chosen([held], True) == [True]
    assert chosen([held], False) == [False]


def test_missing_is_empty_text_and_neither_number_nor_truth() -> None:
    missing = [None, float("nan"), pd.NA, pd.NaT]
    assert chosen(missing, "") == [True] * 4
    for wanted in (0, True, False, "?*"):
        assert chosen(missing, wanted) == [False] * 4


def test_list_selects_any_of_its_values() -> None:
    assert chosen(["a", "b", 3, "4"], ["a", 3, 4]) == [True, False, True, True]


def test_value_that_is_itself_a_list_matches_nothing_and_does_not_break() -> None:
    assert chosen([np.array([1, 2]), "x"], 1) == [False, False]


def test_every_missing_column_is_named_with_the_nearest() -> None:
    table = pd.DataFrame({"Mission": ["UNMISS"], "year": [2020]})
    with pytest.raises(ConfigError, match="did you mean 'Mission'") as caught:
        selected(table, {"mision": "UNMISS", "zzzzzz": 1}, file="bases.csv")
    assert len(caught.value.faults) == 2
    assert "its columns are Mission, year" in str(caught.value)


@given(st.lists(st.integers(-5, 5)), st.integers(-5, 5))
def test_selection_and_a_plain_comparison_agree(values: list[int], wanted: int) -> None:
    assert chosen(list(values), wanted) == [value == wanted for value in values]
