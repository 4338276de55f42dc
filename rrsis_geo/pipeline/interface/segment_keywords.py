"""The options of a search as keywords that editors and notebooks can complete."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypedDict, TypeVar

from rrsis_geo.job import SegmentOptions

Function = TypeVar("Function", bound=Callable[..., Any])


class SegmentKeywords(TypedDict, total=False):
    """Fields of `SegmentOptions`, which says what they mean; all may be left out."""

    window_size: int
    overlap: int
    threshold: float
    min_score: float | None
    min_area: float
    fill_holes: float
    simplify: float
    split: bool | None
    gsd: float | None
    overviews: int
    bands: Sequence[int] | None
    crs: str | None
    pixel_coordinates: bool
    aoi_layer: str | None
    bbox: Sequence[float] | None
    runtime: str
    device: str
    precision: str
    batch_size: int
    engine: str
    workers: int
    resolve: str
    caution: float
    guess: bool
    cache: bool


def with_keywords(function: Function) -> Function:
    """Let the signature of a function name its `**options`, with their defaults."""
    signature = inspect.signature(function)
    own = list(signature.parameters.values())
    options = [
        inspect.Parameter(
            item.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=item.default,
            annotation=item.type,
        )
        for item in fields(SegmentOptions)
        if item.name in SegmentKeywords.__annotations__
    ]
    named = signature.replace(parameters=[*own[:-1], *options])
    function.__signature__ = named  # type: ignore[attr-defined]
    return function
