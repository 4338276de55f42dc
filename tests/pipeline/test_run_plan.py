"""At which resolution a run reads a scene."""

import numpy as np
import pytest
from affine import Affine

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.run_plan import MAX_SHRINKING, make_run_plan, open_scene

WEIGHTS_GSD = (0.3, 1.2)


def plan_for(path, gsd_range=WEIGHTS_GSD, **options):
    job = SegmentJob(
        scene=path,
        expressions=("ship",),
        options=SegmentOptions(pixel_coordinates=True, window_size=96, **options),
    )
    with open_scene(job) as scene:
        return make_run_plan(scene, job.options, gsd_range)


@pytest.fixture
def image(make_scene):
    """A factory of images without CRS and transform."""

    def make(width, height):
        return make_scene(
            width=width, height=height, crs=None, transform=Affine(1, 0, 0, 0, 1, 0)
        )

    return make


@pytest.mark.parametrize(
    ("width", "height"), [(97, 40), (98, 98), (120, 240), (230, 200), (288, 288)]
)
def test_an_image_without_metres_is_shrunk_into_one_window(image, width, height):
    plan = plan_for(image(width, height), overlap=32)
    assert len(plan.windows) == 1
    assert max(plan.grid.width, plan.grid.height) <= 96
    assert max(plan.grid.width, plan.grid.height) >= 90
    # corners stay where they are, so polygons are in pixels of the image
    corners = plan.grid.transform @ (plan.grid.width, plan.grid.height)
    np.testing.assert_allclose(corners, (width, height))
    (note,) = [line for line in plan.advice if "--gsd 1 " in line]
    assert "without a CRS" in note


@pytest.mark.parametrize(("width", "height"), [(96, 60), (40, 30), (289, 50)])
def test_small_and_large_images_are_read_as_they_are(image, width, height):
    assert width <= 96 or width > MAX_SHRINKING * 96
    plan = plan_for(image(width, height), overlap=32)
    assert (plan.grid.width, plan.grid.height) == (width, height)
    assert not any("--gsd" in line for line in plan.advice)


def test_a_given_gsd_and_a_network_of_any_gsd_read_images_as_they_are(image):
    path = image(200, 150)
    for plan in (plan_for(path, overlap=32, gsd=1.0), plan_for(path, None, overlap=32)):
        assert (plan.grid.width, plan.grid.height) == (200, 150)
    assert plan_for(path, overlap=32, gsd=2.0).grid.width == 100
