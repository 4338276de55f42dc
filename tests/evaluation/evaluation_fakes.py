"""A network that thresholds brightness, and small data sets."""

import numpy as np
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import NetworkPrediction, PixelCounts


class Brightness:
    """Predicts what is brighter than the number that a text ends with."""

    def __init__(self):
        self.calls = []

    def predict(self, pixels, texts, sizes):
        self.calls.append((pixels, tuple(texts), tuple(sizes)))
        grey = pixels.astype(np.float32).mean(axis=0)
        levels = np.array([float(text.split()[-1]) for text in texts], np.float32)
        logits = tuple(
            np.stack([resized(grey, size) - level for level in levels])
            for size in sizes
        )
        return NetworkPrediction(
            logits=logits,
            probabilities=1 / (1 + np.exp(-np.clip(logits[0], -50, 50))),
            presence=(None,) * len(texts),
        )


def resized(values, size):
    """(H, W) floats bilinearly at another size, corners aligned."""
    rows = np.linspace(0, values.shape[0] - 1, size[0])
    cols = np.linspace(0, values.shape[1] - 1, size[1])
    r0, c0 = np.floor(rows).astype(int), np.floor(cols).astype(int)
    r1 = np.minimum(r0 + 1, values.shape[0] - 1)
    c1 = np.minimum(c0 + 1, values.shape[1] - 1)
    fr, fc = (rows - r0)[:, None], (cols - c0)[None]
    upper = values[r0][:, c0] * (1 - fc) + values[r0][:, c1] * fc
    lower = values[r1][:, c0] * (1 - fc) + values[r1][:, c1] * fc
    return (upper * (1 - fr) + lower * fr).astype(np.float32)


def make_samples(folder, count=6, size=(60, 40)):
    """Samples on `count` images: a bright box to be found, and one absent thing."""
    samples = []
    width, height = size
    for number in range(count):
        pixels = np.full((height, width, 3), 40, np.uint8)
        mask = np.zeros((height, width), bool)
        mask[8 : 20 + number, 10:30] = True
        pixels[mask] = 200
        path = folder / f"image{number}.png"
        Image.fromarray(pixels).save(path)
        target = mask.copy()
        target[:, 10 : 10 + 2 * number] = False  # so that scores differ
        for text, truth, kind in (
            ("brighter than 100", target, "category"),
            ("brighter than 250", np.zeros_like(mask), "no-target"),
        ):
            samples.append(
                Sample(
                    image=path,
                    expression=text,
                    target=MaskRuns(parts=(rle.encode(truth),)),
                    split="test",
                    type=kind,
                    category="box" if truth.any() else "",
                    same_class=number if truth.any() else None,
                )
            )
    return samples


def outcome(iou, *, image="a", target=True, kind="category", pixels=1000, like=1):
    """An outcome whose reference IoU is a fraction of 100."""
    counts = PixelCounts(
        intersection=round(iou * 100),
        union=100,
        predicted=0 if iou == 0 else 90,
        total=pixels,
    )
    return Outcome(
        image=image,
        expression="x",
        type=kind,
        category="box",
        same_class=like,
        target=target,
        pixels=dict.fromkeys(("reference", "native", "product"), counts),
        presence=0.5,
        seconds=0.1,
    )
