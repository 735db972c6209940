"""Blocks on pages: nothing lost, nothing out of order, no page over-full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.report.blocks import Cell, Column, Heading, Paragraph, Table, fitting_rows, pages_of
from geo_poc.wording import Span

ROOM_MM = 120.0
NARROW = (Column(head="Name", width_mm=20.0), Column(head="People", width_mm=15.0, look="number"))


def table_of(texts):
    rows = tuple((Cell(text=f"{n} {text}"), Cell(text=str(n))) for n, text in enumerate(texts))
    return Table(name="t", columns=NARROW, rows=rows)


def paragraph(text):
    return Paragraph(spans=(Span(text=text, strong=False),))


blocks = st.lists(
    st.one_of(
        st.builds(Heading, text=st.text(min_size=1, max_size=9)),
        st.builds(paragraph, st.text(max_size=400)),
        st.builds(table_of, st.lists(st.text(max_size=60), min_size=1, max_size=40)),
    ),
    max_size=9,
)


def flat(pages):
    """Blocks and rows in the order in which they are read."""
    return [
        item
        for page in pages
        for block in page
        for item in (block.rows if isinstance(block, Table) else [block])
    ]


@given(blocks)
def test_no_block_and_no_row_is_lost_or_moved(content):
    assert flat(pages_of(content, height_mm=ROOM_MM)) == flat([content])


@given(blocks)
def test_no_page_holds_more_than_its_room(content):
    for page in pages_of(content, height_mm=ROOM_MM):
        assert sum(block.height_mm for block in page) <= ROOM_MM + 1e-6


@given(blocks)
def test_no_heading_is_the_last_thing_on_a_page_that_is_followed_by_another(content):
    for page in pages_of(content, height_mm=ROOM_MM)[:-1]:
        following_heading = isinstance(page[-1], Heading)
        assert not following_heading or _heading_follows(content, page[-1])


def _heading_follows(content, heading):
    after = content[[id(block) for block in content].index(id(heading)) + 1]
    return isinstance(after, Heading)


def test_small_table_moves_to_the_next_page_whole():
    long, small = table_of(["x"] * 16), table_of(["y"] * 6)
    first, second = pages_of([long, small], height_mm=ROOM_MM)
    assert first == (long,)
    assert second == (small,)


def test_large_table_breaks_between_rows_and_repeats_its_head():
    pages = pages_of([table_of(["x"] * 60)], height_mm=ROOM_MM)
    assert len(pages) > 1
    assert all(page[0].columns == NARROW for page in pages)


def test_row_higher_than_a_page_stands_alone():
    pages = pages_of([table_of(["x", "word " * 600, "y"])], height_mm=ROOM_MM)
    assert [len(page[0].rows) for page in pages] == [1, 1, 1]


def test_nothing_makes_no_page():
    assert pages_of([], height_mm=ROOM_MM) == ()


def test_wrapped_text_makes_a_row_higher_by_a_line():
    table = table_of(["x"])
    one, two = (table.row_mm((Cell(text=t), Cell())) for t in ("short", "two words wrapped"))
    assert two - one == pytest.approx(3.9)


def test_small_print_adds_its_own_lines():
    table = table_of(["x"])
    assert table.row_mm((Cell(text="a", small="b"), Cell())) == pytest.approx(3.9 + 3.5 + 1.25)
    assert table.row_mm((Cell(small="b"), Cell())) == pytest.approx(3.9 + 1.25)


def test_first_row_is_kept_even_where_there_is_no_room():
    assert len(fitting_rows(table_of("abc"), height_mm=0.0).rows) == 1


def test_all_rows_are_kept_where_there_is_room():
    assert len(fitting_rows(table_of("abc"), height_mm=100.0).rows) == 3
