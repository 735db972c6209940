"""The log of decisions: it only grows, and whatever else happens to it is found."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import hashlib
import json
import os
import resource
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_poc.decisions import FIRST, Entry, Log, append, moment, read_log, require_continues
from geo_poc.errors import ConfigError, OutputError, SourceError

NOTE = Entry(kind="note", at="2026-01-02T03:04Z", who="A. Analyst", reason="first")


def note(reason: str) -> Entry:
    return dataclasses.replace(NOTE, reason=reason)


@pytest.fixture
def path(tmp_path):
    """A log of four notes."""
    for number in range(1, 5):
        append(tmp_path / "log.jsonl", note(f"note {number}"))
    return tmp_path / "log.jsonl"


def lines(path) -> list[bytes]:
    return path.read_bytes().splitlines()


def fault(path) -> str:
    with pytest.raises(SourceError) as caught:
        read_log(path)
    (one,) = caught.value.faults
    return str(one)


def test_entries_are_read_as_they_were_added(path):
    log = read_log(path)
    assert [entry.reason for entry in log.entries] == [f"note {n}" for n in range(1, 5)]
    assert log.entries[0] == note("note 1")


def test_each_line_carries_its_number_the_hash_of_the_line_before_and_its_own(path):
    previous = FIRST
    for number, line in enumerate(lines(path), 1):
        content = json.loads(line)
        own = content.pop("hash")
        assert (content["line"], content["previous"]) == (number, previous)
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        assert own == hashlib.sha256(plain.encode()).hexdigest()
        previous = hashlib.sha256(line).hexdigest()
    assert read_log(path).head == previous


def test_adding_leaves_every_earlier_byte_as_it_was(path):
    before = path.read_bytes()
    log = append(path, note("fifth"))
    assert path.read_bytes()[: len(before)] == before
    assert log == read_log(path)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_changed_line_is_found(path, number):
    content = lines(path)
    content[number - 1] = content[number - 1].replace(b"note ", b"Note ")
    path.write_bytes(b"\n".join(content) + b"\n")
    assert f"line {number}: must be as it was written" in fault(path)
    assert "a line that was changed" in fault(path)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_line_is_found(path, number):
    content = lines(path)
    del content[number - 1]
    path.write_bytes(b"\n".join(content) + b"\n")
    assert f"line {number}: " in fault(path)
    assert f"the line that was number {number + 1}: lines were removed or moved" in fault(path)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_lines_in_another_order_are_found(path, number):
    content = lines(path)
    content[number - 1 : number + 1] = reversed(content[number - 1 : number + 1])
    path.write_bytes(b"\n".join(content) + b"\n")
    assert f"line {number}: " in fault(path)


def test_a_line_that_was_changed_with_its_own_hash_is_found_by_the_next(path):
    content = lines(path)
    own = json.loads(content[1])
    del own["hash"]
    own["reason"] = "another"
    plain = json.dumps(own, ensure_ascii=False, separators=(",", ":"))
    own["hash"] = hashlib.sha256(plain.encode()).hexdigest()
    content[1] = json.dumps(own, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(b"\n".join(content) + b"\n")
    assert "line 3: " in fault(path)
    assert "does not follow on the one before" in fault(path)


@pytest.mark.parametrize(
    "more",
    [
        b"\n",
        b"{}\n",
        b"[1]\n",
        b"7\n",
        b'[["kind","note"]]\n',
        b"not json\n",
        b'{"line":5',
        b"\xff\n",
        b"[" * 9000 + b"\n",
    ],
)
def test_a_line_added_by_hand_is_found(path, more):
    path.write_bytes(path.read_bytes() + more)
    assert "line 5: " in fault(path)
    assert "an unfinished line or one that is no entry" in fault(path)


def test_a_line_without_its_end_is_found(path):
    path.write_bytes(path.read_bytes()[:-1])
    assert "line 4: " in fault(path)


def test_spaces_put_into_a_line_are_found(path):
    path.write_bytes(path.read_bytes().replace(b'"line":2,', b'"line": 2,'))
    assert "line 2: " in fault(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_one_byte_changed_is_found(path, data):
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    try:
        path.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
        assert "must be as it was written" in fault(path)
    finally:
        path.write_bytes(whole)


def test_nothing_is_added_to_a_log_that_is_not_whole(path):
    path.write_bytes(path.read_bytes()[:-9])
    before = path.read_bytes()
    with pytest.raises(SourceError, match="line 4"):
        append(path, note("fifth"))
    assert path.read_bytes() == before


def test_lines_lost_at_the_end_are_found_by_who_knows_the_last_hash(path):
    log = read_log(path)
    path.write_bytes(b"\n".join(lines(path)[:3]) + b"\n")
    shorter = read_log(path)
    with pytest.raises(
        SourceError, match=r"line 4: must go on .*Found: 3 line\(s\), and not the 4"
    ):
        require_continues(shorter, entries=4, head=log.head, where="log")
    with pytest.raises(SourceError, match="line 4"):
        append(path, note("fifth"), lines=4, head=log.head)
    append(path, note("another fourth"))
    with pytest.raises(SourceError, match="line 4"):
        require_continues(read_log(path), entries=4, head=log.head, where="log")


def test_a_log_that_goes_on_is_accepted(path):
    log = read_log(path)
    append(path, note("fifth"), lines=4, head=log.head)
    require_continues(read_log(path), entries=4, head=log.head, where="log")
    require_continues(Log(), entries=0, head=FIRST, where="log")
    assert Log().head == FIRST


ADD_MANY = """
import sys
from pathlib import Path
from geo_poc.decisions import Entry, append
for number in range(15):
    reason = f"{sys.argv[2]} {number}"
    append(Path(sys.argv[1]), Entry(kind="note", at="2026-01-02T03:04Z", who="A", reason=reason))
"""


def test_processes_that_add_at_the_same_time_lose_nothing(tmp_path):
    path = tmp_path / "log.jsonl"
    workers = [
        subprocess.Popen([sys.executable, "-c", ADD_MANY, str(path), name]) for name in "abc"
    ]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    reasons = [entry.reason for entry in read_log(path).entries]
    assert sorted(reasons) == sorted(f"{name} {n}" for name in "abc" for n in range(15))
    for name in "abc":
        own = [reason for reason in reasons if reason.startswith(name)]
        assert own == [f"{name} {n}" for n in range(15)]


def test_a_line_that_did_not_reach_the_disk_is_taken_back(path, monkeypatch):
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        append(path, note("fifth"))
    assert path.read_bytes() == before


def test_a_line_written_in_part_is_taken_back(path):
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
    try:
        with pytest.raises(OutputError, match="No space left"):
            append(path, note("fifth"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before


def test_a_log_that_cannot_be_written_or_read_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="must be a file that can be written"):
        append(tmp_path, NOTE)
    with pytest.raises(SourceError, match="No such file"):
        read_log(tmp_path / "log.jsonl")


def test_text_of_any_kind_comes_back_as_it_was(tmp_path):
    hostile = "\"'><svg onload=alert(2)>{{7*7}}\n\r\u2028\x00=cmd|' /C calc'!A0 \U0001f4a5"
    append(tmp_path / "log.jsonl", note(hostile))
    append(tmp_path / "log.jsonl", note("next"))
    assert [e.reason for e in read_log(tmp_path / "log.jsonl").entries] == [hostile, "next"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "note", "who": " ", "reason": "\t"}, ["note: who", "note: reason"]),
        ({"kind": "decision"}, ["what", "trigger", "code", "fired", "area"]),
        ({"kind": "override", "level": "W1"}, ["area", "until"]),
        ({"kind": "note", "reason": "x" * 2001}, ["reason: must be text of at most 2000"]),
        ({"kind": "note", "who": "\ud800"}, ["who: must be text"]),
        ({"kind": "override", "area": "a", "until": "2026-02-30"}, ["until: must be a day"]),
        ({"kind": "override", "area": "a", "until": "20260228"}, ["until: must be a day"]),
        ({"kind": "note", "at": "2026-13-01T00:00Z"}, ["at: must be a day"]),
    ],
)
def test_an_entry_that_says_too_little_is_refused_with_every_fault(fields, named):
    own = {"at": "2026-01-01T00:00Z", "who": "A", "reason": "b"} | fields
    with pytest.raises(ConfigError) as caught:
        Entry(**own)
    faults = [str(fault) for fault in caught.value.faults]
    assert len(faults) == len(named)
    assert all(name in fault for name, fault in zip(named, faults, strict=True))


def test_times_are_written_in_utc():
    zone = dt.timezone(dt.timedelta(hours=3))
    assert moment(dt.datetime(2026, 1, 1, 1, 30, tzinfo=zone)) == "2025-12-31T22:30Z"
    assert NOTE.day == dt.date(2026, 1, 2)
