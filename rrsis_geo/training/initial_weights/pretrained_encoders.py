"""Load pretrained encoders from a folder or the Hugging Face hub.

Tensors are renamed to the names of our modules. Only safetensors are read, since
loading a pickle can run code.
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

WEIGHTS_FILE = "model.safetensors"
VOCABULARY_FILE = "vocab.txt"
CONFIG_FILE = "config.json"

_HUB_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_EPSILON = 1e-3
"""Of the batch norms in MobileNetV2, as trained with TensorFlow."""


def find_pretrained(name: str, file: str) -> Path:
    """Find a file of a pretrained model; download it if needed.

    Args:
        name: a folder, a file in it, or owner/model on the hub.
        file: name of the wanted file.

    Raises:
        WeightsError: the file is missing, or the hub cannot be reached.
    """
    path = Path(name)
    if path.is_file():
        return (
            path if path.name == file or file == WEIGHTS_FILE else path.with_name(file)
        )
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


def load_pretrained_image_encoder(network: BTDNet, name: str) -> None:
    """Load ImageNet weights into the image encoder of a network.

    They are a Swin or a MobileNetV2 saved by transformers, or our MobileNetV2 with
    folded batch norms.

    Raises:
        WeightsError: the weights are missing, broken, or of another size.
    """
    path = find_pretrained(name, WEIGHTS_FILE)
    if network.config.image_encoder == "swin":
        find_pretrained(name, CONFIG_FILE)
        tensors = _read_swin(path)
    else:
        tensors = read_tensors(path)
        if "stem.weight" not in tensors:
            tensors = fold_mobilenet(tensors)
    kept = {key: value for key, value in tensors.items() if key[:5] != "head."}
    load_strictly(network.visual.encoder, kept, path)


def _read_swin(path: Path) -> dict[str, Tensor]:
    """Read a Swin by transformers, which also knows older tensor names."""
    from transformers.models.swin.modeling_swin import SwinModel
    from transformers.utils import logging as transformers_logging

    verbosity = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity(logging.CRITICAL)  # errors are raised below
    try:
        loaded: Any = SwinModel.from_pretrained(
            path.parent,
            use_safetensors=True,
            add_pooling_layer=False,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(f"{path}: no Swin of transformers ({reason})") from error
    finally:
        transformers_logging.set_verbosity(verbosity)
    model, loading_info = loaded
    if loading_info["missing_keys"]:
        first = sorted(loading_info["missing_keys"])[0]
        raise WeightsError(f"{path}: no Swin of transformers: it has no {first}")
    return {
        name.removeprefix("encoder."): value
        for name, value in model.state_dict().items()
        if name.startswith(("embeddings.", "encoder.layers."))
    }


def fold_mobilenet(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Fold the batch norms of a MobileNetV2 of transformers into its convolutions.

    Raises:
        WeightsError: a tensor of such a network is missing.
    """
    unprefixed = {name.removeprefix("mobilenet_v2."): v for name, v in tensors.items()}
    folded: dict[str, Tensor] = {}
    for ours, theirs in _mobilenet_names().items():
        try:
            weight = unprefixed[f"{theirs}.convolution.weight"].float()
            scale, shift, mean, variance = (
                unprefixed[f"{theirs}.normalization.{part}"].float()
                for part in ("weight", "bias", "running_mean", "running_var")
            )
        except KeyError as error:
            raise WeightsError(f"not a MobileNetV2: it has no {error}") from error
        gain = scale * (variance + _EPSILON).rsqrt()
        folded[f"{ours}.weight"] = weight * gain[:, None, None, None]
        folded[f"{ours}.bias"] = shift - mean * gain
    return folded


def _mobilenet_names() -> dict[str, str]:
    """Return our name -> name in transformers, for every convolution."""
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
    """Download a file from the hub, or take it from its cache."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, file))
    except Exception as error:  # many libraries raise many types here
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WeightsError(
            f"{name}: cannot get {file} from the Hugging Face hub ({reason}); "
            f"download the model where there is a network and give its folder"
        ) from error
