"""MobileNetV2 1.0 (Sandler et al., 2018, arXiv 1801.04381) without its head.

Not in the paper: the image encoder of the small default network. Convolutions have a
bias and no batch norm, because the ImageNet weights come with batch norm folded in and
batches are too small for good statistics. Padding is TensorFlow's SAME, with which
those weights were trained.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

BLOCKS = (
    (1, 16, 1),
    *((6, 24, s) for s in (2, 1)),
    *((6, 32, s) for s in (2, 1, 1)),
    *((6, 64, s) for s in (2, 1, 1, 1)),
    *((6, 96, s) for s in (1, 1, 1)),
    *((6, 160, s) for s in (2, 1, 1)),
    (6, 320, 1),
)
"""Expansion, output channels and stride of the 17 blocks."""

STEM = 32
LEVEL_BLOCKS = (range(2, 3), range(4, 6), range(7, 13), range(14, 17))
"""Blocks that keep the size, per level; the block before each range halves it."""


class MobileNet(nn.Module):
    """Features at strides 4, 8, 16, 32 with 24, 32, 96, 320 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, STEM, kernel=3, stride=2)
        blocks = []
        channels = STEM
        for expansion, width, stride in BLOCKS:
            blocks.append(InvertedResidual(channels, width, expansion, stride))
            channels = width
        self.blocks = nn.ModuleList(blocks)

    def embed(self, image: Tensor) -> Tensor:
        """(B, 3, H, W), normalised, to (B, 24, H1, W1)."""
        x = functional.relu6(self.stem(image), inplace=True)  # (B, 32, H/2, W/2)
        return self.blocks[1](self.blocks[0](x))  # type: ignore[no-any-return]

    def refine(self, level: int, x: Tensor) -> Tensor:
        """Apply the blocks of a level: (B, C, H, W) to (B, C', H, W).

        Levels 3 and 4 end in a block that widens: 64 to 96, 160 to 320 channels.
        """
        for index in LEVEL_BLOCKS[level]:
            x = self.blocks[index](x)
        return x

    def downsample(self, level: int, x: Tensor) -> Tensor:
        """(B, C, H, W) to the next level's (B, C', H/2, W/2), rounded up."""
        return self.blocks[LEVEL_BLOCKS[level + 1].start - 1](x)  # type: ignore[no-any-return]


class InvertedResidual(nn.Module):
    """Inverted residual block: expand, depthwise convolution, project."""

    def __init__(self, channels: int, width: int, expansion: int, stride: int) -> None:
        super().__init__()
        middle = channels * expansion
        if expansion > 1:
            self.expand = nn.Conv2d(channels, middle, 1)
        self.dw = SameConv(middle, middle, kernel=3, stride=stride, groups=middle)
        self.project = nn.Conv2d(middle, width, 1)
        self.expands = expansion > 1
        self.residual = stride == 1 and channels == width

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H / stride, W / stride), rounded up."""
        middle = x
        if self.expands:
            middle = functional.relu6(self.expand(x), inplace=True)  # (B, middle, H, W)
        middle = functional.relu6(self.dw(middle), inplace=True)
        out: Tensor = self.project(middle)  # (B, C', H / stride, W / stride)
        return x + out if self.residual else out


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding: odd pixels go after the end."""

    def __init__(
        self, channels: int, width: int, *, kernel: int, stride: int, groups: int = 1
    ) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(
            channels, width, kernel, stride=stride, padding=padding, groups=groups
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H / stride, W / stride), rounded up."""
        if self.stride[0] == 1:
            return super().forward(x)
        top, bottom = self._padding_of(x.shape[-2])
        left, right = self._padding_of(x.shape[-1])
        if (top, bottom, left, right) == (0, 1, 0, 1):
            # A row and a column of zeros before the kernel's weights make the padding
            # symmetric, so the convolution does it; padding the map would copy it.
            weight = functional.pad(self.weight, (1, 0, 1, 0))
            return functional.conv2d(
                x, weight, self.bias, self.stride, padding=1, groups=self.groups
            )
        return super().forward(functional.pad(x, (left, right, top, bottom)))

    def _padding_of(self, length: int) -> tuple[int, int]:
        """Pixels to add before and after an axis of that length."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        return total // 2, total - total // 2
