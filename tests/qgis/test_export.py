"""Layers without a file are exported completely, or the export fails."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import leaked_frames
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeedback,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QBuffer, QIODevice, QThread
from qgis.PyQt.QtGui import QColor, QImage

AREA = QgsRectangle(1_000_000, 5_000_000, 1_000_600, 5_000_400)
"""EPSG:3857; about 451 by 301 metres on the ground."""


def picture(colour):
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(QColor(*colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


@pytest.fixture(autouse=True)
def let_go():
    """Clear frames that a traceback keeps alive: they must not outlive QGIS."""
    yield
    leaked_frames.clear()


@pytest.fixture
def tiles():
    """A tile server; `served` counts requests, `answer` returns status and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # the name is http.server's
            server = self.server
            server.served += 1
            code, body = server.answer(server.served)
            if body is None:
                place = [int(part.split(".")[0]) for part in self.path.split("/")[-3:]]
                body = picture((place[1] % 256, place[2] % 256, 99))
            self.send_response(code)
            self.send_header(
                "Content-Type", "image/png" if code == 200 else "text/html"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.served, server.answer = 0, lambda count: (200, None)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tile_layer(server, name):
    address = f"http://127.0.0.1:{server.server_port}/{name}/{{z}}/{{x}}/{{y}}.png"
    layer = QgsRasterLayer(f"type=xyz&url={address}&zmax=19&zmin=0", "tiles", "wms")
    assert layer.isValid()
    return layer


def prepared(layer, path, *, extent=AREA, gsd=0.5):
    from rrsis_geo_qgis.layers import export

    context = QgsCoordinateTransformContext()
    return export.plan_export(
        layer, extent=extent, gsd=gsd, path=str(path), transform_context=context
    )


def pixel(path, column, row):
    layer = QgsRasterLayer(str(path), "", "gdal")
    extent, provider = layer.extent(), layer.dataProvider()
    width = layer.rasterUnitsPerPixelX()
    place = QgsRectangle(
        extent.xMinimum() + column * width,
        extent.yMaximum() - (row + 1) * width,
        extent.xMinimum() + (column + 1) * width,
        extent.yMaximum() - row * width,
    )
    return [provider.block(band, place, 1, 1).value(0, 0) for band in (1, 2, 3, 4)]


def test_tiles_become_a_geotiff_at_the_wanted_resolution(tiles, tmp_path, qgis_app):
    export = prepared(tile_layer(tiles, "whole"), tmp_path / "scene.tif")
    path = export.run()

    assert os.listdir(tmp_path) == ["scene.tif"]
    layer = QgsRasterLayer(path, "", "gdal")
    assert layer.isValid()
    assert layer.crs().authid() == "EPSG:3857"
    # a metre of the ground is 1.32 of the map there
    assert layer.rasterUnitsPerPixelX() == pytest.approx(0.5 / 0.7556, rel=2e-3)
    assert layer.extent().contains(AREA)
    assert (layer.width(), layer.height()) == (export.columns, export.rows)
    corners = [(0, 0), (layer.width() - 1, layer.height() - 1)]
    assert all(pixel(path, *corner)[2:] == [99, 255] for corner in corners)


@pytest.mark.parametrize(
    "refusal", [(404, b"gone"), (500, b"oops"), (200, b"no image")]
)
def test_tiles_that_fail_half_way_refuse_the_image(tiles, tmp_path, qgis_app, refusal):
    tiles.answer = lambda count: (200, None) if count < 6 else refusal
    export = prepared(tile_layer(tiles, f"half{refusal[0]}"), tmp_path / "scene.tif")

    from rrsis_geo_qgis.core.errors import SceneError

    with pytest.raises(SceneError, match="tiles could not be fetched completely"):
        export.run()
    assert os.listdir(tmp_path) == []


def test_an_image_without_anything_is_refused(tiles, tmp_path, qgis_app):
    from rrsis_geo_qgis.core.errors import SceneError

    empty = QImage(256, 256, QImage.Format.Format_ARGB32)
    empty.fill(QColor(0, 0, 0, 0))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    empty.save(buffer, "PNG")
    tiles.answer = lambda count: (200, bytes(buffer.data()))

    with pytest.raises(SceneError, match="draws nothing"):
        prepared(tile_layer(tiles, "empty"), tmp_path / "scene.tif").run()
    assert os.listdir(tmp_path) == []


def test_lost_tiles_are_seen_after_hundreds_of_them(tiles, tmp_path, qgis_app):
    """QGIS itself logs only the first hundred."""
    from rrsis_geo_qgis.core.errors import SceneError

    tiles.answer = lambda count: (404, b"gone")
    layer = tile_layer(tiles, "never")
    for turn in range(8):
        with pytest.raises(SceneError):
            prepared(layer, tmp_path / f"{turn}.tif").run()
    assert tiles.served > 200


def test_cancelling_leaves_nothing(tiles, tmp_path, qgis_app):
    from rrsis_geo_qgis.core.errors import Cancelled

    feedback = QgsFeedback()

    def answer(count):
        if count == 3:
            feedback.cancel()
        return 200, None

    tiles.answer = answer
    with pytest.raises(Cancelled):
        prepared(tile_layer(tiles, "stop"), tmp_path / "scene.tif").run(feedback)
    assert os.listdir(tmp_path) == []


def test_an_export_runs_in_a_thread(tiles, tmp_path, qgis_app, qtbot):
    """As panel and Processing do it; a lost tile is noticed in a thread too."""

    class Work(QThread):
        def __init__(self, export):
            super().__init__()
            self.export, self.answer = export, None

        def run(self):
            try:
                self.answer = self.export.run()
            except Exception as error:
                self.answer = error

    def outcome(name):
        work = Work(prepared(tile_layer(tiles, name), tmp_path / f"{name}.tif"))
        with qtbot.waitSignal(work.finished, timeout=60_000):
            work.start()
        work.wait()
        return work.answer

    assert outcome("good") == str(tmp_path / "good.tif")
    tiles.answer = lambda count: (404, b"gone")
    assert "could not be fetched completely" in str(outcome("bad"))


def test_numbers_in_memory_keep_every_pixel(inputs, tmp_path, qgis_app):
    from osgeo import gdal
    from rrsis_geo_qgis.layers import export

    gdal.UseExceptions()
    gdal.Translate("/vsimem/scene.tif", str(inputs / "demo.tif"))
    layer = QgsRasterLayer("/vsimem/scene.tif", "in memory", "gdal")
    assert layer.isValid()
    assert export.find_source(layer) is None

    path = prepared(layer, tmp_path / "a.tif", extent=layer.extent(), gsd=3.0).run()

    before, after = gdal.Open(str(inputs / "demo.tif")), gdal.Open(path)
    assert before.GetGeoTransform() == pytest.approx(after.GetGeoTransform())
    assert (before.ReadAsArray() == after.ReadAsArray()).all()
    gdal.Unlink("/vsimem/scene.tif")


def test_what_cannot_be_exported_is_refused_at_once(tiles, tmp_path, qgis_app):
    from rrsis_geo_qgis.core.errors import OptionError, SceneError

    layer = tile_layer(tiles, "never asked")
    with pytest.raises(OptionError, match="outside"):
        prepared(layer, tmp_path / "a.tif", extent=QgsRectangle(9e7, 0, 9.1e7, 1))
    with pytest.raises(OptionError, match="too many"):
        prepared(layer, tmp_path / "a.tif", gsd=0.001)
    layer.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(SceneError, match="no CRS"):
        prepared(layer, tmp_path / "a.tif")
    assert tiles.served == 0


def test_a_folder_that_is_gone_refuses_the_image(tiles, tmp_path, qgis_app):
    from rrsis_geo_qgis.core.errors import SceneError

    export = prepared(tile_layer(tiles, "full"), tmp_path / "gone" / "scene.tif")
    with pytest.raises(SceneError, match="could not be fetched"):
        export.run()


def test_a_tile_layer_is_searched_or_the_run_refused(
    tiles, inputs, worker_python, tmp_path, qgis_app, monkeypatch
):
    """From the layer to polygons, through Processing."""
    from rrsis_geo_qgis.algorithms.segment_by_text import SegmentByText

    monkeypatch.setenv("RRSIS_GEO_PYTHON", worker_python)

    def search(layer):
        context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
        parameters = {
            "INPUT": layer,
            "EXPRESSION": "storage tank",
            "EXTENT": AREA,
            "GSD": 0.6,
            "THRESHOLD": 0.01,
            "RESOLVE": "network",
            "WEIGHTS": str(inputs / "tiny.safetensors"),
            "OUTPUT": str(tmp_path / "found.gpkg"),
        }
        algorithm = SegmentByText()
        algorithm.initAlgorithm({})
        return algorithm.run(parameters, context, feedback, {}, False)

    results, done = search(tile_layer(tiles, "searched"))
    assert done
    found = QgsVectorLayer(results["OUTPUT"], "", "ogr")
    assert found.crs().authid() == "EPSG:3857"
    assert found.featureCount() == results["COUNT"]

    tiles.answer = lambda count: (404, b"gone")
    layer = tile_layer(tiles, "refused")
    with pytest.raises(QgsProcessingException) as caught:
        search(layer)
    assert "could not be fetched completely" in str(caught.value)


def test_files_are_opened_by_the_worker_itself(inputs, qgis_app):
    from rrsis_geo_qgis.layers import export

    path = str(inputs / "demo.tif")
    layer = QgsRasterLayer(path, "scene", "gdal")

    assert export.find_source(layer) == export.SceneSource(path, None)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    assert export.find_source(layer).crs == "EPSG:3857"
    missing = QgsRasterLayer("/nowhere.tif", "gone", "gdal")
    assert export.find_source(missing) is None
