"""CONTRIBUTING.md tells the truth: its picture is current and its paths exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## To change something")[2].partition("\n## ")[0]
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ")][2:]
PACKAGES = PAGE.partition("| package | holds |")[2].partition("\n\n")[0]


def test_the_picture_of_the_packages_is_current():
    script = str(ROOT / "scripts" / "package_map.py")
    done = subprocess.run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0


def test_every_package_is_described():
    described = set(re.findall(r"`([a-z_]+)/`", PAGE))
    packages = {path.parent.name for path in ROOT.glob("rrsis_geo/*/__init__.py")}
    assert packages <= described


def test_nothing_is_listed_twice():
    tasks = [row.split("|")[1].strip() for row in ROWS]
    packages = re.findall(r"^\|[^|]*", PACKAGES, re.MULTILINE)
    for names in (tasks, re.findall(r"`[a-z_]+/`", "".join(packages))):
        assert names
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_row_names_files_and_names_that_exist(row):
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", row) + re.findall(
        r"\b(docs/[\w./-]+\.md|README\.md)", row
    )
    assert paths
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert missing == []
    sources = [
        file.read_text(encoding="utf-8")
        for path in paths
        for file in ([ROOT / path] if (ROOT / path).is_file() else [])
        if file.suffix == ".py"
    ]
    names = re.findall(r"`([A-Za-z_]+(?:\.[a-z_]+)?)`", row)
    known = {"segment", "vectorize", "forward"}
    parts = {part for name in names if name not in known for part in name.split(".")}
    text = "\n".join(sources)
    assert [part for part in parts if not re.search(rf"\b{part}\b", text)] == []
