"""The log of decisions, overrides and notes: lines that are only ever added, each chained to the one before."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from geo_poc.errors import ConfigError, Fault, OutputError, SourceError

FIRST = "0" * 64
"""What the first line has for the hash of the line before."""

_REPAIR = "take the log back from a copy; lines are only ever added by geo-poc"
_LONGEST = 2000
_OF_THE_CHAIN = frozenset({"line", "previous", "hash"})
_FORBID = {"extra": "forbid"}

Kind = Literal["decision", "override", "note"]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$")]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log, without its number and hashes.

    Parameters
    ----------
    kind : "decision", "override" or "note"
    at : str
        When it was decided, in UTC: ``2025-12-31T14:00Z``.
    who, reason : str
        Never blank. Of a note the reason is the note.
    what : str
        The decision; never blank for one.
    trigger, code, fired : str
        Of a decision: the trigger's name, the code of its firing, and the day of that.
    area : str
    level, until : str
        Of an override: the level set, "" for back to the computed one, and the last day it is for.

    Raises
    ------
    ConfigError
        If a text that is needed is blank, too long or no text, or a day is none; all faults together.
    """

    __pydantic_config__ = _FORBID

    kind: Kind
    at: Moment
    who: str
    reason: str
    what: str = ""
    trigger: str = ""
    code: str = ""
    fired: str = ""
    area: str = ""
    level: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        faults = list(_entry_faults(self))
        if faults:
            raise ConfigError(faults)

    @property
    def day(self) -> dt.date:
        """Day on which it was decided, in UTC."""
        return dt.date.fromisoformat(self.at[:10])


@dataclass(frozen=True, kw_only=True)
class Log:
    """All entries of a log that has been found whole.

    Parameters
    ----------
    entries : tuple of Entry
    hashes : tuple of str
        Of each line.
    """

    entries: tuple[Entry, ...] = ()
    hashes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def head(self) -> str:
        """Hash of the last line; noted elsewhere it shows whether lines at the end were lost."""
        return self.hashes[-1] if self.hashes else FIRST


def _entry_faults(entry: Entry) -> Iterator[Fault]:
    needed = {
        "decision": ("who", "reason", "what", "trigger", "code", "fired", "area"),
        "override": ("who", "reason", "area", "until"),
        "note": ("who", "reason"),
    }[entry.kind]
    for name, value in asdict(entry).items():
        where = f"{entry.kind}: {name}"
        if name in needed and not value.strip():
            yield Fault(
                where=where,
                found="nothing",
                rule="must be said: an entry without it helps nobody later",
                repair=f"give the {name}",
            )
        if len(value) > _LONGEST or not _is_text(value):
            yield Fault(
                where=where,
                found=f"{len(value)} characters",
                rule=f"must be text of at most {_LONGEST} characters",
                repair="shorten it",
            )
    for name, value in (("at", entry.at[:10]), ("fired", entry.fired), ("until", entry.until)):
        if value and not _is_day(value):
            yield Fault(
                where=f"{entry.kind}: {name}",
                found=value,
                rule="must be a day of the calendar",
                repair="write it as 2025-12-31",
            )


def _is_text(value: str) -> bool:
    """Whether every character can be written; a half of a surrogate pair cannot."""
    return value.encode("utf-8", "ignore").decode() == value


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def moment(at: dt.datetime) -> str:
    """A time with its zone as the log writes it, in UTC to the minute.

    Examples
    --------
    >>> moment(dt.datetime(2025, 12, 31, 14, 5, tzinfo=dt.UTC))
    '2025-12-31T14:05Z'
    """
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


def read_log(path: Path) -> Log:
    """Every entry of a log, once the whole of it has been found unchanged.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceError
        If the file cannot be read, or a line was changed, removed, added by hand or moved; the first such
        line is named.
    """
    try:
        with path.open("rb") as file, _locked(file, alone=False):
            content = file.read()
    except OSError as e:
        raise SourceError(
            Fault(
                where=str(path),
                found=e.strerror or str(e),
                rule="must be a log of decisions that can be read",
                repair="check the path; geo-poc decide makes a new one",
            )
        ) from e
    return _checked(content, where=str(path))


def append(path: Path, entry: Entry, *, lines: int = 0, head: str = FIRST) -> Log:
    """The log with an entry added as its last line, on the disk before this returns.

    Others may append at the same time: each waits for its turn. A line that could not be written whole
    is taken back, and no other is touched.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    entry : Entry
    lines, head : int, str
        How many lines earlier levels were made with, and the hash of the last of them.

    Raises
    ------
    SourceError
        If the log is not whole, or lacks lines that earlier levels were made with.
    OutputError
        If it cannot be written.
    """
    try:
        with path.open("a+b", buffering=0) as file, _locked(file, alone=True):
            file.seek(0)
            before = file.read()
            log = _checked(before, where=str(path))
            require_continues(log, entries=lines, head=head, where=str(path))
            line = _line(entry, number=len(log.entries) + 1, previous=log.head)
            _write(file, line.encode() + b"\n", size=len(before))
    except OSError as e:
        raise OutputError(
            Fault(
                where=f"log {path}",
                found=e.strerror or str(e),
                rule="must be a file that can be written, with space for one more line",
                repair="get the right to write there, free space, or choose another file",
            )
        ) from e
    return Log(entries=(*log.entries, entry), hashes=(*log.hashes, _sha256(line.encode())))


def require_continues(log: Log, *, entries: int, head: str, where: str) -> None:
    """Refuse a log that lacks lines which an earlier result was made with.

    Parameters
    ----------
    log : Log
    entries : int
        How many lines it had.
    head : str
        Hash of the last of them.
    where : str
        Name of the file.

    Raises
    ------
    SourceError
    """
    if entries == 0 or (len(log.hashes) >= entries and log.hashes[entries - 1] == head):
        return
    raise SourceError(
        Fault(
            where=f"{where}: line {min(entries, len(log.hashes) + 1)}",
            found=f"{len(log.hashes)} line(s), and not the {entries} that earlier levels were made with",
            rule="must go on from the log of the earlier levels: no line is ever removed",
            repair=f"{_REPAIR}, or name the log that belongs to these levels",
        )
    )


def _write(file: IO[bytes], line: bytes, *, size: int) -> None:
    """Write a line and wait until it is on the disk; after a failure cut off what there is of it."""
    try:
        whole = file.write(line) == len(line)
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), size)
        raise
    if not whole:
        os.ftruncate(file.fileno(), size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def _locked(file: IO[bytes], *, alone: bool) -> Iterator[None]:
    """Hold a file while it is read or, alone, appended to; the system lets go of it in any case."""
    if sys.platform == "win32":  # pragma: no cover
        import msvcrt  # noqa: PLC0415

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(file.fileno(), fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _line(entry: Entry, *, number: int, previous: str) -> str:
    """Line of an entry: its number, the hash of the line before, and a hash of its own."""
    own = {"line": number, **asdict(entry), "previous": previous}
    return _json(own | {"hash": _sha256(_json(own).encode())})


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _checked(content: bytes, *, where: str) -> Log:
    entries: list[Entry] = []
    hashes = [FIRST]
    lines = content.split(b"\n")
    if lines.pop():
        lines.append(b"")
    for number, line in enumerate(lines, 1):
        entry = _entry(line, number=number, where=where)
        if _line(entry, number=number, previous=hashes[-1]).encode() != line:
            found = _difference(line, number=number, previous=hashes[-1])
            raise _broken(number, where=where, found=found)
        entries.append(entry)
        hashes.append(_sha256(line))
    return Log(entries=tuple(entries), hashes=tuple(hashes[1:]))


def _entry(line: bytes, *, number: int, where: str) -> Entry:
    broken = _broken(number, where=where, found="an unfinished line or one that is no entry")
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise broken from None
    if not isinstance(content, dict):
        raise broken
    own = {key: value for key, value in content.items() if key not in _OF_THE_CHAIN}
    try:
        return TypeAdapter(Entry).validate_python(own)
    except ValidationError:
        raise broken from None


def _difference(line: bytes, *, number: int, previous: str) -> str:
    content = json.loads(line)
    if content.get("line") != number:
        return f"the line that was number {content.get('line')}: lines were removed or moved"
    if content.get("previous") != previous:
        return "a line that does not follow on the one before: lines were removed, moved or changed"
    return "a line that was changed"


def _broken(number: int, *, where: str, found: str) -> SourceError:
    rule = "must be as it was written: the log only grows"
    return SourceError(
        Fault(where=f"{where}: line {number}", found=found, rule=rule, repair=_REPAIR)
    )
