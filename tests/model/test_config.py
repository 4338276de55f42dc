import subprocess
import sys

import pytest

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.config import PRESETS, ModelConfig, preset


@pytest.mark.parametrize("name", PRESETS)
def test_a_config_survives_json(name):
    config = preset(name)

    assert ModelConfig.from_json(config.to_json()) == config
    assert hash(ModelConfig.from_json(config.to_json())) == hash(config)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a model config"),
        ("[1]", "not a model config"),
        ('{"wings": 2}', "wings"),
        ('{"decoder": "triple"}', "decoder"),
        ('{"fusion": "feet"}', "fusion"),
    ],
)
def test_a_broken_config_is_refused(text, message):
    with pytest.raises(WeightsError, match=message):
        ModelConfig.from_json(text)


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(WeightsError, match="btd-mobile"):
        preset("btd-huge")


def test_config_and_header_load_no_torch():
    code = (
        "import sys, rrsis_geo.model.serialization.header;"
        "import rrsis_geo.model.encoders.wordpiece;"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_mobile_network_imports_no_transformers():
    code = (
        "import sys; from rrsis_geo.model import predictor, losses;"
        "import rrsis_geo.model.serialization.initialization;"
        "sys.exit('transformers' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
