"""Kept answers are used only while nothing they depend on has changed."""

import os

import pytest
from brightness import write_scene
from rasterio.shutil import copy
from text_network import Network

CHANGES = {
    "window_size": {"window_size": 96},
    "overlap": {"overlap": 8},
    "overviews": {"overviews": 0},
    "bands": {"bands": (3, 2, 1)},
    "ground": {"gsd": 0.6},
    "text": {},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_pixels_depend_on_is_looked_at_again(ask, change):
    ask("tank")
    texts = ("tanks",) if change == "text" else ("tank",)
    fresh, _, _ = ask(*texts, cache=False, **CHANGES[change])
    again, network, _ = ask(*texts, **CHANGES[change])
    assert network.bound == [texts]
    assert fresh == again


def test_a_colour_that_is_asked_for_is_a_part_of_the_phrase(ask, monkeypatch):
    from rrsis_geo.colour.colour_terms import ColourTerm
    from rrsis_geo.pipeline.reuse import conditions

    ask("tank")
    monkeypatch.setattr(
        conditions, "colour_term", lambda find: ColourTerm(colours=("red",))
    )
    _, network, _ = ask("tank")
    assert network.bound == [("tank",)]


def test_a_changed_scene_is_looked_at_again(ask, scene, tmp_path):
    ask("tank")
    times = os.stat(scene)
    write_scene(tmp_path / "scene.tif", seed=1)
    os.utime(scene, ns=(times.st_atime_ns, times.st_mtime_ns))
    fresh, _, _ = ask("tank", cache=False)
    again, network, _ = ask("tank")
    assert network.bound == [("tank",)]
    assert fresh == again


def test_a_changed_source_of_a_vrt_is_seen(ask, tmp_path):
    source, vrt = write_scene(tmp_path / "source.tif"), tmp_path / "mosaic.vrt"
    copy(source, vrt, driver="VRT")
    ask("tank", scene=vrt)
    _, network, _ = ask("tank", scene=vrt)
    assert network.bound == []
    write_scene(tmp_path / "source.tif", seed=1)
    fresh, _, _ = ask("tank", scene=vrt, cache=False)
    again, network, _ = ask("tank", scene=vrt)
    assert network.bound == [("tank",)]
    assert fresh == again


def test_a_scene_that_changes_during_the_run_is_not_kept(
    ask, scene, tmp_path, answer_cache
):
    class Changing(Network):
        def __call__(self, job, texts):
            os.utime(scene, (1, 1))
            return super().__call__(job, texts)

    ask("tank", network=Changing())
    assert [path for path in answer_cache.rglob("*") if path.is_file()] == []


def test_changed_weights_are_not_those_that_answered(ask, monkeypatch):
    from rrsis_geo.pipeline.reuse import conditions

    ask("tank")
    monkeypatch.setattr(conditions, "digests", lambda path: ("0" * 64,))
    _, network, _ = ask("tank")
    assert network.bound == [("tank",)]


def test_changed_code_is_not_what_answered(tmp_path):
    from rrsis_geo.answer_cache import software_state as software

    (tmp_path / "a.py").write_text("x = 1")
    before = software._code_digest(tmp_path)
    (tmp_path / "a.py").write_text("x = 2")
    changed = software._code_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({before, changed, software._code_digest(tmp_path)}) == 3
