"""Tiles of a drawn piece of ground, and runs over them with a simple network."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bright_tiles import OPTIONS, Bright, write_tile

from rrsis_geo.job import SegmentJob
from rrsis_geo.many_scenes.scene_list import list_scenes
from rrsis_geo.many_scenes.scenes_job import ScenesJob
from rrsis_geo.many_scenes.scenes_run import run_scenes


@pytest.fixture
def ground():
    """(3, 120, 200) pixels: boxes of which some lie across the middle."""
    pixels = np.full((3, 120, 200), 60, np.uint8)
    boxes = [(10, 10, 20, 12), (90, 20, 30, 14), (150, 60, 25, 30), (20, 90, 8, 8)]
    for left, top, width, height in boxes:
        pixels[:, top : top + height, left : left + width] = 220
    return pixels


@pytest.fixture
def tiles(ground, tmp_path):
    """Folder of two scenes that overlap by 20 pixels."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    write_tile(folder / "a.tif", ground, left=0, top=0, width=110, height=120)
    write_tile(folder / "b.tif", ground, left=90, top=0, width=110, height=120)
    return folder


@pytest.fixture
def find(tmp_path, monkeypatch):
    """A function that looks for bright things in scenes; paths are of the folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words, network=None, report=lambda message: None, merge=False, **values):
        values.setdefault("expressions", ("ship",))
        options = values.pop("options", OPTIONS)
        network = network or Bright()
        extra = {k: values.pop(k) for k in ("resume", "cancelled") if k in values}
        job = SegmentJob(scene="", options=options, **values)
        scenes = list_scenes([str(word) for word in words]).scenes
        return run_scenes(
            ScenesJob(scenes=scenes, job=job, merge=merge),
            report=report,
            network=network.bind,
            **extra,
        )

    return run
