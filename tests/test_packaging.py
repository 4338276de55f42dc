"""Metadata, version, licences and lists of files are consistent."""

import configparser
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import rrsis_geo

ROOT = Path(__file__).resolve().parents[1]


def test_one_version_everywhere():
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")

    assert metadata["general"]["version"] == rrsis_geo.__version__
    assert version("rrsis-geo") == rrsis_geo.__version__
    assert f"## [{rrsis_geo.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_plugin_metadata_is_complete():
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    required = (
        "name qgisMinimumVersion description about version author email repository"
    )

    assert [key for key in required.split() if not metadata["general"].get(key)] == []


def test_every_package_folder_is_shipped():
    listed = re.findall(
        r'^    "(rrsis_geo[\w.]*)",$', (ROOT / "pyproject.toml").read_text(), re.M
    )
    folders = [
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in sorted((ROOT / "rrsis_geo").rglob("__init__.py"))
    ]

    assert sorted(listed) == sorted([*folders, "rrsis_geo_cli"])


def test_every_data_file_is_shipped():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = {
        path
        for package, patterns in settings["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    there = {
        path
        for path in (ROOT / "rrsis_geo").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }

    assert sorted(there - shipped) == []


def test_every_pin_is_exact():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]

    assert [pin for pin in pins if not re.fullmatch(r"[\w-]+==[\w.]+", pin)] == []
    assert "torch==2.13.0" in pins


def test_licences_are_complete_texts():
    apache = (ROOT / "LICENSE").read_text()
    gpl = (ROOT / "qgis_plugin" / "LICENSE").read_text()

    assert "Apache License" in apache
    assert "END OF TERMS AND CONDITIONS" in apache
    assert "GNU GENERAL PUBLIC LICENSE" in gpl
    assert "END OF TERMS AND CONDITIONS" in gpl
