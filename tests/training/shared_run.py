"""A process of a distributed run, or the only one; for test_process_group.py."""

import sys
import warnings
from pathlib import Path

from coloured_boxes import WORDS, boxes, tiny

from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.listed_samples import (
    ListedStream,
    group_by_image,
    validation_samples,
)
from rrsis_geo.training.distributed.process_group import open_process_group
from rrsis_geo.training.trainer import RunEnvironment, RunSamples, run_training


def main(folder, *, accumulate):
    """Train for a few steps; the result is in the folder."""
    config = TrainConfig(
        dataset="listed",
        model={"dmols": True},
        steps=2,
        size=64,
        images=4,
        accumulate=accumulate,
        expressions=2,
        warmup=1,
        learning_rate=1e-3,
        train_text=True,
        bfloat16=False,
        validate_every=1,
        keep_every=2,
    )
    stream = ListedStream(
        groups=group_by_image(boxes(16), 2),
        size=64,
        expressions=2,
        augmentation=Augmentation(crop=0),
    )
    samples = RunSamples(
        stream=stream,
        validation={"val": lambda: validation_samples(boxes(4, seed=1), size=64)},
        phrases=("box",),
    )
    with open_process_group("cpu") as processes:
        network = run_training(
            config,
            tiny(seed=processes.rank, dmols=True),  # those of rank 0 are broadcast
            Tokenizer(WORDS),
            samples,
            RunEnvironment(
                folder=folder,
                processes=processes,
                workers=0,
                log=print if processes.is_main else (lambda line: None),
            ),
        )
        if processes.is_main:
            assert not network.training


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # torch's own, about gloo
    main(Path(sys.argv[1]), accumulate=int(sys.argv[2]))
