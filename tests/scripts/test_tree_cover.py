"""Tree cover has a high NDVI and is near a labelled tree."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from recipe.tree_cover import MAX_DISTANCE, naip_trees, tree_cover

from rrsis_geo.datasets.transforms.crops import draw_mask
from rrsis_geo.errors import DataError


def bands(side=64):
    """Bands of bare ground, with vegetation in the right half."""
    values = np.full((4, side, side), 100, np.float32)
    values[3, :, side // 2 :] = 180
    return values


def test_cover_equals_a_brute_force_computation():
    points = np.array([[33.0, 20.0], [60.0, 50.0], [5.0, 5.0]], np.float32)
    cover = tree_cover(bands(), points)
    for row in range(64):
        for col in range(64):
            distance = min(np.hypot(col + 0.5 - x, row + 0.5 - y) for x, y in points)
            assert cover[row, col] == (distance <= MAX_DISTANCE and col >= 32)


def test_without_trees_there_is_no_cover():
    assert not tree_cover(bands(), np.zeros((0, 2), np.float32)).any()


def write(folder, rows):
    base = folder / "urban-tree-naip"
    (base / "images").mkdir(parents=True)
    (base / "csv").mkdir()
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 4}
    with rasterio.open(
        base / "images" / "eureka_2020_1.tif",
        "w",
        dtype="uint8",
        crs="EPSG:26910",
        transform=Affine(0.6, 0, 0, 0, -0.6, 0),
        **profile,
    ) as dataset:
        dataset.write(bands().astype(np.uint8))
    (base / "csv" / "eureka_2020_1.csv").write_text("\n".join(rows) + "\n")


def test_expressions_refer_to_all_trees_or_have_no_target(tmp_path):
    write(tmp_path, ["x,y", "40,20", "60,50"])
    (image,) = naip_trees(tmp_path)
    assert image.place == "eureka"
    everything = tuple(range(len(image.layout.objects)))
    assert {item.targets for item in image.written} == {everything, ()}
    mask = draw_mask(image.layout, everything)
    points = np.array([[40, 20], [60, 50]], np.float32)
    np.testing.assert_array_equal(mask, tree_cover(bands(), points))


def test_a_broken_list_of_trees_is_named(tmp_path):
    write(tmp_path, ["x,y", "forty,20"])
    with pytest.raises(DataError, match=r"eureka_2020_1\.csv: trees cannot be read"):
        naip_trees(tmp_path)
