"""Kept answers give the bytes of a fresh run, and only while nothing has changed."""

import errno
import hashlib
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from brightness import Context, make_job, result_bytes, write_scene
from rasterio.shutil import copy

from rrsis_geo.answer_cache import store as store_module
from rrsis_geo.answer_cache.store import AnswerStore
from rrsis_geo.errors import Cancelled
from rrsis_geo.pipeline.reuse import kept_rows
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Advice, Progress

WHOLE = (500_000.0, 5_000_000 - 130.0, 500_150.0, 5_000_000.0)
LEFT = (500_000.0, 5_000_000 - 130.0, 500_071.3, 5_000_000.0)
MIDDLE = (500_040.2, 5_000_000 - 90.3, 500_099.9, 5_000_000 - 21.7)


class Network:
    """Loads networks that answer each text differently, and counts what they do."""

    def __init__(self):
        self.bound = []
        self.windows = 0

    def __call__(self, job, texts):
        self.bound.append(tuple(texts))
        return _ByText(texts, self)


class _ByText(Context):
    def __init__(self, texts, network):
        super().__init__(1)
        self.texts, self.network = texts, network

    def __call__(self, pixels):
        self.network.windows += len(pixels)
        answer = super().__call__(pixels)[:, 0]
        factors = [
            hashlib.sha256(text.encode()).digest()[0] / 255 for text in self.texts
        ]
        return np.stack([answer ** np.float32(0.5 + f) for f in factors], axis=1)


@pytest.fixture
def ask(scene, tmp_path):
    """Return a function that runs a job and returns its bytes and its network."""
    count = iter(range(1000))

    def ask(*texts, network=None, report=lambda message: None, folder=None, **values):
        folder = folder or tmp_path / f"run-{next(count)}"
        folder.mkdir(exist_ok=True)
        raster = values.pop("probability", False)
        values["probability"] = str(folder / "found.tif") if raster else None
        values = {"resolve": "network"} | values
        job = make_job(values.pop("scene", scene), folder, expressions=texts, **values)
        network = network or Network()
        result = run(job, network=network, report=report)
        return result_bytes(job), network, result

    return ask


@pytest.mark.parametrize("raster", [True, False], ids=["raster", "polygons"])
@pytest.mark.parametrize("area", [{}, {"bbox": MIDDLE}], ids=["whole", "area"])
def test_a_second_run_looks_at_nothing_and_has_the_same_bytes(ask, raster, area):
    fresh, _, unkept = ask("tank", "road", cache=False, probability=raster, **area)
    first, looked, _ = ask("tank", "road", probability=raster, **area)
    again, network, found = ask("tank", "road", probability=raster, **area)
    assert looked.windows > 10
    assert network.bound == []
    assert fresh == first == again
    assert found.counts.windows == unkept.counts.windows == looked.windows
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
        ask("tank", bbox=before)
    job = make_job(
        scene,
        tmp_path,
        expressions=texts,
        resolve="network",
        bbox=area,
        probability=str(tmp_path / "planned.tif") if raster else None,
    )
    estimate = plan(job, measure=False)
    _, network, _ = ask(*texts, bbox=area, probability=raster)
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


CHANGES = {
    "window_size": {"window_size": 96},
    "overlap": {"overlap": 8},
    "bands": {"bands": (3, 2, 1)},
    "ground": {"gsd": 0.6},
    "text": {},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_pixels_depend_on_is_looked_at_again(ask, change):
    ask("tank")
    texts = ("tanks",) if change == "text" else ("tank",)
    fresh, _, _ = ask(*texts, cache=False, **CHANGES[change])
    again, network, _ = ask(*texts, **CHANGES[change])
    assert network.bound == [texts]
    assert fresh == again


def test_a_colour_that_is_asked_for_is_a_part_of_the_phrase(ask, monkeypatch):
    from rrsis_geo.colour.colour_terms import ColourTerm
    from rrsis_geo.pipeline.reuse import conditions

    ask("tank")
    monkeypatch.setattr(
        conditions, "colour_term", lambda find: ColourTerm(colours=("red",))
    )
    _, network, _ = ask("tank")
    assert network.bound == [("tank",)]


def test_a_changed_scene_is_looked_at_again(ask, scene, tmp_path):
    ask("tank")
    times = os.stat(scene)
    write_scene(tmp_path / "scene.tif", seed=1)
    os.utime(scene, ns=(times.st_atime_ns, times.st_mtime_ns))
    fresh, _, _ = ask("tank", cache=False)
    again, network, _ = ask("tank")
    assert network.bound == [("tank",)]
    assert fresh == again


def test_a_changed_source_of_a_vrt_is_seen(ask, tmp_path):
    source, vrt = write_scene(tmp_path / "source.tif"), tmp_path / "mosaic.vrt"
    copy(source, vrt, driver="VRT")
    ask("tank", scene=vrt)
    _, network, _ = ask("tank", scene=vrt)
    assert network.bound == []
    write_scene(tmp_path / "source.tif", seed=1)
    fresh, _, _ = ask("tank", scene=vrt, cache=False)
    again, network, _ = ask("tank", scene=vrt)
    assert network.bound == [("tank",)]
    assert fresh == again


def test_a_scene_that_changes_during_the_run_is_not_kept(
    ask, scene, tmp_path, answer_cache
):
    class Changing(Network):
        def __call__(self, job, texts):
            os.utime(scene, (1, 1))
            return super().__call__(job, texts)

    ask("tank", network=Changing())
    assert [path for path in answer_cache.rglob("*") if path.is_file()] == []


def test_changed_weights_are_not_those_that_answered(ask, monkeypatch):
    from rrsis_geo.pipeline.reuse import conditions

    ask("tank")
    monkeypatch.setattr(conditions, "digests", lambda path: ("0" * 64,))
    _, network, _ = ask("tank")
    assert network.bound == [("tank",)]


def test_changed_code_is_not_what_answered(tmp_path):
    from rrsis_geo.answer_cache import software_state as software

    (tmp_path / "a.py").write_text("x = 1")
    before = software._code_digest(tmp_path)
    (tmp_path / "a.py").write_text("x = 2")
    changed = software._code_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({before, changed, software._code_digest(tmp_path)}) == 3


def entries(folder):
    return sorted(path for path in folder.rglob("*.answer"))


def damage(path, kind):
    data = bytearray(path.read_bytes())
    if kind == "cut":
        data = data[: len(data) // 2]
    elif kind == "empty":
        data = bytearray()
    elif kind == "flipped":
        data[-3] ^= 4
    elif kind == "head":
        data[3] ^= 1
    elif kind == "longer":
        data += b"\0"
    path.unlink()  # a link to it in a working folder would change too
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["cut", "empty", "flipped", "head", "longer"])
def test_damaged_entries_are_not_believed(ask, answer_cache, kind):
    fresh, _, _ = ask("tank", "road", cache=False)
    ask("tank", "road")
    for path in entries(answer_cache):
        damage(path, kind)
    again, network, _ = ask("tank", "road")
    assert network.bound == [("tank", "road")]
    assert fresh == again
    _, repaired, _ = ask("tank", "road")
    assert repaired.bound == []


def test_one_damaged_block_is_looked_at_alone(ask, answer_cache):
    fresh, whole, _ = ask("tank", cache=False, probability=True)
    ask("tank", probability=True)
    blocks = [path for path in entries(answer_cache) if path.stem[0].isdecimal()]
    damage(blocks[2], "flipped")
    again, network, _ = ask("tank", probability=True)
    assert fresh == again
    assert 0 < network.windows < whole.windows


def test_entries_of_something_else_are_not_believed(ask, answer_cache):
    fresh, _, _ = ask("road", cache=False, probability=True)
    ask("tank", probability=True)
    ask("road", probability=True)
    tank, road = (
        path
        for path in (answer_cache / store_module.ANSWERS).glob("*/*")
        if path.name != "scene"
    )
    tank.rename(tank.with_name("aside"))
    road.rename(tank)
    tank.with_name("aside").rename(road)
    again, network, _ = ask("road", probability=True)
    assert network.bound == [("road",)]
    assert fresh == again


def test_without_the_cache_nothing_is_read_or_written(ask, answer_cache):
    ask("tank", cache=False)
    assert list(answer_cache.iterdir()) == []
    ask("tank")
    before = [(path, path.stat().st_mtime_ns) for path in entries(answer_cache)]
    _, network, _ = ask("tank", cache=False)
    assert network.bound == [("tank",)]
    assert before == [(path, path.stat().st_mtime_ns) for path in entries(answer_cache)]


def test_a_network_that_was_passed_in_is_not_known(scene, tmp_path, answer_cache):
    run(make_job(scene, tmp_path), predictor=Context())
    assert list(answer_cache.iterdir()) == []


def test_a_full_disk_fails_no_run(ask, answer_cache, monkeypatch):
    fresh, _, _ = ask("tank", cache=False)

    def refuse(source, target):
        if str(target).endswith(".answer"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(source, target)

    replace = os.replace
    monkeypatch.setattr(store_module.os, "replace", refuse)
    said = []
    first, _, _ = ask("tank", report=said.append)
    assert fresh == first
    (line,) = [message.message for message in said if isinstance(message, Advice)][-1:]
    assert "answers are not kept" in line
    assert "disk is full" in line
    assert [path for path in answer_cache.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_fails_no_run(ask, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RRSIS_GEO_CACHE", str(tmp_path / "file"))
    fresh, _, _ = ask("tank", cache=False)
    first, _, _ = ask("tank")
    assert fresh == first


def test_a_limit_removes_what_was_not_used_for_longest(ask, answer_cache, monkeypatch):
    ask("tank")
    ask("road")
    store = AnswerStore.of_user()
    for number, kept in enumerate(reversed(store.list())):
        assert kept.size > 0, number
    for path in entries(answer_cache):  # as if all of it was used long ago
        os.utime(path, (1000, 1000))
    ask("tank")
    monkeypatch.setenv("RRSIS_GEO_CACHE_LIMIT", str(store.size() - 1))
    AnswerStore.of_user().evict()
    assert AnswerStore.of_user().size() < store.limit
    _, network, _ = ask("tank")
    assert network.bound == []
    _, network, _ = ask("road")
    assert network.bound == [("road",)]


def test_a_limit_of_nothing_keeps_nothing(ask, answer_cache, monkeypatch):
    monkeypatch.setenv("RRSIS_GEO_CACHE_LIMIT", "0")
    ask("tank")
    assert entries(answer_cache) == []


def test_what_is_cleared_during_a_run_is_not_missed(ask):
    ask("tank", "road", probability=True)
    fresh, _, _ = ask("tank", "road", "pier", cache=False, probability=True)

    class Clearing(Network):
        def __call__(self, job, texts):
            AnswerStore.of_user().clear()
            return super().__call__(job, texts)

    network = Clearing()
    again, _, _ = ask("tank", "road", "pier", network=network, probability=True)
    assert network.bound == [("pier",)]
    assert fresh == again


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
