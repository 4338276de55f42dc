"""What `benchmarks/ablations.py` compares, and the tables it prints."""

import importlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.training.builders import model_config

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def families(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    made = importlib.import_module("ablation_families").FAMILIES
    return {name: family() for name, family in made.items()}


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("ablation_tables")


def different(one, other):
    before, after = asdict(one), asdict(other)
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize("name", ["ladder", "decisions"])
def test_every_variant_is_a_network_of_its_own_and_is_compared(families, name):
    family = families[name]
    with torch.device("meta"):
        made = {
            (BTDNet(model_config(config)).config, config.train_text, str(config.losses))
            for config in family.variants.values()
        }
    assert len(made) == len(family.variants)

    compared = {name for change in family.changes for name in change[:2]}
    assert compared == set(family.variants)


def test_a_decision_changes_one_thing_of_the_shipped_network(families):
    family = families["decisions"]
    shipped, *others = family.variants.values()
    changes = {}
    for name, config in zip(list(family.variants)[1:], others, strict=True):
        run = different(shipped, config) - {"model"}
        changes[name] = run | different(model_config(shipped), model_config(config))
    bare = changes.pop("bare neck")
    assert bare == {"neck_mixers", "word_dim", "coordinates"}
    assert {len(change) for change in changes.values()} == {1}
    assert set.union(*changes.values()) == {
        "coordinates",
        "decoder_dims",
        "neck_mixers",
        "neck_dims",
        "word_dim",
        "fusion",
        "train_text",
    }


def keep(tables, folder, variant, seed, painted):
    """Write the result of a run that predicted some of 40 target pixels, no others."""
    types = ["category", "location", "relation", "attribute", "size", "no-target"]
    rows = [
        {
            "image": image,
            "type": kind,
            "target": kind != "no-target",
            "intersection": painted if kind != "no-target" else 0,
            "union": 40 if kind != "no-target" else 5,
            "predicted": painted if kind != "no-target" else 5,
            "total": 10_000 if kind == "size" else 1_000,
        }
        for image in range(3)
        for kind in types
    ]
    path = tables.result_file(folder, variant, seed)
    path.write_text(json.dumps({"parameters": 1_500_000, "rows": rows}))


def test_tables_tell_seeds_means_and_changes(tables, tmp_path, capsys):
    for variant, painted in {"as shipped": (10, 20), "less of it": (8, 16)}.items():
        for seed, pixels in enumerate(painted):
            keep(tables, tmp_path, variant, seed, pixels)

    changes = [("as shipped", "less of it", "less")]
    tables.print_tables(tmp_path, ["as shipped", "less of it"], changes, [0, 1])

    figures, change, kinds = capsys.readouterr().out.split("\n\n")
    assert (
        "| as shipped | 1.50 M | 25.0 / 50.0 | 37.5 | 37.5 | 0.0 % |"
        in figures.splitlines()
    )
    assert change.splitlines()[-1] == (
        "| less | -7.5 | -7.5 to -7.5 | 0.001 | -7.5 | -7.5 to -7.5 |"
    )
    # "size" has small targets, 40 of 10,000 pixels, one in each of three images
    assert kinds.splitlines()[0].startswith("| change | small (3) | names (3) |")
    assert kinds.splitlines()[-1] == (
        "| less |" + " -7.5 (-7.5 to -7.5) |" * 5 + " +0.0 (+0.0 to +0.0) |"
    )
