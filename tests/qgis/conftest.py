"""The assembled plugin inside QGIS, with real workers.

    cd tests/qgis && QT_QPA_PLATFORM=offscreen /path/to/qv/bin/python -m pytest

`qv` is an environment of the Python that has QGIS, with pytest-qgis in it. The plugin
is taken from build/, where scripts/build_plugin assembles it, or $RRSIS_GEO_PLUGIN.
"""

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

if find_spec("qgis") is None:  # as in the environment of the core
    collect_ignore_glob = ["*"]
else:
    plugin = Path(os.environ.get("RRSIS_GEO_PLUGIN", ROOT / "build"))
    if not (plugin / "rrsis_geo_qgis").is_dir():
        raise FileNotFoundError(f"{plugin}: no plugin there; run scripts/build_plugin")
    sys.path.insert(0, str(plugin))
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def worker_python():
    """The interpreter that has rrsis-geo."""
    python = os.environ.get("RRSIS_GEO_PYTHON", str(ROOT / ".venv/bin/python"))
    if not Path(python).exists():
        pytest.skip(f"no environment with rrsis-geo at {python}")
    return python


@pytest.fixture(scope="session")
def inputs(worker_python, tmp_path_factory):
    """Folder with demo.tif (drawn, 0.6 m) and tiny.safetensors (untrained, fast)."""
    folder = tmp_path_factory.mktemp("inputs")
    script = Path(__file__).with_name("make_inputs.py")
    subprocess.run([worker_python, "-I", str(script), str(folder)], check=True)
    return folder


@pytest.fixture
def until(qtbot, request):
    """Wait until a condition holds; the test fails if it does not."""

    def wait(condition, seconds=180):
        try:
            qtbot.waitUntil(lambda: bool(condition()), timeout=seconds * 1000)
        finally:
            if "panel" in request.fixturenames:  # shown where the test fails
                print(request.getfixturevalue("panel").log.toPlainText())

    return wait


@pytest.fixture
def alive():
    """Whether a process id belongs to a running process."""

    def look(pid):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        return state != "Z"

    return look


@pytest.fixture
def messages(qgis_iface):
    """Messages of QGIS's message bar, as (level, text)."""

    def shown():
        bar = qgis_iface.messageBar()
        return [
            (level, text.replace("RRSIS Geo:", "", 1))
            for level, texts in bar.messages.items()
            for text in texts
        ]

    qgis_iface.messageBar().clear_messages()
    return shown


def open_panel(iface, python):
    """Open a panel as the plugin does, with an interpreter that has rrsis-geo."""
    from rrsis_geo_qgis.panel.panel import Panel
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup
    from rrsis_geo_qgis.worker.controller import Controller

    return Panel(iface, Controller(lambda: python), lambda: python, EnvironmentSetup())


@pytest.fixture
def panel(
    qgis_iface, qgis_new_project, worker_python, inputs, tmp_path, qtbot, monkeypatch
):
    """A panel with the demo scene, tiny weights and an output folder of its own."""
    from qgis.core import QgsProject, QgsRasterLayer, QgsSettings

    QgsSettings().clear()
    monkeypatch.setenv("RRSIS_GEO_PYTHON", worker_python)
    monkeypatch.setenv("RRSIS_GEO_CACHE", str(tmp_path / "kept-answers"))
    layer = QgsRasterLayer(str(inputs / "demo.tif"), "demo", "gdal")
    QgsProject.instance().addMapLayer(layer)
    qgis_iface.mapCanvas().setDestinationCrs(layer.crs())
    qgis_iface.mapCanvas().setExtent(layer.extent())
    panel = open_panel(qgis_iface, worker_python)
    panel.ended = []
    panel.search.ended.connect(panel.ended.append)
    panel.scene = layer
    panel.tank_yard = tank_yard(layer)
    panel.layer.setLayer(layer)
    panel.options.weights.setEditText(str(inputs / "tiny.safetensors"))
    panel.advanced.folder.setFilePath(str(tmp_path / "results"))
    panel.query.edit.setPlainText("storage tank")
    panel.show()
    yield panel
    panel.shut_down()
    panel.deleteLater()


@pytest.fixture
def german():
    """German as the language of QGIS."""
    import rrsis_geo_qgis
    from qgis.PyQt.QtCore import QCoreApplication, QSettings
    from rrsis_geo_qgis.translate import load_translator

    folder = Path(rrsis_geo_qgis.__file__).parent / "i18n"
    QSettings().setValue("locale/userLocale", "de_DE")
    translator = load_translator(str(folder))
    yield translator
    QCoreApplication.removeTranslator(translator)
    QSettings().remove("locale/userLocale")


def tank_yard(scene):
    """The upper middle of the drawn scene, where the tanks are."""
    from qgis.core import QgsRectangle

    box = scene.extent()
    return QgsRectangle(
        box.xMinimum() + 0.52 * box.width(),
        box.yMinimum() + 0.66 * box.height(),
        box.xMinimum() + 0.82 * box.width(),
        box.yMaximum(),
    )


@pytest.fixture(scope="session")
def finished(qgis_app, inputs, worker_python, tmp_path_factory):
    """One run with the packaged weights over the tank yard, for many tests."""
    from qgis.core import QgsGeometry, QgsRasterLayer
    from rrsis_geo_qgis.core.job import SegmentJob, SegmentOptions
    from rrsis_geo_qgis.layers.area import Area, write_area

    folder = tmp_path_factory.mktemp("run")
    scene = QgsRasterLayer(str(inputs / "demo.tif"), "demo", "gdal")
    write_area(
        Area(QgsGeometry.fromRect(tank_yard(scene)), scene.crs()),
        str(folder / "area.gpkg"),
    )
    job = SegmentJob(
        scene=str(inputs / "demo.tif"),
        expressions=("storage tank",),
        output=str(folder / "storage-tank.gpkg"),
        probability=str(folder / "storage-tank-probability.tif"),
        options=SegmentOptions(aoi=str(folder / "area.gpkg")),
    )
    code = (
        "import sys; from rrsis_geo.job import SegmentJob; "
        "from rrsis_geo.pipeline import run; run(SegmentJob.from_json(sys.argv[1]))"
    )
    subprocess.run([worker_python, "-I", "-c", code, job.to_json()], check=True)
    return job


@pytest.fixture
def found(panel, finished, tmp_path, drawn):
    """A panel whose project holds the results of that run."""
    from rrsis_geo_qgis.layers import result_layers
    from rrsis_geo_qgis.layers.content import content_hash
    from rrsis_geo_qgis.panel.search import Outcome

    run = tmp_path / "results" / "run"
    shutil.copytree(Path(finished.output).parent, run)
    job = replace(
        finished,
        output=str(run / Path(finished.output).name),
        probability=str(run / Path(finished.probability).name),
    )
    result_layers.add_results(
        job,
        run=str(run),
        title="storage tank · demo",
        scene="demo",
        keep_probability=True,
        content=content_hash(job.output),
    )
    panel.ended.append(Outcome("found", "", str(run)))
    panel.results.show_run(str(run))
    drawn()
    return panel


@pytest.fixture
def long_run(panel, until):
    """A panel with a run in progress that would take minutes."""
    panel.advanced.overlap.setValue(470)
    panel.run()
    until(lambda: panel.run_box.bar.value() > 0)
    return panel


@pytest.fixture
def drawn(until, qgis_iface):
    """Wait until the map is drawn, as a person does who looks at it."""
    canvas = qgis_iface.mapCanvas()
    return lambda: until(lambda: not canvas.isDrawing())


@pytest.fixture
def move(until, drawn):
    """Move a panel's slider and wait until the layers show another file."""

    def to(panel, value):
        changed = []
        panel.search.threshold_changed.connect(changed.append)
        panel.results.slider.setValue(value)
        until(lambda: changed)
        panel.search.threshold_changed.disconnect(changed.append)
        drawn()

    return to


@pytest.fixture
def provider(qgis_app, worker_python, monkeypatch):
    """The plugin's provider in the registry, with a working environment."""
    from qgis.core import QgsApplication
    from rrsis_geo_qgis.algorithms.provider import RRSISGeoProvider

    monkeypatch.setenv("RRSIS_GEO_PYTHON", worker_python)
    ours = RRSISGeoProvider()
    QgsApplication.processingRegistry().addProvider(ours)
    yield ours
    QgsApplication.processingRegistry().removeProvider(ours)


@pytest.fixture
def managed(qgis_app, monkeypatch, tmp_path):
    """An environment's folder of this test alone, and empty settings."""
    from qgis.core import QgsSettings
    from rrsis_geo_qgis import find_python
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment
    from rrsis_geo_qgis.setup import environment_menu, environment_setup

    monkeypatch.delenv("RRSIS_GEO_PYTHON", raising=False)
    QgsSettings().clear()
    home = ManagedEnvironment(tmp_path / "rrsis_geo")
    for module in (find_python, environment_setup, environment_menu):
        monkeypatch.setattr(module, "managed_environment", lambda: home)
    yield home
    QgsSettings().clear()
    gc.collect()


@pytest.fixture
def setup(until):
    """What sets up the environment of `managed`."""
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup

    made = EnvironmentSetup()
    yield made
    made.shut_down()


@pytest.fixture
def box(setup, qtbot):
    """The box of the panel that leads to an environment."""
    from rrsis_geo_qgis.setup.setup_box import SetupBox

    box = SetupBox(setup)
    qtbot.addWidget(box)
    box.show()
    return box


@pytest.fixture
def pretend(managed):
    """Make an environment on disk that looks ready, without its packages."""
    from rrsis_geo_qgis.core import __version__

    def make(version=__version__, ready=True):
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", str(managed.folder)],
            check=True,
        )
        managed.write_state(done=["venv"], ready=ready, version=version)

    return make
