"""Train weights: python -m rrsis_geo.training CONFIG --data FOLDER -o FILE ..."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import click

from rrsis_geo.errors import OptionError, RRSISError
from rrsis_geo.training.config import TrainConfig, read_config


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="Public data sets."
)
@click.option(
    "--run",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Where checkpoints and logs go; a run found there goes on.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Weights file to write, .safetensors.",
)
@click.option(
    "--text-start",
    type=click.Path(path_type=Path),
    help="Folder of a public MiniLM to start from: model.safetensors and vocab.txt.",
)
@click.option("--from", "weights", help="Name or file of weights to start from.")
@click.option("--device", default="cpu", show_default=True)
@click.option("--workers", default=1, show_default=True, help="Sample processes.")
def main(
    config: Path,
    data: Path,
    folder: Path,
    output: Path,
    text_start: Path | None,
    weights: str | None,
    device: str,
    workers: int,
) -> None:
    """Train a network on public data and drawn scenes."""
    try:
        _train(
            read_config(config),
            data=data,
            folder=folder,
            output=output,
            text_start=text_start,
            weights=weights,
            device=device,
            workers=workers,
        )
    except RRSISError as error:
        raise click.ClickException(str(error)) from error


def _train(
    settings: TrainConfig,
    *,
    data: Path,
    folder: Path,
    output: Path,
    text_start: Path | None,
    weights: str | None,
    device: str,
    workers: int,
) -> None:
    import torch

    from rrsis_geo.model.tokenizer import Tokenizer
    from rrsis_geo.model.weights import load_weights, save_weights
    from rrsis_geo.model.weights_file import Calibration, Card
    from rrsis_geo.training.run import draw_scenes, run_training
    from rrsis_geo.training.sources import default_sources
    from rrsis_geo.training.start import public_start

    drawn = draw_scenes(
        settings.drawn,
        seed=settings.seed,
        workers=max(workers, 2),
        theme=settings.theme,
    )
    sources, kept = default_sources(data, drawn)
    for source in sources:
        click.echo(f"{source.name}: {len(source.images)} images")
    torch.manual_seed(settings.seed)
    if weights is not None:
        network, info = load_weights(weights)
        card = Card(**{item.name: getattr(info, item.name) for item in fields(Card)})
    elif text_start is not None:
        network, card = public_start(settings.preset, data=data, text=text_start)
    else:
        raise OptionError("give --text-start or --from: where to start from")
    network = run_training(
        settings,
        network=network.to(device),
        tokenize=Tokenizer(card.vocabulary),
        sources=sources,
        kept=kept,
        folder=folder,
        workers=workers,
        say=click.echo,
    )
    card = replace(
        card,
        name=output.stem,
        calibration=Calibration(presence_gate=settings.presence_gate),
        created=_command(),
    )
    save_weights(network.cpu(), output, card=card)
    click.echo(f"wrote {output}")


def _command() -> str:
    import sys

    return " ".join(["python -m rrsis_geo.training", *map(_short, sys.argv[1:])])


def _short(word: str) -> str:
    """A path by its last part: the card names no folder of anybody's machine."""
    return Path(word).name if "/" in word else word


if __name__ == "__main__":
    main()
