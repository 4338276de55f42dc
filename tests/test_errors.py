import inspect

import pytest

from rrsis_geo import errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.RRSISError)
]


def test_every_kind_has_a_code_of_its_own():
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert len({kind.exit_code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_exit_codes_are_failures_that_a_shell_can_tell(kind):
    assert 0 < kind.exit_code < 256


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_docstring_on_top_lists_every_kind(kind):
    assert kind.__name__ in errors.__doc__


def test_option_errors_are_value_errors_for_callers_that_know_no_other():
    assert issubclass(errors.OptionError, ValueError)
