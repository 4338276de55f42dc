"""The shipped graphs compute what the torch modules of today compute."""

from dataclasses import replace

import numpy as np
import pytest

from rrsis_geo.errors import EngineError, WeightsError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.config import preset
from rrsis_geo.model.predictor import make_predictor
from rrsis_geo.model.serialization.header import list_weights, read_header
from rrsis_geo.runtime.graph_files import FOLDER, PART_FIELDS, graph_path, has_graphs
from rrsis_geo.runtime.onnx_network import OnnxNetwork, enlargement

TOLERANCE = 1e-5
"""Of probabilities; untrained networks vary by hundreds of it."""

CONFIGS = {
    "btd-mobile": preset("btd-mobile"),
    **{name: read_header(name).config for name in list_weights()},
}
OPTIONS = SegmentOptions()


def on_torch(weights, texts):
    return make_predictor(weights, texts, device="cpu", precision="float32")


def test_the_folder_holds_the_graphs_of_the_preset_and_of_shipped_weights():
    wanted = {
        graph_path(part, config) for config in CONFIGS.values() for part in PART_FIELDS
    }
    assert set(FOLDER.glob("*.onnx")) == wanted
    assert sum(path.stat().st_size for path in wanted) < 400_000


@pytest.mark.parametrize("name", CONFIGS)
def test_both_runtimes_give_the_same_probabilities(name, save, windows, texts):
    # Random parameters of every kind: a change of a module that the graphs, or the
    # folding of the weights, do not follow shows here.
    path = save(CONFIGS[name], seed=1, presence_gate=0.7, temperature=2.0, bias=-0.1)
    expected, actual = on_torch(path, texts), OnnxNetwork(path).bind(texts, OPTIONS)

    for height, width in ((96, 64), (65, 131)):
        pixels = windows(height, width)
        wanted = expected(pixels)
        assert wanted.std() > 100 * TOLERANCE
        np.testing.assert_allclose(actual(pixels), wanted, atol=TOLERANCE)


@pytest.mark.parametrize("size", [(32, 32), (33, 32), (1, 200), (100, 47)])
def test_any_size_of_the_window(weights, windows, texts, size):
    pixels = windows(*size, count=1)
    actual = OnnxNetwork(weights).bind(texts, OPTIONS)(pixels)
    expected = on_torch(weights, texts)(pixels)
    np.testing.assert_allclose(actual, expected, atol=TOLERANCE)


@pytest.mark.parametrize(("length", "size"), [(1, 4), (2, 5), (30, 120), (13, 50)])
def test_enlargement_interpolates_between_the_first_and_the_last(length, size):
    values = np.random.default_rng(0).random(length)
    places = np.linspace(0, length - 1, size)
    expected = np.interp(places, np.arange(length), values)
    np.testing.assert_allclose(enlargement(length, size) @ values, expected, atol=1e-6)


def test_a_network_without_a_graph_names_torch(save):
    config = replace(preset("btd-mobile"), neck_mixers=(0, 0, 0, 1))
    assert not has_graphs(config)
    with pytest.raises(EngineError, match=r"no graph.*runtime torch computes it"):
        OnnxNetwork(save(config))


def test_weights_of_another_architecture_are_refused(save, tmp_path):
    from safetensors.torch import load_file, save_file

    from rrsis_geo.model.serialization.safetensors_header import read_metadata

    path = save()
    tensors, metadata = load_file(path), read_metadata(path)
    broken = tmp_path / "broken.safetensors"
    other = tensors["presence.judge.2.bias"].clone()
    for change in ("missing", "added", "shape"):
        state = dict(tensors)
        if change == "missing":
            del state["visual.lift.0.bias"]
        else:
            state["visual.more" if change == "added" else "visual.lift.0.bias"] = other
        save_file(state, broken, metadata)
        with pytest.raises(WeightsError, match=r"architecture|do not fit"):
            OnnxNetwork(broken).bind(["tree"], OPTIONS)
