import json
import math
from dataclasses import asdict, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.errors import OptionError
from rrsis_geo.job import MAX_EXPRESSION, SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.job_texts import FILE_NAME

TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40
).filter(lambda text: text.split() and not FILE_NAME.search(text.strip()))
METRES = st.floats(0, 1e6)


@st.composite
def option_values(draw):
    size = draw(st.integers(32, 4096))
    left, bottom = draw(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)))
    return SegmentOptions(
        window_size=size,
        overlap=draw(st.integers(0, size - 1)),
        threshold=draw(st.floats(0.01, 0.99)),
        min_score=draw(st.none() | st.floats(0, 0.99)),
        min_area=draw(METRES),
        fill_holes=draw(METRES),
        simplify=draw(METRES),
        gsd=draw(st.none() | st.floats(0.01, 100)),
        bands=draw(st.none() | st.just((4, 3, 2)) | st.just((1,))),
        crs=draw(st.none() | st.just("EPSG:32633")),
        bbox=draw(st.none() | st.just((left, bottom, left + 1, bottom + 2.5))),
        batch_size=draw(st.integers(0, 64)),
        workers=draw(st.integers(1, 64)),
    )


@given(
    scene=TEXT,
    expressions=st.lists(
        TEXT, min_size=1, max_size=5, unique_by=lambda text: " ".join(text.split())
    ),
    output=st.none() | TEXT,
    options=option_values(),
)
def test_a_job_round_trips_through_json(scene, expressions, output, options):
    job = SegmentJob(
        scene=scene, expressions=expressions, output=output, options=options
    )
    line = job.to_json()
    assert SegmentJob.from_json(line) == job
    assert line.isascii()
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window_size", 31),
        ("window_size", 4097),
        ("window_size", 480.5),
        ("window_size", "480"),
        ("workers", True),
        ("overlap", -1),
        ("overlap", 480),
        ("threshold", 0),
        ("threshold", 1),
        ("threshold", math.nan),
        ("min_area", -1),
        ("min_area", math.nan),
        ("fill_holes", math.inf),
        ("min_score", 1.0),
        ("min_score", -0.1),
        ("simplify", -0.1),
        ("gsd", 0),
        ("gsd", math.nan),
        ("bands", ()),
        ("bands", (1, 2)),
        ("bands", (0, 1, 2)),
        ("bbox", (0, 0, 0, 1)),
        ("bbox", (0, 1, 1, 0)),
        ("bbox", (0, 0, 1)),
        ("bbox", (0, 0, math.inf, 1)),
        ("runtime", "openvino"),
        ("device", "tpu"),
        ("precision", "float16"),
        ("engine", "dask"),
        ("batch_size", -1),
        ("workers", 0),
    ],
)
def test_an_invalid_value_is_refused_by_name(name, value):
    with pytest.raises(OptionError, match=name.replace("_", "-")):
        SegmentOptions(**{name: value})


def test_numbers_of_numpy_are_numbers():
    options = SegmentOptions(
        window_size=np.int64(320),
        overlap=np.uint8(32),
        workers=np.int32(1),
        threshold=np.float32(0.25),
        min_area=np.int64(20),
        min_score=np.float64(0.5),
        gsd=np.float32(0.5),
        bands=(np.int64(4), 3, 2),
        bbox=np.array([0, 1, 2, 3.5]),
        caution=np.float16(1),
        split=np.True_,
        cache=np.False_,
    )
    plain = SegmentOptions(
        window_size=320,
        overlap=32,
        threshold=0.25,
        min_area=20,
        min_score=0.5,
        gsd=0.5,
        bands=(4, 3, 2),
        bbox=(0.0, 1.0, 2.0, 3.5),
        caution=1.0,
        split=True,
        cache=False,
    )
    assert options == plain
    assert json.dumps(asdict(options)) == json.dumps(asdict(plain))
    job = VectorizeJob("p.tif", "a.gpkg", threshold=np.float32(0.25), split=np.True_)
    assert json.dumps(job.to_mapping()) == json.dumps(
        VectorizeJob("p.tif", "a.gpkg", threshold=0.25, split=True).to_mapping()
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", np.float64(1)),
        ("window_size", np.array(320)),
        ("threshold", np.float32("nan")),
        ("min_area", np.float32("inf")),
        ("bands", (np.float32(1), 2, 3)),
        ("bands", (np.True_, 2, 3)),
        ("min_area", np.True_),
        ("gsd", 1j),
    ],
)
def test_other_values_of_numpy_are_refused_by_name(name, value):
    with pytest.raises(OptionError, match=name.replace("_", "-")):
        SegmentOptions(**{name: value})


def test_pixel_coordinates_and_a_crs_exclude_each_other():
    with pytest.raises(OptionError, match="pixel-coordinates"):
        SegmentOptions(crs="EPSG:32633", pixel_coordinates=True)


def test_unknown_names_are_refused_with_a_list_of_known_names():
    with pytest.raises(OptionError, match=r"treshold.*threshold"):
        SegmentOptions.from_mapping({"treshold": 0.4})
    with pytest.raises(OptionError, match="scenes"):
        SegmentJob.from_mapping({"scenes": "a.tif", "expressions": ["tank"]})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", '{"scene": "a.tif"}', '{"scene": "a", "expressions": 3}'],
)
def test_invalid_jobs_are_refused(text):
    with pytest.raises(OptionError):
        SegmentJob.from_json(text)


@pytest.mark.parametrize("expressions", [(), ("",), (" \n",), ("tank", "")])
def test_empty_expressions_are_refused(expressions):
    with pytest.raises(OptionError, match="say what to look for"):
        SegmentJob(scene="a.tif", expressions=expressions)


def test_the_length_of_an_expression_is_limited():
    SegmentJob(scene="a.tif", expressions=("x" * MAX_EXPRESSION,))
    with pytest.raises(OptionError, match="10000 characters") as failure:
        SegmentJob(scene="a.tif", expressions=("x" * 10_000,))
    assert len(str(failure.value)) < 200


def test_a_string_is_one_expression():
    job = SegmentJob(scene="a.tif", expressions="red roof")
    assert job.expressions == ("red roof",)
    values = {"scene": "a.tif", "expressions": "red roof"}
    assert SegmentJob.from_mapping(values) == job


def test_values_of_a_wrong_type_are_refused():
    with pytest.raises(OptionError, match="threshold must be a number, got 'high'"):
        SegmentOptions.from_mapping({"threshold": "high"})
    with pytest.raises(OptionError, match="bands must be a list of numbers, got 3"):
        SegmentOptions.from_mapping({"bands": 3})
    with pytest.raises(OptionError, match="device must be a text, got None"):
        SegmentOptions.from_mapping({"device": None})
    with pytest.raises(OptionError):
        SegmentJob.from_mapping({"scene": "a.tif", "expressions": [3]})


def test_white_space_in_expressions_is_normalized():
    job = SegmentJob(scene="a.tif", expressions=(" the  red\troof\n",))
    assert job.expressions == ("the red roof",)
    with pytest.raises(OptionError, match="twice"):
        SegmentJob(scene="a.tif", expressions=("red roof", "red  roof"))


def test_non_latin_expressions_are_kept():
    text = "तेल ट्याङ्की"
    job = SegmentJob(scene="a.tif", expressions=(text,))
    assert SegmentJob.from_json(job.to_json()).expressions == (text,)


def test_every_option_has_a_default_and_is_written_to_json():
    options = SegmentOptions()
    job = SegmentJob(scene="a.tif", expressions=("tank",), options=options)
    sent = json.loads(job.to_json())["options"]
    assert sorted(sent) == sorted(item.name for item in fields(SegmentOptions))


@given(
    expressions=st.lists(TEXT, max_size=3),
    threshold=st.floats(0.01, 0.99),
    min_area=METRES,
    overwrite=st.booleans(),
)
def test_a_vectorize_job_round_trips_through_json(
    expressions, threshold, min_area, overwrite
):
    job = VectorizeJob(
        probability="p.tif",
        output="p.gpkg",
        expressions=expressions,
        overwrite=overwrite,
        threshold=threshold,
        min_area=min_area,
    )
    sent = json.loads(json.dumps(job.to_mapping()))
    assert VectorizeJob.from_mapping(sent) == job
    assert job.options.threshold == threshold
    assert job.options.min_area == min_area


@pytest.mark.parametrize(
    "invalid",
    [
        {"threshold": 1.5},
        {"threshold": "high"},
        {"min_area": -1},
        {"simplify": None},
        {"output": None},
        {"output": ""},
        {"probability": 3},
        {"expressions": 3},
        {"treshold": 0.5},
    ],
    ids=str,
)
def test_an_invalid_vectorize_job_is_refused(invalid):
    values = {"probability": "p.tif", "output": "p.gpkg", **invalid}
    with pytest.raises(OptionError):
        VectorizeJob.from_mapping(values)
    with pytest.raises(OptionError, match="not a job"):
        VectorizeJob.from_mapping({"probability": "p.tif"})


def test_both_jobs_have_the_same_defaults():
    assert VectorizeJob(probability="p", output="o").options == SegmentOptions()


@pytest.mark.parametrize(
    ("threshold", "min_score", "margin", "least"),
    [
        (0.4, None, 0.4, 0.64),
        (0.5, None, 0.4, 0.7),
        (0.5, None, 0.6, 0.8),
        (0.8, None, 0.4, 0.88),
        (0.8, 0.0, 0.6, 0.0),
    ],
)
def test_the_least_score_lies_above_the_threshold_by_the_margin(
    threshold, min_score, margin, least
):
    options = SegmentOptions(threshold=threshold, min_score=min_score)
    assert options.least_score(margin) == pytest.approx(least)
    job = VectorizeJob(
        probability="p.tif", output="o.gpkg", threshold=threshold, min_score=min_score
    )
    assert job.options.least_score(margin) == options.least_score(margin)
