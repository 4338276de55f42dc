"""Progress is written to the right stream in every mode."""

import io

import pytest
from rich.console import Console

from rrsis_geo.errors import Cancelled, SceneError
from rrsis_geo.protocol import Advice, Failed, Finished, Progress, Started, decode
from rrsis_geo_cli import progress

RUN = (
    Started(windows=4, skipped=1, gsd=0.5, device="cpu"),
    Advice("the file has no overviews"),
    Progress(done=1, total=4, polygons=0, seconds=0.5),
    Progress(done=4, total=4, polygons=2, seconds=2.0),
    Finished(polygons=3, files=("a.gpkg",), seconds=2.5),
)


def report_run(mode: str) -> None:
    with progress.open_reporter(mode) as report:
        for message in RUN:
            report(message)


def test_json_writes_only_messages_to_stdout(capsys):
    report_run("json")

    streams = capsys.readouterr()
    assert tuple(decode(line) for line in streams.out.splitlines()) == RUN
    assert streams.err == ""


@pytest.mark.parametrize("mode", ["none", "auto"])
def test_without_a_terminal_only_advice_is_shown(mode, capsys):
    report_run(mode)

    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == "Note: the file has no overviews\n"


def test_the_bar_is_not_written_to_stdout(capsys):
    report_run("rich")

    assert capsys.readouterr().out == ""


def test_the_bar_shows_windows_rate_and_polygons():
    text = io.StringIO()
    console = Console(file=text, width=120)
    with progress.open_bar(console) as bar:
        report = progress.BarReporter(bar)
        for message in RUN[:-1]:
            report(message)
        console.print(bar)

    assert "Note: the file has no overviews" in text.getvalue()
    for part in ("cpu", "4/4", "2.00 windows/s", "2 polygons"):
        assert part in text.getvalue()


def fail_in_the_middle(failure: BaseException) -> None:
    with progress.open_reporter("json") as report:
        report(RUN[0])
        raise failure


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (SceneError("no CRS"), "scene"),
        (Cancelled("stopped"), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (ZeroDivisionError("by zero"), "bug"),
    ],
)
def test_json_ends_with_the_failure(failure, code, capsys):
    with pytest.raises(type(failure)):
        fail_in_the_middle(failure)

    last = decode(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(last, Failed)
    assert last.code == code
