"""The pinned packages of the plugin: complete for every platform, and as tested."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "qgis_plugin" / "packages"

PLATFORMS = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("win32", "AMD64"),
    ("darwin", "arm64"),
]
LINUX_ONLY = re.compile(r"nvidia-|cuda-|triton")
OTHER_PLATFORMS = {"colorama", "httpx2-jsfetch"}


def locked(name):
    from rrsis_geo_qgis.environment.locked_packages import read_lock

    return read_lock(FOLDER / name)


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements):
    return {re.match(r"[\w-]+", text)[0] for text in requirements}


def test_all_that_the_package_needs_is_pinned():
    torch = project()["optional-dependencies"]["torch"]
    light = {package.name for package in locked("cpu.txt")}
    heavy = {package.name for package in locked("gpu.txt")}

    assert names(project()["dependencies"]) | {"pip"} <= light
    assert light | names(torch) <= heavy
    assert not light & {"torch", "transformers", "pyarrow", "huggingface-hub"}
    assert "rrsis-geo" not in light | heavy


@pytest.mark.parametrize("name", ["cpu.txt", "gpu.txt", "uv.txt"])
def test_the_pins_are_those_of_the_tests(name):
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    )
    for package in locked(name):
        version = re.search(r"==(\S+)", package.requirement)[1]
        assert pins.get(package.name, version) == version
    assert "://" not in (FOLDER / name).read_text()


@pytest.mark.parametrize("name", ["cpu.txt", "gpu.txt", "uv.txt"])
@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 13), (3, 14)])
@pytest.mark.parametrize(("platform", "machine"), PLATFORMS)
def test_every_package_has_a_wheel_for_every_platform(name, python, platform, machine):
    for package in locked(name):
        if package.name in OTHER_PLATFORMS:
            continue
        if platform != "linux" and LINUX_ONLY.match(package.name):
            continue
        size = package.size(python=python, platform=platform, machine=machine)
        assert size > 0, package.name


def test_a_wheel_of_another_python_or_platform_does_not_count():
    (numpy,) = (package for package in locked("cpu.txt") if package.name == "numpy")

    here = numpy.size(python=(3, 12), platform="linux", machine="x86_64")
    assert here > 10**7
    assert numpy.size(python=(3, 10), platform="linux", machine="x86_64") == 0
    assert numpy.size(python=(3, 12), platform="sunos5", machine="sparc") == 0
    assert numpy.size(python=(3, 12), platform="win32", machine="AMD64") != here


def test_what_pip_prints_is_counted_in_bytes():
    from rrsis_geo_qgis.environment.locked_packages import FetchedBytes

    count = FetchedBytes({"a-1-py3-none-any.whl": 100, "b-1-py3-none-any.whl": 50})
    lines = {
        "Collecting a==1": None,
        "  Downloading a-1-py3-none-any.whl (100 bytes)": 0,
        "Progress 30 of 100": 30,
        "Progress 100 of 100": 100,
        "  Using cached https://example.org/b-1-py3-none-any.whl (50 bytes)": 150,
        "Processing /files/c-1-py3-none-any.whl": 150,
        "Installing collected packages: a, b": None,
    }
    assert {line: count.after(line) for line in lines} == lines
