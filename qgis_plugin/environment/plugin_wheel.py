"""The wheel of rrsis-geo: inside the plugin, or a file or address of the user's.

The package is never looked up by its name in an index. Standard library only, so that
all of it is tested without QGIS.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from ..notices import Notice, installation_failure

ADDRESS = re.compile(r"(?:https|file)://\S+/([^/#\s]+\.whl)#sha256=([0-9a-f]{64})$")


@dataclass(frozen=True)
class PackageWheel:
    """A wheel that pip installs from its place, by its hash."""

    place: str
    """Address; that of a file begins with file://."""
    sha256: str

    @property
    def requirement(self) -> str:
        """The line for pip's file of requirements."""
        return f"rrsis-geo @ {self.place} --hash=sha256:{self.sha256}"


def find_wheel(
    resources: Path, *, version: str, chosen: str = "", wheels: str = ""
) -> PackageWheel | Notice:
    """Find the wheel to install.

    A file that the user chose is taken as it is; the plugin's own wheel, and one found
    in a folder of wheels, must have the hash that the plugin was built with.

    Args:
        resources: Folder of the plugin.
        version: Version of the plugin.
        chosen: The user's file or address; empty for the plugin's own wheel.
        wheels: The user's folder of wheels, looked into where the plugin has no wheel.

    Returns:
        The wheel, or what is wrong with it.
    """
    name, pinned = pinned_wheel(resources)
    address = ADDRESS.match(chosen)
    if "://" in chosen and address is None:
        return installation_failure("no_hash", detail=chosen, name=name)
    found = address[1] if address else os.path.basename(chosen)
    if chosen and not re.match(rf"rrsis_geo-{re.escape(version)}-\S+\.whl$", found):
        return installation_failure("other_wheel", detail=chosen, name=name)
    if address is not None:
        return PackageWheel(chosen.partition("#")[0], address[2])
    places = [Path(chosen)] if chosen else [resources / "wheel" / name]
    if wheels and not chosen:
        places.append(Path(wheels, name))
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        kind = "no_package" if chosen else "no_wheel_inside"
        return installation_failure(kind, detail=chosen, name=name)
    digest = file_sha256(path)
    if not chosen and digest != pinned:
        return installation_failure("damaged_wheel", detail=str(path), name=name)
    return PackageWheel(path.resolve().as_uri(), digest)


def pinned_wheel(resources: Path) -> Tuple[str, str]:
    """Return name and SHA-256 of the wheel that the plugin was built with.

    Raises:
        OSError: The plugin is incomplete.
    """
    text = (resources / "packages" / "wheel.txt").read_text(encoding="ascii")
    digest, name = text.split()
    return name, digest


def wheel_to_name(resources: Path) -> str:
    """Return the path of the wheel inside the plugin, else its file name."""
    name, _ = pinned_wheel(resources)
    inside = resources / "wheel" / name
    return str(inside) if inside.is_file() else name


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits.

    Raises:
        OSError: The file cannot be read.
    """
    digest = hashlib.sha256()
    with open(path, "rb") as opened:
        for block in iter(lambda: opened.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
