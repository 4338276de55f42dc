"""Words of a user become scenes."""

import io
import os
import sys
from pathlib import Path

import pytest

from rrsis_geo.errors import OptionError
from rrsis_geo.many_scenes.scene_list import (
    SceneSource,
    check_names,
    list_scenes,
    scene_name,
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with empty files of many kinds."""
    monkeypatch.chdir(tmp_path)
    for name in (
        *("tiles/b.tif", "tiles/a.TIF", "tiles/c.vrt", "tiles/notes.txt"),
        *("tiles/.hidden.tif", "tiles/look.png", "tiles/map.png", "tiles/map.pgw"),
        *("tiles/b.tif.aux.xml", "tiles/deep/d.tif", "x.tif", "y[1].tif", "@z.tif"),
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    return tmp_path


def paths(*words):
    return [scene.path for scene in list_scenes(words).scenes]


def test_one_raster_is_as_ever(folder):
    for word in ("x.tif", "absent.tif", "https://host/x.tif?a=*", "/vsizip/a.zip/*"):
        listed = list_scenes([word])
        assert listed.single
        assert [scene.path for scene in listed.scenes] == [word]


def test_a_folder_is_its_rasters_without_mosaics_of_them(folder):
    listed = list_scenes(["tiles"])
    assert [s.path for s in listed.scenes] == [
        os.path.join("tiles", name) for name in ("a.TIF", "b.tif", "map.png")
    ]
    assert not listed.single
    assert "1 VRT" in listed.notes[0]


def test_a_folder_of_one_raster_is_many_scenes(folder):
    assert not list_scenes(["tiles/deep"]).single


def test_a_folder_without_rasters_is_left_to_gdal(folder):
    (folder / "zarr.zarr").mkdir()
    listed = list_scenes(["zarr.zarr"])
    assert listed.single
    assert paths("zarr.zarr") == ["zarr.zarr"]


def test_a_pattern_is_read_unless_a_file_has_the_name(folder):
    assert paths("tiles/*.tif") == ["tiles/b.tif"]
    assert paths("tiles/**/*.tif") == ["tiles/b.tif", "tiles/deep/d.tif"]
    assert list_scenes(["y[1].tif"]).single
    with pytest.raises(OptionError, match="no file has such a name"):
        list_scenes(["tiles/*.jp2"])


def test_a_list_may_hold_whatever_a_word_may_be(folder):
    text = "\ufeff# tiles\n\nx.tif\r\ntiles/deep\ntiles/b*.tif\n"
    Path("list.txt").write_text(text, encoding="utf-8")
    assert paths("@list.txt") == ["x.tif", "tiles/deep/d.tif", "tiles/b.tif"]
    assert not list_scenes(["@list.txt"]).single


def test_a_list_of_lists_is_not_followed(folder):
    Path("list.txt").write_text("@list.txt\n")
    assert paths("@list.txt") == ["@list.txt"]  # a file of that name, if any


def test_a_list_comes_from_stdin(folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x.tif\n")))
    assert paths("@-") == ["x.tif"]


def test_a_file_whose_name_begins_like_a_list_is_one(folder):
    assert paths("@z.tif") == ["@z.tif"]


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no such file"), (b"# none\n", "holds no scene"), (b"\xff\xfe", "UTF-8")],
)
def test_a_list_that_cannot_be_read_is_refused(folder, content, says):
    if content is not None:
        Path("list.txt").write_bytes(content)
    with pytest.raises(OptionError, match=f"@list.txt: .*{says}"):
        list_scenes(["@list.txt"])


def test_a_scene_that_is_named_twice_is_taken_once(folder):
    listed = list_scenes(["tiles/b.tif", "tiles", str(folder / "x.tif"), "x.tif"])
    assert [scene.name for scene in listed.scenes] == ["b", "a", "map", "x"]
    assert "2 scenes were named twice" in listed.notes[-1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b/scene.v2.tif", "scene.v2"),
        ("C:\\maps\\s.tif", "s"),
        ("https://host/x/s.tif?key=a/b.c", "s"),
        ("folder.d/", "folder"),
    ],
)
def test_names_of_scenes(path, name):
    assert scene_name(path) == name


def test_scenes_of_one_name_are_refused_whatever_the_case():
    scenes = [SceneSource("1/A.tif", "A"), SceneSource("2/a.tif", "a")]
    with pytest.raises(OptionError, match=r"1/A.tif and 2/a.tif.*one layer"):
        check_names(scenes)
    check_names([*scenes[:1], SceneSource("2/b.tif", "b")])
