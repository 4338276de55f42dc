"""Own layers on the command line."""

import geopandas as gpd
import pytest
from click.testing import CliRunner
from shapely.geometry import Point, box

from cli.main import main
from cli.options import read_own_layers
from rrsis_geo.errors import OptionError
from rrsis_geo.job_texts import OwnLayer


@pytest.mark.parametrize(
    ("layers", "conditions", "message"),
    [
        (["roads.gpkg"], [], "WORD=FILE"),
        (["road="], [], "WORD=FILE"),
        (["road=a.gpkg"], ["road"], "WORD=SQL"),
        (["road=a.gpkg"], ["street=x = 1"], "no own layer 'street'"),
    ],
)
def test_values_that_are_not_understood(layers, conditions, message):
    with pytest.raises(OptionError, match=message):
        read_own_layers(layers, conditions)


def test_each_layer_gets_its_condition():
    layers = ["road=a.gpkg|layername=streets", "cadastral plot=b=c.gpkg"]
    assert read_own_layers(layers, ["road=class = 'primary'"]) == (
        OwnLayer("road", "a.gpkg|layername=streets", "class = 'primary'"),
        OwnLayer("cadastral plot", "b=c.gpkg"),
    )


def test_a_question_that_layers_answer_alone(make_scene, tmp_path):
    scene = make_scene(crs="EPSG:32631")
    bounds = gpd.GeoSeries([box(*rasterio_bounds(scene))], crs="EPSG:32631")
    left, bottom, right, top = bounds.total_bounds
    wells = gpd.GeoDataFrame(
        {"use": ["old", "new", "new"]},
        geometry=[
            Point(left + (right - left) * share, bottom + (top - bottom) / 2)
            for share in (0.1, 0.4, 0.8)
        ],
        crs="EPSG:32631",
    )
    wells.to_crs(4326).to_file(tmp_path / "wells.geojson")
    output = tmp_path / "found.gpkg"
    result = CliRunner().invoke(
        main,
        [
            *("segment", str(scene), "the westernmost well", "-o", str(output)),
            *("--own-layer", f"well={tmp_path / 'wells.geojson'}"),
            *("--own-layer-where", "well=use = 'new'", "--explain"),
        ],
    )
    assert result.exit_code == 0, result.output
    found = gpd.read_file(output)
    assert found["use"].tolist() == ["new"]
    assert found.geometry[0].distance(wells.geometry[1]) < 0.05
    assert 'step\t2\tfind "well"' in result.output


def rasterio_bounds(path):
    import rasterio

    with rasterio.open(path) as dataset:
        return tuple(dataset.bounds)
