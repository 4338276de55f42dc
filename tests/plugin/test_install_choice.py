"""What the user chooses to install from: a wheel, an interpreter, a fetched Python."""

import sys

import pytest
from small_wheels import CONTENTS, VERSION, sha256, write_wheel


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
    made = ("0.13.9", {"uv-0.13.9.data/scripts/uv": script})
    monkeypatch.setitem(CONTENTS, "uv", made)
    uv = write_wheel(wheels, "uv")
    lock = resources.folder / "packages" / "uv.txt"
    lock.write_text(f"uv==0.13.9 \\\n    --hash=sha256:{sha256(uv)}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    attempt(base="").install()

    assert home.condition(VERSION) == "ready"
    assert uv_python.fetched_python(home).startswith(str(home.home))
    assert attempt(base="").plan().base.program  # now there is one
