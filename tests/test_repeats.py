"""Files that are named twice, and incidents that differ in nothing but their id."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

BOX = (30.0, 4.0, 32.0, 6.0)
HEAD = "id,lat,lon,date_start,deaths_best,actor_a,actor_b\n"
ROWS = HEAD + "1,4.5,30.5,2021-05-01,3,Army,\n2,4.7,30.5,2021-05-02,,Army,\n"


@pytest.fixture
def theatre() -> Theatre:
    spec = TheatreSpec(
        name="Testland",
        as_of="2021-12-31",  # type: ignore[arg-type]
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, shapely.box(*BOX))


def read(folder: Path, theatre: Theatre, *sources: Source, **files: str) -> Layer:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_layer("incidents", sources, folder=folder, theatre=theatre)


def repeats(layer: Layer) -> list[tuple[str, str]]:
    return [(r.where, r.found) for r in layer.remarks if "same" in r.found]


def test_a_copy_under_another_name_is_noted_and_kept(tmp_path: Path, theatre: Theatre) -> None:
    one, other = Source(path="a.csv", label="A"), Source(path="b.csv", label="B")
    layer = read(tmp_path, theatre, one, other, a=ROWS, b=ROWS)
    ((where, found),) = repeats(layer)
    assert where == "incidents: b.csv"
    assert found.startswith("the same file as entry 1, a.csv (sha256 ")
    assert found.endswith("2 row(s) in both")
    assert len(layer.table) == 4


def test_different_rows_of_one_file_are_no_repetition(tmp_path: Path, theatre: Theatre) -> None:
    first, second = (Source(path="a.csv", where={"id": n}) for n in (1, 2))
    assert repeats(read(tmp_path, theatre, first, second, a=ROWS)) == []


def test_different_files_are_no_repetition(tmp_path: Path, theatre: Theatre) -> None:
    one, other = Source(path="a.csv"), Source(path="b.csv")
    assert (
        repeats(read(tmp_path, theatre, one, other, a=ROWS, b=ROWS.replace("05-0", "06-0"))) == []
    )


def test_rows_that_differ_in_the_id_alone_are_counted_and_kept(
    tmp_path: Path, theatre: Theatre
) -> None:
    # Three of one event, two of another with unknown deaths, and one that differs in deaths.
    text = ROWS + "".join(
        f"{n},{rest}\n"
        for n, rest in enumerate(
            (
                "4.5,30.5,2021-05-01,3,Army,",
                "4.5,30.5,2021-05-01,3,Army,",
                "4.7,30.5,2021-05-02,,Army,",
                "4.5,30.5,2021-05-01,4,Army,",
            ),
            start=3,
        )
    )
    layer = read(tmp_path, theatre, Source(path="a.csv", label="Own"), a=text)
    assert repeats(layer) == [
        (
            "incidents: Own",
            "5 row(s) in 2 group(s) of the same place, days, deaths and actors; the first: 1, 3, 4",
        )
    ]
    assert len(layer.table) == 6


def test_the_same_event_of_two_sources_is_no_repetition(tmp_path: Path, theatre: Theatre) -> None:
    own = Source(path="a.csv", label="A"), Source(path="b.csv", label="B")
    assert repeats(read(tmp_path, theatre, *own, a=ROWS, b=ROWS + "\n")) == []


def test_four_alike_are_named_as_three_and_more(tmp_path: Path, theatre: Theatre) -> None:
    text = HEAD + "".join(f"{n},4.5,30.5,2021-05-01,3,Army,\n" for n in range(4))
    ((_, found),) = repeats(read(tmp_path, theatre, Source(path="a.csv"), a=text))
    assert found.endswith("the first: 0, 1, 2 and more")
