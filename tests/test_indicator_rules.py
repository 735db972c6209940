"""Indicators files: what is read, and every fault named at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geo_poc.errors import ConfigError
from geo_poc.indicator_rules import read_indicators

EXAMPLE = Path(__file__).parent.parent / "examples" / "fictional_indicators.toml"
BASE = """
[assess]
step = "week"
from = 2026-01-01
source = "staff"
[levels]
names = ["watch", "warning"]
rule = "worst"
[[areas]]
whole = true
[[series]]
name = "price"
path = "p.csv"
valid_days = 30
label = "monitor"
[[indicators]]
name = "Attacks"
measure = "events"
window_days = 30
up = [2, 4]
down = [1, 3]
fall_after_days = 14
"""


def read(folder: Path, text: str):
    path = folder / "i.toml"
    path.write_text(text, encoding="utf-8")
    return read_indicators(path)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return [str(fault).split("i.toml: ")[1] for fault in caught.value.faults]


def test_the_example_can_be_read_and_says_that_it_is_fictional():
    file = read_indicators(EXAMPLE)
    assert file.codes == ("W0", "W1", "W2", "W3")
    assert "fictional" in file.assess.source
    assert EXAMPLE.read_text(encoding="utf-8").startswith("# FICTIONAL")
    assert {each.measure for each in file.indicators} == {
        "events", "deaths_best", "change", "value", "days_since",
    }  # fmt: skip


def test_a_small_file_has_no_fault(tmp_path):
    file = read(tmp_path, BASE)
    assert file.codes == ("W0", "W1", "W2")
    assert file.indicators[0].where_prec == 3


@pytest.mark.parametrize("key", ["up", "down", "fall_after_days", "source", "names", "rule"])
def test_no_threshold_has_a_default(tmp_path, key):
    text = re.sub(rf"(?m)^{key} = .*$", "", BASE, count=1)
    (fault,) = faults(tmp_path, text)
    assert f"{key}: is required" in fault


def test_a_misspelt_key_gets_the_nearest_valid_one(tmp_path):
    (fault,) = faults(tmp_path, BASE.replace("fall_after_days", "fall_after_dais"))[:1]
    assert "did you mean 'fall_after_days'?" in fault or "is required" in fault


def test_a_theatre_file_is_not_an_indicators_file(tmp_path):
    (fault,) = [str(f) for f in faults(tmp_path, '[theatre]\nname = "x"\n')]
    assert "is a file of another kind. Found: a theatre file" in fault


INDICATOR = """
[[indicators]]
name = "Other"
fall_after_days = 0
"""
TRIGGER = """
[[triggers]]
name = "T"
decision = "d"
decide_within_days = 1
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('rule = "worst"', 'rule = "count"', ["[levels] indicators: must be given"]),
        ('rule = "worst"', 'rule = "worst"\nindicators = 1', ["[levels] indicators: must be given"]),
        ('rule = "worst"', 'rule = "count"\nindicators = 2', ["not be more than there are"]),
        ('rule = "worst"', 'rule = "worst"\npolicies = ["a"]', ["[levels] policies: must be one"]),
        ("whole = true", "", ["[areas] 1: must have exactly one of"]),
        ("whole = true", 'whole = true\nadmin = "a"', ["[areas] 1: must have exactly one of"]),
        ("whole = true", 'around = "a"', ["[areas] 1 radius: must be given"]),
        ("whole = true", 'admin = "a"\nradius = "1 km"', ["[areas] 1 radius: must be given"]),
        ("whole = true", 'every = "camp"', ["[areas] 1 radius: must be given"]),
        ("whole = true", 'every = "admin"\nname = "a"', ["[areas] 1 name: must be left out"]),
        ("up = [2, 4]", "up = [2]", ["[indicators] 1 up: must be one for each level"]),
        ("down = [1, 3]", "down = []", ["[indicators] 1 down: must be one for each level"]),
        ("up = [2, 4]", "up = [4, 4]", ["[indicators] 1 up: must rise"]),
        ("down = [1, 3]", "down = [2, 1]", ["[indicators] 1 down: must rise"]),
        ("down = [1, 3]", "down = [1, 5]", ["[indicators] 1 down: must not be worse than 'up'"]),
        ("down = [1, 3]", "down = [0, 3]", ["[indicators] 1 up and down: must be above 0"]),
        ("window_days = 30", "", ["[indicators] 1 window_days: must be given with"]),
        ("window_days = 30", "window_days = 30\nworse = 'lower'", ["1 worse: means nothing with"]),
        ('"events"', '"change"', ["1 against_days: must be given", "1 least_events: must be given"]),
        ('"events"', '"days_since"', ["1 window_days: means nothing", "1 up: must fall"]),
        (
            'measure = "events"\nwindow_days = 30',
            'measure = "value"\nseries = "x"\nworse = "higher"\ntarget = "civilian"\nwithin = "1 km"',
            ["1 series: must be the name", "1 target: means nothing", "1 within: means nothing"],
        ),
        ('name = "price"', 'name = " "', ["[series] 1 name: must not be blank"]),
        ("[[series]]", '[[series]]\nname = "price"\npath = "q"\nvalid_days = 1\nlabel = "l"\n'
         "[[series]]", ["[series] name: must be there once"]),
    ],
)  # fmt: skip
def test_each_rule_between_keys_is_a_fault_of_its_own(tmp_path, old, new, expected):
    assert old in BASE
    found = faults(tmp_path, BASE.replace(old, new, 1))
    assert len(found) >= len(expected)
    assert all(any(part in fault for fault in found) for part in expected), found


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", "[triggers] 1: must have exactly one of level, rise, indicator. Found: none"),
        ('level = "W1"\nrise = 1', "Found: level and rise"),
        (
            'level = "W3"',
            "level: must be one that there is. Found: 'W3'. Repair: use one of W1, W2",
        ),
        ('level = "W0"', "level: must be one that there is"),
        ("rise = 3\nwithin_days = 7", "rise: must be one that there is. Found: '3'"),
        ("rise = 1", "within_days: must be given with 'rise'"),
        ('level = "W1"\nwithin_days = 7', "within_days: must be given with 'rise'"),
        ('indicator = "Attacks"', "reaches: must be given with 'indicator'"),
        ('indicator = "Atacks"\nreaches = 1', "indicator: must be one that there is"),
    ],
)
def test_each_rule_of_triggers_is_a_fault(tmp_path, keys, expected):
    assert expected in "\n".join(faults(tmp_path, BASE + TRIGGER + keys))


def test_faults_of_all_sections_come_together(tmp_path):
    text = BASE.replace("whole = true", "").replace("up = [2, 4]", "up = [4, 2]")
    found = faults(tmp_path, text + TRIGGER + 'level = "W9"')
    assert [fault.split("]")[0] for fault in found] == [
        "[areas", "[indicators", "[indicators", "[triggers",
    ]  # fmt: skip


def test_lower_is_worse_for_days_since_and_where_it_is_said(tmp_path):
    more = 'measure = "days_since"\nup = [9, 3]\ndown = [12, 4]\n'
    value = 'measure = "value"\nseries = "price"\nworse = "lower"\nup = [0, -3]\ndown = [1, 0]\n'
    file = read(tmp_path, BASE + INDICATOR + more + INDICATOR.replace("Other", "Third") + value)
    assert [each.sign for each in file.indicators] == [1.0, -1.0, -1.0]
