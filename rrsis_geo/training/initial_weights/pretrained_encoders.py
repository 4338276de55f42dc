"""Public weights of encoders, from a folder or the Hugging Face hub, in our names.

Only safetensors are read: a pickle can run code when it is opened.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.serialization.initialization import load_strictly, read_tensors

WEIGHTS = "model.safetensors"
WORDS = "vocab.txt"
CONFIG = "config.json"

_HUB_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_SMALL = 1e-3
"""Epsilon of the batch norms in MobileNetV2, as TensorFlow trained it."""


def find_public(name: str, file: str) -> Path:
    """A file of a public model.

    Args:
        name: a folder, a file in it, or a name on the hub: owner/model.
        file: the wanted one, where `name` is no file itself.

    Raises:
        WeightsError: it is not there, or the hub cannot be reached.
    """
    path = Path(name)
    if path.is_file():
        return path if path.name == file or file == WEIGHTS else path.with_name(file)
    if path.is_dir():
        if not (path / file).is_file():
            raise WeightsError(
                f"{path}: holds no {file}; download it from the model's page, or save "
                "the model with transformers' save_pretrained"
            )
        return path / file
    if path.is_absolute() or not _HUB_NAME.fullmatch(name) or "/" not in name:
        raise WeightsError(f"{name}: no such folder, and no owner/model of the hub")
    return _download(name, file)


def start_image(network: BTDNet, name: str) -> None:
    """Fill the image encoder with public ImageNet weights.

    A Swin or a MobileNetV2 as transformers saves it, or our own folded MobileNetV2.

    Raises:
        WeightsError: the weights are not there, broken, or of another size.
    """
    path = find_public(name, WEIGHTS)
    if network.config.image_encoder == "swin":
        find_public(name, CONFIG)
        tensors = _swin(path)
    else:
        tensors = read_tensors(path)
        if "stem.weight" not in tensors:
            tensors = fold_mobilenet(tensors)
    kept = {key: value for key, value in tensors.items() if key[:5] != "head."}
    load_strictly(network.visual.encoder, kept, path)


def _swin(path: Path) -> dict[str, Tensor]:
    """A Swin in the names of ours, read by transformers, which knows its old names."""
    from transformers.models.swin.modeling_swin import SwinModel
    from transformers.utils import logging as library

    said = library.get_verbosity()
    library.set_verbosity(logging.CRITICAL)  # what matters is said below, in a line
    try:
        found: Any = SwinModel.from_pretrained(
            path.parent,
            use_safetensors=True,
            add_pooling_layer=False,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(f"{path}: no Swin of transformers ({reason})") from error
    finally:
        library.set_verbosity(said)
    whole, told = found
    if told["missing_keys"]:
        first = sorted(told["missing_keys"])[0]
        raise WeightsError(f"{path}: no Swin of transformers: it has no {first}")
    return {
        name.removeprefix("encoder."): value
        for name, value in whole.state_dict().items()
        if name.startswith(("embeddings.", "encoder.layers."))
    }


def fold_mobilenet(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A MobileNetV2 of transformers in the names of ours, its batch norms folded in."""
    short = {name.removeprefix("mobilenet_v2."): v for name, v in tensors.items()}
    found: dict[str, Tensor] = {}
    for ours, theirs in _mobilenet_names().items():
        try:
            weight = short[f"{theirs}.convolution.weight"].float()
            scale, shift, mean, variance = (
                short[f"{theirs}.normalization.{part}"].float()
                for part in ("weight", "bias", "running_mean", "running_var")
            )
        except KeyError as error:
            raise WeightsError(f"not a MobileNetV2: it has no {error}") from error
        gain = scale * (variance + _SMALL).rsqrt()
        found[f"{ours}.weight"] = weight * gain[:, None, None, None]
        found[f"{ours}.bias"] = shift - mean * gain
    return found


def _mobilenet_names() -> dict[str, str]:
    names = {
        "stem": "conv_stem.first_conv",
        "blocks.0.dw": "conv_stem.conv_3x3",
        "blocks.0.project": "conv_stem.reduce_1x1",
    }
    parts = {"expand": "expand_1x1", "dw": "conv_3x3", "project": "reduce_1x1"}
    for block in range(1, 17):
        for ours, theirs in parts.items():
            names[f"blocks.{block}.{ours}"] = f"layer.{block - 1}.{theirs}"
    return names


def _download(name: str, file: str) -> Path:
    """From the hub, or from what it has left on this machine before."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, file))
    except Exception as error:  # of many libraries; all mean that it is not to be had
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WeightsError(
            f"{name}: {file} cannot be had from the Hugging Face hub ({reason}); "
            f"download the model where there is a network and give its folder"
        ) from error
