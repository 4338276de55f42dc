"""Kept answers that are damaged, removed, limited or not wanted change no result."""

import errno
import os

import pytest
from text_network import Network

from rrsis_geo.answer_cache import store as store_module
from rrsis_geo.answer_cache.store import AnswerStore
from rrsis_geo.protocol import Advice


def entries(folder):
    return sorted(path for path in folder.rglob("*.answer"))


def damage(path, kind):
    data = bytearray(path.read_bytes())
    if kind == "cut":
        data = data[: len(data) // 2]
    elif kind == "empty":
        data = bytearray()
    elif kind == "flipped":
        data[-3] ^= 4
    elif kind == "head":
        data[3] ^= 1
    elif kind == "longer":
        data += b"\0"
    path.unlink()  # a link to it in a working folder would change too
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["cut", "empty", "flipped", "head", "longer"])
def test_damaged_entries_are_not_believed(ask, answer_cache, kind):
    fresh, _, _ = ask("tank", "road", cache=False)
    ask("tank", "road")
    for path in entries(answer_cache):
        damage(path, kind)
    again, network, _ = ask("tank", "road")
    assert network.bound == [("tank", "road")]
    assert fresh == again
    _, repaired, _ = ask("tank", "road")
    assert repaired.bound == []


def test_one_damaged_block_is_looked_at_alone(ask, answer_cache):
    fresh, whole, _ = ask("tank", cache=False, probability=True)
    ask("tank", probability=True)
    blocks = [path for path in entries(answer_cache) if path.stem[0].isdecimal()]
    damage(blocks[2], "flipped")
    again, network, _ = ask("tank", probability=True)
    assert fresh == again
    assert 0 < network.windows < whole.windows


def test_entries_of_something_else_are_not_believed(ask, answer_cache):
    fresh, _, _ = ask("road", cache=False, probability=True)
    ask("tank", probability=True)
    ask("road", probability=True)
    tank, road = (
        path
        for path in (answer_cache / store_module.ANSWERS).glob("*/*")
        if path.name != "scene"
    )
    tank.rename(tank.with_name("aside"))
    road.rename(tank)
    tank.with_name("aside").rename(road)
    again, network, _ = ask("road", probability=True)
    assert network.bound == [("road",)]
    assert fresh == again


def test_without_the_cache_nothing_is_read_or_written(ask, answer_cache):
    ask("tank", cache=False)
    assert list(answer_cache.iterdir()) == []
    ask("tank")
    before = [(path, path.stat().st_mtime_ns) for path in entries(answer_cache)]
    _, network, _ = ask("tank", cache=False)
    assert network.bound == [("tank",)]
    assert before == [(path, path.stat().st_mtime_ns) for path in entries(answer_cache)]


def test_a_full_disk_fails_no_run(ask, answer_cache, monkeypatch):
    fresh, _, _ = ask("tank", cache=False)

    def refuse(source, target):
        if str(target).endswith(".answer"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(source, target)

    replace = os.replace
    monkeypatch.setattr(store_module.os, "replace", refuse)
    said = []
    first, _, _ = ask("tank", report=said.append)
    assert fresh == first
    (line,) = [message.message for message in said if isinstance(message, Advice)][-1:]
    assert "answers are not kept" in line
    assert "disk is full" in line
    assert [path for path in answer_cache.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_fails_no_run(ask, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RRSIS_GEO_CACHE", str(tmp_path / "file"))
    fresh, _, _ = ask("tank", cache=False)
    first, _, _ = ask("tank")
    assert fresh == first


def test_a_limit_removes_what_was_not_used_for_longest(ask, answer_cache, monkeypatch):
    ask("tank")
    ask("road")
    store = AnswerStore.of_user()
    for number, kept in enumerate(reversed(store.list())):
        assert kept.size > 0, number
    for path in entries(answer_cache):  # as if all of it was used long ago
        os.utime(path, (1000, 1000))
    ask("tank")
    monkeypatch.setenv("RRSIS_GEO_CACHE_LIMIT", str(store.size() - 1))
    AnswerStore.of_user().evict()
    assert AnswerStore.of_user().size() < store.limit
    _, network, _ = ask("tank")
    assert network.bound == []
    _, network, _ = ask("road")
    assert network.bound == [("road",)]


def test_a_limit_of_nothing_keeps_nothing(ask, answer_cache, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_CACHE_LIMIT", "0")
    ask("tank")
    assert entries(answer_cache) == []


def test_what_is_cleared_during_a_run_is_not_missed(ask):
    ask("tank", "road", probability=True)
    fresh, _, _ = ask("tank", "road", "pier", cache=False, probability=True)

    class Clearing(Network):
        def __call__(self, job, texts):
            AnswerStore.of_user().clear()
            return super().__call__(job, texts)

    network = Clearing()
    again, _, _ = ask("tank", "road", "pier", network=network, probability=True)
    assert network.bound == [("pier",)]
    assert fresh == again
