"""Fixtures of the tests of training."""

import pytest
from coloured_boxes import WORDS

from rrsis_geo.model.encoders.tokenizer import Tokenizer


@pytest.fixture
def tokenizer():
    return Tokenizer(WORDS)
