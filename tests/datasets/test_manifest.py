"""Manifests: samples survive a round trip; every broken file gets a one-line error."""

import json

import numpy as np
import pytest
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.formats.manifest import read_manifest, write_manifest
from rrsis_geo.datasets.referring_sample import MaskFile, MaskRuns, Sample
from rrsis_geo.errors import DataError

MASK = np.zeros((6, 8), bool)
MASK[1:4, 2:7] = True
RLE = rle.runs_to_json(rle.encode(MASK))


@pytest.fixture
def folder(tmp_path):
    Image.new("RGB", (8, 6), (10, 20, 30)).save(tmp_path / "a.png")
    Image.fromarray(MASK.astype(np.uint8) * 255).save(tmp_path / "m.png")
    return tmp_path


def line(**changes):
    body = {"image": "a.png", "expression": "the roof", "mask": RLE, "split": "train"}
    return {
        key: value for key, value in {**body, **changes}.items() if value is not ...
    }


def manifest(folder, *lines, name="manifest.jsonl"):
    path = folder / name
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


@pytest.mark.parametrize("mask", [RLE, "m.png"])
def test_pixels_and_mask(folder, mask):
    path = manifest(folder, line(mask=mask, type="size", category="roof", gsd=0.3))
    (sample,) = read_manifest(path)
    pixels, found = sample.read()
    assert pixels[:, 0, 0].tolist() == [10, 20, 30]
    np.testing.assert_array_equal(found, MASK)
    assert (sample.type, sample.category, sample.gsd) == ("size", "roof", 0.3)
    assert sample.same_class is None


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_masks_of_every_kind_of_png(folder, mode):
    picture = Image.fromarray(MASK.astype(np.uint8) * 255)
    if mode == "P":  # level 1 of a palette, however it looks
        picture = Image.fromarray(MASK.astype(np.uint8), "L")
        picture = picture.convert("P")
    picture.convert(mode).save(folder / "k.png")
    (sample,) = read_manifest(manifest(folder, line(mask="k.png")))
    np.testing.assert_array_equal(sample.read_mask(), MASK)


def test_an_empty_mask_means_nothing_there(folder):
    nothing = rle.runs_to_json(rle.encode(np.zeros((6, 8), bool)))
    (sample,) = read_manifest(manifest(folder, line(mask=nothing)))
    assert not sample.read()[1].any()


def test_a_split_alone_and_blank_lines(folder):
    path = manifest(
        folder, "\ufeff" + json.dumps(line()), "", line(split="val"), "  ", ""
    )
    assert [sample.split for sample in read_manifest(path)] == ["train", "val"]
    (sample,) = read_manifest(path, "val")
    assert sample.origin == f"{path}, line 3"


def test_round_trip(folder):
    (folder / "deep").mkdir()
    samples = [
        Sample(
            image=folder / "a.png",
            expression="das größte Dach — \u2028 groß",
            target=MaskRuns(parts=(rle.encode(MASK),)),
            split="test",
            type="size",
            category="roof",
            gsd=0.25,
            same_class=4,
        ),
        Sample(
            image=folder / "a.png",
            expression="roof",
            target=MaskFile(path=folder / "m.png"),
            split="train",
        ),
    ]
    write_manifest(folder / "deep" / "m.jsonl", samples)
    again = read_manifest(folder / "deep" / "m.jsonl")
    for one, other in zip(samples, again, strict=True):
        assert one.expression == other.expression
        assert one.image.samefile(other.image)
        assert (one.split, one.type, one.category) == (
            other.split,
            other.type,
            other.category,
        )
        assert (one.gsd, one.same_class) == (other.gsd, other.same_class)
        np.testing.assert_array_equal(one.read_mask(), other.read_mask())
    texts = (folder / "deep" / "m.jsonl").read_text(encoding="utf-8")
    assert '"../a.png"' in texts
    assert str(folder) not in texts


def test_masks_that_a_manifest_cannot_refer_to_become_run_lengths(folder):
    grey = Image.fromarray(MASK.astype(np.uint8) * 160 + 30)
    grey.save(folder / "grey.png")
    other = np.zeros((6, 6), bool)
    other[:, 3:] = True
    samples = [
        Sample(
            image=folder / "a.png",
            expression="above fifty",
            target=MaskFile(path=folder / "grey.png", threshold=50),
            split="test",
        ),
        Sample(
            image=folder / "a.png",
            expression="of another size",
            target=MaskRuns(parts=(rle.encode(other),), resize=True),
            split="test",
        ),
    ]
    write_manifest(folder / "m.jsonl", samples)
    first, second = read_manifest(folder / "m.jsonl")
    np.testing.assert_array_equal(first.read()[1], MASK)
    fitted = second.read()[1]
    assert fitted[:, 4:].all()
    assert not fitted[:, :4].any()


def test_parts_may_overlap(folder):
    one, other = np.zeros((2, 6, 8), bool)
    one[1:4, 2:6] = True
    other[1:4, 4:7] = True
    sample = Sample(
        image=folder / "a.png",
        expression="roof",
        target=MaskRuns(parts=(rle.encode(one), rle.encode(other))),
        split="train",
    )
    np.testing.assert_array_equal(sample.read_mask(), MASK)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        (line(split=...), "lacks 'split'"),
        (line(image=..., mask=...), "lacks 'image', 'mask'"),
        (line(colour="red"), r"unknown keys \['colour'\]"),
        (line(split="dev"), "split 'dev' is none of train, val, test"),
        (line(expression="  "), "no words"),
        (line(expression="a " * 500), "500 words"),
        (line(expression="x" * 2000), "2000 characters"),
        (line(expression=7), "'expression' must be a text"),
        (line(image=""), "'image' must be a text"),
        (line(mask=7), "must be an object with size and counts, got '7'"),
        (line(mask={"size": [6, 8], "counts": "?"}), "run-length mask"),
        (line(gsd=0), "'gsd' must be metres > 0"),
        (line(gsd=True), "'gsd' must be metres > 0"),
        (line(gsd="1 m"), "'gsd' must be metres > 0"),
        (line(same_class=-1), "'same_class' must be a whole number"),
    ],
)
def test_a_broken_line_names_file_line_and_reason(folder, broken, reason):
    path = manifest(folder, line(), broken)
    with pytest.raises(DataError, match=reason) as caught:
        read_manifest(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert "\n" not in str(caught.value)


def test_files_that_are_no_manifest(folder):
    with pytest.raises(DataError, match=r"none\.jsonl: cannot be read"):
        read_manifest(folder / "none.jsonl")
    with pytest.raises(DataError, match="holds no sample"):
        read_manifest(manifest(folder, "", name="empty.jsonl"))
    with pytest.raises(DataError, match="not UTF-8 text"):
        read_manifest(folder / "a.png")
    with pytest.raises(DataError, match=r"no .* split 'val'; there are train 1, test"):
        read_manifest(manifest(folder, line(), line(split="test")), "val")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"image": "gone.png"}, "gone.png"),
        ({"mask": "gone.png"}, "gone.png"),
        ({"mask": "mask.jpg"}, "a JPEG blurs a mask"),
        ({"image": "manifest.jsonl"}, "cannot be read as an image"),
        ({"mask": {"size": [6, 6], "counts": [36]}}, "mask is 6 x 6 pixels, .* 8 x 6"),
    ],
)
def test_a_broken_sample_is_named_when_it_is_read(folder, changes, reason):
    (sample,) = read_manifest(manifest(folder, line(**changes)))
    with pytest.raises(DataError, match=reason) as caught:
        sample.read()
    assert "manifest.jsonl, line 1: " in str(caught.value)
