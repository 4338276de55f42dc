"""The objective: D-MOLS, gradient accumulation, unused parameters."""

from dataclasses import replace

import pytest
import torch
from coloured_boxes import WORDS, boxes, tiny

from rrsis_geo.errors import OptionError, WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.head import is_of_head
from rrsis_geo.model.losses import LossWeights
from rrsis_geo.training.builders import (
    augmentation,
    build_objective,
    build_optimizer,
    loss_weights,
    model_config,
)
from rrsis_geo.training.config import (
    CONFIG_FOLDER,
    TrainConfig,
    find_config,
    read_config,
)
from rrsis_geo.training.data.augmentation import NONE
from rrsis_geo.training.data.batch import Batch, collate
from rrsis_geo.training.data.listed_samples import ListedStream, group_by_image
from rrsis_geo.training.loop import LoopConfig, train
from rrsis_geo.training.schedule import Average

CONFIG = TrainConfig(bfloat16=False, train_text=True)
SMALL_TEXT = {
    "text_vocabulary": len(WORDS),
    "text_dim": 16,
    "text_layers": 1,
    "text_heads": 2,
    "text_hidden": 32,
    "text_positions": 32,
}
CONFIGS = sorted(
    path.relative_to(CONFIG_FOLDER).with_suffix("").as_posix()
    for path in CONFIG_FOLDER.rglob("*.toml")
)


def batch(count=2, *, side=64):
    lines = boxes(2 * count, side=side)
    stream = ListedStream(
        groups=group_by_image(lines, 2), size=side, expressions=2, augmentation=NONE
    )
    return collate([stream[number] for number in range(count)])


def small(config):
    """The network of a config, its sizes reduced and its kind kept."""
    config = replace(config, bfloat16=False)
    if config.preset == "btd-base":
        config = replace(config, preset="btd-tiny")
        return config, BTDNet(model_config(config, text_vocabulary=len(WORDS)))
    return config, BTDNet(model_config(config, **SMALL_TEXT))


@pytest.mark.parametrize("name", CONFIGS)
def test_every_shipped_config_loads_and_its_first_step_runs(name, tokenizer):
    config, network = small(read_config(find_config(name)))
    torch.manual_seed(0)
    objective = build_objective(config, network, tokenizer)
    augmentation(config)
    losses = objective(batch())
    weights = loss_weights(config)
    losses.total(weights).backward()

    trained = [p for p in network.parameters() if p.requires_grad]
    assert trained
    assert all(p.grad is not None for p in trained)  # none is unused
    rebuilt = {
        "text": network.dmols is not None and network.dmols.text is not None,
        "visual": network.dmols is not None and network.dmols.visual is not None,
    }
    for branch, there in rebuilt.items():
        assert (getattr(losses, branch) > 0) == there
    build_optimizer(config, network).step()
    assert all(torch.isfinite(p).all() for p in network.parameters())


def test_ablation_configs_are_distinct_networks():
    rungs = [read_config(find_config(name)) for name in CONFIGS if "ablations" in name]
    made = {
        (
            model.alignment,
            model.words_learn,
            model.decoder,
            model.exchange and model.decoder == "twin",
            loss_weights(config).stream > 0,
            model.dmols_branches if model.dmols else (),
            model.fusion,
            model.neck_mixers,
        )
        for config in rungs
        for model in [model_config(config)]
    }
    assert len(made) == len(rungs) == 11


def test_unused_parameters_are_frozen_and_others_are_not(tokenizer):
    plain = tiny(presence=False)
    build_objective(CONFIG, plain, tokenizer)
    frozen = {n for n, p in plain.named_parameters() if not p.requires_grad}
    assert {name.split(".bsc.")[-1].split(".")[0] for name in frozen} >= {
        "back_gate",
        "value",
    }
    assert all(name.startswith("visual.stages.3.") for name in frozen)

    whole = tiny(dmols=True, presence=True)
    build_objective(CONFIG, whole, tokenizer)
    assert all(p.requires_grad for p in whole.parameters())


def test_finding_unused_parameters_changes_nothing_else(tokenizer):
    network, twin = tiny(dmols=True), tiny(dmols=True)
    before = torch.random.get_rng_state()
    build_objective(CONFIG, network, tokenizer)
    assert torch.equal(before, torch.random.get_rng_state())
    assert network.training == twin.training
    assert all(p.grad is None for p in network.parameters())
    for name, value in twin.state_dict().items():
        assert torch.equal(value, network.state_dict()[name]), name


def test_a_frozen_text_encoder_gets_no_gradient(tokenizer):
    network = tiny(dmols=True)
    objective = build_objective(replace(CONFIG, train_text=False), network, tokenizer)
    objective(batch()).total().backward()
    assert all(p.grad is None for p in network.text.parameters())
    assert network.dmols.text.project.weight.grad.abs().sum() > 0


def test_of_a_head_alone_nothing_else_is_trained(tokenizer):
    config, network = small(TrainConfig(bfloat16=False, head_only=True))
    objective = build_objective(config, network, tokenizer)
    objective(batch()).total().backward()
    for name, parameter in network.named_parameters():
        assert (parameter.grad is not None) == is_of_head(name), name
    assert is_of_head("decoder.target.enter.0.0.weight")
    assert not is_of_head("visual.encoder.stem.weight")


def test_frozen_norms_keep_their_statistics_and_learn_their_weights(tokenizer):
    network = tiny()
    config = replace(CONFIG, freeze_norms=True)
    objective = build_objective(config, network, tokenizer).train()
    before = {n: v.clone() for n, v in network.named_buffers()}
    objective(batch()).total().backward()
    for name, value in network.named_buffers():
        assert torch.equal(before[name], value), name
    norm = network.decoder.target.enter[0][1]
    assert norm.weight.grad.abs().sum() > 0
    assert network.training
    assert not norm.training


def gradients_after(config, batches, tokenizer):
    """Return the gradients and the metrics of one step."""
    network = tiny()
    network.eval()  # batch statistics of parts differ from those of the whole
    objective = build_objective(config, network, tokenizer)
    kept = {}

    class Caught(torch.optim.SGD):
        def step(self):
            for name, p in network.named_parameters():
                kept[name] = None if p.grad is None else p.grad.clone()

    steps = []
    network.train = lambda mode=True: network
    train(
        objective,
        network,
        iter(batches),
        Caught([{"params": list(network.parameters()), "scale": 1.0}], lr=0.0),
        Average(network, decay=0.9),
        LoopConfig(
            first_step=0,
            steps=1,
            accumulate=config.accumulate,
            learning_rate=lambda step: 0.0,
            max_norm=1e9,
            loss_weights=LossWeights(),
            seed=0,
        ),
        on_step=steps.append,
    )
    return kept, steps[0].metrics()


def test_accumulated_parts_give_the_mean_of_their_gradients(tokenizer):
    whole = batch(2)
    parts = [
        Batch(
            images=whole.images[n : n + 1],
            masks=whole.masks[n : n + 1],
            texts=whole.texts[n : n + 1],
        )
        for n in range(2)
    ]
    config = replace(CONFIG, images=2, accumulate=2)
    joined, numbers = gradients_after(config, parts, tokenizer)
    alone = [
        gradients_after(replace(CONFIG, images=1), [part], tokenizer) for part in parts
    ]
    assert numbers["loss"] == pytest.approx(
        (alone[0][1]["loss"] + alone[1][1]["loss"]) / 2, rel=1e-5
    )
    for name, found in joined.items():
        if found is not None:
            mean = (alone[0][0][name] + alone[1][0][name]) / 2
            torch.testing.assert_close(found, mean, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("read", "table", "name"),
    [
        (model_config, "model", "decodr"),
        (loss_weights, "losses", "dise"),
        (augmentation, "augment", "mirrors"),
    ],
)
def test_unknown_names_in_tables_are_refused(read, table, name):
    with pytest.raises(OptionError, match=rf"'{name}'.*\[{table}\]; known are"):
        read(TrainConfig(**{table: {name: 1.0}}))


def test_values_no_network_has_are_refused():
    with pytest.raises(WeightsError, match="decoder"):
        model_config(TrainConfig(model={"decoder": "triple"}))
    with pytest.raises(WeightsError, match="dmols_branches"):
        replace(preset("btd-tiny"), dmols_branches=("sound",))
