"""What the image encoder of weights knows of scene words that no labels show.

    python benchmarks/scene_words.py DATA [--weights NAME|FILE]

A linear layer on the frozen encoder is trained on the captioned scenes of
`aid-captions` (30 kinds, named by the scene alone), whose every fifth image is left
out. Printed are the share of those that are told right, by kind, and where its class
activation says that a kind is (Zhou et al., 2016, arXiv 1512.04150): the IoU of those
pixels with labels of NWPU VHR-10, for the kinds that both have.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from public_data import nwpu, split
from rasterio.features import rasterize
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.encoders.image_encoder import ImageEncoder
from rrsis_geo.model.serialization.weights import load_weights

SIDE = 256
"""Pixels to which the scenes, of 128, are enlarged."""

LONG = 448
"""Pixels of the longer side of the images on which kinds are to be found."""

EVERY = 5
"""One image in so many is left out of the training."""

EPOCHS, BATCH, RATE = 12, 128, 2e-3

SAME = {
    "baseball_diamond": "baseballfield",
    "ground_track_field": "playground",
    "bridge": "bridge",
    "harbor": "port",
}
"""Class of NWPU VHR-10 to the kind of scene that shows it."""

CHANCE = 0.5
"""From which on a pixel is said to show a kind."""


def main() -> None:
    """Train the layer and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    options = parser.parse_args()
    torch.manual_seed(0)
    net, _ = load_weights(options.weights)
    kinds, numbers, features = read_scenes(options.data, net)
    names = sorted(set(kinds))
    labels = torch.tensor([names.index(kind) for kind in kinds])
    left_out = torch.from_numpy(numbers % EVERY == 0)
    layer = trained(features[~left_out], labels[~left_out], len(names))
    said = layer(features[left_out]).mean((2, 3)).argmax(1)
    right = said == labels[left_out]
    print(f"{len(right)} scenes left out, {100 * right.float().mean():.1f} % right")
    for number, name in enumerate(names):
        here = labels[left_out] == number
        print(f"  {name}\t{100 * right[here].float().mean():.0f} %")
    _, images = split(nwpu(options.data), every=7)
    for category, kind in SAME.items():
        ious = list(overlaps(net, layer, images, category, names.index(kind)))
        print(f"{category} as {kind}: IoU {np.mean(ious):.2f}, {len(ious)} images")


def read_scenes(data: Path, net: BTDNet) -> tuple[list[str], NDArray[np.intp], Tensor]:
    """Kind and number of every scene, and what the encoder sees: (N, C, H, W)."""
    kinds, numbers, features = [], [], []
    with zipfile.ZipFile(data / "aid-captions" / "images.zip") as archive:
        for name in sorted(archive.namelist()):
            kind, _, number = name.removesuffix(".webp").rpartition("_")
            with Image.open(io.BytesIO(archive.read(name))) as image:
                features.append(encoded(net, image.convert("RGB"), (SIDE, SIDE)))
            kinds.append(kind)
            numbers.append(int(number))
    return kinds, np.array(numbers), torch.cat(features)


@torch.inference_mode()
def encoded(net: BTDNet, image: Image.Image, size: tuple[int, int]) -> Tensor:
    """Features of the two coarsest levels at stride 32, (1, C, H, W), about 0 to 1."""
    pixels = np.asarray(image.resize(size, Image.Resampling.BICUBIC))
    tensor = torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].float()
    encoder = cast(ImageEncoder, net.visual.encoder)
    level = encoder.refine(0, encoder.embed(net.normalise(tensor)))
    levels = []
    for number in range(1, 4):
        level = encoder.refine(number, encoder.downsample(number - 1, level))
        levels.append(level)
    return torch.cat([functional.avg_pool2d(levels[1], 2), levels[2]], dim=1)


def trained(features: Tensor, labels: Tensor, kinds: int) -> nn.Module:
    """A linear layer whose mean over a scene says its kind."""
    norm = nn.BatchNorm2d(features.shape[1], affine=False)
    layer = nn.Sequential(norm, nn.Conv2d(features.shape[1], kinds, 1))
    optimizer = torch.optim.AdamW(layer.parameters(), RATE, weight_decay=5e-2)
    for epoch in range(EPOCHS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        for rows in torch.randperm(len(labels)).split(BATCH):
            logits = layer(features[rows]).mean((2, 3))  # (B, kinds)
            loss = functional.cross_entropy(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return layer.eval()


@torch.inference_mode()
def overlaps(
    net: BTDNet,
    layer: nn.Module,
    images: list[LabelledImage],
    category: str,
    kind: int,
) -> Iterator[float]:
    """IoU of what is said to show a kind, on each image that shows it."""
    for image in images:
        layout = image.layout
        shown = [one.polygon for one in layout.objects if one.category == category]
        if not shown:
            continue
        factor = LONG / max(layout.width, layout.height)
        size = tuple(
            max(32, round(side * factor / 32) * 32)
            for side in (layout.width, layout.height)
        )
        whole = Image.fromarray(image.pixels.transpose(1, 2, 0))
        logits = layer(encoded(net, whole, (size[0], size[1])))
        full = (layout.height, layout.width)
        large = functional.interpolate(logits, full, mode="bilinear")
        said = (large.softmax(1)[0, kind] > CHANCE).numpy()  # (H, W)
        mask = rasterize(shown, out_shape=full).astype(bool)
        yield float((said & mask).sum() / (said | mask).sum())


if __name__ == "__main__":
    main()
