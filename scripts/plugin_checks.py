"""Checks of the assembled plugin for the plugin repository, Qt 6 and Python 3.9.

Each check takes the assembled folder, or the syntax tree of a file, and yields one line
for every problem.
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_BYTES = 2_000_000
"""Maximum size of the zip for the plugin repository."""

SUFFIXES = {".py", ".svg", ".qm", ".txt", ""}
"""Suffixes of allowed files: no compiled code, archives or screenshots."""

WITHOUT_SUFFIX = {"LICENSE"}

REQUIRED_FILES = (
    *("LICENSE", "__init__.py", "core/__init__.py", "core/LICENSE"),
    *("packages/cpu.txt", "packages/gpu.txt", "packages/uv.txt"),
)

METADATA = {
    "qgisMinimumVersion": "3.22",
    "qgisMaximumVersion": "4.99",
    "hasProcessingProvider": "yes",
    "license": "GPL-3.0-or-later",
    "deprecated": "False",
    "server": "False",
}
REQUIRED = (
    *("name", "description", "about", "version", "author", "email", "repository"),
    *("tracker", "homepage", "tags", "category", "icon", "changelog", "experimental"),
    *METADATA,
)

ALLOWED_PACKAGES = {"qgis", "processing"}
"""Packages that the plugin may import besides the standard library and itself."""

OLDEST_PYTHON = (3, 9)

QT_CLASS = re.compile(r"Q(t|[A-Z]\w*|gs[A-Z]\w*|gis)$")
ENUM_MEMBER = re.compile(r"[A-Z]\w*$")
WITHOUT_SCOPE = {"QVariant"}
"""Classes whose unscoped members QGIS restores under Qt 6: QVariant.String."""

REMOVED_METHODS = {"exec_", "print_"}
"""Methods that Qt 6 has removed."""


def find_problems(folder: Path, *, version: str) -> list[str]:
    """Run all checks on an assembled plugin.

    Args:
        folder: The assembled plugin.
        version: Version of the package.
    """
    found = [
        *check_names(folder),
        *check_metadata(folder, version=version),
        *check_required_files(folder),
    ]
    for path in sorted(folder.rglob("*.py")):
        shown = path.relative_to(folder).as_posix()
        try:
            tree = ast.parse(
                path.read_text(encoding="utf-8"), feature_version=OLDEST_PYTHON
            )
        except (SyntaxError, ValueError) as error:
            found.append(f"{shown}: not Python {OLDEST_PYTHON}: {error}")
            continue
        found += [
            f"{shown}: {line}" for line in (*check_imports(tree), *check_qt(tree))
        ]
    return found


def check_names(folder: Path) -> Iterator[str]:
    """Check for portable file names and allowed kinds of files."""
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if not re.fullmatch(r"[\w./-]+", shown, re.ASCII):
            yield f"{shown!r}: a name with signs other than ASCII letters, digits, -_."
        if path.is_symlink():
            yield f"{shown}: a link"
        if path.name.startswith(".") or path.name == "__pycache__":
            yield f"{shown}: hidden or compiled"
        if path.is_file() and path.suffix not in SUFFIXES:
            yield f"{shown}: a file of a kind that a plugin does not need"
        if path.is_file() and not path.suffix and path.name not in WITHOUT_SUFFIX:
            yield f"{shown}: a file of no known kind"


def check_metadata(folder: Path, *, version: str) -> Iterator[str]:
    """Check that the metadata are complete and have the version of the package."""
    path = folder / "metadata.txt"
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
        general = dict(parser["general"])
    except (OSError, configparser.Error, KeyError) as error:
        yield f"metadata.txt: cannot be read: {error!r}"
        return
    for key in REQUIRED:
        if not general.get(key, "").strip():
            yield f"metadata.txt: {key} is missing"
    for key, expected in METADATA.items():
        if general.get(key, expected) != expected:
            yield f"metadata.txt: {key} is {general[key]}, not {expected}"
    if general.get("version") != version:
        yield f"metadata.txt: version is {general.get('version')}, not {version}"
    for key in ("repository", "tracker", "homepage"):
        if not general.get(key, "https://").startswith("https://"):
            yield f"metadata.txt: {key} is no https address"
    icon = general.get("icon", "")
    if icon and not (folder / icon).is_file():
        yield f"metadata.txt: there is no icon {icon}"


def check_required_files(folder: Path) -> Iterator[str]:
    """Check for the files that QGIS, the repository and the plugin itself require."""
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            yield f"{name}: is missing"
    start = folder / "__init__.py"
    if start.is_file() and "def classFactory(" not in start.read_text(encoding="utf-8"):
        yield "__init__.py: has no classFactory"


def check_imports(tree: ast.AST) -> Iterator[str]:
    """Check for imports other than QGIS, standard library and relative ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or ""]
        else:
            continue
        for module in modules:
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in ALLOWED_PACKAGES:
                continue
            yield (
                f"line {node.lineno}: imports {module}; allowed are the standard "
                "library, Qt from qgis.PyQt, and the plugin's own files by relative "
                "names"
            )


def check_qt(tree: ast.AST) -> Iterator[str]:
    """Check for names that only Qt 5 has: enums without scope, removed methods."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    types = {id(part) for note in _annotations(tree) for part in ast.walk(note)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in REMOVED_METHODS:
            yield f"line {node.lineno}: {node.attr} is gone in Qt 6"
        owner = node.value
        name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        if name in WITHOUT_SCOPE and node.attr == "Type":
            yield f"line {node.lineno}: {name}.Type is gone in Qt 6, {name}.Int not"
        leaf = id(node) not in inner | called | types
        if name in WITHOUT_SCOPE:
            continue
        if leaf and QT_CLASS.match(name) and ENUM_MEMBER.match(node.attr):
            yield (
                f"line {node.lineno}: {name}.{node.attr} has no scope; write "
                f"{name}.ENUM.{node.attr}, or Qt 6 does not find it"
            )


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        notes = (getattr(node, "annotation", None), getattr(node, "returns", None))
        yield from filter(None, notes)
