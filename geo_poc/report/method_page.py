"""How the figures were made, what was not checked, and what they were made from."""

from __future__ import annotations

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from geo_poc.report.grounds import layer_name
from geo_poc.report.typeset import shortened
from geo_poc.wording import spans, text

_SHORT_HASH = 12
_LONGEST_FACT, _LONGEST_FILE, _LONGEST_LICENCE = 160, 110, 70
_METHODS = ("reach", "classes", "matrix", "zones", "threat", "unknown", "rounding")
_UNCHECKED = range(2, 6)


def method_section(findings: Findings, *, version: str) -> tuple[Block, ...]:
    """How the figures were made, what was not checked, and what they were made from."""
    standard = findings.plan.standard
    slots = {
        "standard": figures.duration(standard.response),
        "cut_off": figures.duration(standard.cut_off),
    }
    methods = [
        spans(f"report_method_{name}", **(slots if name == "reach" else {})) for name in _METHODS
    ]
    return (
        Heading(text=text("report_method_title")),
        *(Paragraph(spans=s) for s in methods),
        Heading(text=text("report_unchecked_title")),
        Paragraph(spans=spans(f"report_unchecked_landing{_on_site(findings)}")),
        *(Paragraph(spans=spans(f"report_unchecked_{n}")) for n in _UNCHECKED),
        Heading(text=text("report_provenance_title")),
        _provenance(findings, version=version),
        Heading(text=text("report_files_title")),
        _hashes(findings),
    )


def _on_site(findings: Findings) -> str:
    return "_on_site" if findings.landing_checked else ""


def _provenance(findings: Findings, *, version: str) -> Table:
    theatre, threat = findings.theatre, findings.threat
    grid = theatre.grid
    facts = {
        "version": version,
        "theatre": theatre.name,
        "plan": findings.plan.plan.name,
        "standard_source": findings.plan.standard.source,
        "grid": text(
            "report_fact_grid_is",
            rows=grid.rows,
            cols=grid.cols,
            cell=figures.distance(grid.cell_size_m),
        ),
        "crs": grid.crs,
        "as_of": figures.day(theatre.as_of),
        "horizon": text("report_fact_days", n=threat.horizon_days),
    }
    rows = tuple(
        (Cell(text=text(f"report_fact_{key}")), Cell(text=shortened(value, longest=_LONGEST_FACT)))
        for key, value in facts.items()
    )
    columns = (
        Column(head=text("report_head_what"), width_mm=46.0),
        Column(head=text("report_head_value"), width_mm=140.0),
    )
    return Table(name="provenance", columns=columns, rows=rows)


def _hashes(findings: Findings) -> Table:
    columns = (
        Column(head=text("report_head_layer"), width_mm=24.0),
        Column(head=text("report_head_file"), width_mm=92.0),
        Column(head=text("report_head_licence"), width_mm=36.0),
        Column(head=text("report_head_hash"), width_mm=34.0, look="mono"),
    )
    rows = tuple(
        (
            Cell(text=layer_name(source.layer)),
            Cell(text=shortened(source.file, longest=_LONGEST_FILE)),
            Cell(text=shortened(source.licence, longest=_LONGEST_LICENCE)),
            Cell(text=source.sha256[:_SHORT_HASH] or text("report_none")),
        )
        for source in findings.sources
    )
    return Table(name="hashes", columns=columns, rows=rows)
