"""Plain data comes back from pickles of every protocol; everything else is refused."""

import copyreg
import io
import os
import pickle
import pickletools
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.datasets.formats import safe_pickle
from rrsis_geo.datasets.formats.safe_pickle import (
    ALLOWED_OPCODES,
    PlainUnpickler,
    RefusedPickle,
    read_plain_pickle,
)
from rrsis_geo.errors import DataError

atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=9)
)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.tuples(inner)
        | st.tuples(inner, inner, inner, inner)
        | st.just(())
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(values, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_plain_data_of_every_protocol(tmp_path_factory, value, protocol):
    if protocol < 3 and ("b'" in repr(value) or 'b"' in repr(value)):
        protocol = 3  # bytes were a call of a codec before
    path = tmp_path_factory.mktemp("p") / "refs.p"
    path.write_bytes(pickle.dumps(value, protocol))
    found = read_plain_pickle(path)
    assert found == value
    assert repr(found) == repr(value)  # True is not 1


def test_shared_and_large_values(tmp_path):
    name = "the same text"
    value = [{"sent": name, "ids": [number]} for number in range(3000)]
    value += [{1, 2}, frozenset({3})]
    (tmp_path / "refs.p").write_bytes(pickle.dumps(value, 4))
    found = read_plain_pickle(tmp_path / "refs.p")
    assert found == value
    assert found[0]["sent"] is found[2999]["sent"]


def test_texts_of_python_2(tmp_path):
    """As `cPickle` of Python 2 wrote {'split': 'train', 'n': 3L}."""
    for body in (
        b"(dp1\nS'split'\np2\nS'train'\np3\nsS'n'\np4\nL3L\ns.",
        b"\x80\x02}q\x01(U\x05splitq\x02U\x05trainq\x03U\x01nq\x04\x8a\x01\x03u.",
    ):
        (tmp_path / "refs.p").write_bytes(body)
        assert read_plain_pickle(tmp_path / "refs.p") == {"split": "train", "n": 3}


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_malicious_pickle_does_nothing(tmp_path, protocol):
    victim = tmp_path / "victim"
    path = tmp_path / "refs.p"
    path.write_bytes(pickle.dumps([{"split": Evil(victim)}], protocol))
    with pytest.raises(DataError, match=r"refs\.p: holds more than plain data"):
        read_plain_pickle(path)
    assert not victim.exists()
    pickle.loads(path.read_bytes())  # noqa: S301 - would have done it
    assert victim.exists()


CALLS = {
    "GLOBAL, REDUCE": b"cos\nsystem\n(S'touch /tmp/x'\ntR.",
    "a builtin": b"cbuiltins\neval\n(S'1'\ntR.",
    "a builtin of Python 2": b"c__builtin__\neval\n(S'1'\ntR.",
    "getattr of a harmless name": b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.",
    "a codec": b"\x80\x02c_codecs\nencode\n(X\x01\0\0\0aX\x06\0\0\0latin1tR.",
    "INST": b"(S'touch /tmp/x'\nios\nsystem\n.",
    "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
    "a dotted name": b"\x80\x04\x8c\x02os\x8c\x0epath.os.system\x93.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"P0\n.",
    "BINPERSID": b"K\x00Q.",
    "BUILD": b"}}b.",
    "BUILD with a state of slots": b"}N}\x86b.",
    "OBJ": b"(}o.",
    "OBJ with arguments": b"(cos\nsystem\nS'touch /tmp/x'\no.",
    "NEWOBJ": b"\x80\x02})\x81.",
    "NEWOBJ_EX": b"\x80\x04})}\x92.",
    "REDUCE of a text": b"S'os.system'\n)R.",
    "DUP": b"]2a.",
    "BYTEARRAY8": b"\x80\x05\x96" + struct.pack("<Q", 2) + b"ab.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "READONLY_BUFFER": b"\x80\x05N\x98.",
}


@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
def test_opcodes_that_name_or_call_are_refused(tmp_path, body):
    names = {code.name for code, _, _ in pickletools.genops(body)}
    path = tmp_path / "refs.p"
    path.write_bytes(body)
    with pytest.raises(DataError, match="not run") as caught:
        read_plain_pickle(path)
    assert any(f"opcode {name}" in str(caught.value) for name in names)


def test_the_opcodes_are_known_ones_and_none_of_them_calls():
    known = {code.name for code in pickletools.opcodes}
    calls = {"GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ"}
    calls |= {"NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID"}
    assert known >= ALLOWED_OPCODES
    assert known >= calls
    assert not ALLOWED_OPCODES & calls


NAMES = [name for name in CALLS if not name.startswith(("EXT", "BUILD", "REDUCE"))]


@pytest.mark.parametrize("name", NAMES)
def test_the_unpickler_refuses_without_the_check_of_opcodes(name):
    """The second barrier alone: nothing is looked up, so nothing can be called."""
    unpickler = PlainUnpickler(io.BytesIO(CALLS[name]))
    if any(part in name for part in ("NEWOBJ", "OBJ", "DUP", "BUFFER", "BYTEARRAY")):
        try:
            value = unpickler.load()
        except (pickle.UnpicklingError, TypeError, AttributeError):
            return
        assert type(value) in (list, bytearray, type(None))
    else:
        with pytest.raises(RefusedPickle):
            unpickler.load()


def test_a_registered_extension_is_refused(tmp_path):
    """An extension that was loaded before is cached, and no `find_class` is asked."""
    copyreg.add_extension("os", "getcwd", 1)
    try:
        assert pickle.loads(b"\x80\x02\x82\x01)R.") == os.getcwd()  # noqa: S301
        assert PlainUnpickler(io.BytesIO(b"\x80\x02\x82\x01.")).load() is os.getcwd
        (tmp_path / "refs.p").write_bytes(b"\x80\x02\x82\x01)R.")
        with pytest.raises(DataError, match="opcode EXT1"):
            read_plain_pickle(tmp_path / "refs.p")
    finally:
        copyreg.remove_extension("os", "getcwd", 1)


def tower(height):
    """A tuple of two that are one, and so on: few bytes, 2 to the power of `height`."""
    levels = b"".join(b"h%ch%c\x86q%c" % (k, k, k + 1) for k in range(height))
    return b"\x80\x02)q\x00" + levels


BOMBS = {
    "an index far beyond the memo": b"]r\xff\xff\xff\x7f.",
    "a text index far beyond the memo": b"]p99999999999\n.",
    "a negative index": b"]p-99999999999\n.",
    "a key of shared tuples": b"}" + tower(60) + b"Ns.",
    "an element of shared tuples": b"\x80\x04\x8f(" + tower(60)[2:] + b"\x90.",
    "a key nested too deep for the stack of C": b"})" + b"\x85" * 10**6 + b"Ns.",
    "frozensets of frozensets": b"\x80\x04(" * 5000 + b"\x91" * 5000 + b".",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_at_once(tmp_path, body):
    path = tmp_path / "refs.p"
    path.write_bytes(body)
    began = time.perf_counter()
    with pytest.raises(
        DataError, match=r"refs\.p: holds more than plain data \(opcode"
    ):
        read_plain_pickle(path)
    assert time.perf_counter() - began < 20


def test_deep_lists_and_large_numbers_load(tmp_path):
    path = tmp_path / "refs.p"
    depth = 100_000
    path.write_bytes(b"]" * depth + b"a" * (depth - 1) + b".")
    value, levels = read_plain_pickle(path), 1
    while value:
        (value,), levels = value, levels + 1
    assert levels == depth
    path.write_bytes(b"\x8b" + struct.pack("<i", 10**6) + b"\x7f" * 10**6 + b".")
    assert read_plain_pickle(path).bit_length() == 8 * 10**6 - 1


@pytest.mark.parametrize(
    "body",
    [
        b"\x8b\xff\xff\xff\x7f\x01.",  # LONG4 of two gigabytes
        b"\x8b\xff\xff\xff\xff.",  # LONG4 of less than nothing
        b"T\xff\xff\xff\x7fabc.",  # BINSTRING
        b"X\xff\xff\xff\xffabc.",  # BINUNICODE
        b"\x8e" + b"\xff" * 8 + b"abc.",  # BINBYTES8
        b"\x8d" + struct.pack("<Q", 2**62) + b"abc.",  # BINUNICODE8
        b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.",  # FRAME
        b"L" + b"9" * 10**5 + b"L\n.",  # LONG
        b"\x80\x04\x95\x04\0\0\0\0\0\0\0]p00\n.",  # a line over the end of a frame
        b"\x80\xffN.",  # a protocol of the future
    ],
)
def test_lengths_beyond_the_file_are_broken(tmp_path, body):
    path = tmp_path / "refs.p"
    path.write_bytes(body)
    with pytest.raises(DataError, match=r"refs\.p: not a pickle of plain data"):
        read_plain_pickle(path)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_truncated_files_are_broken(tmp_path, protocol):
    value = [{"sent": "the roof", "ids": (1, 2.5, 2**70), "none": None}] * 2
    body = pickle.dumps(value, protocol)
    path = tmp_path / "refs.p"
    for length in range(len(body)):
        path.write_bytes(body[:length])
        with pytest.raises(DataError, match="not a pickle of plain data"):
            read_plain_pickle(path)


def test_a_file_larger_than_any_list_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_pickle, "MAX_BYTES", 2**20)
    path = tmp_path / "refs.p"
    path.write_bytes(pickle.dumps("a" * 2**20))
    with pytest.raises(DataError, match=r"refs\.p: larger than 1 MiB"):
        read_plain_pickle(path)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40))
def test_random_bytes_are_data_or_an_error_of_ours(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("p") / "refs.p"
    for end in (b".", b"a.", b"s.", b"\x85."):
        path.write_bytes(b"](}" + body + end)
        try:
            read_plain_pickle(path)
        except DataError:
            continue


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"\x80\x04]", b"a.", b"Na.", b"u.", b"]]]K\x01s.", b"h\x07.", b"..",
     b"]K\x01K\x02.", b"\x86.", b"(K\x01d."],
)  # fmt: skip
def test_what_is_no_pickle_is_named(tmp_path, body):
    path = tmp_path / "refs.p"
    path.write_bytes(body)
    with pytest.raises(DataError, match=r"refs\.p: not a pickle of plain data"):
        read_plain_pickle(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"refs\.p: cannot be read"):
        read_plain_pickle(tmp_path / "refs.p")
