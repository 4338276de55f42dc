"""Fixtures that more than one test file uses."""

import os
import warnings
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning

ROOT = Path(__file__).resolve().parents[1]

# The networks of the tests are so small that threads of torch mostly wait for each
# other. Read when torch is imported, here and in subprocesses.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def answer_cache(tmp_path_factory, monkeypatch):
    """Keep answers in a folder of the test alone, here and in its subprocesses."""
    folder = tmp_path_factory.mktemp("answers")
    monkeypatch.setenv("RRSIS_GEO_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of third-party data next to the checkout; skip without it."""
    folder = (ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip("no third-party data in ../shared/data")
    return folder


@pytest.fixture
def make_scene(tmp_path):
    """Return a factory of small GeoTIFFs; by default a bright box on grey ground."""
    numbers = count(1)

    def make(
        pixels=None,  # (bands, height, width) of any dtype; default: the target
        *,
        width=40,
        height=30,
        bands=3,
        target=(10, 5, 15, 10),  # left, top, width, height in pixels
        crs="EPSG:32631",
        gsd=0.5,
        transform=None,
        alpha=None,  # (height, width); appended as a band of its own
        mask=None,  # (height, width) bool, True = data; internal unless external_mask
        external_mask=False,
        gcps=None,
        colors=None,  # names of ColorInterp, per band
        names=None,  # descriptions, per band
        colormap=None,
        overviews=(),
        resampling=Resampling.average,
        name=None,
        **profile,  # nodata, tiled, compress, driver, ...
    ):
        if pixels is None:
            left, top, wide, high = target
            pixels = np.full((bands, height, width), 100, np.uint8)
            pixels[:, top : top + high, left : left + wide] = 200
        if alpha is not None:
            pixels = np.concatenate([pixels, alpha[None].astype(pixels.dtype)])
        if transform is None and gcps is None:
            transform = Affine(gsd, 0, 500_000, 0, -gsd, 5_000_000)
        place = {} if gcps is not None else {"transform": transform, "crs": crs}
        path = tmp_path / (name or f"scene-{next(numbers)}.tif")
        whole = {
            "driver": "GTiff",
            "count": len(pixels),
            "height": pixels.shape[1],
            "width": pixels.shape[2],
            "dtype": pixels.dtype,
            **place,
            **profile,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            opened = rasterio.open(path, "w", **whole)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=not external_mask), opened as dataset:
            if gcps is not None:
                dataset.gcps = (gcps, crs or CRS())
            if colors is not None:
                dataset.colorinterp = [ColorInterp[name] for name in colors]
            elif alpha is not None:
                kinds = list(dataset.colorinterp)
                dataset.colorinterp = [*kinds[:-1], ColorInterp.alpha]
            if names is not None:
                dataset.descriptions = names
            if colormap is not None:
                dataset.write_colormap(1, colormap)
            dataset.write(pixels)
            if mask is not None:
                dataset.write_mask(mask)
        if overviews:
            with rasterio.open(path, "r+") as dataset:
                dataset.build_overviews(overviews, resampling)
        return str(path)

    return make


@pytest.fixture
def limit_file_size():
    """Return a context that limits the size of files, to simulate a full disk."""
    resource = pytest.importorskip("resource", reason="no file size limit here")

    @contextmanager
    def limited(size):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited
