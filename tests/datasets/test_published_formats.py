"""Readers of the published sets, on small files in exactly their formats."""

import json
import pickle

import numpy as np
import pytest
import rasterio
from published_files import ref_of, write_refsegrs, write_risbench, write_rrsis_d

from rrsis_geo.datasets.formats.manifest import read_manifest, write_manifest
from rrsis_geo.datasets.inspection import inspect_samples
from rrsis_geo.datasets.published_counts import PUBLISHED, counts_of
from rrsis_geo.datasets.registry import kind_of, read_dataset
from rrsis_geo.errors import DataError, OptionError

WRITERS = {
    "rrsis-d": write_rrsis_d,
    "refsegrs": write_refsegrs,
    "risbench": write_risbench,
}


@pytest.fixture
def whole(monkeypatch):
    """Published counts as if the small folders were the whole sets."""
    monkeypatch.setitem(PUBLISHED, "rrsis-d", {"train": 1, "val": 1, "test": 1})
    monkeypatch.setitem(PUBLISHED, "refsegrs", {"train": 3, "val": 1, "test": 1})
    monkeypatch.setitem(PUBLISHED, "risbench", {"train": 1, "val": 1, "test": 1})


def test_published_counts_add_up():
    totals = {kind: sum(counts.values()) for kind, counts in PUBLISHED.items()}
    assert totals == {"rrsis-d": 17_402, "refsegrs": 4_420, "risbench": 52_472}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_set_is_known_by_its_files_and_reads(kind, tmp_path, whole):
    folder = WRITERS[kind](tmp_path / "set")
    assert kind_of(folder) == kind
    samples = read_dataset(folder)
    assert counts_of(samples) == PUBLISHED[kind]
    for sample in samples:
        pixels, mask = sample.read()
        assert pixels.shape[1:] == mask.shape
        assert mask.any()
    for split, count in PUBLISHED[kind].items():
        assert len(read_dataset(folder, split=split)) == count


@pytest.mark.parametrize("kind", WRITERS)
def test_every_set_converts_to_a_manifest_with_the_same_masks(kind, tmp_path, whole):
    samples = read_dataset(WRITERS[kind](tmp_path / "set"))
    write_manifest(tmp_path / "all.jsonl", samples)
    for one, other in zip(samples, read_manifest(tmp_path / "all.jsonl"), strict=True):
        assert (one.expression, one.split, one.category, one.gsd) == (
            other.expression,
            other.split,
            other.category,
            other.gsd,
        )
        for wanted, found in zip(one.read(), other.read(), strict=True):
            np.testing.assert_array_equal(wanted, found)


@pytest.mark.parametrize("kind", WRITERS)
def test_less_than_published_is_an_error_with_both_counts(kind, tmp_path):
    folder = WRITERS[kind](tmp_path / "set")
    train = f"{PUBLISHED[kind]['train']:,}"
    with pytest.raises(DataError, match=rf"expected train {train}, .* got train \d,"):
        read_dataset(folder)
    assert read_dataset(folder, partial=True)


def test_rrsis_d_with_its_defects(tmp_path, whole):
    samples = read_dataset(write_rrsis_d(tmp_path / "set"))
    assert [sample.category for sample in samples] == [
        "airplane",
        "storagetank",
        "golffield",
    ]
    assert samples[0].expression == "The airplane on the left"
    assert samples[0].image.name == "00000.jpg"
    overlapping = samples[1].read_mask()
    assert overlapping.sum() == 13 * 10  # parts of 10 rows, 7 of them shared
    odd = samples[2]
    assert odd.read_mask().shape == (40, 40)
    pixels, mask = odd.read()
    assert pixels.shape == (3, 41, 40)
    assert mask.shape == (41, 40)


def test_800_x_801(tmp_path, whole):
    folder = write_rrsis_d(tmp_path / "set", side=800)
    pixels, mask = read_dataset(folder, split="test")[0].read()
    assert pixels.shape[1:] == mask.shape == (801, 800)
    assert mask.sum() in range(95, 111)


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_rrsis_d_pickled_by_any_python(tmp_path, whole, protocol):
    assert read_dataset(write_rrsis_d(tmp_path / "set", protocol=protocol))


def test_refsegrs_with_its_defects(tmp_path, whole):
    samples = read_dataset(write_refsegrs(tmp_path / "set"))
    assert [sample.expression for sample in samples] == [
        "vehicle",
        "road markings",
        "light-duty vehicle in the parking area",
        "sidewalk along with the tree",
        "building",
    ]
    assert {sample.gsd for sample in samples} == {0.13}
    assert samples[0].image == samples[1].image
    mask = samples[0].read_mask()
    assert mask.sum() == 5 * 4  # grey ground is no target


def rewrite_mask(folder, mask, **profile):
    path = folder / "masks" / "2.tif"
    with rasterio.open(path) as dataset:
        kept = {**dataset.profile, **profile}
    with rasterio.open(path, "w", **kept) as dataset:
        dataset.write(mask.astype(np.uint8), 1)
        if "photometric" in profile:
            dataset.write_colormap(1, {0: (0, 0, 0), 1: (255, 255, 255)})


def test_a_mask_of_one_bit_is_black_and_white(tmp_path, whole):
    folder = write_refsegrs(tmp_path / "set")
    (sample,) = read_dataset(folder, split="val")
    mask = sample.read_mask()
    rewrite_mask(folder, mask, nbits=1)
    assert np.array_equal(sample.read_mask(), mask)
    rewrite_mask(folder, np.zeros_like(mask), nbits=1)
    assert not sample.read_mask().any()
    rewrite_mask(folder, np.zeros_like(mask))
    assert not sample.read_mask().any()


@pytest.mark.parametrize("profile", [{}, {"photometric": "palette"}])
def test_a_mask_of_0_and_1_is_broken_and_not_empty(tmp_path, whole, profile):
    folder = write_refsegrs(tmp_path / "set")
    samples = read_dataset(folder)
    rewrite_mask(folder, samples[3].read_mask(), **profile)
    (broken,) = inspect_samples(samples).broken
    assert "output_phrase_val.txt, line 1: " in broken
    assert "2.tif: no level of the mask is above 50, and the highest is 1" in broken


def replaced(*, at, **changes):
    def change(body):
        annotation = body["annotations"][at]
        annotation.update(changes)
        for key in [key for key, value in changes.items() if value is ...]:
            del annotation[key]

    return change


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            replaced(at=1, segmentation=...),
            r"instances\.json, annotation 101: lacks 'segmentation'",
        ),
        (
            replaced(at=1, id=7),
            r"instances\.json: lacks annotation 101, which .*refs\(unc\)\.p, entry 1 "
            "names",
        ),
        (
            replaced(at=1, categories_id=9),
            r"instances\.json: lacks category 9, which annotation 101 names",
        ),
        (
            replaced(at=1, id=...),
            r"instances\.json: not the instances of RRSIS-D: lacks 'id'",
        ),
        (
            lambda body: body.update(categories=[1]),
            r"instances\.json: not the instances of RRSIS-D: .* other kinds",
        ),
        (
            lambda body: body["annotations"].__setitem__(1, {"id": [3]}),
            r"instances\.json: not the instances of RRSIS-D: .* other kinds",
        ),
        (
            replaced(at=1, segmentation=[{"size": [4, 4], "counts": "X"}]),
            r"instances\.json, annotation 101: run-length mask",
        ),
        (
            replaced(at=1, segmentation=[[1, 2, 3, 4, 5, 6]]),
            r"instances\.json, annotation 101: a run-length mask must be",
        ),
        (
            lambda body: body.pop("categories"),
            r"instances\.json: not the instances of RRSIS-D: lacks 'categories'",
        ),
    ],
)
def test_broken_instances_are_named(tmp_path, whole, changed, reason):
    folder = write_rrsis_d(tmp_path / "set", changed=changed)
    with pytest.raises(DataError, match=reason) as failure:
        read_dataset(folder)
    assert "Error" not in str(failure.value)


@pytest.mark.parametrize(
    ("refs", "reason"),
    [
        ({"a": 1}, "not a list"),
        ([3], "entry 0: not an entry"),
        ([{"ann_id": 100}], "entry 0: not an entry of RRSIS-D: lacks 'image_id'"),
        ([ref_of(0, "train", ann_id=[1])], "'ann_id' must be int, got list"),
        ([ref_of(0, "minival")], "split 'minival' is none of"),
        ([ref_of(0, "train", text=" ")], "no words"),
        ([ref_of(0, "train", sentences=None)], "entry 0: not an entry"),
        ([ref_of(0, "train", image_id="77777")], r"there is no .*77777\.jpg"),
    ],
)
def test_broken_lists_of_rrsis_d_are_named(tmp_path, whole, refs, reason):
    folder = write_rrsis_d(tmp_path / "set", refs=refs)
    with pytest.raises(DataError, match=reason) as failure:
        read_dataset(folder)
    assert "Error" not in str(failure.value)


def test_a_pickle_that_runs_code_is_refused_and_not_run(tmp_path, whole):
    folder = write_rrsis_d(tmp_path / "set")

    class Evil:
        def __reduce__(self):
            return (folder / "rrsisd").rmdir, ()

    refs = folder / "rrsisd" / "refs(unc).p"
    refs.write_bytes(pickle.dumps([Evil()]))
    with pytest.raises(DataError, match=r"refs\(unc\)\.p: holds more than plain data"):
        read_dataset(folder)


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("rrsis-d", "images/rrsisd/JPEGImages/00001.jpg"),
        ("rrsis-d", "rrsisd/instances.json"),
        ("rrsis-d", "rrsisd/refs(unc).p"),
        ("refsegrs", "images/1.tif"),
        ("refsegrs", "masks/3.tif"),
        ("refsegrs", "output_phrase_val.txt"),
        ("risbench", "img_rgb/00b.png"),
        ("risbench", "mask/00c.png"),
    ],
)
def test_a_missing_file_is_named_and_never_skipped(kind, file, tmp_path, whole):
    folder = WRITERS[kind](tmp_path / "set")
    before = len(read_dataset(folder))
    (folder / file).unlink()
    with pytest.raises(DataError) as caught:
        read_dataset(folder)
    assert (folder / file).name in str(caught.value)
    if "rrsisd/" not in file.removeprefix("images/"):
        assert 0 < len(read_dataset(folder, partial=True)) < before


def test_a_broken_image_is_named_when_it_is_read(tmp_path, whole):
    folder = write_refsegrs(tmp_path / "set")
    (folder / "images" / "1.tif").write_bytes(b"II*\0 and nothing more")
    broken = read_dataset(folder)[2]
    with pytest.raises(DataError, match=r"phrase_train\.txt, line 3: .*1\.tif"):
        broken.read()


def test_a_line_without_words_is_named(tmp_path, whole):
    lines = {"train": "0 road\n1 \n", "val": "2 a\n", "test": "3 b\n"}
    with pytest.raises(DataError, match=r"phrase_train\.txt, line 2: .* no words"):
        read_dataset(write_refsegrs(tmp_path / "set", lines))


def test_manifests_are_known_too(tmp_path, whole):
    samples = read_dataset(write_risbench(tmp_path / "set"))
    write_manifest(tmp_path / "set" / "manifest.jsonl", samples)
    assert len(read_dataset(tmp_path / "set" / "manifest.jsonl")) == 3
    assert kind_of(tmp_path / "set") == "manifest"
    assert len(read_dataset(tmp_path / "set", kind="risbench", split="val")) == 1


def test_what_is_none_of_them(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        read_dataset(tmp_path / "nowhere")
    with pytest.raises(
        DataError, match=r"is no known data set; a folder must hold manifest"
    ):
        read_dataset(tmp_path)
    with pytest.raises(OptionError, match="no kind of data set 'coco'"):
        read_dataset(tmp_path, kind="coco")
    with pytest.raises(OptionError, match="no split 'dev'"):
        read_dataset(tmp_path, split="dev")
    (tmp_path / "other.json").write_text(json.dumps({}))
    with pytest.raises(DataError, match=r"other\.json, line 1: lacks"):
        read_dataset(tmp_path / "other.json")
