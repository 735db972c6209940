"""Car times against Valhalla on real roads, both with the speeds and the access that Valhalla uses."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from oracle_valhalla import UNEXPLAINED, Comparison, actor_of, compared

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("GEO_POC_DATA") or ROOT.parent / "shared" / "data") / "osm"
pytest.importorskip(
    "valhalla", reason="Valhalla is not installed: pip install --group oracles (pyproject.toml)"
)
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no folder {FOLDER}: set GEO_POC_DATA"),
]


@pytest.fixture(scope="module", params=["andorra", "heidelberg"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    pbf = FOLDER / f"{request.param}.osm.pbf"
    actor = actor_of(pbf, tmp_path_factory.mktemp(request.param))
    return compared(actor, pbf, pairs=200, seed=1)


def test_every_pair_is_reached_by_both(found: Comparison) -> None:
    assert len(found.pairs) == 200
    assert np.isfinite(found.pairs[["ours_s", "theirs_s"]]).all(axis=None)


def test_the_median_time_is_within_a_tenth_of_valhallas(found: Comparison) -> None:
    assert abs(found.ratio("theirs_s").median() - 1) < 0.1


def test_the_median_time_is_within_one_percent_where_turns_take_no_time(found: Comparison) -> None:
    assert abs(found.ratio("theirs_road_s").median() - 1) < 0.01


def test_no_way_of_valhallas_is_quicker_on_the_road_than_geo_pocs(found: Comparison) -> None:
    assert found.ratio("theirs_road_s").max() < 1.01


def test_geo_pocs_own_ways_take_the_same_time_on_valhallas_roads(found: Comparison) -> None:
    ratio = found.ratio("same_way_road_s").dropna()
    assert len(ratio) > 100
    assert (ratio - 1).abs().max() < 0.01


def test_every_outlier_has_a_cause(found: Comparison) -> None:
    outliers = (found.ratio("theirs_s") - 1).abs() > 0.1
    assert (found.pairs.loc[outliers, "cause"] != "").all()
    assert UNEXPLAINED not in set(found.pairs["cause"])
