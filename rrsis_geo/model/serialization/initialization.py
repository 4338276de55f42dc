"""A start for training: public weights of the encoders, everything else random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet


def start_image_encoder(net: BTDNet, path: str | Path) -> None:
    """Load ImageNet weights of MobileNetV2 with folded batch norms.

    Names are `stem`, `blocks.{0..16}.{expand,dw,project}`; `head` is not used.

    Raises:
        WeightsError: the file is of another network.
    """
    tensors = read_tensors(path)
    kept = {name: value for name, value in tensors.items() if name[:5] != "head."}
    fill_module(net.visual.encoder, kept, path)


def start_text_encoder(
    net: BTDNet, path: str | Path, *, rows: Sequence[int] | None = None
) -> None:
    """Load a BERT or MiniLM checkpoint.

    Longer position tables are cut to the config's; pooler and index buffers are
    dropped. `rows` picks from the word table, for a pruned vocabulary; what remains
    must have the config's rows.

    Raises:
        WeightsError: the file is of another network.
    """
    positions = "embeddings.position_embeddings.weight"
    kept = {}
    for name, value in read_tensors(path).items():
        short = name.removeprefix("bert.")
        # Names that the oldest checkpoints of BERT still carry.
        short = short.replace("LayerNorm.gamma", "LayerNorm.weight")
        short = short.replace("LayerNorm.beta", "LayerNorm.bias")
        if short == positions:
            value = value[: net.config.text_positions]
        if short == "embeddings.word_embeddings.weight" and rows is not None:
            value = value[list(rows)]
        if (
            short.startswith(("embeddings.", "encoder."))
            and "position_ids" not in short
        ):
            kept[short] = value
    fill_module(net.text, kept, path)


def read_tensors(path: str | Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file.

    Raises:
        WeightsError: it cannot be read.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: cannot be read as safetensors ({error})"
        ) from error


def fill_module(
    module: nn.Module, tensors: Mapping[str, Tensor], path: str | Path
) -> None:
    """Copy every tensor, with nothing missing and nothing left over.

    Raises:
        WeightsError: something is; `path` is named.
    """
    try:
        module.load_state_dict(
            {name: value.float() for name, value in tensors.items()}, strict=True
        )
    except RuntimeError as error:
        raise WeightsError(f"{path}: other weights than expected: {error}") from error
