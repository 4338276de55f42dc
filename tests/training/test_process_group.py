"""Two processes train together as one process does with the whole batch."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from shared_run import main

from rrsis_geo.errors import OptionError
from rrsis_geo.training.checkpoint import load_tensors
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.trainer import CHECKPOINT

SCRIPT = Path(__file__).with_name("shared_run.py")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def log_of(folder):
    lines = (folder / "log.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def run_in_two(folder, *, accumulate):
    """Run two processes as torchrun starts them; returns the run's log."""
    port = str(free_port())
    processes = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(folder), str(accumulate)],
            env={
                **os.environ,
                "OMP_NUM_THREADS": "1",
                "PYTHONPATH": str(SCRIPT.parent),
                "WORLD_SIZE": "2",
                "RANK": str(rank),
                "LOCAL_RANK": str(rank),
                "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": port,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    outputs = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    return log_of(folder)


def test_two_processes_have_the_losses_of_one_with_the_whole_batch(tmp_path):
    main(tmp_path / "alone", accumulate=2)
    alone = log_of(tmp_path / "alone")
    shared = run_in_two(tmp_path / "shared", accumulate=2)

    assert [e["step"] for e in shared] == [e["step"] for e in alone]
    for one, two in zip(alone, shared, strict=True):
        for name in {"loss", "norm", "ce", "dice", "stream", "text", "visual"} & set(
            one
        ):
            assert two[name] == pytest.approx(one[name], rel=2e-3), (one["step"], name)
        if "check" in one:
            assert two["score"] == pytest.approx(one["score"], abs=0.02)
    weights = [
        load_tensors(tmp_path / name / CHECKPOINT)[0] for name in ("alone", "shared")
    ]
    assert weights[0].keys() == weights[1].keys()
    for name, value in weights[0].items():
        if name.startswith("network/") and "num_batches" not in name:
            difference = (weights[1][name] - value).abs().max()
            assert difference < 2e-3, name  # Adam's first steps amplify rounding


def test_images_that_do_not_split_are_refused():
    group = ProcessGroup(device=torch.device("cpu"), rank=0, world_size=3)
    assert group.images_per_process(6) == 2
    with pytest.raises(OptionError, match="do not split over 3 processes"):
        group.images_per_process(8)


def test_a_single_process_neither_reduces_nor_wraps():
    group = ProcessGroup(device=torch.device("cpu"))
    value, module = torch.ones(3), torch.nn.Linear(2, 1)
    assert group.is_main
    assert group.all_reduce_mean(value) is value
    assert group.wrap(module) is module
    group.barrier()
