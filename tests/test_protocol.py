import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.errors import ProtocolError
from rrsis_geo.protocol import (
    KINDS,
    Advice,
    Failed,
    Finished,
    Progress,
    Started,
    decode,
    encode,
)

COUNT = st.integers(0, 2**53)
SECONDS = st.floats(0, 1e9)
TEXT = st.text(max_size=60)

MESSAGES = st.one_of(
    st.builds(Started, windows=COUNT, skipped=COUNT, gsd=SECONDS, device=TEXT),
    st.builds(Progress, done=COUNT, total=COUNT, polygons=COUNT, seconds=SECONDS),
    st.builds(Advice, message=TEXT),
    st.builds(
        Finished,
        polygons=COUNT,
        files=st.lists(TEXT, max_size=3).map(tuple),
        seconds=SECONDS,
    ),
    st.builds(Failed, code=TEXT, message=TEXT),
)


@given(MESSAGES)
def test_every_message_is_one_ascii_line_and_comes_back(message):
    line = encode(message)
    assert line.isascii()
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert decode(line) == message


def test_the_table_holds_every_kind_of_the_strategy_above():
    assert set(KINDS.values()) == {Started, Progress, Advice, Finished, Failed}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "Downloading...",
        "[]",
        "3",
        "null",
        "{}",
        '{"kind": "unheard-of"}',
        '{"kind": "advice"}',
        '{"kind": "advice", "message": "a", "more": 1}',
        '{"kind": ["advice"], "message": "a"}',
        '{"kind": "finished", "polygons": 1, "files": 3, "seconds": 1}',
    ],
)
def test_a_stray_line_is_refused_not_guessed(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_a_long_stray_line_is_quoted_short():
    with pytest.raises(ProtocolError) as failure:
        decode("x" * 100_000)
    assert len(str(failure.value)) < 200


def test_the_protocol_loads_neither_numpy_nor_torch():
    # -S -I: not even site-packages are there to be loaded
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import rrsis_geo.protocol, rrsis_geo.job, rrsis_geo.errors;"
        "print(sorted({'numpy', 'torch', 'rasterio'} & set(sys.modules)))"
    )
    folder = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, folder],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
