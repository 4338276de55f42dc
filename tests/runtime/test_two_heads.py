"""Weights with a second head: one of the two finds each text, in every runtime."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from rrsis_geo.errors import WeightsError
from rrsis_geo.evaluation.weights_network import WeightsNetwork
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.head import SECOND, is_of_head
from rrsis_geo.model.serialization.header import read_header, sidecar_of
from rrsis_geo.model.serialization.second_head import with_second_head
from rrsis_geo.model.serialization.weights import (
    card_of,
    load_heads,
    load_weights,
    recalibrate,
    save_weights,
)
from rrsis_geo.runtime.cached_predictor import CachedPredictor

TEXTS = ("road", "storage tank", "the road on the left of the tank", "tree")
"""The first and the third are about roads, which the second head finds."""


@pytest.fixture(scope="module")
def trained(weights, tmp_path_factory):
    """Weights that differ from `weights` in their head alone."""
    net, info = load_weights(weights)
    torch.manual_seed(5)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if is_of_head(name):
                parameter.add_(torch.randn_like(parameter) * 0.05)
    path = tmp_path_factory.mktemp("trained") / "trained.safetensors"
    save_weights(net, path, card=replace(card_of(info), categories=("road",)))
    return path


@pytest.fixture(scope="module")
def both(weights, trained, tmp_path_factory):
    """Weights with the heads of `weights` and of `trained`."""
    path = tmp_path_factory.mktemp("both") / "both.safetensors"
    return with_second_head(weights, trained, path, classes=["road"]).path


def found_by(path, texts, pixels, runtime="onnx"):
    job = SegmentJob(
        scene="scene.tif",
        expressions=texts,
        output="out.gpkg",
        weights=str(path),
        options=SegmentOptions(runtime=runtime, device="cpu", precision="float32"),
    )
    return CachedPredictor().bind(job, texts)(pixels)


@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_the_first_head_finds_what_it_found_alone(runtime, weights, both, windows):
    pixels = windows(count=1)
    together = found_by(both, TEXTS, pixels, runtime)
    alone = found_by(weights, TEXTS, pixels, runtime)
    for row in (1, 3):
        np.testing.assert_allclose(together[:, row], alone[:, row], atol=1e-5)


def test_in_onnx_a_text_of_the_first_head_does_not_change_by_a_bit(
    weights, both, windows
):
    pixels = windows(count=1)
    together = found_by(both, TEXTS, pixels)
    assert np.array_equal(
        together[:, [1, 3]], found_by(weights, ["storage tank", "tree"], pixels)
    )


@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_the_second_head_finds_what_its_weights_found(runtime, trained, both, windows):
    pixels = windows(count=1)
    together = found_by(both, TEXTS, pixels, runtime)
    alone = found_by(trained, TEXTS, pixels, runtime)
    other = found_by(both, ["tree", "storage tank"], pixels, runtime)
    for row in (0, 2):
        # A head is stored as bytes, which changes it a little.
        assert np.abs(together[:, row] - alone[:, row]).mean() < 0.02
        assert np.abs(together[:, row] - other[:, 0]).max() > 0.02


def test_runtimes_agree_on_both_heads(both, windows):
    pixels = windows(count=2)
    onnx, torched = (found_by(both, TEXTS, pixels, name) for name in ("onnx", "torch"))
    np.testing.assert_allclose(onnx, torched, atol=2e-4)


def test_texts_of_the_second_head_alone_need_no_other(both, windows):
    pixels = windows(count=1)
    together = found_by(both, TEXTS, pixels)
    assert np.array_equal(found_by(both, ["road"], pixels)[:, 0], together[:, 0])


def test_the_evaluation_asks_the_same_heads(both, windows):
    pixels = windows(count=1)
    network = WeightsNetwork(both, device="cpu")
    found = network.predict(pixels[0], TEXTS, [pixels.shape[2:]])
    expected = found_by(both, TEXTS, pixels, "torch")[0]
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert len(found.presence) == len(network.presence_logits) == len(TEXTS)
    for text, row in zip(TEXTS, range(len(TEXTS)), strict=True):
        alone = network.predict(pixels[0], [text], [pixels.shape[2:]])
        assert alone.presence[0] == pytest.approx(found.presence[row], abs=1e-4)


def test_the_card_says_what_the_second_head_finds(both):
    info = read_header(both)
    assert info.second_head == info.categories == ("road",)
    assert "second head: " in info.trained_on


def test_both_heads_share_the_encoders(both):
    first, second, _ = load_heads(both)
    pairs = zip(first.state_dict().items(), second.state_dict().values(), strict=True)
    for (name, one), other in pairs:
        if not is_of_head(name) and "num_batches" not in name:
            assert one.data_ptr() == other.data_ptr(), name


def test_another_calibration_keeps_both_heads(both, tmp_path, windows):
    pixels = windows(count=1)
    calibration = read_header(both).calibration
    path = tmp_path / "again.safetensors"
    again = recalibrate(both, path, calibration=calibration)
    assert np.array_equal(
        found_by(again.path, TEXTS, pixels), found_by(both, TEXTS, pixels)
    )


def test_a_second_head_is_replaced(weights, both, tmp_path, windows):
    pixels = windows(count=1)
    path = tmp_path / "again.safetensors"
    with_second_head(both, weights, path, classes=["tree"])
    again = found_by(path, TEXTS, pixels)
    first = found_by(weights, TEXTS, pixels)
    np.testing.assert_allclose(again[:, :3], first[:, :3], atol=1e-5)


def test_a_second_head_that_is_replaced_is_said_once(weights, both, trained, tmp_path):
    again = with_second_head(
        both, trained, tmp_path / "b.safetensors", classes=["road"]
    )
    assert again.trained_on == read_header(both).trained_on
    assert again.trained_on.count("second head") == 1
    assert again.trained_on.startswith(read_header(weights).trained_on)


def test_a_network_that_is_saved_again_has_one_head(both, tmp_path):
    net, info = load_weights(both)
    again = save_weights(net, tmp_path / "again.safetensors", card=card_of(info))
    assert again.second_head == ()
    assert load_heads(again.path)[1] is None


def test_weights_trained_from_others_are_refused(weights, save, tmp_path):
    with pytest.raises(WeightsError, match="which both heads read; train it"):
        with_second_head(
            weights, save(seed=1), tmp_path / "both.safetensors", classes=["road"]
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_a_second_head_that_lacks_a_tensor_is_refused(runtime, both, tmp_path, windows):
    tensors = load_file(both)
    name = next(name for name in tensors if name.startswith(f"{SECOND}decoder."))
    path = tmp_path / "lacking.safetensors"
    with safe_open(both, framework="pt") as file:
        metadata = file.metadata()
    save_file(
        {k: v for k, v in tensors.items() if not k.startswith(name)}, path, metadata
    )
    with pytest.raises(WeightsError, match=name.removeprefix(SECOND).split(":")[0]):
        found_by(path, TEXTS, windows(count=1), runtime)


def test_an_older_version_would_say_that_it_is_too_old(both):
    with safe_open(both, framework="pt") as file:
        assert file.metadata()["format_version"] == "3"
    assert sidecar_of(both).is_file()
