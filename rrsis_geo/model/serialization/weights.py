"""Reading and writing weights files. No other module does."""

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
from rrsis_geo.model.head import SECOND, names_of_head
from rrsis_geo.model.serialization.header import (
    FOLDER,
    Card,
    WeightsInfo,
    metadata_of,
    read_header,
    sidecar_of,
    verify,
)
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.quantization import pack, unpack
from rrsis_geo.model.serialization.safetensors_header import digest
from rrsis_geo.model.serialization.text_encoder_file import TEXT_PREFIX


def save_weights(net: BTDNet, path: str | Path, *, card: Card) -> WeightsInfo:
    """Write a network for inference as one safetensors file, with its sha256 beside it.

    D-MOLS is left out, and a second head that the card names: it is of other weights.
    The file appears complete or not at all.

    Raises:
        WeightsError: the card's vocabulary is not the network's; a value is not finite;
            the file cannot be written.
    """
    config = replace(net.config, dmols=False)
    card = replace(card, second_head=())
    _check_vocabulary_size(card.name, card, config)
    return write_file(pack(net.inference_state()), path, metadata_of(card, config))


def recalibrate(
    weights: str | Path, path: str | Path, *, calibration: Calibration
) -> WeightsInfo:
    """Write weights anew with another calibration; tensors are copied unchanged.

    Args:
        weights: name or path.
        path: of the new file, which contains the text encoder in any case.
        calibration: for its header.

    Raises:
        WeightsError: the weights are missing or altered; the file cannot be written.
    """
    info = verify(weights)
    card = replace(card_of(info), calibration=calibration)
    return write_file(stored_tensors(info), path, metadata_of(card, info.config))


def card_of(info: WeightsInfo) -> Card:
    """The card of weights on disk, without the facts about the file."""
    return Card(**{item.name: getattr(info, item.name) for item in fields(Card)})


def stored_tensors(info: WeightsInfo) -> dict[str, Tensor]:
    """Read the tensors of weights as they are stored, the text encoder's included.

    Raises:
        WeightsError: a file cannot be read, or a tensor is in the wrong one of the two.
    """
    tensors = read_tensors(info.path)
    if info.text_path is None:
        return tensors
    text = read_tensors(info.text_path)
    odd = [name for name in tensors if name.startswith(TEXT_PREFIX)]
    odd += [name for name in text if not name.startswith(TEXT_PREFIX)]
    if odd:
        raise WeightsError(
            f"{info.path} and {info.text_path}: {odd[0]} lies in the wrong one; "
            "fetch both again"
        )
    return tensors | text


def write_file(
    tensors: Mapping[str, Tensor],
    path: str | Path,
    metadata: dict[str, str],
) -> WeightsInfo:
    """Write tensors and metadata, complete or not at all, with the sha256 beside.

    Args:
        tensors: in the formats in which they are stored.
        path: of the new .safetensors file.
        metadata: see `metadata_of`.

    Raises:
        WeightsError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path}: the names of weights end in .safetensors")
    with staged_tensors(tensors, path, metadata) as part:
        published = f"{digest(part)}  {path.name}\n"
        sidecar_of(path).write_text(published, encoding="utf-8")
    return read_header(path)


@contextmanager
def staged_tensors(
    tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str]
) -> Iterator[Path]:
    """Write a safetensors file under a temporary name; rename it on exit.

    Yields:
        The path of the temporary file.

    Raises:
        WeightsError: it cannot be written; then no file is left.
    """
    part = path.with_name(path.name + ".part")
    try:
        # Not `save_file`, which ignores the umask.
        part.write_bytes(save(dict(tensors), metadata))
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
    """Load a network with its first head, on the CPU in float32, in evaluation mode.

    Raises:
        WeightsError: as `verify`; or vocabulary, tensors and config do not match.
    """
    first, _, info = load_heads(name_or_path, folder=folder)
    return first, info


def load_heads(
    name_or_path: str | Path, *, folder: Path = FOLDER
) -> tuple[BTDNet, BTDNet | None, WeightsInfo]:
    """Load a network for each head of weights; the two share their encoders.

    Raises:
        WeightsError: as `load_weights`.
    """
    info = verify(name_or_path, folder=folder)
    _check_vocabulary_size(str(info.path), info, info.config)
    state = unpack(stored_tensors(info))

    def head(*, second: bool) -> BTDNet:
        names = names_of_head(state, second=second)
        return _filled({name: state[kept] for name, kept in names.items()}, info)

    has_second = bool(info.second_head) or any(k.startswith(SECOND) for k in state)
    return head(second=False), head(second=True) if has_second else None, info


def _filled(state: Mapping[str, Tensor], info: WeightsInfo) -> BTDNet:
    """A network with these tensors, which are not copied."""
    net = _build_unfilled(info.config)
    expected = {name: tensor.shape for name, tensor in net.inference_state()}
    actual = {name: tensor.shape for name, tensor in state.items()}
    if expected != actual:
        odd = sorted(
            name
            for name in expected.keys() | actual.keys()
            if expected.get(name) != actual.get(name)
        )
        raise WeightsError(
            f"{info.path}: another architecture than its config says: "
            f"{len(odd)} tensors differ, the first is {odd[0]}; fetch the file again"
        )
    # Only counters of batch norms are absent, and inference does not read them.
    net.load_state_dict(state, strict=False, assign=True)
    return net.eval()


def _check_vocabulary_size(origin: str, card: Card, config: ModelConfig) -> None:
    if len(card.vocabulary) != config.text_vocabulary:
        raise WeightsError(
            f"{origin}: the vocabulary has {len(card.vocabulary)} tokens, the word "
            f"table of the network {config.text_vocabulary} rows; use the vocabulary "
            "that the network was trained with"
        )


def _build_unfilled(config: ModelConfig) -> BTDNet:
    """Build a network to be filled, without random initialisation where possible."""
    # A Swin of transformers computes buffers that no file holds, so it is built fully.
    needs_buffers = config.image_encoder == "swin"
    with nullcontext() if needs_buffers else torch.device("meta"):
        return BTDNet(config)
