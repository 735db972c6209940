"""The commands about threat; ``cli.py`` takes them over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo_poc.options import MadeOption, TheatreArgument, product_time
from geo_poc.terminal import faults_shown, print_parts, progress_bar

app = typer.Typer()


@app.command()
def patterns(
    theatre: TheatreArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Plan file (TOML), to draw its bases.")
    ] = None,
    made: MadeOption = None,
) -> None:
    """Write hot spots, clusters, near repeats, trends and what came with bases that opened or closed."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.patterns import write_patterns  # noqa: PLC0415

            found = write_patterns(theatre, plan, out, made=product_time(made), progress=progress)
        from geo_poc.pattern_summary import pattern_tables  # noqa: PLC0415

        print_parts(pattern_tables(found, out))


@app.command()
def backtest(
    theatre: TheatreArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    months: Annotated[
        int | None,
        typer.Option("--months", help="Most monthly starts. Default: the theatre's.", min=0),
    ] = None,
    made: MadeOption = None,
) -> None:
    """Test all threat models on past months; needs incidents and an area, no plan."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.backtest import write_backtest  # noqa: PLC0415

            stamp = product_time(made)
            found = write_backtest(theatre, out, made=stamp, months=months, progress=progress)
        from geo_poc.backtest_summary import backtest_tables  # noqa: PLC0415

        print_parts(backtest_tables(found, out))
