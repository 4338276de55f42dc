"""The network as three parts with folded parameters, in torch, for the export.

They compute what `BTDNet` computes in evaluation, for one image and one expression.
Parameters come from `rrsis_geo.runtime.folding` and are named as there. Maps keep
their channels first, as convolutions want them; tokens keep them last.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.config import ModelConfig
from rrsis_geo.model.decoders.twin_stream import upsample
from rrsis_geo.model.encoders.mobilenet import BLOCKS, LEVEL_BLOCKS
from rrsis_geo.model.encoders.text_encoder import EPSILON
from rrsis_geo.model.layers import (
    as_map,
    as_tokens,
    coordinates,
    join_heads,
    sine_positions,
    split_heads,
)

NORM_EPSILON = 1e-5
"""Of layer and instance norms, as torch has it by default."""


class Part(nn.Module):
    """A part of the network whose parameters are a flat mapping."""

    def __init__(self, config: ModelConfig, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.config = config
        for name, tensor in tensors.items():
            self.register_parameter(name, nn.Parameter(tensor, requires_grad=False))

    def get(self, name: str) -> Tensor:
        """A parameter."""
        return self.get_parameter(name)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """(N, L, inputs) to (N, L, outputs)."""
        return x @ self.get(f"{name}/weight") + self.get(f"{name}/bias")

    def norm(self, name: str, x: Tensor, epsilon: float = NORM_EPSILON) -> Tensor:
        """A layer norm over the last axis."""
        weight, bias = self.get(f"{name}/weight"), self.get(f"{name}/bias")
        return functional.layer_norm(x, x.shape[-1:], weight, bias, epsilon)

    def conv(self, name: str, x: Tensor, *, groups: int = 1) -> Tensor:
        """A convolution that keeps height and width."""
        weight, bias = self.get(f"{name}/weight"), self.get(f"{name}/bias")
        margin = weight.shape[-1] // 2
        return functional.conv2d(x, weight, bias, padding=margin, groups=groups)

    def attend(self, name: str, x: Tensor, heads: int) -> Tensor:
        """Self-attention of (N, L, C), projected back."""
        parts = self.linear(f"{name}/attention", x).chunk(3, dim=-1)
        query, key, value = (split_heads(heads, part) for part in parts)
        return self.linear(f"{name}/out", weighted(query, key, value))

    def feed(self, name: str, x: Tensor) -> Tensor:
        """The feed-forward part of a transformer layer."""
        return self.linear(
            f"{name}/narrow", functional.gelu(self.linear(f"{name}/widen", x))
        )


def weighted(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention of scaled queries: (N, h, L, c), (N, h, S, c) twice to (N, L, C)."""
    return join_heads((query @ key.transpose(2, 3)).softmax(dim=3) @ value)


class TextPart(Part):
    """Embeddings of tokens to the words that the fusion reads."""

    def forward(self, embedded: Tensor) -> Tensor:
        """(1, T, text_dim), sums of embeddings, to (1, T, D)."""
        x = self.norm("embeddings", embedded, EPSILON)
        for layer in range(self.config.text_layers):
            name = f"layer{layer}"
            attended = self.attend(name, x, self.config.text_heads)
            x = self.norm(f"{name}/norm0", attended + x, EPSILON)
            x = self.norm(f"{name}/norm1", self.feed(name, x) + x, EPSILON)
        x = self.norm("adapter/norm0", self.linear("adapter/reduce", x))
        x = x + self.attend("adapter", x, 4)
        x = x + self.feed("adapter", self.norm("adapter/norm1", x))
        return self.norm("adapter/norm2", x)


class LookPart(Part):
    """An image to the projections of BSC at all levels."""

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Encode an image.

        Args:
            pixels: (1, 3, H, W) uint8.

        Returns:
            Query, value and vision of each level from the finest, (1, C, H, W) each.
        """
        x = pixels.float() - self.get("pixels/mean")
        x = functional.relu6(self.halve("stem", x))
        x = self.block(1, self.block(0, x))
        projections: list[Tensor] = []
        for level in range(4):
            if level:
                x = self.block(LEVEL_BLOCKS[level].start - 1, x)
            for index in LEVEL_BLOCKS[level]:
                x = self.block(index, x)
            projections += self.project(f"level{level}", x)
        return tuple(projections)

    def block(self, index: int, x: Tensor) -> Tensor:
        """An inverted residual block of MobileNetV2."""
        expansion, width, stride = BLOCKS[index]
        channels = x.shape[1]
        name, middle = f"block{index}", x
        if expansion > 1:
            middle = functional.relu6(self.conv(f"{name}/expand", middle))
        if stride == 1:
            middle = self.conv(f"{name}/dw", middle, groups=channels * expansion)
        else:
            middle = self.halve(f"{name}/dw", middle, groups=channels * expansion)
        out = self.conv(f"{name}/project", functional.relu6(middle))
        return x + out if stride == 1 and channels == width else out

    def halve(self, name: str, x: Tensor, *, groups: int = 1) -> Tensor:
        """A convolution of stride 2 with TensorFlow's SAME padding."""
        weight, bias = self.get(f"{name}/weight"), self.get(f"{name}/bias")
        height, width = x.shape[2:]
        if torch.onnx.is_in_onnx_export():
            return torch.onnx.ops.symbolic(
                "Conv",
                (x, weight, bias),
                {
                    "auto_pad": "SAME_UPPER",
                    "strides": [2, 2],
                    "kernel_shape": [3, 3],
                    "dilations": [1, 1],
                    "group": groups,
                },
                dtype=x.dtype,
                shape=(1, len(weight), (height + 1) // 2, (width + 1) // 2),
            )
        left, top = width % 2, height % 2
        x = functional.pad(x, (left, 1, top, 1))
        return functional.conv2d(x, weight, bias, stride=2, groups=groups)

    def project(self, name: str, x: Tensor) -> list[Tensor]:
        """Query, value and vision, (1, C, H, W) each."""
        height, width = x.shape[2:]
        reduced = self.conv(f"{name}/reduce", x)
        places = self.get(f"{name}/reduce/places")  # (C, 2)
        grid = coordinates(height, width, like=x).flatten(1)  # (2, P)
        reduced = reduced + (places @ grid).unflatten(1, (height, width))
        reduced = functional.gelu(reduced)
        merged = self.conv(f"{name}/scales", reduced, groups=reduced.shape[1])
        query = self.conv(f"{name}/query", merged).flatten(2)  # (1, C, P)
        centred, variance = centre(query)
        query = (centred * deviation(variance, query)).unflatten(2, (height, width))
        value = self.conv(f"{name}/value", merged)
        vision = functional.gelu(self.conv(f"{name}/vision", merged))
        return [query, value, vision]


def centre(x: Tensor) -> tuple[Tensor, Tensor]:
    """Subtract the means over the positions of (1, C, P); variances (1, C, 1).

    A single position keeps its value.
    """
    several = (torch.scalar_tensor(x.shape[2]) > 1).to(x.dtype)
    centred = x - x.mean(dim=2, keepdim=True) * several
    return centred, (centred * centred).mean(dim=2, keepdim=True)


def deviation(variance: Tensor, x: Tensor) -> Tensor:
    """What an instance norm of (1, C, P) multiplies by; 1 for a single position."""
    several = torch.scalar_tensor(x.shape[2]) > 1
    return torch.where(
        several, (variance + NORM_EPSILON).rsqrt(), torch.ones_like(variance)
    )


class AnswerPart(Part):
    """Projections of an image and the words of an expression to probabilities."""

    def forward(
        self, words: Tensor, rows: Tensor, columns: Tensor, *projections: Tensor
    ) -> Tensor:
        """Find an expression.

        Args:
            words: (1, T, D) of `TextPart`.
            rows: (H, H1), by which logits are enlarged; see `enlargement`.
            columns: (W1, W).
            projections: of `LookPart`.

        Returns:
            (1, H, W) probabilities.
        """
        levels: list[Tensor] = []
        for level in reversed(range(4)):
            query, value, vision = projections[3 * level : 3 * level + 3]
            size = query.shape[2:]
            fused, words = self.align(
                level, query.flatten(2), value.flatten(2), vision.flatten(2), words
            )
            if self.config.neck_mixers[level]:
                tokens = self.norm(f"level{level}/norm", fused.transpose(1, 2))
                if levels:
                    lifted = upsample(self.conv("lift", levels[0]), size)
                    tokens = tokens + as_tokens(lifted)
                tokens = tokens + sine_positions(*size, tokens.shape[2], like=tokens)
                for mixer in range(self.config.neck_mixers[level]):
                    tokens = self.mix(f"level{level}/mixer{mixer}", tokens, words)
                levels.insert(0, as_map(tokens, size))
            else:
                # The norm's scale and shift are part of the decoder's first layer.
                centred = fused - fused.mean(dim=1, keepdim=True)
                variance = (centred * centred).mean(dim=1, keepdim=True)
                normed = centred * (variance + NORM_EPSILON).rsqrt()
                levels.insert(0, normed.unflatten(2, size))
        logits = self.decode(levels)  # (1, 1, H1, W1)
        present = self.judge(levels[3], words, logits)
        logits = rows @ logits[:, 0] @ columns  # (1, H, W)
        scale, bias = self.get("calibration/scale"), self.get("calibration/bias")
        return (logits * scale + bias).sigmoid() * present

    def align(
        self, level: int, query: Tensor, value: Tensor, vision: Tensor, words: Tensor
    ) -> tuple[Tensor, Tensor]:
        """BSC, with (1, C, P) of the image: fused features and words."""
        name, heads = f"level{level}", self.config.align_heads[level]
        key = split_heads(heads, self.linear(f"{name}/key", words))  # (1, h, T, c)
        told = split_heads(heads, self.linear(f"{name}/told", words))
        scores = key @ query.unflatten(1, (heads, -1))  # (1, h, T, P)
        over_words = scores.softmax(dim=2).flatten(1, 2)  # (1, h T, P)
        told = told @ self.get(f"{name}/out/weight") + self.get(f"{name}/out/bias")
        told = told.flatten(1, 2).transpose(1, 2)  # (1, C, h T)
        gathered, variance = centre(told @ over_words)  # (1, C, P)
        # The norm's factor goes into the matrix, which is smaller than the map.
        mix = self.get(f"{name}/mix/weight")  # (outputs, inputs)
        mix = mix * deviation(variance, gathered).transpose(1, 2)
        mixed = mix @ (vision * gathered) + self.get(f"{name}/mix/bias")
        over_pixels = scores.softmax(dim=3)  # (1, h, T, P)
        value = value.unflatten(1, (heads, -1)).transpose(2, 3)  # (1, h, P, c)
        pooled = join_heads(over_pixels @ value)  # (1, T, C)
        update = self.norm(f"{name}/back_norm", self.linear(f"{name}/back", pooled))
        return functional.gelu(mixed), words + update

    def mix(self, name: str, x: Tensor, words: Tensor) -> Tensor:
        """A `CrossAttentionLayer` with (1, P, C) of the image."""
        x = x + self.attend(name, self.norm(f"{name}/norm0", x), 4)
        query = self.linear(f"{name}/across/query", self.norm(f"{name}/norm1", x))
        key = self.linear(f"{name}/across/key", words)
        value = self.linear(f"{name}/across/value", words)
        parts = (split_heads(4, part) for part in (query, key, value))
        x = x + self.linear(f"{name}/across/out", weighted(*parts))
        return x + self.feed(name, self.norm(f"{name}/norm2", x))

    def decode(self, levels: list[Tensor]) -> Tensor:
        """T-BTD with both streams in one tensor: (1, 1, H1, W1), z_t - z_b."""
        streams: Tensor | None = None
        for level in reversed(range(4)):
            name = f"level{level}"
            entered = functional.relu(self.conv(f"{name}/enter", levels[level]))
            if streams is not None:
                weight = self.get(f"{name}/join/weight")
                entered = functional.conv2d(entered, weight, groups=2)
                streams = functional.relu(
                    entered + upsample(streams, entered.shape[2:])
                )
                refined = self.conv(f"{name}/refine", streams, groups=2)
                entered = functional.relu(refined)
            if level == 0:
                return self.conv(f"{name}/carry", entered)
            around = self.get(f"{name}/carry/around")
            around = functional.conv2d(
                entered, around, padding=1, groups=entered.shape[1]
            )
            near, bias = self.get(f"{name}/carry/near"), self.get(f"{name}/carry/bias")
            phi = self.get(f"{name}/carry/phi")
            streams = functional.conv2d(entered, near, bias)
            streams = streams + functional.conv2d(around, phi, groups=2)
        raise AssertionError("the loop ends at level 0")

    def judge(self, deepest: Tensor, words: Tensor, logits: Tensor) -> Tensor:
        """The factor of the probabilities, (1, 1, 1), of the presence head."""
        pixels = deepest.flatten(2)  # (1, C, P)
        image = torch.cat([pixels.mean(dim=2), pixels.amax(dim=2)], dim=1)
        peak = logits.flatten(1).amax(dim=1, keepdim=True).sigmoid()
        features = [
            self.norm("presence/image_norm", image),
            self.norm("presence/word_norm", words.mean(dim=1)),
            peak,
        ]
        hidden = self.linear("presence/widen", torch.cat(features, dim=1))
        presence = self.linear("presence/narrow", functional.gelu(hidden))  # (1, 1)
        presence = presence * self.get("calibration/presence_scale")
        presence = (presence + self.get("calibration/presence_bias")).sigmoid()
        gated = presence * self.get("calibration/gate") + self.get("calibration/rest")
        return gated[..., None]
