"""Crops around mistakes that a network made."""

import json

import numpy as np
import pytest
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.training.data.hard_negatives import read_mistakes, with_mistakes
from rrsis_geo.training.data.mixture import Mixture, Source


def test_crops_are_centred_on_mistakes(tmp_path):
    file = tmp_path / "mistakes.jsonl"
    rows = [{"source": "s", "image": "a", "category": "ship", "x": 980.0, "y": 990.0}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    plain = LabelledImage(
        name="a",
        path=tmp_path,
        place="a",
        layout=Layout(
            width=1000,
            height=1000,
            objects=(LabelledObject(category="building", polygon=box(10, 10, 60, 60)),),
            complete=frozenset({"building", "ship"}),
        ),
    )
    kept = LabelledImage(name="b", path=tmp_path, place="b", layout=plain.layout)
    source = Source(name="s", weight=1.0, images=(plain, kept), scale=(1.0, 1.0))
    (known,) = with_mistakes([source], read_mistakes(file))
    assert known.images[0].mistakes == ((980.0, 990.0),)
    assert known.images[1] is kept  # with its cached pixels
    marked = np.zeros((3, 1000, 1000), np.uint8)
    marked[:, 985:995, 975:985] = 255
    shares = []
    for side in (source, known):
        image = side.images[0]
        image.__dict__["pixels"] = marked
        only = Source(name="s", weight=1.0, images=(image,), scale=(1.0, 1.0))
        mix = Mixture(sources=(only,), size=128, expressions=1, no_target=0.5)
        shares.append(np.mean([mix[i].pixels.max() > 180 for i in range(60)]))
    assert shares[0] < 0.1
    assert shares[1] > 0.2


def test_a_broken_file_is_named(tmp_path):
    file = tmp_path / "mistakes.jsonl"
    file.write_text('{"source": "s"}\n')
    with pytest.raises(DataError, match=r"mistakes\.jsonl"):
        read_mistakes(file)
    with pytest.raises(DataError, match="gone"):
        read_mistakes(tmp_path / "gone")
