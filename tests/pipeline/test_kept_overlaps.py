"""What the choice works out of kept polygons serves the next question, unchanged."""

import numpy as np
import pytest
from brightness import make_job, result_bytes, write_scene
from text_network import Network

from rrsis_geo.pipeline.runner import run
from rrsis_geo.query.decision import maps


@pytest.fixture
def ask(tmp_path):
    """Return a function that asks a scene of bright spots; it returns the bytes."""
    pixels = np.random.default_rng(3).integers(0, 256, (3, 160, 200), dtype=np.uint8)
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    count = iter(range(1000))

    def ask(text, **values):
        folder = tmp_path / f"run-{next(count)}"
        folder.mkdir()
        job = make_job(scene, folder, expressions=(text,), resolve="auto", **values)
        run(job, network=Network())
        return result_bytes(job)

    return ask


@pytest.fixture
def overlapping(monkeypatch):
    """Counts the calls that look for overlaps."""
    calls = []
    real = maps.overlaps

    def counted(*words, **values):
        calls.append(words)
        return real(*words, **values)

    monkeypatch.setattr(maps, "overlaps", counted)
    return calls


FIRST = "all tanks and all ships"
LATER = (
    "the largest tank",
    "the two northernmost tanks",
    "tanks in the west",
    "ships and tanks",
)


def test_the_next_question_finds_no_overlaps_anew(ask, overlapping):
    fresh = {text: ask(text, cache=False) for text in LATER}
    assert overlapping
    ask(FIRST)
    overlapping.clear()
    assert {text: ask(text) for text in LATER} == fresh
    assert [len(words) for words in overlapping] == [
        2
    ]  # "ships and tanks" the first time
    overlapping.clear()
    assert ask(LATER[-1]) == fresh[LATER[-1]]
    assert not overlapping


@pytest.mark.parametrize(
    "change", [{"min_area": 3.0}, {"threshold": 0.6}, {"bbox": None}], ids=str
)
def test_other_polygons_have_other_overlaps(ask, overlapping, change):
    area = (500_000.0, 5_000_000 - 60.0, 500_080.0, 5_000_000.0)
    ask("all tanks", bbox=area)
    values = {"bbox": area} | change
    fresh = ask(LATER[0], cache=False, **values)
    overlapping.clear()
    assert ask(LATER[0], **values) == fresh
    assert overlapping


def test_damaged_overlaps_are_not_believed(ask, overlapping, answer_cache):
    fresh = ask(LATER[0], cache=False)
    ask("all tanks")
    overlapping.clear()
    kept = [path for path in answer_cache.rglob("*.answer") if "overlaps" in path.name]
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:-20])
    assert ask(LATER[0]) == fresh
    assert overlapping
