"""Fixtures of the tests of training."""

import pytest
import torch
from coloured_boxes import WORDS

from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.training.distributed.process_group import ProcessGroup


@pytest.fixture
def single_process():
    """A process group of one, on the CPU."""
    return ProcessGroup(device=torch.device("cpu"))


@pytest.fixture
def tokenizer():
    return Tokenizer(WORDS)
