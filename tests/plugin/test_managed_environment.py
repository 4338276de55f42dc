"""Where the managed environment lies, its state, and its lock."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_wheels import VERSION


def test_an_environment_whose_python_was_removed_is_no_environment(home):
    home.folder.mkdir(parents=True)
    home.python.parent.mkdir(parents=True)
    home.python.write_text("")
    home.write_state(done=[], ready=True, version=VERSION)
    config = home.folder / "pyvenv.cfg"
    config.write_text(f"home = {home.home}\nversion = 3.12.0\n")
    assert home.condition(VERSION) == "ready"

    config.write_text("home = /opt/python-that-was-updated-away/bin\n")

    assert home.condition(VERSION) == "vanished"
    assert home.ready_python() is None


def test_on_windows_the_environment_does_not_roam():
    from rrsis_geo_qgis.environment.managed_environment import home_folder

    profile = Path("C:/Users/ada/AppData/Roaming/QGIS/QGIS3/profiles/default")
    local = {"LOCALAPPDATA": "C:/Users/ada/AppData/Local"}

    assert home_folder(profile, platform="win32", variables=local) == Path(
        "C:/Users/ada/AppData/Local/rrsis_geo/default"
    )
    assert home_folder(profile, platform="linux", variables=local) == (
        profile / "rrsis_geo"
    )


HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from rrsis_geo_qgis.environment.install_lock import InstallLock
with InstallLock(Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_two_qgis_do_not_install_at_once(home, wheels, failure, plugin_folder):
    command = [sys.executable, "-c", HOLD, str(plugin_folder), str(home.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout.readline() == "held\n"
            assert failure(wheels=wheels).kind == "locked"
        finally:
            os.kill(other.pid, signal.SIGKILL)
    from rrsis_geo_qgis.environment.install_lock import InstallLock

    with InstallLock(home.home):  # the system has freed it
        pass


def test_what_a_killed_qgis_left_running_keeps_others_out(home, plugin_folder):
    """pip inherits the lock, so that no second one writes beside it."""
    from rrsis_geo_qgis.environment.install_lock import InstallLock, LockedError

    with InstallLock(home.home) as lock:
        code = "import time; print('on', flush=True); time.sleep(600)"
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            pass_fds=(lock.handle,),
            stdout=subprocess.PIPE,
        )
        child.stdout.readline()
    try:
        with pytest.raises(LockedError), InstallLock(home.home):
            pass
    finally:
        child.kill()
        child.communicate()
    with InstallLock(home.home):
        pass


def test_the_state_survives_anything_in_its_file(home):
    home.home.mkdir(parents=True)
    for text in ("", "{", "[]", "\x00"):
        (home.home / "state.json").write_text(text)
        assert home.read_state() == {}
        assert home.ready_python() is None
    home.write_state(done=["venv x"], ready=True)
    assert json.loads((home.home / "state.json").read_text())["ready"]
    assert home.ready_python() is None  # its interpreter is gone
