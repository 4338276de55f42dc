"""The commands `weights list`, `show` and `verify`."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from rrsis_geo.model.serialization.header import list_weights
from rrsis_geo_cli.main import main


def run(*words):
    return CliRunner().invoke(main, ["weights", *map(str, words)])


@pytest.fixture
def copy(tiny_weights, tmp_path):
    """Path of a copy of the small weights with its published sha256, to be altered."""
    for name in (tiny_weights, f"{tiny_weights}.sha256"):
        shutil.copy(name, tmp_path)
    return tmp_path / Path(tiny_weights).name


def test_list_prints_the_weights_in_the_package():
    answer = run("list")

    assert answer.exit_code == 0
    names = [line.split("\t")[0] for line in answer.stdout.splitlines()]
    assert names == list(list_weights())


def test_show_prints_json(tiny_weights):
    answer = run("show", tiny_weights)

    body = json.loads(answer.stdout)
    assert body["name"] == "tiny"
    assert body["config"]["preset"] == "btd-tiny"
    assert body["gsd_range"] == [0.1, 10.0]
    assert body["calibration"]["sure"] == 0.4  # the key of the file


def test_unchanged_weights_are_verified(copy):
    assert run("verify", copy).stdout.split("\t")[:3] == ["ok", "tiny", "as published"]

    copy.with_name(copy.name + ".sha256").unlink()
    assert "no published sha256" in run("verify", copy).stdout


def test_altered_weights_are_refused(copy):
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)

    answer = run("verify", copy)

    assert answer.exit_code == 4
    assert len(answer.stderr.splitlines()) == 1
    assert "altered" in answer.stderr


@pytest.mark.parametrize("verb", ["show", "verify"])
def test_unknown_weights_are_refused_with_a_list(verb):
    answer = run(verb, "no-such-weights")

    assert answer.exit_code == 4
    assert "known names" in answer.stderr
