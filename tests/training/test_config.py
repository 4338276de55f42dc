"""Configs: values and names are checked, shipped configs are found."""

from pathlib import Path

import pytest

from rrsis_geo.errors import OptionError
from rrsis_geo.training.config import (
    CONFIG_FOLDER,
    TrainConfig,
    apply_override,
    find_config,
    read_config,
)
from rrsis_geo.training.train import resolve_epochs


def test_settings_are_checked_by_name(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("stepz = 3\n")
    with pytest.raises(OptionError, match="stepz"):
        read_config(path)
    path.write_text("steps = 3\n")
    assert read_config(path) == TrainConfig(steps=3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("steps = ", "not TOML"),
        ('steps = "many"', "steps must be a whole number, got 'many'"),
        ("steps = 2.5", "steps must be a whole number"),
        ("steps = true", "steps must be a whole number"),
        ("steps = 0", "steps must be 1 or more, got 0"),
        ("size = 8", "size must be 32 or more"),
        ("learning_rate = 0", "learning_rate must be above 0"),
        ("learning_rate = nan", "learning_rate must be a number"),
        ("ema = 1.0", r"ema must be in \[0, 1\)"),
        ("written = 2", r"written must be in \[0, 1\]"),
        ("bfloat16 = 1", "bfloat16 must be true or false"),
        ("model = 3", "model must be a table"),
        ("theme = 3", "theme must be a text"),
        ('dataset = "coco"', "dataset must be in"),
        ("images = 6\naccumulate = 4", "do not split into 4"),
        ("epochs = 2.0", "a mix is endless"),
    ],
)
def test_bad_values_are_one_clear_line(tmp_path, body, message):
    path = tmp_path / "run.toml"
    path.write_text(body + "\n")
    with pytest.raises(OptionError, match=message):
        read_config(path)


def test_missing_and_unreadable_files_are_one_clear_line(tmp_path):
    with pytest.raises(OptionError, match="cannot be read"):
        read_config(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b'theme = "\xe9"')
    with pytest.raises(OptionError, match="not TOML"):
        read_config(tmp_path / "latin.toml")
    with pytest.raises(OptionError, match=r"no shipped config; there are .*'rrsis-d'"):
        find_config("rsis-d")


def test_shipped_configs_are_found_by_name():
    assert find_config("rrsis-d") == CONFIG_FOLDER / "rrsis-d.toml"
    assert (
        find_config("ablations/1-lavt") == CONFIG_FOLDER / "ablations" / "1-lavt.toml"
    )
    assert (
        find_config(str(CONFIG_FOLDER / "teach.toml")) == CONFIG_FOLDER / "teach.toml"
    )


def test_the_published_schedules():
    rates = {"rrsis-d": (40, 3e-5), "refsegrs": (60, 5e-5)}
    for name, (epochs, rate) in rates.items():
        config = read_config(find_config(name))
        assert (config.preset, config.size, config.expressions) == ("btd-base", 480, 1)
        assert (config.epochs, config.learning_rate) == (epochs, rate)
        assert (config.weight_decay, config.power, config.max_norm) == (1e-2, 0.9, 1.0)
        assert 8 <= config.images <= 32
        assert config.bfloat16
        assert config.train_text


def test_epochs_become_steps():
    config = TrainConfig(dataset="listed", epochs=2.5, images=8)
    assert resolve_epochs(config, 100).steps == 32  # 250 items, 8 a step, rounded up
    assert resolve_epochs(TrainConfig(steps=7), 100).steps == 7


def test_changes_of_the_command_line_are_toml():
    settings = {"model": {"dmols": True}}
    for change in ("steps=5", 'theme = "port"', "model.presence=false", "losses.ce=1"):
        apply_override(settings, change)
    assert settings == {
        "steps": 5,
        "theme": "port",
        "model": {"dmols": True, "presence": False},
        "losses": {"ce": 1},
    }
    for change in ("steps", "theme=port", "steps=1, 2"):
        with pytest.raises(OptionError, match="is not NAME=VALUE"):
            apply_override({}, change)


def test_configs_are_all_shipped():
    listed = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    patterns = ("configs/*.toml", "configs/ablations/*.toml")
    assert all(pattern in listed for pattern in patterns)
    shipped = {
        path for pattern in patterns for path in CONFIG_FOLDER.parent.glob(pattern)
    }
    assert shipped == set(CONFIG_FOLDER.rglob("*.toml"))
