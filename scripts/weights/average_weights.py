"""Average the networks of two weights files of the same architecture.

    python scripts/weights/average_weights.py FIRST SECOND OUTPUT --share 0.5 \
        --name default

A fine-tuned network learns new things and forgets old ones; the mean of the networks
before and after keeps most of both (Wortsman et al., Robust fine-tuning of zero-shot
models, CVPR 2022). The card is that of SECOND. Tensors that are equal in both, as a
frozen text encoder, stay bitwise equal. Attention layers that only SECOND has count as
identities in FIRST, so their output is scaled by the share.
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
        raise WeightsError(
            f"{options.first} and {options.second} have different architectures"
        )
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
    """Average two state dicts.

    Args:
        old: of the first network.
        new: of the second network; may have more attention layers.
        share: weight of the second, in [0, 1].
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
