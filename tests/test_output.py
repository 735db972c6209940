"""The output folder is replaced whole or left as it was."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_poc.errors import OutputError
from geo_poc.output import files_written_whole, written_whole

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def earlier_output(out: Path, **record: object) -> Path:
    out.mkdir()
    known = {"geo_poc": "0.1.0", "outputs": {"map.html": "hash"}}
    (out / "run.json").write_text(json.dumps(known | record))
    (out / "map.html").write_text("previous")
    return out


def tree(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()
    }


def names(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir()]


@contextmanager
def without_root() -> Iterator[None]:
    if AS_ROOT:
        os.seteuid(65534)
    try:
        yield
    finally:
        if AS_ROOT:
            os.seteuid(0)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB that is really full after 64 kB."""
    disk = tmp_path / "tiny"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not AS_ROOT or shutil.which("mount") is None:
        pytest.skip("mounting a tiny disk needs root")
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let root mount a tiny disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_new_output_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with written_whole(out) as folder:
        (folder / "run.json").write_text("{}")
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("a")
        assert not out.exists()
    assert tree(tmp_path) == {"deep/out/run.json": "{}", "deep/out/sub/a.txt": "a"}


def test_previous_output_is_replaced_and_none_of_it_stays(tmp_path: Path) -> None:
    out = earlier_output(tmp_path / "out")
    with written_whole(out) as folder:
        (folder / "run.json").write_text("{}")
        assert tree(out)["map.html"] == "previous"
    assert tree(tmp_path) == {"out/run.json": "{}"}
    assert names(tmp_path) == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with written_whole(tmp_path / "out") as folder:
        (folder / "a").write_text("a")
    assert tree(tmp_path) == {"out/a": "a"}


def test_output_folder_has_the_rights_of_an_ordinary_new_folder(tmp_path: Path) -> None:
    (tmp_path / "ordinary").mkdir()
    with written_whole(tmp_path / "out"):
        pass
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@pytest.mark.parametrize("failure", [ValueError("wrong"), KeyboardInterrupt()])
def test_any_failure_leaves_the_previous_output_and_nothing_else(
    tmp_path: Path, failure: BaseException
) -> None:
    out = earlier_output(tmp_path / "out")
    before = tree(tmp_path)
    with pytest.raises(type(failure)) as raised, written_whole(out) as folder:
        (folder / "map.html").write_text("half")
        raise failure
    assert raised.value is failure
    assert tree(tmp_path) == before
    assert names(tmp_path) == ["out"]


def test_a_missing_input_is_not_called_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), written_whole(tmp_path / "out"):
        (tmp_path / "no_such_input.csv").read_text()
    assert names(tmp_path) == []


def test_an_input_that_may_not_be_read_is_not_called_an_output_error(tmp_path: Path) -> None:
    elsewhere = tmp_path / "inputs" / "roads.csv"
    (tmp_path / "outputs").mkdir()
    with pytest.raises(PermissionError), written_whole(tmp_path / "outputs" / "out"):
        raise PermissionError(errno.EACCES, "Permission denied", str(elsewhere))
    assert names(tmp_path / "outputs") == []


def test_a_file_in_the_way_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with (
        pytest.raises(OutputError, match=r"out: must be a folder\. Found: a file\. Repair: choose"),
        written_whole(tmp_path / "out"),
    ):
        pytest.fail("the block must not run")
    assert tree(tmp_path) == {"out": "mine"}


def test_a_file_above_the_output_is_named(tmp_path: Path) -> None:
    (tmp_path / "parent").write_text("mine")
    with (
        pytest.raises(OutputError, match=r"parent/out: must be a folder that can be written"),
        written_whole(tmp_path / "parent" / "out"),
    ):
        pytest.fail("the block must not run")
    assert tree(tmp_path) == {"parent": "mine"}


def test_a_folder_that_geo_poc_did_not_make_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with (
        pytest.raises(OutputError, match=r"did not write, such as chapter\.txt\. Repair: move"),
        written_whole(tmp_path / "thesis"),
    ):
        pytest.fail("the block must not run")
    assert tree(tmp_path) == {"thesis/chapter.txt": "years of work"}


def test_a_stranger_among_the_recorded_files_of_an_earlier_run_is_refused(tmp_path: Path) -> None:
    out = earlier_output(tmp_path / "out", outputs={"map.html": "hash"})
    (out / "notes.txt").write_text("mine")
    with (
        pytest.raises(OutputError, match=r"1 file\(s\) .* such as notes\.txt"),
        written_whole(out),
    ):
        pytest.fail("the block must not run")
    (out / "notes.txt").unlink()
    with written_whole(out):
        pass
    assert tree(out) == {}


def test_a_damaged_record_does_not_show_that_geo_poc_made_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text("{")
    with pytest.raises(OutputError, match="must be empty or hold"), written_whole(tmp_path / "out"):
        pytest.fail("the block must not run")


def test_the_working_folder_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = earlier_output(tmp_path / "out")
    (out / "inner").mkdir()
    for place in (out, out / "inner"):
        monkeypatch.chdir(place)
        with pytest.raises(OutputError, match="working folder"), written_whole(out):
            pytest.fail("the block must not run")


def test_a_read_only_folder_is_named_with_cause_and_repair(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    out = earlier_output(shared / "out")
    for folder in (tmp_path.parent.parent, tmp_path.parent, tmp_path, out):
        folder.chmod(folder.stat().st_mode | 0o055)
    shared.chmod(0o555)
    before = tree(out)
    with (
        without_root(),
        pytest.raises(
            OutputError,
            match=r"shared/out: must be a folder that can be written\. "
            r"Found: Permission denied .*Repair: get the right to write",
        ),
        written_whole(out),
    ):
        pytest.fail("the block must not run")
    assert tree(out) == before
    assert names(shared) == ["out"]


def test_a_really_full_disk_is_named_and_the_previous_output_stays(tiny_disk: Path) -> None:
    out = earlier_output(tiny_disk / "out")
    before = tree(tiny_disk)
    with (
        pytest.raises(
            OutputError, match=r"tiny/out: needs space .* no space left .*Repair: free space"
        ),
        written_whole(out) as folder,
    ):
        (folder / "map.html").write_bytes(b"x" * 1_000_000)
    assert tree(tiny_disk) == before
    assert names(tiny_disk) == ["out"]


def test_a_full_disk_that_a_library_reports_under_its_own_name_is_recognised(
    tiny_disk: Path,
) -> None:
    with pytest.raises(OutputError, match="no space left"), written_whole(tiny_disk / "out") as f:
        try:
            (f / "layers.gpkg").write_bytes(b"x" * 1_000_000)
        except OSError:
            message = "sqlite3_exec(COMMIT) failed"
            raise RuntimeError(message) from None
    assert names(tiny_disk) == []


def test_a_disk_over_quota_is_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no space left"), written_whole(tmp_path / "out"):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")
    assert names(tmp_path) == []


def test_a_swap_that_fails_puts_the_previous_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = earlier_output(tmp_path / "out")
    before = tree(tmp_path)
    rename = Path.rename

    def refuses_the_new(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuses_the_new)
    with pytest.raises(OutputError, match="Permission denied"), written_whole(out):
        pass
    assert tree(tmp_path) == before
    assert names(tmp_path) == ["out"]


def test_a_previous_output_that_cannot_be_put_back_is_kept_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = earlier_output(tmp_path / "out")
    rename = Path.rename

    def works_once(self: Path, target: Path) -> Path:
        if self != out:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", works_once)
    with pytest.raises(OutputError, match=r"previous output now lies in .*old"), written_whole(out):
        pass
    (kept,) = tmp_path.glob(".out.*.partial/old")
    assert tree(kept)["map.html"] == "previous"


def test_a_new_output_that_cannot_be_renamed_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "rename", refuses)
    with (
        pytest.raises(OutputError, match="Permission denied"),
        written_whole(tmp_path / "out"),
    ):
        pass
    assert names(tmp_path) == []


# --- files ----------------------------------------------------------------------------------------


def test_files_appear_whole_when_the_block_ends(tmp_path: Path) -> None:
    csv, svg = tmp_path / "deep" / "a.csv", tmp_path / "b.svg"
    svg.write_text("previous")
    with files_written_whole(csv, svg) as parts:
        for part in parts:
            part.write_text("new")
        assert not csv.exists()
        assert svg.read_text() == "previous"
    assert tree(tmp_path) == {"deep/a.csv": "new", "b.svg": "new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_failure_leaves_the_previous_files_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    csv, svg = tmp_path / "a.csv", tmp_path / "b.svg"
    csv.write_text("previous")
    with pytest.raises(error), files_written_whole(csv, svg) as parts:
        parts[0].write_text("half")
        raise error
    assert tree(tmp_path) == {"a.csv": "previous"}


def test_a_folder_or_a_device_in_the_way_of_a_file_is_named_and_kept(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="ordinary file") as caught,
        files_written_whole(tmp_path, Path(os.devnull)),
    ):
        pass
    assert [fault.found for fault in caught.value.faults] == ["a folder", "a device or pipe"]
    assert not Path(os.devnull).is_file()


def test_one_name_for_two_files_is_refused(tmp_path: Path) -> None:
    twice = tmp_path / "a.csv"
    with pytest.raises(OutputError, match="same name twice"), files_written_whole(twice, twice):
        pass


def test_a_file_above_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "above").write_text("kept")
    with (
        pytest.raises(OutputError, match="must be a file that can be written"),
        files_written_whole(tmp_path / "above" / "a.csv"),
    ):
        pass
    assert tree(tmp_path) == {"above": "kept"}


def test_a_really_full_disk_leaves_the_previous_file(tiny_disk: Path) -> None:
    csv = tiny_disk / "a.csv"
    csv.write_text("previous")
    with (
        pytest.raises(OutputError, match=r"a\.csv: .* no space left"),
        files_written_whole(csv) as (part,),
    ):
        part.write_text("x" * 1_000_000)
    assert tree(tiny_disk) == {"a.csv": "previous"}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs the rights of Unix")
def test_a_file_in_a_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    for above in (tmp_path, *tmp_path.parents[:2]):
        above.chmod(0o755)
    folder.chmod(0o555)
    with (
        without_root(),
        pytest.raises(OutputError, match="Permission denied"),
        files_written_whole(folder / "a.csv") as (part,),
    ):
        part.write_text("new")
    assert names(folder) == []
