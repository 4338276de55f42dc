"""The only room that reads and writes weights."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.storage import pack, unpack
from rrsis_geo.model.weights_file import (
    FOLDER,
    Calibration,
    Card,
    WeightsInfo,
    digest,
    metadata_of,
    read_header,
    sidecar_of,
    verify,
)


def save_weights(net: BTDNet, path: str | Path, *, card: Card) -> WeightsInfo:
    """Write a network for inference as one safetensors file, and its sha256 beside it.

    Heads that only training needs are left out. The file appears whole or not at all.

    Raises:
        WeightsError: the card's vocabulary is not the network's; a value is broken; the
            file cannot be written.
    """
    config = replace(net.config, dmols=False)
    if len(card.vocabulary) != config.text_vocabulary:
        raise WeightsError(
            f"{card.name}: {len(card.vocabulary)} tokens for a word table of "
            f"{config.text_vocabulary} rows"
        )
    return _write(pack(net.inference_state()), Path(path), metadata_of(card, config))


def recalibrate(
    weights: str | Path, path: str | Path, *, calibration: Calibration
) -> WeightsInfo:
    """The same weights with another calibration in the header of a new file.

    Raises:
        WeightsError: the weights are missing or altered; the file cannot be written.
    """
    info = verify(weights)
    known = {item.name for item in fields(Card)}
    values = {name: value for name, value in vars(info).items() if name in known}
    card = Card(**{**values, "calibration": calibration})
    tensors = load_file(info.path)
    return _write(tensors, Path(path), metadata_of(card, info.config))


def _write(
    tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]
) -> WeightsInfo:
    """Tensors as they are stored, whole or not at all, and the sha256 beside."""
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path}: weights end in .safetensors")
    part = path.with_name(path.name + ".part")
    try:
        save_file(tensors, part, metadata)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        published = f"{digest(part)}  {path.name}\n"
        sidecar_of(path).write_text(published, encoding="utf-8")
        part.replace(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path}: cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return read_header(path)


def load_weights(
    name_or_path: str | Path, *, folder: Path = FOLDER
) -> tuple[BTDNet, WeightsInfo]:
    """The network of a file, on the CPU in float32, ready for inference.

    Raises:
        WeightsError: as `verify`; or tensors and config do not belong together.
    """
    info = verify(name_or_path, folder=folder)
    if len(info.vocabulary) != info.config.text_vocabulary:
        raise WeightsError(
            f"{info.path}: {len(info.vocabulary)} tokens for a word table of "
            f"{info.config.text_vocabulary} rows"
        )
    try:
        state = unpack(load_file(info.path))
    except SafetensorError as error:
        raise WeightsError(f"{info.path}: cannot be read: {error}") from error
    net = _blank(info.config)
    wanted = {name: tensor.shape for name, tensor in net.inference_state()}
    found = {name: tensor.shape for name, tensor in state.items()}
    if wanted != found:
        odd = sorted(
            name
            for name in wanted.keys() | found.keys()
            if wanted.get(name) != found.get(name)
        )
        raise WeightsError(
            f"{info.path}: another architecture than its config says: "
            f"{len(odd)} tensors differ, the first is {odd[0]}"
        )
    # Only counters of batch norms are absent, and inference does not read them.
    net.load_state_dict(state, strict=False, assign=True)
    return net.eval(), info


def _blank(config: ModelConfig) -> BTDNet:
    """A network to be filled; without drawing random numbers where that is possible."""
    # A Swin of transformers computes tables that no file carries, so it is built.
    drawn = config.image_encoder == "swin"
    with nullcontext() if drawn else torch.device("meta"):
        return BTDNet(config)
