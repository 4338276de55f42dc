"""The structure of the package: levels, names, file sizes, what QGIS may load."""

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rrsis_geo"

LEVELS = [
    {"errors", "types", "version"},
    {"files", "job_texts", "folder_lock"},
    {"job", "protocol", "atomic_write", "geodata"},
    {"scene", "datasets", "language", "model"},
    {"matching"},
    {
        *("tiling", "vector", "query", "expressions", "synthetic", "answer_cache"),
    },
    {"colour", "evaluation", "runtime"},
    {"chips", "pipeline", "training"},
    {"doctor", "many_scenes"},
    {"worker"},
]
"""A package, or a module at the top, imports only those of lower levels."""

LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}
SOURCES = sorted(PACKAGE.rglob("*.py"))
CODE = [*SOURCES, *sorted((ROOT / "cli").rglob("*.py"))]

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in SOURCES
    if path.stem != "__init__"
}
"""Dotted names of all modules, packages left out."""

SAME_NAMES = {"config"}
"""Modules that do the same for two things."""

OLD_PYTHON = [
    "__init__.py",
    "errors.py",
    "job.py",
    "job_texts.py",
    "protocol.py",
    "version.py",
]
"""Files of the package that run inside QGIS's own Python, 3.9 on some platforms."""

LOADERS = {"pickle", "_pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
"""Modules that run what a file says."""

UNPICKLER = PACKAGE / "datasets" / "formats" / "safe_pickle.py"
"""The one module that imports one of them, for a restricted `Unpickler`."""

TORCH_FREE = {"model/config.py", "model/serialization/header.py"}


def ids(path):
    return str(path.relative_to(ROOT))


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path):
    """Dotted names in any import, wherever it stands in the file."""
    names = set()
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            base = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def modules_imported(path):
    """Modules of the package that a file imports; names in them are cut off."""
    return {
        name
        for full in imported(path)
        for name in (full, full.rpartition(".")[0])
        if name in MODULES
    }


def package_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def packages_imported(path):
    parts = [name.split(".") for name in imported(path)]
    return {
        part[1]
        for part in parts
        if part[0] == "rrsis_geo" and len(part) > 1 and part[1] in LEVEL
    }


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_every_package_has_a_level(path):
    assert package_of(path) in LEVEL.keys() | {"__init__"}


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_packages_import_only_lower_packages(path):
    own = package_of(path)
    if own == "__init__":
        pytest.skip("names packages for type checkers and imports them late")
    others = packages_imported(path) - {own}
    assert sorted(other for other in others if LEVEL[other] >= LEVEL[own]) == []


def test_no_two_modules_import_each_other():
    """Imports for type checkers count; a package's `__init__` re-exports only."""
    uses = {name: modules_imported(path) - {name} for name, path in MODULES.items()}
    TopologicalSorter(uses).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=ids)
def test_a_folder_holds_few_files(folder):
    modules = [path for path in folder.glob("*.py") if not path.stem.startswith("__")]
    assert len(modules) <= (9 if folder == PACKAGE else 12)


def test_no_two_modules_bear_one_name():
    names = Counter(path.stem for path in MODULES.values())
    assert {name for name, count in names.items() if count > 1} == SAME_NAMES


@pytest.mark.parametrize("path", CODE, ids=ids)
def test_files_stay_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", CODE, ids=ids)
def test_no_file_is_a_catch_all(path):
    assert path.stem not in {"utils", "util", "helpers", "misc", "common", "tools"}


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_torch_is_imported_only_behind_the_seam(path):
    heavy = {name.split(".")[0] for name in imported(path)} & {"torch", "transformers"}
    place = path.relative_to(PACKAGE).as_posix()
    may_use_torch = package_of(path) in {"model", "training", "evaluation"}
    if place in TORCH_FREE or not may_use_torch:
        assert heavy <= ({"torch"} if package_of(path) == "doctor" else set())


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_the_library_knows_no_command_line(path):
    if path.name == "__main__.py":
        pytest.skip("is a command itself")
    names = {name.split(".")[0] for name in imported(path)}
    assert names & {"click", "rich", "rrsis_geo_cli", "cli", "qgis"} == set()


@pytest.mark.parametrize("path", CODE, ids=ids)
def test_nothing_is_unpickled_or_evaluated(path):
    called = {
        node.func.id
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"eval", "exec", "compile"} == set()
    loaders = {name.split(".")[0] for name in imported(path)} & LOADERS
    assert loaders <= ({"pickle"} if path == UNPICKLER else set())


def test_pickle_is_only_subclassed_where_it_is_imported():
    tree = parsed(UNPICKLER)
    bases = [
        ast.unparse(base)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]
    used = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pickle"
    ]
    assert imported(UNPICKLER) & {"pickle"} == {"pickle"}
    assert not [name for name in imported(UNPICKLER) if name.startswith("pickle.")]
    assert set(used) == {"pickle.Unpickler", "pickle.UnpicklingError"}
    assert used.count("pickle.Unpickler") == bases.count("pickle.Unpickler") == 1


@pytest.mark.parametrize("name", OLD_PYTHON)
def test_what_qgis_loads_is_python_3_9_and_standard_library(name):
    path = PACKAGE / name
    source = path.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 9))
    others = {other.split(".")[0] for other in imported(path)} - {"rrsis_geo"}
    assert others <= sys.stdlib_module_names


@pytest.mark.parametrize("name", OLD_PYTHON[1:])
def test_what_qgis_loads_imports_only_its_like(name):
    assert packages_imported(PACKAGE / name) <= {
        name.removesuffix(".py") for name in OLD_PYTHON
    }


def modules_after(code):
    """Top-level modules loaded by a piece of code in a fresh interpreter."""
    code += "; import sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.split())


def test_the_protocol_loads_neither_numpy_nor_torch():
    loaded = modules_after("import rrsis_geo.protocol")
    assert loaded & {"numpy", "torch", "rasterio", "shapely"} == set()


def test_the_public_names_load_no_torch_before_a_job_runs():
    loaded = modules_after("from rrsis_geo import segment, SegmentJob, SegmentOptions")
    assert loaded & {"torch", "transformers"} == set()
    assert "rrsis_geo" in loaded


def test_the_public_names_are_these():
    import rrsis_geo

    assert dir(rrsis_geo) == [
        "SegmentJob",
        "SegmentOptions",
        "SegmentResult",
        "Segmenter",
        "__version__",
        "segment",
        "segment_many",
    ]
    for name in dir(rrsis_geo):
        assert getattr(rrsis_geo, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'segmant'"):
        rrsis_geo.segmant  # noqa: B018
