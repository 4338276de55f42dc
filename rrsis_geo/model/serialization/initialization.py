"""Loading public weights of the encoders into a network, to start training from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet


def load_image_encoder(net: BTDNet, path: str | Path) -> None:
    """Load ImageNet weights of MobileNetV2 with folded batch norms.

    Tensors are named `stem` and `blocks.{0..16}.{expand,dw,project}`; a `head` is
    ignored.

    Raises:
        WeightsError: the file cannot be read, or is of another network.
    """
    tensors = read_tensors(path)
    body = {name: value for name, value in tensors.items() if name[:5] != "head."}
    load_strictly(net.visual.encoder, body, path)


def load_text_encoder(
    net: BTDNet, path: str | Path, *, rows: Sequence[int] | None = None
) -> None:
    """Load a BERT or MiniLM checkpoint.

    A longer position table is cut to the config's; pooler and index buffers are
    ignored.

    Args:
        net: its text encoder is loaded in place.
        path: a safetensors file.
        rows: of the checkpoint's token embeddings, for a pruned vocabulary; as many as
            the config has tokens. None: all.

    Raises:
        WeightsError: the file cannot be read, or is of another network.
    """
    kept = {}
    for checkpoint_name, value in read_tensors(path).items():
        name = checkpoint_name.removeprefix("bert.")
        # Names in the oldest checkpoints of BERT.
        name = name.replace("LayerNorm.gamma", "LayerNorm.weight")
        name = name.replace("LayerNorm.beta", "LayerNorm.bias")
        if name == "embeddings.position_embeddings.weight":
            value = value[: net.config.text_positions]
        if name == "embeddings.word_embeddings.weight" and rows is not None:
            value = value[list(rows)]
        if name.startswith(("embeddings.", "encoder.")) and "position_ids" not in name:
            kept[name] = value
    load_strictly(net.text, kept, path)


def read_tensors(path: str | Path) -> dict[str, Tensor]:
    """Read all tensors of a safetensors file.

    Raises:
        WeightsError: it cannot be read.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: cannot be read as safetensors ({error})"
        ) from error


def load_strictly(
    module: nn.Module, tensors: Mapping[str, Tensor], path: str | Path
) -> None:
    """Load tensors into a module, in float32, with none missing and none left over.

    Raises:
        WeightsError: names or shapes differ; names `path` and the first difference.
    """
    expected = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    actual = {name: tuple(value.shape) for name, value in tensors.items()}
    odd = sorted(
        name
        for name in expected.keys() | actual.keys()
        if expected.get(name) != actual.get(name)
    )
    if odd:
        raise WeightsError(
            f"{path}: other weights than expected: {len(odd)} tensors differ, the "
            f"first is {odd[0]} (expected {expected.get(odd[0], 'none')}, the file has "
            f"{actual.get(odd[0], 'none')}); give the file that the config names"
        )
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
