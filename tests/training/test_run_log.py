"""The log of a run: JSON lines, plots, TensorBoard events."""

import json
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rrsis_geo.errors import OutputError
from rrsis_geo.evaluation.metrics import NoTargetScores, Scores
from rrsis_geo.training.loop import METRICS, Step
from rrsis_geo.training.monitoring.plots import (
    COLOURS,
    Curve,
    Panel,
    draw_curves,
    smooth,
)
from rrsis_geo.training.monitoring.run_log import LOG_FILE, RunLog
from rrsis_geo.training.monitoring.tensorboard import (
    EVENTS_FILE,
    Event,
    crc32c,
    write_events,
)
from rrsis_geo.training.validation import Report


def varint(body, at):
    value = shift = 0
    while True:
        value |= (body[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not body[at - 1] & 0x80:
            return value, at


def message(body):
    """Field number -> values of a protocol buffer, read as its specification says."""
    found, at = {}, 0
    while at < len(body):
        tag, at = varint(body, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(body, at)
        elif wire == 2:
            length, at = varint(body, at)
            value, at = body[at : at + length], at + length
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[wire]
            (value,), at = struct.unpack(form, body[at : at + size]), at + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def records(path):
    body, at = path.read_bytes(), 0
    while at < len(body):
        (length,) = struct.unpack("<Q", body[at : at + 8])
        yield body[at + 12 : at + 12 + length]
        at += 16 + length


def test_the_checksum_is_castagnolis():
    assert crc32c(b"123456789") == 0xE3069283  # of the standard (RFC 3720, B.4)
    assert crc32c(bytes(32)) == 0x8A9136AA


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**40),
            st.dictionaries(
                st.text(min_size=1, max_size=200), st.floats(width=32), max_size=4
            ),
        ),
        max_size=4,
    )
)
def test_events_come_back_as_written(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("events") / EVENTS_FILE
    write_events(path, [Event(12.5, step, values) for step, values in written])
    first, *others = map(message, records(path))
    assert first[3] == [b"brain.Event:2"]
    assert len(others) == len(written)
    for found, (step, values) in zip(others, written, strict=True):
        assert found[1] == [12.5]
        assert found[2] == [step]
        scalars = [message(value) for value in message(found[5][0]).get(1, [])]
        tags = [scalar[1][0].decode() for scalar in scalars]
        assert tags == list(values)
        np.testing.assert_array_equal(
            [scalar[2][0] for scalar in scalars], list(values.values())
        )


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=400))
def test_smoothing_stays_inside_and_keeps_short_curves(values):
    found = smooth(np.array(values))
    assert len(found) == len(values)
    assert found.min() >= min(values) - 1e-9
    assert found.max() <= max(values) + 1e-9
    if len(values) < 100:
        np.testing.assert_allclose(found, values, atol=1e-9)


def test_curves_are_drawn_one_panel_below_the_other():
    rising = Curve(name="up", steps=range(50), values=range(50))
    level = Curve(name="level", steps=range(50), values=[3.0] * 50)
    empty = Panel(title="none", curves=(Curve(name="e", steps=[], values=[]),))
    one = Panel(title="one", curves=(rising, level))
    picture = draw_curves([one, empty, Panel(title="two", curves=(rising,), dots=True)])
    single = draw_curves([one])
    assert picture.size == (single.width, 2 * single.height)
    pixels = np.asarray(single)
    for colour in COLOURS[:2]:
        wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
        assert (pixels == wanted).all(axis=2).sum() > 100
    assert draw_curves([]).size == single.size


def step(number, loss=1.0):
    values = torch.full((len(METRICS),), loss)
    return Step(number=number, values=values, rate=0.1, seconds=2.0, waited=0.5)


def report():
    scores = Scores()
    scores.add(np.array([True, True]), np.array([True, False]))
    return Report(scores, {}, NoTargetScores(quiet=1, pairs=1))


def test_the_score_counts_empty_predictions_without_a_target_as_right():
    assert report().score == 0.75
    assert (report() + report()).score == 0.75
    assert Report().score == 0


def entries(folder):
    return [json.loads(line) for line in (folder / LOG_FILE).read_text().splitlines()]


def test_a_resumed_run_removes_entries_after_its_checkpoint(tmp_path):
    run_log = RunLog(tmp_path, first=0)
    for number in range(4):
        run_log.record_step(step(number))
    assert run_log.flush()["seconds"] == 2.0
    run_log.record_validation(2, "val", report())
    run_log.record_validation(4, "val", report())
    with (tmp_path / LOG_FILE).open("a") as log:
        log.write('{"step": 4, "lo')  # as a killed run leaves it
    RunLog(tmp_path, first=2)
    left = entries(tmp_path)
    assert [entry["step"] for entry in left] == [0, 1, 2]
    assert [entry.get("check") for entry in left] == [None, None, "val"]


def test_log_events_and_plots_agree(tmp_path):
    run_log = RunLog(tmp_path, first=0)
    for number in range(3):
        run_log.record_step(step(number, loss=float(number)))
    run_log.flush()
    run_log.record_validation(3, "val", report())
    run_log.write_plots()
    losses = [
        message(value)[2][0]
        for record in list(records(tmp_path / EVENTS_FILE))[1:]
        for value in message(message(record)[5][0])[1]
        if message(value)[1] == [b"training/loss"]
    ]
    assert losses == [entry["loss"] for entry in entries(tmp_path) if "loss" in entry]
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.height == 5 * 260


def test_a_full_disk_is_one_clear_line(tmp_path, limit_file_size):
    run_log = RunLog(tmp_path, first=0)
    for number in range(50):
        run_log.record_step(step(number))
    with limit_file_size(200), pytest.raises(OutputError, match=LOG_FILE):
        run_log.flush()
