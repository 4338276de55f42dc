"""What the answers of runtime onnx do not depend on."""

import os
import subprocess
import sys

import numpy as np
import pytest

from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.predictor import TorchNetwork
from rrsis_geo.model.serialization.shared_text_encoder import (
    share_text_encoder,
    write_text_encoder,
)
from rrsis_geo.model.serialization.weights import recalibrate
from rrsis_geo.runtime.onnx_network import OnnxNetwork

OPTIONS = SegmentOptions()


@pytest.fixture(scope="module")
def network(weights):
    return OnnxNetwork(weights)


def test_a_predictor_describes_itself(network, texts, windows):
    predictor = network.bind(texts, OPTIONS)
    answer = predictor(windows(64, 48, count=2))
    assert answer.shape == (2, len(texts), 64, 48)
    assert answer.dtype == np.float32
    assert 0 <= answer.min() < answer.max() <= 1
    assert (predictor.device, predictor.runtime) == ("cpu", "onnx")
    assert (predictor.precision, predictor.batch_size) == ("float32", 1)


def test_a_window_does_not_depend_on_its_batch(network, texts, windows):
    predictor = network.bind(texts, OPTIONS)
    pixels = windows(count=3)
    together = predictor(pixels)
    for window, expected in zip(pixels, together, strict=True):
        assert np.array_equal(predictor(window[None])[0], expected)


def test_an_expression_does_not_depend_on_the_others(network, texts, windows):
    pixels = windows(count=1)
    together = network.bind(texts, OPTIONS)(pixels)
    for number, text in enumerate(texts):
        alone = network.bind([text], OPTIONS)(pixels)
        assert np.array_equal(alone[:, 0], together[:, number])


def test_a_window_does_not_depend_on_those_before_it(network, texts, windows):
    predictor = network.bind(texts, OPTIONS)
    pixels = windows(64, 64)
    first = predictor(pixels)
    predictor(windows(96, 160, seed=1))
    assert np.array_equal(predictor(pixels), first)


def test_weights_of_bytes_are_unpacked_as_torch_unpacks_them(
    weights, texts, windows, tmp_path
):
    text, path = tmp_path / "text.safetensors", tmp_path / "bytes.safetensors"
    write_text_encoder(weights, text, licence="none", made_from="nothing")
    info = share_text_encoder(weights, path, text=text, as_bytes=True)
    assert info.size < weights.stat().st_size - text.stat().st_size
    pixels = windows(count=1)
    found = OnnxNetwork(path).bind(texts, OPTIONS)(pixels)
    exact = SegmentOptions(precision="float32")
    expected = TorchNetwork(path, device="cpu").bind(texts, exact)(pixels)
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_other_processes_give_the_same_bytes(weights, texts, windows, tmp_path):
    pixels = windows(128, 128, count=1)
    np.save(tmp_path / "pixels.npy", pixels)
    code = (
        "import sys, numpy as np\n"
        "from rrsis_geo.job import SegmentOptions\n"
        "from rrsis_geo.runtime.onnx_network import OnnxNetwork\n"
        "weights, pixels, out, *texts = sys.argv[1:]\n"
        "predictor = OnnxNetwork(weights).bind(texts, SegmentOptions())\n"
        "np.save(out, predictor(np.load(pixels)))\n"
    )
    found = []
    for threads in ("1", "1", "3"):
        out = tmp_path / f"{len(found)}.npy"
        subprocess.run(
            [sys.executable, "-c", code, weights, tmp_path / "pixels.npy", out, *texts],
            env=os.environ | {"OMP_NUM_THREADS": threads},
            check=True,
        )
        found.append(np.load(out))
    assert np.array_equal(found[0], found[1])
    np.testing.assert_allclose(found[0], found[2], atol=1e-5)  # more threads: last bits


def test_no_expression_gives_no_channel(network, windows):
    assert network.bind([], OPTIONS)(windows(32, 32)).shape == (2, 0, 32, 32)


def test_a_recalibrated_file_scales_and_shifts(save, texts, windows, tmp_path):
    from rrsis_geo.model.serialization.probability_calibration import Calibration

    plain = save()
    scaled = tmp_path / "scaled.safetensors"
    recalibrate(plain, scaled, calibration=Calibration(temperature=2.0, bias=-1.0))
    pixels = windows(count=1)

    before = OnnxNetwork(plain).bind(texts, OPTIONS)(pixels).astype(np.float64)
    after = OnnxNetwork(scaled).bind(texts, OPTIONS)(pixels)

    logit = np.log(before / (1 - before))
    np.testing.assert_allclose(after, 1 / (1 + np.exp(-(logit / 2 - 1))), atol=1e-4)
