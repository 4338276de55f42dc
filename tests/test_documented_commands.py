"""Scripts and benchmarks that the documents name exist and take the named options."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile")),
    *sorted((ROOT / "docs").rglob("*.md")),
]

PATH = re.compile(r"(?<![\w./-])(?:benchmarks|scripts|examples)/[\w./-]*[\w/]")
"""A path from the root of the repository, without a full stop after it."""

COMMAND = re.compile(
    r"python3?\s+((?:benchmarks|scripts|examples)/[\w/]+\.py)([^`\n]*)"
)
"""A command with its arguments, up to the end of the line or of the code span."""

DELEGATES = {"scripts/weights/train_public.py": ("cli/train.py",)}
"""Files that define options of a script besides the script itself."""

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def named(pattern):
    """Yield (document, match) for every match in the documents."""
    for path in DOCUMENTS:
        # a command in running text may be wrapped, a code span ends at a backtick
        text = re.sub(r"`([^`\n]*)\n([^`\n]*)`", r"`\1 \2`", path.read_text("utf-8"))
        for match in pattern.finditer(text):
            yield path.relative_to(ROOT).as_posix(), match


PATHS = sorted({(document, match[0]) for document, match in named(PATH)})
OPTIONS = sorted(
    {
        (document, match[1], option)
        for document, match in named(COMMAND)
        for option in OPTION.findall(match[2])
    }
)


def test_the_patterns_find_commands_and_options():
    assert ("docs/query.md", "benchmarks/planner.py") in PATHS
    assert ("docs/evaluate.md", "benchmarks/calibration.py", "--weights") in OPTIONS


@pytest.mark.parametrize(("document", "path"), PATHS)
def test_a_documented_script_exists(document, path):
    assert (ROOT / path).exists(), f"{document} names {path}"


@pytest.mark.parametrize(("document", "script", "option"), OPTIONS)
def test_a_documented_option_is_defined_by_its_script(document, script, option):
    sources = (script, *DELEGATES.get(script, ()))
    source = "".join((ROOT / name).read_text("utf-8") for name in sources)
    assert f'"{option}"' in source, f"{document}: {script} has no {option}"
