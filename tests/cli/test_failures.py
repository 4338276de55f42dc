"""Every failure is one line on stderr and an exit code."""

import errno
import os
import subprocess
import sys
import warnings

import click
import pytest
from click.testing import CliRunner

from rrsis_geo import errors
from rrsis_geo_cli.main import DEBUG, Commands, explain, main


class Broken(Commands):
    """The command group with one command that raises a given error."""

    def __init__(self, failure: BaseException) -> None:
        super().__init__("broken")
        self.failure = failure

    def get_command(self, ctx, cmd_name):
        def fail() -> None:
            warnings.warn("a library is unhappy", UserWarning, stacklevel=1)
            raise self.failure

        return click.Command(cmd_name, callback=fail)


def kinds() -> list[type[errors.RRSISError]]:
    return [errors.RRSISError, *errors.RRSISError.__subclasses__()]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_a_known_error_is_one_line_with_its_exit_code(kind):
    answer = CliRunner().invoke(Broken(kind("scene.tif: too\n  odd")), ["run"])

    assert answer.exit_code == kind.exit_code
    assert answer.stderr == "Error: scene.tif: too odd\n"
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("failure", "exit_code", "part"),
    [
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division"),
        (MemoryError(), 1, "out of memory"),
        (OSError(errno.ENOSPC, "No space left on device"), 8, "disk is full"),
        (KeyboardInterrupt(), 130, "cancelled"),
        (click.Abort(), 130, "cancelled"),
        (click.UsageError("no such thing."), 2, "no such thing"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_other_failure_is_one_line_too(failure, exit_code, part):
    answer = CliRunner().invoke(Broken(failure), ["run"])

    assert answer.exit_code == exit_code
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stderr.startswith("Error: ")
    assert part in answer.stderr


def test_the_traceback_is_shown_in_debug_mode(monkeypatch):
    monkeypatch.setenv(DEBUG, "1")

    with pytest.warns(UserWarning, match="unhappy"):
        answer = CliRunner().invoke(Broken(ZeroDivisionError("by zero")), ["run"])

    assert answer.exit_code == 1
    assert "Traceback (most recent call last)" in answer.stderr
    assert answer.stderr.splitlines()[-1].startswith("Error: ZeroDivisionError")


def test_exit_codes_are_unique():
    codes = [kind.exit_code for kind in kinds()]

    assert len(set(codes)) == len(codes)
    assert 0 not in codes


def test_an_unexpected_error_names_the_debug_variable():
    message, _ = explain(ValueError("what"))

    assert f"{DEBUG}=1" in message


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["segment"],
        ["segment", "a.tif", "ship", "surplus"],
        ["segment", "a.tif", "ship", "--unknown"],
        ["segment", "a.tif", "ship", "--precision", "f16"],
        ["segment", "a.tif", "ship", "--engine", "steam"],
        ["segment", "a.tif", "ship", "--device", "abacus"],
        ["segment", "a.tif", "ship", "--bands", "4,x,2"],
        ["segment", "a.tif", "ship", "--bands", "1,2"],
        ["segment", "a.tif", "ship", "--bbox", "1,2,3"],
        ["segment", "a.tif", "ship", "--bbox", "5,5,5,5"],
        ["segment", "a.tif", "ship", "--gsd", "fine"],
        ["segment", "a.tif", "ship", "--gsd", "0"],
        ["segment", "a.tif", "ship", "--gsd", "nan"],
        ["segment", "a.tif", "ship", "--threshold", "nan"],
        ["segment", "a.tif", "ship", "--overlap", "480"],
        ["segment", "a.tif", "ship", "--min-area", "-1"],
        ["segment", "a.tif", "ship", "--workers", "0"],
        ["segment", "a.tif", "ship", "--crs", "EPSG:4326", "--pixel-coordinates"],
        ["segment", "a.tif", "ship", "-e", "ship"],
        ["segment", "a.tif", ""],
        ["segment", "a.tif", " \t "],
        ["segment", "a.tif", "ship " * 2000],
        ["segment", "a.tif"],
        ["segment", "a.tif", "--expressions", "absent.txt"],
        ["vectorize", "a.tif"],
    ],
    ids=lambda words: " ".join(words)[:60],
)
def test_a_usage_error_is_one_line_with_exit_code_2(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, words)

    assert answer.exit_code == 2
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stderr.startswith("Error: ")
    assert len(answer.stderr) < 300
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_no_error():
    read, write = os.pipe()
    os.close(read)
    answer = subprocess.run(
        [sys.executable, "-m", "rrsis_geo_cli", "--help"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)

    assert answer.stderr == ""
