"""Build the initial network of a run: from weights, pretrained encoders, or random."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import ModelConfig, preset
from rrsis_geo.model.encoders.wordpiece import (
    CHARACTERS,
    CONTINUES,
    LETTERS,
    SPECIAL,
    read_vocabulary,
)
from rrsis_geo.model.fusion.fusion import zero_init_mixers
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.initialization import (
    load_image_encoder,
    load_text_encoder,
)
from rrsis_geo.model.serialization.vocabulary_pruning import prune_vocabulary
from rrsis_geo.model.serialization.weights import card_of, load_weights
from rrsis_geo.training.builders import model_config, with_changes
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.initial_weights.pretrained_encoders import (
    VOCABULARY_FILE,
    WEIGHTS_FILE,
    find_pretrained,
    load_pretrained_image_encoder,
)

GSD_RANGE = (0.15, 1.5)
"""Metres per pixel that the training images of a mix cover well."""

UNKNOWN_GSD_RANGE = (0.1, 3.0)
"""Metres per pixel for the card of weights whose training data name none."""

IMAGE_START = Path("weights") / "mobilenet_v2_imagenet_bn_folded.safetensors"
"""ImageNet weights of the image encoder, in a folder of public data."""

EXPRESSION_FILES = ("nwpu.jsonl", "scenes.jsonl")
"""Hand-written expressions, in `expressions` of a folder of public data."""


def init_from_public(name: str, *, data: Path, text: str) -> tuple[BTDNet, Card]:
    """Build a preset with pretrained encoders and a vocabulary pruned to what is used.

    Args:
        name: of the preset.
        data: folder of public data, with image encoder and hand-written expressions.
        text: folder or hub name of a MiniLM.

    Raises:
        DataError, WeightsError: a file is missing or of another kind.
    """
    vocabulary = read_vocabulary(find_pretrained(text, VOCABULARY_FILE))
    network = BTDNet(preset(name))
    load_image_encoder(network, data / IMAGE_START)
    load_text_encoder(network, find_pretrained(text, WEIGHTS_FILE))
    texts: list[str] = []
    for file in EXPRESSION_FILES:
        path = data / "expressions" / file
        try:
            lines = path.read_text().splitlines()
            texts += [json.loads(line)["expression"] for line in lines]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path}: cannot be read ({error})") from error
    small, words = prune_vocabulary(network, vocabulary, positions=128, texts=texts)
    return small, Card(name=name, vocabulary=words, gsd_range=GSD_RANGE)


def init_from_weights(config: TrainConfig, weights: str) -> tuple[BTDNet, Card]:
    """Load weights of this project to continue their training.

    The network is that of the file. The config's [model] may only add D-MOLS, and
    attention layers of the neck; these start as identities, so that the larger network
    predicts what that of the file does.

    Raises:
        WeightsError: there are no such weights.
        OptionError: [model] asks for another network.
    """
    network, info = load_weights(weights)
    refused = sorted(set(config.model) - {"dmols", "dmols_branches", "neck_mixers"})
    if refused:
        raise OptionError(
            f"[model] sets {refused}, which the weights {weights} have fixed; remove "
            "them, or leave --from away"
        )
    if config.model:
        larger = BTDNet(with_changes(network.config, config.model, "model"))
        _check_growth(network.config, larger.config, weights)
        zero_init_mixers(larger)
        state = larger.state_dict()
        larger.load_state_dict({**state, **network.state_dict()})
        network = larger
    return network, card_of(info)


def _check_growth(old: ModelConfig, new: ModelConfig, weights: str) -> None:
    """Check that only levels with attention layers get more of them."""
    for before, after in zip(old.neck_mixers, new.neck_mixers, strict=True):
        if after < before or (after and not before):
            raise OptionError(
                f"[model] neck_mixers {list(new.neck_mixers)} cannot extend the "
                f"{list(old.neck_mixers)} of {weights}: levels with attention layers "
                "may get more, the others must stay at 0"
            )


def init_from_config(config: TrainConfig, texts: Iterable[str]) -> tuple[BTDNet, Card]:
    """Build a network with the pretrained encoders that the config names, if any.

    Args:
        config: of the run, with `image_start` and `text_start`.
        texts: of the training data; without `text_start` the vocabulary consists of
            their words, letters and digits.

    Raises:
        WeightsError: pretrained weights are missing, broken, or of another size.
        OptionError: the text encoder would be random and never trained.
    """
    if config.text_start:
        vocabulary = read_vocabulary(
            find_pretrained(config.text_start, VOCABULARY_FILE)
        )
    elif config.train_text:
        vocabulary = spelling_vocabulary(texts)
    else:
        raise OptionError(
            "without text_start the text encoder is random, and without train_text it "
            "stays so; name a public BERT (--text-start), or set train_text"
        )
    network = BTDNet(model_config(config, text_vocabulary=len(vocabulary)))
    if config.text_start:
        load_text_encoder(network, find_pretrained(config.text_start, WEIGHTS_FILE))
    if config.image_start:
        load_pretrained_image_encoder(network, config.image_start)
    card = Card(name=config.preset, vocabulary=vocabulary, gsd_range=UNKNOWN_GSD_RANGE)
    return network, card


def init_with_text_of(
    text_weights: str | Path, config: TrainConfig, *, image: Path | None = None
) -> tuple[BTDNet, Card]:
    """Build a network with the text encoder and the vocabulary of given weights.

    Ablations use it so that all variants share a text encoder, and so do weights that
    share theirs with the shipped ones.

    Args:
        text_weights: name or file of the weights.
        config: of the run; its model must have a text encoder of the same sizes.
        image: ImageNet weights of MobileNetV2, as `load_image_encoder` reads them,
            used if the config has no `image_start`; None: a random image encoder.

    Raises:
        WeightsError: a file is missing or of another kind.
        OptionError: the model's text encoder has other sizes.
    """
    given, info = load_weights(text_weights)
    sizes = model_config(
        config,
        text_vocabulary=given.config.text_vocabulary,
        text_positions=given.config.text_positions,
    )
    network = BTDNet(sizes)
    wanted = {name: value.shape for name, value in network.text.state_dict().items()}
    state = given.text.state_dict()
    if wanted != {name: value.shape for name, value in state.items()}:
        raise OptionError(
            f"{text_weights}: has another text encoder than the preset "
            f"{config.preset!r} with its [model]; use the text settings of those "
            "weights, or other --words"
        )
    network.text.load_state_dict(state)
    if config.image_start:
        load_pretrained_image_encoder(network, config.image_start)
    elif image is not None:
        load_image_encoder(network, image)
    gsd_range = GSD_RANGE if config.dataset == "mix" else UNKNOWN_GSD_RANGE
    return network, Card(
        name=config.preset, vocabulary=info.vocabulary, gsd_range=gsd_range
    )


def spelling_vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """Return a vocabulary of the words of texts, and of letters to spell all others."""
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    known = (*SPECIAL, *sorted(CHARACTERS), *pieces)
    return (*known, *sorted(words - set(known)))
