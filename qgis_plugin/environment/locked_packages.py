"""Packages with their versions, hashes and sizes, as scripts/lock_packages pins them.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Tuple

_FILE = re.compile(r"# (\d+) (\S+\.whl)$")
_REQUIREMENT = re.compile(r"([\w.-]+)==\S+")

_BEGUN = re.compile(r"\s*(Downloading|Using cached|Processing) (?:\S*/)?([^/\s]+\.whl)")
"""What pip prints before it fetches a file, or where it need not."""

_PLATFORMS = {"linux": "manylinux", "win32": "win", "darwin": "macosx"}
"""`sys.platform` -> how its wheels begin to name it."""

_MACHINES = {
    "amd64": ("x86_64", "amd64", "universal2"),
    "x86_64": ("x86_64", "amd64", "universal2"),
    "arm64": ("arm64", "aarch64", "universal2"),
    "aarch64": ("arm64", "aarch64", "universal2"),
}
"""`platform.machine()`, lower case -> how wheels name it."""


@dataclass(frozen=True)
class LockedPackage:
    """One package of one version, for all platforms."""

    name: str
    requirement: str
    """As pip reads it: version and marker."""
    hashes: Tuple[str, ...]
    """SHA-256 of each of its wheels."""
    files: Tuple[Tuple[str, int], ...]
    """Name and bytes of each of its wheels."""

    def lines(self) -> str:
        """Return the requirement with its hashes, for a file that pip reads."""
        return " ".join(
            [self.requirement, *(f"--hash=sha256:{h}" for h in self.hashes)]
        )

    def size(self, *, python: Tuple[int, ...], platform: str, machine: str) -> int:
        """Return the bytes of its wheel for a platform; 0 if it has none there.

        pip chooses among wheels for several versions of the C library, which hardly
        differ in size; the largest counts here.

        Args:
            python: Version, at least major and minor.
            platform: As in `sys.platform`.
            machine: As of `platform.machine()`.
        """
        sizes = [
            size
            for name, size in self.files
            if _fits(name, python, platform, machine.lower())
        ]
        return max(sizes, default=0)


def read_lock(path: Path) -> List[LockedPackage]:
    """Read a file of pinned packages.

    Raises:
        OSError: The file cannot be read.
    """
    packages: List[LockedPackage] = []
    requirement, hashes, files = "", [], []
    for line in [*path.read_text(encoding="ascii").splitlines(), "end==0"]:
        named, sized = _REQUIREMENT.match(line), _FILE.match(line)
        if named is not None:
            if requirement:
                packages.append(_package(requirement, hashes, files))
            requirement, hashes, files = line.rstrip("\\ "), [], []
        elif sized is not None:
            files.append((sized[2], int(sized[1])))
        elif "--hash=sha256:" in line:
            hashes.append(line.strip("\\ ").rpartition(":")[2])
    return packages


def file_sizes(packages: Iterable[LockedPackage]) -> Dict[str, int]:
    """Return the bytes of every wheel by its name."""
    return {name: size for package in packages for name, size in package.files}


class FetchedBytes:
    """Counts what pip has fetched, from its output with --progress-bar=raw."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        """Begin at zero.

        Args:
            sizes: Bytes of every wheel by its name.
        """
        self._sizes = sizes
        self._whole = 0
        self._current = 0

    def after(self, line: str) -> int | None:
        """Return the bytes fetched after a line; None if it says nothing about that."""
        words = line.split()
        if words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit():
            return self._whole + int(words[1])
        begun = _BEGUN.match(line)
        if begun is None:
            return None
        self._whole += self._current
        self._current = self._sizes.get(begun[2], 0)
        return self._whole + (0 if begun[1] == "Downloading" else self._current)


def _package(
    requirement: str, hashes: List[str], files: List[Tuple[str, int]]
) -> LockedPackage:
    name = requirement.partition("==")[0]
    return LockedPackage(name, requirement, tuple(hashes), tuple(files))


def _fits(name: str, python: Tuple[int, ...], platform: str, machine: str) -> bool:
    """Whether a wheel is for an interpreter and a platform, by its name."""
    interpreter, abi, where = name[: -len(".whl")].split("-")[-3:]
    series = f"cp{python[0]}{python[1]}"
    if not (series in interpreter or abi == "abi3" or "py3" in interpreter):
        return False
    if where == "any":
        return True
    named = _MACHINES.get(machine, (machine,))
    return _PLATFORMS.get(platform, platform) in where and where.endswith(named)
