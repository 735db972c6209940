"""The coverage report as one HTML file: A4 pages for print, the same sheets on a screen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from geo_poc.coverage.findings import Findings
from geo_poc.errors import Fault, OutputError
from geo_poc.report.blocks import Block, pages_of
from geo_poc.report.first_page import FirstPage, first_page
from geo_poc.report.grounds import data_section
from geo_poc.report.method_page import method_section
from geo_poc.report.sheet import Sheet, colours, dates_words, environment, name_words
from geo_poc.report.sites import all_zones, late_sites
from geo_poc.report.threat_page import threat_section
from geo_poc.wording import marking_words, text

_PAGE_ROOM_MM = 249.0


@dataclass(frozen=True, kw_only=True)
class Report(Sheet):
    """All that is printed, in order; head and foot stand on every page.

    Parameters
    ----------
    datum : str
        Of the foot as well.
    first : FirstPage
    pages : tuple of pages
        Page 2 and after.
    """

    datum: str
    first: FirstPage
    pages: tuple[tuple[Block, ...], ...]

    @property
    def page_count(self) -> int:
        """Number of pages, page 1 included."""
        return 1 + len(self.pages)

    def page_label(self, number: int) -> str:
        """Number of a page among all."""
        return text("report_page", number=number, total=self.page_count)


def report_context(findings: Findings, *, made: dt.datetime, version: str) -> Report:
    """Everything that the report prints, worked out and set on pages.

    Parameters
    ----------
    findings : Findings
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    theatre = findings.theatre
    name, plan = name_words(theatre.name), name_words(findings.plan.plan.name)
    marking = marking_words(theatre.marking)
    blocks = (
        *late_sites(findings),
        *all_zones(findings),
        *threat_section(findings),
        *data_section(findings),
        *method_section(findings, version=version),
    )
    fictional = theatre.fictional
    return Report(
        marking=marking,
        title=text("report_title"),
        subtitle=text("report_subtitle", theatre=name, plan=plan),
        document_title=text("report_document_title", theatre=name, plan=plan, marking=marking),
        fictional=text("fictional") if fictional else "",
        fictional_note=text("fictional_note") if fictional else "",
        dates=dates_words(theatre.as_of, made=made, version=version),
        datum=text("report_datum"),
        disclaimer=text("disclaimer"),
        first=first_page(findings),
        pages=pages_of(blocks, height_mm=_PAGE_ROOM_MM),
    )


def write_report(findings: Findings, path: Path, *, made: dt.datetime, version: str) -> None:
    """Write the report as one HTML file that asks for no other file and runs no script.

    Parameters
    ----------
    findings : Findings
    path : Path
    made : datetime
        When the product is made, with its zone; printed on every page.
    version : str
        Of geo-poc.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    html = rendered(report_context(findings, made=made, version=version))
    try:
        path.write_text(html, encoding="utf-8", newline="\n")
    except OSError as e:
        raise OutputError(
            Fault(
                where=str(path),
                found=str(e),
                rule="the report must be writable",
                repair="check the folder, its rights and the room on the disk",
            )
        ) from e


def rendered(report: Report) -> str:
    """The report as HTML; every text in it is escaped and on one line."""
    return (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            sheet=report,
            first=report.first,
            pages=report.pages,
            colours=colours(),
        )
        .lstrip()
    )
