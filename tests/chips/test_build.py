"""What a folder of chips holds, pixel by pixel and word by word."""

import json
import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image
from shapely.geometry import shape

from rrsis_geo.chips.build import build_chips
from rrsis_geo.chips.chip_folder import write_chips
from rrsis_geo.chips.chip_plan import plan_chips
from rrsis_geo.chips.folder_staging import staged_folder
from rrsis_geo.chips.image_sources import SceneInput, SceneSource, read_coco_sources
from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.chips.vector_labels import read_vector_labels
from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.formats.manifest import read_manifest
from rrsis_geo.datasets.inspection import inspect_samples
from rrsis_geo.errors import DataError, OptionError

SMALL = BuildOptions(size=96, gap=12, expressions=5)


def sources_of(*towns, gsd=(), incomplete=(), area=None, **labels):
    labels = labels or {"field": "class"}
    return [
        SceneSource(
            SceneInput(
                path=scene, labels=read_vector_labels(file, **labels), area=area
            ),
            gsd=gsd,
            incomplete=frozenset(incomplete),
        )
        for scene, file, _ in towns
    ]


def made(sources, options=SMALL):
    cuts, left = plan_chips(sources, options)
    return list(build_chips(sources, cuts, options, left_out=left)), left


def boxes_in(chip, places):
    """(H, W) numbers of the boxes a chip shows, by its place in the name."""
    row, col = (int(part[1:]) for part in chip.name.split("-")[-2:])
    _, height, width = chip.pixels.shape
    shown = np.zeros((height, width), int)
    for number, (left, top, right, bottom) in enumerate(places, start=1):
        rows = slice(max(top - row, 0), max(bottom - row, 0))
        cols = slice(max(left - col, 0), max(right - col, 0))
        shown[rows, cols] = number
    return shown


def target(line):
    return rle.decode(line.mask)


def test_masks_lie_exactly_on_whole_objects(town):
    scene, file, places = town()
    chips, left = made(sources_of((scene, file, places)))
    kinds = set()
    for chip in chips:
        shown = boxes_in(chip, places)
        for line in chip.expressions:
            mask = target(line)
            numbers = set(shown[mask].tolist())
            assert 0 not in numbers
            for number in numbers:
                assert mask[shown == number].all()
                kind = "tank" if (number - 1) % 3 == 0 else "roof"
                assert line.category == kind
            there = {
                number
                for number in np.unique(shown[shown > 0]).tolist()
                if ("tank" if (number - 1) % 3 == 0 else "roof") == line.category
            }
            assert line.same_class == len(there)
            assert (line.type == "no-target") == (not numbers)
            if line.type in ("category", "synonym"):
                assert numbers == there
            kinds.add(line.type)
    assert len(chips) >= 20
    assert len(kinds) > 5
    assert {chip.split for chip in chips} == {"train", "val", "test"}
    assert left.no_data == 0


def test_what_is_on_the_left_is_on_the_left(town):
    chips, _ = made(sources_of(town()), BuildOptions(size=128, gap=8, expressions=10))
    checked = 0
    for chip in chips:
        for line in chip.expressions:
            if line.type == "location" and target(line).any():
                rows, cols = np.nonzero(target(line))
                words = line.text.lower()
                if "left" in words and "half" in words:
                    checked += 1
                    assert np.median(cols) < 64
                if "bottom" in words and "half" in words:
                    checked += 1
                    assert np.median(rows) > 64
    assert checked


def test_the_same_seed_gives_the_same_folder(town, tmp_path):
    towns = [town()]
    bodies = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        options = BuildOptions(size=96, gap=12, seed=seed)
        sources = sources_of(*towns)
        cuts, left = plan_chips(sources, options)
        with staged_folder(tmp_path / name, overwrite=False) as folder:
            write_chips(folder, build_chips(sources, cuts, options, left_out=left))
        bodies.append(
            {
                path.relative_to(tmp_path / name): path.read_bytes()
                for path in sorted((tmp_path / name).rglob("*.*"))
            }
        )
    assert bodies[0] == bodies[1]
    assert bodies[0] != bodies[2]


def test_a_folder_reads_back_and_is_whole(town, tmp_path):
    sources = sources_of(town())
    cuts, left = plan_chips(sources, SMALL)
    with staged_folder(tmp_path / "set", overwrite=False) as folder:
        samples = write_chips(folder, build_chips(sources, cuts, SMALL, left_out=left))
    again = read_manifest(tmp_path / "set" / "manifest.jsonl")
    assert len(again) == len(samples)
    found = inspect_samples(again)
    assert found.broken == []
    assert found.sizes == {(96, 96): len({sample.image for sample in again})}
    assert found.leaked == 0
    features = json.loads((tmp_path / "set" / "chips.geojson").read_text())["features"]
    by_split = {}
    for feature in features:
        name = feature["properties"]["chip"]
        assert (tmp_path / "set" / name).is_file()
        by_split.setdefault(feature["properties"]["split"], []).append(
            shape(feature["geometry"])
        )
    train, test = (shapely.union_all(by_split[name]) for name in ("train", "test"))
    # Twelve pixels of half a metre, in degrees at this latitude (45 degrees north).
    assert train.distance(test) > 11 * 0.5 / 111_320


def test_ground_of_two_scenes_keeps_its_split(town):
    one, other = town(seed=1), town(seed=2, east=150)
    chips, left = made(sources_of(one, other))
    assert {chip.name[:4] for chip in chips} == {"0000", "0001"}
    assert left.shared_ground > 0
    for chip in chips:
        for second in chips:
            if chip.split != second.split:
                assert not chip.footprint.intersects(second.footprint)


def test_several_scales(town):
    sources = sources_of(town(900, 800, count=120), gsd=(0.5, 1.0))
    chips, _ = made(sources)
    for gsd in (0.5, 1.0):
        assert any(chip.gsd == pytest.approx(gsd, rel=0.01) for chip in chips)
    for chip in chips:
        for second in chips:
            if chip.split != second.split:
                assert not chip.footprint.intersects(second.footprint)


def test_incomplete_classes_get_no_expressions(town):
    chips, _ = made(sources_of(town(), incomplete=["tank"]))
    assert {line.category for chip in chips for line in chip.expressions} == {"roof"}


def test_absent_classes_get_expressions_without_a_target(town):
    options = BuildOptions(size=96, gap=12, absent=("airplane",), no_target=0.4)
    chips, _ = made(sources_of(town()), options)
    planes = [
        line
        for chip in chips
        for line in chip.expressions
        if line.category == "airplane"
    ]
    assert planes
    assert not any(target(line).any() for line in planes)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_few_empty_chips(town, share):
    sparse = town(900, 900, count=6)
    options = BuildOptions(size=96, gap=12, empty=share, no_target=0.5)
    chips, _ = made(sources_of(sparse), options)
    bare = sum(not any(line.same_class for line in chip.expressions) for chip in chips)
    assert bare <= share * len(chips) + 3
    assert (bare > 0) == (share > 0)


def test_ground_without_data_makes_no_chips(town, make_scene):
    scene, file, places = town()
    with rasterio.open(scene) as dataset:
        pixels, place = dataset.read(), dataset.transform
    mask = np.full(pixels.shape[1:], 255, np.uint8)
    mask[:, :300] = 0
    holed = make_scene(pixels, transform=place, crs="EPSG:32631", mask=mask)
    chips, left = made(sources_of((holed, file, places)))
    assert left.no_data > 0
    for chip in chips:
        shown = boxes_in(chip, places)
        col = int(chip.name.split("-")[-1][1:])
        for line in chip.expressions:
            cols = np.nonzero(target(line))[1] + col
            assert (cols >= 300).all()
        assert shown.shape == chip.pixels.shape[1:]


def test_only_where_everything_is_labelled(town, tmp_path):
    scene, file, places = town()
    area = tmp_path / "area.gpkg"
    frame = shapely.box(500_000, 5e6 - 250, 500_200, 5e6)  # the left 400 pixels
    gpd.GeoDataFrame(geometry=[frame], crs="EPSG:32631").to_file(area)
    chips, left = made(
        sources_of((scene, file, places), area=str(area)),
        BuildOptions(size=96, gap=12, shares=(1, 0, 0)),
    )
    assert left.unlabelled > 0
    assert max(int(chip.name.split("-")[-1][1:]) for chip in chips) + 96 <= 400


def test_labels_that_stop_early_are_noted(town):
    scene, file, places = town()
    few = read_vector_labels(file, field="class")
    near = [at for at, (_, _, right, _) in enumerate(places) if right < 250]
    part = replace(
        few,
        outlines=few.outlines[near],
        category=tuple(few.category[at] for at in near),
    )
    source = SceneSource(
        SceneInput(path=scene, labels=part), gsd=(), incomplete=frozenset()
    )
    assert any("--area" in note for note in source.notes)
    assert sources_of((scene, file, places))[0].notes == ()


def coco(folder, *, images=6, side=120):
    """Images of one bright box each; the category's name is no key."""
    body = {"images": [], "annotations": [], "categories": []}
    body["categories"] = [{"id": 1, "name": "Solar Panels"}]
    for number in range(images):
        pixels = np.full((side, side + 20, 3), 30, np.uint8)
        pixels[20:60, 10:50] = 230
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=95)
        body["images"].append(
            {
                "id": number,
                "file_name": f"{number}.jpg",
                "width": side + 20,
                "height": side,
            }
        )
        body["annotations"].append(
            {
                "id": number,
                "image_id": number,
                "category_id": 1,
                "segmentation": [[10, 20, 50, 20, 50, 60, 10, 60]],
            }
        )
    path = folder / "instances.json"
    path.write_text(json.dumps(body))
    return path


def test_plain_images_of_a_coco_file(tmp_path):
    path = coco(tmp_path)
    sources = read_coco_sources(
        path, images=tmp_path, incomplete=frozenset(), together=2
    )
    whole = BuildOptions(size=0, shares=(1, 1, 1))
    cuts, left = plan_chips(sources, whole)
    with staged_folder(tmp_path / "set", overwrite=False) as folder:
        samples = write_chips(folder, build_chips(sources, cuts, whole, left_out=left))
    assert {sample.category for sample in samples} == {"solar_panel"}
    assert {path.suffix for path in (tmp_path / "set" / "chips").iterdir()} == {".jpg"}
    split_of = {sample.image.name[:4]: sample.split for sample in samples}
    for first, second in (("0000", "0001"), ("0002", "0003"), ("0004", "0005")):
        assert split_of[first] == split_of[second]
    assert sorted(split_of.values()) == ["test"] * 2 + ["train"] * 2 + ["val"] * 2
    for sample in read_manifest(tmp_path / "set" / "manifest.jsonl"):
        pixels, mask = sample.read()
        if sample.type != "no-target":
            assert mask.sum() == 1600
            assert pixels[:, mask].mean() > 200


def test_large_images_are_cut(tmp_path):
    path = coco(tmp_path, side=300)
    sources = read_coco_sources(
        path, images=tmp_path, incomplete=frozenset(), together=1
    )
    chips, _ = made(sources, BuildOptions(size=100, shares=(1, 0, 0), empty=0.4))
    assert {chip.pixels.shape for chip in chips} == {(3, 100, 100)}
    for chip in chips:
        for line in chip.expressions:
            if target(line).any():
                assert chip.pixels[:, target(line)].mean() > 180


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda body: body["annotations"].clear(), "holds no labelled object"),
        (
            lambda body: body["images"][2].update(file_name="x.jpg"),
            r"no image .*x\.jpg",
        ),
        (
            lambda body: body["categories"][0].update(name="7"),
            "'7' has no letters.*; rename it in the COCO file$",
        ),
    ],
)
def test_broken_coco_files_are_named(tmp_path, change, reason):
    path = coco(tmp_path)
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))
    with pytest.raises(DataError, match=reason):
        read_coco_sources(path, images=tmp_path, incomplete=frozenset(), together=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 10},
        {"gsd": (0.0,)},
        {"gsd": (math.inf,)},
        {"no_target": math.nan},
        {"expressions": 0},
        {"no_target": 1.2},
        {"empty": 1.0},
        {"shares": (0, 0, 0)},
        {"shares": (1.0,)},
        {"shares": (1.0, 0.0, math.inf)},
        {"shares": (1.0, math.nan, 0.0)},
        {"overlap": 1.0},
        {"gap": -1},
        {"seed": -1},
    ],
)
def test_options_out_of_range(wrong):
    (name,) = wrong
    with pytest.raises(OptionError, match=f"{name.replace('_', '-')} must be"):
        BuildOptions(**wrong)


def test_a_resolution_far_finer_than_the_scene(town):
    with pytest.raises(OptionError, match=r"--gsd 0\.1: .* has 0\.5 m per pixel"):
        sources_of(town(), gsd=(0.1,))
