"""``geo-poc patterns``: from files to files, what is left out, and failures that leave files alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.base_history import read_history
from geo_poc.cli import app
from geo_poc.errors import ConfigError, GeoPocError, LayerError, OutputError
from geo_poc.inputs import read_inputs
from geo_poc.layers.read import read_layer
from geo_poc.patterns import FoundPatterns, patterns, write_patterns
from geo_poc.report.patterns_page import bar_chart, page_context, rendered
from geo_poc.screen.patterns import pattern_tables
from geo_poc.theatre_file import Source
from geo_poc.wording import plain

MADE = dt.datetime(2024, 1, 2, 6, 0, tzinfo=dt.UTC)
AS_OF = dt.date(2024, 1, 1)
HOSTILE = "<img src=x onerror=alert(1)>&{{7*7}}"
FILES = {"patterns.json", "patterns.gpkg", "patterns.html", "run.json"}
THEATRE = """
[theatre]
name = "Square"
as_of = {as_of}
cell_size = "10 km"
marking = "CONFIDENTIAL"
seed = 5
area = {{ bbox = [-28.0, 9.0, -26.0, 11.0] }}
[[incidents]]
path = "incidents.csv"
{more}
"""
DISTRICTS = '[[areas]]\npath = "areas.geojson"\n'
HISTORY = '[[base_history]]\npath = "history.csv"\n'


def incident(lon: float, lat: float, day: str, **columns: object) -> dict[str, object]:
    return {
        "lon": lon,
        "lat": lat,
        "date_start": day,
        "kind": "one_sided",
        "where_prec": 1,
        "date_prec": 1,
        "place": "Bor",
        "deaths_best": 1,
    } | columns


def scattered(n: int, *, seed: int = 1, first: str = "2020-01-01") -> list[dict[str, object]]:
    """Incidents anywhere, on days from the first on."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, 1_400, n), unit="D")
    return [
        incident(lon, lat, f"{day:%Y-%m-%d}", place="")
        for lon, lat, day in zip(
            rng.uniform(-27.9, -26.1, n), rng.uniform(9.1, 10.9, n), days, strict=True
        )
    ]


def crowd(
    n: int, lon: float = -27.0, lat: float = 10.0, **columns: object
) -> list[dict[str, object]]:
    """Incidents at one place, a week apart, up to the end of 2023."""
    last = pd.Timestamp("2023-12-30")
    days = [last - pd.Timedelta(weeks=k) for k in range(n)]
    return [incident(lon, lat, f"{day:%Y-%m-%d}", **columns) for day in days]


def squares(side: int) -> gpd.GeoDataFrame:
    """Districts that fill the area, side x side."""
    west, south, step = -28.0, 9.0, 2.0 / side
    shapes = [
        shapely.box(
            west + i * step, south + j * step, west + (i + 1) * step, south + (j + 1) * step
        )
        for i in range(side)
        for j in range(side)
    ]
    names = [f"D{n:02d}" for n in range(side * side)]
    return gpd.GeoDataFrame(
        {"id": names, "name": names, "kind": "admin"}, geometry=shapes, crs="EPSG:4326"
    )


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    """Maker of a theatre file from incidents and, where they are given, districts and a history."""

    def made(
        incidents: list[dict[str, object]],
        *,
        more: str = "",
        districts: gpd.GeoDataFrame | None = None,
        history: str = "",
        as_of: dt.date = AS_OF,
    ) -> Path:
        pd.DataFrame(incidents).to_csv(tmp_path / "incidents.csv", index=False)
        if districts is not None:
            districts.to_file(tmp_path / "areas.geojson")
            more += DISTRICTS
        if history:
            (tmp_path / "history.csv").write_text(history, encoding="utf-8")
            more += HISTORY
        path = tmp_path / "theatre.toml"
        path.write_text(THEATRE.format(as_of=as_of, more=more), encoding="utf-8")
        return path

    return made


def found_in(path: Path) -> FoundPatterns:
    inputs = read_inputs(path, None)
    return patterns(inputs, read_history(inputs, path))


def page_of(found: FoundPatterns) -> str:
    return rendered(page_context(found.product, sources=found.sources, made=MADE, version="1"))


def said_in(found: FoundPatterns) -> str:
    """The page as plain text, without tags and breaks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page_of(found))).replace("\u00a0", " ")


def printed(found: FoundPatterns) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        for part in pattern_tables(found, Path("out")):
            console.print(part, markup=False, highlight=False)
    return capture.get()


FULL_HISTORY = (
    "id,name,lon,lat,from,to\na,Alfa,-27.0,10.0,2022-01-01,\nb,Bravo,-26.3,9.3,,2022-06-30\n"
)


def full(folder_of: Callable[..., Path]) -> Path:
    return folder_of(
        [*scattered(200), *crowd(20), *crowd(20, lon=-26.9)],
        districts=squares(6),
        history=FULL_HISTORY,
    )


def test_all_files_are_there_with_marking_day_parameters_and_seed(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    path, out = full(folder_of), tmp_path / "out"
    write_patterns(path, None, out, made=MADE)
    assert {file.name for file in out.iterdir()} == FILES
    figures = json.loads((out / "patterns.json").read_text(encoding="utf-8"))
    assert figures["marking"] == "CONFIDENTIAL"
    assert (figures["as_of"], figures["until"], figures["seed"]) == ("2024-01-01", "2024-01-01", 5)
    assert figures["parameters"]["radius"] == 30_000.0
    assert figures["incidents"]["known"] == 240
    assert [row["base"] for row in figures["base_changes"]] == ["Alfa", "Bravo"]
    assert figures["base_changes"][0]["earliest"] == "2022-01-01"
    assert len(figures["months"]["first_days"]) == 47
    assert "<h1>Patterns of incidents</h1>" in (out / "patterns.html").read_text(encoding="utf-8")
    about = gpd.read_file(out / "patterns.gpkg", layer="about").set_index("what")["value"]
    assert about["marking"] == "CONFIDENTIAL"
    layers = {
        name: gpd.read_file(out / "patterns.gpkg", layer=name)
        for name in ("hot_cells", "hot_areas", "clusters", "districts")
    }
    assert len(layers["hot_cells"]) == len(figures["hot_cells"]) > 0
    assert layers["clusters"]["incidents"].tolist() == [
        row["incidents"] for row in figures["clusters"]
    ]
    assert len(layers["districts"]) == 36
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["command"] == "patterns"
    assert set(record["outputs"]) == FILES - {"run.json"}


def test_the_same_inputs_give_the_same_bytes(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    path = full(folder_of)
    for name in "ab":
        write_patterns(path, None, tmp_path / name, made=MADE)
    for file in FILES:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_order_of_rows_in_the_file_changes_no_figure(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [*scattered(80), *crowd(20)]
    figures = []
    for order in (rows, rows[::-1]):
        found = found_in(folder_of(order, districts=squares(6)))
        q = found.product
        figures.append(
            (
                q.hot.table().drop(columns="geometry").to_dict("records"),
                q.clusters.drop(columns="geometry").to_dict("records"),
                q.repeats_in_year.drawn.tolist(),
                q.trends.table.to_dict("list") if q.trends else None,
                q.districts["incidents"].tolist(),
            )
        )
    assert str(figures[0]) == str(figures[1])


def test_incidents_and_an_area_are_enough(folder_of: Callable[..., Path]) -> None:
    found = found_in(folder_of([*scattered(100), *crowd(30)]))
    product = found.product
    assert product.trends is not None
    assert product.trends.table["area"].tolist() == [""]
    assert product.changes is None
    words = said_in(found)
    assert "Not looked at: the theatre file has no [[base_history]]." in words
    assert "Districts" not in words
    assert "Not looked at" in printed(found)


def test_what_is_known_only_to_a_district_makes_no_hot_spot_and_no_cluster(
    folder_of: Callable[..., Path],
) -> None:
    for code, clusters, vague in ((1, 1, 0), (2, 1, 0), (3, 0, 30), (4, 0, 30)):
        found = found_in(folder_of([*scattered(30), *crowd(30, where_prec=code)]))
        assert len(found.product.clusters) == clusters
        assert found.product.used.vague_place == vague
        assert found.product.repeats.events == 60 - vague
        assert found.product.hot.spots.value.max() == (30 if clusters else 1)
        assert f"{vague} are left out, because they are known only to a district" in said_in(found)


def test_sensitive_incidents_are_in_no_cluster_and_name_no_hot_spot(
    folder_of: Callable[..., Path],
) -> None:
    secret = crowd(30, sensitive=True, place="Secret")
    beside = crowd(4, lon=-26.9, place="Known")
    found = found_in(folder_of([*scattered(60), *secret, *beside]))
    assert found.product.used.sensitive == 30
    assert found.product.clusters.empty
    assert set(found.product.hot_areas["place"]) == {"Known"}
    assert "Secret" not in page_of(found) + printed(found)


def test_two_reports_of_one_event_count_once_and_are_sensitive_if_one_is(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    rows = crowd(20, actor_a="A", actor_b="B")
    again = [row | {"sensitive": number < 12} for number, row in enumerate(rows)]
    more = 'label = "one"\n[[incidents]]\npath = "again.csv"\nlabel = "two"'
    pd.DataFrame(again).to_csv(tmp_path / "again.csv", index=False)
    product = found_in(folder_of(rows, more=more)).product
    assert (product.used.known, product.used.linked, product.used.sensitive) == (20, 20, 12)
    assert product.clusters["incidents"].tolist() == [8]
    assert (
        product.repeats.pairs[0].sum() == found_in(folder_of(rows)).product.repeats.pairs[0].sum()
    )
    words = said_in(found_in(folder_of(rows, more=more)))
    assert "20 further reports of the same events are not counted again." in words


def test_after_the_end_of_the_newest_file_no_day_is_counted(
    folder_of: Callable[..., Path],
) -> None:
    found = found_in(folder_of(scattered(100), more="date = 2023-06-30"))
    assert found.product.until == dt.date(2023, 7, 1)
    assert "The newest file of incidents is of 30 JUN 23: later days are not counted." in said_in(
        found
    )
    assert found_in(folder_of(scattered(100), more="date = 2025-01-01")).product.until == AS_OF


def test_an_incident_that_was_not_over_is_not_known(folder_of: Callable[..., Path]) -> None:
    today = [incident(-27.0, 10.0, "2024-01-01")]
    found = found_in(folder_of(today))
    assert found.product.used.known == 0
    words = said_in(found)
    assert "No incident is known before 01 JAN 24. That is no proof of peace." in words
    assert "The record is too short" in words
    assert "No cell has q" in words
    assert "No cluster was found." in printed(found)


def test_a_record_of_a_year_has_no_trend(folder_of: Callable[..., Path]) -> None:
    found = found_in(folder_of(crowd(20)))
    assert found.product.trends is None
    assert "it holds no whole month before the last 12" in said_in(found)


def test_a_rise_is_said_first_with_its_area(folder_of: Callable[..., Path]) -> None:
    old = [incident(-27.9, 9.1, f"{y}-{m:02d}-10") for y in (2020, 2021) for m in range(1, 13)]
    new = [incident(-26.1, 10.9, f"2023-{m:02d}-1{d}") for m in range(1, 13) for d in range(3)]
    found = found_in(folder_of([*old, *new], districts=squares(2)))
    assert found.product.trends is not None
    trends = found.product.trends.table.set_index("area")["trend"]
    assert trends[["D00", "D03", "D01"]].tolist() == ["falling", "rising", "too_few"]
    words = said_in(found)
    assert "Rising: " in words
    assert words.index("Rising: ") < words.index("Falling: D00.")


def test_districts_are_tested_where_there_are_thirty(folder_of: Callable[..., Path]) -> None:
    rows = [incident(-27.85, 9.15 + 0.01 * (n % 9), "2023-05-01") for n in range(40)]
    hot = found_in(folder_of([*scattered(40), *rows], districts=squares(6)))
    assert "of 36 districts" in said_in(hot)
    none = found_in(folder_of(scattered(40), districts=squares(6)))
    assert "None of 36 districts is hot with its neighbours" in said_in(none)
    few = found_in(folder_of(scattered(40), districts=squares(2)))
    assert "Districts are not tested against each other: there are 4" in said_in(few)


def test_few_cells_are_said_to_be_too_few(folder_of: Callable[..., Path]) -> None:
    path = folder_of(scattered(40), more='[patterns]\ncell = "100 km"\nradius = "100 km"')
    found = found_in(path)
    assert "The area has fewer than 30 cells" in said_in(found)
    assert found.product.hot_areas.empty


def test_clusters_may_be_held_to_days(folder_of: Callable[..., Path]) -> None:
    path = folder_of(crowd(30), more="[patterns]\ncluster_days = 3\ncluster_incidents = 2")
    found = found_in(path)
    assert found.product.clusters.empty
    assert "Only incidents at most 3 days apart count as near each other." in said_in(found)


def test_near_repeats_are_said_in_plain_words(folder_of: Callable[..., Path]) -> None:
    rng = np.random.default_rng(3)
    pairs = []
    for lon, lat, day in zip(
        rng.uniform(-27.9, -26.1, 30),
        rng.uniform(9.1, 10.9, 30),
        pd.Timestamp("2023-01-05") + pd.to_timedelta(rng.integers(0, 340, 30), unit="D"),
        strict=True,
    ):
        pairs += [incident(lon, lat, f"{day:%Y-%m-%d}")]
        pairs += [incident(lon + 0.01, lat, f"{day + pd.Timedelta(days=5):%Y-%m-%d}")]
    words = said_in(found_in(folder_of(pairs)))
    assert re.search(
        r"After an incident, another within 5 km and 14 days came [\d.]+ times as often as by chance",
        words,
    )
    none = said_in(found_in(folder_of(scattered(60))))
    assert "Too few incidents lie close together" in none
    steady = said_in(found_in(folder_of([*crowd(40), *crowd(40, lon=-26.5)])))
    assert "It could not be shown that incidents within 5 km and 14 days follow" in steady


def test_bases_are_compared_where_a_history_is_given(folder_of: Callable[..., Path]) -> None:
    found = found_in(full(folder_of))
    assert found.product.changes is not None
    assert found.product.changes["counted"].tolist() == ["yes", "yes"]
    words = said_in(found)
    assert "2 of 2 changes are counted." in words
    assert "too few to say" in words
    assert "01 JAN 22" in words


def test_many_bases_have_a_ratio_with_its_interval(folder_of: Callable[..., Path]) -> None:
    places = [(-27.8 + 0.4 * n, 9.2 + 1.6 * (n % 2)) for n in range(5)]
    rows = [row for lon, lat in places for row in crowd(150, lon=lon, lat=lat)]
    lines = "\n".join(
        f"b{n},B{n},{lon},{lat},2022-0{n + 1}-15," for n, (lon, lat) in enumerate(places)
    )
    found = found_in(folder_of(rows, history=f"id,name,lon,lat,from,to\n{lines}\n"))
    near = found.product.pooled[0]
    assert near.changes == 5
    assert near.low <= near.ratio <= near.high
    assert re.search(r"[\d.]+ times \([\d.]+ to [\d.]+\), p", said_in(found))


def test_a_history_without_a_change_is_said(folder_of: Callable[..., Path]) -> None:
    still = "id,name,lon,lat,from,to\na,Alfa,-27.0,10.0,,\n"
    found = found_in(folder_of(scattered(30), history=still))
    assert "No place got its first base or lost its last one." in said_in(found)


def test_a_base_that_closed_before_it_opened_is_refused(folder_of: Callable[..., Path]) -> None:
    path = folder_of(
        scattered(9), history="id,name,lon,lat,from,to\na,Alfa,-27,10,2022-05-01,2022-04-30\n"
    )
    with pytest.raises(LayerError, match="base_history: a: must not close before it opened"):
        found_in(path)


def test_a_history_of_which_no_row_is_used_is_refused(folder_of: Callable[..., Path]) -> None:
    path = folder_of(scattered(9), history="id,name,lon,lat,from,to\na,Alfa,40,10,2022-05-01,\n")
    with pytest.raises(GeoPocError, match="base_history"):
        found_in(path)


YEARLY = """mission,year,country,location,latitude,longitude,NoTroops,hq,UNPOL,Med,Av
M,2020,X,Bor,10.0,-27.0,100,0,0,0,0
M,2021,X,Bor,10.0,-27.0,100,0,0,0,0
M,2021,X,Yei,9.3,-26.3,100,0,0,0,0
"""
MONTHLY = """mission,year,month,location,latitude,longitude,no.troops,hq,avia,med,he.sup
M,2020,2,Bor,10.0,-27.0,100,0,0,0,0
M,2020,11,Yei,9.3,-26.3,100,0,0,0,0
"""


@pytest.mark.parametrize(
    ("form", "text", "spans"),
    [
        (
            "geo_pko",
            YEARLY,
            [("Bor", "2020-01-01", "2020-12-31"), ("Bor", "2021-01-01", "2021-12-31")],
        ),
        (
            "geo_pko_monthly",
            MONTHLY,
            [("Bor", "2020-02-01", "2020-02-29"), ("Yei", "2020-11-01", "2020-11-30")],
        ),
    ],
)
def test_every_map_of_geo_pko_is_a_snapshot_of_its_year_or_month(
    folder_of: Callable[..., Path],
    tmp_path: Path,
    form: str,
    text: str,
    spans: list[tuple[str, str, str]],
) -> None:
    (tmp_path / "bases.csv").write_text(text, encoding="utf-8")
    theatre = read_inputs(folder_of(scattered(3)), None).theatre
    source = Source(path="bases.csv", format=form)  # type: ignore[arg-type]
    table = read_layer("base_history", [source], folder=tmp_path, theatre=theatre).table
    assert set(table["kind"]) == {"snapshot"}
    assert set(table["mission"]) == {"M"}
    seen = [
        (row.name, f"{row.from_date:%Y-%m-%d}", f"{row.to_date:%Y-%m-%d}")
        for row in table.head(2).itertuples(index=False)
    ]
    assert seen == spans


def test_without_incidents_there_are_no_patterns(tmp_path: Path) -> None:
    path = tmp_path / "theatre.toml"
    text = THEATRE.format(as_of=AS_OF, more="").split("[[incidents]]")[0]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[\[incidents\]\]: patterns are those of incidents"):
        found_in(path)


def test_text_from_data_is_never_code(folder_of: Callable[..., Path]) -> None:
    names = squares(2).assign(name=HOSTILE)
    rows = [*scattered(40), *crowd(30, place=HOSTILE)]
    found = found_in(
        folder_of(rows, districts=names, history=FULL_HISTORY.replace("Alfa", f'"{HOSTILE}"'))
    )
    page = page_of(found)
    assert "<img" not in page
    assert "<script" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_page_has_marking_twice_disclaimer_and_what_each_part_does_not_show(
    folder_of: Callable[..., Path],
) -> None:
    page = page_of(found_in(full(folder_of)))
    assert page.count('<div class="marking">CONFIDENTIAL</div>') == 2
    assert "do not imply official endorsement" in page
    assert page.count("<b>It does not show</b>") == 5
    assert "H1" in page
    assert "K1" in page


def test_bars_are_as_long_as_their_counts_and_recent_ones_dark() -> None:
    chart = str(bar_chart([0, 2, 4], recent=1, label="<a>"))
    assert re.findall(r'height="([\d.]+)"', chart) == ["0", "10.5", "21"]
    assert chart.count('fill="#17242B"') == 1
    assert 'aria-label="&lt;a&gt;"' in chart


def test_bases_of_a_plan_are_drawn(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "data" / "theatre"
    inputs = read_inputs(folder / "theatre.toml", folder / "plan.toml")
    with_bases = page_of(patterns(inputs, None))
    assert "base of the plan" in with_bases
    assert "FICTIONAL" in with_bases


def test_the_command_writes_prints_and_replaces_its_own_folder(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    path, out = full(folder_of), tmp_path / "out"
    command = ["patterns", str(path), "--out", str(out), "--made", "2024-01-02T06:00"]
    for _ in range(2):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
    assert "Square, patterns of incidents, as of 01\u00a0JAN\u00a024" in done.output
    assert "It does not show" in done.output
    assert {file.name for file in out.iterdir()} == FILES


def test_a_folder_of_another_command_is_left_alone(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    path, out = full(folder_of), tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text('{"geo_poc": "0", "outputs": {}}', encoding="utf-8")
    with pytest.raises(
        OutputError, match="must be empty or hold an earlier output of geo-poc patterns"
    ):
        write_patterns(path, None, out, made=MADE)
    assert [file.name for file in out.iterdir()] == ["run.json"]


def test_faults_of_the_file_are_shown_without_a_traceback(
    folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    path = folder_of(scattered(9), more='[patterns]\nradius = "-3 km"\nnear_days = [7, 7.5]')
    done = CliRunner().invoke(app, ["patterns", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "[patterns]" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_the_lead_of_a_calm_theatre_claims_no_safety(folder_of: Callable[..., Path]) -> None:
    found = found_in(folder_of(scattered(60)))
    context = page_context(found.product, sources=found.sources, made=MADE, version="1")
    words = " ".join(plain(sentence) for sentence in context.lead)
    assert "That does not mean that nobody is in danger" in words
    assert "safe" not in words.lower()


def test_the_page_dates_a_source_by_its_newest_record_up_to_the_day(
    folder_of: Callable[..., Path],
) -> None:
    found = found_in(folder_of(scattered(9)))
    (events,) = (s for s in found.sources if s.layer == "incidents")
    stated = dataclasses.replace(events, date=dt.date(2031, 12, 31), newest=dt.date(2023, 5, 28))
    said = said_in(dataclasses.replace(found, sources=(stated,)))
    assert "28 MAY 23" in said
    assert "DEC 31" not in said
