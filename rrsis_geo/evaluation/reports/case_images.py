"""Images of single cases: the image alone, and with target and prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import (
    SIDE,
    Network,
    resize_image_to_square,
    resize_mask_to_square,
)

TILE = 320
"""Pixels of a side of an image in the report."""

TRUE_POSITIVE, FALSE_NEGATIVE, FALSE_POSITIVE = (
    (64, 200, 96),
    (250, 190, 40),
    (235, 60, 70),
)
"""Colours of pixels: predicted and right, missed, predicted and wrong."""

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

LEGEND = "green: found and right, amber: missed, red: found and wrong"


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseImage:
    """A sample with its prediction, drawn."""

    kind: str
    """best, median, worst, or "no target, most predicted"."""
    expression: str
    caption: str
    pixels: NDArray[np.uint8]
    """(TILE, 2 TILE, 3): the image alone, and beside it with the masks."""


def choose_cases(outcomes: Sequence[Outcome], *, each: int) -> list[tuple[str, int]]:
    """Choose the cases to show: (kind, index) by IoU of the rule `reference`.

    Best, median and worst of those with a target, and those without one for which the
    rule `product` predicts the largest area. Ties keep their order.

    Args:
        outcomes: All outcomes.
        each: Cases of a kind, at most.
    """
    present = [k for k, outcome in enumerate(outcomes) if outcome.target]
    present.sort(key=lambda k: -outcomes[k].pixels["reference"].iou)
    middle = max((len(present) - each) // 2, 0)
    chosen = {
        "best": present[:each],
        "median": present[middle : middle + each],
        "worst": present[-each:][::-1],
    }
    absent = [k for k, outcome in enumerate(outcomes) if not outcome.target]
    absent.sort(key=lambda k: -outcomes[k].pixels["product"].predicted)
    chosen["no target, most predicted"] = absent[:each]
    kind_of: dict[int, str] = {}
    for kind, indices in chosen.items():
        for index in indices:
            kind_of.setdefault(index, kind)
    return [(kind, index) for index, kind in kind_of.items()]


def draw_cases(
    samples: Sequence[Sample],
    outcomes: Sequence[Outcome],
    network: Network,
    *,
    each: int = 4,
) -> Iterator[CaseImage]:
    """Choose cases, predict them again and draw them.

    Args:
        samples: Samples of the outcomes, in the same order.
        outcomes: What `evaluate` returned for them.
        network: The network that was evaluated.
        each: Cases of a kind, at most.
    """
    for kind, index in choose_cases(outcomes, each=each):
        sample, outcome = samples[index], outcomes[index]
        pixels = resize_image_to_square(sample.read_pixels())
        mask = resize_mask_to_square(sample.read()[1])
        prediction = network.predict(pixels, [sample.expression], [(SIDE, SIDE)])
        predicted = prediction.logits[0][0] > 0
        score = (
            f"IoU {100 * outcome.pixels['reference'].iou:.1f}"
            if outcome.target
            else f"{100 * predicted.mean():.1f} % predicted"
        )
        presence = (
            "" if outcome.presence is None else f", presence {outcome.presence:.2f}"
        )
        yield CaseImage(
            kind=kind,
            expression=sample.expression,
            caption=f"{score}{presence}, {sample.image.name}",
            pixels=_draw_pair(pixels, predicted, mask),
        )


def draw_sheet(cases: Sequence[CaseImage], *, title: str) -> Image.Image:
    """Draw all cases on one image, two in a row."""
    columns = min(2, max(len(cases), 1))
    wide, high = 2 * TILE + 12, TILE + 52
    rows = -(-len(cases) // columns)
    page = Image.new("RGB", (columns * wide + 12, rows * high + 64), "white")
    pen = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(20), ImageFont.load_default(14)
    pen.text((12, 10), title, fill="black", font=large)
    pen.text((12, 38), LEGEND, fill=(90, 90, 90), font=small)
    for k, case in enumerate(cases):
        left, top = 12 + k % columns * wide, 64 + k // columns * high
        words = f"{case.kind}: {case.expression}"
        pen.text(
            (left, top), _truncate(words, small, 2 * TILE), fill="black", font=small
        )
        caption = _truncate(case.caption, small, 2 * TILE)
        pen.text((left, top + 18), caption, fill=(90, 90, 90), font=small)
        page.paste(Image.fromarray(case.pixels), (left, top + 40))
    return page


def _draw_pair(
    pixels: NDArray[np.uint8], predicted: NDArray[np.bool_], mask: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Draw the image, and beside it the image with the masks."""
    plain = pixels.transpose(1, 2, 0)
    marked = plain.astype(np.float32)
    for where, colour in (
        (predicted & mask, TRUE_POSITIVE),
        (mask & ~predicted, FALSE_NEGATIVE),
        (predicted & ~mask, FALSE_POSITIVE),
    ):
        marked[where] = 0.45 * marked[where] + 0.55 * np.array(colour, np.float32)
    both = np.concatenate([plain, marked.astype(np.uint8)], axis=1)
    small = Image.fromarray(both).resize((2 * TILE, TILE), Image.Resampling.LANCZOS)
    return np.asarray(small)


def _truncate(text: str, font: Font, width: int) -> str:
    """Truncate a text to a width in pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."
