"""Results that GDAL uploads to a store of objects."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pandas.testing import assert_frame_equal

STORE = Path(__file__).with_name("object_store.py")
LOW = ("--threshold", "0.45", "--min-score", "0", "--resolve", "network")


@pytest.fixture
def start_store(monkeypatch):
    """A function that starts a store, to which GDAL's variables then point."""
    processes = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, str(STORE), *words], stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout is not None
        place = f"127.0.0.1:{int(process.stdout.readline())}"
        variables = {
            "AWS_S3_ENDPOINT": place,
            "AWS_HTTPS": "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "here",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return f"http://{place}"

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def fetch(address, path):
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
        Path(path).write_bytes(answer.read())
    return gpd.read_file(path).sort_values("id", ignore_index=True)


@pytest.mark.parametrize(
    "output", ["/vsis3/fgb/a.fgb", "s3://gpkg/a.gpkg", "/vsis3/json/a.geojson"]
)
def test_a_result_is_uploaded_as_it_is_written_here(
    segment, make_scene, start_store, output
):
    scene, store = make_scene(width=80, height=70), start_store()
    bucket, name = output.split("/")[-2:]
    answer = segment(scene, "ship", *LOW, "-o", output)
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.splitlines()[-1] == f"wrote\t{output}"
    assert segment(scene, "ship", *LOW, "-o", name).exit_code == 0

    uploaded = fetch(f"{store}/{bucket}/{name}", f"fetched-{name}")
    local = gpd.read_file(name).sort_values("id", ignore_index=True)
    assert len(local) > 0
    assert uploaded.crs == local.crs
    # GDAL writes numbers of GeoJSON with fewer digits than we do
    assert_frame_equal(
        *(frame.drop(columns="geometry") for frame in (uploaded, local)),
        check_dtype=False,
        rtol=1e-7,
    )
    pair = (frame.geometry.to_numpy() for frame in (uploaded, local))
    assert shapely.hausdorff_distance(*pair).max() == pytest.approx(0, abs=1e-9)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{store}/{bucket}/rrsis-probe{Path(name).suffix}", "probe")


def test_an_object_is_replaced_only_if_that_is_allowed(
    segment, make_scene, start_store
):
    scene, store = make_scene(width=80, height=70), start_store()
    words = (scene, "ship", "-o", "/vsis3/again/a.fgb")
    assert segment(*words).exit_code == 0
    refused = segment(*words)
    assert refused.exit_code == 8
    assert "exists" in refused.stderr
    assert segment(*words, *LOW, "--overwrite").exit_code == 0
    assert len(fetch(f"{store}/again/a.fgb", "a.fgb")) > 0


@pytest.mark.parametrize(
    ("output", "words", "exit_code", "says"),
    [
        ("/vsis3/no/a.fgb", ("--dst-crs", "EPSG:3035"), 2, "--dst-crs needs a file"),
        ("/vsis3/no/a.parquet", (), 8, "not written by GDAL"),
        ("/vsis3/no/a.xyz", (), 8, "not known"),
        ("/vsis3/no/{scene}.fgb", (), 2, "{scene}"),
        ("/vsis3/denied/a.fgb", (), 8, "/vsis3/denied/a.fgb: cannot be written"),
    ],
)
def test_what_cannot_be_uploaded_is_refused_before_any_work(
    segment, make_scene, start_store, output, words, exit_code, says
):
    start_store("read-only")
    answer = segment(make_scene(), "ship", "-o", output, *words, "-v")
    assert answer.exit_code == exit_code, answer.output
    assert says in answer.stderr.splitlines()[-1]
    assert "windows" not in answer.stderr
