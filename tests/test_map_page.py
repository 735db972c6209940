"""The page is one file that runs its own scripts only and asks nobody for anything."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.errors import OutputError, SourceError
from geo_poc.maps import map_document, write_map
from geo_poc.maps.outside import read_page, require_self_contained
from geo_poc.maps.page import inert_json, map_page
from geo_poc.maps.vendored import leaflet_css, leaflet_js, own, require_checksum

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def document(sample_findings):
    return map_document(sample_findings, made=MADE, version="1.2.3")


@pytest.fixture(scope="module")
def page(document):
    return map_page(document)


def policy(page: str) -> str:
    return re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]


def hashes(code: list[str] | tuple[str, ...]) -> set[str]:
    digests = [hashlib.sha256(c.encode()).digest() for c in code]
    return {f"'sha256-{base64.b64encode(d).decode()}'" for d in digests}


def test_same_findings_give_the_same_bytes(sample_findings, tmp_path, page):
    for name in ("one.html", "two.html"):
        write_map(sample_findings, tmp_path / name, made=MADE, version="1.2.3")
    one = (tmp_path / "one.html").read_bytes()
    assert one == (tmp_path / "two.html").read_bytes()
    assert one.decode("utf-8") == page


def test_charset_comes_first_in_the_head(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')


def test_policy_allows_exactly_the_scripts_and_styles_of_the_page(page):
    parts = read_page(page)
    directives = dict(d.strip().split(" ", 1) for d in policy(page).split(";"))
    assert set(directives["script-src"].split()) == hashes(parts.scripts)
    assert set(directives["style-src"].split()) == hashes(parts.styles)
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "'none'"
    assert "unsafe" not in policy(page)


def test_page_names_no_outside_file_and_no_event_attribute(page):
    assert read_page(page).outside == ()
    assert re.search(r"<(link|iframe|object|embed|base)\b", page) is None


def test_hostile_text_stands_only_in_the_inert_document(page):
    inert = re.search(r'<script type="application/json" id="document">(.*?)</script>', page, re.S)
    rest = page.replace(inert[0], "")
    assert "onerror=alert" not in rest
    assert "onload=alert" not in rest
    assert "${1+1}" not in rest
    names = [site["name"] for site in json.loads(inert[1])["places"]["sites"]]
    assert "<img src=x onerror=alert(1)>${1+1}</script>" in names


def test_window_title_has_no_markup(document):
    hostile = document | {"credits": document["credits"] | {"title": "</title><script>1</script>"}}
    title = re.search(r"<title>(.*?)</title>", map_page(hostile))[1]
    assert title == "/titlescript1/script UNCLASSIFIED"


@pytest.mark.parametrize("word", ["@data@", "@policy@", "@title@", "{{ 7*7 }}", "{% raw %}"])
def test_title_that_looks_like_a_placeholder_stays_text(document, word):
    named = document | {"credits": document["credits"] | {"title": word}}
    assert re.search(r"<title>(.*?)</title>", map_page(named))[1] == f"{word} UNCLASSIFIED"


def test_readers_may_enlarge_the_page(page):
    assert "user-scalable" not in page
    assert page.count('name="viewport"') == 1


def test_map_of_the_sample_is_lean(page):
    assert len(page.encode()) < 350_000


@given(st.dictionaries(st.text(), st.text()))
def test_inert_json_reads_back_and_cannot_end_its_element(content):
    written = inert_json(content)
    assert json.loads(written) == content
    assert not set("<>&\u2028\u2029") & set(written)


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        inert_json({"seconds": float("inf")})


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='https://example.org/a.png'>",
        "<img src='marker-icon.png'>",
        "<link rel=stylesheet href='a.css'>",
        "<script src='//example.org/a.js'></script>",
        "<iframe></iframe>",
        "<style>@import 'a.css';</style>",
        "<style>a{background:url(a.png)}</style>",
        "<p style='background:url(https://example.org/a)'>",
        "<script>fetch('https://example.org')</script>",
        "<script>new WebSocket('ws://example.org')</script>",
        "<body onload='go()'>",
        "<form action='/send'></form>",
        "<meta http-equiv='refresh' content='0;url=a'>",
        "<svg><use xlink:href='a.svg#b'></use></svg>",
    ],
)
def test_page_that_would_load_or_run_something_else_is_refused(markup):
    with pytest.raises(OutputError, match="must not load or run anything from outside"):
        require_self_contained(f"<html>{markup}</html>")


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='#list'>x</a>",
        "<img src='data:image/png;base64,AA'>",
        "<style>a{fill:url(#p)}</style>",
        "<script type='application/json'>\"https://example.org\"</script>",
        "<script>const NS = 'http://www.w3.org/2000/svg';</script>",
    ],
)
def test_page_that_points_into_itself_is_accepted(markup):
    page = f"<html>{markup}</html>"
    require_self_contained(page)
    assert read_page(page).outside == ()


def test_all_outside_references_are_named_at_once():
    with pytest.raises(OutputError) as caught:
        require_self_contained("<img src=a.png><img src=b.png>")
    assert len(caught.value.faults) == 2


def test_leaflet_is_the_published_one_and_loads_no_image():
    assert "Leaflet 1.9.4" in leaflet_js()
    assert "sourceMappingURL" not in leaflet_js()
    assert "url(" not in leaflet_css()


@pytest.mark.parametrize("checksums", ["", "0000  leaflet.js"])
def test_changed_leaflet_is_refused(checksums):
    with pytest.raises(SourceError, match="must have the SHA-256 recorded in SHA256SUMS"):
        require_checksum("leaflet.js", b"changed", checksums)


def test_leaflets_licence_comes_with_it():
    assert "BSD 2-Clause" in own("leaflet-1.9.4.LICENSE.txt")
