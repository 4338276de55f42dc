"""The journal of a run: strips survive an interruption."""

import json
import threading
from contextlib import suppress

import numpy as np
import pytest

from rrsis_geo.errors import OutputError
from rrsis_geo.folder_lock import FolderLock
from rrsis_geo.pipeline.journal import Journal, begun_to_place, working_folder
from rrsis_geo.types import Strip


def strip(top, bottom, *, width=7):
    rows = np.arange(top, bottom, dtype=np.uint8)[:, None]
    return Strip(top=top, levels=np.repeat(rows, width, axis=1)[None])


@pytest.fixture
def output(tmp_path):
    return str(tmp_path / "roofs.gpkg")


def interrupted(output, strips, fingerprint=None):
    """Write strips to a journal, then interrupt the run."""
    with (
        suppress(KeyboardInterrupt),
        Journal.open(output, fingerprint or {"a": 1}) as journal,
    ):
        for part in strips:
            journal.write(part)
        raise KeyboardInterrupt


def test_the_working_folder_is_hidden_and_named_after_the_output(tmp_path, output):
    assert working_folder(output) == tmp_path / ".roofs.gpkg.rrsis-part"


def test_strips_survive_an_interruption(output):
    interrupted(output, [strip(0, 10), strip(10, 25), strip(40, 50)])
    with Journal.open(output, {"a": 1}) as journal:
        assert journal.gaps(60) == [range(25, 40), range(50, 60)]
        first = list(journal.strips(0, 60))
        assert [(part.top, part.levels.shape[1]) for part in first] == [
            (0, 10),
            (10, 15),
        ]
        np.testing.assert_array_equal(first[1].levels, strip(10, 25).levels)
        assert [part.top for part in journal.strips(40, 60)] == [40]
        assert list(journal.strips(25, 60)) == []


def test_overlapping_strips_yield_every_row_once(output):
    interrupted(output, [strip(0, 10), strip(5, 25), strip(25, 30), strip(28, 29)])
    with Journal.open(output, {"a": 1}) as journal:
        assert journal.gaps(30) == []
        rows = np.concatenate([part.levels for part in journal.strips(0, 30)], axis=1)
        np.testing.assert_array_equal(rows, strip(0, 30).levels)


def test_success_removes_everything(tmp_path, output):
    with Journal.open(output, {"a": 1}) as journal:
        journal.write(strip(0, 10))
        assert working_folder(output).is_dir()
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_before_the_first_strip_leaves_nothing(tmp_path, output):
    interrupted(output, [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fingerprint", [{"a": 2}, {}, {"a": 1, "b": None}])
def test_another_fingerprint_discards_the_strips(output, fingerprint):
    interrupted(output, [strip(0, 10)])
    with Journal.open(output, fingerprint) as journal:
        assert journal.gaps(60) == [range(60)]


def test_a_fingerprint_is_compared_as_json(output):
    interrupted(output, [strip(0, 10)], {"bands": (1, 2), "gsd": 0.1 + 0.2})
    with Journal.open(output, {"bands": [1, 2], "gsd": 0.1 + 0.2}) as journal:
        assert journal.gaps(60) == [range(10, 60)]


def test_a_damaged_fingerprint_discards_the_strips(output):
    interrupted(output, [strip(0, 10)])
    (working_folder(output) / "run.json").write_text('{"a"')
    with Journal.open(output, {"a": 1}) as journal:
        assert journal.gaps(60) == [range(60)]


def test_old_strips_are_discarded_without_resume(output):
    interrupted(output, [strip(0, 10)])
    with Journal.open(output, {"a": 1}, resume=False) as journal:
        assert journal.gaps(60) == [range(60)]


def test_a_partial_strip_is_ignored(output):
    interrupted(output, [strip(0, 10)])
    folder = working_folder(output)
    (folder / "000000010-000000020.strip.part").write_bytes(b"half")
    with Journal.open(output, {"a": 1}) as journal:
        assert journal.gaps(20) == [range(10, 20)]


def test_without_an_output_nothing_is_kept(tmp_path):
    with Journal.open(None, {"a": 1}) as journal:
        journal.write(strip(0, 10))
        folder = journal.folder
        assert journal.gaps(12) == [range(10, 12)]
    assert not folder.exists()


def test_outputs_about_to_be_written_are_recorded(tmp_path, output):
    assert begun_to_place(output) == begun_to_place(None) == []
    with (
        suppress(KeyboardInterrupt),
        Journal.open(output, {"a": 1}) as journal,
    ):
        journal.write(strip(0, 10))
        journal.placing([output])
        raise KeyboardInterrupt
    assert begun_to_place(output) == [output]
    with Journal.open(output, {"another": "run"}):
        assert begun_to_place(output) == []


def test_windows_are_counted_over_all_shards_of_one_run(output):
    with (
        suppress(KeyboardInterrupt),
        Journal.open(output, {"a": 1}) as journal,
    ):
        journal.write(strip(0, 10))
        journal.note_passed(range(10), 3)
        journal.note_passed(range(10, 20), 4)
        journal.note_passed(range(10), 2)
        assert journal.passed() == 9
        journal.stop()
        assert journal.stopping
        raise KeyboardInterrupt
    with Journal.open(output, {"a": 1}) as journal:
        assert journal.passed() == 0
        assert not journal.stopping


def test_one_run_at_a_time(output):
    with Journal.open(output, {"a": 1}):
        with (
            pytest.raises(OutputError, match="another run"),
            Journal.open(output, {"a": 1}),
        ):
            pass
        assert working_folder(output).is_dir()
    with Journal.open(output, {"a": 1}):
        pass


def test_a_lock_on_a_folder_that_is_being_removed_is_not_granted(tmp_path):
    folder = tmp_path / "work"
    holders, entered, errors = [], threading.Barrier(8), []

    def work():
        entered.wait()
        for _ in range(30):
            try:
                with FolderLock(folder) as lock:
                    holders.append(1)
                    errors.extend([len(holders)] * (len(holders) != 1))
                    lock.remove_folder = True
                    holders.pop()
            except OutputError:
                continue

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_full_disk_is_reported_with_advice(output, monkeypatch):
    def full(path, strip):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rrsis_geo.pipeline.journal.write_strip", full)
    with (
        pytest.raises(OutputError, match=r"the disk is full.*continues"),
        Journal.open(output, {"a": 1}) as journal,
    ):
        journal.write(strip(0, 10))


def test_the_fingerprint_is_stored_as_json(output):
    with Journal.open(output, {"scene": "dächer.tif"}) as journal:
        text = (journal.folder / "run.json").read_text(encoding="ascii")
    assert json.loads(text) == {"scene": "dächer.tif"}
