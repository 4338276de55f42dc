"""Makes labelled layouts like those that a network predicts: with false objects.

Measured on the validation images of NWPU VHR-10 (108 pairs of an image and a class, 312
objects found and 184 false ones): the log odds of true objects are 2.9 on average with
a deviation of 0.9; 56 % of the pairs have no false object and a twentieth has more than
eight; false ones are smaller, less sure, and every fifth is a part of a true one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rrsis_geo.matching.object_layout import ObjectLayout

from .examples import Example

_ODDS = [-4.5, -3.5, -2.4, -0.7, 0.7, 2.6, 3.2]
_ODDS_AT = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
"""Quantiles of the log odds of false objects."""

_LOG_AREA = [-3.6, -2.5, -1.85, -0.88, 0.19, 0.8]
_LOG_AREA_AT = [0.05, 0.25, 0.5, 0.75, 0.95, 1]
"""Quantiles of the log of their areas, as shares of the usual true one."""

PART = 0.2
"""Share of false objects that lie in true ones."""

LOST = 0.1
"""Chance that an object that is not meant is missed."""


UNKNOWN = 0.15
"""Share of examples without colours."""


def disturbed(example: Example, rng: np.random.Generator) -> Example:
    """An example as a network might have predicted it."""
    layout = example.layout
    odds = rng.normal(2.9, 0.9, len(layout)).clip(-1, 5)
    example = replace(example, layout=replace(layout, log_odds=odds))
    if rng.random() < 0.5:
        lost = ~example.is_meant & (rng.random(len(layout)) < LOST)
        if rng.random() < 0.35:
            lost |= layout.is_anchor
        if not (lost | layout.is_anchor).all():
            example = taken(example, np.flatnonzero(~lost))
    if rng.random() < 0.5:
        example = with_false_objects(example, rng)
    return with_other_light(example, rng)


def with_other_light(example: Example, rng: np.random.Generator) -> Example:
    """An example under another light; in some of them no colour is known."""
    colours = example.layout.colours
    gain, shade = rng.uniform(0.85, 1.15, 3), rng.normal(0, 0.02, colours.shape)
    colours = (colours * rng.uniform(0.8, 1.2) * gain**0.5 + shade).clip(0, 1)
    if rng.random() < UNKNOWN:
        colours = np.full_like(colours, np.nan)
    return replace(example, layout=replace(example.layout, colours=colours))


def taken(example: Example, rows: np.ndarray) -> Example:
    """An example with some of its objects, in a given order."""
    layout = example.layout
    columns = {
        name: getattr(layout, name)[rows]
        for name in (
            *("boxes", "centres", "areas", "sides"),
            *("log_odds", "is_anchor", "colours"),
        )
    }
    return replace(
        example, layout=replace(layout, **columns), is_meant=example.is_meant[rows]
    )


def with_false_objects(example: Example, rng: np.random.Generator) -> Example:
    """An example with objects that are none, in any order."""
    layout = example.layout
    few = rng.random() < 0.8
    count = min(int(rng.geometric(0.35)), 25) if few else int(rng.integers(3, 19))
    true = np.flatnonzero(~layout.is_anchor)
    usual = np.median(layout.areas[true])
    areas = usual * np.exp(np.interp(rng.random(count), _LOG_AREA_AT, _LOG_AREA))
    ratio, angle = (
        rng.uniform(0.15, 1, count),
        rng.uniform(-np.pi / 2, np.pi / 2, count),
    )
    long = np.sqrt(areas / ratio / 0.785)
    short = long * ratio
    width = np.hypot(long * np.cos(angle), short * np.sin(angle))
    height = np.hypot(long * np.sin(angle), short * np.cos(angle))
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (count, 2)
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    sides = np.stack([along * long[:, None], across * short[:, None]], axis=1)
    left, top, right, bottom = layout.extent
    centres = rng.uniform((left, top), (right, bottom), (count, 2))
    inside = rng.random(count) < PART
    owner = rng.choice(true, count)
    box = layout.boxes[owner]
    shift = (rng.random((count, 2)) - 0.5) * (box[:, 2:] - box[:, :2])
    centres[inside] = (layout.centres[owner] + shift)[inside]
    half = np.stack([width, height], axis=1) / 2
    edges = np.array([[left, top], [right, bottom]])
    boxes = np.hstack(
        [
            np.clip(centres - half, *edges),
            np.clip(centres + half, *edges),
        ]
    )
    odds = np.interp(rng.random(count), _ODDS_AT, _ODDS)
    share = (centres - [left, top]) / [right - left, bottom - top]
    cells = (share * len(example.around)).astype(int).clip(0, len(example.around) - 1)
    colours = example.around[cells[:, 1], cells[:, 0]]
    colours += rng.normal(0, 0.05, colours.shape)
    colours[inside] = layout.colours[owner[inside]]
    added = ObjectLayout(
        boxes=np.vstack([layout.boxes, boxes]),
        centres=np.vstack([layout.centres, centres]),
        areas=np.concatenate([layout.areas, areas]),
        sides=np.concatenate([layout.sides, sides]),
        extent=layout.extent,
        log_odds=np.concatenate([layout.log_odds, odds]),
        is_anchor=np.concatenate([layout.is_anchor, np.zeros(count, np.bool_)]),
        colours=np.concatenate([layout.colours, colours]),
    )
    meant = np.concatenate([example.is_meant, np.zeros(count, np.bool_)])
    example = replace(example, layout=added, is_meant=meant)
    return taken(example, rng.permutation(len(meant)))
