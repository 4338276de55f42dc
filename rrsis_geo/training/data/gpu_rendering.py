"""Render batches on the network's device: crops, resampling, colours, masks.

Masks equal those of `View.draw` exactly. Pixels equal them up to rounding before the
photometric changes. Compression artefacts are not rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.boundaries import BOUNDARY_REACH
from rrsis_geo.datasets.transforms.crops import Crop
from rrsis_geo.datasets.transforms.photometric import HAZE_COLOUR, PhotometricChange
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.data.sample_plans import SamplePlan

READ_THREADS = 8
"""Threads that decode images at the start."""

UNSHARP_RADIUS, UNSHARP_AMOUNT, UNSHARP_THRESHOLD = 2.0, 1.2, 3.0
"""Of the unsharp mask, as in Pillow; the threshold is in levels."""

KERNEL_REACH = 6
"""Pixels on either side of the centre of a blur kernel: three times its radius."""


class Renderer:
    """Renders plans on a device that holds all images of a mixture.

    Args:
        images: of the mixture, as indexed by plans.
        size: S, pixels of a sample's side.
        device: of the network.
    """

    def __init__(
        self, images: Sequence[LabelledImage], *, size: int, device: torch.device
    ) -> None:
        self._size = size
        self._device = device
        with ThreadPoolExecutor(READ_THREADS) as pool:
            # One by one, so that the host never holds all decoded images.
            self._images = list(pool.map(self._upload, images))

    def __call__(self, plans: Sequence[SamplePlan]) -> Batch:
        """Render B plans to a batch on the device."""
        crops = torch.stack([self._crop(plan) for plan in plans])  # (B, 3, S, S)
        return Batch(
            images=with_looks(crops, [plan.look for plan in plans]),
            masks=draw_masks(
                [plan.runs for plan in plans],
                expressions=len(plans[0].texts),
                size=self._size,
                device=self._device,
            ),
            texts=tuple(plan.texts for plan in plans),
        )

    def _upload(self, image: LabelledImage) -> Tensor:
        cached = "pixels" in image.__dict__
        pixels = torch.from_numpy(image.pixels).to(self._device)
        if not cached:
            del image.__dict__["pixels"]  # frees host memory
        return pixels

    def _crop(self, plan: SamplePlan) -> Tensor:
        """Return (3, S, S) float32 with integer levels."""
        return crop_pixels(self._images[plan.image], plan.piece)


def crop_pixels(pixels: Tensor, piece: Crop) -> Tensor:
    """Crop (3, H, W) uint8 to (3, h, w) float32; see `transforms.crops.crop_pixels`."""
    _, height, width = pixels.shape
    left, top = max(int(piece.left), 0), max(int(piece.top), 0)
    right = min(int(piece.left + piece.width), width)
    bottom = min(int(piece.top + piece.height), height)
    out_w, out_h = piece.size
    sx, sy = out_w / piece.width, out_h / piece.height
    x0, y0 = round((left - piece.left) * sx), round((top - piece.top) * sy)
    x1, y1 = round((right - piece.left) * sx), round((bottom - piece.top) * sy)
    result = torch.zeros(3, out_h, out_w, device=pixels.device)
    if x1 > x0 and y1 > y0:
        part = pixels[None, :, top:bottom, left:right].float()
        resampled = functional.interpolate(
            part, size=(y1 - y0, x1 - x0), mode="bilinear", antialias=True
        )
        result[:, y0:y1, x0:x1] = resampled[0].round().clamp(0, 255)
    if piece.mirror:
        result = result.flip(2)
    return torch.rot90(result, piece.turns, dims=(1, 2))


def draw_masks(
    runs: Sequence[NDArray[np.int32]],
    *,
    expressions: int,
    size: int,
    device: torch.device,
) -> Tensor:
    """Render masks: the targets without the seams between touching objects.

    Args:
        runs: of B plans.
        expressions: E.
        size: S.
        device: of the masks.

    Returns:
        (B, E, S, S) bool.
    """
    count = len(runs) * expressions
    rows = np.concatenate(runs).astype(np.int64)
    sample = np.repeat(np.arange(len(runs)), [len(part) for part in runs])
    rows[:, 0] += sample * expressions
    length = rows[:, 3] - rows[:, 2]
    total = int(length.sum())
    # Expand every run to flat pixel indices: its first pixel plus 0, 1, 2, ...
    begin = (rows[:, 0] * size + rows[:, 1]) * size + rows[:, 2]
    begin -= np.cumsum(length) - length
    uploaded = torch.from_numpy(np.stack([begin, length, rows[:, 4]])).to(device)
    start, name = torch.repeat_interleave(
        uploaded[[0, 2]], uploaded[1], dim=1, output_size=total
    )
    place = start + torch.arange(total, device=device)
    masks = torch.zeros(count * size * size, dtype=torch.bool, device=device)
    masks[place] = True
    masks = masks.view(count, size, size)
    several = np.unique(rows[rows[:, 4] > 1, 0])
    if len(several):
        names = torch.zeros(count * size * size, device=device)
        # Where objects overlap, the later one is on top.
        names.scatter_reduce_(0, place, name.float(), "amax")
        which = torch.from_numpy(several).to(device)
        masks[which] &= ~_seams(names.view(count, size, size)[which])
    return masks.view(len(runs), expressions, size, size)


def _seams(names: Tensor) -> Tensor:
    """Return (N, S, S), True within reach of two objects; names are 0 elsewhere."""
    named = names > 0
    low = -_max_filter(torch.where(named, -names, -torch.inf))
    seam: Tensor = named & (low != _max_filter(names))
    return seam


def _max_filter(values: Tensor) -> Tensor:
    """Return the maximum of (N, S, S) within reach, along rows and columns."""
    maximum: Tensor = functional.max_pool2d(
        values[:, None],
        kernel_size=2 * BOUNDARY_REACH + 1,
        stride=1,
        padding=BOUNDARY_REACH,
    )
    return maximum[:, 0]


def with_looks(images: Tensor, looks: Sequence[PhotometricChange]) -> Tensor:
    """Apply photometric changes to (B, 3, S, S) float32; returns uint8."""
    device = images.device

    def per_image(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=device).view(-1, 1, 1, 1)

    gains = torch.tensor([look.gains for look in looks], device=device)
    out = images * gains[:, :, None, None]
    out = out + per_image([look.offset for look in looks])
    mean = out.mean(dim=(1, 2, 3), keepdim=True)
    out = mean + (out - mean) * per_image([look.contrast for look in looks])
    grey = out.mean(dim=1, keepdim=True)
    out = grey + (out - grey) * per_image([look.saturation for look in looks])
    air = torch.tensor(HAZE_COLOUR, device=device).view(1, 3, 1, 1)
    out = torch.lerp(out, air.expand_as(out), per_image([look.haze for look in looks]))
    order = torch.tensor([look.order for look in looks], device=device)
    out = out[torch.arange(len(looks), device=device)[:, None], order]
    generator = torch.Generator(device).manual_seed(looks[0].seed)
    noise = torch.randn(out.shape, device=device, generator=generator)
    out = out + noise * per_image([look.noise for look in looks])
    return _blur_or_sharpen(
        out.clamp(0, 255).floor(), [look.blur for look in looks]
    ).byte()


def _blur_or_sharpen(images: Tensor, blurs: Sequence[float]) -> Tensor:
    """Blur images with a positive value, sharpen those with a negative one."""
    chosen = [index for index, blur in enumerate(blurs) if blur]
    if not chosen:
        return images
    radius = [blurs[index] if blurs[index] > 0 else UNSHARP_RADIUS for index in chosen]
    sharpen = torch.tensor([blurs[index] < 0 for index in chosen], device=images.device)
    originals = images[chosen]
    blurred = _gaussian_blur(originals, torch.tensor(radius, device=images.device))
    detail = originals - blurred
    detail = UNSHARP_AMOUNT * detail * (detail.abs() >= UNSHARP_THRESHOLD)
    changed = torch.where(sharpen[:, None, None, None], originals + detail, blurred)
    images = images.clone()
    images[chosen] = changed.round().clamp(0, 255)
    return images


def _gaussian_blur(images: Tensor, radius: Tensor) -> Tensor:
    """Blur (B, 3, S, S) by Gaussians with (B,) radii."""
    steps = torch.arange(-KERNEL_REACH, KERNEL_REACH + 1, device=images.device)
    kernel = torch.exp(-0.5 * (steps / radius[:, None]) ** 2)  # (B, 2 KERNEL_REACH + 1)
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    kernel = kernel.repeat_interleave(3, dim=0)[:, None, None]  # (3 B, 1, 1, ...)
    flat = functional.pad(images, [KERNEL_REACH] * 4, mode="replicate").flatten(0, 1)[
        None
    ]
    groups = flat.shape[1]
    flat = functional.conv2d(flat, kernel, groups=groups)
    flat = functional.conv2d(flat, kernel.transpose(2, 3), groups=groups)
    blurred: Tensor = flat[0].unflatten(0, (-1, 3))
    return blurred
