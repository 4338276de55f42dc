"""From samples to a report, with a network that thresholds brightness."""

import json
import re

import numpy as np
import pytest
from evaluation_fakes import Brightness, make_samples, outcome
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.errors import DataError, OutputError
from rrsis_geo.evaluation.evaluate import evaluate, outcome_from_json, outcome_to_json
from rrsis_geo.evaluation.published_results import read_published, why_not_comparable
from rrsis_geo.evaluation.reports.case_images import (
    choose_cases,
    draw_cases,
    draw_sheet,
)
from rrsis_geo.evaluation.reports.html_report import html_page, write_report
from rrsis_geo.evaluation.reports.text_report import text_report
from rrsis_geo.evaluation.result import EvaluationResult, read_result, write_result


def evaluated(outcomes, **changes):
    values = {
        "dataset": "manifest",
        "place": "chips/<manifest>.jsonl",
        "split": "test",
        "weights": "mine",
        "sha256": "0" * 64,
        "threshold": 0.5,
        "outcomes": tuple(outcomes),
        "rounds": 50,
    }
    return EvaluationResult(**{**values, **changes})


def test_every_sample_is_predicted_and_counted(tmp_path):
    samples = make_samples(tmp_path)
    network, reported = Brightness(), []
    outcomes = evaluate(samples, network, on_outcome=reported.append)
    assert outcomes == reported
    assert [o.expression for o in outcomes] == [s.expression for s in samples]
    assert len(network.calls) == 6  # one prediction for each image
    first = outcomes[0].pixels["native"]
    assert first.iou == pytest.approx(1.0, abs=0.08)
    ious = [o.pixels["native"].iou for o in outcomes[::2]]
    assert ious == sorted(ious, reverse=True)
    assert all(o.pixels["product"].quiet for o in outcomes if not o.target)


def test_nothing_to_evaluate_is_an_error():
    with pytest.raises(DataError, match="no sample"):
        evaluate([], Brightness())


def test_a_mask_of_another_size_gets_a_one_line_error(tmp_path):
    Image.new("RGB", (20, 10)).save(tmp_path / "a.png")
    odd = Sample(
        image=tmp_path / "a.png",
        expression="over 5",
        target=MaskRuns(parts=(rle.encode(np.ones((10, 21), bool)),)),
        split="test",
        origin="m.jsonl, line 3",
    )
    with pytest.raises(DataError, match=r"m\.jsonl, line 3: .*21 x 10.*20 x 10"):
        evaluate([odd], Brightness())


def test_outcomes_survive_json(tmp_path):
    outcomes = evaluate(make_samples(tmp_path, 2), Brightness())
    again = [
        outcome_from_json(json.loads(json.dumps(outcome_to_json(o)))) for o in outcomes
    ]
    assert again == outcomes
    with pytest.raises(DataError, match="not an outcome"):
        outcome_from_json({"image": "a"})


def test_a_result_is_read_as_it_was_written(tmp_path):
    result = evaluated(evaluate(make_samples(tmp_path), Brightness()))
    write_result(result, tmp_path / "r.json", comparison=result.compare_with(result))
    assert read_result(tmp_path / "r.json") == result
    body = json.loads((tmp_path / "r.json").read_text())
    assert body["summary"]["with_target"][0]["samples"] == 6
    assert body["comparison"]["samples"] == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "cannot be read as JSON"),
        ("[]", "not a result"),
        ('{"format": "rrsis-geo evaluation 1"}', "damaged"),
    ],
)
def test_other_files_are_no_results(tmp_path, text, message):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(DataError, match=message):
        read_result(tmp_path / "r.json")


def test_the_text_always_says_how_many(tmp_path):
    result = evaluated(evaluate(make_samples(tmp_path), Brightness()))
    text = text_report(result, result.compare_with(result))
    assert "12 samples over 6 images, 6 with a target, 6 without" in text
    for line in ("reference", "native", "product"):
        assert re.search(rf"^{line} +6 +6 ", text, re.M)
    assert "no: other data" in text
    assert "+0.0 (+0.0 to +0.0; p 1.000)" in text


def test_one_image_gives_no_interval():
    text = text_report(evaluated([outcome(0.5), outcome(0.7)]))
    assert "60.0 (-)" in text


def test_published_figures_are_only_comparable_on_the_same_data():
    found = {(item.method, item.dataset): item for item in read_published()}
    paper = found["BTDNet", "rrsis-d"]
    assert paper.scores["miou"] == pytest.approx(0.6604)
    assert all(item.source for item in found.values())
    same = {"dataset": "rrsis-d", "split": "test", "samples": 3481}
    assert why_not_comparable(paper, **same) == ""
    assert why_not_comparable(paper, **{**same, "split": "val"}) == "other data"
    fewer = why_not_comparable(paper, **{**same, "samples": 10})
    assert fewer == "10 of 3481 samples"


def test_cases_are_best_median_worst_and_most_predicted():
    outcomes = [outcome(k / 10, image=f"i{k}") for k in range(10)]
    outcomes += [outcome(0.0, target=False), outcome(0.3, target=False)]
    chosen = choose_cases(outcomes, each=2)
    assert chosen == [
        ("best", 9),
        ("best", 8),
        ("median", 5),
        ("median", 4),
        ("worst", 0),
        ("worst", 1),
        ("no target, most predicted", 11),
        ("no target, most predicted", 10),
    ]
    few = choose_cases(outcomes[:3], each=4)
    assert sorted(index for _, index in few) == [0, 1, 2]


def test_the_page_is_self_contained_and_escapes_texts(tmp_path):
    samples = make_samples(tmp_path)
    result = evaluated(evaluate(samples, Brightness()))
    pictures = list(draw_cases(samples, result.outcomes, Brightness(), each=1))
    text = html_page(result, pictures, result.compare_with(result))
    assert text.count("data:image/jpeg;base64,") == len(pictures) == 4
    assert not re.search(r"""(src|href)=["'](?!data:)""", text)
    assert "chips" not in text
    assert "&lt;manifest&gt;" in text
    assert "<manifest>" not in text


@pytest.mark.parametrize("name", ["r.html", "r.png"])
def test_reports_are_written_whole(tmp_path, name):
    samples = make_samples(tmp_path, 3)
    result = evaluated(evaluate(samples, Brightness()))
    pictures = list(draw_cases(samples, result.outcomes, Brightness(), each=1))
    write_report(tmp_path / name, result, pictures)
    assert (tmp_path / name).stat().st_size > 1000
    with pytest.raises(OutputError, match=r"\.html or \.png"):
        write_report(tmp_path / "r.pdf", result, pictures)


def test_a_case_colours_right_missed_and_wrong_pixels(tmp_path):
    samples = make_samples(tmp_path, 4)
    outcomes = evaluate(samples, Brightness())
    worst = [
        picture
        for picture in draw_cases(samples, outcomes, Brightness(), each=1)
        if picture.kind == "worst"
    ]
    pixels = worst[0].pixels[:, 320:].reshape(-1, 3).astype(int)
    green = (pixels[:, 1] > pixels[:, 0] + 20).sum()
    red = (pixels[:, 0] > pixels[:, 1] + 40).sum()
    assert green > 500
    assert red > 500
    assert draw_sheet(worst, title="one").size == (664, 436)
    assert draw_sheet([], title="none").size[1] == 64
