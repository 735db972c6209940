"""TOML files read into frozen dataclasses, with every fault named at once."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from geo_poc.errors import ConfigError, Fault
from geo_poc.units import duration_s, length_m, speed_kmh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

Model = TypeVar("Model")
_KEY = "[key]"  # what pydantic calls the key of a table that may not be there

Seconds = Annotated[float, BeforeValidator(duration_s)]
Metres = Annotated[float, BeforeValidator(length_m)]
Kmh = Annotated[float, BeforeValidator(speed_kmh)]


def read_toml(
    path: Path, model: type[Model], *, others: Mapping[str, tuple[str, str]] | None = None
) -> Model:
    """Frozen dataclass read from a TOML file.

    Parameters
    ----------
    path : Path
        The file.
    model : type
        A dataclass whose fields are the keys that the file may have.
    others : mapping of str to (str, str), optional
        Key that only a file of another kind has -> what that file is, and the repair.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not TOML, or any key or value in it is wrong. The error lists
        every fault with file, key, value, rule and repair; a misspelt key with the nearest valid one.
        Of a file of another kind only that it is one.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            Fault(
                where=str(path),
                found="no such file",
                rule="the file must exist",
                repair=f"check the path; the working folder is {Path.cwd()}",
            )
        ) from None
    except IsADirectoryError:
        raise ConfigError(
            Fault(
                where=str(path),
                found="a folder",
                rule="must be a TOML file",
                repair="name the file in the folder",
            )
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise ConfigError(
            Fault(
                where=str(path),
                found=str(e),
                rule="must be a readable TOML file in UTF-8",
                repair="mend the line named here",
            )
        ) from e
    for key, (kind, repair) in (others or {}).items():
        if key in content and not content.keys() & set(_keys(model, ())):
            raise ConfigError(
                Fault(where=str(path), found=kind, rule="is a file of another kind", repair=repair)
            )
    try:
        return TypeAdapter(model).validate_python(content)
    except ValidationError as e:
        raise ConfigError([_fault(path, model, detail) for detail in e.errors()]) from None


def _fault(path: Path, model: type, detail: ErrorDetails) -> Fault:
    location = tuple(part for part in detail["loc"] if part != _KEY)
    where = f"{path}: {_dotted(location)}"
    key = str(location[-1]) if location else ""
    if detail["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        valid = _keys(model, location[:-1])
        near = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
        repair = f"did you mean '{near[0]}'?" if near else f"valid keys are {', '.join(valid)}"
        return Fault(where=where, found=f"key '{key}'", rule="is not a key here", repair=repair)
    if detail["type"] in {"missing", "missing_argument", "missing_keyword_only_argument"}:
        return Fault(
            where=where,
            found="nothing",
            rule="is required",
            repair=f"add the key '{key}'; it has no default because no value is right everywhere",
        )
    return Fault(
        where=where,
        found=repr(detail["input"]),
        rule=_rule(detail),
        repair=f"{'rename the key' if _KEY in detail['loc'] else 'correct the value of'} '{key}'",
    )


def _rule(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return message if message.startswith("must") else f"must be {message}"


def _dotted(location: Sequence[int | str]) -> str:
    """Location as ``[plan] assets 2: notice``, counted from 1 as people count."""
    words = [str(part + 1) if isinstance(part, int) else part for part in location]
    if len(words) < 2:
        return "".join(words)
    return f"[{words[0]}] {' '.join(words[1:])}"


def _keys(model: Any, location: Sequence[int | str]) -> list[str]:
    """Keys that are valid at a place in a file, following fields, lists and options."""
    for part in location:
        if isinstance(part, str) and dataclasses.is_dataclass(model):
            hints = typing.get_type_hints(model)
            model = _dataclass_in(hints.get(part))
    if not dataclasses.is_dataclass(model):
        return []
    hints = typing.get_type_hints(model, include_extras=True)
    return [_written(f.name, hints[f.name]) for f in dataclasses.fields(model)]


def _written(name: str, hint: Any) -> str:
    """The key as it stands in a file: a word of Python's own, such as ``from``, cannot name a field."""
    named = (getattr(extra, "alias", None) for extra in getattr(hint, "__metadata__", ()))
    return next((alias for alias in named if alias), name)


def _dataclass_in(hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return hint
    found = [_dataclass_in(argument) for argument in typing.get_args(hint)]
    return next((f for f in found if f is not None), None)
