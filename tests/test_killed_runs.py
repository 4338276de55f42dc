"""The benchmark of killed runs, short: what it kills, and that it finds damage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="victims are forks")
def test_killed_runs_leave_the_file_before_or_after():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(BENCHMARKS / "kills.py"), "24"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # printed after every round, and at the end
    *_, total = [row for row in done.stdout.splitlines() if row.startswith("total")]
    killed, before, after, wrong, _ = (int(cell) for cell in total.split()[1:])
    assert (killed, before + after, wrong) == (24, 24, 0)


def test_a_lost_layer_and_a_changed_row_are_noticed(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import sqlite3

    from shared_geopackage import dump, make_shared

    path = make_shared(tmp_path / "a.gpkg")
    before = dump(path)
    for change in (
        "UPDATE layer_styles SET styleName = 'green' WHERE id = 1",
        "DROP TRIGGER note",
        "DROP VIEW large",
        "DELETE FROM gpkg_metadata",
    ):
        database = sqlite3.connect(path)
        database.execute(change)
        database.commit()
        database.close()
        after = dump(path)
        assert after != before
        before = after
