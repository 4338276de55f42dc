"""Cases as pictures: the image, what is right, what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import SIDE, Network, squeeze_image, squeeze_mask

TILE = 320
"""Pixels of a picture's side."""

RIGHT, MISSED, WRONG = (64, 200, 96), (250, 190, 40), (235, 60, 70)
"""Found and right; missed; found and wrong."""

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

LEGEND = "green: found and right, amber: missed, red: found and wrong"


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """One case."""

    kind: str
    """best, median or worst; loudest for those without a target."""
    expression: str
    caption: str
    pixels: NDArray[np.uint8]
    """(TILE, 2 TILE, 3): the image alone, and with the masks."""


def choose(outcomes: Sequence[Outcome], *, each: int) -> list[tuple[str, int]]:
    """Kinds and indices of the cases to show, by IoU under the reference rule.

    Best, median and worst of those with a target, and the no-target ones on which the
    product paints most. Equal cases are taken in their order.
    """
    there = [k for k, outcome in enumerate(outcomes) if outcome.target]
    there.sort(key=lambda k: -outcomes[k].pixels["reference"].iou)
    middle = max((len(there) - each) // 2, 0)
    chosen = {
        "best": there[:each],
        "median": there[middle : middle + each],
        "worst": there[-each:][::-1],
    }
    absent = [k for k, outcome in enumerate(outcomes) if not outcome.target]
    absent.sort(key=lambda k: -outcomes[k].pixels["product"].predicted)
    chosen["no target, most painted"] = absent[:each]
    seen: set[int] = set()
    picked = []
    for kind, indices in chosen.items():
        for index in indices:
            if index not in seen:
                seen.add(index)
                picked.append((kind, index))
    return picked


def draw_pictures(
    samples: Sequence[Sample],
    outcomes: Sequence[Outcome],
    network: Network,
    *,
    each: int = 4,
) -> Iterator[Picture]:
    """Ask again about the chosen cases and draw them.

    Args:
        samples: Those of the outcomes, in the same order.
        outcomes: What `evaluate` gave for them.
        network: Who is asked again.
        each: Pictures of a kind.
    """
    for kind, index in choose(outcomes, each=each):
        sample, outcome = samples[index], outcomes[index]
        pixels = squeeze_image(sample.read_pixels())
        mask = squeeze_mask(sample.read()[1])
        answer = network.ask(pixels, [sample.expression], [(SIDE, SIDE)])
        found = answer.margins[0][0] > 0
        score = (
            f"IoU {100 * outcome.pixels['reference'].iou:.1f}"
            if outcome.target
            else f"{100 * found.mean():.1f} % painted"
        )
        sure = "" if outcome.presence is None else f", presence {outcome.presence:.2f}"
        yield Picture(
            kind=kind,
            expression=sample.expression,
            caption=f"{score}{sure}, {sample.image.name}",
            pixels=_pair(pixels, found, mask),
        )


def sheet(pictures: Sequence[Picture], *, title: str) -> Image.Image:
    """All pictures on one page, two in a row."""
    columns = min(2, max(len(pictures), 1))
    wide, high = 2 * TILE + 12, TILE + 52
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * wide + 12, rows * high + 64), "white")
    pen = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(20), ImageFont.load_default(14)
    pen.text((12, 10), title, fill="black", font=large)
    pen.text((12, 38), LEGEND, fill=(90, 90, 90), font=small)
    for k, picture in enumerate(pictures):
        left, top = 12 + k % columns * wide, 64 + k // columns * high
        words = f"{picture.kind}: {picture.expression}"
        pen.text((left, top), _fit(words, small, 2 * TILE), fill="black", font=small)
        caption = _fit(picture.caption, small, 2 * TILE)
        pen.text((left, top + 18), caption, fill=(90, 90, 90), font=small)
        page.paste(Image.fromarray(picture.pixels), (left, top + 40))
    return page


def _pair(
    pixels: NDArray[np.uint8], found: NDArray[np.bool_], mask: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The image beside itself with the masks over it."""
    plain = pixels.transpose(1, 2, 0)
    painted = plain.astype(np.float32)
    for where, colour in (
        (found & mask, RIGHT),
        (mask & ~found, MISSED),
        (found & ~mask, WRONG),
    ):
        painted[where] = 0.45 * painted[where] + 0.55 * np.array(colour, np.float32)
    both = np.concatenate([plain, painted.astype(np.uint8)], axis=1)
    small = Image.fromarray(both).resize((2 * TILE, TILE), Image.Resampling.LANCZOS)
    return np.asarray(small)


def _fit(text: str, font: Font, width: int) -> str:
    """The text, cut where it would be too wide."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."
