"""The structure of the plugin: levels of its packages, sizes of folders and files."""

import ast
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "qgis_plugin"
SOURCES = sorted(PLUGIN.rglob("*.py"))

LEVELS = [
    {"core"},
    {"notices", "translate", "request_error", "expressions", "icon", "narrow"},
    {"environment", "job_options", "number_box"},
    {"settings", "worker", "layers"},
    {"find_python", "images"},
    {"setup", "review", "runs"},
    {"panel", "algorithms"},
    {"plugin"},
]
"""A package or module imports only those of lower levels."""

LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}


def ids(path):
    return path.relative_to(PLUGIN).as_posix()


def level_of(path):
    return LEVEL[path.relative_to(PLUGIN).parts[0].removesuffix(".py")]


def imports(path):
    """Yield the import statements of a file, wherever they are."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def packages_imported(path):
    """Packages and modules of the plugin that a file imports."""
    depth = len(path.relative_to(PLUGIN).parts)
    for node in imports(path):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            names = [node.module] if node.module else [item.name for item in node.names]
            yield from (name.split(".")[0] for name in names)


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_packages_import_only_lower_ones(path):
    if path == PLUGIN / "__init__.py":
        pytest.skip("imports the plugin when QGIS calls it")
    for name in packages_imported(path):
        assert LEVEL[name] < level_of(path), name


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_files_stay_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=ids)
def test_a_folder_holds_few_files(folder):
    assert len([path for path in folder.glob("*.py") if path.stem[0] != "_"]) <= 12


@pytest.mark.parametrize(
    "path", [*sorted(PLUGIN.glob("environment/*.py")), PLUGIN / "notices.py"], ids=ids
)
def test_the_environment_needs_only_the_standard_library(path):
    for node in imports(path):
        if isinstance(node, ast.Import):
            modules = [item.name for item in node.names]
        else:
            modules = [] if node.level else [node.module]
        assert {name.split(".")[0] for name in modules} <= sys.stdlib_module_names
    assert set(packages_imported(path)) <= {"core", "notices"}
