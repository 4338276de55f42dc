"""The notebook of the examples runs from its first cell to its last."""

import json
import os
import subprocess
import sys
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "ask_a_scene.ipynb"


def cells():
    """Code of the cells, in order."""
    body = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert body["nbformat"] == 4
    return [
        "".join(one["source"]) for one in body["cells"] if one["cell_type"] == "code"
    ]


def shown(code):
    """A cell as a program: the value of a last line alone is shown as Jupyter does."""
    *lines, last = code.splitlines()
    if not last[:1].isspace() and "=" not in last and last.isidentifier():
        last = f"assert {last}._repr_html_().startswith('<')"
    return "\n".join([*lines, last])


def test_the_notebook_runs(tmp_path):
    program = tmp_path / "notebook.py"
    program.write_text("\n\n".join(map(shown, cells())), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        env={**os.environ, "RRSIS_GEO_CACHE": str(tmp_path / "kept")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    largest, near = done.stdout.splitlines()
    count = int(largest.split()[0])
    assert count > 1
    assert 0 < int(near.split()[0]) <= count


def test_the_notebook_was_saved_without_outputs():
    body = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for cell in body["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
