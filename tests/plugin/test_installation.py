"""The managed environment, made by a real pip from wheels of a few bytes.

rrsis-geo, torch and transformers are stand-ins here: packages with nothing inside, in a
folder of wheels, so that neither network nor gigabytes are needed.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

VERSION = "0.1.0"

CONTENTS = {
    "torch": ("2.13.0", {"torch/__init__.py": "__version__ = '2.13.0'\n"}),
    "transformers": ("5.0", {"transformers/__init__.py": ""}),
    "rrsis_geo": (
        VERSION,
        {"rrsis_geo/__init__.py": "", "rrsis_geo/pipeline.py": "BUILD = 1\n"},
    ),
}
NEEDS = {"rrsis_geo": ["torch", "transformers"]}


def write_wheel(folder, name, *, contents=None, tag="py3-none-any", python=">=3.9"):
    version, usual = CONTENTS[name]
    record = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {other}\n" for other in NEEDS.get(name, []))
    files = {
        **(contents or usual),
        f"{record}/METADATA": f"Metadata-Version: 2.1\nName: {name}\n"
        f"Version: {version}\nRequires-Python: {python}\n{needs}",
        f"{record}/WHEEL": f"Wheel-Version: 1.0\nGenerator: t\n"
        f"Root-Is-Purelib: true\nTag: {tag}\n",
        f"{record}/RECORD": "",
    }
    path = Path(folder, f"{name}-{version}-{tag}.whl")
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        for where, text in files.items():
            packed.writestr(where, text)
    return path


@pytest.fixture
def wheels(tmp_path):
    """A folder with all that an installation needs."""
    for name in CONTENTS:
        write_wheel(tmp_path / "wheels", name)
    return tmp_path / "wheels"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A managed environment that is not made yet."""
    from rrsis_geo_qgis.environment import installation
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment

    monkeypatch.setattr(
        installation, "DISK_SPACE", dict.fromkeys(("cpu", "cuda"), 10**7)
    )
    return ManagedEnvironment(tmp_path / "profile" / "rrsis_geo")


def install(managed, *, report=lambda stage: None, cancelled=lambda: False, **choice):
    from rrsis_geo_qgis.environment.installation import Installation, InstallChoice

    chosen = InstallChoice(
        base=sys.executable, **{k: str(v) for k, v in choice.items()}
    )
    return Installation(
        managed, chosen, version=VERSION, report=report, cancelled=cancelled
    ).run()


def failure_of(managed, **choice):
    from rrsis_geo_qgis.environment.installation import InstallationError

    with pytest.raises(InstallationError) as caught:
        install(managed, **choice)
    return caught.value.notice


def names_of(stages):
    return list(dict.fromkeys(stage.name for stage in stages))


def test_made_stopped_resumed_renewed(home, wheels):
    """One environment through its life, since making one takes seconds."""
    from rrsis_geo_qgis.core.errors import Cancelled

    # Stopped when torch is about to be installed: what was done is kept.
    seen = []
    with pytest.raises(Cancelled):
        install(
            home,
            wheels=wheels,
            report=seen.append,
            cancelled=lambda: bool(seen) and seen[-1].name == "torch",
        )
    assert home.ready_python() is None
    assert [key.split()[0] for key in home.read_state()["done"]] == ["venv", "pip"]
    assert not home.scratch.exists()
    made = home.python.lstat().st_mtime_ns

    # A package whose installation was cut off does not count as installed.
    site = next(home.folder.glob("lib/python*/site-packages"))
    cut = site / "torch-2.13.0.dist-info"
    cut.mkdir()
    (cut / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0")
    (cut / "RECORD").write_text("torch/__init__.py,,\n")

    seen.clear()
    program = install(home, wheels=wheels, report=seen.append)

    assert home.ready_python() == program == str(home.python)
    assert home.python.lstat().st_mtime_ns == made
    assert (site / "torch" / "__init__.py").exists()
    assert any("cut off" in stage.line for stage in seen)
    assert "Successfully installed" in home.log.read_text()

    # Again: nothing is installed, only tried out.
    seen.clear()
    install(home, wheels=wheels, report=seen.append)
    assert not any(" install " in stage.line for stage in seen)

    # The same version from another place replaces what is there, and torch stays.
    torch = (site / "torch" / "__init__.py").stat().st_mtime_ns
    changed = {
        "rrsis_geo/__init__.py": "",
        "rrsis_geo/pipeline.py": "BUILD = 2\n",
    }
    other = write_wheel(wheels.parent / "new", "rrsis_geo", contents=changed)
    install(home, wheels=wheels, package=other)
    assert (site / "rrsis_geo" / "pipeline.py").read_text() == "BUILD = 2\n"
    assert (site / "torch" / "__init__.py").stat().st_mtime_ns == torch

    # Another build of torch begins anew, and a package that breaks is not ready.
    broken = {"torch/__init__.py": "raise OSError('[WinError 126] c10.dll')\n"}
    write_wheel(wheels, "torch", contents=broken)
    notice = failure_of(home, wheels=wheels, build="cpu")
    assert notice.kind == "missing_library"
    assert home.ready_python() is None

    # Its home holds everything: nothing is left when it goes.
    home.remove()
    left = {path.name for path in home.home.iterdir()}
    assert left <= {"install.log", "lock"}


def test_failures_say_what_to_do(home, wheels, tmp_path):
    (wheels / "transformers-5.0-py3-none-any.whl").unlink()
    notice = failure_of(home, wheels=wheels)
    assert notice.kind == "no_wheel"
    assert "transformers" in notice.detail
    assert failure_of(home, wheels=wheels, package=tmp_path / "no.whl").kind == (
        "no_package"
    )
    write_wheel(wheels, "transformers", python=">=3.99")
    assert failure_of(home, wheels=wheels).kind == "wrong_python"
    assert home.ready_python() is None


def test_an_interpreter_that_is_none_is_refused(home, make_python):
    from rrsis_geo_qgis.environment.installation import (
        Installation,
        InstallationError,
        InstallChoice,
    )

    choice = InstallChoice(base=make_python("exit 1"))
    with pytest.raises(InstallationError) as caught:
        Installation(home, choice, version=VERSION).run()

    assert caught.value.notice.kind == "wrong_python"
    assert not home.folder.exists()


def test_a_full_disk_is_seen_before(home, wheels, monkeypatch):
    from rrsis_geo_qgis.environment import installation

    monkeypatch.setattr(installation, "DISK_SPACE", {"cpu": 10**18, "cuda": 10**18})

    notice = failure_of(home, wheels=wheels)

    assert notice.kind == "disk_full"
    assert str(home.home) in notice.full_text()
    assert not home.folder.exists()


def test_a_profile_that_cannot_be_written_is_said_so(tmp_path, wheels):
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment

    (tmp_path / "profile").write_text("a file where a folder should be")

    notice = failure_of(
        ManagedEnvironment(tmp_path / "profile" / "rrsis_geo"), wheels=wheels
    )

    assert notice.kind in ("no_permission", "unknown")
    assert "profile" in notice.detail


HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from rrsis_geo_qgis.environment.install_lock import InstallLock
with InstallLock(Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_two_qgis_do_not_install_at_once(home, wheels, plugin_folder):
    command = [sys.executable, "-c", HOLD, str(plugin_folder), str(home.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout.readline() == "held\n"
            assert failure_of(home, wheels=wheels).kind == "locked"
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


@pytest.mark.parametrize(
    ("build", "index", "platform", "brings", "missing"),
    [
        ("any", "", "linux", "cuda", False),
        ("cpu", "", "linux", "cpu", True),
        ("cpu", "https://index.example/cpu", "linux", "cpu", False),
        ("cuda", "", "linux", "cuda", False),
        ("any", "", "win32", "cpu", False),
        ("cuda", "", "win32", "cpu", True),
        ("cuda", "https://index.example/cu", "win32", "cuda", False),
        ("cpu", "", "darwin", "cpu", False),
    ],
)
def test_which_build_a_choice_brings(build, index, platform, brings, missing):
    from rrsis_geo_qgis.environment.install_choice import (
        InstallChoice,
        expected_build,
        index_missing,
    )

    choice = InstallChoice(build=build, torch_index=index)

    assert expected_build(choice, platform=platform) == brings
    assert index_missing(choice, platform=platform) == missing


def test_the_index_of_torch_is_asked_for_torch_only(home, wheels, monkeypatch):
    """An index that is named is used; here one of files. An index without pip does."""
    simple = wheels.parent / "index" / "torch"
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (wheels.parent / "index").as_uri())
    simple.mkdir(parents=True)
    link = (wheels / "torch-2.13.0-py3-none-any.whl").as_uri()
    (simple / "index.html").write_text(f'<a href="{link}">{Path(link).name}</a>')
    seen, stop = [], threading.Event()

    def report(stage):
        seen.append(stage)
        if stage.name == "rrsis-geo":
            stop.set()

    from rrsis_geo_qgis.core.errors import Cancelled

    with pytest.raises(Cancelled):
        install(
            home,
            torch_index=simple.parent.as_uri(),
            report=report,
            cancelled=stop.is_set,
        )

    commands = [stage.line for stage in seen if stage.line.startswith("> ")]
    asked = [line for line in commands if "--index-url" in line]
    assert len(asked) == 1
    assert asked[0].endswith("torch>=2.4")
    assert [key.split()[0] for key in home.read_state()["done"]][-1] == "torch"


def test_torch_is_asked_for_as_the_package_does():
    import tomllib

    from rrsis_geo_qgis.environment.installation import TORCH

    root = Path(__file__).resolve().parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    assert TORCH in settings["project"]["dependencies"]
