"""Only the required windows are read."""

import threading

import numpy as np
import pytest
import shapely
from rasterio.windows import Window
from scene_reading import NOISE, tiles, whole

from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.scene import Scene


class Counting:
    """A dataset that records its reads."""

    def __init__(self, dataset):
        self._dataset = dataset
        self.reads = []

    def __getattr__(self, name):
        return getattr(self._dataset, name)

    def read(self, *args, **kwargs):
        self.reads.append(kwargs.get("window"))
        return self._dataset.read(*args, **kwargs)


def test_only_windows_that_touch_the_area_are_read(make_scene, monkeypatch):
    path = make_scene(NOISE)
    area = Aoi(shapely.box(70, 10, 90, 25))
    with Scene.open(path) as scene:
        full, _ = whole(scene)
        counted = watch(monkeypatch)
        windows = tiles(scene.grid(), 32, 32)
        found = list(scene.patches(scene.grid(), windows, aoi=area))
    assert [(p.window.col_off, p.window.row_off) for p in found] == [(64, 0)]
    assert counted() == [Window(64, 0, 32, 32)]
    # The network gets the surroundings of the area; only the area is valid.
    np.testing.assert_array_equal(found[0].pixels, full[:, :32, 64:96])
    np.testing.assert_array_equal(found[0].valid, area.mask(found[0].window))


def test_windows_without_data_are_not_read_beyond_their_mask(make_scene, monkeypatch):
    alpha = np.full((90, 130), 255)
    alpha[:, 64:] = 0
    with Scene.open(make_scene(NOISE, alpha=alpha)) as scene:
        grid = scene.grid()
        _ = scene.stretch
        counted = watch(monkeypatch)
        found = list(scene.patches(grid, [Window(64, 0, 32, 32), Window(0, 0, 32, 32)]))
    assert [patch.window.col_off for patch in found] == [0]
    # alpha of both windows, colours of one
    assert [window.col_off for window in counted()] == [64, 0, 0]


def watch(monkeypatch):
    """Count reads of datasets that are opened from now on."""
    import rrsis_geo.scene.scene as scene_module

    opened = []
    source = scene_module.BandReader

    def counting(dataset, **options):
        opened.append(Counting(dataset))
        return source(opened[-1], **options)

    monkeypatch.setattr(scene_module, "BandReader", counting)
    return lambda: [window for dataset in opened for window in dataset.reads]


def test_closing_early_stops_the_reading(make_scene):
    with Scene.open(make_scene(NOISE)) as scene:
        patches = scene.patches(scene.grid(), tiles(scene.grid(), 8, 4))
        next(patches)
        patches.close()
    assert not [t for t in threading.enumerate() if t.name == "prefetch"]


def test_two_iterators_do_not_affect_each_other(make_scene):
    with Scene.open(make_scene(NOISE)) as scene:
        windows = tiles(scene.grid(), 32, 32)
        one, two = (scene.patches(scene.grid(), windows) for _ in "12")
        for first, second in zip(one, two, strict=True):
            scene.thumbnail(20)
            np.testing.assert_array_equal(first.pixels, second.pixels)


def test_a_grid_of_another_scene_is_refused(make_scene):
    with (
        Scene.open(make_scene(NOISE)) as scene,
        Scene.open(make_scene(NOISE, gsd=0.7)) as other,
        pytest.raises(ValueError, match="is not a grid of"),
    ):
        next(scene.patches(other.grid(1.0), [Window(0, 0, 8, 8)]))
