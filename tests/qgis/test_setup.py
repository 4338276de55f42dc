"""The setup dialog and its settings."""

import gc
import os

import pytest
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtGui import QGuiApplication
from rrsis_geo_qgis.setup.setup_dialog import EXISTING, MANAGED, WHEELS


@pytest.fixture(autouse=True)
def settings(qgis_app, monkeypatch):
    """Empty settings before and after each test."""
    monkeypatch.delenv("RRSIS_GEO_PYTHON", raising=False)
    QgsSettings().clear()
    yield
    QgsSettings().clear()
    gc.collect()


@pytest.fixture
def dialog(qtbot, until):
    """The dialog, once it has found the interpreters."""
    from rrsis_geo_qgis.setup.setup_dialog import SetupDialog

    dialog = SetupDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    until(lambda: dialog.start_button.isEnabled())
    yield dialog
    dialog.close()
    until(lambda: dialog._activity is None)


def test_nothing_is_chosen_at_first(dialog):
    from rrsis_geo_qgis.find_python import find_python

    assert find_python() is None
    assert dialog.status.text() == "There is no environment yet."
    assert dialog.page() == MANAGED
    assert dialog.managed.base.count() > 0


def test_an_interpreter_that_works_is_taken(dialog, worker_python, until):
    from rrsis_geo_qgis.find_python import find_python

    dialog.page_buttons[EXISTING].setChecked(True)
    dialog.existing.program.setFilePath(worker_python)
    dialog.start()
    until(lambda: dialog.result() == 1)

    assert find_python() == worker_python
    assert QgsSettings().value("rrsis_geo/python") == worker_python


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


def test_the_report_is_copied_without_home_paths(
    dialog, worker_python, until, monkeypatch
):
    from rrsis_geo_qgis.settings import choose_python

    choose_python(worker_python)
    monkeypatch.setenv("HOME", os.path.dirname(os.path.dirname(worker_python)))
    dialog.examine()
    until(lambda: "self-test" in dialog.log.toPlainText(), 180)
    dialog.copy_report()

    text = QGuiApplication.clipboard().text()
    assert "QGIS 3" in text
    assert "packages" in text
    assert os.environ["HOME"] not in text


def test_a_worker_that_does_not_start_is_reported(dialog, until):
    from rrsis_geo_qgis.settings import choose_python

    choose_python("/usr/bin/python3")
    dialog.examine()
    until(lambda: "rrsis" in dialog.log.toPlainText())

    assert "has no package rrsis-geo" in dialog.log.toPlainText()


def test_the_managed_environment_lies_in_the_profile(qgis_app):
    from rrsis_geo_qgis.find_python import managed_environment

    home = managed_environment().home
    assert str(home).startswith(QgsApplication.qgisSettingsDirPath().rstrip("/"))
    assert "plugins" not in home.parts


def test_choices_are_kept(qgis_app):
    from rrsis_geo_qgis.environment.installation import InstallChoice
    from rrsis_geo_qgis.settings import install_settings, save_install_settings

    assert install_settings() == InstallChoice()
    chosen = InstallChoice(
        base="/usr/bin/python3", build="gpu", package="/home/ada/rrsis_geo.whl"
    )
    save_install_settings(chosen)
    assert install_settings() == chosen


def test_the_proxy_of_qgis_is_passed_on(qgis_app):
    from rrsis_geo_qgis.settings import proxy_variables

    assert proxy_variables() == {}
    stored = QgsSettings()
    for name, value in {
        "proxyEnabled": True,
        "proxyType": "HttpProxy",
        "proxyHost": "proxy.example",
        "proxyPort": "3128",
        "proxyUser": "ada",
        "proxyPassword": "p@ss",
        "noProxyUrls": ["https://inside.example/simple"],
    }.items():
        stored.setValue(f"proxy/{name}", value)

    variables = proxy_variables()

    assert variables["HTTPS_PROXY"] == "http://ada:p%40ss@proxy.example:3128"
    assert "inside.example" in variables["NO_PROXY"]
    stored.setValue("proxy/proxyType", "DefaultProxy")
    assert proxy_variables() == {}


def test_an_installation_is_cancelled_and_what_is_there_kept(
    dialog, until, tmp_path, monkeypatch
):
    """A real one, stopped at its first line of output; the dialog stays open."""
    from rrsis_geo_qgis import find_python as environment
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment
    from rrsis_geo_qgis.setup import setup_dialog

    home = ManagedEnvironment(tmp_path / "rrsis_geo")
    monkeypatch.setattr(setup_dialog, "managed_environment", lambda: home)
    monkeypatch.setattr(environment, "managed_environment", lambda: home)
    (tmp_path / "wheels").mkdir()
    dialog.page_buttons[WHEELS].setChecked(True)
    dialog.wheels.folder.setFilePath(str(tmp_path / "wheels"))
    dialog.start()
    until(lambda: dialog.log.toPlainText())
    dialog.stop()
    until(lambda: dialog.start_button.isEnabled())

    assert dialog.status.text().startswith("Stopped.")
    assert home.ready_python() is None

    dialog.start()  # goes on, and fails since the folder is empty
    until(lambda: "There is no package for this platform" in dialog.status.text())
    assert dialog.result() == 0


def test_closing_while_it_installs_stops_it_first(
    dialog, until, tmp_path, monkeypatch, qtbot
):
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment
    from rrsis_geo_qgis.setup import setup_dialog

    home = ManagedEnvironment(tmp_path / "rrsis_geo")
    monkeypatch.setattr(setup_dialog, "managed_environment", lambda: home)
    (tmp_path / "wheels").mkdir()
    dialog.page_buttons[WHEELS].setChecked(True)
    dialog.wheels.folder.setFilePath(str(tmp_path / "wheels"))
    dialog.start()
    until(lambda: dialog.log.toPlainText())
    dialog.close_button.click()

    assert dialog.isVisible()
    until(lambda: not dialog.isVisible())
    assert dialog.result() == 0
