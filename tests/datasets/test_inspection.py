"""What an inspection counts and lists as broken; the contact sheet shows targets."""

import numpy as np
import pytest
from PIL import Image
from published_files import write_refsegrs, write_rrsis_d

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.contact_sheet import EDGE, choose_samples, write_sheet
from rrsis_geo.datasets.inspection import inspect_samples, raise_if_broken
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.datasets.registry import read_dataset
from rrsis_geo.errors import DataError


def sample(folder, name="a.png", *, rows=0, split="train", text="the roof", kind=""):
    mask = np.zeros((20, 30), bool)
    mask[:rows, :15] = True
    return Sample(
        image=folder / name,
        expression=text,
        target=MaskRuns(parts=(rle.encode(mask),)),
        split=split,
        type=kind,
        origin=f"line of {name}",
    )


@pytest.fixture
def folder(tmp_path):
    for name, level in (("a.png", 10), ("b.png", 20), ("again.png", 10)):
        Image.new("RGB", (30, 20), (level, 80, 90)).save(tmp_path / name)
    return tmp_path


def test_counts(folder):
    samples = [
        sample(folder, rows=4, kind="size"),
        sample(folder, rows=0, text="No such thing, here"),
        sample(folder, "b.png", rows=20, split="val"),
        sample(folder, "again.png", rows=2, split="test"),
    ]
    counts = []
    found = inspect_samples(samples, on_sample=counts.append)
    assert counts == [1, 2, 3, 4]
    assert found.splits == {"train": 2, "val": 1, "test": 1}
    assert found.images == {"train": 1, "val": 1, "test": 1}
    assert dict(found.empty) == {"train": 1}
    assert found.types == {"size": 1, "not given": 3}
    assert found.sizes == {(30, 20): 3}
    assert found.words == [2, 4, 2, 2]
    assert found.shares == pytest.approx([0.1, 0.5, 0.05])
    assert (found.repeated, found.leaked) == (1, 1)
    assert found.broken == []
    assert raise_if_broken(found, "x") is None
    text = "\n".join(found.lines())
    assert "in another split: 1" in text
    assert "30 x 20 3" in text


def test_every_broken_sample_is_listed(folder):
    samples = [
        sample(folder, rows=4),
        sample(folder, "gone.png", rows=4),
        sample(folder, "small.png", rows=4),
    ]
    Image.new("RGB", (7, 7)).save(folder / "small.png")
    found = inspect_samples(samples)
    assert len(found.broken) == 2
    assert "line of gone.png" in found.broken[0]
    assert "mask is 30 x 20 pixels" in found.broken[1]
    with pytest.raises(DataError, match=r"x: 2 of 3 samples are broken; .*gone\.png"):
        raise_if_broken(found, "x")


def test_masks_that_had_to_be_resized_are_counted(tmp_path):
    found = inspect_samples(read_dataset(write_rrsis_d(tmp_path / "set"), partial=True))
    assert found.resized == 1
    assert found.broken == []


def test_a_scene_under_two_ids(tmp_path):
    found = inspect_samples(
        read_dataset(write_refsegrs(tmp_path / "set"), partial=True)
    )
    assert (found.repeated, found.leaked) == (1, 1)


def test_a_choice_holds_every_type_and_many_images(folder):
    samples = [
        sample(folder, name, rows=3, kind=kind, text=f"{kind} {number}")
        for number in range(10)
        for kind in ("size", "location", "no-target")
        for name in ("a.png", "b.png")
    ]
    chosen = choose_samples(samples, count=6, seed=1)
    assert len({one.expression for one in chosen}) <= 6
    assert {one.type for one in chosen} == {"size", "location", "no-target"}
    assert {one.image.name for one in chosen} == {"a.png", "b.png"}
    assert chosen == choose_samples(samples, count=6, seed=1)
    assert len(choose_samples(samples, count=1000, seed=1)) == 60


def test_the_sheet_shows_targets(folder):
    samples = [sample(folder, rows=10), sample(folder, "b.png", rows=0)]
    write_sheet(folder / "sheet.png", samples)
    with Image.open(folder / "sheet.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    edge = (np.abs(pixels.astype(int) - EDGE).max(axis=2) < 3).sum(axis=0)
    middle = pixels.shape[1] // 2
    assert edge[:middle].sum() > 200
    assert edge[middle:].sum() == 0


def test_a_broken_image_is_named_by_the_sheet(folder):
    with pytest.raises(DataError, match=r"gone\.png"):
        write_sheet(folder / "sheet.png", [sample(folder, "gone.png", rows=1)])
    assert not (folder / "sheet.png").exists()
