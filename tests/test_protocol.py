import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from rrsis_geo import __version__
from rrsis_geo.errors import ProtocolError
from rrsis_geo.protocol import (
    MESSAGES,
    PROTOCOL_VERSION,
    REQUESTS,
    Advice,
    Cancel,
    Doctor,
    Explain,
    Failed,
    Finished,
    Hello,
    NextScene,
    Partial,
    Progress,
    Quit,
    Ready,
    Report,
    Segment,
    Started,
    Vectorize,
    Weights,
    check_versions,
    decode,
    decode_request,
    encode,
)

COUNT = st.integers(0, 2**53)
SECONDS = st.floats(0, 1e9)
TEXT = st.text(max_size=60)

VALUE = st.none() | st.booleans() | COUNT | SECONDS | TEXT
MAPPING = st.dictionaries(TEXT, VALUE | st.lists(VALUE, max_size=3), max_size=4)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)

MESSAGE = st.one_of(
    st.builds(Ready, protocol=COUNT, version=TEXT, python=TEXT, pid=COUNT),
    st.builds(NextScene, scene=TEXT, number=COUNT, total=COUNT, job=COUNT),
    st.builds(
        Started, windows=COUNT, skipped=COUNT, gsd=SECONDS, device=TEXT, job=COUNT
    ),
    st.builds(
        Progress, done=COUNT, total=COUNT, polygons=COUNT, seconds=SECONDS, job=COUNT
    ),
    st.builds(Advice, message=TEXT, job=COUNT),
    st.builds(
        Partial,
        crs=st.none() | TEXT,
        rows=st.lists(MAPPING, max_size=2).map(tuple),
        job=COUNT,
    ),
    st.builds(Finished, polygons=COUNT, files=TEXTS, seconds=SECONDS, job=COUNT),
    st.builds(Failed, code=TEXT, message=TEXT, job=COUNT),
    st.builds(Report, text=TEXT, payload=MAPPING, job=COUNT),
)

REQUEST = st.one_of(
    st.builds(Hello, protocol=COUNT, version=TEXT),
    st.builds(Segment, job=COUNT, task=MAPPING),
    st.builds(Vectorize, job=COUNT, task=MAPPING),
    st.builds(
        Explain, job=COUNT, expressions=TEXTS, scene=st.none() | TEXT, weights=TEXT
    ),
    st.builds(Weights, job=COUNT),
    st.builds(Doctor, job=COUNT),
    st.builds(Cancel, job=COUNT),
    st.builds(Quit),
)


def is_one_line(line):
    return line.isascii() and line.count("\n") == 1 and line.endswith("\n")


@given(MESSAGE)
def test_every_message_is_one_ascii_line_and_round_trips(message):
    assert is_one_line(encode(message))
    assert decode(encode(message)) == message
    with pytest.raises(ProtocolError):
        decode_request(encode(message))


@given(REQUEST)
def test_every_request_is_one_ascii_line_and_round_trips(request):
    assert is_one_line(encode(request))
    assert decode_request(encode(request)) == request
    with pytest.raises(ProtocolError):
        decode(encode(request))


@pytest.mark.parametrize(
    ("table", "strategy"), [(MESSAGES, MESSAGE), (REQUESTS, REQUEST)], ids=["out", "in"]
)
def test_the_strategies_draw_every_kind(table, strategy):
    drawn = {
        kind
        for kind in table.values()
        if isinstance(find(strategy, is_kind(kind)), kind)
    }
    assert drawn == set(table.values())


def is_kind(kind):
    return lambda drawn: isinstance(drawn, kind)


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "segment", "job": 1}',
        '{"kind": "segment", "job": "1", "task": {}}',
        '{"kind": "segment", "job": true, "task": {}}',
        '{"kind": "segment", "job": 1, "task": []}',
        '{"kind": "vectorize", "job": null, "task": {}}',
        '{"kind": "explain", "job": 1, "expressions": 3}',
        '{"kind": "quit", "now": true}',
        '{"kind": "progress", "done": 1, "total": 1, "polygons": 0, "seconds": 1}',
        "[" * 100_000,
    ],
)
def test_invalid_requests_are_refused(line):
    with pytest.raises(ProtocolError, match="not a request"):
        decode_request(line)


def test_one_expression_to_explain_is_not_taken_letter_by_letter():
    line = '{"kind": "explain", "job": 1, "expressions": "big roof"}'
    assert decode_request(line).expressions == ("big roof",)


def test_equal_versions_are_accepted():
    check_versions(PROTOCOL_VERSION, __version__)
    check_versions(PROTOCOL_VERSION, __version__, peer_is_plugin=True)


@pytest.mark.parametrize("peer_is_plugin", [False, True])
@pytest.mark.parametrize(
    ("protocol", "version"),
    [(PROTOCOL_VERSION + 1, __version__), (PROTOCOL_VERSION, "9.9.9"), (1, "0.0.1")],
)
def test_other_versions_are_refused_with_advice(protocol, version, peer_is_plugin):
    with pytest.raises(ProtocolError) as failure:
        check_versions(protocol, version, peer_is_plugin=peer_is_plugin)
    plugin, package = (
        (version, __version__) if peer_is_plugin else (__version__, version)
    )
    assert f"plugin is of version {plugin}" in str(failure.value)
    assert f"uses of version {package}" in str(failure.value)
    assert f"protocols {protocol} and {PROTOCOL_VERSION}" in str(failure.value)
    assert f"update the environment to rrsis-geo {plugin}" in str(failure.value)


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
def test_invalid_lines_are_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_a_long_invalid_line_is_truncated_in_the_error():
    with pytest.raises(ProtocolError) as failure:
        decode("x" * 100_000)
    assert len(str(failure.value)) < 200


def test_the_protocol_loads_neither_numpy_nor_torch():
    # -S -I: without site-packages
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
