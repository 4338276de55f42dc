"""The only room that reads and writes weights."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import fields, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save
from torch import Tensor

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.serialization.header import (
    FOLDER,
    Calibration,
    Card,
    WeightsInfo,
    metadata_of,
    read_header,
    sidecar_of,
    verify,
)
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.quantization import pack, unpack
from rrsis_geo.model.serialization.safetensors_header import digest
from rrsis_geo.model.serialization.text_encoder_file import PREFIX


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
    return write_file(pack(net.inference_state()), path, metadata_of(card, config))


def recalibrate(
    weights: str | Path, path: str | Path, *, calibration: Calibration
) -> WeightsInfo:
    """The same weights with another calibration in the header of a new, whole file.

    Raises:
        WeightsError: the weights are missing or altered; the file cannot be written.
    """
    info = verify(weights)
    card = replace(card_of(info), calibration=calibration)
    return write_file(stored_tensors(info), path, metadata_of(card, info.config))


def card_of(info: WeightsInfo) -> Card:
    """What weights on disk say of their network, without what the file is."""
    return Card(**{item.name: getattr(info, item.name) for item in fields(Card)})


def stored_tensors(info: WeightsInfo) -> dict[str, Tensor]:
    """Tensors of weights as they are stored, those of their text file among them.

    Raises:
        WeightsError: a file cannot be read; or the two hold what they should not.
    """
    tensors = read_tensors(info.path)
    if info.text_path is None:
        return tensors
    words = read_tensors(info.text_path)
    odd = [name for name in tensors if name.startswith(PREFIX)]
    odd += [name for name in words if not name.startswith(PREFIX)]
    if odd:
        raise WeightsError(
            f"{info.path} and {info.text_path}: {odd[0]} lies in the wrong one; "
            "fetch both again"
        )
    return tensors | words


def write_file(
    tensors: Mapping[str, Tensor],
    path: str | Path,
    metadata: dict[str, str],
) -> WeightsInfo:
    """Tensors as they are stored, whole or not at all, and the sha256 beside.

    Raises:
        WeightsError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path}: weights end in .safetensors")
    with staged_tensors(tensors, path, metadata) as part:
        published = f"{digest(part)}  {path.name}\n"
        sidecar_of(path).write_text(published, encoding="utf-8")
    return read_header(path)


@contextmanager
def staged_tensors(
    tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str]
) -> Iterator[Path]:
    """A safetensors file under a name of its own; at the end it gets its name.

    Raises:
        WeightsError: it cannot be written; then there is nothing.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(save(dict(tensors), metadata))  # the umask holds
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        yield part
        part.replace(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path}: cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)


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
    state = unpack(stored_tensors(info))
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
