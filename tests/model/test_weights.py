import json
import pickle
import struct
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.serialization.header import (
    Card,
    find_weights,
    list_weights,
    read_header,
    sidecar_of,
    verify,
)
from rrsis_geo.model.serialization.initialization import (
    load_image_encoder,
    load_text_encoder,
)
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.quantization import pack, quantise, shrink, unpack
from rrsis_geo.model.serialization.weights import load_weights, save_weights


@pytest.fixture
def card(vocabulary):
    return Card(
        name="small",
        vocabulary=vocabulary,
        gsd_range=(0.25, 1.5),
        categories=("ship", "storage_tank"),
        calibration=Calibration(
            temperature=1.25, bias=-0.5, presence_gate=0.5, score_margin=0.6
        ),
        trained_on="nothing",
        licence="Apache-2.0",
        created="a test",
    )


@pytest.fixture
def saved(build, card, tmp_path):
    net = build("btd-mobile")
    save_weights(net, tmp_path / "small.safetensors", card=card)
    return net, tmp_path / "small.safetensors"


def rewrite_metadata(path, **changes):
    """Change entries of the header and drop the published sha256; None removes one."""
    with path.open("rb") as stream:
        length = struct.unpack("<Q", stream.read(8))[0]
        header = json.loads(stream.read(length))
    metadata = {**header["__metadata__"], **changes}
    metadata = {key: value for key, value in metadata.items() if value is not None}
    save_file(load_file(path), path, metadata)
    sidecar_of(path).unlink()


def test_a_header_holds_the_whole_card(saved, card):
    net, path = saved

    info = read_header(path)

    for name in card.__dataclass_fields__:
        assert getattr(info, name) == getattr(card, name), name
    assert info.config == net.config
    assert info.size == path.stat().st_size
    assert info.path == path


@torch.no_grad()
@pytest.mark.parametrize("name", ["btd-tiny", "btd-mobile"])
def test_a_loaded_network_predicts_as_the_saved_one(
    build, card, make_image, make_tokens, predict, tmp_path, name
):
    net = build(name, dmols=True, perturb=False)
    path = tmp_path / "net.safetensors"
    save_weights(net, path, card=card)

    loaded, _ = load_weights(path)

    image, (ids, mask) = make_image(), make_tokens(2)
    before = predict(net, image, ids, mask).logits((64, 64)).sigmoid()
    after = predict(loaded, image, ids, mask).logits((64, 64)).sigmoid()
    assert (before - after).abs().max() < 0.01
    assert loaded.dmols is None
    assert not loaded.training
    assert all(p.dtype == torch.float32 for p in loaded.parameters())


def test_saving_a_loaded_network_changes_almost_nothing(saved, card, tmp_path):
    first = load_weights(saved[1])[0]
    again = save_weights(first, tmp_path / "again.safetensors", card=card)
    second = load_weights(again.path)[0]

    for ours, theirs in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


def test_text_matrices_are_int8_and_vectors_stay_exact(saved):
    net, path = saved
    stored = load_file(path)

    table = "text.embeddings.word_embeddings.weight"
    assert stored[table].dtype == torch.int8
    assert stored[table + ":scale"].dtype == torch.float16
    assert stored["visual.encoder.stem.weight"].dtype == torch.float16
    norm = "visual.out_norms.0.weight"
    assert torch.equal(stored[norm], net.state_dict()[norm])


def test_the_quantisation_error_is_half_a_step():
    matrix = torch.randn(50, 40) * torch.logspace(-3, 1, 50)[:, None]
    matrix[7] = 0

    levels, scale = quantise(matrix)

    error = (levels.float() * scale.float()[:, None] - matrix).abs().amax(dim=1)
    step = matrix.abs().amax(dim=1) / 127
    assert (
        error <= 0.57 * step + 1e-8
    ).all()  # half a step, and the rounding of float16
    assert not levels[7].any()


def test_wide_matrices_are_shrunk_and_others_stay():
    stored = {
        "kernel": torch.randn(8, 16, 3, 3).half(),
        "matrix": torch.randn(8, 40).half(),
        "depthwise": torch.randn(40, 1, 3, 3).half(),
        "bias": torch.randn(40),
    }

    small = shrink(stored)

    assert {name: value.dtype for name, value in small.items()} == {
        "kernel": torch.int8,
        "kernel:scale": torch.float16,
        "matrix": torch.int8,
        "matrix:scale": torch.float16,
        "depthwise": torch.float16,
        "bias": torch.float32,
    }
    for name, value in unpack(small).items():
        row = stored[name].float().flatten(1) if value.ndim > 1 else stored[name][None]
        step = row.abs().amax(dim=1) / 127
        error = (value - stored[name].float()).abs().reshape(row.shape).amax(dim=1)
        assert (error <= 0.57 * step).all(), name


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e6])
def test_values_that_are_not_finite_are_refused(bad):
    with pytest.raises(WeightsError, match="not finite"):
        pack([("visual.weight", torch.full((2, 2), bad))])


def test_int8_without_scales_is_refused():
    with pytest.raises(WeightsError, match="without scales"):
        unpack({"text.weight": torch.zeros(2, 2, dtype=torch.int8)})


def test_nothing_half_written_and_the_digest_beside_it(saved):
    path = saved[1]

    assert sorted(p.name for p in path.parent.iterdir()) == [
        "small.safetensors",
        "small.safetensors.sha256",
    ]
    assert verify(path).sha256 in sidecar_of(path).read_text()


def test_the_umask_applies(saved):
    path = saved[1]
    plain = path.with_name("plain.txt")
    plain.write_text("x", encoding="utf-8")
    assert path.stat().st_mode == plain.stat().st_mode
    plain.unlink()


def test_one_changed_bit_is_noticed(saved):
    path = saved[1]
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)

    with pytest.raises(WeightsError, match="altered"):
        load_weights(path)


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_a_truncated_file_is_noticed(saved, kept):
    path = saved[1]
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(WeightsError, match=r"truncated|not a safetensors"):
        load_weights(path)


@pytest.mark.parametrize("name", ["net.pt", "net.pth", "net.ckpt", "net.safetensors"])
def test_a_pickle_is_refused_under_any_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(pickle.dumps({"a": 1}))

    with pytest.raises(WeightsError, match="pickle"):
        load_weights(path)


@pytest.mark.parametrize("first", [b"\x80", b"PK"])
def test_a_header_whose_length_looks_like_a_pickle_is_read(saved, first):
    # A file begins with the length of its header, and spaces may end the header.
    _, path = saved
    body = path.read_bytes()
    length = struct.unpack("<Q", body[:8])[0]
    wanted, step = int.from_bytes(first, "little"), 256 ** len(first)
    spaces = (wanted - length) % step
    start = struct.pack("<Q", length + spaces) + body[8 : 8 + length]
    path.write_bytes(start + b" " * spaces + body[8 + length :])
    sidecar_of(path).unlink()
    assert path.read_bytes().startswith(first)

    assert read_header(path).size == len(body) + spaces


def test_a_zip_of_torch_is_refused_too(tmp_path):
    path = tmp_path / "net.safetensors"
    torch.save({"a": torch.zeros(1)}, path)

    with pytest.raises(WeightsError, match="pickle"):
        read_header(path)


def test_other_files_are_refused(tmp_path):
    text = tmp_path / "notes.safetensors"
    text.write_text("hello, these are no weights at all")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": torch.zeros(1)}, foreign)

    with pytest.raises(WeightsError, match="not a safetensors file"):
        read_header(text)
    with pytest.raises(WeightsError, match="not weights of rrsis-geo"):
        read_header(foreign)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": "9"}, "format 9.*update"),
        ({"licence": None}, "lacks 'licence'; fetch"),
        ({"gsd_range": "[1]"}, "'gsd_range' is invalid"),
        ({"categories": "none"}, "'categories' is invalid"),
        ({"calibration": "[]"}, "'calibration' is invalid"),
        ({"calibration": '{"heat": 1}'}, "heat"),
        ({"calibration": '{"sure": 1}'}, "sure"),
        ({"config": '{"wings": 1}'}, "wings"),
    ],
)
def test_a_broken_header_is_refused(saved, changes, message):
    rewrite_metadata(saved[1], **changes)

    with pytest.raises(WeightsError, match=message) as caught:
        load_weights(saved[1])
    assert str(saved[1]) in str(caught.value)


def test_another_architecture_is_refused(saved):
    net, path = saved
    rewrite_metadata(path, config=replace(net.config, presence=False).to_json())

    with pytest.raises(WeightsError, match=r"another architecture.*presence"):
        load_weights(path)


def test_a_vocabulary_of_another_size_is_refused(saved, vocabulary, card, tmp_path):
    net, path = saved
    with pytest.raises(WeightsError, match="word table"):
        save_weights(
            net,
            tmp_path / "b.safetensors",
            card=replace(card, vocabulary=vocabulary[:-1]),
        )
    rewrite_metadata(path, vocabulary="\n".join(vocabulary[:-1]))
    with pytest.raises(WeightsError, match="word table"):
        load_weights(path)


def test_an_index_names_the_embedded_files(saved, tmp_path):
    path = saved[1]
    sha256 = verify(path).sha256
    sidecar_of(path).unlink()
    entry = {"file": path.name, "sha256": sha256}
    (tmp_path / "index.json").write_text(json.dumps({"default": entry}))

    assert list_weights(tmp_path) == {"default": path}
    assert find_weights("default", folder=tmp_path) == path
    assert load_weights("default", folder=tmp_path)[1].sha256 == sha256

    entry["sha256"] = "0" * 64
    (tmp_path / "index.json").write_text(json.dumps({"default": entry}))
    with pytest.raises(WeightsError, match="altered"):
        verify("default", folder=tmp_path)
    with pytest.raises(WeightsError, match="altered"):  # by its path, too
        verify(path, folder=tmp_path)


def test_absent_weights_name_the_known_ones(tmp_path):
    (tmp_path / "index.json").write_text('{"default": {"file": "a", "sha256": "b"}}')

    with pytest.raises(WeightsError, match=r"tiger.*default"):
        find_weights("tiger", folder=tmp_path)
    with pytest.raises(WeightsError, match="known names: none"):
        find_weights("tiger", folder=tmp_path / "nowhere")


def test_a_broken_index_is_named(tmp_path):
    (tmp_path / "index.json").write_text("[]")

    with pytest.raises(WeightsError, match="not an index"):
        list_weights(tmp_path)


def test_a_file_that_cannot_be_written_leaves_nothing(build, card, tmp_path):
    with pytest.raises(WeightsError, match="cannot be written"):
        save_weights(build(), tmp_path / "no" / "a.safetensors", card=card)
    with pytest.raises(WeightsError, match=r"end in \.safetensors"):
        save_weights(build(), tmp_path / "a.pt", card=card)
    assert list(tmp_path.iterdir()) == []


def test_training_starts_from_public_weights(build, shared_data):
    net = build("btd-mobile")
    file = shared_data / "weights" / "mobilenet_v2_imagenet_bn_folded.safetensors"

    load_image_encoder(net, file)

    stem = load_file(file)["stem.weight"].float()
    assert torch.equal(net.visual.encoder.stem.weight, stem)


def test_training_starts_from_a_bert(build, tmp_path):
    """From a checkpoint with prefixes, a pooler, index buffers and longer tables."""
    net, donor = build(), build(seed=5, text_positions=80, text_vocabulary=300)
    tensors = {f"bert.{k}": v for k, v in donor.text.state_dict().items()}
    tensors["bert.pooler.dense.weight"] = torch.zeros(2, 2)
    tensors["bert.embeddings.position_ids"] = torch.arange(80)
    file = tmp_path / "bert.safetensors"
    save_file(tensors, file)
    rows = list(range(10, 10 + net.config.text_vocabulary))

    load_text_encoder(net, file, rows=rows)

    table = donor.text.embeddings.word_embeddings.weight
    assert torch.equal(net.text.embeddings.word_embeddings.weight, table[rows])
    ours = net.text.encoder.state_dict()
    assert all(
        torch.equal(ours[name], value)
        for name, value in donor.text.encoder.state_dict().items()
    )


def test_a_start_from_something_else_is_refused(build, tmp_path):
    file = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, file)

    with pytest.raises(
        WeightsError,
        match=r"other\.safetensors: other weights than expected: \d+ tensors",
    ):
        load_image_encoder(build("btd-mobile"), file)
    with pytest.raises(WeightsError, match="cannot be read"):
        load_image_encoder(build("btd-mobile"), tmp_path / "none.safetensors")
