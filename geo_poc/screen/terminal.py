"""The terminal: faults, progress and tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer

from geo_poc.errors import GeoPocError


@contextmanager
def faults_shown() -> Iterator[None]:
    """Show what the user can repair as plain text and end with status 2, without a traceback."""
    try:
        yield
    except GeoPocError as e:
        count = len(e.faults)
        typer.echo(f"geo-poc: {count} fault{'s' if count > 1 else ''} to repair", err=True)
        for fault in e.faults:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on the terminal's error stream; nothing where that is not a terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        yield show


def print_parts(parts: Sequence[object]) -> None:
    """Print tables and lines to the terminal's output stream."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(file=sys.stdout, soft_wrap=False)
    for part in parts:
        console.print(part, markup=False, highlight=False)
