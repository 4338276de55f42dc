"""One of the processes of a shared run, or the only one: for test_team.py."""

import sys
import warnings
from pathlib import Path

from coloured_boxes import WORDS, boxes, tiny

from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.listed_samples import Listed, check_samples, grouped
from rrsis_geo.training.distributed.process_group import open_team
from rrsis_geo.training.trainer import run_training


def main(folder, *, accumulate):
    """Train for a few steps and save what came out."""
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
    stream = Listed(
        groups=grouped(boxes(16), 2), size=64, expressions=2, how=Augmentation(crop=0)
    )
    with open_team("cpu") as team:
        network = run_training(
            config,
            network=tiny(seed=team.rank, dmols=True),  # the first one's weights count
            tokenize=Tokenizer(WORDS),
            stream=stream,
            checks={"val": lambda: check_samples(boxes(4, seed=1), size=64)},
            folder=folder,
            workers=0,
            team=team,
            say=print if team.leads else (lambda line: None),
            phrases=("box",),
        )
        if team.leads:
            assert not network.training


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # torch's own, about gloo
    main(Path(sys.argv[1]), accumulate=int(sys.argv[2]))
