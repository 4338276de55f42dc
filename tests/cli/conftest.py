"""The command line with a small untrained network."""

import signal

import pytest
from click.testing import CliRunner

from rrsis_geo_cli.main import main


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """Path of small untrained weights."""
    import torch

    from rrsis_geo.model.btdnet import BTDNet
    from rrsis_geo.model.config import preset
    from rrsis_geo.model.encoders.wordpiece import (
        CHARACTERS,
        CONTINUES,
        LETTERS,
        SPECIAL,
    )
    from rrsis_geo.model.serialization.header import Card
    from rrsis_geo.model.serialization.weights import save_weights

    config = preset("btd-tiny")
    signs = [*sorted(CHARACTERS), *(CONTINUES + letter for letter in sorted(LETTERS))]
    rest = config.text_vocabulary - len(SPECIAL) - len(signs)
    card = Card(
        name="tiny",
        vocabulary=(*SPECIAL, *signs, *(f"[unused{n}]" for n in range(rest))),
        gsd_range=(0.1, 10.0),
        licence="Apache-2.0",
    )
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    torch.manual_seed(0)
    save_weights(BTDNet(config), path, card=card)
    return str(path)


@pytest.fixture
def segment(tiny_weights, tmp_path, monkeypatch):
    """Return a function that runs `segment` in an empty folder with small windows."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    always = ("--weights", tiny_weights, "--window-size", "64", "--overlap", "16")

    def run(*words):
        return CliRunner().invoke(main, ["segment", *map(str, (*always, *words))])

    return run


@pytest.fixture
def sigint_enabled():
    """Handle SIGINT, which shells ignore for background processes."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
