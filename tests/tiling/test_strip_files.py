"""Strip files: read back as written, and any damage is noticed."""

import numpy as np
import pytest

from rrsis_geo.errors import OutputError
from rrsis_geo.tiling.strip_files import read_strip, write_strip
from rrsis_geo.types import Strip


def levels_of(channels, height, width):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (channels, height, width), dtype=np.uint8)


def test_strip_is_read_back(tmp_path):
    strip = Strip(top=12, levels=levels_of(3, 5, 7))
    write_strip(tmp_path / "a.strip", strip)
    back = read_strip(tmp_path / "a.strip")
    assert back.top == 12
    np.testing.assert_array_equal(back.levels, strip.levels)
    assert [path.name for path in tmp_path.iterdir()] == ["a.strip"]


def test_any_damage_to_a_strip_is_noticed(tmp_path):
    path = tmp_path / "a.strip"
    strip = Strip(top=12, levels=levels_of(1, 9, 9))
    write_strip(path, strip)
    whole = path.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(OutputError, match=r"a\.strip"):
            read_strip(path)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    path.write_bytes(flipped)
    with pytest.raises(OutputError, match=r"a\.strip"):
        read_strip(path)
    path.unlink()
    with pytest.raises(OutputError, match=r"a\.strip"):
        read_strip(path)


def test_strip_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_strip(
            tmp_path / "no" / "a.strip", Strip(top=0, levels=levels_of(1, 2, 2))
        )
    assert list(tmp_path.iterdir()) == []
