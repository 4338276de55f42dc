"""Files that other programs have open are known before they are replaced."""

import subprocess
import sys

import pytest

from rrsis_geo.errors import OutputError
from rrsis_geo.files.in_use import is_open_elsewhere, refuse_in_use

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells who has a file open"
)


@pytest.fixture
def held(tmp_path):
    """A file, and a function that opens it in another process until the test ends."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"x")
    others = []

    def hold(mode, target=path):
        code = "import sys; f = open(*sys.argv[1:]); print(1, flush=True); input()"
        other = subprocess.Popen(
            [sys.executable, "-c", code, str(target), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        others.append(other)
        other.stdout.readline()

    yield path, hold
    for other in others:
        other.communicate(b"\n")


def test_a_file_that_is_open_nowhere_is_free(tmp_path):
    path = tmp_path / "a"
    assert not is_open_elsewhere(path, readers=True)
    path.write_bytes(b"x")
    for readers in (True, False):
        assert not is_open_elsewhere(path, readers=readers)
    refuse_in_use(path, ("-wal",), readers=True)


@pytest.mark.parametrize(("mode", "both"), [("rb", False), ("r+b", True)])
def test_readers_count_where_the_format_says_so(held, mode, both):
    path, hold = held
    hold(mode)
    assert is_open_elsewhere(path, readers=True)
    assert is_open_elsewhere(path, readers=False) == both


@pytest.mark.parametrize("end", ["-wal", "-shm", ".aux.xml"])
def test_an_open_side_file_counts(held, end):
    path, hold = held
    side = path.with_name(path.name + end)
    side.write_bytes(b"x")
    hold("r+b", side)
    with pytest.raises(OutputError, match=f"{end}: is open in another program"):
        refuse_in_use(path, (end,))
    refuse_in_use(path)
