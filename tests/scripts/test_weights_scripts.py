"""The scripts that make the shipped weights out of trained ones."""

import importlib.util
import json
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
import torch

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError, WeightsError
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.head import is_of_head
from rrsis_geo.model.serialization.header import Card, read_header, sidecar_of, verify
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.weights import load_weights, save_weights
from rrsis_geo.training.config import TrainConfig, find_config
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.training.training_data import DataFiles
from rrsis_geo_cli.train import command as train

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts" / "weights"


def script(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for their annotations
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


@pytest.fixture
def called(monkeypatch):
    def call(name, *words):
        monkeypatch.setattr(sys, "argv", [name, *map(str, words)])
        script(name).main()

    return call


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two whole files whose text encoder is the same."""
    folder = tmp_path_factory.mktemp("pair")
    small = preset("btd-tiny")
    words = tuple(f"w{k}" for k in range(small.text_vocabulary))
    torch.manual_seed(0)
    one, other = BTDNet(small).eval(), BTDNet(small).eval()
    other.text.load_state_dict(one.text.state_dict())
    for name, net in (("a", one), ("b", other)):
        card = Card(name=name, vocabulary=words, gsd_range=(0.5, 1.0), licence="none")
        save_weights(net, folder / f"{name}.safetensors", card=card)
    return folder / "a.safetensors", folder / "b.safetensors"


def test_two_weights_are_split_to_share_a_text(called, pair, tmp_path):
    text = tmp_path / "words.safetensors"
    for name, whole in zip(("default", "open"), pair, strict=True):
        output = tmp_path / f"{name}.safetensors"
        called("split_weights", whole, output, "--text", text, "--name", name)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("default.safetensors", "index.json", "open.safetensors"),
        "words.safetensors",
    ]
    for name, whole in zip(("default", "open"), pair, strict=True):
        info = verify(name, folder=tmp_path)
        assert info.name == name
        assert info.text_path == text
        found = dict(load_weights(info.path)[0].inference_state())
        wanted = dict(load_weights(whole)[0].inference_state())
        assert all(value.equal(found[key]) for key, value in wanted.items())


def test_weights_name_the_network_that_matches_sentences(called, pair, tmp_path):
    text, output = tmp_path / "words.safetensors", tmp_path / "a.safetensors"
    called(
        "split_weights", pair[0], output, "--text", text, "--matcher", "m.safetensors"
    )
    assert verify(output).matcher == "m.safetensors"
    again = tmp_path / "again.safetensors"
    called("split_weights", output, again, "--text", text)
    assert verify(again).matcher == "m.safetensors"


def test_a_different_text_encoder_is_refused_in_one_line(
    called, pair, tmp_path, capsys
):
    text = tmp_path / "words.safetensors"
    called("split_weights", pair[0], tmp_path / "a.safetensors", "--text", text)
    net, info = load_weights(pair[1])
    with torch.no_grad():
        net.text.embeddings.LayerNorm.weight[0] += 1e-7
    card = Card(name="c", vocabulary=info.vocabulary, gsd_range=(0.5, 1.0))
    other = tmp_path / "other.safetensors"
    save_weights(net, other, card=card)
    output = tmp_path / "c.safetensors"
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        called("split_weights", other, output, "--text", text)
    assert stopped.value.code == 4
    message = capsys.readouterr().err
    assert message.startswith("Error: ")
    assert message.count("\n") == 1
    assert not output.exists()
    called("split_weights", other, output, "--text", text, "--tolerance", "1e-6")
    assert verify(output).text_path == text


def test_layers_of_only_one_network_are_scaled_by_the_share(called, tmp_path):
    """An additional layer of one network contributes half in the mean of both."""
    neck = {"fusion": "neck", "neck_dims": (8, 8, 16, 16)}
    small = replace(preset("btd-tiny"), neck_mixers=(0, 0, 1, 1), **neck)
    torch.manual_seed(1)
    net = BTDNet(small).eval()
    grown = BTDNet(replace(small, neck_mixers=(0, 0, 1, 2))).eval()
    grown.load_state_dict({**grown.state_dict(), **net.state_dict()})
    words = tuple(f"w{k}" for k in range(small.text_vocabulary))
    card = Card(name="n", vocabulary=words, gsd_range=(0.5, 1.0), licence="none")
    files = [tmp_path / f"{name}.safetensors" for name in ("one", "two", "mean")]
    save_weights(net, files[0], card=card)
    save_weights(grown, files[1], card=card)
    called("average_weights", *files, "--share", "0.5")
    first, second = (load_weights(file)[0].state_dict() for file in files[1:])
    layer = "visual.stages.3.mixers.1."
    for name, value in second.items():
        last = name.startswith(layer) and name.removeprefix(layer).startswith(
            ("among.out", "across.out", "feed.2")
        )
        # files hold half precision, and bytes with a scale per row
        torch.testing.assert_close(
            value.float(),
            (0.5 if last else 1) * first[name].float(),
            rtol=0.01,
            atol=1e-3,
        )
    with pytest.raises(WeightsError, match="different architectures"):
        called("average_weights", files[1], files[0], files[2], "--share", "0.5")


def test_a_second_head_is_listed_anew_where_its_file_is_listed(called, tmp_path):
    """FIRST is written over, and the index beside it holds the new checksum."""
    torch.manual_seed(1)
    neck = {"fusion": "neck", "neck_dims": (8, 8, 16, 16)}
    config = replace(preset("btd-tiny"), **neck)
    net = BTDNet(config).eval()
    words = tuple(f"w{k}" for k in range(config.text_vocabulary))
    card = Card(name="n", vocabulary=words, gsd_range=(0.5, 1.0), licence="none")
    first, second = (tmp_path / f"{name}.safetensors" for name in ("one", "two"))
    before = save_weights(net, first, card=card)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if is_of_head(name):
                parameter.add_(0.1)
    save_weights(net, second, card=card)
    index = tmp_path / "index.json"
    listed = {"file": first.name, "sha256": before.sha256}
    index.write_text(json.dumps({"n": listed}))
    called("add_second_head", first, second, first, "--classes", "road", "water")
    after = read_header(first)
    assert after.second_head == ("road", "water")
    assert json.loads(index.read_text())["n"]["sha256"] == after.sha256
    assert after.sha256 != before.sha256
    assert not sidecar_of(first).exists()


def test_an_average_keeps_equal_tensors(called, pair, tmp_path):
    output = tmp_path / "mean.safetensors"
    called("average_weights", *pair, output, "--share", "0.3", "--sure", "0.6")
    assert read_header(output).calibration == Calibration(score_margin=0.6)
    one, other, mean = (
        dict(load_weights(path)[0].inference_state()) for path in (*pair, output)
    )
    moved = 0
    for name, value in mean.items():
        if one[name].equal(other[name]):
            assert value.equal(one[name]), name
        else:
            wanted = 0.7 * one[name] + 0.3 * other[name]
            torch.testing.assert_close(value, wanted, rtol=1e-3, atol=1e-3)
            moved += 1
    assert moved
    text = tmp_path / "words.safetensors"
    called("split_weights", pair[0], tmp_path / "a.safetensors", "--text", text)
    called("split_weights", output, tmp_path / "m.safetensors", "--text", text)


@pytest.fixture
def maker():
    return script("make_weights")


def parts_of(maker, *commands):
    """Parts made by small programs: (file, code)."""
    return tuple(
        maker.Part(file=file, command=f"python -c {shlex.quote(code)} {' '.join(rest)}")
        for file, code, *rest in commands
    )


@pytest.fixture
def run(maker, monkeypatch, tmp_path):
    data = tmp_path / "data"
    data.mkdir()

    def go(parts, *words):
        monkeypatch.setattr(maker, "RECIPES", {"default": parts})
        work = str(tmp_path / "work")
        arguments = ["make_weights", str(data), "--work", work, "--text", "default"]
        monkeypatch.setattr(sys, "argv", [*arguments, *words])
        maker.main()
        return tmp_path / "work"

    return go


WRITE = "import sys; open(sys.argv[1], 'a').write('x')"
FAIL = "import sys; sys.exit(3)"


def test_parts_are_made_in_order_and_once(maker, run, capfd):
    parts = parts_of(maker, ("a", WRITE, "a"), ("weights/b", WRITE, "weights/b", "a"))
    work = run(parts)
    assert (work / "a").read_text() == (work / "weights" / "b").read_text() == "x"
    run(parts)
    assert (work / "a").read_text() == (work / "weights" / "b").read_text() == "x"
    assert capfd.readouterr().out.count("there already") == 2


def test_an_interrupted_recipe_is_continued(maker, run):
    with pytest.raises(SystemExit, match=r"b was not made; start again"):
        run(parts_of(maker, ("a", WRITE, "a"), ("b", FAIL, "b"), ("c", WRITE, "c")))
    work = run(parts_of(maker, ("a", WRITE, "a"), ("b", WRITE, "b"), ("c", WRITE, "c")))
    assert [(work / name).read_text() for name in "abc"] == ["x", "x", "x"]


def test_a_part_of_another_recipe_is_refused(maker, run):
    run(parts_of(maker, ("a", WRITE, "a")))
    with pytest.raises(SystemExit, match="a was made by another command"):
        run(parts_of(maker, ("a", WRITE + " ", "a")))


def test_a_part_older_than_its_sources_is_refused(maker, run):
    parts = parts_of(maker, ("a", WRITE, "a"), ("b", WRITE, "b", "a"))
    work = run(parts)
    (work / "a").unlink()
    with pytest.raises(SystemExit, match="b is older than a"):
        run(parts)


PACKS = {"pack", "pack-more", "pack-rare", "pack-open"}


def test_the_recipes_can_be_run(maker):
    for name, parts in maker.RECIPES.items():
        made = set()
        for part in parts:
            program, first, *words = shlex.split(part.command)
            assert part.file in words
            files = {
                word
                for word in words
                if word.endswith((".safetensors", ".jsonl")) or word in PACKS
            }
            known = {"weights/minilm-18k.safetensors", "sentence-matcher.safetensors"}
            assert files - {part.file} - known <= made, f"{name}: {part.file}"
            made.add(part.file)
            if program == "rrsis-geo" or first == "scripts/weights/train_public.py":
                assert first == "train" or program == "python"
                assert bool(PACKS & set(words)) == (program == "rrsis-geo")
                typed = [word for word in words if word != "TEXT"]
                values = train.make_context("train", typed).params
                find_config(values["config"])
                assert str(values["output"]) == part.file
            else:
                assert program == "python"
                assert (SCRIPTS.parents[1] / first).is_file()
        assert parts[-1].file.startswith("weights/")


def test_a_rehearsal_is_short_and_the_text_is_chosen(maker, tmp_path):
    parser_values = {"data": tmp_path, "work": tmp_path, "only": None}
    part = maker.RECIPES["default"][0]

    def words(**values):
        options = type("Options", (), {**parser_values, **values})
        return maker.words_of(part, options)

    long = words(steps=None, text="default")
    assert long[:2] == [sys.executable, str(SCRIPTS / "train_public.py")]
    assert long[long.index("--words") + 1] == "default"
    assert "--steps" not in long
    short = words(steps=2, text="owner/model")
    assert short[short.index("--steps") + 1] == "2"
    assert short[short.index("--text-start") + 1] == "owner/model"
    here = words(steps=None, text=str(tmp_path))
    assert here[here.index("--text-start") + 1] == str(tmp_path)


def test_images_of_rare_classes_are_listed_more_often():
    pack = script("pack_sources")

    def image(name, *categories):
        return LabelledImage(
            name=name,
            path=Path(name),
            place=name,
            layout=Layout(
                width=9,
                height=9,
                objects=tuple(
                    LabelledObject(category=one, polygon=shapely.box(0, 0, 9, 9))
                    for one in categories
                ),
                complete=frozenset(categories),
            ),
        )

    images = image("a", "road"), image("b", "road", "golf_course"), image("c")
    source = Source(name="some", weight=1.0, images=images, scale=(1.0, 1.0))
    names = [one.name for one in pack.with_repeats(source, ["golf_course"]).images]
    assert names == ["a", *"b" * pack.REPEATED, "c"]
    assert pack.with_repeats(source, []).images == images


def test_the_record_names_every_command(maker, run):
    work = run(parts_of(maker, ("a", WRITE, "a")))
    assert json.loads((work / "commands.json").read_text())["a"][0] == sys.executable


def test_the_package_does_not_import_the_recipe():
    root = SCRIPTS.parents[1]
    for path in [*(root / "rrsis_geo").rglob("*.py"), *(root / "cli").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) recipe\b", text, re.M), path


def test_public_data_are_read_as_the_config_says(tmp_path):
    read = script("train_public").read_sources
    for folder in ("aerial-airport", "oam-banepa", "open-cities"):
        (tmp_path / folder).mkdir()
    config = TrainConfig(drawn=1, open_only=True)
    with pytest.raises(DataError, match=r"data sets \['urban-tree-naip'\] are missing"):
        read(config, DataFiles(path=tmp_path))
