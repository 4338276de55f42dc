"""One entry adds an output format, and docs and help texts name every format."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS

from rrsis_geo import doctor, segment
from rrsis_geo.errors import OutputError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons, Strip
from rrsis_geo.vector import formats
from rrsis_geo.vector.formats import FORMATS, check_output, format_of, write_polygons
from rrsis_geo.vector.polygonize import vectorize
from rrsis_geo.vector.vector_format import CrsRule, VectorFormat
from rrsis_geo.vector.writers import has_last_feature, write_with_gdal
from rrsis_geo_cli.segment import command as segment_command
from rrsis_geo_cli.vectorize import command as vectorize_command

ROOT = Path(__file__).resolve().parents[2]
ENDS = {end for file_format in FORMATS for end in file_format.extensions}

KML = VectorFormat(
    name="KML",
    extensions=(".kml",),
    driver="KML",
    crs=CrsRule.LONLAT,
    write=write_with_gdal,
    is_complete=has_last_feature,
)
SPATIALITE = VectorFormat(
    name="SpatiaLite",
    extensions=(".sqlite", ".db"),
    driver="SQLite",
    crs=CrsRule.SCENE,
    write=write_with_gdal,
    is_complete=has_last_feature,
    side_files=("-journal",),
)


@pytest.fixture(autouse=True)
def more_formats(monkeypatch):
    """The registry with two more entries; nothing else is changed."""
    more = (*FORMATS, KML, SPATIALITE)
    monkeypatch.setattr(formats, "FORMATS", more)


def polygons_of(levels, transform=None, crs=None) -> Polygons:
    return vectorize(
        [Strip(top=0, levels=levels[None])],
        Grid(
            transform or Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000),
            CRS.from_epsg(crs or 32631),
            levels.shape[1],
            levels.shape[0],
        ),
        ["roof"],
        threshold=0.5,
        min_area=0,
        fill_holes=0,
        simplify=0,
    )


def noise() -> Polygons:
    rng = np.random.default_rng(0)
    return polygons_of(np.where(rng.random((30, 30)) < 0.5, 200, 0).astype(np.uint8))


TEXTS = {"title": "roofs", "description": "what roofs there are"}


def test_an_entry_is_enough_for_a_format_in_degrees(tmp_path):
    polygons = noise()
    check_output(tmp_path / "a.kml", False)
    write_polygons(polygons, tmp_path / "a.kml", **TEXTS)
    frame = pyogrio.read_dataframe(tmp_path / "a.kml")
    assert [path.name for path in tmp_path.iterdir()] == ["a.kml"]
    assert frame.crs.to_epsg() == 4326
    assert frame["expression"].tolist() == ["roof"] * len(polygons)
    np.testing.assert_allclose(frame["area_m2"], polygons.columns["area_m2"])
    back = frame.geometry.to_crs(32631).to_numpy()
    assert (shapely.hausdorff_distance(back, polygons.geometry) < 0.02).all()


def test_polygons_in_degrees_are_cut_at_the_antimeridian(tmp_path):
    levels = np.zeros((30, 30), np.uint8)
    levels[5:9, 2:28] = 200
    polygons = polygons_of(levels, Affine(1e-3, 0, 179.99, 0, -1e-3, 10), 4326)
    write_polygons(polygons, tmp_path / "a.kml", **TEXTS)
    (geometry,) = pyogrio.read_dataframe(tmp_path / "a.kml").geometry
    assert geometry.geom_type == "MultiPolygon"
    assert geometry.bounds == pytest.approx((-180, 9.991, 180, 9.995))


@pytest.mark.parametrize("end", [".sqlite", ".db"])
def test_an_entry_is_enough_for_a_format_with_a_crs(tmp_path, end):
    polygons = noise()
    check_output(tmp_path / f"a{end}", False)
    write_polygons(polygons, tmp_path / f"a{end}", **TEXTS)
    frame = pyogrio.read_dataframe(tmp_path / f"a{end}")
    assert [path.name for path in tmp_path.iterdir()] == [f"a{end}"]
    assert frame.crs.to_epsg() == 32631
    assert (frame.geometry.to_numpy() == polygons.geometry).all()


@pytest.mark.parametrize("end", [".kml", ".sqlite"])
def test_an_incomplete_file_of_a_new_format_is_noticed(tmp_path, end, limit_file_size):
    polygons = noise()
    write_polygons(polygons, tmp_path / f"a{end}", **TEXTS)
    size = (tmp_path / f"a{end}").stat().st_size
    with limit_file_size(size // 2), pytest.raises(OutputError, match="written"):
        write_polygons(polygons, tmp_path / f"b{end}", **TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == [f"a{end}"]


def test_errors_and_doctor_know_a_new_format(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match=r"\.kml \(KML\), \.sqlite \(SpatiaLite\)"):
        check_output(tmp_path / "a.xyz", False)
    _, found, _ = doctor.CHECKS["drivers"]()
    assert "KML" in found
    assert "SQLite" in found
    missing = replace(KML, name="Atlantis", driver="Atlantis", extensions=(".a",))
    monkeypatch.setattr(formats, "FORMATS", (missing,))
    status, found, _ = doctor.CHECKS["drivers"]()
    assert (status, found) == ("fail", "GDAL lacks Atlantis")
    with pytest.raises(OutputError, match="GDAL cannot write Atlantis"):
        write_polygons(noise(), tmp_path / "x.a", **TEXTS)


# the shipped formats


def test_extensions_and_names_are_unambiguous():
    ends = [end for file_format in FORMATS for end in file_format.extensions]
    assert len(ends) == len(set(ends))
    assert all(end == end.lower() and end.startswith(".") for end in ends)
    assert len({file_format.name for file_format in FORMATS}) == len(FORMATS)
    assert format_of("a.v2.GPKG").side_files == ("-wal", "-shm", "-journal")


def test_the_table_of_the_docs_lists_the_formats():
    text = (ROOT / "docs" / "outputs.md").read_text("utf-8")
    table = text[text.index("| extension |") :].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.split("|")] for row in table.splitlines()]
    listed = [(end.strip("`"), name, crs) for _, end, name, crs, _ in rows[2:]]
    expected = [(end, f.name, f.crs) for f in FORMATS for end in f.extensions]
    assert [end for end, _, _ in listed] == [end for end, _, _ in expected]
    for (_, listed_name, listed_crs), (_, name, crs) in zip(
        listed, expected, strict=True
    ):
        assert listed_name.startswith(name)
        assert listed_crs.startswith(crs.value)


def option_help(command) -> str:
    (option,) = [option for option in command.params if option.name == "output"]
    return option.help


@pytest.mark.parametrize(
    "text",
    [
        option_help(segment_command),
        option_help(vectorize_command),
        segment.__doc__.partition("output:")[2].partition(";")[0],
    ],
    ids=["segment --help", "vectorize --help", "segment()"],
)
def test_help_texts_list_the_formats(text):
    assert set(re.findall(r"(?<!\w)\.[a-z]+\b", text)) == ENDS
