"""Texts and paths that are none: one line and the right exit code at every entry."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rrsis_geo.errors import OptionError, as_rrsis_error
from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.protocol import Failed, decode
from rrsis_geo_cli.main import main

LATIN_1 = os.fsdecode("r\xe9servoir".encode("latin-1"))
"""What Python makes of an argument in another encoding."""


@pytest.fixture
def scene(make_scene):
    return make_scene(width=80, height=70, name="harbour.tif")


def assert_refused(answer, exit_code, *parts):
    lines = answer.stderr.splitlines()
    assert answer.exit_code == exit_code, answer.output
    assert len(lines) == 1
    assert lines[0].startswith("Error: ")
    assert "not foreseen" not in lines[0]
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ["segment", "a.tif", LATIN_1],
        ["segment", LATIN_1 + ".tif", "ship"],
        ["segment", "a.tif", "-e", LATIN_1],
        ["segment", "a.tif", "ship", "-o", LATIN_1 + ".gpkg"],
        ["segment", "a.tif", "ship", "--aoi", LATIN_1],
        ["segment", "a.tif", "ship", "--crs", LATIN_1],
        ["explain", "ship", LATIN_1],
        ["vectorize", LATIN_1, "-o", "a.gpkg"],
        ["evaluate", "polygons", "a.gpkg", "--truth", LATIN_1],
        ["dataset", "check", LATIN_1],
        ["weights", "show", LATIN_1],
    ],
    ids=lambda words: " ".join(words).encode("ascii", "replace").decode(),
)
def test_an_argument_that_is_no_utf_8_is_refused(words):
    answer = CliRunner().invoke(main, words)

    assert_refused(answer, 2, r"r\xe9servoir", "no UTF-8")


@pytest.mark.parametrize(
    "words",
    [
        ["segment", "absent.tif", "--expressions", "\0"],
        ["vectorize", "absent.tif", "-o", "\0"],
        ["dataset", "check", "--sheet", "a\0b"],
    ],
    ids=lambda words: words[0],
)
def test_the_character_0_is_refused(words):
    assert_refused(CliRunner().invoke(main, words), 2, "the character 0")


@pytest.mark.skipif(os.name == "nt", reason="arguments are text on Windows")
def test_bytes_of_another_encoding_reach_the_process(tmp_path):
    words = [sys.executable, "-m", "rrsis_geo_cli", "segment", "a.tif", b"r\xe9s"]
    answer = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)

    assert answer.returncode == 2
    assert answer.stderr.startswith(rb"Error: r\xe9s: holds bytes that are no UTF-8")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("réservoir\n".encode("latin-1"), "UTF-8"),
        ("réservoir\n".encode("utf-16"), "UTF-8"),
        ("tank\n".encode("utf-16-le"), "zero bytes"),
        (b"tank\0s\n", "zero bytes"),
        (b"tank\x07s\n", "no sign of a text"),
        (b"\n# only this\n", "no expression"),
    ],
    ids=["latin-1", "utf-16", "utf-16 without mark", "zero", "control", "none"],
)
def test_a_list_of_expressions_that_is_no_text_is_refused(content, part, segment):
    Path("list.txt").write_bytes(content)

    answer = segment("absent.tif", "--expressions", "list.txt")

    assert_refused(answer, 2, part)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_read(end, segment, scene):
    text = end.join(("ship", "# no", "", "röd båt"))
    Path("list.txt").write_bytes(text.encode("utf-8-sig"))

    answer = segment(scene, "--expressions", "list.txt", "-o", "a.gpkg")

    assert answer.exit_code == 0, answer.stderr
    found = [line.split("\t")[3] for line in answer.stdout.splitlines()[:2]]
    assert found == ["ship", "röd båt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes among files")
@pytest.mark.parametrize("kind", ["a named pipe", "a socket", "a device"])
def test_what_is_no_file_is_refused_and_not_waited_for(kind, segment, tmp_path):
    path = tmp_path / "odd"
    if kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(str(path))
    else:
        path = Path("/dev/null")
    signal.alarm(60)  # ends the tests where one waits after all
    try:
        assert_refused(segment(path, "ship"), 3, f"is {kind}")
        assert_refused(segment("a.tif", "--expressions", path), 2, f"is {kind}")
        answer = CliRunner().invoke(main, ["explain", "ship", "--scene", str(path)])
        assert_refused(answer, 3, f"is {kind}")
        answer = CliRunner().invoke(main, ["vectorize", str(path), "-o", "a.gpkg"])
        assert_refused(answer, 3, f"is {kind}")
        answer = segment("a.tif", "ship", "--weights", path)
        assert_refused(answer, 4, "no such weights")
        coco = ["dataset", "build", "--coco", str(path), "-o", "set"]
        assert_refused(CliRunner().invoke(main, coco), 7, f"it is {kind}")
        check = ["dataset", "check", str(path)]
        assert_refused(CliRunner().invoke(main, check), 7)
    finally:
        signal.alarm(0)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_the_pipe_of_a_shell_holds_expressions(segment, scene):
    read, write = os.pipe()
    os.write(write, b"ship\n")
    os.close(write)

    answer = segment(scene, "--expressions", f"/dev/fd/{read}", "-o", "a.gpkg")

    os.close(read)
    assert answer.exit_code == 0, answer.stderr


def test_a_folder_given_as_a_scene_says_so(segment, tmp_path):
    assert_refused(segment(tmp_path, "ship"), 3, "is a folder")


@pytest.mark.parametrize(
    "values",
    [
        {"scene": 5},
        {"scene": "a\0b"},
        {"expressions": 5},
        {"expressions": [5]},
        {"expressions": None},
        {"expressions": {"a": 1}},
        {"expressions": ["\ud800"]},
        {"expressions": ["a\x07b"]},
        {"expressions": ["other.tif"]},
        {"expressions": ["https://host/scene"]},
        {"output": "a\nb.gpkg"},
        {"output": "\udce9.gpkg"},
        {"output": ["a.gpkg"]},
        {"weights": None},
        {"overwrite": "false"},
        {"options": []},
        {"options": {"gsd": 10**400}},
        {"options": {"min_area": 10**400}},
        {"options": {"bbox": [0, 0, 10**400, 1]}},
        {"options": {"bands": [1.5, 2, 3]}},
        {"options": {"workers": 10**400, "engine": "serial"}},
        {"options": {"pixel_coordinates": "no"}},
        {"unknown": 1},
    ],
    ids=lambda values: ascii(values)[:50],
)
def test_a_job_of_other_values_is_refused(values):
    good = {"scene": "a.tif", "expressions": ["ship"]}
    with pytest.raises(OptionError):
        SegmentJob.from_mapping(good | values)


@pytest.mark.parametrize(
    "values", [{"probability": 5}, {"output": None}, {"expressions": 5}, {"a": 1}]
)
def test_another_threshold_for_other_values_is_refused(values):
    good = {"probability": "p.tif", "output": "a.gpkg"}
    with pytest.raises(OptionError):
        VectorizeJob.from_mapping(good | values)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "\ud800", "NaN", "5", "[]", '{"scene": ' + "9" * 5000 + "}"]
)
def test_a_job_that_is_no_json_object_is_refused(text):
    with pytest.raises(OptionError):
        SegmentJob.from_json(text)


@pytest.mark.parametrize(
    ("number", "exit_code", "part"),
    [
        (errno.ENOSPC, 8, "the disk is full"),
        (errno.EDQUOT, 8, "the disk quota is used up"),
        (errno.EFBIG, 8, "may not grow so large"),
        (errno.EROFS, 8, "read-only"),
        (errno.EMFILE, 1, "too many files are open; raise the limit"),
        (errno.ENAMETOOLONG, 2, "the name is too long"),
        (errno.EIO, 1, "drive or network share"),
        (errno.EACCES, 1, "permission denied"),
    ],
)
def test_the_operating_systems_reason_is_kept(number, exit_code, part):
    error = as_rrsis_error(OSError(number, os.strerror(number), "a.gpkg"))

    assert error is not None
    assert error.exit_code == exit_code
    assert str(error).startswith("a.gpkg: ")
    assert part in str(error)
    full = number in (errno.ENOSPC, errno.EDQUOT)
    assert ("full" in str(error) or "quota" in str(error)) == full


def test_an_error_of_a_library_without_a_number_stays_a_bug():
    assert as_rrsis_error(OSError("cannot identify image file")) is None
    assert as_rrsis_error(ValueError("x")) is None


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is of Linux")
@pytest.mark.parametrize("words", [["--help"], ["weights", "list"]])
def test_a_full_device_behind_stdout_is_said(words):
    with open("/dev/full", "w") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "rrsis_geo_cli", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert answer.returncode == 8
    assert answer.stderr.splitlines() == [
        "Error: the disk is full; make room and run the same command again"
    ]


def test_a_reader_that_has_gone_is_no_error():
    read, write = os.pipe()
    os.close(read)
    answer = subprocess.run(
        [sys.executable, "-m", "rrsis_geo_cli", "weights", "list"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert answer.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_error(closed, tmp_path):
    answer = subprocess.run(
        [
            "sh",
            "-c",
            f'exec "$0" -m rrsis_geo_cli weights list {closed}',
            sys.executable,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="limits open files as Linux does")
def test_too_many_open_files_are_named(scene, tiny_weights, tmp_path):
    program = (
        "import resource, sys\n"
        "import torch, rasterio, geopandas\n"
        "import rrsis_geo.pipeline.runner, rrsis_geo.model.predictor\n"
        "from rrsis_geo_cli.main import main\n"
        "files = [open('/dev/null') for _ in range(3)]\n"
        "number = files[-1].fileno() + 1\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))\n"
        "main(sys.argv[1:])\n"
    )
    words = ["segment", scene, "ship", "-o", str(tmp_path / "a.gpkg")]
    answer = subprocess.run(
        [sys.executable, "-c", program, *words, "--weights", tiny_weights],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode not in (0, 2), answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "not foreseen" not in answer.stderr
    assert "oo many" in answer.stderr
    assert "full" not in answer.stderr
    assert "damaged" not in answer.stderr


def test_a_json_run_ends_with_the_reason_too(segment):
    answer = segment("absent.tif", "other.tif", "--progress", "json")

    assert answer.exit_code == 2
    (line,) = answer.stdout.splitlines()
    assert isinstance(decode(line), Failed)
    assert json.loads(line)["code"] == "option"


def test_one_worker_needs_no_engine_and_several_get_one():
    assert SegmentOptions().engine == "serial"
    assert SegmentOptions(workers=2).engine == "processes"
    assert SegmentOptions(workers=2, engine="ray").engine == "ray"
    with pytest.raises(OptionError, match="--engine processes"):
        SegmentOptions(workers=2, engine="serial")
