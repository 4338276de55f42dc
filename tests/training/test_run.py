"""A training run: what is resumed is what would have been, and learning happens."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from shapely.geometry import box

from rrsis_geo.datasets.samples import LabelledImage
from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.labels import LabelledObject, Layout
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.tokenizer import Tokenizer
from rrsis_geo.model.vocabulary import CHARACTERS, CONTINUES, LETTERS, SPECIAL
from rrsis_geo.training.config import TrainConfig, read_config
from rrsis_geo.training.material import mix_of
from rrsis_geo.training.mix import Source
from rrsis_geo.training.run import run_training
from rrsis_geo.training.team import Team

CONFIG = TrainConfig(
    preset="btd-tiny",
    steps=6,
    size=64,
    images=2,
    expressions=2,
    warmup=1,
    bfloat16=False,
    keep_every=3,
    validate_every=100,
)
ALONE = Team(device=torch.device("cpu"))
TOKENS = (
    *SPECIAL,
    *sorted(CHARACTERS),
    *(CONTINUES + letter for letter in sorted(LETTERS)),
    "building",
    "the",
)


def bright_building():
    layout = Layout(
        width=80,
        height=80,
        objects=(LabelledObject(category="building", polygon=box(20, 20, 50, 44)),),
        complete=frozenset({"building"}),
    )
    image = LabelledImage(name="a", path="a", layout=layout, place="a")
    pixels = np.full((3, 80, 80), 40, np.uint8)
    pixels[:, 20:44, 20:50] = 220
    image.__dict__["pixels"] = pixels
    return Source(name="drawn", weight=1.0, images=(image,), scale=(0.7, 1.4))


def trained(folder, config=CONFIG, say=lambda line: None):
    torch.manual_seed(0)
    sizes = replace(preset("btd-tiny"), text_vocabulary=len(TOKENS))
    return run_training(
        config,
        network=BTDNet(sizes),
        tokenize=Tokenizer(TOKENS),
        stream=mix_of(config, [bright_building()]),
        checks={},
        folder=folder,
        workers=0,
        team=ALONE,
        say=say,
    )


def losses(folder):
    lines = (folder / "log.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    return [
        {
            name: entry[name]
            for name in entry
            if name not in ("time", "seconds", "waited")
        }
        for entry in entries
    ]


class KilledError(Exception):
    pass


def test_a_killed_and_resumed_run_equals_an_unbroken_one(tmp_path):
    whole = trained(tmp_path / "whole")

    def killed(line):
        if line == "kept step 3":
            raise KilledError

    with pytest.raises(KilledError):
        trained(tmp_path / "broken", say=killed)
    resumed = trained(tmp_path / "broken")

    assert losses(tmp_path / "whole") == losses(tmp_path / "broken")
    assert len(losses(tmp_path / "whole")) == 6
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_the_loss_falls(tmp_path):
    trained(tmp_path, replace(CONFIG, steps=40, keep_every=100))
    found = [entry["loss"] for entry in losses(tmp_path)]
    assert np.mean(found[-8:]) < 0.8 * np.mean(found[:4])


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    trained(tmp_path)
    torch.manual_seed(0)
    with pytest.raises(DataError, match="another network"):
        run_training(
            CONFIG,
            network=BTDNet(preset("btd-tiny")),
            tokenize=Tokenizer(TOKENS),
            stream=mix_of(CONFIG, [bright_building()]),
            checks={},
            folder=tmp_path,
            workers=0,
            team=ALONE,
            say=lambda line: None,
        )


def test_settings_are_checked_by_name(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("stepz = 3\n")
    with pytest.raises(OptionError, match="stepz"):
        read_config(path)
    path.write_text("steps = 3\n")
    assert read_config(path) == TrainConfig(steps=3)
    with pytest.raises(OptionError, match="cannot be read"):
        read_config(tmp_path / "absent.toml")
