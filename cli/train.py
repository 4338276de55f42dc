"""rrsis-geo train: train weights, or fine-tune existing ones.

The object of the click context may be a `ReadSources`, by which a caller of the command
reads a mix that is no pack; see scripts/weights/train_public.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rrsis_geo.errors import OptionError
from rrsis_geo.job import DEVICES

from . import options
from .sections import Command

if TYPE_CHECKING:
    from rrsis_geo.training.config import TrainConfig

TEACH = "teach"
"""Shipped config for fine-tuning on own data."""


@click.command("train", cls=Command, short_help="Train weights, or teach those there.")
@click.argument("config", required=False)
@options.option(
    "Data",
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Manifest (.jsonl) or folder of a data set; for a mix, as in the config "
    "`default`, a pack by scripts/weights/pack_sources.py.",
)
@options.PARTIAL
@options.option(
    "Data",
    "--outlines",
    type=click.Path(path_type=Path),
    help="For a mix: outlines of aircraft, by scripts/weights/outline_aircraft.py.",
)
@options.option(
    "Data",
    "--mistakes",
    type=click.Path(path_type=Path),
    help="For a mix: places to look at again, by scripts/weights/mine_mistakes.py.",
)
@options.option(
    "Data",
    "--open-only",
    is_flag=True,
    help="For a mix: only data that may be used for anything.",
)
@options.option(
    "Start",
    "--from",
    "weights",
    metavar="WEIGHTS",
    help="Name or file of weights to start from, e.g. default.",
)
@options.option(
    "Start",
    "--words",
    metavar="WEIGHTS",
    help="Name or file of weights to take the text encoder and its words from, e.g. "
    "default; everything else starts anew.",
)
@options.option(
    "Start",
    "--image-start",
    metavar="MODEL",
    help="Public weights of the image encoder: folder, file, or owner/model of the "
    "Hugging Face hub.",
)
@options.option(
    "Start",
    "--text-start",
    metavar="MODEL",
    help="Public BERT or MiniLM: folder or owner/model of the hub.",
)
@options.option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Weights file to write, .safetensors.",
)
@options.option(
    "Output",
    "--run",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of checkpoints, log and curves; a run found there goes on. "
    "Default: OUTPUT.run.",
)
@options.option(
    "Output",
    "--licence",
    default="",
    help="Licence to write into the weights. Default: that of what they come from.",
)
@options.OVERWRITE
@options.option(
    "Settings",
    "--set",
    "overrides",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another value for a setting of the config, as TOML; repeatable.",
)
@options.option("Settings", "--steps", type=int, help="The same as --set steps=...")
@options.option("Settings", "--seed", type=int, help="The same as --set seed=...")
@options.option(
    "Running",
    "--device",
    default="auto",
    show_default=True,
    metavar="|".join(DEVICES),
    help="Where the network runs.",
)
@options.option(
    "Running",
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(min=0),
    help="Processes that prepare samples.",
)
@click.pass_obj
def command(read_sources: Any, /, config: str | None, **values: Any) -> None:
    """Train as CONFIG says, a TOML file or the name of a shipped one.

    Shipped: teach (the default with --from), rrsis-d, refsegrs, risbench, default,
    ablations/1-lavt and on. A run that was interrupted goes on when it is started again
    with the same command. Several GPUs: `torchrun --nproc-per-node N -m rrsis_geo_cli
    train ...`.

    \b
    Examples:
      rrsis-geo train --from default --data roofs/manifest.jsonl -o roofs.safetensors
      rrsis-geo train rrsis-d --data RRSIS-D -o rrsis-d.safetensors
    """
    from rrsis_geo.runtime.choice import require_torch

    require_torch("training")
    from rrsis_geo.training.train import TrainingJob, train_weights
    from rrsis_geo.training.training_data import DataFiles

    output: Path = values["output"]
    if config is None:
        if values["weights"] is None:
            raise OptionError(
                "give a config, or --from with weights to start from; see --help"
            )
        config = TEACH
    data = DataFiles(
        path=values["data"],
        partial=values["partial"],
        outlines=values["outlines"],
        mistakes=values["mistakes"],
        workers=values["workers"],
    )
    job = TrainingJob(
        data=data,
        output=output,
        folder=values["folder"] or output.with_suffix(".run"),
        weights=values["weights"],
        text_weights=values["words"],
        device=values["device"],
        licence=values["licence"],
        command=_command_line(),
        overwrite=values["overwrite"],
    )
    train_weights(
        _read_config(config, values), job, log=click.echo, read_sources=read_sources
    )


def _read_config(config: str, values: dict[str, Any]) -> TrainConfig:
    """Read the config and apply the options of the command line."""
    from rrsis_geo.training.config import (
        TrainConfig,
        apply_override,
        find_config,
        read_settings,
    )

    settings = read_settings(find_config(config))
    for override in values["overrides"]:
        apply_override(settings, override)
    for name in ("steps", "seed"):
        if values[name] is not None:
            settings[name] = values[name]
    if values["steps"] is not None:
        settings.pop("epochs", None)
    if values["open_only"]:
        settings["open_only"] = True
    for name in ("image_start", "text_start"):
        if values[name] is not None:
            settings[name] = values[name]
    return TrainConfig.from_mapping(settings)


def _command_line() -> str:
    """Return the command line without folders: the card must not reveal local paths."""
    words = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return " ".join(["rrsis-geo", *words])
