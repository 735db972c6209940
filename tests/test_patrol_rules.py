"""Patrols and mobile bases of a plan: what is refused, and how long patrols are."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import ConfigError, GeoPocError
from geo_poc.inputs import read_inputs
from geo_poc.patrol_rules import ground_movers, patrol_doubts, require_sound
from geo_poc.plan import Patrol, read_plan_file
from geo_poc.routing.daylight import daylight
from geo_poc.routing.patrol_length import light_s, patrol_length_s

RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
HOUR_S = 3600.0
SOUND = """
[[patrols]]
name = "on foot"
mover = "foot_patrol"
length = "4 h"
on_the_spot = "30 min"
light = "day"
source = "test"
"""
MOBILE = """
[[mobile_bases]]
name = "M1"
from = "B01"
movers = ["foot_patrol"]
days = 5
place = "C001"
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


def plan_with(small: Path, tmp_path: Path, more: str) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text((small / "plan.toml").read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


def faults(small: Path, tmp_path: Path, more: str) -> list[str]:
    with pytest.raises(GeoPocError) as caught:
        read_inputs(small / "theatre.toml", plan_with(small, tmp_path, more))
    return [str(fault) for fault in caught.value.faults]


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_sound_patrols_and_mobile_bases_are_read(small: Path, tmp_path: Path) -> None:
    plan = read_inputs(small / "theatre.toml", plan_with(small, tmp_path, SOUND + MOBILE)).plan
    assert plan.patrols[0].length == 4 * HOUR_S
    assert plan.patrols[0].bases is None
    assert plan.mobile_bases[0].parent == "B01"


def test_a_plan_without_patrols_has_none(small: Path) -> None:
    plan = read_plan_file(small / "plan.toml")
    assert plan.patrols == []
    assert plan.mobile_bases == []


def test_a_key_of_a_mobile_base_is_named_as_it_stands_in_the_file(
    small: Path, tmp_path: Path
) -> None:
    wrong = edited(MOBILE, ("from =", "form ="))
    found = faults(small, tmp_path, wrong)
    assert any("from: is required" in fault for fault in found)
    assert any("form: is not a key here" in f and "did you mean 'from'" in f for f in found)


PATROL_FAULTS = [
    ([('"foot_patrol"', '"foot_patroll"')], "mover: is no mover of this plan.*'foot_patrol'"),
    ([('"foot_patrol"', '"apc"')], "mover: is no mover of this plan"),
    ([('"foot_patrol"', '"mi8"')], "mover: must go on the ground.*use one of wheeled_patrol, foot"),
    ([('"30 min"', '"4 h"')], "on_the_spot: must be shorter.*Found: 240 min of 240 min"),
    ([('length = "4 h"', "")], "length: must have one of them.*Found: neither"),
    ([('"4 h"', '"4 h"\ndays = 3')], "length: must have one of them.*Found: both"),
    ([('"4 h"', '"4 h"\nmoving_h = 8.0')], "moving_h: is hours of each day.*Found: 8 without days"),
    (
        [('length = "4 h"', "days = 3"), ('"day"', '"night"')],
        "light: must be day for a patrol of several days",
    ),
    (
        [('length = "4 h"', "days = 2\nmoving_h = 0.25")],
        "on_the_spot: must be shorter.*Found: 30 min of 30 min",
    ),
    (
        [('"4 h"', '"14 h"')],
        "length: must not be longer than its light.*Found: 840 min, but day lasts",
    ),
    (
        [('"4 h"', '"13 h"'), ('"day"', '"night"')],
        "length: must not be longer than its light lasts.*780 min, but night lasts",
    ),
    (
        [('length = "4 h"', "days = 2\nmoving_h = 14.0")],
        "moving_h: must not be longer than its light.*840 min, but day lasts",
    ),
    (
        [('source = "test"', 'source = "t"\nbases = ["B01", "B99"]')],
        "bases: is no id of a base.*'B99'",
    ),
]


@pytest.mark.parametrize(("changes", "match"), PATROL_FAULTS)
def test_each_rule_of_a_patrol_has_its_fault(
    small: Path, tmp_path: Path, changes: list[tuple[str, str]], match: str
) -> None:
    found = faults(small, tmp_path, edited(SOUND, *changes))
    assert len(found) == 1
    assert re.search(match, found[0]), found[0]


MOBILE_FAULTS = [
    ([('"B01"', '"B9"')], "from: is no id of a base.*choose one of B01, B02, B03"),
    ([('"foot_patrol"', '"camel"')], "movers: is no mover of this plan.*'camel'"),
    ([('"foot_patrol"', '"mi8"')], "movers: must go on the ground"),
    ([('place = "C001"', "")], "position: must be given once.*Found: none"),
    (
        [('"C001"', '"C001"\nlon = 3.0\nlat = 4.0')],
        "position: must be.*Found: lon and lat and place",
    ),
    ([('place = "C001"', "lat = 4.0")], "position: must be given once.*Found: lat"),
    ([('place = "C001"', 'mgrs = "36N XX 1"')], "mgrs: must be a grid reference: .*'36N XX 1'"),
    ([('"C001"', '"C009"')], "place: is no id of a camp or place.*did you mean 'C00"),
    ([('"C001"', '"xyz"')], "place: is no id of a camp or place.*give the id of a camp or place"),
    ([('place = "C001"', "lon = 4.0\nlat = -22.0")], "position: must lie in the area.*longitude"),
    ([('name = "M1"', 'name = "B02"')], "name: must not be the id or name of a base"),
]


@pytest.mark.parametrize(("changes", "match"), MOBILE_FAULTS)
def test_each_rule_of_a_mobile_base_has_its_fault(
    small: Path, tmp_path: Path, changes: list[tuple[str, str]], match: str
) -> None:
    found = faults(small, tmp_path, edited(MOBILE, *changes))
    assert len(found) == 1
    assert re.search(match, found[0]), found[0]


def test_a_mobile_base_takes_only_what_its_parent_has(small: Path, tmp_path: Path) -> None:
    plan = edited(
        (small / "plan.toml").read_text(encoding="utf-8"),
        ('mover = "foot_patrol"\nbases = "all"', 'mover = "foot_patrol"\nbases = ["Thepeen base"]'),
    )
    path = tmp_path / "plan.toml"
    path.write_text(plan + SOUND + 'bases = ["B01", "B02", "M1"]\n' + MOBILE, encoding="utf-8")
    with pytest.raises(GeoPocError) as caught:
        read_inputs(small / "theatre.toml", path)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert "[mobile_bases] 1 (M1): movers: must be a mover that the base B01 has" in told[0]
    assert "[patrols] 1 (on foot): bases: has no foot_patrol in this plan. Found: 'B01'" in told[1]
    assert "use some of B02, M1" in told[1]


def test_an_asset_of_an_unknown_base_is_one_fault_only(small: Path, tmp_path: Path) -> None:
    plan = edited(
        (small / "plan.toml").read_text(encoding="utf-8"),
        ('mover = "foot_patrol"\nbases = "all"', 'mover = "foot_patrol"\nbases = ["Nowhere"]'),
    )
    path = tmp_path / "plan.toml"
    path.write_text(plan + SOUND, encoding="utf-8")
    with pytest.raises(GeoPocError) as caught:
        read_inputs(small / "theatre.toml", path)
    assert [fault.found for fault in caught.value.faults] == ["'Nowhere'"]


def test_a_camp_file_that_cannot_be_read_hides_no_other_fault(small: Path, tmp_path: Path) -> None:
    theatre = tmp_path / "theatre.toml"
    text = edited(
        (small / "theatre.toml").read_text(encoding="utf-8"), ('"camps.csv"', '"no_camps.csv"')
    )
    theatre.write_text(edited(text, ("seed = 7\n", f'seed = 7\ndata_folder = "{small}"\n')))
    with pytest.raises(GeoPocError) as caught:
        read_inputs(theatre, plan_with(small, tmp_path, edited(MOBILE, ('"B01"', '"B9"'))))
    told = " ".join(str(fault) for fault in caught.value.faults)
    assert "no_camps.csv" in told
    assert "[mobile_bases] 1 (M1): from" in told


def test_all_faults_are_named_at_once(small: Path, tmp_path: Path) -> None:
    wrong = edited(SOUND, ('"foot_patrol"', '"mi8"'), ('"30 min"', '"5 h"'))
    found = faults(small, tmp_path, wrong + wrong + edited(MOBILE, ('place = "C001"', "")))
    assert [fault.split(": ")[1] for fault in found] == [
        "[patrols] 1 (on foot)", "[patrols] 1 (on foot)",
        "[patrols] 2 (on foot)", "[patrols] 2 (on foot)",
        "[mobile_bases] 1 (M1)", "[patrols] 2",
    ]  # fmt: skip


def test_faults_of_movers_and_of_patrols_are_named_together(small: Path) -> None:
    plan = read_plan_file(small / "plan.toml")
    bad = replace(plan.assets[0], figures={"road_cap_kmh": -1.0})
    patrol = Patrol(name="a", mover="mi8", on_the_spot=0.0, light="day", source="t", length=60.0)
    with pytest.raises(ConfigError) as caught:
        require_sound(replace(plan, assets=[bad, *plan.assets[1:]], patrols=[patrol]))
    assert [fault.where for fault in caught.value.faults] == [
        "plan: [assets] 1: figures road_cap_kmh",
        "plan: [patrols] 1 (a): mover",
    ]


def test_a_plan_that_only_flies_is_told_to_add_an_asset(small: Path) -> None:
    plan = read_plan_file(small / "plan.toml")
    patrol = Patrol(name="a", mover="mi8", on_the_spot=0.0, light="day", source="t", length=60.0)
    with pytest.raises(ConfigError, match="add such an asset"):
        require_sound(replace(plan, assets=[plan.assets[2]], patrols=[patrol]))


def test_a_patrol_whose_pace_nobody_knows_is_a_warning(small: Path) -> None:
    plan = read_plan_file(small / "plan.toml")
    unknown = replace(plan.assets[0], figures={}), replace(plan.assets[1], figures={})
    patrols = [
        Patrol(name=name, mover=mover, on_the_spot=0.0, light=light, source="t", length=3600.0)
        for name, mover, light in (
            ("a", "wheeled_patrol", "night"),
            ("b", "foot_patrol", "night"),
            ("c", "wheeled_patrol", "day"),
        )
    ]
    told = patrol_doubts(replace(plan, assets=[*unknown, plan.assets[2]], patrols=patrols))
    assert [(doubt.where, doubt.found) for doubt in told] == [
        ("plan: [patrols] 1 (a)", "no night_time_factor of 'wheeled_patrol'"),
        ("plan: [patrols] 2 (b)", "no wet_time_factor of 'foot_patrol'"),
    ]
    assert patrol_doubts(replace(plan, patrols=patrols)) == []


def test_ground_movers_are_those_that_do_not_fly(small: Path) -> None:
    assert list(ground_movers(read_plan_file(small / "plan.toml"))) == [
        "wheeled_patrol",
        "foot_patrol",
    ]


def test_warnings_stand_among_those_of_the_inputs(small: Path, tmp_path: Path) -> None:
    plan = edited(
        (small / "plan.toml").read_text(encoding="utf-8"), ("night_time_factor = 1.25, ", "")
    )
    path = tmp_path / "plan.toml"
    more = edited(SOUND, ('"foot_patrol"', '"wheeled_patrol"'), ('"day"', '"night"'))
    path.write_text(plan + more, encoding="utf-8")
    warnings = read_inputs(small / "theatre.toml", path).warnings
    assert any("no night_time_factor of 'wheeled_patrol'" in str(each) for each in warnings)


# how long there is light, and how long patrols are


def days(count: int, moving_h: float | None = None) -> Patrol:
    return Patrol(
        name="p",
        mover="apc",
        on_the_spot=0.0,
        light="day",
        source="t",
        days=count,
        moving_h=moving_h,
    )


DAY = dt.date(2026, 6, 21)
LON, LAT = np.array([30.0, 10.0, 10.0, np.nan]), np.array([5.0, 69.0, -75.0, 5.0])


def test_day_is_from_first_to_last_light_and_night_the_rest() -> None:
    spell = daylight(LON[:1], LAT[:1], start=DAY, days=1)
    expected_s = spell.last_s[0, 1] - spell.first_s[0, 1]
    assert 12.5 < expected_s / HOUR_S < 13.5
    assert light_s(LON[:1], LAT[:1], DAY, "day").tolist() == [expected_s]
    assert light_s(LON[:1], LAT[:1], DAY, "night").tolist() == [24 * HOUR_S - expected_s]


def test_where_the_sun_does_not_set_or_rise_all_of_the_day_is_one_light() -> None:
    assert light_s(LON, LAT, DAY, "day")[1:3].tolist() == [24 * HOUR_S, 0.0]
    assert light_s(LON, LAT, DAY, "night")[1:3].tolist() == [0.0, 24 * HOUR_S]
    assert np.isnan(light_s(LON, LAT, DAY, "day")[3])


def test_a_patrol_of_several_days_has_its_moving_hours_or_its_daylight() -> None:
    assert patrol_length_s(days(3, 8.0), LON, LAT, DAY).tolist() == [24 * HOUR_S] * 4
    lit_s = light_s(LON, LAT, DAY, "day")
    np.testing.assert_array_equal(patrol_length_s(days(3), LON, LAT, DAY), 3 * lit_s)


def test_a_patrol_of_one_day_has_its_length_wherever_it_starts() -> None:
    patrol = replace(days(1), days=None, length=4 * HOUR_S)
    assert patrol_length_s(patrol, LON, LAT, DAY).tolist() == [4 * HOUR_S] * 4
