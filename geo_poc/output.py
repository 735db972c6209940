"""Output, a folder or files, that is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geo_poc.errors import Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN_RECORD = "run.json"

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENAMETOOLONG}
_FULL_BELOW_BYTES = 65_536


def file_word(text: str) -> str:
    """A name as part of a file's name: small letters, digits and underscores; "" where it has none.

    Examples
    --------
    >>> file_word("4 h on foot, by night")
    '4_h_on_foot_by_night'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """Fresh folder that takes the place of ``out`` when the block ends without an error.

    The folder is made beside ``out`` and swapped in by renaming, so a reader sees the whole
    previous output or the whole new one. After any error it is removed and the previous output is
    as it was.

    Parameters
    ----------
    out : Path
        Where the output is to be: a folder that does not exist, is empty, or was written by geo-poc
        before, which its ``run.json`` shows; if that lists ``outputs``, no others may be there.
        Missing parents are made.

    Yields
    ------
    Path
        The folder to write into.

    Raises
    ------
    OutputError
        If ``out`` is a file, the folder that the user stands in, or holds anything that geo-poc did
        not write; if it cannot be written; or if the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with written_whole(Path(home) / "out") as folder:
    ...         _ = (folder / "run.json").write_text("{}")
    ...     [p.name for p in Path(home).rglob("*")]
    ['out', 'run.json']
    """
    out = out.resolve()
    _require_replaceable(out)
    # Named before it is made, so that an interruption at any moment finds it and removes it.
    work = out.parent / f".{out.name[:64]}.{secrets.token_hex(4)}.partial"
    new, old = work / "new", work / "old"
    try:
        with _refusals_named(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            work.mkdir(mode=0o700)
        with _refusals_named(out, writing_into=work):
            new.mkdir()
            yield new
            _swap(out, new=new, old=old)
    finally:
        if out.exists() or not old.exists():
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def files_written_whole(*outs: Path) -> Iterator[tuple[Path, ...]]:
    """Fresh files that take the place of ``outs`` when the block ends without an error.

    Each is written beside the file that it replaces and swapped in by renaming. After any error they
    are removed, and what was there before is as it was.

    Parameters
    ----------
    *outs : Path
        Files; missing parents are made.

    Yields
    ------
    tuple of Path
        Where to write, in the same order.

    Raises
    ------
    OutputError
        If one of them is there and no ordinary file, is named twice, cannot be written, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with files_written_whole(Path(home) / "a.csv") as (path,):
    ...         _ = path.write_text("1")
    ...     [p.name for p in Path(home).iterdir()]
    ['a.csv']
    """
    outs = tuple(out.resolve() for out in outs)
    _require_files(outs)
    token = secrets.token_hex(4)
    parts = [out.with_name(f".{out.name[:64]}.{token}.partial") for out in outs]
    writing = outs[0]
    try:
        for out in outs:
            writing = out
            out.parent.mkdir(parents=True, exist_ok=True)
        yield tuple(parts)
        for part, out in zip(parts, outs, strict=True):
            writing = out
            part.replace(out)
    except OSError as e:
        full = _disk_is_full(e, _nearest_folder(writing) / "x")
        raise _file_error(
            writing,
            found="no space left on its disk" if full else f"{e.strerror or e} ({e.filename})",
            rule="must be a file that can be written, with space for it beside the previous one",
            repair="free space there, get the right to write, or choose another file",
        ) from e
    finally:
        for part in parts:
            # Where the folder itself could not be made there is nothing to remove.
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _require_files(outs: tuple[Path, ...]) -> None:
    faults = [
        _file_error(
            out,
            found="a folder" if out.is_dir() else "a device or pipe",
            rule="must be an ordinary file, because it is replaced",
            repair="choose another name",
        )
        for out in outs
        if out.exists() and not out.is_file()
    ]
    faults += [
        _file_error(out, found="the same name twice", rule="must differ", repair="choose another")
        for n, out in enumerate(outs)
        if out in outs[:n]
    ]
    if faults:
        raise OutputError([fault for error in faults for fault in error.faults])


def _file_error(out: Path, *, found: str, rule: str, repair: str) -> OutputError:
    return OutputError(Fault(where=f"output file {out}", found=found, rule=rule, repair=repair))


def _swap(out: Path, *, new: Path, old: Path) -> None:
    if out.exists():
        out.rename(old)
    try:
        new.rename(out)
    except OSError as failure:
        if not old.exists():
            raise
        try:
            old.rename(out)
        except OSError:
            raise _output_error(
                out,
                found=f"{failure.strerror}; the previous output now lies in {old}",
                rule="must be replaceable",
                repair=f"move {old} back to {out}",
            ) from failure
        raise


@contextmanager
def _refusals_named(out: Path, *, writing_into: Path | None = None) -> Iterator[None]:
    """Turn what the file system refused into an OutputError; leave every other error alone."""
    try:
        yield
    except OutputError:
        raise
    except Exception as e:
        folder = writing_into or _nearest_folder(out)
        if _disk_is_full(e, None if writing_into is None else folder):
            raise _output_error(
                out,
                found=f"no space left on the disk of {folder.parent}",
                rule="needs space for the whole output beside the previous one",
                repair="free space there or write to another disk with --out",
            ) from e
        if isinstance(e, OSError) and _refused_here(e, writing_into):
            raise _output_error(
                out,
                found=f"{e.strerror or e} ({e.filename or folder})",
                rule="must be a folder that can be written",
                repair="get the right to write there or choose another folder with --out",
            ) from e
        raise


def _refused_here(e: OSError, writing_into: Path | None) -> bool:
    """Whether the folder refused, and not one of the inputs that is read meanwhile."""
    if writing_into is None:
        return True
    if e.errno not in _NOT_WRITABLE:
        return False
    return e.filename is None or writing_into.parent in Path(str(e.filename)).absolute().parents


def _disk_is_full(e: Exception, folder: Path | None) -> bool:
    """Whether an error is the disk's, which GDAL reports as an error of its own while it writes."""
    if isinstance(e, OSError) and e.errno in _NO_SPACE:
        return True
    if folder is None:
        return False
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW_BYTES
    except OSError:
        return False


def _nearest_folder(path: Path) -> Path:
    return next(p for p in path.parents if p.is_dir())


def _require_replaceable(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise _output_error(
            out,
            found="a file",
            rule="must be a folder",
            repair="choose another name with --out, or move the file away",
        )
    if os.path.ismount(out):
        raise _output_error(
            out,
            found="a mount point",
            rule="must be a folder that can be renamed, because the whole folder is replaced",
            repair="choose a folder inside it with --out",
        )
    if out == Path.cwd() or out in Path.cwd().parents:
        raise _output_error(
            out,
            found=f"the working folder {Path.cwd()} or one above it",
            rule="must be a folder of its own, because the whole folder is replaced",
            repair="choose a folder inside this one, such as --out out",
        )
    if not out.is_dir():
        return
    strangers = _strangers(out)
    if strangers:
        raise _output_error(
            out,
            found=f"{len(strangers)} file(s) that geo-poc did not write, such as {strangers[0]}",
            rule="must be empty or hold an earlier output of geo-poc, because it is replaced whole",
            repair="move them away, or choose another folder with --out",
        )


def _strangers(out: Path) -> list[str]:
    """Files in a folder that no earlier run wrote, as far as its ``run.json`` tells."""
    try:
        present = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if not p.is_dir())
    except OSError as e:
        return [f"files that cannot be listed ({e.strerror})"]
    try:
        record = json.loads((out / RUN_RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return present
    written = record.get("outputs") if isinstance(record, dict) and "geo_poc" in record else None
    if not isinstance(written, dict):
        return present
    return [name for name in present if name not in {RUN_RECORD, *written}]


def require_made_by(out: Path, command: str) -> None:
    """Refuse a folder that another command of geo-poc made, so that its results are not replaced by mistake.

    Raises
    ------
    OutputError
        If the folder's ``run.json`` names another ``command``, or none, as that of a whole run.
    """
    try:
        record = json.loads((out / RUN_RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(record, dict) and "geo_poc" in record and record.get("command") != command:
        raise _output_error(
            out,
            found=f"the results of geo-poc {record.get('command', 'run')}",
            rule=f"must be empty or hold an earlier output of geo-poc {command}, because it is replaced",
            repair="choose another folder with --out",
        )


def _output_error(out: Path, *, found: str, rule: str, repair: str) -> OutputError:
    return OutputError(Fault(where=f"output folder {out}", found=found, rule=rule, repair=repair))
