"""Where kept answers lie, how large they get, and the form of an entry."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.answer_cache.entry_file import (
    UnusableEntryError,
    decode_entry,
    describe_entry,
    encode_entry,
    entry_names,
)
from rrsis_geo.answer_cache.location import DEFAULT_LIMIT, cache_folder, cache_limit
from rrsis_geo.errors import OptionError

ARRAYS = {
    "levels": np.arange(12, dtype=np.uint8).reshape(3, 4),
    "score": np.array([0.25, 1.0], np.float32),
    "none": np.zeros((0, 2), np.int64),
}


def test_an_entry_is_read_as_it_was_written():
    data = encode_entry("key", {"phrase": "tank"}, ARRAYS)
    found = decode_entry(data, "key")
    assert describe_entry(data) == {"phrase": "tank"}
    assert entry_names(data, "key") == set(ARRAYS) == set(found)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data):
    whole = encode_entry("key", {}, ARRAYS)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    for wrong in (bytes(flipped), whole[:place], whole + whole[: place + 1]):
        with pytest.raises(UnusableEntryError):
            decode_entry(wrong, "key")


def test_an_entry_of_another_key_is_refused():
    with pytest.raises(UnusableEntryError, match="something else"):
        decode_entry(encode_entry("key", {}, ARRAYS), "other")


def test_objects_are_never_read():
    data = encode_entry("key", {}, {"bad": np.zeros(1, np.int64)})
    # an honest checksum over a header that asks for Python objects
    import hashlib

    from rrsis_geo.answer_cache.entry_file import MAGIC, START

    body = data[START:].replace(b'"<i8"', b'"|O8"')
    forged = MAGIC + hashlib.sha256(body).digest() + body
    with pytest.raises(UnusableEntryError, match="never written"):
        decode_entry(forged, "key")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("", DEFAULT_LIMIT),
        ("0", 0),
        ("1000", 1000),
        ("500MB", 500_000_000),
        ("1.5 gb", 1_500_000_000),
        ("2G", 2_000_000_000),
        ("10b", 10),
    ],
)
def test_limits(text, limit):
    assert cache_limit({"RRSIS_GEO_CACHE_LIMIT": text}) == limit


@pytest.mark.parametrize("text", ["many", "-1", "5 XB", "GB"])
def test_a_limit_that_is_no_size_is_refused(text):
    with pytest.raises(OptionError, match="RRSIS_GEO_CACHE_LIMIT must be a size"):
        cache_limit({"RRSIS_GEO_CACHE_LIMIT": text})


def test_the_folder_follows_the_platform(tmp_path, monkeypatch):
    assert cache_folder({"RRSIS_GEO_CACHE": str(tmp_path)}) == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder({}) == tmp_path / ".cache" / "rrsis-geo"
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == cache_folder({})
    xdg = {"XDG_CACHE_HOME": str(tmp_path / "x")}
    assert cache_folder(xdg) == tmp_path / "x" / "rrsis-geo"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder({}) == tmp_path / "Library" / "Caches" / "rrsis-geo"
    monkeypatch.setattr(sys, "platform", "win32")
    local = {"LOCALAPPDATA": str(tmp_path / "Local")}
    assert cache_folder(local) == tmp_path / "Local" / "rrsis-geo"
