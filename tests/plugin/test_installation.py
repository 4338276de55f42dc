"""The managed environment, made by a real pip from wheels of a few bytes."""

import json
import sys

import pytest
from small_wheels import CONTENTS, VERSION, write_wheel


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
