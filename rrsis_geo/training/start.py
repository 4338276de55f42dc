"""Where training begins: public encoders, the rest random, a word table that fits."""

from __future__ import annotations

import json
from pathlib import Path

from rrsis_geo.errors import DataError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.export import slim
from rrsis_geo.model.initial import start_image_encoder, start_text_encoder
from rrsis_geo.model.vocabulary import read_vocabulary
from rrsis_geo.model.weights import load_weights
from rrsis_geo.model.weights_file import Card
from rrsis_geo.training.assemble import model_config
from rrsis_geo.training.config import TrainConfig

GSD_RANGE = (0.15, 1.5)
"""Metres per pixel that the training images cover well."""

IMAGE_START = Path("weights") / "mobilenet_v2_imagenet_bn_folded.safetensors"

WRITTEN = ("nwpu.jsonl", "scenes.jsonl")


def public_start(name: str, *, data: Path, text: Path) -> tuple[BTDNet, Card]:
    """A preset with public encoders and no more words than needed.

    Args:
        name: of the preset.
        data: folder of public data, for the image encoder and the written words.
        text: folder of a MiniLM.

    Raises:
        DataError, WeightsError: a file is missing or of another kind.
    """
    vocabulary = read_vocabulary(text / "vocab.txt")
    network = BTDNet(preset(name))
    start_image_encoder(network, data / IMAGE_START)
    start_text_encoder(network, text / "model.safetensors")
    texts: list[str] = []
    for file in WRITTEN:
        path = data / "expressions" / file
        try:
            lines = path.read_text().splitlines()
            texts += [json.loads(line)["expression"] for line in lines]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path}: cannot be read ({error})") from error
    small, words = slim(network, vocabulary, positions=128, texts=texts)
    return small, Card(name=name, vocabulary=words, gsd_range=GSD_RANGE)


def fresh_start(
    config: TrainConfig, *, words: str | Path, image: Path
) -> tuple[BTDNet, Card]:
    """A network of any make that knows nothing but ImageNet and words.

    What is compared in an ablation begins here, so that every variant has the same.

    Args:
        config: of the run; its model must have the text encoder of `words`.
        words: name or file of weights to take text encoder and vocabulary from.
        image: ImageNet weights of MobileNetV2, as `start_image_encoder` reads them.

    Raises:
        WeightsError: a file is missing or of another kind.
    """
    given, info = load_weights(words)
    sizes = model_config(
        config,
        text_vocabulary=given.config.text_vocabulary,
        text_positions=given.config.text_positions,
    )
    network = BTDNet(sizes)
    network.text.load_state_dict(given.text.state_dict())
    start_image_encoder(network, image)
    return network, Card(
        name=config.preset, vocabulary=info.vocabulary, gsd_range=info.gsd_range
    )
