"""Polygons that are the same to the last corner and value."""

import numpy as np

from rrsis_geo.types import SCHEMA


def assert_same(one, other):
    assert [g.wkt for g in one.geometry] == [g.wkt for g in other.geometry]
    for name in SCHEMA:
        np.testing.assert_array_equal(one.columns[name], other.columns[name])
