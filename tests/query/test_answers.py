"""From expressions to answers through the whole pipeline, with all its settings."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from affine import Affine
from painted_scene import ChannelPredictor, paint_scene

from rrsis_geo import pipeline
from rrsis_geo.errors import SceneError
from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.pipeline.explain import explain
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.protocol import Advice
from rrsis_geo.query import make_plan
from rrsis_geo.query.batch_tags import TAG, batch_of_tags, batch_tags
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.own_layers import layer_nouns
from rrsis_geo.query.query_batch import as_typed, make_batch
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import Strip

EXPRESSIONS = (
    "the largest tank",
    "tanks near the road",
    "the second tank from the left",
    "tanks more than 20 m from the road",
    "the tank above the building",
)
LEFTS = {
    "the largest tank": [110],
    "tanks near the road": [40],
    "the second tank from the left": [110],
    "tanks more than 20 m from the road": [110, 200, 205],
    "the tank above the building": [110],
}
"""Left columns of the selected tanks."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return paint_scene(tmp_path_factory.mktemp("scene") / "scene.tif")


@pytest.fixture(scope="module")
def plain(scene, tmp_path_factory):
    """A job with all expressions and its result."""
    job = job_for(scene, tmp_path_factory.mktemp("plain"))
    return job, run(job)


def job_for(scene, folder, *, expressions=EXPRESSIONS, resolve="scene", **options):
    folder.mkdir(exist_ok=True)
    given = {"window_size": 64, "overlap": 16, "threshold": 0.5, "min_score": 0}
    given |= options
    return SegmentJob(
        scene=scene,
        expressions=expressions,
        output=str(folder / "found.gpkg"),
        probability=str(folder / "found.tif"),
        anchors=str(folder / "anchors.gpkg"),
        options=SegmentOptions(resolve=resolve, **given),
    )


def run(job, **more):
    questions = make_batch(job.expressions, job.options.resolve)
    return pipeline.run(job, predictor=ChannelPredictor(questions.texts), **more)


def lefts(polygons):
    """Expression -> left columns of its polygons, sorted."""
    columns = {}
    for text, shape in zip(
        polygons.columns["expression"], polygons.geometry, strict=True
    ):
        columns.setdefault(text, []).append(round((shape.bounds[0] - 500_000) / 0.5))
    return {text: sorted(lefts) for text, lefts in columns.items()}


def test_answers_of_the_painted_scene(plain):
    _, result = plain
    assert lefts(result.polygons) == LEFTS
    columns = result.polygons.columns
    assert columns["id"].tolist() == list(range(1, len(result.polygons) + 1))
    of = dict(zip(columns["expression"], columns["rank"], strict=True))
    assert of["the largest tank"] == 1
    assert of["the second tank from the left"] == 2
    assert of["tanks near the road"] == 0
    near = columns["expression"] == "tanks near the road"
    assert columns["distance_m"][near] == pytest.approx([6.0], abs=0.01)
    assert np.isnan(columns["distance_m"][columns["rank"] == 1]).all()
    assert all(columns["why"])


def test_each_phrase_is_segmented_once(plain):
    job, result = plain
    assert make_batch(EXPRESSIONS, "scene").texts == (
        "storage tank",
        "road",
        "building",
    )
    with ProbabilityRaster.open(job.probability) as raster:
        assert raster.expressions == ("storage tank", "road", "building")
    questions = result.manifest["questions"]
    assert [one["expression"] for one in questions] == list(EXPRESSIONS)
    assert questions[0]["steps"][0] == {"words": 'find "storage tank"', "left": 4}
    assert questions[0]["steps"][-1]["left"] == 1
    assert result.manifest["polygons"] == {
        text: len(LEFTS[text]) for text in EXPRESSIONS
    }


def test_anchors_are_written_to_their_own_layer(plain):
    job, result = plain
    layer = pyogrio.read_dataframe(job.anchors)
    of = layer[layer["expression"] == "tanks near the road"]
    assert of["why"].tolist() == ["road"]
    assert of.geometry.area.tolist() == [pytest.approx(8 * 220 * 0.25)]
    assert job.anchors in result.files


@pytest.mark.parametrize(
    "options",
    [
        {"window_size": 32, "overlap": 0},
        {"window_size": 100, "overlap": 60},
        {"window_size": 480, "overlap": 96},
        {"batch_size": 7},
        {"engine": "processes", "workers": 2},
    ],
    ids=str,
)
def test_windows_batches_and_engines_do_not_matter(scene, plain, tmp_path, options):
    job, other = plain[0], job_for(scene, tmp_path / "other", **options)
    run(other)
    for name in ("output", "anchors", "probability"):
        one, two = (Path(getattr(each, name)) for each in (job, other))
        assert one.read_bytes() == two.read_bytes()


def test_network_mode_keeps_every_text(scene, tmp_path):
    texts = ("storage tank", "road")
    job = job_for(scene, tmp_path / "a", expressions=texts, resolve="network")
    result = pipeline.run(job, predictor=ChannelPredictor(texts))
    assert lefts(result.polygons) == {"storage tank": [40, 110, 200, 205], "road": [20]}
    assert set(result.polygons.columns["why"]) == {""}
    assert result.polygons.columns["rank"].tolist() == [0] * 5
    assert len(result.anchors) == 0


def test_a_raster_is_vectorized_again_at_another_threshold(plain, tmp_path):
    job, _ = plain
    again = str(tmp_path / "again.gpkg")
    task = VectorizeJob(probability=job.probability, output=again, min_score=0)
    done = revectorize(task)
    assert done.expressions == EXPRESSIONS
    assert lefts(done.polygons) == LEFTS
    table, first = pyogrio.read_dataframe(again), pyogrio.read_dataframe(job.output)
    assert table.drop(columns="geometry").equals(first.drop(columns="geometry"))
    # the two tanks of low probability are gone
    strict = revectorize(replace(task, overwrite=True, threshold=0.92))
    assert lefts(strict.polygons)["tanks more than 20 m from the road"] == [110]


def test_named_bands_are_vectorized_without_a_query(plain, tmp_path):
    job, _ = plain
    done = revectorize(
        VectorizeJob(
            probability=job.probability,
            output=str(tmp_path / "b.gpkg"),
            expressions=("a", "b", "c"),
            min_score=0,
        )
    )
    assert lefts(done.polygons)["a"] == [40, 110, 200, 205]


def test_an_interrupted_run_resumes_for_other_expressions_with_the_same_phrases(
    scene, tmp_path
):
    class Stopped(Exception):
        pass

    class StoppingPredictor(ChannelPredictor):
        left = 20

        def __call__(self, pixels):
            StoppingPredictor.left -= 1
            if not StoppingPredictor.left:
                raise Stopped
            return super().__call__(pixels)

    first = job_for(scene, tmp_path / "a", expressions=("the largest tank",))
    with pytest.raises(Stopped):
        pipeline.run(first, predictor=StoppingPredictor(["storage tank"]))
    StoppingPredictor.left = 10**6
    other = job_for(scene, tmp_path / "a", expressions=("the smallest tank",))
    result = pipeline.run(other, predictor=StoppingPredictor(["storage tank"]))
    assert result.counts.resumed > 0
    assert lefts(result.polygons) == {"the smallest tank": [40]}


def test_ambiguities_are_reported(scene, tmp_path):
    messages = []
    job = job_for(scene, tmp_path / "a", expressions=("the tank",))
    result = run(job, report=messages.append)
    assert len(result.polygons) == 3  # the tank of low probability fits less well
    lines = [message.message for message in messages if isinstance(message, Advice)]
    assert '"the tank": 3 objects fit equally' in lines
    assert '"the tank": 3 objects fit equally' in result.manifest["advice"]


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000),  # south-up
        Affine(0, 0.5, 500_000, 0.5, 0, 5_000_000),  # rotated and mirrored
    ],
)
def test_words_of_the_image_and_of_the_map_use_their_own_frame(tmp_path, transform):
    scene = paint_scene(tmp_path / "turned.tif", transform=transform)
    texts = ("the uppermost tank", "the northernmost tank", "the leftmost tank")
    result = run(job_for(scene, tmp_path / "a", expressions=texts))
    back = ~transform
    rows = {}
    for text, shape in zip(
        result.polygons.columns["expression"], result.polygons.geometry, strict=True
    ):
        x, y = shape.centroid.coords[0]
        column = back.a * x + back.b * y + back.c
        rows[text] = round(column), round(back.d * x + back.e * y + back.f)
    assert rows["the uppermost tank"] == (130, 60)
    assert rows["the leftmost tank"] == (46, 106)
    # north is at the bottom of the first image and on the right of the second
    medium = (213, 163)
    assert rows["the northernmost tank"] == medium


def test_explain_needs_no_scene():
    explanation = explain(["the largest tank", "tanks near the road"])
    values = json.loads(json.dumps(explanation.to_mapping()))
    assert values["phrases"][0] == "storage tank"
    assert [one["expression"] for one in values["questions"]] == [
        "the largest tank",
        "tanks near the road",
    ]
    assert str(explanation).splitlines()[0] == "the largest tank"


def test_modes():
    texts = ["the largest tank", "storage tank"]
    assert make_batch(texts, "network").texts == tuple(texts)
    assert make_batch(texts, "network").modes == ("network", "network")
    assert make_batch(texts, "scene").texts == ("storage tank",)
    assert make_batch(texts, "scene").modes == ("scene", "network")
    weighed = make_batch(["the white tank near the road"], "auto")
    assert weighed.modes == ("evidence",)
    assert weighed.texts == (
        "storage tank",
        "white storage tank",
        "road",
        "the white tank near the road",
    )


def test_queries_are_restored_from_the_raster():
    questions = make_batch(EXPRESSIONS, "scene")
    tags = batch_tags(questions)
    assert batch_of_tags(tags, questions.texts, "x.tif") == questions
    assert batch_of_tags({}, ["one", "two"], "x.tif") == as_typed(["one", "two"])
    assert batch_of_tags(tags, ["other"], "x.tif") == as_typed(["other"])
    with pytest.raises(SceneError, match=TAG):
        batch_of_tags({TAG: "[{"}, ["one"], "x.tif")


def test_the_valid_area_does_not_depend_on_the_strips():
    rng = np.random.default_rng(3)
    levels = np.full((1, 40, 50), 255, np.uint8)
    for row, column in rng.integers([5, 5], [35, 45], (12, 2)):
        levels[0, row, column] = 7
    outlines = []
    for step in (1, 7, 40):
        area = ValidArea()
        for top in range(0, 40, step):
            area.add(Strip(top=top, levels=levels[:, top : top + step]))
        outlines.append(area.outline)
    assert all(one.equals(outlines[0]) for one in outlines)
    valid = np.argwhere(levels[0] < 255)
    top, left = valid.min(axis=0)
    bottom, right = valid.max(axis=0) + 1
    assert outlines[0].bounds == (left, top, right, bottom)
    assert ValidArea().outline.is_empty


def test_an_expression_is_parsed_once_in_a_run(scene, tmp_path, monkeypatch):
    parsed, bound = [], []

    def counting(text, nouns):
        parsed.append(text)
        return make_plan(text, nouns)

    def network(job, texts):
        bound.append((job.expressions, texts))
        return ChannelPredictor(texts)

    monkeypatch.setattr(layer_nouns, "make_plan", counting)
    layer_nouns._plan.cache_clear()
    pipeline.run(job_for(scene, tmp_path / "a"), network=network)
    assert parsed == list(EXPRESSIONS)
    # the network gets phrases; the job stays the user's
    assert bound == [(EXPRESSIONS, ("storage tank", "road", "building"))]
