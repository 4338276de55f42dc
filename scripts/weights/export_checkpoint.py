"""Write the averaged weights of a training that is still going on as a weights file.

    python scripts/weights/export_checkpoint.py RUN OUTPUT --from WEIGHTS

RUN is the folder of the run, WEIGHTS what it started from. So a long training can be
measured between two sittings; it goes on from its checkpoint as if nothing were.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rrsis_geo.model.head import is_of_head
from rrsis_geo.model.serialization.weights import card_of, load_weights, save_weights
from rrsis_geo.training.checkpoint import load_tensors
from rrsis_geo.training.trainer import CHECKPOINT

COUNTER = "num_batches_tracked"
"""Of batch norms: not averaged, and without effect once trained."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--from", dest="weights", default="default")
    options = parser.parse_args()
    network, info = load_weights(options.weights)
    tensors, metadata = load_tensors(options.run / CHECKPOINT)
    average = {
        name.removeprefix("average/"): value
        for name, value in tensors.items()
        if name.startswith("average/")
    }
    kept = [name for name in network.state_dict() if name not in average]
    if any(is_of_head(name) for name in kept if COUNTER not in name):
        parser.error(f"{options.weights}: is not what {options.run} started from")
    step = metadata["progress"]["step"]
    network.load_state_dict({**network.state_dict(), **average})
    card = replace(
        card_of(info),
        name=options.output.stem,
        trained_on=f"{info.trained_on}; then step {step} of {options.run.name}",
        created=f"scripts/weights/export_checkpoint.py {options.run.name}",
    )
    save_weights(network.eval(), options.output, card=card)
    print(f"{options.output}: step {step}")


if __name__ == "__main__":
    main()
