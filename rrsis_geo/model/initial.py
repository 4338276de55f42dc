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
    tensors = _read(path)
    kept = {name: value for name, value in tensors.items() if name[:5] != "head."}
    _fill(net.visual.encoder, kept, path)


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
    for name, value in _read(path).items():
        short = name.removeprefix("bert.")
        if short == positions:
            value = value[: net.config.text_positions]
        if short == "embeddings.word_embeddings.weight" and rows is not None:
            value = value[list(rows)]
        if (
            short.startswith(("embeddings.", "encoder."))
            and "position_ids" not in short
        ):
            kept[short] = value
    _fill(net.text, kept, path)


def _read(path: str | Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: cannot be read as safetensors ({error})"
        ) from error


def _fill(module: nn.Module, tensors: Mapping[str, Tensor], path: str | Path) -> None:
    """Copy every tensor, with nothing missing and nothing left over."""
    try:
        module.load_state_dict(
            {name: value.float() for name, value in tensors.items()}, strict=True
        )
    except RuntimeError as error:
        raise WeightsError(f"{path}: other weights than expected: {error}") from error
