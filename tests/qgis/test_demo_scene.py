"""The demo scene: drawn once, opened again, with questions that run."""

import time

import pytest
from qgis.core import QgsProject

pytestmark = pytest.mark.usefixtures("managed")


def test_the_demo_scene_opens_with_questions_that_run(panel, until, tmp_path, inputs):
    folder = tmp_path / "rrsis-geo" / "demo"
    QgsProject.instance().setFileName(str(tmp_path / "project.qgz"))
    panel.open_demo()
    assert panel.setup_box.text.text().startswith("Drawing the demo scene")
    until(lambda: panel.setup_box.questions.isVisible())

    assert panel.layer.currentLayer().source() == str(folder / "demo.tif")
    assert (folder / "demo.tif").read_bytes() == (inputs / "demo.tif").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [
        "demo-labels.gpkg",
        "demo.tif",
    ]
    first = panel.setup_box.questions.layout().itemAt(0).widget()
    first.click()
    assert panel.query.text == first.text() == "the storage tank near the road"
    assert panel.search.running
    panel.cancel()
    until(lambda: panel.ended)

    changed = (folder / "demo.tif").stat().st_mtime_ns
    time.sleep(0.01)
    panel.open_demo()  # again: opened, not drawn, and no second layer
    assert panel.setup_box.questions.isVisible()
    assert (folder / "demo.tif").stat().st_mtime_ns == changed
    demos = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.source() == str(folder / "demo.tif")
    ]
    assert len(demos) == 1


def test_a_demo_that_cannot_be_drawn_is_one_sentence(panel, until, tmp_path):
    QgsProject.instance().setFileName(str(tmp_path / "project.qgz"))
    (tmp_path / "rrsis-geo").write_text("a file where the folder should be")
    panel.open_demo()

    assert "The demo scene cannot be drawn into" in panel.setup_box.text.text()


def test_a_drawing_that_is_cut_off_is_not_taken_for_whole(panel, until, tmp_path):
    QgsProject.instance().setFileName(str(tmp_path / "project.qgz"))
    panel.open_demo()
    panel.demo.close()

    assert not list((tmp_path / "rrsis-geo" / "demo").iterdir())
