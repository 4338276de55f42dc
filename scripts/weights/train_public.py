"""Train on a mix of the public data sets of the shipped weights.

    python scripts/weights/train_public.py CONFIG --data DATA_FOLDER -o WEIGHTS [...]

The options are those of `rrsis-geo train`, which itself reads mixes from packs only.
DATA_FOLDER holds the public data sets of docs/model-card.md.
"""

from __future__ import annotations

import sys

from recipe.drawn_scenes import draw_scenes
from recipe.public_datasets import default_sources

from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.training.training_data import DataFiles
from rrsis_geo_cli.main import main


def read_sources(
    config: TrainConfig, files: DataFiles
) -> tuple[list[Source], list[Source]]:
    """Read the training and the validation sources, drawn scenes included."""
    drawn = draw_scenes(
        config.drawn,
        seed=config.seed,
        workers=max(files.workers, 2),
        theme=config.theme,
    )
    return default_sources(
        files.path, drawn, outlines=files.outlines, open_only=config.open_only
    )


if __name__ == "__main__":
    sys.argv.insert(1, "train")
    main(prog_name="rrsis-geo", obj=read_sources)
