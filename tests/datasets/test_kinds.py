"""One table of the kinds of data sets: readers, command line and docs follow it."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from rrsis_geo.datasets.kinds import KINDS, SPLITS
from rrsis_geo.datasets.published_counts import PUBLISHED
from rrsis_geo_cli import dataset, evaluate

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_reader_exists(kind):
    parameters = inspect.signature(kind.load_reader()).parameters
    assert ("partial" in parameters) == (kind.published is not None)


def test_the_table_imports_no_numpy():
    code = (
        "import sys, rrsis_geo.datasets.kinds, rrsis_geo_cli.dataset, "
        "rrsis_geo_cli.evaluate; print('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_published_sets_have_counts_of_every_split():
    assert PUBLISHED.keys() == {"rrsis-d", "refsegrs", "risbench"}
    assert all(tuple(counts) == SPLITS for counts in PUBLISHED.values())


def test_the_command_line_offers_exactly_these_kinds():
    for command in (dataset.check, dataset.convert):
        (kind,) = [item for item in command.params if item.name == "kind"]
        assert list(kind.type.choices) == list(KINDS)
    assert set(evaluate.command.commands) == {*KINDS, "polygons"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_help_texts_name_what_is_read(kind):
    command = evaluate.command.commands[kind.name]
    text = command.get_help(click.Context(command))
    assert f"{kind.metavar}" in text.splitlines()[0]
    assert kind.title in text
    assert kind.published is None or kind.title in dataset.check.help


def test_the_docs_list_exactly_these_kinds():
    text = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w[\w-]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text, re.M)
    assert [row[0] for row in rows] == list(KINDS)
    for (_, title, files, counts), kind in zip(rows, KINDS.values(), strict=True):
        first = kind.files[0].replace("_train.txt", "_{train,val,test}.txt")
        assert first in files
        if kind.published is not None:
            assert title == kind.title
            assert counts == " / ".join(f"{n:,}" for n in kind.published.values())
