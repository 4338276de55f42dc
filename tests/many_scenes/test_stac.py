"""Rasters of STAC items, from files and servers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rrsis_geo.errors import SceneError
from rrsis_geo.many_scenes.scene_list import list_scenes
from rrsis_geo.many_scenes.stac import read_stac_items

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
SERVER = Path(__file__).parents[1] / "scene" / "range_server.py"


def item(name="S2_1", **assets):
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "geometry": None,
        "properties": {"datetime": "2026-01-01T00:00:00Z"},
        "links": [],
        "assets": assets,
    }


def asset(href, *roles, kind=COG, **more):
    return {"href": href, "roles": list(roles), "type": kind, **more}


def one_band(name):
    return asset(f"{name}.tif", "data", **{"eo:bands": [{"name": name}]})


SENTINEL = {
    "thumbnail": asset("t.jpg", "thumbnail", kind="image/jpeg"),
    "preview": asset("p.tif", "overview"),
    "meta": asset("m.xml", "metadata", kind="application/xml"),
    "B02": one_band("B02"),
    "B03": one_band("B03"),
    "visual": asset("TCI.tif", "visual"),
    "visual-jp2": asset("TCI.jp2", "visual", kind="image/jp2"),
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stac").mkdir()

    def save(body, name="stac/item.json"):
        Path(name).write_text(json.dumps(body), encoding="utf-8")
        return name

    return save


def scenes(place, **values):
    found = read_stac_items(place, **values)
    assert found is not None
    return dict(found.scenes)


def test_the_picture_is_taken_of_many_assets(write):
    path = write(item(**SENTINEL))
    assert scenes(path) == {"S2_1": "stac/TCI.tif"}
    assert scenes(path, asset="B03") == {"S2_1": "stac/B03.tif"}


def test_data_with_several_bands_comes_before_bands_of_their_own(write):
    whole = asset("rgb.tif", "data", bands=[{}, {}, {}])
    assert scenes(write(item(a=one_band("B1"), b=whole, c=one_band("B2")))) == {
        "S2_1": "stac/rgb.tif"
    }


def test_a_raster_without_role_or_type_is_found(write):
    assert scenes(write(item(image={"href": "./x/image.tif"}))) == {
        "S2_1": "stac/x/image.tif"
    }


@pytest.mark.parametrize(
    ("assets", "says"),
    [
        ({"B1": one_band("B1"), "B2": one_band("B2")}, r"2 rasters, B1, B2.*--asset"),
        ({"thumb": SENTINEL["thumbnail"]}, "no raster asset; its assets are thumb"),
        ({}, "its assets are none"),
    ],
)
def test_an_item_without_one_picture_is_refused(write, assets, says):
    with pytest.raises(SceneError, match=says):
        read_stac_items(write(item(**assets)))


def test_an_asset_that_an_item_lacks_is_refused(write):
    with pytest.raises(SceneError, match="no asset 'red'; its assets are a"):
        read_stac_items(write(item(a=asset("a.tif"))), asset="red")


@pytest.mark.parametrize(
    ("href", "opened"),
    [
        ("https://host/a.tif?sig=1", "https://host/a.tif?sig=1"),
        ("s3://bucket/a.tif", "s3://bucket/a.tif"),
        ("/data/a.tif", "/data/a.tif"),
        ("file:///data/a.tif", "/data/a.tif"),
        ("../a.tif", "a.tif"),
        ("/vsizip/a.zip/b.tif", "/vsizip/a.zip/b.tif"),
    ],
)
def test_addresses_are_relative_to_the_document(write, href, opened):
    assert scenes(write(item(a=asset(href, "data")))) == {"S2_1": opened}


def test_a_collection_of_items_is_several_scenes_named_by_id(write):
    items = [item(f"i/{n}", visual=asset(f"{n}/TCI.tif", "visual")) for n in (1, 2)]
    body = {"type": "FeatureCollection", "features": items}
    body["links"] = [{"rel": "next", "href": "https://host/page2"}]
    listed = list_scenes([write(body, "items.json")])
    assert [(s.name, s.path) for s in listed.scenes] == [
        ("i_1", "1/TCI.tif"),
        ("i_2", "2/TCI.tif"),
    ]
    assert not listed.single
    assert "further pages" in listed.notes[0]


@pytest.mark.parametrize("kind", ["Catalog", "Collection"])
def test_a_catalog_is_refused_with_the_way_out(write, kind):
    with pytest.raises(SceneError, match="give its items"):
        read_stac_items(write({"type": kind, "stac_version": "1.0.0", "id": "c"}))


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [{"type": "Feature"}]},
        {"type": "Feature", "assets": {}, "id": "no version"},
        "text",
    ],
)
def test_other_json_is_left_to_gdal(write, body):
    path = write(body)
    assert read_stac_items(path) is None
    assert list_scenes([path]).single


def test_damaged_json_is_left_to_gdal(write, tmp_path):
    Path("bad.json").write_text("{")
    assert read_stac_items("bad.json") is None


@pytest.fixture
def server(tmp_path):
    """Address of a server of the folder."""
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


def test_an_item_is_fetched_from_a_server(write, server):
    write(item(visual=asset("./TCI.tif", "visual")))
    assert scenes(f"{server}/stac/item.json") == {"S2_1": f"{server}/stac/TCI.tif"}


def test_what_an_api_answers_is_read_whatever_its_name(write, server, tmp_path):
    folder = tmp_path / "collections" / "c" / "items"
    folder.mkdir(parents=True)
    absolute = item(visual=asset("https://host/TCI.tif", "visual"))
    (folder / "S2_1").write_text(json.dumps(absolute))
    address = f"{server}/collections/c/items/S2_1"
    assert scenes(address) == {"S2_1": "https://host/TCI.tif"}


def pages(write, *names, last=None):
    """Write a page of one item for each name; each links to the next."""
    for number, name in enumerate(names, 1):
        body = {"type": "FeatureCollection", "features": []}
        body["features"] = [item(name, visual=asset(f"./{name}.tif", "visual"))]
        following = f"page{number + 1}.json" if number < len(names) else last
        if following is not None:
            body["links"] = [{"rel": "next", "href": following}]
        write(body, f"stac/page{number}.json")


def test_further_pages_are_fetched_from_a_server(write, server):
    pages(write, "a", "b", "c")
    listed = read_stac_items(f"{server}/stac/page1.json")
    assert listed.scenes == tuple((n, f"{server}/stac/{n}.tif") for n in "abc")
    assert not listed.notes


def test_pages_in_a_circle_end_with_a_note(write, server):
    pages(write, "a", "b", last="page1.json")
    listed = read_stac_items(f"{server}/stac/page1.json")
    assert [name for name, _ in listed.scenes] == ["a", "b"]
    assert "further pages" in listed.notes[0]


def test_a_page_that_needs_a_search_is_noted(write, server):
    pages(write, "a", "b")
    body = json.loads(Path("stac/page1.json").read_text())
    body["links"][0] |= {"method": "POST", "body": {"token": "next"}}
    write(body, "stac/page1.json")
    listed = read_stac_items(f"{server}/stac/page1.json")
    assert [name for name, _ in listed.scenes] == ["a"]
    assert "further pages" in listed.notes[0]


@pytest.mark.parametrize("link", ["absent.json", "file:///etc/hostname", "ftp://x/y"])
def test_a_page_that_cannot_be_had_is_an_error(write, server, link):
    pages(write, "a", last=link)
    with pytest.raises(SceneError, match=link.rpartition("/")[2]):
        read_stac_items(f"{server}/stac/page1.json")


def test_a_search_without_end_is_refused(write, server, monkeypatch):
    monkeypatch.setattr("rrsis_geo.many_scenes.stac.MOST_ITEMS", 2)
    pages(write, "a", "b", "c")
    with pytest.raises(SceneError, match="more than 2 items; ask for fewer"):
        read_stac_items(f"{server}/stac/page1.json")


def test_what_a_server_refuses_is_an_error_with_its_code(server):
    with pytest.raises(SceneError, match="HTTP 404"):
        read_stac_items(f"{server}/absent.json")


def test_an_unreachable_server_is_an_error():
    with pytest.raises(SceneError, match="cannot be fetched"):
        read_stac_items("http://127.0.0.1:9/item.json")


def test_other_addresses_are_not_fetched():
    assert read_stac_items("http://127.0.0.1:9/scene.tif") is None
