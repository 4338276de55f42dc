"""The command `train`: from a manifest to weights, and one-line errors."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from coloured_boxes import boxes, write_manifest
from PIL import Image

from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import load_weights, recalibrate
from rrsis_geo_cli.main import main

QUICK = (
    *("--set", 'preset="btd-tiny"', "--set", 'dataset="listed"', "--set", "size=64"),
    *("--set", "images=2", "--set", "expressions=2", "--set", "train_text=true"),
    *("--set", "bfloat16=false", "--workers", "0", "--device", "cpu", "--steps", "2"),
)


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("warmup = 1\nema = 0.5\n")
    return path


@pytest.fixture
def manifest(tmp_path):
    return write_manifest(tmp_path / "data", boxes(12))


def call(*words):
    return CliRunner().invoke(main, ["train", *map(str, words)])


def test_a_manifest_becomes_weights(tmp_path, config, manifest):
    output = tmp_path / "boxes.safetensors"
    done = call(config, "--data", manifest, "-o", output, *QUICK)
    assert done.exit_code == 0, done.output
    assert "manifest.jsonl: 8 expressions on 4 images" in done.output
    assert "best so far: score" in done.output
    assert done.output.rstrip().endswith(f"wrote {output}")

    network, info = load_weights(output)
    assert info.categories == ("box",)
    assert info.gsd_range == (0.5, 0.5)
    assert info.name == "boxes"
    assert "8 expressions on 4 images" in info.trained_on
    assert str(tmp_path) not in info.created  # the card reveals no local path
    assert info.created.startswith("rrsis-geo")
    assert not network.config.dmols
    run = tmp_path / "boxes.run"
    assert {path.name for path in run.iterdir()} == {
        "best.safetensors",
        "checkpoint.safetensors",
        "curves.png",
        "events.out.tfevents.0.rrsis-geo",
        "lock",
        "log.jsonl",
    }


def test_existing_weights_are_fine_tuned(tmp_path, config, manifest):
    first = tmp_path / "first.safetensors"
    assert call(config, "--data", manifest, "-o", first, *QUICK).exit_code == 0
    measured = Calibration(temperature=1.5, score_margin=0.8)
    first = recalibrate(first, tmp_path / "one.safetensors", calibration=measured).path
    second = tmp_path / "second.safetensors"
    options = (*QUICK, "--set", "model.dmols=true", "--from", first)
    done = call(config, "--data", manifest, "-o", second, *options)
    assert done.exit_code == 0, done.output
    before, after = load_weights(first)[1], load_weights(second)[1]
    assert after.vocabulary == before.vocabulary
    assert after.trained_on.startswith(before.trained_on + "; then manifest.jsonl")
    assert after.licence.startswith(before.licence)
    assert after.sha256 != before.sha256
    # The score margin is measured for every network anew.
    assert after.calibration == Calibration(temperature=1.5)

    other = (*QUICK, "--from", first, "--set", 'model.decoder="single"')
    refused = call(config, "--data", manifest, "-o", tmp_path / "x.safetensors", *other)
    assert refused.exit_code == 2
    assert "['decoder']" in refused.stderr


def test_words_takes_the_text_encoder_of_other_weights_only(tmp_path, config, manifest):
    first = tmp_path / "first.safetensors"
    assert call(config, "--data", manifest, "-o", first, *QUICK).exit_code == 0
    second = tmp_path / "second.safetensors"
    frozen = (*QUICK, "--set", "train_text=false", "--set", "seed=5")
    done = call(config, "--data", manifest, "-o", second, *frozen, "--words", first)
    assert done.exit_code == 0, done.output
    (before, initial), (after, info) = load_weights(first), load_weights(second)
    assert info.vocabulary == initial.vocabulary
    assert info.trained_on == "manifest.jsonl: 8 expressions on 4 images"
    state = after.state_dict()
    same = {
        name
        for name, value in before.state_dict().items()
        if value.numel() > 1 and value.equal(state[name])
    }
    text = {name for name in state if name.startswith("text.")}
    assert text <= same
    assert not any(name.endswith("conv.weight") for name in same - text)


def test_only_one_option_may_bring_a_text_encoder(tmp_path, config, manifest):
    first = tmp_path / "first.safetensors"
    assert call(config, "--data", manifest, "-o", first, *QUICK).exit_code == 0
    for words in (("--from", first), ("--text-start", "minilm")):
        code, message = assert_failure(
            tmp_path, config, manifest, "--words", first, *words
        )
        assert code == 2
        assert "--words, --from and --text-start" in message
    other = ("--words", first, "--set", "model.text_dim=24")
    code, message = assert_failure(tmp_path, config, manifest, *other)
    assert code == 2
    assert "another text encoder" in message


def test_without_validation_lines_the_last_weights_are_kept(tmp_path, config):
    manifest = write_manifest(tmp_path / "data", boxes(8), val=0)
    output = tmp_path / "boxes.safetensors"
    done = call(config, "--data", manifest, "-o", output, *QUICK)
    assert done.exit_code == 0, done.output
    assert "no validation split" in done.output
    assert not (tmp_path / "boxes.run" / "best.safetensors").exists()


def test_a_run_on_other_data_is_refused(tmp_path, config, manifest):
    output = tmp_path / "boxes.safetensors"
    words = (config, "-o", output, *QUICK, "--overwrite", "--data")
    assert call(*words, manifest).exit_code == 0
    before = output.read_bytes()

    # As many lines on as many images: the settings are the same.
    other = write_manifest(tmp_path / "other", boxes(12, seed=3))
    rewrite_line(other, 0, expression="the blue box on the left")
    refused = call(*words, other)
    assert refused.exit_code == 2
    assert "boxes.run/checkpoint.safetensors: the run had other data" in refused.stderr
    assert "(manifest.jsonl: 8 expressions on 4 images" in refused.stderr
    assert "another folder for the run (--run)" in refused.stderr
    assert output.read_bytes() == before

    moved = manifest.parent.rename(tmp_path / "moved")
    done = call(*words, moved / manifest.name)
    assert done.exit_code == 0, done.output
    assert "going on at step 2" in done.output


def test_a_run_from_other_weights_is_refused(tmp_path, config, manifest):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    for output, seed in ((first, 0), (second, 1)):
        done = call(config, "--data", manifest, "-o", output, *QUICK, "--seed", seed)
        assert done.exit_code == 0, done.output
    words = (config, "--data", manifest, "-o", tmp_path / "a.safetensors", *QUICK)
    assert call(*words, "--from", first).exit_code == 0
    for start in (("--from", second), ()):
        refused = call(*words, "--overwrite", *start)
        assert refused.exit_code == 2
        assert "the run had other start weights (first.safetensors" in refused.stderr


def rewrite_line(manifest, number, **changes):
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    lines[number].update(changes)
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))


def assert_failure(tmp_path, config, manifest, *words):
    output = tmp_path / "out.safetensors"
    done = call(config, "--data", manifest, "-o", output, *QUICK, *words)
    assert not output.exists()
    assert done.exit_code != 0
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda m: m.write_text(""), "holds no sample"),
        (lambda m: m.unlink(), "no such file"),
        (lambda m: m.write_text("{"), "line 1: not JSON"),
        (lambda m: rewrite_line(m, 0, expression=""), "line 1: the expression has no"),
        (lambda m: rewrite_line(m, 2, expression="box " * 500), "line 3: .*500 words"),
        (lambda m: rewrite_line(m, 0, split="tain"), "split 'tain'"),
        (lambda m: rewrite_line(m, 1, image="gone.png"), "line 2: .*gone.png"),
        (lambda m: (m.parent / "mask-0.png").unlink(), "mask-0.png"),
        (lambda m: (m.parent / "0.png").write_bytes(b"no"), r"0\.png: cannot be read"),
    ],
    ids=[
        *("empty", "missing", "json", "no words", "500 words", "split", "image"),
        *("mask", "broken image"),
    ],
)
def test_bad_data_is_one_clear_line(tmp_path, config, manifest, spoil, expected):
    spoil(manifest)
    code, message = assert_failure(tmp_path, config, manifest)
    assert code == 7
    assert re.search(expected, message)


def test_a_mask_of_another_size_names_both_sizes(tmp_path, config, manifest):
    Image.fromarray(np.zeros((30, 40), np.uint8)).save(manifest.parent / "mask-0.png")
    code, message = assert_failure(tmp_path, config, manifest)
    assert code == 7
    assert "40 x 30" in message
    assert "64 x 64" in message


def test_a_missing_training_split_lists_the_splits(tmp_path, config):
    lines = [replace(line, image=line.image) for line in boxes(8)]
    manifest = write_manifest(tmp_path / "data", lines, val=4)
    code, message = assert_failure(tmp_path, config, manifest)
    assert code == 7
    assert "no sample of the split 'train'; there are val 8" in message


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--set", "stepz=3"), "stepz"),
        (("--set", "losses.dise=3"), "dise"),
        (("--set", "images=0"), "images must be 1 or more"),
        (("--set", "train_text=false"), "--text-start"),
        (("--device", "tpu"), "tpu"),
        (("--from", "nothing"), "no such weights"),
        (("--image-start", "absent"), "no such folder"),
    ],
)
def test_bad_settings_are_one_clear_line(tmp_path, config, manifest, words, expected):
    _, message = assert_failure(tmp_path, config, manifest, *words)
    assert expected in message


def test_an_existing_output_is_refused_before_any_work(tmp_path, config, manifest):
    output = tmp_path / "there.safetensors"
    output.write_text("mine")
    done = call(config, "--data", manifest, "-o", output, *QUICK)
    assert done.exit_code == 8
    assert "exists" in done.stderr
    assert output.read_text() == "mine"
    done = call(config, "--data", manifest, "-o", tmp_path / "w.pt", *QUICK)
    assert done.exit_code == 2
    assert "end in .safetensors" in done.stderr
    done = call("--data", manifest, "-o", tmp_path / "w.safetensors")
    assert done.exit_code == 2
    assert "--from" in done.stderr
