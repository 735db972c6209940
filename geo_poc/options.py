"""Options that several commands of the terminal share, and what their words mean."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo_poc.errors import ConfigError, Fault

if TYPE_CHECKING:
    from geo_poc.plan import Light, Season

TheatreArgument = Annotated[Path, typer.Argument(help="Theatre file (TOML).")]
PlanOption = Annotated[
    Path, typer.Option("--plan", help="Plan file (TOML): bases, assets, standard.")
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder of the results.")]
SeasonOption = Annotated[
    str | None, typer.Option("--season", help="dry or wet. Default: the plan's.")
]
MadeOption = Annotated[
    dt.datetime | None,
    typer.Option(
        help="Time stamp of the product in UTC, for repeatable output. Default: SOURCE_DATE_EPOCH, else now.",
        formats=["%Y-%m-%dT%H:%M"],
    ),
]


def product_time(made: dt.datetime | None) -> dt.datetime:
    """Time stamp of the product: as given, else the environment's, else the clock's; read only here."""
    if made is not None:
        return made.replace(tzinfo=dt.UTC)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and not epoch.isdecimal():
        raise ConfigError(
            Fault(
                where="environment: SOURCE_DATE_EPOCH",
                found=epoch,
                rule="must be whole seconds since 1970",
                repair="correct or unset it",
            )
        )
    if epoch:
        return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC)
    return dt.datetime.now(tz=dt.UTC)


def season_of(command: str, given: str | None) -> Season | None:
    """Season as given; a ConfigError for another word."""
    return _either(f"{command}: --season", given, ("dry", "wet"))  # type: ignore[return-value]


def light_of(command: str, given: str | None) -> Light | None:
    """Light as given; a ConfigError for another word."""
    return _either(f"{command}: --light", given, ("day", "night"))  # type: ignore[return-value]


def _either(where: str, given: str | None, words: tuple[str, str]) -> str | None:
    if given is None or given in words:
        return given
    raise ConfigError(
        Fault(
            where=where,
            found=f"'{given}'",
            rule=f"must be {' or '.join(words)}",
            repair="choose one, or leave it out for the default",
        )
    )
