"""A small data set of coloured boxes, and a tiny network for it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.training.initial_weights.initial_weights import spelling_vocabulary

COLOURS = {"red": (220, 40, 40), "blue": (40, 60, 220)}
WORDS = spelling_vocabulary(
    ["the red box", "the blue box on the left", "right storage tank"]
)


@dataclass(frozen=True)
class Line:
    """A line of a data set in memory."""

    image: Path
    expression: str
    type: str
    pixels: np.ndarray
    mask: np.ndarray

    def read_pixels(self):
        return self.pixels

    def read_mask(self, shape):
        assert shape == self.mask.shape
        return self.mask


def boxes(count, *, side=64, seed=0):
    """Lines about a red and a blue box on dark noise; two lines per image."""
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(count // 2):
        pixels = rng.integers(0, 60, (3, side, side), np.uint8)
        half_side = side // 2
        for half, (name, colour) in enumerate(COLOURS.items()):
            width, height = 4 * rng.integers(3, half_side // 4 - 1, 2)
            left = 4 * rng.integers(0, (half_side - width) // 4 + 1) + half * half_side
            top = 4 * rng.integers(0, (side - height) // 4 + 1)
            mask = np.zeros((side, side), bool)
            mask[top : top + height, left : left + width] = True
            for band, level in enumerate(colour):
                pixels[band][mask] = level
            path = Path(f"{number}.png")
            lines.append(Line(path, f"the {name} box", "category", pixels, mask))
    return lines


def write_manifest(folder, lines, *, val=2):
    """Write the lines as files; the last `val` images are for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted({line.image.name for line in lines}, key=lambda n: int(n[:-4]))
    held_out = set(names[len(names) - val :]) if val else set()
    rows = []
    for number, line in enumerate(lines):
        Image.fromarray(line.pixels.transpose(1, 2, 0)).save(folder / line.image.name)
        mask = f"mask-{number}.png"
        Image.fromarray(line.mask.astype(np.uint8) * 255).save(folder / mask)
        rows.append(
            {
                "image": line.image.name,
                "expression": line.expression,
                "mask": mask,
                "split": "val" if line.image.name in held_out else "train",
                "type": line.type,
                "category": "box",
                "gsd": 0.5,
            }
        )
    path = folder / "manifest.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def tiny(*, seed=0, **changes):
    """Return an untrained btd-tiny, determined by its arguments."""
    torch.manual_seed(seed)
    sizes = {"text_vocabulary": len(WORDS), **changes}
    return BTDNet(replace(preset("btd-tiny"), **sizes))
