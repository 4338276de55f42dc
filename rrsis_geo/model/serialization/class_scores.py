"""How well a network knows each class: measured, and stored in the weights' header."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

WEAK_IOU = 0.3
"""Mean IoU below which a class is hardly found on real images."""


@dataclass(frozen=True, kw_only=True)
class ClassScore:
    """What was measured of one class."""

    iou: float | None
    """Mean over images of the intersection over union of all its objects, asked for by
    the name of the class; None: not measured, as no labelled images were kept."""

    images: int = 0
    """Images that it was measured on; they took no part in the training."""

    drawn: bool = False
    """Whether the network learned it from drawn scenes only."""

    @property
    def is_weak(self) -> bool:
        """Whether answers about it deserve a warning."""
        return self.drawn or (self.iou is not None and self.iou < WEAK_IOU)


def parse_class_scores(text: str) -> dict[str, ClassScore]:
    """The scores by class of an entry of a header.

    Raises:
        ValueError: it is not what `format_class_scores` wrote.
        TypeError: likewise.
    """
    values = json.loads(text)
    if not isinstance(values, Mapping):
        raise ValueError("not a JSON object")
    return {str(key): _checked(ClassScore(**value)) for key, value in values.items()}


def format_class_scores(scores: Mapping[str, ClassScore]) -> str:
    """Scores by class as an entry of a header."""
    return json.dumps({key: asdict(score) for key, score in scores.items()})


def unmeasured(
    scores: Mapping[str, ClassScore], taught: Collection[str]
) -> dict[str, ClassScore]:
    """The scores of a network that was trained further: only where it learned from.

    Args:
        scores: Before that training.
        taught: Classes in its data, which count as seen on images.
    """
    drawn = {key for key, score in scores.items() if score.drawn} - set(taught)
    return {key: ClassScore(iou=None, drawn=key in drawn) for key in scores}


def _checked(score: ClassScore) -> ClassScore:
    if score.iou is not None and not 0 <= score.iou <= 1:
        raise ValueError(f"iou must be in [0, 1], got {score.iou}")
    return score
