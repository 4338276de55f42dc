"""Which Python can carry an environment, and whether rrsis-geo works in one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rrsis_geo
from rrsis_geo.protocol import PROTOCOL_VERSION

VERSION = rrsis_geo.__version__


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The folder of packages and the program of an environment without packages."""
    folder = tmp_path_factory.mktemp("bare") / "env"
    command = [sys.executable, "-I", "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    return packages, str(folder / "bin" / "python")


def put(packages, name, version, source=None):
    """Something installed, as far as anyone looks."""
    record = packages / f"{name}-{version}.dist-info"
    record.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (record / "METADATA").write_text(text)
    if source is not None:
        (packages / "rrsis_geo").mkdir(exist_ok=True)
        (packages / "rrsis_geo" / "__init__.py").write_text("")
        (packages / "rrsis_geo" / "protocol.py").write_text(source)


def judge(program):
    from rrsis_geo_qgis.environment.interpreters import check_interpreter

    return check_interpreter(program, version=VERSION)


def test_the_python_of_these_tests_is_fit():
    notice = judge(sys.executable)

    assert notice.kind == "ok"
    assert f"rrsis-geo {VERSION} and torch" in notice.full_text()


def test_an_interpreter_gets_better_step_by_step(bare):
    packages, program = bare
    # Longer than the broken source: within a second Python tells sources by length.
    good = f"PROTOCOL_VERSION = {PROTOCOL_VERSION}  # as here"

    assert judge(program).kind == "no_package"
    put(packages, "rrsis_geo", "0.0.1", "import nothing_there")
    assert judge(program).kind == "broken"
    assert "nothing_there" in judge(program).full_text()
    (packages / "rrsis_geo" / "protocol.py").write_text(good)
    assert judge(program).kind == "no_runtime"
    put(packages, "onnxruntime", "1.31.0")
    notice = judge(program)
    assert notice.kind == "other_version"
    assert "0.0.1" in notice.full_text()
    assert f"rrsis_geo-{VERSION}-py3-none-any.whl" in notice.full_text()
    (packages / "rrsis_geo-0.0.1.dist-info").rename(
        packages / f"rrsis_geo-{VERSION}.dist-info"
    )
    text = f"Metadata-Version: 2.1\nName: rrsis-geo\nVersion: {VERSION}\n"
    (packages / f"rrsis_geo-{VERSION}.dist-info" / "METADATA").write_text(text)
    assert judge(program).kind == "ok"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("exit 0", "no_python"),
        ("echo hello", "no_python"),
        ("echo '[]'", "no_python"),
        ("exit 9", "no_python"),
        ("""echo '{"version": [3, 9, 1], "package": null}'""", "old_python"),
    ],
)
def test_programs_that_are_no_python_are_refused(make_python, text, kind):
    notice = judge(make_python(text))

    assert notice.kind == kind
    assert notice.advice


def test_paths_that_are_no_program_are_refused(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("text")

    assert judge("").kind == "no_file"
    assert judge(str(tmp_path)).kind == "no_file"
    assert judge(str(tmp_path / "nowhere")).kind == "no_file"
    assert judge(str(plain)).kind == "no_python"


def test_variables_of_qgis_do_not_leak(monkeypatch):
    from rrsis_geo_qgis.environment.interpreters import clean_environment, run_code

    for name in ("PYTHONHOME", "PYTHONPATH", "PROJ_LIB", "LD_LIBRARY_PATH"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://h:1")

    seen = run_code(
        sys.executable, "import json, os; print(json.dumps(dict(os.environ)))"
    )

    assert seen["HTTPS_PROXY"] == "http://h:1"
    assert "/nowhere" not in seen.values()
    assert clean_environment({"PIP_CERT": "c", "PYTHONSTARTUP": "s"}) == {
        "PIP_CERT": "c"
    }


def test_the_safest_python_comes_first(make_python):
    from rrsis_geo_qgis.environment.interpreters import find_interpreters

    def fake(version, venv="true"):
        name = "python" + "".join(version.split(", "))
        answer = f'"version": [{version}], "bits": 64, "venv": {venv}, "pip": true'
        return make_python(f"""echo '{{"program": "'$0'", {answer}}}'""", name)

    places = [
        fake("3, 14, 0"),
        fake("3, 9, 9"),
        fake("3, 11, 2"),
        fake("3, 12, 1", venv="false"),
        fake("3, 15, 0"),
        fake("3, 12, 0"),
        make_python("exit 1", "python-broken"),
    ]
    found = find_interpreters(places)

    versions = [one.version for one in found]
    assert versions == [(3, 12, 0), (3, 11, 2), (3, 14, 0), (3, 15, 0), (3, 12, 1)]


def test_this_computer_has_one():
    from rrsis_geo_qgis.environment.interpreters import find_interpreters

    found = find_interpreters()

    assert found
    assert all(one.version >= (3, 11) and Path(one.program).exists() for one in found)
    real = [os.path.realpath(one.program) for one in found]
    assert len(set(real)) == len(real)


def test_the_launcher_of_windows_is_understood():
    from rrsis_geo_qgis.environment.interpreters import parse_launcher_list

    listing = (
        " -V:3.13 *        C:\\Python313\\python.exe\n"
        " -V:3.12          C:\\Users\\Ada B\\Python312\\python.exe\n"
        " -3.11-64         C:\\Python311\\python.exe\n"
        "No global python\n"
    )

    assert parse_launcher_list(listing) == [
        "C:\\Python313\\python.exe",
        "C:\\Users\\Ada B\\Python312\\python.exe",
        "C:\\Python311\\python.exe",
    ]


def test_the_oldest_python_is_that_of_the_package():
    import tomllib

    from rrsis_geo_qgis.environment.interpreters import MINIMUM

    root = Path(__file__).resolve().parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    assert settings["project"]["requires-python"] == ">=" + ".".join(map(str, MINIMUM))
