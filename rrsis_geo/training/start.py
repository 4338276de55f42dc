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
from rrsis_geo.model.weights_file import Card

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
