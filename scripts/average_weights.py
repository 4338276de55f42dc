"""Average the networks of two weights files of one make.

    python scripts/average_weights.py FIRST SECOND OUTPUT --share 0.5 --name default

A network that was trained on from another one learns new things and forgets old ones;
the mean of both files keeps most of either (Wortsman et al., Robust fine-tuning of
zero-shot models, CVPR 2022). The card is the second file's. What is equal in both, as
a text encoder that was not trained, stays as it is to the last bit.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.weights import card_of, load_weights, save_weights


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
    parser.add_argument("--categories", nargs="*", help="classes trained")
    options = parser.parse_args()
    one, _ = load_weights(options.first)
    other, info = load_weights(options.second)
    if one.config != other.config:
        raise WeightsError(f"{options.first} and {options.second} are of two makes")
    old, new = one.state_dict(), other.state_dict()
    other.load_state_dict(
        {
            name: (1 - options.share) * old[name] + options.share * value
            if value.is_floating_point() and not value.equal(old[name])
            else value
            for name, value in new.items()
        }
    )
    card = replace(
        card_of(info),
        name=options.name,
        trained_on=options.trained_on or info.trained_on,
        created=options.created or info.created,
        categories=tuple(options.categories or info.categories),
    )
    save_weights(other, options.output, card=card)


if __name__ == "__main__":
    main()
