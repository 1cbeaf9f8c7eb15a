"""Remembered hashes of official files: right whatever is done to a file, and only ever a saving."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from etl.project import Project
from etl.run.hashes import KnownHashes
from etl.run.inputs import read_inputs
from tests.conftest import ROOT

BIG = b"a" * 300_000


def remembered(path: Path, cache: Path) -> str:
    known = KnownHashes(cache)
    found = known.sha256_of(path)
    known.save()
    return found


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A big file that has not changed for a while, and the cache that knows it."""
    path, cache = tmp_path / "official.csv", tmp_path / "hashes.json"
    path.write_bytes(BIG)
    now = time.time_ns
    monkeypatch.setattr("etl.run.hashes.time.time_ns", lambda: now() + 10_000_000_000)
    assert remembered(path, cache) == sha256(BIG).hexdigest()
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1
    return path, cache


def put_old_date_back(path: Path) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"b")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_one_of_the_same_size_and_date(path: Path) -> None:
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"c" + BIG[1:])
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize(
    "change",
    [
        put_old_date_back,
        replace_by_one_of_the_same_size_and_date,
        lambda path: path.write_bytes(b"d" + BIG[1:]),
        lambda path: path.write_bytes(BIG + b"e"),
        lambda path: os.truncate(path, 280_000),
    ],
    ids=["written in place, old date", "replaced, same size and date", "written anew", "longer", "shorter"],
)
def test_a_changed_file_is_read_again(settled: tuple[Path, Path], change: Callable[[Path], object]) -> None:
    path, cache = settled
    change(path)
    assert remembered(path, cache) == sha256(path.read_bytes()).hexdigest() != sha256(BIG).hexdigest()


def test_an_unchanged_file_is_not_read_again(settled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = settled

    def read(_path: Path) -> str:
        raise AssertionError

    monkeypatch.setattr("etl.run.hashes.sha256_of", read)
    assert remembered(path, cache) == sha256(BIG).hexdigest()
    moved = path.rename(path.with_name("moved.csv"))
    monkeypatch.undo()
    assert remembered(moved, cache) == sha256(BIG).hexdigest()


def test_a_file_that_has_just_changed_is_not_trusted(tmp_path: Path) -> None:
    path, cache = tmp_path / "official.csv", tmp_path / "hashes.json"
    path.write_bytes(BIG)
    remembered(path, cache)
    assert not cache.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b"null", b"[" * 200_000], ids=len)
def test_a_broken_cache_is_no_cache(settled: tuple[Path, Path], content: bytes) -> None:
    path, cache = settled
    cache.write_bytes(content)
    assert remembered(path, cache) == sha256(BIG).hexdigest()


def test_a_lying_cache_is_passed_over_by_a_full_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Project(ROOT, tmp_path / "warehouse")
    place.warehouse.mkdir()
    landing = tmp_path / "landing" / "usgs_mcs"
    landing.mkdir(parents=True)
    (landing / "big.csv").write_bytes(BIG)
    now = time.time_ns
    monkeypatch.setattr("etl.run.hashes.time.time_ns", lambda: now() + 10_000_000_000)
    right = read_inputs(place, landing.parent)
    assert right == read_inputs(place, landing.parent)
    (key,) = json.loads(place.hash_cache.read_text(encoding="utf-8"))
    place.hash_cache.write_text(json.dumps({key: "0" * 64}), encoding="utf-8")
    assert read_inputs(place, landing.parent) != right
    assert read_inputs(place, landing.parent, remember=False) == right
