"""What identifies a scene: all its files, or what a server says."""

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rasterio.shutil import copy

from rrsis_geo.answer_cache.scene_state import is_unchanged, scene_state

STATISTICS = """<PAMDataset>
  <PAMRasterBand band="1">
    <Histograms>
      <HistItem><HistMin>-0.5</HistMin><HistCounts>1|0|2</HistCounts></HistItem>
    </Histograms>
    <Metadata>
      <MDI key="STATISTICS_MINIMUM">0</MDI>
      <MDI key="STATISTICS_VALID_PERCENT">100</MDI>
    </Metadata>
  </PAMRasterBand>
</PAMDataset>
"""


def names(state):
    return {os.path.basename(name) for name, *_ in state["files"]}


def test_the_state_of_a_file_changes_with_its_size_and_times(make_scene):
    path = make_scene()
    state = scene_state(path)
    assert is_unchanged(path, state)
    os.utime(path, (1, 1))
    assert not is_unchanged(path, state)
    moved = scene_state(path)
    with open(path, "ab") as file:
        file.write(b"\0")
    os.utime(path, (1, 1))
    assert moved != scene_state(path)


def test_a_file_that_appears_beside_a_scene_is_a_part_of_it(make_scene):
    path = make_scene()
    before = scene_state(path)
    beside = f"{path}.aux.xml"
    with open(beside, "w", encoding="ascii") as file:
        file.write("<PAMDataset><SRS>EPSG:32632</SRS></PAMDataset>")
    state = scene_state(path)
    assert names(state) - names(before) == {os.path.basename(beside)}
    with open(beside, "w", encoding="ascii") as file:
        file.write("<PAMDataset><SRS>EPSG:32633</SRS></PAMDataset>")
    assert not is_unchanged(path, state)


def test_statistics_that_a_viewer_notes_change_nothing(make_scene):
    path = make_scene()
    before = scene_state(path)
    with open(f"{path}.aux.xml", "w", encoding="ascii") as file:  # as GDAL writes them
        file.write(STATISTICS)
    assert scene_state(path) == before


def test_sources_of_nested_vrts_are_parts_of_it(make_scene, tmp_path):
    source = make_scene()
    inner, outer = tmp_path / "inner.vrt", tmp_path / "outer.vrt"
    copy(source, inner, driver="VRT")
    text = inner.read_text(encoding="utf-8")
    text = text.replace(f">{os.path.basename(source)}<", ">inner.vrt<")
    outer.write_text(text, encoding="utf-8")
    state = scene_state(str(outer))
    assert names(state) >= {"outer.vrt", "inner.vrt", os.path.basename(source)}
    os.utime(source, (1, 1))
    assert not is_unchanged(str(outer), state)


@pytest.mark.parametrize(
    "path", ["s3://bucket/scene.tif", "/vsizip/a.zip/scene.tif", "absent.tif"]
)
def test_what_cannot_be_examined_has_no_state(path):
    assert scene_state(path) is None


class Handler(SimpleHTTPRequestHandler):
    tag: str | None = None
    dated = True

    def send_header(self, keyword, value):
        if keyword != "Last-Modified" or self.dated:
            super().send_header(keyword, value)

    def end_headers(self):
        if self.tag is not None:
            self.send_header("ETag", self.tag)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """Return an address of a file on a server, and the server's handler."""
    (tmp_path / "scene.tif").write_bytes(b"12345")
    kind = type("Own", (Handler,), {})
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(kind, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/scene.tif", kind
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_says_when_a_scene_has_changed(served, tmp_path):
    url, kind = served
    state = scene_state(url)
    assert is_unchanged(url, state)
    os.utime(tmp_path / "scene.tif", (1, 1))
    assert not is_unchanged(url, state)
    kind.tag = '"a"'
    tagged = scene_state(url)
    kind.tag = '"b"'
    assert not is_unchanged(url, tagged)


def test_a_server_that_says_nothing_certain_gives_no_state(served, monkeypatch):
    url, kind = served
    assert scene_state(f"{url}x") is None
    kind.dated = False
    assert scene_state(url) is None
    kind.tag = 'W/"weak"'
    assert scene_state(url) is None
    kind.tag = '"strong"'
    assert scene_state(url) is not None
    monkeypatch.setenv("GDAL_HTTP_BEARER", "token")
    assert scene_state(url) is None
