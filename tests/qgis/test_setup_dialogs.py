"""The environment beside the box: the gear, the other ways, the report."""

import os
import shutil

import pytest
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtWidgets import QMessageBox
from rrsis_geo_qgis.core import __version__
from rrsis_geo_qgis.setup.environment_menu import EnvironmentMenu
from rrsis_geo_qgis.setup.report_dialog import ReportDialog
from rrsis_geo_qgis.setup.setup_dialog import EXISTING, MANAGED, WHEELS, SetupDialog

pytestmark = pytest.mark.usefixtures("managed")


@pytest.fixture
def menu(setup, qtbot):
    menu = EnvironmentMenu(setup, lambda: None)
    qtbot.addWidget(menu)
    yield menu
    menu.close_windows()


@pytest.mark.parametrize(
    "state", ["none", "unfinished", "outdated", "vanished", "gone"]
)
def test_every_action_is_there_in_every_state(menu, setup, pretend, managed, state):
    if state != "none" and state != "gone":
        pretend(
            version="0.0.1" if state == "outdated" else __version__,
            ready=state != "unfinished",
        )
    if state == "vanished":
        shutil.rmtree(managed.folder / "bin")
    if state == "gone":
        setup.use("/nowhere/python")
    menu.refresh()

    assert menu.begin_action.isEnabled()
    assert menu.begin_action.text()
    assert menu.others_action.isEnabled()
    assert menu.examine_action.isEnabled()
    assert menu.copy_action.isEnabled()
    assert menu.remove_action.isEnabled() == managed.folder.exists()


def test_the_path_of_the_environment_is_copied(menu, setup, managed):
    menu.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == str(managed.folder)

    setup.use("/opt/rrsis/bin/python")
    menu.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == "/opt/rrsis/bin/python"


def test_removing_asks_without_blocking(menu, setup, pretend, until, managed):
    pretend()
    menu.refresh()
    menu.remove_action.trigger()
    assert menu._question.isVisible()
    assert str(managed.folder) in menu._question.text()
    assert managed.folder.exists()
    menu._question.button(QMessageBox.StandardButton.Yes).click()
    until(lambda: not setup.busy and not managed.folder.exists())


@pytest.fixture
def dialog(setup, qtbot, until):
    """The dialog, once it has found the interpreters."""
    dialog = SetupDialog(setup)
    qtbot.addWidget(dialog)
    dialog.show()
    until(lambda: dialog.start_button.isEnabled())
    yield dialog
    until(lambda: dialog._thread is None)


def test_the_dialog_finds_interpreters(dialog):
    assert dialog.page() == MANAGED
    assert dialog.managed.base.count() > 0
    assert not dialog.isModal()


@pytest.mark.parametrize("what", ["program", "folder"])
def test_an_interpreter_that_works_is_taken(dialog, setup, worker_python, until, what):
    from rrsis_geo_qgis.find_python import find_python

    folder = os.path.dirname(os.path.dirname(worker_python))
    given = worker_python if what == "program" else folder
    ready = []
    setup.ready.connect(lambda: ready.append(True))
    dialog.page_buttons[EXISTING].setChecked(True)
    dialog.existing.program.setFilePath(given)
    dialog.start()
    until(lambda: dialog.result() == 1 or "rrsis-geo" in dialog.status.text())

    assert dialog.result() == 1, dialog.status.text()
    assert os.path.dirname(find_python()) == os.path.dirname(worker_python)
    assert ready == [True]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("", "There is no file"),
        ("/nowhere/python", "There is no file /nowhere/python"),
        ("/bin/true", "is not a Python that works"),
        ("/usr/bin/python3", "has no rrsis-geo"),
    ],
)
def test_an_interpreter_that_does_not_is_refused(dialog, until, program, said):
    from rrsis_geo_qgis.find_python import find_python

    dialog.page_buttons[EXISTING].setChecked(True)
    dialog.existing.program.setFilePath(program)
    dialog.start()
    until(lambda: said in dialog.status.text())

    assert dialog.result() == 0
    assert find_python() is None


def test_the_dialog_leaves_the_installation_to_the_panel(
    dialog, setup, box, until, tmp_path
):
    dialog.page_buttons[WHEELS].setChecked(True)
    dialog.start()
    assert "Choose the folder of wheels" in dialog.status.text()
    (tmp_path / "wheels").mkdir()
    dialog.wheels.folder.setFilePath(str(tmp_path / "wheels"))
    dialog.start()

    assert not dialog.isVisible()
    assert setup.installing
    assert box.cancel_button.isVisible()
    setup.cancel()
    until(lambda: not setup.busy, 600)


@pytest.fixture
def report(qtbot):
    dialog = ReportDialog()
    qtbot.addWidget(dialog)
    yield dialog
    dialog.close()


def test_the_report_is_copied_without_home_paths(
    report, worker_python, until, monkeypatch
):
    monkeypatch.setenv("HOME", os.path.dirname(os.path.dirname(worker_python)))
    report.examine(lambda: worker_python)
    assert not report.isModal()
    until(lambda: "self-test" in report.text.toPlainText(), 300)
    report.copy_report()

    text = QGuiApplication.clipboard().text()
    assert "QGIS 3" in text
    assert "packages" in text
    assert os.environ["HOME"] not in text


def test_a_worker_that_does_not_start_is_reported(report, until):
    report.examine(lambda: "/usr/bin/python3")
    until(lambda: "has no package rrsis-geo" in report.text.toPlainText())


def test_without_an_environment_the_report_shows_the_last_log(report):
    report.examine(lambda: None, "ERROR: No space left on device")

    assert "There is no environment" in report.status.text()
    assert "No space left" in report.text.toPlainText()
