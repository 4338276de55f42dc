"""Where training begins: trained weights, their words, public encoders, or nothing."""

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
from rrsis_geo.training.builders import changed, model_config
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.initial_weights.pretrained_encoders import (
    WEIGHTS,
    WORDS,
    find_public,
    start_image,
)

GSD_RANGE = (0.15, 1.5)
"""Metres per pixel that the training images of the default weights cover well."""

UNKNOWN_RANGE = (0.1, 3.0)
"""Metres per pixel that weights are offered for where the data name none."""

IMAGE_START = Path("weights") / "mobilenet_v2_imagenet_bn_folded.safetensors"

WRITTEN = ("nwpu.jsonl", "scenes.jsonl")


def public_start(name: str, *, data: Path, text: str) -> tuple[BTDNet, Card]:
    """A preset with public encoders and no more words than needed.

    Args:
        name: of the preset.
        data: folder of public data, for the image encoder and the written words.
        text: folder or hub name of a MiniLM.

    Raises:
        DataError, WeightsError: a file is missing or of another kind.
    """
    vocabulary = read_vocabulary(find_public(text, WORDS))
    network = BTDNet(preset(name))
    load_image_encoder(network, data / IMAGE_START)
    load_text_encoder(network, find_public(text, WEIGHTS))
    texts: list[str] = []
    for file in WRITTEN:
        path = data / "expressions" / file
        try:
            lines = path.read_text().splitlines()
            texts += [json.loads(line)["expression"] for line in lines]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path}: cannot be read ({error})") from error
    small, words = prune_vocabulary(network, vocabulary, positions=128, texts=texts)
    return small, Card(name=name, vocabulary=words, gsd_range=GSD_RANGE)


def trained_start(config: TrainConfig, weights: str) -> tuple[BTDNet, Card]:
    """Weights of this project, to be trained on.

    The network is the one of the file; of the config's [model] only what training alone
    needs may be added to it, and attention layers of its neck, which say nothing at
    first: the grown network answers as the one of the file.

    Raises:
        WeightsError: there are no such weights.
        OptionError: the config wants another network.
    """
    network, info = load_weights(weights)
    odd = sorted(set(config.model) - {"dmols", "dmols_branches", "neck_mixers"})
    if odd:
        raise OptionError(
            f"[model] sets {odd}, but the network of {weights} is made already; take "
            "them out, or leave --from away"
        )
    if config.model:
        larger = BTDNet(changed(network.config, config.model, "model"))
        _check_growth(network.config, larger.config, weights)
        zero_init_mixers(larger)
        state = larger.state_dict()
        larger.load_state_dict({**state, **network.state_dict()})
        network = larger
    return network, card_of(info)


def _check_growth(old: ModelConfig, new: ModelConfig, weights: str) -> None:
    """Only levels that have attention layers can get more of them."""
    for before, after in zip(old.neck_mixers, new.neck_mixers, strict=True):
        if after < before or (after and not before):
            raise OptionError(
                f"[model] neck_mixers {list(new.neck_mixers)} cannot grow out of the "
                f"{list(old.neck_mixers)} of {weights}: levels that have some may get "
                "more, the others stay without"
            )


def new_start(config: TrainConfig, texts: Iterable[str]) -> tuple[BTDNet, Card]:
    """A network with public encoders where the config names some, else random ones.

    Args:
        config: `image_start` and `text_start` count here.
        texts: of the training; without a `text_start` their words, letters and digits
            are the vocabulary.

    Raises:
        WeightsError: public weights are not there, broken, or of another size.
        OptionError: a random text encoder that would not learn.
    """
    if config.text_start:
        vocabulary = read_vocabulary(find_public(config.text_start, WORDS))
    elif config.train_text:
        vocabulary = spelling(texts)
    else:
        raise OptionError(
            "no text_start, so the text encoder is random, and train_text is off, so "
            "it would stay so; name a public BERT (--text-start), or set train_text"
        )
    network = BTDNet(model_config(config, text_vocabulary=len(vocabulary)))
    if config.text_start:
        load_text_encoder(network, find_public(config.text_start, WEIGHTS))
    if config.image_start:
        start_image(network, config.image_start)
    card = Card(name=config.preset, vocabulary=vocabulary, gsd_range=UNKNOWN_RANGE)
    return network, card


def fresh_start(
    config: TrainConfig, *, words: str | Path, image: Path | None = None
) -> tuple[BTDNet, Card]:
    """A network of any make whose text encoder and vocabulary are those of weights.

    What is compared in an ablation begins here, so that every variant has the same; and
    so does what shares its text encoder with the shipped weights.

    Args:
        config: of the run; its model must have the text encoder of `words`.
        words: name or file of weights to take text encoder and vocabulary from.
        image: ImageNet weights of MobileNetV2, as `load_image_encoder` reads them,
            where the config names no `image_start`; None: a random image encoder.

    Raises:
        WeightsError: a file is missing or of another kind.
        OptionError: the model's text encoder has other sizes.
    """
    given, info = load_weights(words)
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
            f"{words}: has another text encoder than the preset {config.preset!r} with "
            "its [model]; take the text settings of those weights, or other --words"
        )
    network.text.load_state_dict(state)
    if config.image_start:
        start_image(network, config.image_start)
    elif image is not None:
        load_image_encoder(network, image)
    gsd_range = GSD_RANGE if config.dataset == "mix" else UNKNOWN_RANGE
    return network, Card(
        name=config.preset, vocabulary=info.vocabulary, gsd_range=gsd_range
    )


def spelling(texts: Iterable[str]) -> tuple[str, ...]:
    """A vocabulary of the words of some texts, and of all letters to spell others."""
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    known = (*SPECIAL, *sorted(CHARACTERS), *pieces)
    return (*known, *sorted(words - set(known)))
