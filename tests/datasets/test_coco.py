"""COCO instance files: what is read, repaired and refused."""

import json

import pytest

from rrsis_geo.datasets.formats.coco import read_coco
from rrsis_geo.errors import DataError


def write(folder, *, segmentation):
    body = {
        "images": [{"id": 7, "file_name": "b.jpg", "width": 30, "height": 20}],
        "categories": [{"id": 1, "name": "ship"}, {"id": 2, "name": "vehicle"}],
        "annotations": [
            {"id": 40, "image_id": 7, "category_id": 1, "segmentation": segmentation}
        ],
    }
    path = folder / "instances.json"
    path.write_text(json.dumps(body))
    return path


def test_objects_and_their_annotation_ids(tmp_path):
    path = write(tmp_path, segmentation=[[1, 1, 5, 1, 5, 4, 1, 4]])
    images, index = read_coco(path, images=tmp_path, incomplete=frozenset({"vehicle"}))
    (image,) = images
    assert index == {40: 0}
    assert image.layout.objects[0].category == "ship"
    assert image.layout.objects[0].polygon.area == 12
    assert image.layout.complete == frozenset({"ship"})


def test_a_labelled_category_is_complete_in_its_image(tmp_path):
    path = write(tmp_path, segmentation=[[1, 1, 5, 1, 5, 4, 1, 4]])
    images, _ = read_coco(path, images=tmp_path, incomplete=frozenset({"ship"}))
    assert images[0].layout.complete == frozenset({"ship", "vehicle"})


def test_a_self_crossing_ring_is_repaired(tmp_path):
    path = write(tmp_path, segmentation=[[0, 0, 4, 4, 4, 0, 0, 4]])
    images, _ = read_coco(path, images=tmp_path)
    polygon = images[0].layout.objects[0].polygon
    assert polygon.is_valid
    assert polygon.area == 8


@pytest.mark.parametrize(
    ("segmentation", "reason"),
    [({"counts": "x", "size": [1, 1]}, "run-length"), ([[1, 1]], "no ring of three")],
)
def test_broken_annotations_are_named(tmp_path, segmentation, reason):
    path = write(tmp_path, segmentation=segmentation)
    with pytest.raises(DataError, match=rf"annotation 40.*{reason}"):
        read_coco(path, images=tmp_path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_text("[]")
    with pytest.raises(DataError, match="not a COCO instance file"):
        read_coco(path, images=tmp_path)


def test_two_images_with_one_id_are_refused(tmp_path):
    path = write(tmp_path, segmentation=[[1, 1, 5, 1, 5, 4, 1, 4]])
    body = json.loads(path.read_text())
    body["images"].append({**body["images"][0], "file_name": "a.jpg"})
    path.write_text(json.dumps(body))
    with pytest.raises(DataError, match="2 images have the id 7"):
        read_coco(path, images=tmp_path)
