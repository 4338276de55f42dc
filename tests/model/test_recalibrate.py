"""Another calibration in the header, the same tensors."""

import pytest
import torch
from safetensors.torch import load_file

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.header import Card, read_header
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import (
    load_weights,
    recalibrate,
    save_weights,
)


def test_only_the_calibration_changes(build, vocabulary, tmp_path):
    card = Card(
        name="small",
        vocabulary=vocabulary,
        gsd_range=(0.25, 1.5),
        categories=("ship",),
        trained_on="nothing",
        licence="Apache-2.0",
        created="a test",
    )
    before = save_weights(build(), tmp_path / "a.safetensors", card=card)
    wanted = Calibration(temperature=2.5, bias=-0.25, presence_gate=1.0)

    after = recalibrate(before.path, tmp_path / "b.safetensors", calibration=wanted)

    assert after.calibration == wanted
    for name in ("name", "vocabulary", "gsd_range", "categories", "config", "created"):
        assert getattr(after, name) == getattr(before, name)
    tensors = load_file(after.path)
    for name, tensor in load_file(before.path).items():
        assert tensors[name].dtype == tensor.dtype
        assert torch.equal(tensors[name], tensor)
    assert load_weights(after.path)[1].calibration == wanted
    assert read_header(before.path).calibration == Calibration()
    with pytest.raises(WeightsError, match=r"end in \.safetensors"):
        recalibrate(before.path, tmp_path / "b.pt", calibration=wanted)
