import inspect
import re
from pathlib import Path

import pytest

from rrsis_geo import errors

ROOT = Path(__file__).resolve().parents[1]

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.RRSISError)
]


def test_codes_and_exit_codes_are_unique():
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert len({kind.exit_code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_exit_codes_are_valid_failures_for_a_shell(kind):
    assert 0 < kind.exit_code < 256


def test_the_table_of_exit_codes_is_complete():
    listed = errors.exit_codes()
    assert {kind.exit_code for kind in KINDS} | {0} == set(listed)
    assert all(
        listed[kind.exit_code] == kind.code
        for kind in KINDS
        if kind is not errors.RRSISError
    )


def test_the_documents_list_exactly_these_exit_codes():
    listed = errors.exit_codes()
    table = (ROOT / "docs" / "segment.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ", table, re.MULTILINE)
    assert [int(row) for row in rows] == list(listed)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Exit codes")[2].partition("An error is")[0]
    named = dict(re.findall(r"\b(\d+) (\w+)", section))
    kinds = {str(kind.exit_code): kind.code for kind in KINDS}
    del kinds["1"]  # unforeseen
    assert {code: named[code] for code in kinds} == kinds
    assert set(named) == {str(code) for code in listed}


def test_an_option_error_is_a_value_error():
    assert issubclass(errors.OptionError, ValueError)
