"""Batches drawn where the network is: cutting, resampling, colours, masks.

The masks are those that `View.draw` gives, to the pixel; pixels are the same but for
rounding, before their colours are disturbed. Compression artefacts are not drawn.
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
from rrsis_geo.training.data.sample_plans import Plan

READERS = 8
"""Threads that decode images at the start."""

SHARPEN, SOFT, EDGE = 2.0, 1.2, 3.0
"""An unsharp mask: its radius, strength, and the least difference that it raises."""

TAIL = 6
"""Pixels to either side that a blur reaches: three times the largest radius."""


class Renderer:
    """Draws plans on a device that holds all of the images.

    Args:
        images: of the mix, in the order that plans count them.
        size: S, pixels of a sample's side.
        device: that the network is on.
    """

    def __init__(
        self, images: Sequence[LabelledImage], *, size: int, device: torch.device
    ) -> None:
        self._size = size
        self._device = device
        with ThreadPoolExecutor(READERS) as pool:
            # Read and sent one by one: the host never holds all of them twice.
            self._images = list(pool.map(self._put, images))

    def __call__(self, plans: Sequence[Plan]) -> Batch:
        """The batch of B plans, on the device."""
        cut = torch.stack([self._cut(plan) for plan in plans])  # (B, 3, S, S)
        return Batch(
            images=with_looks(cut, [plan.look for plan in plans]),
            masks=draw_masks(
                [plan.runs for plan in plans],
                expressions=len(plans[0].texts),
                size=self._size,
                device=self._device,
            ),
            texts=tuple(plan.texts for plan in plans),
        )

    def _put(self, image: LabelledImage) -> Tensor:
        read = "pixels" in image.__dict__
        pixels = torch.from_numpy(image.pixels).to(self._device)
        if not read:
            del image.__dict__["pixels"]  # it is on the device now
        return pixels

    def _cut(self, plan: Plan) -> Tensor:
        """(3, S, S) float32 of whole levels."""
        return crop_pixels(self._images[plan.image], plan.piece)


def crop_pixels(pixels: Tensor, piece: Crop) -> Tensor:
    """(3, H, W) uint8 to (3, h, w) float32, as `transforms.crops.crop_pixels`."""
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
        shown = functional.interpolate(
            part, size=(y1 - y0, x1 - x0), mode="bilinear", antialias=True
        )
        result[:, y0:y1, x0:x1] = shown[0].round().clamp(0, 255)
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
    """(B, E, S, S) bool: targets, but for the seams between those that touch.

    Args:
        runs: of B plans.
        expressions: E.
        size: S.
        device: to draw on.
    """
    count = len(runs) * expressions
    rows = np.concatenate(runs).astype(np.int64)
    sample = np.repeat(np.arange(len(runs)), [len(part) for part in runs])
    rows[:, 0] += sample * expressions
    length = rows[:, 3] - rows[:, 2]
    total = int(length.sum())
    # Every run becomes its pixels: its first one, and so many steps to the right.
    begin = (rows[:, 0] * size + rows[:, 1]) * size + rows[:, 2]
    begin -= np.cumsum(length) - length
    moved = torch.from_numpy(np.stack([begin, length, rows[:, 4]])).to(device)
    ahead, name = torch.repeat_interleave(
        moved[[0, 2]], moved[1], dim=1, output_size=total
    )
    place = ahead + torch.arange(total, device=device)
    masks = torch.zeros(count * size * size, dtype=torch.bool, device=device)
    masks[place] = True
    masks = masks.view(count, size, size)
    several = np.unique(rows[rows[:, 4] > 1, 0])
    if len(several):
        names = torch.zeros(count * size * size, device=device)
        # Where objects overlap, the later one is seen.
        names.scatter_reduce_(0, place, name.float(), "amax")
        which = torch.from_numpy(several).to(device)
        masks[which] &= ~_seams(names.view(count, size, size)[which])
    return masks.view(len(runs), expressions, size, size)


def _seams(names: Tensor) -> Tensor:
    """(N, S, S) True within reach of two objects; names are 0 on the ground."""
    named = names > 0
    low = -_spread(torch.where(named, -names, -torch.inf))
    seam: Tensor = named & (low != _spread(names))
    return seam


def _spread(values: Tensor) -> Tensor:
    """The largest of (N, S, S) within reach, along rows and columns."""
    found: Tensor = functional.max_pool2d(
        values[:, None],
        kernel_size=2 * BOUNDARY_REACH + 1,
        stride=1,
        padding=BOUNDARY_REACH,
    )
    return found[:, 0]


def with_looks(images: Tensor, looks: Sequence[PhotometricChange]) -> Tensor:
    """(B, 3, S, S) float32 levels to uint8 ones that look so."""
    device = images.device

    def of(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=device).view(-1, 1, 1, 1)

    gains = torch.tensor([look.gains for look in looks], device=device)
    out = images * gains[:, :, None, None]
    out = out + of([look.offset for look in looks])
    mean = out.mean(dim=(1, 2, 3), keepdim=True)
    out = mean + (out - mean) * of([look.contrast for look in looks])
    grey = out.mean(dim=1, keepdim=True)
    out = grey + (out - grey) * of([look.saturation for look in looks])
    air = torch.tensor(HAZE_COLOUR, device=device).view(1, 3, 1, 1)
    out = torch.lerp(out, air.expand_as(out), of([look.haze for look in looks]))
    order = torch.tensor([look.order for look in looks], device=device)
    out = out[torch.arange(len(looks), device=device)[:, None], order]
    chance = torch.Generator(device).manual_seed(looks[0].seed)
    noise = torch.randn(out.shape, device=device, generator=chance)
    out = out + noise * of([look.noise for look in looks])
    return _refocused(out.clamp(0, 255).floor(), [look.blur for look in looks]).byte()


def _refocused(images: Tensor, blurs: Sequence[float]) -> Tensor:
    """Those with a radius blurred, those below 0 sharpened."""
    changed = [place for place, blur in enumerate(blurs) if blur]
    if not changed:
        return images
    radius = [blurs[place] if blurs[place] > 0 else SHARPEN for place in changed]
    sharp = torch.tensor([blurs[place] < 0 for place in changed], device=images.device)
    some = images[changed]
    soft = _blurred(some, torch.tensor(radius, device=images.device))
    lift = some - soft
    lift = SOFT * lift * (lift.abs() >= EDGE)
    seen = torch.where(sharp[:, None, None, None], some + lift, soft)
    images = images.clone()
    images[changed] = seen.round().clamp(0, 255)
    return images


def _blurred(images: Tensor, radius: Tensor) -> Tensor:
    """(B, 3, S, S) under Gaussians of (B,) radii."""
    steps = torch.arange(-TAIL, TAIL + 1, device=images.device)
    kernel = torch.exp(-0.5 * (steps / radius[:, None]) ** 2)  # (B, 2 TAIL + 1)
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    kernel = kernel.repeat_interleave(3, dim=0)[:, None, None]  # (3 B, 1, 1, ...)
    flat = functional.pad(images, [TAIL] * 4, mode="replicate").flatten(0, 1)[None]
    groups = flat.shape[1]
    flat = functional.conv2d(flat, kernel, groups=groups)
    flat = functional.conv2d(flat, kernel.transpose(2, 3), groups=groups)
    blurred: Tensor = flat[0].unflatten(0, (-1, 3))
    return blurred
