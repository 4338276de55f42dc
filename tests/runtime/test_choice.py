"""Which runtime a job uses, and what is said where it cannot be used."""

from dataclasses import replace

import pytest

from rrsis_geo.errors import EngineError, OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.model.config import preset
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.runtime import choice

INFO = read_header("default")
NO_GRAPH = replace(INFO, config=preset("btd-base"))


@pytest.fixture
def machine(monkeypatch):
    """Pretend that torch is installed or not, and that it sees a GPU or not."""

    def make(*, torch, gpu=False):
        monkeypatch.setattr(choice, "torch_is_installed", lambda: torch)
        monkeypatch.setattr(choice, "gpu_is_usable", lambda: gpu)

    return make


@pytest.mark.parametrize(
    ("options", "torch", "gpu", "chosen"),
    [
        ({}, True, False, "onnx"),
        ({}, True, True, "torch"),
        ({}, False, False, "onnx"),
        ({"device": "cpu"}, True, True, "onnx"),
        ({"device": "cuda"}, True, True, "torch"),
        ({"precision": "bfloat16"}, True, False, "torch"),
        ({"precision": "float32"}, True, False, "onnx"),
        ({"runtime": "torch"}, True, False, "torch"),
        ({"runtime": "onnx"}, True, True, "onnx"),
    ],
)
def test_auto_takes_torch_on_a_gpu_and_onnx_on_a_cpu(
    machine, options, torch, gpu, chosen
):
    machine(torch=torch, gpu=gpu)
    assert choice.choose_runtime(SegmentOptions(**options), INFO) == chosen


def test_a_network_without_a_graph_takes_torch(machine):
    machine(torch=True)
    assert choice.choose_runtime(SegmentOptions(), NO_GRAPH) == "torch"


@pytest.mark.parametrize(
    ("options", "info", "reason"),
    [
        ({"runtime": "torch"}, INFO, "runtime torch is needed"),
        ({"device": "cuda:1"}, INFO, "not on cuda:1"),
        ({"precision": "bfloat16"}, INFO, "not in bfloat16"),
        ({"window_size": 1537}, INFO, "windows above 1536 pixels"),
        ({}, NO_GRAPH, "no graph of the network 'btd-base'"),
    ],
)
def test_torch_that_is_needed_and_absent_is_named(machine, options, info, reason):
    machine(torch=False)
    with pytest.raises(EngineError, match=reason) as raised:
        choice.choose_runtime(SegmentOptions(**options), info)
    assert "-m pip install torch transformers" in str(raised.value)


@pytest.mark.parametrize(
    ("options", "info"),
    [({"device": "mps"}, INFO), ({"precision": "bfloat16"}, INFO), ({}, NO_GRAPH)],
)
def test_onnx_refuses_what_it_cannot_do(machine, options, info):
    machine(torch=True, gpu=True)
    with pytest.raises(OptionError, match=r"runtime onnx .* use runtime torch"):
        choice.choose_runtime(SegmentOptions(runtime="onnx", **options), info)


def test_torch_is_asked_for_a_gpu_only_where_there_may_be_one(monkeypatch):
    monkeypatch.setattr(choice, "_gpu_may_exist", lambda: False)
    monkeypatch.setattr(
        "rrsis_geo.model.device.choose_device", lambda name: pytest.fail("asked torch")
    )
    assert not choice.gpu_is_usable()
