import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.scene.scene import Scene

NO_PLACE = Affine.identity()
LOCAL = 'LOCAL_CS["site grid",UNIT["metre",1]]'


def refused(error, message, path, **options):
    with pytest.raises(error, match=message) as failure, Scene.open(path, **options):
        pass
    assert "\n" not in str(failure.value)


def test_no_crs_is_refused_with_both_options(make_scene):
    path = make_scene(crs=None)
    refused(SceneError, r"no CRS.*--crs EPSG:.*--pixel-coordinates", path)


def test_a_local_crs_is_refused_like_no_crs(make_scene):
    path = make_scene(crs=LOCAL)
    refused(SceneError, r"only a local CRS.*--crs EPSG:.*--pixel-coordinates", path)
    with Scene.open(path, crs="EPSG:32631") as scene:
        assert scene.grid().crs.to_epsg() == 32631
        assert scene.advice == ()
    with Scene.open(path, pixel_coordinates=True) as scene:
        assert scene.grid().crs is None


def test_a_crs_may_be_given(make_scene):
    with Scene.open(make_scene(crs=None), crs="EPSG:32631") as scene:
        assert scene.grid().crs.to_epsg() == 32631
        assert scene.gsd == pytest.approx(0.5, rel=1e-3)
        assert scene.advice == ()


def test_a_given_crs_replaces_that_of_the_file_with_a_note(make_scene):
    with Scene.open(make_scene(), crs="EPSG:32632") as scene:
        assert scene.grid().crs.to_epsg() == 32632
        assert "EPSG:32631; --crs EPSG:32632 is used" in scene.advice[0]
    with Scene.open(make_scene(), crs="EPSG:32631") as scene:
        assert scene.advice == ()


@pytest.mark.parametrize("crs", ["", "EPSG:1", "mercator", "EPSG:99999999", LOCAL])
def test_an_invalid_crs_is_refused(make_scene, crs, capfd):
    refused(OptionError, "^crs .*like EPSG:32633", make_scene(crs=None), crs=crs)
    assert capfd.readouterr().err == ""


def test_an_implausible_crs_is_refused(make_scene):
    refused(SceneError, r"outside its CRS, EPSG:4326", make_scene(), crs="EPSG:4326")


def test_pixel_coordinates_grow_downwards_from_the_corner(make_scene):
    with Scene.open(make_scene(crs=None), pixel_coordinates=True) as scene:
        grid = scene.grid()
        assert grid.transform == Affine.identity()
        assert (scene.gsd, grid.crs) == (1, None)
        assert scene.grid(2.0).width == 20


def test_pixel_coordinates_are_ignored_with_a_note_if_there_is_a_crs(make_scene):
    with Scene.open(make_scene(), pixel_coordinates=True) as scene:
        assert scene.grid().crs.to_epsg() == 32631
        assert "does nothing" in scene.advice[0]


def test_a_crs_without_a_transform_is_refused(make_scene):
    path = make_scene(crs=None, transform=NO_PLACE)
    refused(SceneError, "no transform, world file or ground", path, crs="EPSG:32631")
    with Scene.open(path, pixel_coordinates=True) as scene:
        assert scene.grid().crs is None


def test_a_degenerate_transform_is_refused(make_scene):
    refused(SceneError, "no area", make_scene(transform=Affine(1, 0, 5e5, 2, 0, 5e6)))


def test_ground_control_points_without_crs_take_the_given_one(make_scene):
    points = [
        GroundControlPoint(row, col, 5e5 + col / 2, 5e6 - row / 2)
        for row in (0, 30)
        for col in (0, 40)
    ]
    path = make_scene(gcps=points, crs=None)
    refused(SceneError, "no CRS", path)
    with Scene.open(path, crs="EPSG:32631") as scene:
        assert scene.grid().bounds() == pytest.approx((5e5, 5e6 - 15, 5e5 + 20, 5e6))


def test_degenerate_ground_control_points_are_refused(make_scene):
    points = [GroundControlPoint(5, 5, 5e5, 5e6)] * 4
    refused(
        SceneError,
        "cannot be warped by its ground control points",
        make_scene(gcps=points),
    )


def test_rpcs_alone_are_refused_with_advice(make_scene):
    many = " ".join(["0"] * 20)
    rpcs = {
        **{f"{name}_OFF": "1" for name in ("LINE", "SAMP", "LAT", "LONG", "HEIGHT")},
        **{f"{name}_SCALE": "1" for name in ("LINE", "SAMP", "LAT", "LONG", "HEIGHT")},
        **{
            f"{name}_{part}_COEFF": many
            for name in ("LINE", "SAMP")
            for part in ("NUM", "DEN")
        },
    }
    path = make_scene(crs=None, transform=NO_PLACE)
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(ns="RPC", **rpcs)
    refused(SceneError, r"only RPCs.*gdalwarp -rpc", path)
    refused(SceneError, r"only RPCs.*gdalwarp -rpc", path, crs="EPSG:32631")
    with Scene.open(path, pixel_coordinates=True) as scene:
        assert scene.gsd == 1


def test_other_celestial_bodies_are_supported(make_scene):
    mars = 'GEOGCS["Mars",DATUM["Mars",SPHEROID["Mars",3396190,169.894447]],'
    mars += 'PRIMEM["0",0],UNIT["degree",0.0174532925199433]]'
    path = make_scene(crs=mars, transform=Affine(1e-5, 0, 130, 0, -1e-5, 4e-4))
    with Scene.open(path) as scene:
        across = np.radians(1e-5) * 3396190
        assert scene.native.pixel_size[0] == pytest.approx(across, rel=1e-6)
