"""Import every module of the plugin and look up every name it takes from Qt.

    python -I qt_names.py PLUGINS             in QGIS's Python: Qt 5, names of QGIS too
    python -I qt_names.py PLUGINS SHIM        in a Python with PyQt6 and no QGIS

PLUGINS holds rrsis_geo_qgis/. SHIM is the folder qgis/PyQt of an installed QGIS; with
its Qt version replaced it is the layer between plugins and Qt 6. QGIS's own classes are
then stubs. Enums without scope may be used anywhere inside functions, so every dotted
name of a file is looked up.
"""

import ast
import importlib
import sys
import tempfile
from pathlib import Path

PACKAGE = "rrsis_geo_qgis"

STUBS = """
from PyQt6 import QtCore, QtWidgets

WIDGETS = {"QgsDockWidget": QtWidgets.QDockWidget, "QgisInterface": QtCore.QObject,
           "QgsMapTool": QtCore.QObject, "QgsMapCanvas": QtWidgets.QWidget}


def kind_of(base):
    class Kind(type(base)):
        def __getattr__(cls, name):
            if not name[0].isupper():
                raise AttributeError(name)
            return stub(name, object)

        def __or__(cls, other):
            return cls

        __ror__ = __or__

    return Kind


def stub(name, base):
    return kind_of(base)(name, (base,), {})


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    base = WIDGETS.get(name, BASE)
    made = globals()[name] = stub(name, base)
    return made
"""


def install_shim(shim, folder):
    """Create a package `qgis` over PyQt6."""
    package = folder / "qgis"
    (package / "PyQt").mkdir(parents=True)
    (package / "__init__.py").touch()
    for path in Path(shim).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("PyQt5", "PyQt6").replace("5 == 6", "6 == 6")
        (package / "PyQt" / path.name).write_text(text, encoding="utf-8")
    for name, base in [("core", "QObject"), ("gui", "QWidget"), ("utils", "QObject")]:
        module = "QtWidgets" if base == "QWidget" else "QtCore"
        source = f"{STUBS}\nBASE = {module}.{base}\n"
        (package / f"{name}.py").write_text(source, encoding="utf-8")
    sys.path.insert(0, str(folder))


def dotted(node):
    """Return the names of a chain such as Qt.AlignmentFlag.AlignTop, else None."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None


def missing(path, *, only_qt):
    """Yield the dotted names of a file that do not exist."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    roots = {}
    for node in ast.walk(tree):
        foreign = isinstance(node, ast.ImportFrom) and not node.level and node.module
        if foreign and foreign.startswith("qgis.PyQt" if only_qt else "qgis"):
            module = importlib.import_module(foreign)
            for alias in node.names:
                if hasattr(module, alias.name):
                    shown = alias.asname or alias.name
                    roots[shown] = getattr(module, alias.name)
                else:
                    yield node.lineno, f"{foreign}.{alias.name}"
    looked_up = 0
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        whole = isinstance(node, ast.Attribute) and id(node) not in inner
        names = dotted(node) if whole else None
        if names and names[0] in roots:
            found = roots[names[0]]
            looked_up += 1
            for name in names[1:]:
                found = getattr(found, name, None)
                if found is None:
                    yield node.lineno, ".".join(names)
                    break
    COUNTS.append(looked_up)


COUNTS = []


def main():
    """Print missing names; exit with code 1 if there are any."""
    plugins, *shim = sys.argv[1:]
    scratch = tempfile.TemporaryDirectory()
    if shim:
        install_shim(shim[0], Path(scratch.name))
    sys.path.insert(0, plugins)
    from qgis.PyQt.QtCore import QT_VERSION_STR

    folder = Path(plugins, PACKAGE)
    lost = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(plugins).with_suffix("").parts
        importlib.import_module(".".join(parts).removesuffix(".__init__"))
        lost += [
            f"{path.name}:{line}: {name}"
            for line, name in missing(path, only_qt=bool(shim))
        ]
    print(f"Qt {QT_VERSION_STR}: {len(COUNTS)} modules, {sum(COUNTS)} names looked up")
    sys.exit("\n".join(lost) or 0)


main()
