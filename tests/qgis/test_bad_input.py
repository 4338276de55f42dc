"""Unusual input either fails with one clear sentence or works."""

import os
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from rrsis_geo_qgis.layers import result_layers
from rrsis_geo_qgis.layers.area import Area
from rrsis_geo_qgis.panel.area.area_chooser import RECTANGLE, SELECTED
from rrsis_geo_qgis.panel.options import displayed_bands

gdal.UseExceptions()


@pytest.fixture
def raster(tmp_path):
    """A factory of raster layers in the project: grey noise with a bright square."""

    def make(*, bands=3, kind=gdal.GDT_Byte, crs=32631, turned=False, peak=255):
        path = str(tmp_path / f"raster-{bands}-{kind}-{crs}-{turned}.tif")
        side = 600
        data = gdal.GetDriverByName("GTiff").Create(path, side, side, bands, kind)
        step = (0.4, 0.3, 0.3, -0.4) if turned else (0.5, 0, 0, -0.5)
        data.SetGeoTransform((500_000, step[0], step[1], 5e6, step[2], step[3]))
        if crs:
            system = osr.SpatialReference()
            system.ImportFromEPSG(crs)
            data.SetProjection(system.ExportToWkt())
        pixels = np.random.default_rng(0).integers(0, peak // 2, (side, side))
        pixels[200:300, 100:250] = peak
        for band in range(1, bands + 1):
            data.GetRasterBand(band).WriteArray(pixels)
        data.FlushCache()
        del data
        layer = QgsRasterLayer(path, "raster", "gdal")
        QgsProject.instance().addMapLayer(layer)
        return layer

    return make


def refusal(panel, messages):
    panel.run()
    assert not panel.search.running
    assert not any(Path(panel.advanced.folder.filePath()).glob("*"))
    ((_level, text),) = messages()
    return text


def run_over(panel, layer, until):
    panel.layer.setLayer(layer)
    panel.options.threshold.setValue(0.01)
    panel.advanced.resolve.setCurrentIndex(1)  # the network, which paints all
    panel.run()
    until(lambda: panel.ended)
    return panel.ended[-1]


def test_no_layer(panel, messages):
    QgsProject.instance().removeMapLayer(panel.scene.id())

    assert "no raster layer" in refusal(panel, messages)


@pytest.mark.parametrize("text", ["", "  \n ", "# only a remark"])
def test_an_empty_expression(panel, messages, text):
    panel.query.edit.setPlainText(text)

    assert refusal(panel, messages).startswith("Say what to look for")


def test_an_expression_that_is_too_long(panel, messages):
    panel.query.edit.setPlainText("tank " * 400)

    assert "at most 1000" in refusal(panel, messages)


def test_a_layer_without_crs(panel, raster, messages):
    layer = raster(crs=None)
    layer.setCrs(QgsCoordinateReferenceSystem())
    panel.layer.setLayer(layer)

    assert "has no CRS" in refusal(panel, messages)


def test_a_crs_that_only_qgis_knows_is_passed_on(panel, raster, until):
    layer = raster(crs=None)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32631"))

    assert run_over(panel, layer, until).kind == "found"
    (found,) = result_layers.run_layers(panel.ended[-1].run)
    assert found.crs().authid() == "EPSG:32631"


def test_a_rotated_raster_gives_polygons_where_it_lies(panel, raster, until):
    layer = raster(turned=True)

    assert run_over(panel, layer, until).kind == "found"
    (found,) = result_layers.run_layers(panel.ended[-1].run)
    corners = [(0, 0), (600, 0), (600, 600), (0, 600), (0, 0)]
    outline = ", ".join(
        f"{500_000 + 0.4 * col + 0.3 * row} {5e6 + 0.3 * col - 0.4 * row}"
        for col, row in corners
    )
    outline = QgsGeometry.fromWkt(f"Polygon(({outline}))").buffer(0.01, 1)
    assert all(outline.contains(item.geometry()) for item in found.getFeatures())


def test_eight_bands_of_sixteen_bits(panel, raster, until):
    layer = raster(bands=8, kind=gdal.GDT_UInt16, peak=9000)

    assert run_over(panel, layer, until).kind == "found"
    panel.advanced.displayed.setChecked(True)
    chosen = panel.advanced.values(layer)["bands"]
    assert chosen == displayed_bands(layer)
    assert len(chosen) in (1, 3)


def test_an_area_outside_the_layer(panel, messages):
    box = panel.scene.extent()
    box = QgsRectangle(box.xMaximum() + 10, box.yMinimum(), box.xMaximum() + 90, 1e7)
    panel.area.choice.setCurrentIndex(RECTANGLE)
    panel.area.tool.drawn.emit(Area(QgsGeometry.fromRect(box), panel.scene.crs()))

    assert "lies outside layer demo" in refusal(panel, messages)


def test_an_area_that_is_not_drawn_yet(panel, messages):
    panel.area.choice.setCurrentIndex(RECTANGLE)

    assert "No area is drawn" in refusal(panel, messages)


def test_nothing_selected(panel, messages):
    panel.area.choice.setCurrentIndex(SELECTED)

    assert "no polygon layer" in refusal(panel, messages)


def test_a_folder_that_cannot_be_written(panel, messages, tmp_path):
    barrier = tmp_path / "a file"
    barrier.write_text("no folder")
    panel.advanced.folder.setFilePath(str(barrier / "results"))
    panel.run()

    ((_level, text),) = messages()
    assert str(barrier) in text
    assert "another output folder" in text
    assert not panel.search.running


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_folder(panel, messages, tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    panel.advanced.folder.setFilePath(str(shut))

    assert "cannot be written" in refusal(panel, messages)


def test_weights_that_are_none(panel, until, messages):
    panel.options.weights.setEditText("/nowhere/weights.safetensors")
    panel.run()
    until(lambda: panel.ended)

    ((_level, text),) = messages()
    assert panel.ended[0].kind == "failed"
    assert "/nowhere/weights.safetensors" in text


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted there")
def test_a_file_that_is_gone_but_open_in_qgis_is_copied_first(panel, until, raster):
    layer = raster()
    os.remove(layer.source())

    outcome = run_over(panel, layer, until)

    assert outcome.kind == "found"
    assert (Path(outcome.run) / "scene.tif").exists()
