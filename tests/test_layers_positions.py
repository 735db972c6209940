"""Grid references against UTM of another library, and every kind of garbage refused."""

from __future__ import annotations

import math
import re

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Transformer

from geo_poc.layers.positions import lonlat_of, mgrs_of

BANDS = "CDEFGHJKLMNPQRSTUVWX"
COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
ROWS = "ABCDEFGHJKLMNPQRSTUV"
latitudes = st.floats(min_value=-80.0, max_value=84.0)
longitudes = st.floats(min_value=-180.0, max_value=179.9999)


def zone_of(lon: float, lat: float) -> int:
    """UTM zone with the exceptions of Norway and Svalbard (NGA.STND.0037, table 2)."""
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if lat >= 72:
        for zone, west, east in ((31, 0, 9), (33, 9, 21), (35, 21, 33), (37, 33, 42)):
            if west <= lon < east:
                return zone
    return int((lon + 180) // 6) + 1


def metres_apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"])


def reference_by_utm(lon: float, lat: float) -> tuple[str, float]:
    """Reference of 10 figures worked out from pyproj's UTM, and the way to the next 1 m line."""
    zone = zone_of(lon, lat)
    epsg = (32600 if lat >= 0 else 32700) + zone
    easting, northing = Transformer.from_crs("EPSG:4326", epsg, always_xy=True).transform(lon, lat)
    band = BANDS[min(int((lat + 80) // 8), 19)]
    column = COLUMNS[zone % 3][int(easting // 100_000) - 1]
    row = ROWS[(int(northing // 100_000) + (5 if zone % 2 == 0 else 0)) % 20]
    margin = min(abs(value - round(value)) for value in (easting, northing))
    figures = f"{int(easting % 100_000):05d} {int(northing % 100_000):05d}"
    return f"{zone:02d}{band} {column}{row} {figures}", margin


@given(lon=longitudes, lat=latitudes)
def test_references_are_those_of_utm(lon: float, lat: float) -> None:
    expected, margin_m = reference_by_utm(lon, lat)
    near_band_edge = abs((lat + 80) / 8 - round((lat + 80) / 8)) < 1e-9
    near_zone_edge = abs(lon / 3 - round(lon / 3)) < 1e-9
    assume(margin_m > 0.01 and not near_band_edge and not near_zone_edge)
    assert mgrs_of([lon], [lat], figures=10) == [expected]


@given(lon=longitudes, lat=latitudes)
def test_eight_figures_come_back_within_15_m(lon: float, lat: float) -> None:
    (reference,) = mgrs_of([lon], [lat])
    assert metres_apart((lon, lat), lonlat_of(reference)) <= 15.0


@given(lon=longitudes, lat=latitudes, figures=st.sampled_from([2, 4, 6, 10]))
def test_any_figures_come_back_within_their_square(lon: float, lat: float, figures: int) -> None:
    (reference,) = mgrs_of([lon], [lat], figures=figures)
    side_m = 10 ** (5 - figures // 2)
    assert metres_apart((lon, lat), lonlat_of(reference)) <= side_m * 0.71 + 1.0


@given(
    lon=st.floats(min_value=0.0, max_value=42.0, exclude_max=True),
    lat=st.floats(min_value=56.0, max_value=84.0),
)
def test_norway_and_svalbard_come_back_within_15_m(lon: float, lat: float) -> None:
    assume(abs(lon / 3 - round(lon / 3)) > 1e-9 or lon == round(lon))
    assume(abs(lat / 8 - round(lat / 8)) > 1e-9 or lat == round(lat))
    (reference,) = mgrs_of([lon], [lat])
    assert int(reference[:2]) == zone_of(lon, lat)
    assert metres_apart((lon, lat), lonlat_of(reference)) <= 15.0


@pytest.mark.parametrize(
    ("name", "lon", "lat", "zone"),
    [
        ("Bergen", 5.33, 60.39, "32V"),
        ("Longyearbyen", 15.63, 78.22, "33X"),
        ("Ny-Alesund", 11.93, 78.92, "33X"),
        ("Kvitoya", 32.0, 80.1, "35X"),
        ("west of Svalbard", 8.9, 79.0, "31X"),
        ("Juba", 31.6, 4.85, "36N"),
        ("Stanley", -57.85, -51.7, "21F"),
        ("the north end of the grid", 20.0, 84.0, "33X"),
        ("the south end of the grid", 20.0, -80.0, "34C"),
    ],
)
def test_zones_and_bands_of_places(name: str, lon: float, lat: float, zone: str) -> None:
    (reference,) = mgrs_of([lon], [lat])
    assert reference.startswith(zone), name
    assert metres_apart((lon, lat), lonlat_of(reference)) <= 15.0


def test_no_reference_outside_the_grid_and_where_nothing_is_known() -> None:
    nan = math.nan
    assert mgrs_of([0.0, 0.0, nan, 0.0, 200.0], [84.1, -80.1, 0.0, nan, 0.0]) == [""] * 5


@pytest.mark.parametrize(
    ("figures", "written", "within_m"),
    [
        (2, "36N UL 4 3", 7_100),
        (4, "36N UL 44 36", 710),
        (6, "36N UL 447 362", 71),
        (8, "36N UL 4475 3624", 7.1),
        (10, "36N UL 44750 36240", 0.8),
    ],
)
def test_reference_is_the_square_and_is_read_as_its_middle(
    figures: int, written: str, within_m: float
) -> None:
    corner = Transformer.from_crs("EPSG:32636", "EPSG:4326", always_xy=True)
    lon, lat = corner.transform(344_750.4, 536_240.4)
    assert mgrs_of([lon], [lat], figures=figures) == [written]
    assert metres_apart((lon, lat), lonlat_of(written)) <= within_m


@pytest.mark.parametrize(
    "text",
    ["36NUL44753624", "36n ul 4475 3624", " 36N  UL 4475\t3624 ", "36N UL 4475\u00a03624"],
)
def test_spaces_and_case_do_not_matter(text: str) -> None:
    assert lonlat_of(text) == lonlat_of("36N UL 4475 3624")


def test_zone_of_one_digit_is_read_with_and_without_zero() -> None:
    assert lonlat_of("4Q FJ 1234 5678") == lonlat_of("04Q FJ 1234 5678")


@pytest.mark.parametrize("text", ["4QFJ1234567890", "04QFJ 12345 67890", "4Q FJ 12345 67890"])
def test_reference_of_honolulu_is_at_its_place_wherever_the_spaces_stand(text: str) -> None:
    """Zone 4 Q: F is the sixth column of 100 km, J the ninth row, counted from F at the equator."""
    to_degrees = Transformer.from_crs("EPSG:32604", "EPSG:4326", always_xy=True)
    honolulu = to_degrees.transform(612_345.5, 2_367_890.5)
    assert metres_apart(lonlat_of(text), honolulu) < 1.0


def test_spaced_reference_is_the_right_place_and_never_another() -> None:
    """The library underneath takes ``04QEJ 97987 90670`` for another place; ours is pyproj's."""
    to_degrees = Transformer.from_crs("EPSG:32604", "EPSG:4326", always_xy=True)
    square = to_degrees.transform(597_987.5, 2_390_670.5)
    assert reference_by_utm(*square)[0] == "04Q EJ 97987 90670"
    assert metres_apart(lonlat_of("04QEJ 97987 90670"), square) < 1.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not an MGRS reference"),
        ("Juba", "not an MGRS reference"),
        ("36N UL 4475 36x4", "not an MGRS reference"),
        ("36N UL 4475-3624", "not an MGRS reference"),
        ("36N", "not an MGRS reference"),
        ("36N U 4475 3624", "not an MGRS reference"),
        ("31.6, 4.85", "not an MGRS reference"),
        ("N36 UL 4475 3624", "not an MGRS reference"),
        ("36N UL", "even number of 2 to 10 digits, not 0"),
        ("36N UL 447 3624", "even number of 2 to 10 digits, not 7"),
        ("36N UL 447512 362412", "even number of 2 to 10 digits, not 12"),
        ("36N UL 44 3624", "two halves of the digits differ in length: 44 and 3624"),
        ("36NUL 4475 36 24", "two halves of the digits differ in length: 4475 and 36 24"),
        ("0N UL 4475 3624", "zone is 1 to 60, not 0"),
        ("61N UL 4475 3624", "zone is 1 to 60, not 61"),
        ("36I UL 4475 3624", "band is a letter C to X without I and O, not I"),
        ("36O UL 4475 3624", "band is a letter C to X without I and O, not O"),
        ("36A UL 4475 3624", "band is a letter C to X without I and O, not A"),
        ("36Y UL 4475 3624", "band is a letter C to X without I and O, not Y"),
        ("A UL 4475 3624", "polar"),
        ("ZAH 1234 5678", "polar"),
        ("36N AL 4475 3624", "zone 36 has no 100 km square AL"),
        ("36N IL 4475 3624", "zone 36 has no 100 km square IL"),
        ("36N UW 4475 3624", "zone 36 has no 100 km square UW"),
        ("36N UO 4475 3624", "zone 36 has no 100 km square UO"),
        ("36N UA 4475 3624", "has no such place in the 100 km square UA"),
        ("32X PK 1234 5678", "zone 32 band X has no such place"),
    ],
)
def test_garbage_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        lonlat_of(text)


@given(
    zone=st.integers(min_value=1, max_value=60),
    band=st.sampled_from(BANDS),
    square=st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=2, max_size=2),
    digits=st.integers(min_value=0, max_value=9999_9999),
)
def test_any_reference_is_refused_or_in_its_own_zone_and_band(
    zone: int, band: str, square: str, digits: int
) -> None:
    text = f"{zone:02d}{band} {square} {digits // 10_000:04d} {digits % 10_000:04d}"
    try:
        lon, lat = lonlat_of(text)
    except ValueError:
        return
    south = -80 + 8 * BANDS.index(band)
    slack = 0.001
    assert south - slack <= lat <= south + (12 if band == "X" else 8) + slack
    middle = zone * 6 - 183
    assert abs((lon - middle + 180) % 360 - 180) <= 9 + slack


@given(st.text(max_size=25))
def test_no_text_is_taken_for_a_place_unless_it_is_written_like_one(text: str) -> None:
    try:
        lonlat_of(text)
    except ValueError:
        return
    assert re.fullmatch(r"\d{1,2}[C-X][A-Z]{2}(\d\d){1,5}", re.sub(r"\s", "", text).upper())


@pytest.mark.parametrize("figures", [0, 3, 12, -2])
def test_figures_must_be_even_and_at_most_ten(figures: int) -> None:
    with pytest.raises(ValueError, match="must be 2, 4, 6, 8 or 10"):
        mgrs_of([31.6], [4.85], figures=figures)
