"""The demo draws a scene, segments it and compares with its labels."""

import numpy as np
import pytest
from click.testing import CliRunner
from shapely import box

from rrsis_geo.types import Polygons
from rrsis_geo_cli.demo import verdict
from rrsis_geo_cli.main import main

TRUTH = box(0, 0, 10, 10)


def found(*shapes):
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    return Polygons(geometry=geometry, crs=None, columns={})


@pytest.mark.parametrize(
    ("polygons", "words"),
    [
        (found(), ["missed", "IoU 0.00", "0 polygons elsewhere"]),
        (found(box(50, 0, 60, 10)), ["missed", "IoU 0.00", "1 polygons elsewhere"]),
        (found(TRUTH), ["found", "IoU 1.00", "0 polygons elsewhere"]),
        (
            found(box(0, 0, 10, 5), box(0, 6, 10, 10), box(50, 0, 60, 10)),
            ["found", "IoU 0.90", "1 polygons elsewhere"],
        ),
        (found(box(0, 0, 90, 90)), ["missed", "IoU 0.01", "0 polygons elsewhere"]),
        (found(box(0, 0, 20, 10)), ["found", "IoU 0.50", "0 polygons elsewhere"]),
    ],
)
def test_the_verdict_is_the_overlap_with_the_label(polygons, words):
    assert verdict(polygons, TRUTH).split("\t") == ["verdict", *words]


def test_the_demo_writes_everything_it_names(tiny_weights, tmp_path):
    folder = tmp_path / "new" / "demo"
    words = ["demo", str(folder), "--weights", tiny_weights]

    answer = CliRunner().invoke(main, words)

    assert answer.exit_code == 0, answer.stderr
    rows = [line.split("\t") for line in answer.stdout.splitlines()]
    assert [row[0] for row in rows] == ["found", *["wrote"] * 4, "truth", "verdict"]
    assert {path.name for path in folder.iterdir()} == {
        "demo.tif",
        "demo-labels.gpkg",
        "demo.gpkg",
        "demo.run.json",
        "demo-probability.tif",
        "demo.png",
    }

    again = CliRunner().invoke(main, words)
    assert again.exit_code == 8
    assert "exists" in again.stderr
