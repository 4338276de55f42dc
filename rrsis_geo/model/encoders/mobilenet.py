"""MobileNetV2 1.0 without its head, in the four parts that fusion needs.

Sandler et al., 2018, arXiv 1801.04381. Convolutions carry a bias and no batch norm
follows: the ImageNet weights come with it folded in, and few images a step would
spoil its statistics. Padding is TensorFlow's SAME, as those weights expect.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

# (expansion, channels, stride) of the 17 blocks
BLOCKS = (
    (1, 16, 1),
    *((6, 24, s) for s in (2, 1)),
    *((6, 32, s) for s in (2, 1, 1)),
    *((6, 64, s) for s in (2, 1, 1, 1)),
    *((6, 96, s) for s in (1, 1, 1)),
    *((6, 160, s) for s in (2, 1, 1)),
    (6, 320, 1),
)
DIMS = (24, 32, 96, 320)
STEM = 32
LEVEL_BLOCKS = (range(2, 3), range(4, 6), range(7, 13), range(14, 17))
"""Blocks that keep the size, per level; the one before each range halves it."""


class MobileNet(nn.Module):
    """Features at strides 4, 8, 16, 32 with 24, 32, 96, 320 channels."""

    dims = DIMS

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
        """(B, 3, H, W), normalised, to (B, 24, H/4, W/4), rounded up."""
        x = functional.relu6(self.stem(image), inplace=True)  # (B, 32, H/2, W/2)
        return self.blocks[1](self.blocks[0](x))  # type: ignore[no-any-return]

    def refine(self, level: int, x: Tensor) -> Tensor:
        """The blocks of one level, (B, C, h, w) to (B, C', h, w)."""
        for index in LEVEL_BLOCKS[level]:
            x = self.blocks[index](x)
        return x

    def downsample(self, level: int, x: Tensor) -> Tensor:
        """From one level to the next coarser one, half the size rounded up."""
        return self.blocks[LEVEL_BLOCKS[level + 1].start - 1](x)  # type: ignore[no-any-return]


class InvertedResidual(nn.Module):
    """Expand, filter each channel in space, project; the middle is the wide part."""

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
        middle = functional.relu6(self.expand(x), inplace=True) if self.expands else x
        middle = functional.relu6(self.dw(middle), inplace=True)
        out: Tensor = self.project(middle)
        return x + out if self.residual else out


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME: more on the lower right side."""

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
        top, bottom = self._margins(x.shape[-2])
        left, right = self._margins(x.shape[-1])
        if (top, bottom, left, right) == (0, 1, 0, 1):
            # A row and a column of zeros make the kernel ask for one pixel on every
            # side, which a convolution adds by itself; to pad means to copy the map.
            weight = functional.pad(self.weight, (1, 0, 1, 0))
            return functional.conv2d(
                x, weight, self.bias, self.stride, padding=1, groups=self.groups
            )
        return super().forward(functional.pad(x, (left, right, top, bottom)))

    def _margins(self, length: int) -> tuple[int, int]:
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        return total // 2, total - total // 2
