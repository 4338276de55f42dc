"""Every example of the pages on many scenes and on the command line runs."""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import rasterio
from click.testing import CliRunner

from rrsis_geo_cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / name for name in ("many-scenes.md", "command-line.md")]

COMMAND = re.compile(r"^    (\S.*)$", re.MULTILINE)
ASSIGNMENT = re.compile(r"([A-Z_]+)=(\S*)$")


def examples():
    """Indented lines of the pages that are commands."""
    for page in PAGES:
        for line in COMMAND.findall(page.read_text(encoding="utf-8")):
            if "rrsis-geo" in line:
                yield page.name, line


EXAMPLES = list(examples())


def blocks(language):
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        yield from re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch, make_scene, tiny_weights):
    """A folder with all files that the pages name; small windows and weights."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiles").mkdir()
    for name in ("scene.tif", "a.tif", "b.tif", "c.tif", "d.tif"):
        make_scene(width=66, height=60, name=name)
    for name in ("c.tif", "d.tif"):
        shutil.move(name, f"tiles/{name}")
    Path("scenes.txt").write_text("a.tif\ntiles\n")
    shutil.copy(ROOT / "tests" / "cli" / "stac_items.json", "items.json")
    write_mosaic("mosaic.vrt", "tiles/c.tif")
    (config,) = blocks("toml")
    Path("project.toml").write_text(config)
    monkeypatch.setenv("RRSIS_GEO_WEIGHTS", tiny_weights)
    monkeypatch.setenv("RRSIS_GEO_WINDOW_SIZE", "64")
    monkeypatch.setenv("RRSIS_GEO_OVERLAP", "16")
    return tmp_path


def write_mosaic(path, tile):
    """A VRT of one file."""
    with rasterio.open(tile) as source:
        transform = ", ".join(map(str, source.transform.to_gdal()))
        bands = "".join(
            f'<VRTRasterBand dataType="Byte" band="{band}"><SimpleSource>'
            f'<SourceFilename relativeToVRT="1">{tile}</SourceFilename>'
            f"<SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand>"
            for band in source.indexes
        )
        Path(path).write_text(
            f'<VRTDataset rasterXSize="{source.width}" rasterYSize="{source.height}">'
            f"<SRS>{source.crs.to_string()}</SRS>"
            f"<GeoTransform>{transform}</GeoTransform>{bands}</VRTDataset>"
        )


def run(line):
    """Run a line as a shell would: variables in front, pipes, and stdout to a file."""
    line, _, target = line.partition(" > ")
    data = b""
    for part in line.split(" | "):
        words = shlex.split(part)
        variables = {}
        while words and (match := ASSIGNMENT.match(words[0])):
            variables[match[1]] = match[2]
            words = words[1:]
        if words[0] == "rrsis-geo":
            answer = CliRunner().invoke(
                main, words[1:], input=data, env=variables, prog_name="rrsis-geo"
            )
            assert answer.exit_code == 0, answer.output
            data = answer.stdout_bytes
        else:
            words[0] = sys.executable if words[0] == "python3" else words[0]
            done = subprocess.run(words, input=data, capture_output=True, check=True)
            data = done.stdout
    if target:
        Path(target).write_bytes(data)
    return data


def test_the_pages_have_examples():
    assert len(EXAMPLES) >= 20
    assert any("--merge" in line for _, line in EXAMPLES)


COMPLETIONS = [line for _, line in EXAMPLES if "_COMPLETE=" in line]
COMMANDS = [line for _, line in EXAMPLES if line not in COMPLETIONS]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_documented_command_runs(folder, line):
    before = set(Path().rglob("*"))
    data = run(line)
    words = shlex.split(line)
    written = {str(path) for path in set(Path().rglob("*")) - before}
    if "--dry-run" in words:
        assert written == set()
    elif "-o" in words and words[words.index("-o") + 1] != "-":
        output = words[words.index("-o") + 1]
        named = [output.replace("{scene}", name) for name in ("c", "d")]
        assert set(named) <= written
    else:
        assert data or written


@pytest.mark.parametrize("line", COMPLETIONS)
def test_a_documented_completion_gives_a_script(line):
    (shell,) = re.findall(r"_COMPLETE=(\w+)_source", line)
    environment = {"_RRSIS_GEO_COMPLETE": f"{shell}_source"}
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("click asks bash for its version")
    answer = CliRunner().invoke(main, env=environment, prog_name="rrsis-geo")
    assert "_rrsis_geo_completion" in answer.stdout


def test_the_documented_python_runs(folder, tiny_weights, monkeypatch):
    (code,) = blocks("python")
    code = code.replace("merge=True", f"merge=True, weights={tiny_weights!r}")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    for name in ("c", "d"):
        assert re.search(rf"tiles/{name}\.tif \d+ None", done.stdout)


def test_the_documented_settings_are_toml():
    (config,) = blocks("toml")
    assert tomllib.load(io.BytesIO(config.encode()))["threshold"] == 0.45
