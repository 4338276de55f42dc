"""Setting up the environment: the box in the panel, settings, the proxy."""

import shutil
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsSettings
from rrsis_geo_qgis.environment import installation
from rrsis_geo_qgis.environment.install_choice import CPU, GPU, InstallChoice, Stage
from rrsis_geo_qgis.environment.install_lock import InstallLock
from rrsis_geo_qgis.environment.managed_environment import (
    OUTDATED,
    READY,
    UNFINISHED,
    VANISHED,
)
from rrsis_geo_qgis.setup import environment_setup, setup_box

pytestmark = pytest.mark.usefixtures("managed")


def test_one_button_says_how_much_will_be_fetched(box, setup, until):
    assert box.begin_button.text() == "Set up (about 150 MB)"
    setup.look()
    until(lambda: not setup.busy, 600)

    assert setup.notice is None
    number = int(box.begin_button.text().split("about ")[1].split(" ")[0])
    assert 50 < number < 300
    assert box.gpu_button.isHidden()
    assert not managed_files(setup)


def managed_files(setup):
    return list(Path(setup.folder).parent.rglob("*"))


def test_a_gpu_offers_its_build_with_the_size(box, setup, until, monkeypatch):
    monkeypatch.setattr(environment_setup, "usable_gpu", lambda: "NVIDIA L4")
    setup.look()
    until(lambda: not setup.busy, 600)

    assert box.begin_button.isVisible()
    assert box.gpu_button.isVisible()
    assert box.gpu_button.text().startswith("Set up for NVIDIA L4 (about ")
    assert setup.size(GPU) > 5 * setup.size(CPU)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (None, "Looking for a Python"),
        (Stage(2, 5, "Check"), "Step 2 of 5: Check"),
        (
            Stage(3, 5, "Packages", fetched=62_000_000, to_fetch=148_000_000),
            "Step 3 of 5: Packages, 62 MB of 148 MB",
        ),
        (
            Stage(3, 5, "Packages", fetched=148_000_000, to_fetch=148_000_000),
            "Step 3 of 5: Packages, unpacking",
        ),
        (
            Stage(3, 5, "Packages", fetched=10**6, to_fetch=2_345_000_000),
            "1 MB of 2.3 GB",
        ),
    ],
)
def test_progress_counts_bytes(stage, said):
    assert said in setup_box.progress_words(stage)


def wait_for_step(setup, until):
    until(lambda: setup.stage is not None and setup.stage.line)


def test_an_installation_is_stopped_and_goes_on(box, setup, until, managed, tmp_path):
    """A real one, which fails at last since its folder of wheels is empty."""
    (tmp_path / "wheels").mkdir()
    setup.begin(InstallChoice(wheels=str(tmp_path / "wheels")))
    assert box.cancel_button.isVisible()
    assert not box.begin_button.isVisible()
    wait_for_step(setup, until)
    box.cancel_button.click()
    until(lambda: not setup.busy, 600)

    assert box.text.text() == "Stopped. What has been fetched is kept."
    assert managed.ready_python() is None
    assert setup.condition in (UNFINISHED, "none")

    box.begin_button.click()  # with the same choice
    until(lambda: not setup.busy and setup.notice, 600)

    assert "There is no package for this platform" in box.text.text()
    assert box.begin_button.text() == "Try again"
    assert managed.ready_python() is None


def test_an_unfinished_environment_is_continued(box, pretend, managed):
    pretend(ready=False)
    box.refresh()

    assert box.begin_button.text().startswith("Continue (about")
    assert managed.ready_python() is None


def test_a_newer_plugin_asks_for_an_update(box, setup, pretend):
    pretend(version="0.0.1")
    box.refresh()

    assert setup.condition == OUTDATED
    assert "newer than its environment" in box.text.text()
    assert box.begin_button.text().startswith("Update (about")


def test_a_python_that_has_vanished_asks_for_a_new_one(box, setup, pretend, managed):
    pretend()
    config = managed.folder / "pyvenv.cfg"
    config.write_text(config.read_text().replace("home = /", "home = /gone/"))
    box.refresh()

    assert setup.condition == VANISHED
    assert box.begin_button.text().startswith("Set up again (about")


def test_a_chosen_interpreter_that_is_gone_is_named(box, setup, tmp_path):
    setup.use(str(tmp_path / "gone" / "python"))

    assert str(tmp_path / "gone" / "python") in box.text.text()
    assert box.begin_button.isVisible()
    box.begin_button.click()  # leads back to the managed environment
    setup.cancel()
    assert str(QgsSettings().value("rrsis_geo/python")) == ""


def test_a_variable_that_names_a_python_that_is_gone_is_named(box, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_PYTHON", "/nowhere/python")
    box.refresh()

    assert "RRSIS_GEO_PYTHON" in box.text.text()
    assert "/nowhere/python" in box.text.text()
    assert not box.begin_button.isVisible()


def test_ready_leads_to_the_demo_scene_and_can_be_hidden(box, setup, pretend):
    pretend()
    setup.use("")

    assert setup.condition == READY
    assert box.demo_button.isVisible()
    assert not box.begin_button.isVisible()
    asked = []
    box.demo_wanted.connect(lambda: asked.append(True))
    box.demo_button.click()
    assert asked == [True]
    box.close_button.click()
    assert not box.isVisible()


def test_another_qgis_that_installs_is_one_sentence(box, setup, until, managed):
    with InstallLock(managed.home):
        setup.begin()
        until(lambda: not setup.busy, 600)

    assert box.text.text().startswith("Another QGIS is installing the environment.")


def test_a_profile_that_cannot_be_written_is_one_sentence(box, setup, until, managed):
    managed.home.parent.mkdir(exist_ok=True)
    managed.home.write_text("a file where the folder should be")
    setup.begin()
    until(lambda: not setup.busy, 600)

    assert setup.notice is not None
    assert len(setup.notice.message().split(". ")) == 1
    assert setup.notice.advice
    assert not box.cancel_button.isVisible()


def test_a_disk_that_is_too_small_is_said_before_anything_is_written(
    box, setup, until, managed, monkeypatch
):
    usage = shutil.disk_usage("/")._replace(free=10_000_000)
    monkeypatch.setattr(installation.shutil, "disk_usage", lambda folder: usage)
    setup.begin()
    until(lambda: not setup.busy, 600)

    assert box.text.text().startswith("The disk is full.")
    assert not managed.folder.exists()


def test_no_network_is_one_sentence_and_nothing_counts_as_whole(
    box, setup, until, managed, monkeypatch
):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    setup.begin()
    until(lambda: not setup.busy, 600)

    assert box.text.text().startswith("The package index could not be reached.")
    assert managed.ready_python() is None


def test_a_search_in_progress_keeps_its_environment(box, setup, pretend, managed):
    pretend()
    setup.in_use = lambda: True
    for act in (setup.begin, setup.remove):
        act()
        assert not setup.busy
        assert "A search is running" in box.text.text()
    assert managed.ready_python()


def test_the_environment_is_removed_without_touching_results(
    setup, until, pretend, managed, tmp_path
):
    pretend()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "tank.gpkg").write_text("mine")
    ended = []
    setup.changing.connect(lambda: ended.append("processes"))
    setup.remove()
    until(lambda: not setup.busy, 600)

    assert ended == ["processes"]
    assert not managed.folder.exists()
    assert setup.condition == "none"
    assert (tmp_path / "results" / "tank.gpkg").read_text() == "mine"


def test_the_managed_environment_lies_in_the_profile(monkeypatch):
    monkeypatch.undo()
    from rrsis_geo_qgis.find_python import managed_environment

    home = managed_environment().home
    assert str(home).startswith(QgsApplication.qgisSettingsDirPath().rstrip("/"))
    assert "plugins" not in home.parts


def test_choices_are_kept_and_old_ones_understood(qgis_app):
    from rrsis_geo_qgis.settings import install_settings, save_install_settings

    assert install_settings() == InstallChoice()
    chosen = InstallChoice(base="/usr/bin/python3", build=GPU)
    save_install_settings(chosen)
    assert install_settings() == chosen
    QgsSettings().setValue("rrsis_geo/install/build", "any")
    assert install_settings().build == CPU


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
