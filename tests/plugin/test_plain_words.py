"""Sentences of the worker have the words of the panel."""

import sys
import types
from importlib import util
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "qgis_plugin"


@pytest.fixture(scope="module")
def plain_words():
    """The function, without QGIS: its texts are not translated here."""
    package = types.ModuleType("plain")
    package.__path__ = [str(PLUGIN)]
    translate = types.ModuleType("plain.translate")
    translate.tr = lambda text: text
    worker = types.ModuleType("plain.worker")
    worker.__path__ = [str(PLUGIN / "worker")]
    names = {
        "plain": package,
        "plain.translate": translate,
        "plain.worker": worker,
    }
    sys.modules.update(names)
    path = PLUGIN / "worker" / "plain_words.py"
    spec = util.spec_from_file_location("plain.worker.plain_words", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.plain_words
    for name in names:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("give it with --crs EPSG:... or so", "give it with “Layer CRS” or so"),
        ("try --gsd 0.5.", "try “Resolution” 0.5."),
        ("use --crs EPSG:32633", "use “Layer CRS” EPSG:32633"),
        ("--min-score P or --no-split", "“Least score” or “Part touching objects”"),
        ("unless the option guess is set", "unless “Unknown things too” is set"),
        ("a smaller --window-size", "a smaller “window size”"),
        ("a well-known --- line -- here", "a well-known --- line -- here"),
        ("aoi /tmp/a b/area.gpkg: holds no", "“Area”: holds no"),
        ("the storage tank at 5 m", "the storage tank at 5 m"),
    ],
)
def test_options_become_labels(plain_words, said, shown):
    assert plain_words(said) == shown
