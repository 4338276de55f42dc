"""A layer against a layer: searched area, fields, coordinate systems, errors."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.evaluation.scenes.layer_scores import score_polygons
from rrsis_geo.evaluation.scenes.scene_report import (
    lines,
    write_counts,
    write_scene_image,
)
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.vector.formats import FORMATS

LEFT, TOP, GSD = 500_000, 5_000_000, 0.5


def layer(path, *corners, crs="EPSG:32631", **columns):
    """Boxes given in pixels of the scenes of `make_scene`."""
    shapes = [
        shapely.box(LEFT + a * GSD, TOP - d * GSD, LEFT + c * GSD, TOP - b * GSD)
        for a, b, c, d in corners
    ]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:32631")
    frame = frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)
    frame.to_file(path)
    return path


@pytest.fixture
def found(tmp_path):
    corners = (10, 5, 25, 15), (30, 20, 36, 28)
    return layer(tmp_path / "found.gpkg", *corners, expression=["x", "x"])


@pytest.fixture
def truth(tmp_path):
    corners = (10, 5, 25, 14), (2, 22, 8, 28)
    kinds = ["tank", "tank"]
    return layer(tmp_path / "truth.geojson", *corners, crs="EPSG:4326", kind=kinds)


def test_layers_meet_in_the_scenes_grid(found, truth, make_scene):
    result = score_polygons(found, truth, scene=make_scene(), rule="outline")
    scores = result.scores
    assert (scores.objects, scores.polygons, scores.found) == (2, 2, 1)
    assert scores.km2 == pytest.approx(40 * 30 * 0.25 / 1e6, rel=2e-3)
    # 135 pixels shared; 150 + 48 and 135 + 36 together
    assert scores.iou == pytest.approx(135 / (150 + 48 + 36), rel=1e-3)
    assert result.area.borders is None
    text = dict(line.split("\t") for line in lines(result))
    assert text["recall"] == "50.0 % of 2"
    assert text["broken or doubled at window borders"].startswith("not known")


def test_without_a_scene_there_is_no_area(found, truth):
    scores = score_polygons(found, truth).scores
    assert (scores.found, scores.km2, scores.wrong_per_km2) == (1, 0, None)


def test_ground_without_data_does_not_count(found, truth, make_scene):
    valid = np.ones((30, 40), bool)
    valid[:, 20:] = False
    scene = make_scene(mask=valid)
    half = score_polygons(found, truth, scene=scene).scores.km2
    assert half == pytest.approx(20 * 30 * 0.25 / 1e6, rel=2e-3)


def test_rectangles_are_boxes_and_other_shapes_outlines(found, truth, tmp_path):
    square = layer(tmp_path / "square.gpkg", (10, 5, 25, 14))
    assert score_polygons(found, square).rule == "box"
    round_one = gpd.read_file(square)
    round_one.geometry = round_one.geometry.buffer(1)
    round_one.to_file(tmp_path / "round.gpkg")
    assert score_polygons(found, tmp_path / "round.gpkg").rule == "outline"


def bright(pixels):
    return (pixels.mean(axis=1, keepdims=True) > 150).astype(np.float32)


def test_the_manifest_says_what_was_searched(make_scene, tmp_path):
    scene = make_scene(width=80, height=60, target=(10, 5, 15, 10))
    output = tmp_path / "out.gpkg"
    box = (LEFT, TOP - 30 * GSD, LEFT + 40 * GSD, TOP)
    job = SegmentJob(
        scene=scene,
        expressions=("bright",),
        output=str(output),
        options=SegmentOptions(bbox=box, window_size=32, overlap=8, gsd=GSD),
    )
    run(job, predictor=bright)
    truth = layer(tmp_path / "truth.gpkg", (10, 5, 25, 15), (60, 40, 70, 50))
    result = score_polygons(output, truth)
    scores = result.scores
    assert (scores.objects, scores.polygons, scores.found) == (1, 1, 1)
    assert scores.iou == pytest.approx(1)
    assert scores.border_broken == 0
    cols, rows = result.area.borders
    assert list(cols) == [24, 32, 48, 56]
    assert list(rows) == [24, 28, 32, 56]
    assert scores.km2 == pytest.approx(40 * 30 * 0.25 / 1e6, rel=2e-3)

    write_scene_image(result, tmp_path / "p.png")
    with Image.open(tmp_path / "p.png") as image:
        assert image.size == (60, 50)  # the box and a margin
        colours = {colour for _, colour in image.getcolors(4000)}
    assert (64, 200, 96) in colours
    write_counts(result, tmp_path / "c.json")
    assert json.loads((tmp_path / "c.json").read_text())["recall"] == 1

    within = layer(tmp_path / "within.gpkg", (0, 20, 40, 30))
    assert score_polygons(output, truth, within=within).scores.objects == 0


def test_fields_and_expressions_choose_rows(tmp_path):
    found = layer(
        tmp_path / "f.gpkg",
        (10, 5, 25, 15),
        (30, 20, 36, 28),
        expression=["tank", "roof"],
    )
    truth = layer(
        tmp_path / "t.gpkg", (10, 5, 25, 15), (30, 20, 36, 28), kind=["tank", "roof"]
    )
    result = score_polygons(found, truth, expression="tank", where=("kind", "tank"))
    assert (result.scores.objects, result.scores.polygons) == (1, 1)
    with pytest.raises(OptionError, match=r"several expressions; .*'roof', 'tank'"):
        score_polygons(found, truth)
    with pytest.raises(OptionError, match="none is of the expression 'car'"):
        score_polygons(found, truth, expression="car")
    with pytest.raises(OptionError, match="no field 'class'"):
        score_polygons(found, truth, expression="tank", where=("class", "tank"))
    with pytest.raises(OptionError, match="no kind is 'car'"):
        score_polygons(found, truth, expression="tank", where=("kind", "car"))


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_what_cannot_be_compared_gets_a_one_line_error(found, truth, tmp_path):
    with pytest.raises(DataError, match=r"gone\.gpkg: cannot be read: there is no"):
        score_polygons(tmp_path / "gone.gpkg", truth)
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs="EPSG:4326")
    points.to_file(tmp_path / "points.gpkg")
    with pytest.raises(DataError, match="holds no polygon"):
        score_polygons(found, tmp_path / "points.gpkg")
    nowhere = layer(tmp_path / "nowhere.gpkg", (1, 1, 9, 9), crs=None)
    with pytest.raises(DataError, match="has no CRS"):
        score_polygons(found, nowhere)
    with pytest.raises(OptionError, match="--within needs the scene"):
        score_polygons(found, truth, within=truth)
    (tmp_path / "found.run.json").write_text("{}")
    with pytest.raises(DataError, match="no run manifest"):
        score_polygons(found, truth)
    (tmp_path / "found.run.json").unlink()
    with pytest.raises(OptionError, match="name it with --scene"):
        write_scene_image(score_polygons(found, truth), tmp_path / "p.png")


def test_an_empty_layer_finds_nothing(make_scene, tmp_path, truth):
    scene = make_scene()
    output = tmp_path / "none.gpkg"
    job = SegmentJob(scene=scene, expressions=("dark",), output=str(output))
    dark = SegmentOptions(window_size=32, overlap=8, gsd=GSD)
    run(
        SegmentJob.from_mapping({**job.to_mapping(), "options": vars(dark)}),
        predictor=lambda pixels: bright(pixels) * 0,
    )
    scores = score_polygons(output, truth).scores
    assert (scores.objects, scores.polygons, scores.recall) == (2, 0, 0)


def test_truth_of_other_ground_is_refused(found, make_scene, tmp_path):
    for crs in ("EPSG:32733", "EPSG:4326", "EPSG:3857"):
        away = gpd.read_file(found)
        away = away.set_crs("EPSG:32733", allow_override=True).to_crs(crs)
        away.to_file(tmp_path / "away.gpkg", mode="w")
        with pytest.raises(DataError, match=r"truth .*other ground than the scene"):
            score_polygons(found, tmp_path / "away.gpkg", scene=make_scene())
        with pytest.raises(DataError, match=r"other ground than the polygons"):
            score_polygons(found, tmp_path / "away.gpkg")
        with pytest.raises(DataError, match=r"polygons .*other ground than the scene"):
            score_polygons(tmp_path / "away.gpkg", found, scene=make_scene())


def test_truth_around_an_empty_scene_is_no_other_ground(found, make_scene, tmp_path):
    around = layer(tmp_path / "around.gpkg", (-90, -90, -80, -80), (200, 200, 210, 210))
    scores = score_polygons(found, around, scene=make_scene()).scores
    assert (scores.objects, scores.polygons) == (0, 2)


def test_layers_of_several_are_named_or_chosen(found, truth, make_scene, tmp_path):
    several = tmp_path / "several.gpkg"
    gpd.read_file(truth).to_file(several, layer="tanks")
    gpd.read_file(found).to_file(several, layer="old", mode="a")
    scene = make_scene()
    with pytest.raises(DataError, match=r"'tanks' .*'old' .*--truth-layer"):
        score_polygons(found, several, scene=scene)
    plain = score_polygons(found, truth, scene=scene, rule="outline").scores
    for named in (
        {"truth": several, "truth_layer": "tanks"},
        {"truth": Path(f"{several}|layername=tanks")},
    ):
        assert (
            score_polygons(found, **named, scene=scene, rule="outline").scores == plain
        )
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs="EPSG:4326")
    gpd.read_file(truth).to_file(tmp_path / "one.gpkg", layer="tanks")
    points.to_file(tmp_path / "one.gpkg", layer="labels", mode="a")
    taken = score_polygons(found, tmp_path / "one.gpkg", scene=scene, rule="outline")
    assert taken.scores == plain
    assert "'tanks' is taken" in taken.notes[0]


def test_own_results_are_scored_in_every_written_format(make_scene, tmp_path):
    scene = make_scene(width=80, height=60, target=(10, 5, 15, 10))
    truth = layer(tmp_path / "truth.gpkg", (10, 5, 25, 15))
    for extension in (one.extensions[0] for one in FORMATS):
        output = tmp_path / f"out{extension}"
        options = SegmentOptions(window_size=32, overlap=8, gsd=GSD)
        job = SegmentJob(
            scene=scene, expressions=("x",), output=str(output), options=options
        )
        run(job, predictor=bright)
        scores = score_polygons(output, truth).scores
        assert scores.iou == pytest.approx(1, abs=0.01), extension
        assert score_polygons(output, output).scores.found == 1
        output.with_name("out.run.json").unlink()


def search(scene, output, expression="bright", **options):
    job = SegmentJob(
        scene=scene,
        expressions=(expression,),
        output=str(output),
        layer=options.pop("layer", None),
        append=output.exists(),
        options=SegmentOptions(window_size=32, overlap=8, gsd=GSD, **options),
    )
    run(job, predictor=bright)


def test_polygons_of_several_scenes_are_scored_in_the_one_that_is_named(
    make_scene, tmp_path
):
    first = make_scene(name="first.tif", width=80, height=60, target=(10, 5, 15, 10))
    second = make_scene(name="second.tif", width=64, height=90, target=(20, 70, 10, 10))
    output = tmp_path / "out.gpkg"
    search(first, output)
    search(second, output)
    truth = layer(tmp_path / "truth.gpkg", (10, 5, 25, 15), (20, 70, 30, 80))
    with pytest.raises(
        OptionError, match=r"2 scenes; .*--scene: .*first.tif, .*second"
    ):
        score_polygons(output, truth)
    for scene, size in ((first, (80, 60)), (second, (64, 90))):
        area = score_polygons(output, truth, scene=Path(scene)).area
        assert (area.grid.width, area.grid.height) == size
    # the second object lies below the first scene
    assert score_polygons(output, truth, scene=Path(first)).scores.objects == 1
    assert score_polygons(output, truth, scene=Path(second)).scores.objects == 2


def test_polygons_of_several_areas_are_not_scored_in_the_last_one(make_scene, tmp_path):
    scene = make_scene(width=80, height=60, target=(10, 5, 15, 10))
    output = tmp_path / "out.gpkg"
    search(scene, output, bbox=(LEFT, TOP - 15, LEFT + 20, TOP))
    search(scene, output, bbox=(LEFT + 20, TOP - 15, LEFT + 40, TOP))
    truth = layer(tmp_path / "truth.gpkg", (10, 5, 25, 15))
    with pytest.raises(OptionError, match=r"2 runs over different areas.*--within"):
        score_polygons(output, truth)
    output.with_name("out.run.json").unlink()
    assert score_polygons(output, truth, scene=Path(scene)).scores.found == 1


def test_a_manifest_speaks_of_its_own_layer_only(make_scene, tmp_path):
    scene = make_scene(width=80, height=60, target=(10, 5, 15, 10))
    output = tmp_path / "out.gpkg"
    half = (LEFT, TOP - 15, LEFT + 20, TOP)
    search(scene, output)
    search(scene, output, layer="west", bbox=half)
    truth = layer(tmp_path / "truth.gpkg", (10, 5, 25, 15))
    widths = {
        name: score_polygons(output, truth, layer=name).area.km2
        for name in ("bright", "west")
    }
    assert widths["west"] == pytest.approx(widths["bright"] / 4, rel=0.01)
    output.with_name("out.west.run.json").unlink()
    assert score_polygons(output, truth, layer="west").area.scene is None


def test_a_manifest_whose_grid_has_no_area_is_damaged(make_scene, tmp_path):
    scene = make_scene(width=80, height=60, target=(10, 5, 15, 10))
    output = tmp_path / "out.gpkg"
    search(scene, output)
    manifest = tmp_path / "out.run.json"
    body = json.loads(manifest.read_text())
    body["grid"]["transform"][:2] = [0, 0]
    manifest.write_text(json.dumps(body))
    with pytest.raises(DataError, match=r"out.run.json: the run manifest is damaged"):
        score_polygons(output, layer(tmp_path / "truth.gpkg", (10, 5, 25, 15)))
