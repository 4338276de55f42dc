"""What to install, and which build of torch pip will choose for it.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

DEFAULT_BUILD = {"linux": "cuda"}
"""`sys.platform` -> build of torch in the usual package index; cpu elsewhere."""


@dataclass(frozen=True)
class InstallChoice:
    """What to install, and from where."""

    base: str = ""
    """Interpreter from which the environment is made; empty: the best one found."""
    package: str = ""
    """Wheel or source folder of rrsis-geo; empty: the plugin's version from the
    index."""
    wheels: str = ""
    """Folder of wheels; nothing is downloaded then."""
    build: str = "any"
    """Build of torch: cpu, cuda, or any (as pip chooses)."""
    torch_index: str = ""
    """Address of a package index with that build; empty: as pip is configured."""


def expected_build(choice: InstallChoice, *, platform: str = sys.platform) -> str:
    """Return the build of torch that will be installed: cpu or cuda."""
    explicit = choice.build != "any" and (choice.torch_index or choice.wheels)
    if explicit or choice.build == "cpu":
        return choice.build
    return DEFAULT_BUILD.get(platform, "cpu")


def index_missing(choice: InstallChoice, *, platform: str = sys.platform) -> bool:
    """Whether pip will probably install another build of torch than the chosen one.

    Pip's configuration may name an index that has it; that is not known here.
    """
    default = DEFAULT_BUILD.get(platform, "cpu")
    other = choice.build not in ("any", default)
    return other and not (choice.torch_index.strip() or choice.wheels)
