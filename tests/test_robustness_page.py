"""Every test that docs/robustness.md names exists, and the page names all kinds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path, name):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }
    assert name in functions


def test_every_path_of_a_test_is_followed_by_its_name():
    files = re.findall(r"`(tests/[\w/.]+)(::\w+)?`", PAGE)
    assert [path for path, name in files if not name] == [
        "tests/test_robustness_page.py"  # the page says what checks it
    ]


def test_the_page_has_a_row_for_every_kind():
    rows = re.findall(r"^\| (\d+)\. ", PAGE, re.MULTILINE)
    assert rows == [str(number) for number in range(1, 11)]
