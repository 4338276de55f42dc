"""From expressions to answers through the whole pipeline, whatever its settings."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from found_things import GRIDS, as_found
from painted import Paint, paint

from rrsis_geo import pipeline
from rrsis_geo.errors import SceneError
from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.pipeline.explain import explain
from rrsis_geo.pipeline.revectorize import replay
from rrsis_geo.protocol import Advice
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.query_batch import TAG, QueryBatch, ask, whole
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import Strip

ASKED = (
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
"""Columns where the tanks that are meant begin."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return paint(tmp_path_factory.mktemp("scene") / "scene.tif")


@pytest.fixture(scope="module")
def plain(scene, tmp_path_factory):
    """A job with all expressions and its result."""
    job = job_for(scene, tmp_path_factory.mktemp("plain"))
    return job, run(job)


def job_for(scene, folder, *, expressions=ASKED, resolve="scene", **options):
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
    questions = ask(job.expressions, job.options.resolve)
    return pipeline.run(job, predictor=Paint(questions.phrases), **more)


def lefts(polygons):
    """Expression -> columns where its polygons begin, sorted."""
    found = {}
    for text, shape in zip(
        polygons.columns["expression"], polygons.geometry, strict=True
    ):
        found.setdefault(text, []).append(round((shape.bounds[0] - 500_000) / 0.5))
    return {text: sorted(columns) for text, columns in found.items()}


def test_answers_are_those_one_sees(plain):
    _, found = plain
    assert lefts(found.polygons) == LEFTS
    columns = found.polygons.columns
    assert columns["id"].tolist() == list(range(1, len(found.polygons) + 1))
    of = dict(zip(columns["expression"], columns["rank"], strict=True))
    assert of["the largest tank"] == 1
    assert of["the second tank from the left"] == 2
    assert of["tanks near the road"] == 0
    near = columns["expression"] == "tanks near the road"
    assert columns["distance_m"][near] == pytest.approx([6.0], abs=0.01)
    assert np.isnan(columns["distance_m"][columns["rank"] == 1]).all()
    assert all(columns["why"])


def test_the_network_is_asked_once_for_each_phrase(plain):
    job, found = plain
    assert ask(ASKED, "scene").phrases == ("storage tank", "road", "building")
    with ProbabilityRaster.open(job.probability) as raster:
        assert raster.expressions == ("storage tank", "road", "building")
    questions = found.manifest["questions"]
    assert [one["expression"] for one in questions] == list(ASKED)
    assert questions[0]["steps"][0] == {"words": 'find "storage tank"', "left": 4}
    assert questions[0]["steps"][-1]["left"] == 1
    assert found.manifest["polygons"] == {text: len(LEFTS[text]) for text in ASKED}


def test_anchors_are_a_layer_of_their_own(plain):
    job, found = plain
    layer = pyogrio.read_dataframe(job.anchors)
    of = layer[layer["expression"] == "tanks near the road"]
    assert of["why"].tolist() == ["road"]
    assert of.geometry.area.tolist() == [pytest.approx(8 * 220 * 0.25)]
    assert job.anchors in found.files


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
    found = pipeline.run(job, predictor=Paint(texts))
    assert lefts(found.polygons) == {"storage tank": [40, 110, 200, 205], "road": [20]}
    assert set(found.polygons.columns["why"]) == {""}
    assert found.polygons.columns["rank"].tolist() == [0] * 5
    assert len(found.anchors) == 0


def test_a_raster_is_asked_again_at_another_threshold(plain, tmp_path):
    job, _ = plain
    again = str(tmp_path / "again.gpkg")
    task = VectorizeJob(probability=job.probability, output=again, min_score=0)
    done = replay(task)
    assert done.expressions == ASKED
    assert lefts(done.polygons) == LEFTS
    table, first = pyogrio.read_dataframe(again), pyogrio.read_dataframe(job.output)
    assert table.drop(columns="geometry").equals(first.drop(columns="geometry"))
    # without the doubtful one and the small one less is far from the road
    strict = replay(replace(task, overwrite=True, threshold=0.92))
    assert lefts(strict.polygons)["tanks more than 20 m from the road"] == [110]


def test_named_bands_are_not_asked_again(plain, tmp_path):
    job, _ = plain
    done = replay(
        VectorizeJob(
            probability=job.probability,
            output=str(tmp_path / "b.gpkg"),
            expressions=("a", "b", "c"),
            min_score=0,
        )
    )
    assert lefts(done.polygons)["a"] == [40, 110, 200, 205]


def test_an_interrupted_run_goes_on_for_other_words_with_the_same_phrases(
    scene, tmp_path
):
    class Stop(Exception):
        pass

    class Breaking(Paint):
        left = 20

        def __call__(self, pixels):
            Breaking.left -= 1
            if not Breaking.left:
                raise Stop
            return super().__call__(pixels)

    first = job_for(scene, tmp_path / "a", expressions=("the largest tank",))
    with pytest.raises(Stop):
        pipeline.run(first, predictor=Breaking(["storage tank"]))
    Breaking.left = 10**6
    other = job_for(scene, tmp_path / "a", expressions=("the smallest tank",))
    found = pipeline.run(other, predictor=Breaking(["storage tank"]))
    assert found.counts.resumed > 0
    assert lefts(found.polygons) == {"the smallest tank": [40]}


def test_what_is_unclear_is_said(scene, tmp_path):
    told = []
    job = job_for(scene, tmp_path / "a", expressions=("the tank",))
    found = run(job, report=told.append)
    assert len(found.polygons) == 3  # the doubtful one does not fit as well
    lines = [message.message for message in told if isinstance(message, Advice)]
    assert '"the tank": 3 objects fit equally' in lines
    assert '"the tank": 3 objects fit equally' in found.manifest["advice"]


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000),  # south-up
        Affine(0, 0.5, 500_000, 0.5, 0, 5_000_000),  # turned and mirrored
    ],
)
def test_the_picture_and_the_map_have_their_own_words(tmp_path, transform):
    scene = paint(tmp_path / "turned.tif", transform=transform)
    texts = ("the uppermost tank", "the northernmost tank", "the leftmost tank")
    found = run(job_for(scene, tmp_path / "a", expressions=texts))
    back = ~transform
    rows = {}
    for text, shape in zip(
        found.polygons.columns["expression"], found.polygons.geometry, strict=True
    ):
        x, y = shape.centroid.coords[0]
        column = back.a * x + back.b * y + back.c
        rows[text] = round(column), round(back.d * x + back.e * y + back.f)
    assert rows["the uppermost tank"] == (130, 60)
    assert rows["the leftmost tank"] == (46, 106)
    # the map's north is the picture's bottom in the first, its right in the second
    middling = (213, 163)
    assert rows["the northernmost tank"] == middling


def test_explaining_needs_no_scene():
    said = explain(["the largest tank", "tanks near the road"])
    values = json.loads(json.dumps(said.to_mapping()))
    assert values["phrases"][0] == "storage tank"
    assert [one["expression"] for one in values["questions"]] == [
        "the largest tank",
        "tanks near the road",
    ]
    assert str(said).splitlines()[0] == "the largest tank"


def test_modes():
    texts = ["the largest tank", "storage tank"]
    assert ask(texts, "network").phrases == tuple(texts)
    assert ask(texts, "network").modes == ("network", "network")
    assert ask(texts, "scene").phrases == ("storage tank",)
    assert ask(texts, "scene").modes == ("scene", "network")
    # what the weights do not know by name stays with the network
    known = ask(["tanks near the road"], "auto", categories=("storage_tank",))
    assert len(known.phrases) == 1
    assert "road" in known.phrases[0]


def test_questions_survive_the_raster():
    questions = ask(ASKED, "scene")
    tags = questions.tags()
    assert QueryBatch.from_tags(tags, questions.phrases, "x.tif") == questions
    assert QueryBatch.from_tags({}, ["one", "two"], "x.tif") == whole(["one", "two"])
    assert QueryBatch.from_tags(tags, ["other"], "x.tif") == whole(["other"])
    with pytest.raises(SceneError, match=TAG):
        QueryBatch.from_tags({TAG: "[{"}, ["one"], "x.tif")


def test_the_area_does_not_depend_on_how_rows_are_cut():
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


class Whole:
    """An image of 480 x 480 pixels, which the network sees whole."""

    width = height = 480


def auto(text, grid=Whole):
    known = ("storage_tank", "building")
    return ask([text], "auto", grid=grid, window_size=480, categories=known)


def test_auto_on_an_image_that_the_network_sees_whole():
    # what validation gives to the map; the network is told the whole as well
    largest = auto("the largest tank")
    assert largest.phrases == ("storage tank", "the largest tank")
    assert largest.modes == ("both",)
    # what the network sees at a glance stays in its words
    assert auto("tanks near the building").phrases == ("tanks near the building",)
    assert auto("the three white tanks").phrases == ("the three white tanks",)
    # a larger scene is the map's
    assert auto("the largest tank", None).phrases == ("storage tank",)
    both = auto("tanks near the building", None).phrases
    assert both == ("storage tank", "building")
    # whoever makes out the groups chooses among them
    row = "the northernmost row of tanks"
    assert auto(row).phrases == (row,)
    assert auto(row, None).phrases == ("storage tank",)
    # two things are asked for only where both are known by name
    pier = "the two leftmost tanks and the pier"
    assert auto(pier).phrases == (pier,)
    assert len(auto("the leftmost tank and the largest building").phrases) == 3


FAR = shapely.box(700, 500, 740, 540)
UPPER_LEFT = shapely.box(20, 20, 60, 60)


def test_where_the_map_leaves_nothing_the_network_is_believed():
    grid = GRIDS["projected"]
    nothing = auto("the dark tank in the upper left corner")
    assert nothing.told == ("the dark tank in the upper left corner",)
    for score, left in ((0.9, 1), (0.6, 0)):
        found = as_found(grid, nothing.phrases, [FAR, UPPER_LEFT], [0.9, score])
        meant = nothing.answer(found, grid, None).polygons
        assert len(meant) == left
        assert set(meant.columns["expression"]) <= set(nothing.expressions)
    # words of looks may miss a thing, the plain name of what is there does not
    for text, left in (
        ("the dark tank in the upper left corner", 1),
        ("tanks left of the building", 0),
    ):
        found = as_found(grid, [text], [UPPER_LEFT], [0.9])
        assert len(auto(text).answer(found, grid, None).polygons) == left


def test_where_a_plain_thing_lies_the_map_knows_better_than_the_network():
    grid = GRIDS["projected"]
    for text, left in (
        ("the tank in the upper left corner", 0),
        ("tanks at the left edge", 0),
        ("the dark tank in the upper left corner", 1),
    ):
        asked = auto(text)
        assert len(asked.phrases) == 2
        found = as_found(grid, asked.phrases, [FAR, UPPER_LEFT], [0.9, 0.9])
        assert len(asked.answer(found, grid, None).polygons) == left


@pytest.mark.parametrize(
    ("text", "believed"),
    [
        ("the dark tank on the left", "left"),
        ("the dark tank left of the building", "left"),
        ("the dark tank right of the building", "right"),
    ],
)
def test_the_network_is_believed_only_as_far_as_the_map_bears_it_out(text, believed):
    grid = GRIDS["projected"]
    told = {
        "left": shapely.box(100, 300, 140, 340),
        "right": shapely.box(700, 300, 740, 340),
    }
    wrong = shapely.box(830, 60, 850, 80)  # the one dark tank that was found
    if believed == "right":
        wrong = shapely.box(30, 60, 50, 80)
    asked = auto(text)
    for side, shape in told.items():
        shapes = {asked.phrases[0]: wrong, text: shape}
        if "building" in asked.phrases:
            shapes["building"] = shapely.box(400, 300, 440, 340)
        found = as_found(grid, list(shapes), list(shapes.values()), [0.9] * len(shapes))
        meant = asked.answer(found, grid, None).polygons
        assert len(meant) == int(side == believed)


def test_told_questions_survive_the_raster():
    questions = auto("the largest tank")
    tags = questions.tags()
    assert QueryBatch.from_tags(tags, questions.phrases, "x.tif") == questions


def test_what_the_network_is_believed_to_mean_says_how_far_it_is():
    grid = GRIDS["projected"]
    asked = auto("the leftmost dark tank within 200 m of the building")
    told = asked.told[0]
    shapes = {
        asked.phrases[0]: shapely.box(860, 660, 880, 680),
        "building": shapely.box(100, 100, 140, 140),
        told: shapely.box(180, 100, 200, 120),
    }
    found = as_found(grid, list(shapes), list(shapes.values()), [0.9] * 3)
    (away,) = asked.answer(found, grid, None).polygons.columns["distance_m"]
    assert away == pytest.approx(20.0, rel=1e-3)
