"""Plain data comes back from pickles of every protocol; nothing else does anything."""

import os
import pickle
import pickletools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.datasets.formats.safe_pickle import read_plain_pickle
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


@pytest.mark.parametrize(
    "body",
    [
        b"cos\nsystem\n(S'touch /tmp/x'\ntR.",  # GLOBAL, REDUCE
        b"(S'touch /tmp/x'\nios\nsystem\n.",  # INST
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",  # STACK_GLOBAL
        b"\x80\x02\x82\x01.",  # EXT1
        b"P0\n.",  # PERSID
        b"}}b.",  # BUILD
        b"(}o.",  # OBJ
    ],
)
def test_instructions_that_name_or_call_are_refused(tmp_path, body):
    names = {code.name for code, _, _ in pickletools.genops(body)}
    path = tmp_path / "refs.p"
    path.write_bytes(body)
    with pytest.raises(DataError, match="not run") as caught:
        read_plain_pickle(path)
    assert any(name in str(caught.value) for name in names)


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
