"""Training runs: exact resumption, the best weights, clear errors."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from coloured_boxes import WORDS, boxes, tiny
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError, OptionError, OutputError
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.training.checkpoint import load_tensors
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.listed_samples import (
    ListedStream,
    group_by_image,
    validation_samples,
)
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.training.data.run_inputs import DATA, WEIGHTS, RunInput
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.trainer import (
    BEST,
    CHECKPOINT,
    RunEnvironment,
    RunSamples,
    run_training,
)
from rrsis_geo.training.training_data import build_mixture, mixture_validation

PLAIN = TrainConfig(
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
RICH = replace(
    PLAIN,
    dataset="listed",
    model={"dmols": True, "drop_path": 0.2},
    images=4,
    accumulate=2,
    train_text=True,
    ema=0.9,
    validate_every=2,
)
"""Accumulation, D-MOLS, drop path, a fast average, the best weights."""

SINGLE_PROCESS = ProcessGroup(device=torch.device("cpu"))


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


def listed(config):
    lines = boxes(12)
    return ListedStream(
        groups=group_by_image(lines, config.expressions),
        size=config.size,
        expressions=config.expressions,
        augmentation=Augmentation(),
    )


def trained(folder, config=PLAIN, *, log=lambda line: None, inputs=None, **changes):
    if config.dataset == "mix":
        stream = build_mixture(config, [bright_building()])
        samples = RunSamples(stream=stream, validation={})
    else:
        lines = boxes(6, seed=1)
        validation = {"val": lambda: validation_samples(lines, size=config.size)}
        samples = RunSamples(stream=listed(config), validation=validation)
    return run_training(
        config,
        tiny(**{**config.model, **changes}),
        Tokenizer(WORDS),
        samples,
        RunEnvironment(
            folder=folder,
            processes=SINGLE_PROCESS,
            workers=0,
            log=log,
            inputs=inputs or {},
        ),
    )


def logged(folder):
    """Return the entries of the log without times."""
    lines = (folder / "log.jsonl").read_text().splitlines()
    clock = {"time", "seconds", "waited"}
    return [
        {name: value for name, value in json.loads(line).items() if name not in clock}
        for line in lines
    ]


class KilledError(Exception):
    pass


def killed_at(wanted):
    def log(line):
        if line.startswith(wanted):
            raise KilledError

    return log


@pytest.mark.parametrize(
    ("config", "moment"),
    [
        (PLAIN, "kept step 3"),
        (RICH, "kept step 3"),
        (RICH, "val:"),  # before the first checkpoint
    ],
    ids=["plain", "rich", "early"],
)
def test_a_killed_and_resumed_run_equals_an_unbroken_one(tmp_path, config, moment):
    whole = trained(tmp_path / "whole", config)
    with pytest.raises(KilledError):
        trained(tmp_path / "broken", config, log=killed_at(moment))
    resumed = trained(tmp_path / "broken", config)

    assert logged(tmp_path / "whole") == logged(tmp_path / "broken")
    assert sum("loss" in entry for entry in logged(tmp_path / "whole")) == 6
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_the_losses_of_d_mols_are_logged_apart(tmp_path):
    trained(tmp_path, RICH)
    steps = [entry for entry in logged(tmp_path) if "loss" in entry]
    assert all(entry["text"] > 0 and entry["visual"] > 0 for entry in steps)
    parts = ("ce", "dice", "stream", "cons", "text", "visual", "presence")
    weights = (0.9, 1.0, 0.5, 0.05, 0.1, 0.1, 0.2)
    for entry in steps:
        total = sum(w * entry[p] for w, p in zip(weights, parts, strict=True))
        assert entry["loss"] == pytest.approx(total, rel=1e-5)


def test_the_best_on_validation_comes_back(tmp_path):
    messages = []
    network = trained(tmp_path, RICH, log=messages.append)
    checks = [entry for entry in logged(tmp_path) if "check" in entry]
    assert [entry["step"] for entry in checks] == [0, 2, 4, 6]
    best = max(checks, key=lambda entry: entry["score"])
    tensors, notes = load_tensors(tmp_path / BEST)
    assert notes["best"] == {"score": best["score"], "step": best["step"]}
    state = network.state_dict()
    assert all(torch.equal(state[name], value) for name, value in tensors.items())
    assert any(line.startswith("best so far") for line in messages)


def test_the_last_weights_come_back_without_keep_best(tmp_path):
    config = replace(RICH, keep_best=False, validate_every=1000, learning_rate=1e-9)
    network = trained(tmp_path / "last", config)
    start = trained(tmp_path / "start", replace(config, keep_best=True, steps=1))
    moved = [
        not torch.equal(mine, other)
        for mine, other in zip(network.parameters(), start.parameters(), strict=True)
    ]
    assert any(moved)  # although validation does not notice


def test_validation_does_not_affect_training(tmp_path):
    trained(tmp_path / "often", replace(RICH, validate_every=1))
    trained(tmp_path / "once", RICH)
    losses = [
        [entry["loss"] for entry in logged(tmp_path / name) if "loss" in entry]
        for name in ("often", "once")
    ]
    assert losses[0] == losses[1]


def test_a_finished_run_is_not_trained_again(tmp_path):
    first = trained(tmp_path, RICH)
    before = logged(tmp_path)
    again = trained(tmp_path, RICH)
    assert logged(tmp_path) == before
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    trained(tmp_path)
    with pytest.raises(DataError, match="another network"):
        trained(tmp_path, presence=False)


def test_a_run_of_other_settings_is_refused_by_their_names(tmp_path):
    trained(tmp_path)
    with pytest.raises(OptionError, match=r"learning_rate 0\.001, now 0\.01"):
        trained(tmp_path, replace(PLAIN, learning_rate=0.01))
    trained(tmp_path, replace(PLAIN, keep_every=5))  # does not affect the weights


def test_a_checkpoint_without_inputs_goes_on_with_a_note(tmp_path):
    trained(tmp_path)  # as versions before 0195 wrote them
    messages = []
    inputs = {DATA: RunInput("roofs", "12ab"), WEIGHTS: RunInput("none", "")}
    trained(tmp_path, log=messages.append, inputs=inputs)
    assert "data and start weights are taken for the same" in messages[0]
    assert messages[1] == "going on at step 6"


def test_other_inputs_are_refused_by_their_names(tmp_path):
    inputs = {DATA: RunInput("roofs", "12ab"), WEIGHTS: RunInput("none", "")}
    trained(tmp_path, inputs=inputs)
    trained(tmp_path, inputs={**inputs, DATA: RunInput("moved", "12ab")})
    for name in ("roofs", "cars"):
        with pytest.raises(OptionError, match=rf"other data \(roofs, now {name}"):
            trained(tmp_path, inputs={**inputs, DATA: RunInput(name, "34cd")})


def test_two_runs_in_one_folder_are_refused(tmp_path):
    def again(line):
        with pytest.raises(OutputError, match="another run"):
            trained(tmp_path)

    trained(tmp_path, log=again)
    trained(tmp_path)


@pytest.mark.parametrize("body", [b"", b"no checkpoint at all", b"\x08" + bytes(40)])
def test_a_broken_checkpoint_is_one_clear_line(tmp_path, body):
    (tmp_path / CHECKPOINT).write_bytes(body)
    with pytest.raises(DataError, match="not a checkpoint"):
        trained(tmp_path)


def test_a_full_disk_loses_nothing(tmp_path, limit_file_size):
    whole = trained(tmp_path / "whole")
    with pytest.raises(KilledError):
        trained(tmp_path / "full", log=killed_at("kept step 3"))
    kept = (tmp_path / "full" / CHECKPOINT).read_bytes()
    with (
        limit_file_size(len(kept) // 2),
        pytest.raises(OutputError, match=r"checkpoint\.safetensors: cannot be written"),
    ):
        trained(tmp_path / "full")
    assert (tmp_path / "full" / CHECKPOINT).read_bytes() == kept
    assert not list((tmp_path / "full").glob("*.part"))

    resumed = trained(tmp_path / "full")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        trained(tmp_path / "file" / "run")


def test_validation_sets_of_a_mixture_are_the_same_each_time():
    validation = mixture_validation([bright_building()])
    assert set(validation) == {"drawn, made"}
    first, second = (list(validation["drawn, made"]()) for _ in range(2))
    assert [sample.texts for sample in first] == [sample.texts for sample in second]
    assert len(first) > 4
