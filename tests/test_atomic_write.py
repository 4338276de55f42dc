"""Files are written completely or not at all."""

import os

import pytest

from rrsis_geo.atomic_write import check_writable, full_disk, staged
from rrsis_geo.errors import OutputError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_replaces_the_old_one_at_the_end(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with staged(target) as part:
        part.write_text("new")
        (part.parent / "side-file").write_text("x")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail():
        with staged(target) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


SIDES = (".aux.xml", ".msk")


def test_side_files_come_and_go_with_their_file(tmp_path):
    target = tmp_path / "a.tif"
    for name in ("a.tif", "a.tif.msk", "a.tif.aux.xml", "a.tif.mine"):
        (tmp_path / name).write_text("old")
    with staged(target, SIDES) as part:
        part.write_text("new")
        part.with_name(f"{part.name}.aux.xml").write_text("new side")
        part.with_name("temporary").write_text("x")
    assert names(tmp_path) == ["a.tif", "a.tif.aux.xml", "a.tif.mine"]
    assert target.read_text() == "new"
    assert (tmp_path / "a.tif.aux.xml").read_text() == "new side"
    with staged(target, SIDES) as part:
        part.write_text("newer")
    assert names(tmp_path) == ["a.tif", "a.tif.mine"]


def test_side_files_stay_where_writing_fails(tmp_path):
    target = tmp_path / "a.tif"
    for name in ("a.tif", "a.tif.msk"):
        (tmp_path / name).write_text("old")
    with pytest.raises(OutputError), staged(target, SIDES) as part:
        part.with_name(f"{part.name}.aux.xml").write_text("new side")
    assert names(tmp_path) == ["a.tif", "a.tif.msk"]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
@pytest.mark.parametrize("step", ["check", "write"])
def test_a_change_that_a_kill_interrupted_is_completed(tmp_path, moved, step):
    """After the record is written, a kill strikes before or after any of the moves."""
    target, folder = tmp_path / "a.tif", tmp_path / ".a.tif.rrsis-new"
    for name in ("a.tif", "a.tif.msk"):
        (tmp_path / name).write_text("old")
    folder.mkdir()
    (folder / "lock").touch()
    (folder / "data.tif").write_text("new")
    (folder / "data.tif.aux.xml").write_text("new side")
    (folder / "complete").write_text('[".aux.xml"]')
    moves = [
        lambda: os.replace(folder / "data.tif.aux.xml", tmp_path / "a.tif.aux.xml"),
        lambda: os.unlink(tmp_path / "a.tif.msk"),
        lambda: os.replace(folder / "data.tif", target),
    ]
    for move in moves[:moved]:
        move()
    if step == "check":
        check_writable(target, True, SIDES)
    else:
        with pytest.raises(ValueError, match="stop"), staged(target, SIDES):
            raise ValueError("stop")
    assert names(tmp_path) == ["a.tif", "a.tif.aux.xml"]
    assert target.read_text() == "new"
    assert (tmp_path / "a.tif.aux.xml").read_text() == "new side"


def test_a_change_that_was_not_complete_is_thrown_away(tmp_path):
    folder = tmp_path / ".a.tif.rrsis-new"
    folder.mkdir()
    (folder / "data.tif").write_text("half")
    (tmp_path / "a.tif").write_text("old")
    with pytest.raises(OutputError), staged(tmp_path / "a.tif"):
        pass
    assert names(tmp_path) == ["a.tif"]
    assert (tmp_path / "a.tif").read_text() == "old"


def test_two_processes_do_not_write_the_same_file(tmp_path):
    target = tmp_path / "a.txt"
    with staged(target) as part:
        part.write_text("first")
        with pytest.raises(OutputError, match="another run"), staged(target):
            pass
    assert target.read_text() == "first"


def test_a_full_disk_is_named_only_where_it_is_one(tmp_path, monkeypatch):
    assert full_disk(tmp_path) == ""
    for number, words in ((28, "; the disk is full"), (122, "; the disk is full")):

        def fail(handle, number=number):
            raise OSError(number, "no room")

        monkeypatch.setattr(os, "fsync", fail)
        assert full_disk(tmp_path) == words


def test_remains_of_a_killed_run_are_removed(tmp_path):
    left = tmp_path / ".a.txt.rrsis-new"
    left.mkdir()
    (left / "a.txt").write_text("half")
    with staged(tmp_path / "a.txt") as part:
        assert not part.exists()
        part.write_text("new")
    assert names(tmp_path) == ["a.txt"]


def test_failure_of_the_disk_names_file_and_reason(tmp_path):
    def write():
        with staged(tmp_path / "a.txt"):
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"a\.txt.*No space left on device"):
        write()
    assert names(tmp_path) == []


def test_missing_folder_and_missing_file_are_output_errors(tmp_path):
    def write(path, text):
        with staged(path) as part:
            if text:
                part.write_text(text)

    with pytest.raises(OutputError, match="No such file"):
        write(tmp_path / "nowhere" / "a.txt", "x")
    with pytest.raises(OutputError, match="No such file"):
        write(tmp_path / "a.txt", "")


def test_checking_a_new_path_leaves_no_file(tmp_path):
    check_writable(tmp_path / "a.txt", False)
    assert names(tmp_path) == []


def test_relative_path_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_writable("a.txt", False)
    with staged("a.txt") as part:
        part.write_text("x")
    assert names(tmp_path) == ["a.txt"]


def test_existing_file_needs_overwrite(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(OutputError, match="exists"):
        check_writable(tmp_path / "a.txt", False)
    check_writable(tmp_path / "a.txt", True)
    assert (tmp_path / "a.txt").read_text() == "old"


def test_folder_in_place_of_a_file_is_refused(tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        check_writable(tmp_path, True)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"no folder .*nowhere"):
        check_writable(tmp_path / "nowhere" / "a.txt", False)


def test_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("permissions do not bind this user")
        with pytest.raises(OutputError, match="cannot be written to"):
            check_writable(tmp_path / "a.txt", False)
    finally:
        tmp_path.chmod(0o700)


def test_folder_that_takes_no_files_is_refused():
    # a file system that refuses even root
    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc on this system")
    with pytest.raises(OutputError, match="cannot be written to"):
        check_writable("/proc/self/a.txt", False)
