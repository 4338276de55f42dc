"""Kept answers give the bytes of a fresh run."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from brightness import Context, make_job, result_bytes, write_scene
from text_network import Network

from rrsis_geo.errors import Cancelled
from rrsis_geo.pipeline.reuse import kept_rows
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Progress

WHOLE = (500_000.0, 5_000_000 - 130.0, 500_150.0, 5_000_000.0)
LEFT = (500_000.0, 5_000_000 - 130.0, 500_071.3, 5_000_000.0)
MIDDLE = (500_040.2, 5_000_000 - 90.3, 500_099.9, 5_000_000 - 21.7)


@pytest.mark.parametrize("raster", [True, False], ids=["raster", "polygons"])
@pytest.mark.parametrize("area", [{}, {"bbox": MIDDLE}], ids=["whole", "area"])
@pytest.mark.parametrize("overviews", [0, 2])
def test_a_second_run_looks_at_nothing_and_has_the_same_bytes(
    ask, raster, area, overviews
):
    area = area | {"overviews": overviews}
    fresh, _, unkept = ask("tank", "road", cache=False, probability=raster, **area)
    first, looked, _ = ask("tank", "road", probability=raster, **area)
    again, network, found = ask("tank", "road", probability=raster, **area)
    assert looked.windows > 10
    assert network.bound == []
    assert fresh == first == again
    assert found.counts.windows == unkept.counts.windows
    # overviews have windows of their own
    assert (looked.windows > found.counts.windows) == (overviews > 0)
    assert found.counts.skipped == unkept.counts.skipped
    assert 0 < found.counts.kept <= found.counts.windows
    assert found.counts.resumed == 0


def test_one_more_phrase_is_looked_for_alone(ask):
    ask("tank", "road")
    fresh, _, _ = ask("road", "pier", "tank", cache=False, probability=True)
    again, network, _ = ask("road", "pier", "tank", probability=True)
    assert network.bound == [("pier",)]
    assert fresh == again


@pytest.mark.parametrize("area", [LEFT, MIDDLE])
def test_an_area_is_cut_from_what_is_known(ask, area):
    ask("tank", "road")
    fresh, _, unkept = ask("tank", "road", cache=False, bbox=area, probability=True)
    again, network, found = ask("tank", "road", bbox=area, probability=True)
    assert network.bound == []
    assert fresh == again
    assert found.counts.windows == unkept.counts.windows


@pytest.mark.parametrize("area", [LEFT, MIDDLE])
def test_of_a_larger_area_the_rest_is_looked_at(ask, area):
    ask("tank", "road", bbox=area)
    fresh, whole, _ = ask("tank", "road", cache=False, probability=True)
    again, network, _ = ask("tank", "road", probability=True)
    assert fresh == again
    assert 0 < network.windows < whole.windows
    third, idle, _ = ask("tank", "road", probability=True)
    assert idle.bound == []
    assert fresh == third


def test_areas_that_overlap_and_more_phrases_at_once(ask):
    ask("tank", bbox=LEFT)
    ask("road", bbox=MIDDLE)
    for texts, area in [
        (("road", "tank"), MIDDLE),
        (("tank", "pier", "road"), LEFT),
        (("pier", "road"), WHOLE),
        (("road", "tank", "pier"), None),
    ]:
        fresh, _, _ = ask(*texts, bbox=area, cache=False, probability=True)
        again, _, _ = ask(*texts, bbox=area, probability=True)
        assert fresh == again, (texts, area)


@pytest.mark.parametrize(
    ("before", "texts", "area"),
    [
        (None, ("tank",), None),
        (LEFT, ("tank",), LEFT),
        (LEFT, ("tank",), None),
        (LEFT, ("tank",), MIDDLE),
        (WHOLE, ("tank",), LEFT),
        (WHOLE, ("tank", "road"), LEFT),
    ],
)
@pytest.mark.parametrize("raster", [True, False], ids=["raster", "polygons"])
def test_a_dry_run_knows_what_would_not_be_looked_at(
    ask, scene, tmp_path, before, texts, area, raster
):
    if before is not None:
        ask("tank", bbox=before, overviews=0)
    job = make_job(
        scene,
        tmp_path,
        expressions=texts,
        overviews=0,
        resolve="network",
        bbox=area,
        probability=str(tmp_path / "planned.tif") if raster else None,
    )
    estimate = plan(job, measure=False)
    _, network, found = ask(*texts, bbox=area, probability=raster, overviews=0)
    assert (found.counts.kept, found.counts.resumed) == (estimate.known, 0)
    assert (estimate.seconds == 0) == (network.windows == 0)
    assert estimate.windows - estimate.empty - estimate.known == network.windows
    assert (f"{estimate.known} from earlier runs" in str(estimate)) == (
        estimate.known > 0
    )


def test_an_area_with_slanted_edges(ask, tmp_path):
    outline = [[500_010, 4_999_990], [500_140, 4_999_960], [500_070, 4_999_880]]
    path = tmp_path / "area.geojson"
    path.write_text(
        '{"type":"FeatureCollection","crs":{"type":"name","properties":'
        '{"name":"urn:ogc:def:crs:EPSG::32631"}},"features":[{"type":"Feature",'
        '"properties":{},"geometry":{"type":"Polygon","coordinates":'
        f"[{[*outline, outline[0]]}]}}}}]}}"
    )
    ask("tank", aoi=str(path))
    fresh, whole, _ = ask("tank", cache=False, probability=True)
    again, network, _ = ask("tank", probability=True)
    assert fresh == again
    assert network.windows < whole.windows
    fresh, _, _ = ask("tank", aoi=str(path), cache=False, probability=True)
    again, network, _ = ask("tank", aoi=str(path), probability=True)
    assert fresh == again
    assert network.bound == []


def test_narrow_blocks(ask, monkeypatch):
    monkeypatch.setattr(kept_rows, "BLOCK_BYTES", 300 * 7)
    ask("tank", bbox=MIDDLE)
    fresh, _, _ = ask("tank", "road", cache=False, probability=True)
    again, _, _ = ask("tank", "road", probability=True)
    third, network, _ = ask("tank", "road", probability=True)
    assert fresh == again == third
    assert network.bound == []


def test_other_thresholds_and_outlines_need_no_network(ask):
    ask("tank")
    shape = {"threshold": 0.4, "simplify": 1.0, "fill_holes": 5.0}
    fresh, _, _ = ask("tank", cache=False, **shape)
    again, network, _ = ask("tank", **shape)
    assert network.bound == []
    assert fresh == again


def test_a_network_that_was_passed_in_is_not_known(scene, tmp_path, answer_cache):
    run(make_job(scene, tmp_path), predictor=Context())
    assert list(answer_cache.iterdir()) == []


# the list of warnings to ignore belongs to all threads: one run may take another's away
@pytest.mark.filterwarnings("default")
def test_two_runs_at_once(ask, answer_cache):
    fresh, _, _ = ask("tank", "road", cache=False, probability=True)
    start, found = threading.Barrier(3), []

    def one(texts):
        start.wait()
        found.append(ask(*texts, probability=True)[0])

    threads = [threading.Thread(target=one, args=[("tank", "road")]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [fresh] * 3
    again, network, _ = ask("tank", "road", probability=True)
    assert network.bound == []
    assert fresh == again
    assert list(answer_cache.rglob("*.part")) == []


@pytest.mark.parametrize("after", [4, 20])
def test_a_stopped_run_continues_with_and_without_kept_answers(
    ask, tmp_path, after, answer_cache
):
    ask("tank", bbox=MIDDLE)
    fresh, _, _ = ask("tank", "road", cache=False, probability=True)
    folder = tmp_path / "stopped"
    done = []

    class Stopping(Network):
        def __call__(self, job, texts):
            bound = super().__call__(job, texts)

            def predict(pixels):
                if self.windows == after:
                    raise Cancelled("stopped")
                return bound(pixels)

            return predict

    with pytest.raises(Cancelled):
        ask("tank", "road", network=Stopping(), folder=folder, probability=True)
    shutil.rmtree(answer_cache)
    again, _, result = ask(
        "tank", "road", folder=folder, probability=True, report=done.append
    )
    assert fresh == again
    assert not list(Path(folder).glob(".*"))
    assert [m for m in done if isinstance(m, Progress)][-1].done == len(
        range(result.manifest["windows"]["done"])
    ) + result.counts.skipped


def test_polygons_are_handed_over_while_they_are_known(scene, tmp_path):
    job = make_job(scene, tmp_path, expressions=("tank",), probability=None)
    first, again = [], []
    network = Network()
    run(job, network=network, found=first.append)
    os.remove(job.output)
    run(job, network=network, found=again.append)
    assert len(network.bound) == 1
    assert sum(map(len, first)) == sum(map(len, again)) > 0


def test_processes_read_and_fill_the_same_answers(tmp_path):
    """With the shipped weights, since worker processes load their own network."""
    place = write_scene(tmp_path / "small.tif", width=150, height=120)

    def found(name, *texts, **values):
        folder = tmp_path / name
        folder.mkdir()
        values = {"engine": "processes", "workers": 2, "resolve": "network"} | values
        job = make_job(place, folder, expressions=texts, **values)
        return run(job), result_bytes(job)

    _, fresh = found("fresh", "ship", "tree", cache=False)
    half = (500_000.0, 5_000_000 - 60.0, 500_040.0, 5_000_000.0)
    found("first", "ship", bbox=half)
    second, bytes_of_second = found("second", "ship", "tree")
    third, bytes_of_third = found("third", "tree", "ship", workers=2)
    assert second.counts.kept == 0
    assert third.counts.kept == third.counts.windows
    assert fresh == bytes_of_second
    _, turned = found("turned", "tree", "ship", cache=False)
    assert bytes_of_third == turned
