"""Train weights: python -m rrsis_geo.training CONFIG --data FOLDER --run FOLDER ..."""

from __future__ import annotations

from pathlib import Path

import click

from rrsis_geo.training.config import read_config


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
    "--text-start",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="Folder of a public MiniLM: model.safetensors and vocab.txt.",
)
@click.option("--workers", default=1, show_default=True, help="Sample processes.")
@click.option("--threads", default=2, show_default=True, help="Threads of torch.")
def main(
    config: Path, data: Path, folder: Path, text_start: Path, workers: int, threads: int
) -> None:
    """Train a network on public data and drawn scenes."""
    import torch

    from rrsis_geo.model.btdnet import BTDNet
    from rrsis_geo.model.config import preset
    from rrsis_geo.model.initial import start_image_encoder, start_text_encoder
    from rrsis_geo.model.tokenizer import Tokenizer
    from rrsis_geo.model.vocabulary import read_vocabulary
    from rrsis_geo.training.run import draw_scenes, run_training
    from rrsis_geo.training.sources import default_sources

    torch.set_num_threads(threads)
    settings = read_config(config)
    drawn = draw_scenes(settings.drawn, seed=settings.seed, workers=2)
    sources, kept = default_sources(data, drawn)
    for source in sources:
        click.echo(f"{source.name}: {len(source.images)} images")
    torch.manual_seed(settings.seed)
    network = BTDNet(preset(settings.preset))
    start_image_encoder(
        network, data / "weights" / "mobilenet_v2_imagenet_bn_folded.safetensors"
    )
    start_text_encoder(network, text_start / "model.safetensors")
    tokenizer = Tokenizer(read_vocabulary(text_start / "vocab.txt"))
    run_training(
        settings,
        network=network,
        tokenize=tokenizer,
        sources=sources,
        kept=kept,
        folder=folder,
        workers=workers,
        say=lambda line: click.echo(line),
    )


if __name__ == "__main__":
    main()
