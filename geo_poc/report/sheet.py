"""What every page shares: marking, head and foot, and the one way in which templates become HTML."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from geo_poc import figures
from geo_poc.palette import DAY
from geo_poc.report.typeset import printable, shortened
from geo_poc.theatre import Theatre
from geo_poc.wording import marking_words, text

_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Head and foot of a page.

    Parameters
    ----------
    marking, title, subtitle, document_title : str
    fictional, fictional_note : str
        Empty where the theatre is a real one.
    dates, disclaimer : str
    """

    marking: str
    title: str
    subtitle: str
    document_title: str
    fictional: str
    fictional_note: str
    dates: str
    disclaimer: str


class Page(Protocol):
    """What a template prints; each page adds what is its own."""

    @property
    def sheet(self) -> Sheet:
        """Head and foot."""


def sheet_of(
    theatre: Theatre,
    *,
    title: str,
    subtitle: str,
    made: dt.datetime,
    version: str,
    data_of: dt.date | None = None,
) -> Sheet:
    """Head and foot of a page about a theatre.

    Parameters
    ----------
    theatre : Theatre
    title, subtitle : str
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    data_of : date, optional
        Day of the data, where it is not the theatre's.
    """
    marking = marking_words(theatre.marking)
    return Sheet(
        marking=marking,
        title=title,
        subtitle=subtitle,
        document_title=text("sheet_title", title=title, subtitle=subtitle, marking=marking),
        fictional=text("fictional") if theatre.fictional else "",
        fictional_note=text("fictional_note") if theatre.fictional else "",
        dates=dates_words(data_of or theatre.as_of, made=made, version=version),
        disclaimer=text("disclaimer"),
    )


def dates_words(data_of: dt.date, *, made: dt.datetime, version: str) -> str:
    """Day of the data, time of the product and version, as the foot of a page says them."""
    return text("dates", data=figures.day(data_of), product=figures.dtg(made), version=version)


def name_words(name: str) -> str:
    """Name of a theatre or plan, cut where it would fill the head of a page.

    Examples
    --------
    >>> name_words("Lomofenen"), len(name_words("x" * 100))
    ('Lomofenen', 60)
    """
    return shortened(name, longest=_LONGEST_NAME)


def sheet_html(template: str, page: Page) -> str:
    """A page as one HTML file that asks for no other file and runs no script; all text is escaped."""
    return (
        environment()
        .get_template(template)
        .render(page=page, sheet=page.sheet, t=text, colours=colours())
        .lstrip()
    )


def write_sheet(template: str, page: Page, path: Path) -> None:
    """Write :func:`sheet_html` of a page."""
    path.write_text(sheet_html(template, page), encoding="utf-8", newline="\n")


def colours() -> Markup:
    """The colours of the day as CSS properties."""
    return Markup(DAY.css())  # noqa: S704  (the project's own table of colours)


def environment() -> Environment:
    """What pages are rendered with: every text is escaped, and a slot without a value is an error."""
    return Environment(
        loader=PackageLoader("geo_poc.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )


def _clean(value: object) -> object:
    """Text without characters that HTML does not allow; markup and numbers as they are."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
