"""Wheels of a few bytes, and a plugin that pins them.

rrsis-geo and what it needs are stand-ins here: packages with nothing inside, so that
neither network nor megabytes are needed.
"""

import hashlib
import zipfile
from pathlib import Path

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
