"""Write a scene and tiny weights for the tests; run by the worker's Python."""

import sys
from dataclasses import replace
from pathlib import Path

import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.encoders.wordpiece import CHARACTERS, CONTINUES, LETTERS, SPECIAL
from rrsis_geo.model.serialization.header import Card
from rrsis_geo.model.serialization.weights import save_weights
from rrsis_geo.synthetic import demo_scene


def main(folder):
    """Write `demo.tif`, its labels and `tiny.safetensors`."""
    demo_scene(folder)
    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    tokens = (*SPECIAL, *sorted(CHARACTERS), *pieces, "storage", "tank")
    torch.manual_seed(0)
    net = BTDNet(replace(preset("btd-tiny"), text_vocabulary=len(tokens)))
    card = Card(name="tiny", vocabulary=tokens, gsd_range=(0.4, 1.0))
    save_weights(net, folder / "tiny.safetensors", card=card)


main(Path(sys.argv[1]))
