"""A connection of QGIS that was opened before the file was in write-ahead mode."""

import subprocess
import sys

import pytest
from qgis.core import QgsFeatureRequest, QgsVectorLayer
from rrsis_geo_qgis.layers.threshold_layers import source_file
from rrsis_geo_qgis.review import states
from rrsis_geo_qgis.review.stale_connections import make_readable
from shown_results import objects, only_layer

HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
assert database.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
database.execute("CREATE TABLE note (text)")
database.commit()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold():
    """A factory of programs that hold a file in write-ahead mode, as QGIS does."""
    started = []

    def make(path):
        program = subprocess.Popen(
            [sys.executable, "-c", HOLD, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        assert program.stdout.readline() == "held\n"

    yield make
    for program in started:
        program.communicate("")


@pytest.fixture
def stale(found, hold):
    """A layer that is read through a connection from before."""
    layer = only_layer(found)
    found.results.objects.shut_down()
    assert next(layer.getFeatures(QgsFeatureRequest().setLimit(1)), None) is not None
    hold(source_file(layer))
    assert not list(layer.getFeatures())  # and no error
    return layer


def test_a_layer_that_reads_nothing_is_opened_again(stale):
    wanted = stale.featureCount()

    make_readable(stale)

    assert len(list(stale.getFeatures())) == wanted > 0


def test_a_decision_reaches_every_object(stale):
    ids = list(objects(source_file(stale)))

    changed = states.decide(stale, ids, states.KEPT)

    assert sorted(changed) == sorted(ids)
    stale.rollBack()


@pytest.mark.parametrize("content", ["empty", "filtered"])
def test_a_layer_without_objects_stays_as_it_is(found, content):
    layer = only_layer(found)
    if content == "empty":
        layer = QgsVectorLayer("Polygon?field=id:integer", "none", "memory")
    else:
        layer.setSubsetString('"id" < 0')
    opened = []
    layer.dataProvider().dataChanged.connect(lambda: opened.append(layer))

    make_readable(layer)

    assert not opened
    assert layer.subsetString() == ("" if content == "empty" else '"id" < 0')
