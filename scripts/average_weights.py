"""Average the networks of two weights files of one make.

    python scripts/average_weights.py FIRST SECOND OUTPUT --share 0.5 --name default

A network that was trained on from another one learns new things and forgets old ones;
the mean of both files keeps most of either (Wortsman et al., Robust fine-tuning of
zero-shot models, CVPR 2022). The card is the second file's. What is equal in both, as
a text encoder that was not trained, stays as it is to the last bit. Attention layers
that the second has and the first has not are silent in the first: they come in by the
share of what they say.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.layers import is_residual_output
from rrsis_geo.model.serialization.weights import card_of, load_weights, save_weights


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("output", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    parser.add_argument("--name", default="default")
    parser.add_argument("--trained-on", help="for the card; default: the second's")
    parser.add_argument("--created", help="the commands that made the file")
    parser.add_argument("--sure", type=float, help="`score_margin` of the mean")
    parser.add_argument("--categories", nargs="*", help="classes trained")
    options = parser.parse_args()
    one, _ = load_weights(options.first)
    other, info = load_weights(options.second)
    fewer = one.config.neck_mixers <= other.config.neck_mixers
    grown = replace(one.config, neck_mixers=other.config.neck_mixers)
    if grown != other.config or not fewer:
        raise WeightsError(f"{options.first} and {options.second} are of two makes")
    other.load_state_dict(
        mean_state(one.state_dict(), other.state_dict(), options.share)
    )
    calibration = info.calibration
    if options.sure is not None:
        calibration = replace(calibration, score_margin=options.sure)
    card = replace(
        card_of(info),
        calibration=calibration,
        name=options.name,
        trained_on=options.trained_on or info.trained_on,
        created=options.created or info.created,
        categories=tuple(options.categories or info.categories),
    )
    save_weights(other, options.output, card=card)


def mean_state(
    old: Mapping[str, Tensor], new: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Tensors of the mean.

    Args:
        old: of the first network.
        new: of the second; may hold more, in attention layers.
        share: of the second.
    """
    mean = {}
    for name, value in new.items():
        first = old.get(name)
        if first is None and is_residual_output(name):
            first = torch.zeros_like(value)
        if first is None or not value.is_floating_point() or value.equal(first):
            mean[name] = value
        else:
            mean[name] = (1 - share) * first + share * value
    return mean


if __name__ == "__main__":
    main()
