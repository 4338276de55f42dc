"""Draw the packages of rrsis_geo and their imports into CONTRIBUTING.md.

    python scripts/package_map.py            rewrites the picture
    python scripts/package_map.py --check    exit code 1 where it is out of date

The picture is a Mermaid flowchart between two marker lines. An arrow leads from a
package to one that it imports; arrows that follow from others are left out.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rrsis_geo"
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- package map: begin -->", "<!-- package map: end -->"


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    page = PAGE.read_text(encoding="utf-8")
    drawn = with_map(page, flowchart(imports()))
    if check and drawn != page:
        sys.exit(f"{PAGE.name} is out of date: run python scripts/package_map.py")
    if not check:
        PAGE.write_text(drawn, encoding="utf-8")


def with_map(page: str, chart: str) -> str:
    """The page with the picture between its markers replaced."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n```mermaid\n{chart}\n```\n{END}{after}"


def imports() -> dict[str, set[str]]:
    """Module or package at the top of rrsis_geo -> those that it imports."""
    names = {
        path.stem if path.suffix else path.name
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists()
        or (path.suffix == ".py" and path.stem != "__init__")
    }
    found: dict[str, set[str]] = {name: set() for name in names}
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own in names:
            found[own] |= (set(_imported(path)) & names) - {own}
    return found


def _imported(path: Path) -> Iterator[str]:
    """Names below rrsis_geo in the imports of a file, wherever they stand."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            modules = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            parts = module.split(".")
            if parts[0] == "rrsis_geo" and len(parts) > 1:
                yield parts[1]


def reduced(uses: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports without those that follow from a chain of others."""
    below: dict[str, set[str]] = {}

    def reach(name: str) -> set[str]:
        if name not in below:
            below[name] = set().union(*({one} | reach(one) for one in uses[name]))
        return below[name]

    return {
        name: {
            one
            for one in others
            if not any(one in reach(other) for other in others - {one})
        }
        for name, others in uses.items()
    }


def levels(uses: dict[str, set[str]]) -> dict[str, int]:
    """Length of the longest chain of imports below each package."""
    found: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in found:
            found[name] = 1 + max(map(level, uses[name]), default=-1)
        return found[name]

    for name in uses:
        level(name)
    return found


def flowchart(uses: dict[str, set[str]]) -> str:
    """Mermaid source, the packages that import most on top."""
    places = levels(uses)
    order = sorted(uses, key=lambda name: (-places[name], name))
    lines = ["flowchart TD"]
    for name in order:
        shape = f'["{name}/"]' if (PACKAGE / name).is_dir() else f'("{name}.py")'
        lines.append(f"    {name}{shape}")
    arrows = reduced(uses)
    lines += [
        f"    {name} --> {other}" for name in order for other in sorted(arrows[name])
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
