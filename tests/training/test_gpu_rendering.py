"""Batches rendered on a device equal those drawn by worker processes."""

import numpy as np
import pytest
import torch
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.datasets.transforms.photometric import (
    UNCHANGED,
    apply_photometric_change,
    sample_photometric_change,
)
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.gpu_rendering import Renderer, with_looks
from rrsis_geo.training.data.loader import load_batches
from rrsis_geo.training.data.mixture import Mixture, Source
from rrsis_geo.training.data.sample_plans import MixturePlans

SIZE = 96
CPU = torch.device("cpu")


def town(seed, *, width=170, height=130):
    """Buildings in rows: some touch, some cross the border, some overlap."""
    rng = np.random.default_rng(seed)
    objects = [
        LabelledObject(category="building", polygon=box(x, y, x + 22, y + 19))
        for x in range(-8, width, 22 + seed % 5)
        for y in range(-5, height, 27)
    ]
    objects += [
        LabelledObject(
            category="storage_tank",
            polygon=box(*corner, *(corner + rng.uniform(3, 30, 2))),
        )
        for corner in rng.uniform(0, 120, (9, 2))
    ]
    layout = Layout(
        width=width,
        height=height,
        objects=tuple(objects),
        complete=frozenset({"building", "storage_tank", "ship", "airplane"}),
        gsd=0.5,
    )
    image = LabelledImage(
        name=str(seed),
        path=str(seed),
        layout=layout,
        place=str(seed),
        written=(
            WrittenExpression(
                text="every house", targets=tuple(range(30)), type="category"
            ),
            WrittenExpression(text="a boat", targets=(), type="no-target"),
        ),
    )
    noise = rng.integers(0, 256, (3, height // 5 + 1, width // 5 + 1), np.uint8)
    smooth = noise.repeat(5, axis=1).repeat(5, axis=2)
    image.__dict__["pixels"] = np.ascontiguousarray(smooth[:, :height, :width])
    return image


def stream(**settings):
    images = tuple(town(seed) for seed in range(3))
    source = Source(name="s", weight=1.0, images=images, scale=(0.4, 2.0))
    return Mixture(sources=(source,), size=SIZE, expressions=4, **settings)


@pytest.fixture
def plain(monkeypatch):
    """No photometric changes."""

    def look(rng):
        sample_photometric_change(rng)
        return UNCHANGED

    monkeypatch.setattr(
        "rrsis_geo.training.data.mixture.sample_photometric_change", look
    )


@pytest.mark.usefixtures("plain")
def test_masks_are_equal_and_pixels_up_to_rounding():
    samples, plans = stream(seed=2), MixturePlans(stream(seed=2))
    drawn = Renderer(plans.images, size=SIZE, device=CPU)([plans[i] for i in range(40)])
    seams = 0
    for number in range(40):
        sample = samples[number]
        assert drawn.texts[number] == sample.texts
        np.testing.assert_array_equal(drawn.masks[number].numpy(), sample.masks)
        difference = np.abs(drawn.images[number].numpy().astype(int) - sample.pixels)
        assert difference.max() <= 2
        assert difference.mean() < 0.2
        view = samples.view(number)
        covered = view.layout.objects and sample.masks.any()
        seams += bool(covered) and len(plans[number].runs) > 0
    assert seams > 10


def test_photometric_changes_equal_those_of_worker_processes():
    """Except for noise (another generator) and compression (not rendered)."""
    rng = np.random.default_rng(0)
    pixels = town(1).pixels[:, :SIZE, :SIZE]
    looks = [sample_photometric_change(rng) for _ in range(60)]
    quiet = [look for look in looks if not look.noise and not look.quality]
    assert any(look.blur > 0 for look in quiet)
    assert any(look.blur < 0 for look in quiet)
    assert any(look.haze for look in quiet)
    many = torch.from_numpy(np.stack([pixels] * len(quiet))).float()
    for rendered, look in zip(with_looks(many, quiet), quiet, strict=True):
        wanted = apply_photometric_change(pixels, look).astype(int)
        inner = (
            slice(None),
            slice(8, -8),
            slice(8, -8),
        )  # padding differs
        off = np.abs(rendered.numpy().astype(int) - wanted)[inner]
        # Pillow approximates the Gaussian by box blurs on integer levels.
        assert off.mean() < (3 if look.blur else 0.6), look


def test_noise_is_as_strong_as_wanted():
    looks = [
        look for look in map(sample_photometric_change, _generators()) if look.noise > 3
    ][:8]
    grey = torch.full((len(looks), 3, SIZE, SIZE), 120.0)
    plain = [
        type(look)(noise=look.noise, seed=look.seed, order=look.order) for look in looks
    ]
    for rendered, look in zip(with_looks(grey, plain), plain, strict=True):
        assert rendered.float().std().item() == pytest.approx(look.noise, rel=0.1)


def _generators():
    return (np.random.default_rng(seed) for seed in range(200))


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_of_plans_are_rendered_in_order(workers):
    config = TrainConfig(steps=3, images=2, size=SIZE, expressions=4)
    plans = MixturePlans(stream(seed=1))
    render = Renderer(plans.images, size=SIZE, device=CPU)
    batches = list(
        load_batches(
            plans,
            config,
            first_step=1,
            workers=workers,
            pin_memory=False,
            render=render,
        )
    )
    assert len(batches) == 2
    for step, batch in enumerate(batches, start=1):
        expected = render([plans[2 * step], plans[2 * step + 1]])
        assert batch.texts == expected.texts
        assert torch.equal(batch.images, expected.images)
        assert torch.equal(batch.masks, expected.masks)


def test_swapped_expressions_have_no_target():
    """They name a class that is complete on the image and has no object there."""
    written = (
        WrittenExpression(text="the big jet", targets=(0,), type="category"),
        WrittenExpression(text="that house", targets=(1,), type="category"),
    )
    plane = LabelledImage(
        name="plane",
        path="plane",
        place="plane",
        layout=Layout(
            width=80,
            height=80,
            objects=(
                LabelledObject(category="airplane", polygon=box(10, 10, 50, 50)),
                LabelledObject(category="building", polygon=box(60, 10, 75, 50)),
            ),
            complete=frozenset({"airplane", "building", "ship"}),
        ),
        written=written,
    )
    plane.__dict__["pixels"] = np.zeros((3, 80, 80), np.uint8)
    sources = (
        Source(name="a", weight=1.0, images=(plane,), scale=(1.0, 1.2)),
        Source(name="b", weight=1.0, images=(town(0),), scale=(1.0, 1.2)),
    )
    mix = Mixture(
        sources=sources, size=64, expressions=4, swapped_expressions=0.5, seed=3
    )
    swapped = 0
    for number in range(40):
        view = mix.view(number)
        for text, kind, targets in zip(
            view.texts, view.types, view.targets, strict=True
        ):
            if view.image.name == "0" and text == "the big jet":
                assert kind == "no-target"
                assert targets == ()
                swapped += 1
            if text == "that house":
                assert view.image.name == "plane"
    assert swapped > 10
