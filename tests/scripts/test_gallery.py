"""The gallery: captions from scores, a complete page, small files."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
MAX_BYTES = 600_000
"""Maximum size of all pictures together."""


@pytest.fixture
def gallery(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("gallery")


@pytest.fixture
def tile(gallery):
    def make(truth, **values):
        return gallery.Tile(
            **{
                "name": "a",
                "source": "drawn",
                "pixels": np.zeros((3, 100, 100), np.uint8),
                "gsd": 0.5,
                "text": "tanks",
                "truth": truth,
                **values,
            }
        )

    return make


def boxes(*corners):
    found = np.empty(len(corners), object)
    found[:] = [shapely.box(*corner) for corner in corners]
    return found


ONE, TWO, FAR = (0, 0, 10, 10), (20, 0, 30, 10), (60, 60, 90, 90)


@pytest.mark.parametrize(
    ("truth", "found", "verdict", "caption"),
    [
        ((ONE, TWO), (ONE, TWO), "works", "2 of 2 found, 0 wrong; IoU of pixels 1.00"),
        ((ONE, TWO), (ONE,), "partly", "1 of 2 found, 0 wrong; IoU of pixels 0.50"),
        ((ONE, TWO), (FAR,), "fails", "0 of 2 found, 1 wrong; IoU of pixels 0.00"),
        ((ONE, TWO), (), "fails", "0 of 2 found, 0 wrong; IoU of pixels 0.00"),
        ((), (), "works", "nothing of this is here; 0 polygons, 0 m2"),
        ((), (FAR,), "fails", "nothing of this is here; 1 polygon, 225 m2"),
        (None, (FAR,), "open", "1 polygon, 9.0 % of the picture"),
    ],
)
def test_captions_contain_the_scores(gallery, tile, truth, found, verdict, caption):
    labels = None if truth is None else boxes(*truth)
    judged = gallery.judge(tile(labels), boxes(*found))
    assert judged[:2] == (verdict, caption)


def test_every_polygon_is_drawn_once_as_right_or_wrong(gallery, tile):
    _, _, groups = gallery.judge(tile(boxes(ONE, TWO)), boxes(ONE, FAR))
    areas = {name: [p.area for p in part] for name, part in groups.items()}
    assert areas == {"tanks: right": [100], "wrong": [900], "missed": [100]}


def test_area_classes_are_scored_by_pixels(gallery, tile):
    found = boxes((0, 0, 10, 10), (10, 0, 15, 10))
    weak = tile(boxes((0, 0, 10, 20)), rule="area", source="naip")
    verdict, caption, groups = gallery.judge(weak, found)
    assert (verdict, caption) == ("partly", "IoU of pixels 0.40 against weak labels")
    exact = tile(boxes((0, 0, 10, 20)), rule="area", source="dubai-hitl")
    assert gallery.judge(exact, found)[:2] == ("partly", "IoU of pixels 0.40")
    assert [sum(p.area for p in part) for part in groups.values()] == [100, 50, 100]


def test_the_page_shows_every_picture_under_its_verdict(gallery, tile):
    shots = [
        gallery.Shot(
            tile=tile(None, name=f"picture-{verdict}"),
            picture=Image.new("RGB", (40, 30)),
            verdict=verdict,
            caption="so",
        )
        for verdict in gallery.SECTIONS
    ]
    text = "\n".join(gallery.page(shots, "# Head"))
    for verdict, title in gallery.SECTIONS.items():
        part = text.split(f"## {title}")[1]
        assert re.findall(r"gallery/([\w-]+)\.webp", part)[0] == f"picture-{verdict}"


def test_pictures_in_the_docs_are_shown_and_small():
    page = (ROOT / "docs" / "gallery.md").read_text()
    shown = set(re.findall(r"\(gallery/([\w-]+\.webp)\)", page))
    there = {
        path.name: path.stat().st_size for path in (ROOT / "docs/gallery").iterdir()
    }
    assert shown == set(there)
    assert sum(there.values()) <= MAX_BYTES
    for source in ("NWPU", "Airbus"):  # not ours to show
        assert source not in page
