"""A pack yields the samples of the sources that it was made of."""

import gzip

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Point, box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError, OptionError, OutputError
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.training.data.pack import INDEX, is_pack, read_pack, write_pack
from rrsis_geo.training.training_data import DataFiles, mixed_data


def image(name, *, mistakes=()):
    """A ring and a two-part building on a smooth image, which WebP preserves."""
    ring = Point(40, 30).buffer(20).difference(Point(40, 30).buffer(8))
    parts = MultiPolygon([box(70, 5, 85, 15), box(70, 30, 85, 55.3)])
    found = LabelledImage(
        name=name,
        path=name,
        place=f"place of {name}",
        layout=Layout(
            width=96,
            height=64,
            objects=(
                LabelledObject(category="storage_tank", polygon=ring),
                LabelledObject(
                    category="building", polygon=parts, attributes={"colour": "red"}
                ),
            ),
            complete=frozenset({"building", "ship", "storage_tank"}),
            uncounted=frozenset({"building"}),
            gsd=0.5,
        ),
        written=(WrittenExpression(text="the ring", targets=(0,), type="category"),),
        mistakes=mistakes,
    )
    x, y = np.meshgrid(np.arange(96), np.arange(64))
    found.__dict__["pixels"] = np.stack([x * 2, y * 3, 200 - x]).astype(np.uint8)
    return found


@pytest.fixture
def sources():
    return [
        Source(name="b", weight=0.7, images=(image("1"), image("2")), scale=(0.5, 2.0)),
        Source(
            name="a",
            weight=0.3,
            images=(image("3", mistakes=((12.5, 40.0),)),),
            scale=(1.0, 1.5),
        ),
    ]


def test_a_pack_is_read_as_written(sources, tmp_path):
    folder = tmp_path / "pack"
    assert not is_pack(folder)
    size = write_pack(sources, folder, quality=95)
    assert is_pack(folder)
    assert size == sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    found = read_pack(folder)
    assert [source.name for source in found] == ["b", "a"]
    for one, other in zip(sources, found, strict=True):
        assert (one.weight, one.scale) == (other.weight, other.scale)
        for image, again in zip(one.images, other.images, strict=True):
            assert image.name == again.name
            assert image.place == again.place
            assert image.written == again.written
            assert image.mistakes == again.mistakes
            assert image.layout.complete == again.layout.complete
            assert image.layout.uncounted == again.layout.uncounted
            assert image.layout.gsd == again.layout.gsd
            for item, twin in zip(
                image.layout.objects, again.layout.objects, strict=True
            ):
                assert item.category == twin.category
                assert dict(item.attributes) == dict(twin.attributes)
                assert twin.polygon.is_valid
                off = item.polygon.symmetric_difference(twin.polygon).area
                assert off < 0.05 * item.polygon.length
            off = np.abs(again.pixels.astype(int) - image.pixels)
            assert off.mean() < 2


def test_an_incomplete_pack_leaves_nothing(sources, tmp_path):
    folder = tmp_path / "made" / "pack"
    (tmp_path / "made" / "pack.part").mkdir(parents=True)
    broken = [*sources, Source(name="c", weight=1.0, images=(None,), scale=(1.0, 1.0))]
    with pytest.raises(AttributeError):
        write_pack(broken, folder, quality=90)
    assert not folder.exists()
    write_pack(sources, folder, quality=90)
    assert {path.name for path in folder.parent.iterdir()} == {"pack", "pack.part"}
    with pytest.raises(OutputError, match="there already"):
        write_pack(sources, folder, quality=90)


def test_training_reads_a_pack(sources, tmp_path):
    write_pack(sources, tmp_path / "pack", quality=90)
    config = TrainConfig(
        size=64, expressions=2, sources={"b": 0.0}, scales={"a": [1.0, 1.0]}
    )
    data = mixed_data(config, DataFiles(path=tmp_path / "pack"))
    assert data.validation == {}
    assert "b 2" in data.description
    views = [data.stream.view(number) for number in range(12)]
    assert {view.image.name for view in views} == {"3"}
    with pytest.raises(OptionError, match="outlines"):
        mixed_data(
            config, DataFiles(path=tmp_path / "pack", outlines=tmp_path / "o.jsonl")
        )


def test_what_is_no_pack_needs_a_reader(sources, tmp_path):
    config, files = TrainConfig(size=64), DataFiles(path=tmp_path)
    with pytest.raises(DataError, match="is no pack"):
        mixed_data(config, files)
    read = []

    def read_sources(*arguments):
        read.append(arguments)
        return sources[:1], sources[1:]

    data = mixed_data(config, files, read_sources)
    assert read == [(config, files)]
    assert data.description == "images of b 2"
    assert set(data.validation) == {"a, made", "written"}


def test_an_incomplete_pack_is_refused(sources, tmp_path):
    folder = tmp_path / "pack"
    write_pack(sources, folder, quality=90)
    (folder / "images" / "00001.webp").unlink()
    with pytest.raises(DataError, match=r"00001\.webp"):
        read_pack(folder)
    index = folder / INDEX
    index.write_bytes(index.read_bytes()[:-20])
    with pytest.raises(DataError, match="pack"):
        read_pack(folder)
    with gzip.open(index, "wt") as out:
        out.write('{"source": "b"}\n')
    with pytest.raises(DataError, match="pack"):
        read_pack(folder)
