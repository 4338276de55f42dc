"""The tensors of a weights file rearranged for the exported graphs. No torch.

The graphs compute what `BTDNet` computes, with fewer operations. Everything that is
linear and known before the first window is multiplied out here, in float64: batch
norms into convolutions, the three depthwise convolutions of BSC into one, and the
exchange between the streams of the decoder into the convolutions that follow it.

Names of the results are those of the parameters of
`scripts/onnx_export/network_parts.py`. A convolution is stored as (outputs, inputs, k,
k), any other matrix as (inputs, outputs).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.serialization.probability_calibration import Calibration

Array = NDArray[np.floating[Any]]
Tensors = dict[str, NDArray[np.float32]]

NORM_EPSILON = 1e-5
"""Of batch norms, as torch has it by default."""
STREAMS = ("target", "background")
LEVELS = range(4)


class Source(Protocol):
    """Tensors by their names in the state of a `BTDNet`."""

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        """A tensor."""
        ...


class State:
    """Tensors of a network, in float64 unless another type is wanted."""

    def __init__(self, tensors: Source, dtype: Any = np.float64) -> None:
        self._tensors = tensors
        self._dtype = dtype

    def __getitem__(self, name: str) -> Array:
        return self._tensors[name].astype(self._dtype, copy=False)

    def linear(self, name: str) -> tuple[Array, Array]:
        """Matrix (inputs, outputs) and bias (outputs,) of a linear layer."""
        return self[f"{name}.weight"].T, self[f"{name}.bias"]

    def norm(self, name: str) -> tuple[Array, Array]:
        """Scale and shift, (C,) each, that a batch norm applies in inference."""
        scale = self[f"{name}.weight"] / np.sqrt(
            self[f"{name}.running_var"] + NORM_EPSILON
        )
        return scale, self[f"{name}.bias"] - self[f"{name}.running_mean"] * scale

    def conv_norm(self, name: str) -> tuple[Array, Array]:
        """Kernel (outputs, inputs, k, k) and bias of a convolution `name`.0 that has
        no bias and is followed by the batch norm `name`.1."""
        scale, shift = self.norm(f"{name}.1")
        return self[f"{name}.0.weight"] * scale[:, None, None, None], shift


def fold_text(state: State, config: ModelConfig) -> Tensors:
    """Text encoder and text adapter, without the tables of embeddings."""
    folded: dict[str, Array] = {}
    _copy(folded, "embeddings", state, "text.embeddings.LayerNorm")
    for layer in range(config.text_layers):
        source, target = f"text.encoder.layer.{layer}", f"layer{layer}"
        parts = [
            f"{source}.attention.self.{part}" for part in ("query", "key", "value")
        ]
        width = config.text_dim // config.text_heads
        _fold_attention(folded, target, state, parts, width)
        _put_linear(folded, f"{target}/out", state, f"{source}.attention.output.dense")
        _copy(folded, f"{target}/norm0", state, f"{source}.attention.output.LayerNorm")
        _put_linear(folded, f"{target}/widen", state, f"{source}.intermediate.dense")
        _put_linear(folded, f"{target}/narrow", state, f"{source}.output.dense")
        _copy(folded, f"{target}/norm1", state, f"{source}.output.LayerNorm")
    source = "visual.words"
    _put_linear(folded, "adapter/reduce", state, f"{source}.reduce")
    parts = [f"{source}.among.{part}" for part in ("query", "key", "value")]
    _fold_attention(folded, "adapter", state, parts, config.word_dim // 4)
    _put_linear(folded, "adapter/out", state, f"{source}.among.out")
    _put_linear(folded, "adapter/widen", state, f"{source}.feed.0")
    _put_linear(folded, "adapter/narrow", state, f"{source}.feed.2")
    for index in range(3):
        _copy(folded, f"adapter/norm{index}", state, f"{source}.norms.{index}")
    return _as_float32(folded)


def fold_look(state: State, config: ModelConfig) -> Tensors:
    """Image encoder and the projections of BSC that need no text."""
    mean, std = (np.reshape(part, (1, 3, 1, 1)) for part in (config.mean, config.std))
    source = "visual.encoder"
    folded = {
        "pixels/mean": mean.astype(np.float64),
        "stem/weight": state[f"{source}.stem.weight"] / std,
        "stem/bias": state[f"{source}.stem.bias"],
    }
    for block in range(17):
        for part in ("expand", "dw", "project"):
            if block or part != "expand":
                _copy(
                    folded,
                    f"block{block}/{part}",
                    state,
                    f"{source}.blocks.{block}.{part}",
                )
    for level in LEVELS:
        _fold_projections(folded, f"level{level}", state, f"visual.stages.{level}")
    return _as_float32(folded)


def _fold_projections(
    folded: dict[str, Array], target: str, state: State, source: str
) -> None:
    weight, bias = state.conv_norm(f"{source}.reduce")
    channels = weight.shape[1] - 2  # the last two are the coordinates x and y
    folded[f"{target}/reduce/weight"] = weight[:, :channels]
    folded[f"{target}/reduce/bias"] = bias
    folded[f"{target}/reduce/places"] = weight[:, channels:, 0, 0]
    # X itself and its three depthwise convolutions, as one kernel of the largest size.
    kernels = [state[f"{source}.bsc.scales.{index}.weight"] for index in range(3)]
    reach = kernels[-1].shape[-1] // 2
    summed = np.zeros_like(kernels[-1])
    summed[:, :, reach, reach] = 1
    for kernel in kernels:
        margin = reach - kernel.shape[-1] // 2
        summed += np.pad(kernel, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
    folded[f"{target}/scales/weight"] = summed
    folded[f"{target}/scales/bias"] = sum(
        (state[f"{source}.bsc.scales.{index}.bias"] for index in range(3)),
        start=np.zeros(len(summed)),
    )
    merge, shift = state.linear(f"{source}.bsc.merge")
    for name in ("query", "value", "vision"):
        matrix, bias = state.linear(f"{source}.bsc.{name}")
        folded[f"{target}/{name}/weight"] = _kernel((merge @ matrix).T)
        folded[f"{target}/{name}/bias"] = shift @ matrix + bias


def fold_answer(state: State, config: ModelConfig, calibration: Calibration) -> Tensors:
    """Fusion, decoder, presence head and calibration."""
    folded: dict[str, Array] = {}
    for level in LEVELS:
        _fold_alignment(folded, level, state, config)
        _fold_streams(folded, level, state, mixed=config.neck_mixers[level] > 0)
    _copy(folded, "lift", state, "visual.lift.0")
    _fold_presence(folded, state)
    gate = calibration.presence_gate
    folded |= {
        "calibration/scale": np.array(1 / calibration.temperature),
        "calibration/bias": np.array(calibration.bias),
        "calibration/presence_scale": np.array(1 / calibration.presence_temperature),
        "calibration/presence_bias": np.array(calibration.presence_bias),
        "calibration/gate": np.array(gate),
        "calibration/rest": np.array(1 - gate),
    }
    return _as_float32(folded)


def _fold_alignment(
    folded: dict[str, Array], level: int, state: State, config: ModelConfig
) -> None:
    """BSC of a level, its output norm, and its mixers."""
    source, target = f"visual.stages.{level}", f"level{level}"
    heads, channels = config.align_heads[level], config.neck_dims[level]
    scale = (channels // heads) ** -0.5
    matrix, bias = state.linear(f"{source}.bsc.key")
    folded[f"{target}/key/weight"] = matrix * scale
    folded[f"{target}/key/bias"] = bias * scale
    _put_linear(folded, f"{target}/told", state, f"{source}.bsc.told")
    matrix, bias = state.linear(f"{source}.bsc.out")
    folded[f"{target}/out/weight"] = matrix.reshape(heads, channels // heads, channels)
    # Each head's weights of the words sum to 1, so a bias on one head is a bias.
    folded[f"{target}/out/bias"] = np.zeros((heads, 1, channels))
    folded[f"{target}/out/bias"][0, 0] = bias
    _put_linear(folded, f"{target}/mix", state, f"{source}.bsc.mix")
    folded[f"{target}/mix/weight"] = folded[f"{target}/mix/weight"].T
    folded[f"{target}/mix/bias"] = folded[f"{target}/mix/bias"][:, None]
    _put_linear(folded, f"{target}/back", state, f"{source}.bsc.back")
    gate = state[f"{source}.bsc.back_gate"]
    for part in ("weight", "bias"):
        norm = state[f"{source}.bsc.back_norm.{part}"]
        folded[f"{target}/back_norm/{part}"] = gate * norm
    if config.neck_mixers[level]:
        _copy(folded, f"{target}/norm", state, f"visual.out_norms.{level}")
    for mixer in range(config.neck_mixers[level]):
        _fold_mixer(folded, f"{target}/mixer{mixer}", state, f"{source}.mixers.{mixer}")


def _fold_mixer(
    folded: dict[str, Array], target: str, state: State, source: str
) -> None:
    for index in range(3):
        _copy(folded, f"{target}/norm{index}", state, f"{source}.norms.{index}")
    width = len(state[f"{source}.norms.0.weight"]) // 4
    parts = [f"{source}.among.{part}" for part in ("query", "key", "value")]
    _fold_attention(folded, target, state, parts, width)
    _put_linear(folded, f"{target}/out", state, f"{source}.among.out")
    for part in ("query", "key", "value", "out"):
        _put_linear(folded, f"{target}/across/{part}", state, f"{source}.across.{part}")
    for part in ("weight", "bias"):
        folded[f"{target}/across/query/{part}"] *= width**-0.5
    _put_linear(folded, f"{target}/widen", state, f"{source}.feed.0")
    _put_linear(folded, f"{target}/narrow", state, f"{source}.feed.2")


def _fold_streams(
    folded: dict[str, Array], level: int, state: State, *, mixed: bool
) -> None:
    """One level of the decoder, both streams in one tensor, target first.

    The exchange is linear, and so are bilinear enlargement, the part of the next join
    that reads the coarser level, and the head. What lies between two nonlinearities is
    therefore multiplied out, and applied before the enlargement.
    """
    target = f"level{level}"
    scale, shift = (state[f"visual.out_norms.{level}.{p}"] for p in ("weight", "bias"))
    if mixed:  # the norm comes before the mixers
        scale, shift = np.ones_like(scale), np.zeros_like(shift)
    enter = [state.conv_norm(f"decoder.{stream}.enter.{level}") for stream in STREAMS]
    weights = np.concatenate([weight[:, :, 0, 0] for weight, _ in enter])
    biases = np.concatenate([bias for _, bias in enter])
    folded[f"{target}/enter/weight"] = _kernel(weights * scale)
    folded[f"{target}/enter/bias"] = weights @ shift + biases
    if level == 0:
        carry, bias = _fold_heads(state)
    else:
        carry, bias = _fold_join(folded, level - 1, state)
    phi, around, near, offset = _exchange(state, level)
    folded[f"{target}/carry/bias"] = carry @ offset + bias
    if level == 0:  # one channel: a full convolution costs less than its parts
        weight = np.einsum("oc,cyx->ocyx", carry @ phi, around)
        weight[:, :, 1, 1] += carry @ near
        folded[f"{target}/carry/weight"] = weight
    else:
        folded[f"{target}/carry/near"] = _kernel(carry @ near)
        folded[f"{target}/carry/around"] = around[:, None]
        # As a grouped convolution, since phi keeps the streams apart.
        folded[f"{target}/carry/phi"] = _kernel(_blocks(carry @ phi))


def _fold_heads(state: State) -> tuple[Array, Array]:
    """Matrix (1, 2 C) and bias (1,) from both streams to z_t - z_b."""
    heads = [f"decoder.{stream}.head" for stream in STREAMS]
    target, background = (state[f"{head}.weight"].ravel() for head in heads)
    bias = state[f"{heads[0]}.bias"] - state[f"{heads[1]}.bias"]
    return np.concatenate([target, -background])[None], bias


def _fold_join(
    folded: dict[str, Array], level: int, state: State
) -> tuple[Array, Array]:
    """What a level does with the coarser one.

    Returns:
        Matrix (2 C, 2 C of the coarser level) and bias (2 C,) of the join.
    """
    joins = [state.conv_norm(f"decoder.{stream}.join.{level}") for stream in STREAMS]
    refines = [
        state.conv_norm(f"decoder.{stream}.refine.{level}") for stream in STREAMS
    ]
    coarser = joins[0][0].shape[1] - joins[0][0].shape[0]
    weights = [weight[:, coarser:] for weight, _ in joins]
    folded[f"level{level}/join/weight"] = np.concatenate(weights)
    folded[f"level{level}/refine/weight"] = np.concatenate([w for w, _ in refines])
    folded[f"level{level}/refine/bias"] = np.concatenate([bias for _, bias in refines])
    carry = _block_diagonal(*(weight[:, :coarser, 0, 0] for weight, _ in joins))
    return carry, np.concatenate([bias for _, bias in joins])


def _exchange(state: State, level: int) -> tuple[Array, Array, Array, Array]:
    """The exchange of a level on both streams D, (2 C, H, W) with the target first.

    D becomes phi @ DW3(D) + near @ D + offset.

    Returns:
        phi (2 C, 2 C), kernels of DW3 (2 C, 3, 3), near (2 C, 2 C), offset (2 C,).
    """
    phis, kernels, differences, offsets = [], [], [], []
    for stream in STREAMS:
        source = f"decoder.exchange.{level}.to_{stream}"
        scale, shift = state.norm(f"{source}.norm")
        phi = state[f"{source}.phi.weight"][:, :, 0, 0] * scale[:, None]
        dim = len(phi)
        phis.append(phi[:, :dim])
        differences.append(phi[:, dim:])
        kernels.append(state[f"{source}.around.weight"][:, 0])
        offsets.append(shift)
    target, background = differences  # of t - b and of b - t
    near = np.block([[target, -target], [-background, background]])
    near += np.eye(len(near))
    return (
        _block_diagonal(*phis),
        np.concatenate(kernels),
        near,
        np.concatenate(offsets),
    )


def _fold_presence(folded: dict[str, Array], state: State) -> None:
    _copy(folded, "presence/image_norm", state, "presence.image_norm")
    _copy(folded, "presence/word_norm", state, "presence.word_norm")
    _put_linear(folded, "presence/widen", state, "presence.judge.0")
    _put_linear(folded, "presence/narrow", state, "presence.judge.2")


def _fold_attention(
    folded: dict[str, Array],
    target: str,
    state: State,
    parts: Sequence[str],
    width: int,
) -> None:
    """Query, key and value as one linear layer, the query scaled by its width."""
    layers = [state.linear(part) for part in parts]
    scales = (width**-0.5, 1.0, 1.0)
    for index, name in enumerate(("weight", "bias")):
        folded[f"{target}/attention/{name}"] = np.concatenate(
            [layer[index] * scale for layer, scale in zip(layers, scales, strict=True)],
            axis=-1,
        )


def _copy(folded: dict[str, Array], target: str, state: State, source: str) -> None:
    for part in ("weight", "bias"):
        folded[f"{target}/{part}"] = state[f"{source}.{part}"]


def _put_linear(
    folded: dict[str, Array], target: str, state: State, source: str
) -> None:
    folded[f"{target}/weight"], folded[f"{target}/bias"] = state.linear(source)


def _kernel(matrix: Array) -> Array:
    """A 1 x 1 convolution of a matrix (outputs, inputs)."""
    return matrix[:, :, None, None]


def _block_diagonal(first: Array, second: Array) -> Array:
    """Two (A, B) matrices as (2 A, 2 B), with zeros in between."""
    zeros = np.zeros_like(first)
    return np.block([[first, zeros], [zeros, second]])


def _blocks(matrix: Array) -> Array:
    """The blocks of `_block_diagonal`, (2 A, 2 B), below each other: (2 A, B)."""
    height, width = matrix.shape[0] // 2, matrix.shape[1] // 2
    return np.concatenate([matrix[:height, :width], matrix[height:, width:]])


def _as_float32(folded: dict[str, Array]) -> Tensors:
    """Convert the arrays one by one; `folded` is emptied, so none is held twice."""
    names = tuple(folded)
    return {name: np.ascontiguousarray(folded.pop(name), np.float32) for name in names}
