import numpy as np
import pytest
import torch

from rrsis_geo.errors import OptionError, WeightsError
from rrsis_geo.model.device import choose_batch, choose_device, choose_precision
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import (
    EXPRESSIONS_PER_PASS,
    TorchPredictor,
    make_predictor,
)
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import save_weights

CPU = torch.device("cpu")


@pytest.fixture
def windows():
    return np.random.default_rng(0).integers(0, 256, (3, 3, 64, 48), np.uint8)


@pytest.fixture
def bind(vocabulary):
    """A factory of predictors from a network and expressions."""

    def make(net, expressions, **options):
        return TorchPredictor(
            net,
            Tokenizer(vocabulary),
            expressions,
            **{
                "calibration": Calibration(),
                "device": CPU,
                "precision": torch.float32,
                "batch_size": 1,
                **options,
            },
        )

    return make


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_weights_and_expressions_give_probabilities(
    build, vocabulary, windows, tmp_path, precision
):
    path = tmp_path / "net.safetensors"
    card = Card(name="a", vocabulary=vocabulary, gsd_range=(0.3, 1.0))
    save_weights(build("btd-mobile"), path, card=card)

    predictor = make_predictor(path, ["the tank", "ship"], precision=precision)
    answer = predictor(windows)

    assert answer.shape == (3, 2, 64, 48)
    assert answer.dtype == np.float32
    assert 0 <= answer.min() < answer.max() <= 1
    assert (predictor.device, predictor.batch_size) == ("cpu", 1)
    assert predictor.precision == precision


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_a_window_does_not_depend_on_its_batch(build, bind, windows, batch_size):
    predictor = bind(build("btd-mobile"), ["the tank"], batch_size=batch_size)

    together = predictor(windows)

    for window, expected in zip(windows, together, strict=True):
        assert np.array_equal(predictor(window[None])[0], expected)


def test_many_expressions_take_several_passes(build, bind, windows):
    net = build("btd-mobile")
    texts = [f"tank {number}" for number in range(EXPRESSIONS_PER_PASS + 3)]

    many = bind(net, texts)(windows[:1])
    last = bind(net, texts[-1:])(windows[:1])

    assert many.shape[1] == len(texts)
    np.testing.assert_allclose(many[:, -1:], last, atol=1e-4)


class LimitedMemory(torch.nn.Module):
    """A network on a device that fits only `capacity` windows."""

    def __init__(self, net, capacity):
        super().__init__()
        self.net, self.capacity, self.batches = net, capacity, []
        self.config, self.text, self.decode = net.config, net.text, net.decode

    def encode_image(self, image):
        if len(image) > self.capacity:
            raise torch.OutOfMemoryError
        self.batches.append(len(image))
        return self.net.encode_image(image)


def with_batches(predictor):
    """Let a predictor use batches, which it does on any device but a CPU."""
    predictor._one_by_one = False
    return predictor


def test_out_of_memory_halves_the_batch_and_loses_no_window(build, bind):
    windows = np.random.default_rng(1).integers(0, 256, (11, 3, 32, 32), np.uint8)
    net = build("btd-mobile")
    expected = bind(net, ["ship"])(windows)
    small = LimitedMemory(net, capacity=2)

    predictor = with_batches(bind(small, ["ship"], batch_size=8))
    answer = predictor(windows)

    assert predictor.batch_size == 2
    assert small.batches == [2, 2, 2, 2, 2, 1]
    np.testing.assert_allclose(answer, expected, atol=1e-4)


def test_a_window_that_does_not_fit_is_reported_with_its_size(build, bind, windows):
    predictor = with_batches(
        bind(LimitedMemory(build("btd-mobile"), capacity=0), ["ship"], batch_size=2)
    )

    with pytest.raises(OptionError, match=r"48 x 64.*window-size"):
        predictor(windows)


def test_calibration_scales_and_shifts_the_logit(build, bind, windows):
    net = build("btd-mobile")
    plain = bind(net, ["ship"])(windows[:1])

    shifted = bind(net, ["ship"], calibration=Calibration(temperature=2.0, bias=-1.0))(
        windows[:1]
    )

    logit = np.log(plain / (1 - plain))
    np.testing.assert_allclose(shifted, 1 / (1 + np.exp(-(logit / 2 - 1))), atol=1e-4)


def test_presence_scales_probabilities_by_its_gate(build, bind, windows):
    net = build("btd-mobile")
    plain = bind(net, ["ship"])(windows)

    def gated(gate, bias):
        wanted = Calibration(presence_gate=gate, presence_bias=bias)
        return bind(net, ["ship"], calibration=wanted)(windows)

    assert np.array_equal(gated(0.0, -50.0), plain)
    assert gated(1.0, -50.0).max() < 1e-6
    np.testing.assert_allclose(gated(0.5, -50.0), plain / 2, atol=1e-6)
    np.testing.assert_allclose(gated(1.0, 50.0), plain, atol=1e-6)


def test_a_network_without_presence_ignores_the_gate(build, bind, windows):
    net = build("btd-mobile", presence=False)
    gate = Calibration(presence_gate=1.0, presence_bias=-50.0)

    gated = bind(net, ["ship"], calibration=gate)(windows)

    assert np.array_equal(gated, bind(net, ["ship"])(windows))


def test_absent_weights_are_refused():
    with pytest.raises(WeightsError, match="no such weights"):
        make_predictor("nowhere.safetensors", ["ship"])


@pytest.mark.parametrize("name", ["cuda:99", "mps:7", "cuda:x", "tpu"])
def test_an_absent_device_is_refused(name):
    with pytest.raises(OptionError, match="not on this machine"):
        choose_device(name)


def test_devices_precisions_and_batches_are_chosen():
    assert choose_device("cpu") == CPU
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    assert choose_precision("float32", CPU) == torch.float32
    assert choose_precision("bfloat16", CPU) == torch.bfloat16
    assert choose_batch(0, CPU) == 1
    assert choose_batch(5, CPU) == 5
    assert choose_batch(0, torch.device("cuda")) > 1
