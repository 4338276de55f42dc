"""A GeoPackage of others, and where it and its helpers are imported from."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from shared_geopackage import make_shared


@pytest.fixture
def shared(tmp_path):
    """A GeoPackage with layers, styles, views and triggers of others."""
    return make_shared(tmp_path / "city.gpkg")
