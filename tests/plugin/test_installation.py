"""The managed environment, made by a real pip from wheels of a few bytes.

rrsis-geo and what it needs are stand-ins here: packages with nothing inside, in a
folder of wheels or an index of files, so that neither network nor megabytes are needed.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

VERSION = "0.1.0"

CONTENTS = {
    "numpy": ("2.4.6", {"numpy/__init__.py": "__version__ = '2.4.6'\n"}),
    "onnxruntime": ("1.32.0", {"onnxruntime/__init__.py": ""}),
    "rrsis_geo": (
        VERSION,
        {
            "rrsis_geo/__init__.py": "",
            "rrsis_geo/pipeline.py": "BUILD = 1\n",
            "rrsis_geo/worker/__init__.py": "",
            "rrsis_geo/worker/main.py": "",
        },
    ),
}


def write_wheel(folder, name, *, contents=None, tag="py3-none-any", python=">=3.9"):
    version, usual = CONTENTS[name]
    record = f"{name}-{version}.dist-info"
    files = {
        **(contents or usual),
        f"{record}/METADATA": f"Metadata-Version: 2.1\nName: {name}\n"
        f"Version: {version}\nRequires-Python: {python}\n",
        f"{record}/WHEEL": f"Wheel-Version: 1.0\nGenerator: t\n"
        f"Root-Is-Purelib: true\nTag: {tag}\n",
        f"{record}/RECORD": "",
    }
    path = Path(folder, f"{name}-{version}-{tag}.whl")
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        for where, text in files.items():
            packed.writestr(zipfile.ZipInfo(where), text)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Resources:
    """The plugin's folder: pinned packages, and the wheel of rrsis-geo."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "packages").mkdir(parents=True)
        self.wheels = folder.parent / "wheels"
        for name in ("numpy", "onnxruntime"):
            write_wheel(self.wheels, name)
        self.lock()
        self.put(write_wheel(folder / "wheel", "rrsis_geo"))

    def lock(self):
        """Pin the packages as they are now."""
        lines = []
        for name in ("numpy", "onnxruntime"):
            (path,) = self.wheels.glob(f"{name}-*.whl")
            lines += [
                f"{name}=={CONTENTS[name][0]} \\",
                f"    --hash=sha256:{sha256(path)}",
                f"# {path.stat().st_size} {path.name}",
            ]
        for build in ("cpu", "gpu"):
            text = "".join(f"{line}\n" for line in lines)
            (self.folder / "packages" / f"{build}.txt").write_text(text)

    def put(self, wheel):
        """Pin the wheel of rrsis-geo."""
        line = f"{sha256(wheel)}  {wheel.name}\n"
        (self.folder / "packages" / "wheel.txt").write_text(line)


@pytest.fixture
def resources(tmp_path):
    """A plugin that pins packages of a few bytes."""
    return Resources(tmp_path / "plugin")


@pytest.fixture
def wheels(resources):
    """A folder with all that an installation needs."""
    return resources.wheels


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A managed environment that is not made yet."""
    from rrsis_geo_qgis.environment import installation
    from rrsis_geo_qgis.environment.managed_environment import ManagedEnvironment

    monkeypatch.setattr(installation, "OWN_SIZE", 10**7)
    return ManagedEnvironment(tmp_path / "profile" / "rrsis_geo")


@pytest.fixture
def index(resources, monkeypatch):
    """An index of files, which pip is set up for."""
    folder = resources.folder.parent / "index"

    def publish():
        for path in resources.wheels.glob("*.whl"):
            page = folder / path.name.split("-")[0] / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            link = f"{path.as_uri()}#sha256={sha256(path)}"
            page.write_text(f'<a href="{link}">{path.name}</a>')

    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", folder.as_uri())
    publish()
    return publish


@pytest.fixture
def attempt(home, resources):
    """A factory of attempts to install."""
    from rrsis_geo_qgis.environment.install_choice import InstallChoice
    from rrsis_geo_qgis.environment.installation import Installation

    def make(*, report=lambda stage: None, cancelled=lambda: False, **choice):
        values = {"base": sys.executable, **{k: str(v) for k, v in choice.items()}}
        return Installation(
            home,
            InstallChoice(**values),
            version=VERSION,
            report=report,
            cancelled=cancelled,
            resources=resources.folder,
        )

    return make


@pytest.fixture
def failure(attempt):
    """A factory of the notices of attempts that fail."""
    from rrsis_geo_qgis.environment.installation import InstallationError

    def of(method="install", **choice):
        with pytest.raises(InstallationError) as caught:
            getattr(attempt(**choice), method)()
        return caught.value.notice

    return of


def test_made_stopped_resumed_renewed(home, wheels, attempt, failure, resources):
    """One environment through its life, since making one takes seconds."""
    from rrsis_geo_qgis.core.errors import Cancelled

    # Stopped when the packages are about to be installed: what was done is kept.
    seen = []
    with pytest.raises(Cancelled):
        attempt(
            wheels=wheels,
            report=seen.append,
            cancelled=lambda: bool(seen) and seen[-1].name == "Packages",
        ).install()
    assert home.ready_python() is None
    assert home.condition() == "unfinished"
    assert [key.split()[0] for key in home.read_state()["done"]] == ["venv"]
    assert not home.scratch.exists()
    made = home.python.lstat().st_mtime_ns

    # A package whose installation was cut off does not count as installed.
    site = next(home.folder.glob("lib/python*/site-packages"))
    cut = site / "numpy-2.4.6.dist-info"
    cut.mkdir()
    (cut / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 2.4.6")
    (cut / "RECORD").write_text("numpy/__init__.py,,\n")

    seen.clear()
    program = attempt(wheels=wheels, report=seen.append).install()

    assert home.ready_python() == program == str(home.python)
    assert home.python.lstat().st_mtime_ns == made
    assert (site / "numpy" / "__init__.py").exists()
    assert any("cut off" in stage.line for stage in seen)
    assert "Successfully installed" in home.log.read_text()
    assert not home.cache.exists()

    # Again: nothing is installed, only tried out.
    seen.clear()
    attempt(wheels=wheels, report=seen.append).install()
    assert not any(" install " in stage.line for stage in seen)
    assert (home.condition(VERSION), home.condition("9.9")) == ("ready", "outdated")

    # The same version from another place replaces what is there; packages stay.
    numpy = (site / "numpy" / "__init__.py").stat().st_mtime_ns
    changed = {**CONTENTS["rrsis_geo"][1], "rrsis_geo/pipeline.py": "BUILD = 2\n"}
    other = write_wheel(wheels.parent / "new", "rrsis_geo", contents=changed)
    attempt(wheels=wheels, package=other).install()
    assert (site / "rrsis_geo" / "pipeline.py").read_text() == "BUILD = 2\n"
    assert (site / "numpy" / "__init__.py").stat().st_mtime_ns == numpy

    # A plugin with other pins installs those; a package that breaks is not ready.
    broken = {"onnxruntime/__init__.py": "raise OSError('[WinError 126] c10.dll')\n"}
    write_wheel(wheels, "onnxruntime", contents=broken)
    resources.lock()
    (site / "onnxruntime-1.32.0.dist-info" / "RECORD").write_text("")
    assert failure(wheels=wheels).kind == "missing_library"
    assert home.ready_python() is None

    # Its home holds everything: nothing is left when it goes.
    home.remove()
    left = {path.name for path in home.home.iterdir()}
    assert left <= {"install.log", "lock", "cache"}


def test_what_would_fail_late_is_seen_before(home, wheels, failure, resources):
    """A package that is missing, or another one of the same name."""
    gone = wheels / "onnxruntime-1.32.0-py3-none-any.whl"
    kept = gone.read_bytes()
    gone.unlink()
    notice = failure("check", wheels=wheels)
    assert notice.kind == "no_wheel"
    assert "onnxruntime==1.32.0" in notice.detail
    site = next(home.folder.glob("lib/python*/site-packages"))
    assert not (site / "numpy").exists()

    gone.write_bytes(kept + b"x")
    assert failure(wheels=wheels).kind == "other_hash"
    assert not (site / "numpy").exists()
    assert home.ready_python() is None


def test_an_index_is_asked_before_anything_is_fetched(
    home, index, attempt, failure, resources
):
    plan = attempt().check()
    sizes = [path.stat().st_size for path in resources.wheels.glob("*.whl")]
    assert plan.to_fetch == sum(sizes)
    assert plan.base.program
    site = next(home.folder.glob("lib/python*/site-packages"))
    assert not (site / "numpy").exists()

    seen = []
    attempt(report=seen.append).install()
    assert seen[-1].fetched == seen[-1].to_fetch == sum(sizes)
    assert home.condition(VERSION) == "ready"

    # The index has another file under the same name than the plugin was built with.
    other = {"numpy/__init__.py": "EVIL = True\n"}
    write_wheel(resources.wheels, "numpy", contents=other)
    index()
    home.remove()
    notice = failure("check")
    assert notice.kind == "other_hash"
    assert "numpy-2.4.6" in notice.detail


def test_nothing_is_fetched_from_an_index_by_the_name_of_the_package(
    home, index, attempt, resources
):
    """Whoever registers that name must not run code on our users' machines."""
    evil = {**CONTENTS["rrsis_geo"][1], "rrsis_geo/pipeline.py": "EVIL = True\n"}
    write_wheel(resources.wheels, "rrsis_geo", contents=evil)
    index()
    attempt().install()

    site = next(home.folder.glob("lib/python*/site-packages"))
    assert (site / "rrsis_geo" / "pipeline.py").read_text() == "BUILD = 1\n"


@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ("no_such/rrsis_geo-0.1.0-py3-none-any.whl", "no_package"),
        ("rrsis-geo", "other_wheel"),
        ("rrsis_geo-0.2.0-py3-none-any.whl", "other_wheel"),
        ("https://example.org/rrsis_geo-0.1.0-py3-none-any.whl", "no_hash"),
        ("https://example.org/rrsis_geo-0.1.0-py3-none-any.whl#sha256=12", "no_hash"),
        (
            "http://example.org/rrsis_geo-0.1.0-py3-none-any.whl#sha256=" + "0" * 64,
            "no_hash",
        ),
        (
            "https://example.org/other-0.1.0-py3-none-any.whl#sha256=" + "0" * 64,
            "other_wheel",
        ),
    ],
)
def test_a_package_that_cannot_be_the_right_one_is_refused(
    home, wheels, failure, package, kind
):
    assert failure("plan", wheels=wheels, package=package).kind == kind
    assert not home.home.exists()


def test_a_plugin_without_the_wheel_takes_a_file_or_an_address(
    home, wheels, attempt, failure, resources
):
    inside = resources.folder / "wheel"
    kept = inside.rename(resources.folder / "elsewhere")
    (wheel,) = kept.glob("*.whl")
    assert failure("plan", wheels=wheels).kind == "no_wheel_inside"

    attempt(wheels=wheels, package=wheel).plan()
    attempt(wheels=wheels, package=f"{wheel.as_uri()}#sha256={sha256(wheel)}").install()
    assert home.condition(VERSION) == "ready"
    notice = failure(wheels=wheels, package=f"{wheel.as_uri()}#sha256={'0' * 64}")
    assert notice.kind == "other_hash"

    wheel.rename(wheels / wheel.name)  # in the folder of wheels it is found by itself
    attempt(wheels=wheels).plan()
    (wheels / wheel.name).write_bytes(b"another")
    assert failure("plan", wheels=wheels).kind == "damaged_wheel"


def test_an_interpreter_that_is_none_is_refused(home, make_python, failure):
    assert failure("plan", base=make_python("exit 1")).kind == "wrong_python"
    assert not home.home.exists()


def test_the_folder_of_an_environment_stands_for_its_python(tmp_path, attempt, wheels):
    import venv

    venv.create(tmp_path / "made", with_pip=False)
    plan = attempt(base=tmp_path / "made", wheels=wheels).plan()

    assert plan.base.version[:2] == sys.version_info[:2]


def test_a_full_disk_is_seen_before(home, wheels, failure, monkeypatch):
    from rrsis_geo_qgis.environment import installation

    monkeypatch.setattr(installation, "OWN_SIZE", 10**18)

    notice = failure("plan", wheels=wheels)

    assert notice.kind == "disk_full"
    assert str(home.home) in notice.full_text()
    assert not home.home.exists()


def test_a_disk_that_fills_up_is_named_where_no_program_says_so(
    home, wheels, failure, make_python, monkeypatch
):
    """Of a full disk, venv only says that ensurepip failed."""
    version = list(sys.version_info[:3])
    answer = {"program": "", "version": version, "bits": 64, "venv": True, "pip": True}
    base = make_python(
        f"case \"$2\" in -c) echo '{json.dumps(answer)}';;"
        " *) echo 'Error: Command ensurepip returned non-zero exit status 1'; exit 1;;"
        " esac"
    )
    assert failure(wheels=wheels, base=base).kind == "unknown"
    monkeypatch.setattr(type(home), "disk_is_full", lambda self: True)

    assert failure(wheels=wheels, base=base).kind == "disk_full"


def test_a_profile_that_cannot_be_written_is_said_so(tmp_path, wheels, failure):
    (tmp_path / "profile").write_text("a file where a folder should be")

    notice = failure(wheels=wheels)

    assert notice.kind in ("no_permission", "unknown")
    assert "profile" in notice.detail


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


def test_an_old_python_only_fetches_a_newer_one(
    home, attempt, failure, resources, wheels, monkeypatch
):
    """uv is a stand-in here that links this Python as the one that it has fetched."""
    from rrsis_geo_qgis.environment import installation, uv_python

    real = installation.find_interpreters
    monkeypatch.setattr(
        installation, "find_interpreters", lambda programs: programs and real(programs)
    )
    monkeypatch.setattr(uv_python, "candidates", lambda: iter([sys.executable]))
    assert failure("plan", base="", wheels=wheels).kind == "no_python"  # offline
    monkeypatch.setattr(uv_python, "candidates", lambda: iter([]))
    assert failure("plan", base="").kind == "no_python"  # nothing that fetches uv
    monkeypatch.setattr(uv_python, "candidates", lambda: iter([sys.executable]))

    plan = attempt(base="").plan()
    assert plan.base is None
    assert plan.to_fetch > uv_python.FETCHED

    script = f"""#!/bin/sh
bin="$7/cpython-3.12.9-here/bin"
mkdir -p "$bin" && ln -s '{sys.executable}' "$bin/python3"
"""
    CONTENTS["uv"] = ("0.13.9", {"uv-0.13.9.data/scripts/uv": script})
    uv = write_wheel(wheels, "uv")
    lock = resources.folder / "packages" / "uv.txt"
    lock.write_text(f"uv==0.13.9 \\\n    --hash=sha256:{sha256(uv)}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    attempt(base="").install()

    assert home.condition(VERSION) == "ready"
    assert uv_python.fetched_python(home).startswith(str(home.home))
    assert attempt(base="").plan().base.program  # now there is one


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
