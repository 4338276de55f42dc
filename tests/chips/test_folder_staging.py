"""A folder of chips takes its place whole, and takes no other folder's."""

import json
import os

import pytest

from rrsis_geo.chips import folder_staging
from rrsis_geo.chips.chip_folder import write_build_record
from rrsis_geo.chips.folder_staging import staged_folder
from rrsis_geo.errors import OutputError


@pytest.fixture
def target(tmp_path):
    """A folder that a build made."""
    with staged_folder(tmp_path / "set", overwrite=False) as folder:
        fill(folder, "first")
    return tmp_path / "set"


def fill(folder, text):
    (folder / "chips").mkdir()
    (folder / "chips" / "0000-scene-0-r00000-c00000.png").write_text(text)
    (folder / "manifest.jsonl").write_text(text)
    (folder / "chips.geojson").write_text(text)
    write_build_record(folder, {"options": {}, "left_out": {}})


def names(folder):
    return {path.name for path in folder.iterdir()}


def build(target, *, overwrite=True, inputs=()):
    with staged_folder(target, overwrite=overwrite, inputs=inputs) as folder:
        fill(folder, "second")


def test_a_failure_leaves_nothing_behind(tmp_path):
    def fail():
        with staged_folder(tmp_path / "set", overwrite=False) as folder:
            (folder / "half").write_text("...")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_replaced_when_asked(target):
    with pytest.raises(OutputError, match=r"set: exists; .*--overwrite"):
        build(target, overwrite=False)
    (target / "chips" / "0000-scene-0-r00000-c00000.png.aux.xml").write_text("QGIS's")
    build(target)
    assert (target / "manifest.jsonl").read_text() == "second"
    assert names(target) == {"chips", "manifest.jsonl", "chips.geojson", "build.json"}
    assert names(target / "chips") == {"0000-scene-0-r00000-c00000.png"}
    assert names(target.parent) == {"set"}


def test_folders_beside_it_are_nobodys_but_the_users(target):
    for name in ("set.old", "set.part"):
        (target.parent / name).mkdir()
        (target.parent / name / "backup").write_text("mine")
    build(target)
    with pytest.raises(OutputError, match="exists"):
        build(target, overwrite=False)
    for name in ("set.old", "set.part"):
        assert (target.parent / name / "backup").read_text() == "mine"


@pytest.mark.parametrize("file", ["photo.jpg", "chips/photo.jpg", "photos/a/b.jpg"])
def test_a_folder_with_files_of_the_user_stays(target, file):
    (target / file).parent.mkdir(parents=True, exist_ok=True)
    (target / file).write_text("mine")
    name = "photos" if file.startswith("photos") else file
    with pytest.raises(OutputError, match=f"holds {name}, which no build made"):
        build(target)
    assert (target / file).read_text() == "mine"
    assert (target / "manifest.jsonl").read_text() == "first"
    assert names(target.parent) == {"set"}


def test_a_folder_that_no_build_made_stays(tmp_path, target):
    for body in (None, "{}", "[]", "no JSON"):
        (target / "build.json").unlink(missing_ok=True)
        if body is not None:
            (target / "build.json").write_text(body)
        with pytest.raises(OutputError, match=r"no build\.json of a build"):
            build(target)
    assert (target / "manifest.jsonl").read_text() == "first"
    (tmp_path / "empty").mkdir()
    with pytest.raises(OutputError, match=r"no build\.json of a build"):
        build(tmp_path / "empty")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is no folder"):
        build(tmp_path / "file")


def test_an_input_in_the_folder_stays(target):
    for name in ("chips.geojson", "chips", "."):
        with pytest.raises(OutputError, match="is read by this build and lies in it"):
            build(target, inputs=["/vsicurl/https://a.example/b.tif", target / name])
    build(target, inputs=[target.parent, target.parent / "set-2.tif"])
    assert (target / "manifest.jsonl").read_text() == "second"


def test_a_link_to_a_folder_stays_one(target, tmp_path):
    (tmp_path / "link").symlink_to(target)
    build(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (target / "manifest.jsonl").read_text() == "second"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        build(tmp_path / "none" / "set")


class KilledError(Exception):
    pass


def killed(monkeypatch, at):
    """End the next build as a kill would, before its so-and-so-many-th rename."""
    done = []
    rename = os.replace

    def replace(source, place):
        if len(done) == at:
            raise KilledError
        done.append(place)
        rename(source, place)

    monkeypatch.setattr(folder_staging.os, "replace", replace)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_kill_between_the_renames_loses_nothing(target, monkeypatch, overwrite):
    with monkeypatch.context() as patch:
        killed(patch, at=1)
        with pytest.raises(KilledError):
            build(target)
    assert not target.exists()
    if overwrite:
        build(target)
        assert (target / "manifest.jsonl").read_text() == "second"
    else:
        with pytest.raises(OutputError, match="exists"):
            build(target, overwrite=False)
        assert (target / "manifest.jsonl").read_text() == "first"
    assert names(target.parent) == {"set"}


def test_two_builds_of_one_folder_do_not_mix(target):
    with staged_folder(target, overwrite=True) as folder:
        fill(folder, "first of two")
        with pytest.raises(OutputError, match="another run"):
            build(target)
    assert (target / "manifest.jsonl").read_text() == "first of two"
    assert json.loads((target / "build.json").read_text())["options"] == {}
