"""Weights that share the file of their text encoder."""

import json
import shutil
import struct

import pytest
import torch
from safetensors.torch import load_file, save_file

from rrsis_geo.errors import WeightsError
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.serialization.header import (
    Card,
    digests,
    metadata_of,
    read_header,
    sidecar_of,
    verify,
)
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.model.serialization.shared_text_encoder import (
    share_text_encoder,
    text_encoder_difference,
    write_text_encoder,
)
from rrsis_geo.model.serialization.text_encoder_file import (
    read_text_encoder_card,
    text_encoder_metadata,
)
from rrsis_geo.model.serialization.weights import (
    load_weights,
    recalibrate,
    save_weights,
)
from rrsis_geo.runtime.cached_predictor import CachedPredictor


@pytest.fixture
def card(vocabulary):
    return Card(
        name="small",
        vocabulary=vocabulary,
        gsd_range=(0.25, 1.5),
        calibration=Calibration(temperature=1.25),
        trained_on="nothing",
        licence="Apache-2.0",
        created="a test",
    )


@pytest.fixture
def whole(build, card, tmp_path):
    """A whole weights file."""
    return save_weights(build(), tmp_path / "whole.safetensors", card=card)


@pytest.fixture
def shared(whole, tmp_path):
    """The same weights in two files, in another folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    text = folder / "words.safetensors"
    write_text_encoder(whole.path, text, licence="MIT", made_from="a test")
    return share_text_encoder(whole.path, folder / "small.safetensors", text=text)


def tensors_of(net):
    return dict(net.inference_state())


def altered(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def rewritten(path, **changes):
    """Change entries of the header; None removes one."""
    with path.open("rb") as stream:
        length = struct.unpack("<Q", stream.read(8))[0]
        header = json.loads(stream.read(length))
    metadata = {**header["__metadata__"], **changes}
    save_file(load_file(path), path, {k: v for k, v in metadata.items() if v})
    sidecar_of(path).unlink(missing_ok=True)


def test_two_files_hold_the_same_weights(whole, shared):
    assert shared.text_path == shared.path.with_name("words.safetensors")
    assert shared.size == shared.path.stat().st_size < whole.size
    for name in Card.__dataclass_fields__:
        assert getattr(shared, name) == getattr(whole, name), name
    assert shared.config == whole.config
    assert verify(shared.path) == shared == read_header(shared.path)

    (one, _), (other, info) = load_weights(whole.path), load_weights(shared.path)
    assert info == shared
    ours, theirs = tensors_of(one), tensors_of(other)
    assert ours.keys() == theirs.keys()
    assert all(value.equal(theirs[name]) for name, value in ours.items())


def test_every_tensor_is_in_exactly_one_file(whole, shared):
    there, own, words = map(load_file, (whole.path, shared.path, shared.text_path))
    assert not own.keys() & words.keys()
    assert own.keys() | words.keys() == there.keys()
    assert all(name.startswith("text.") for name in words)
    assert all(value.equal((own | words)[name]) for name, value in there.items())
    assert sum(p.stat().st_size for p in (shared.path, shared.text_path)) < (
        whole.size + 2000
    )


def test_the_text_file_has_a_card(shared, vocabulary):
    card = read_text_encoder_card(shared.text_path)
    assert card.name == "words"
    assert card.vocabulary == vocabulary
    assert (card.licence, card.made_from) == ("MIT", "a test")
    with pytest.raises(WeightsError, match=r"words.*share.*not weights"):
        read_header(shared.text_path)


def test_two_weights_share_one_file(build, card, shared, tmp_path):
    first = load_weights(shared.path)[0]
    other = build(seed=5)
    other.text.load_state_dict(first.text.state_dict())
    path = tmp_path / "other.safetensors"
    save_weights(other, path, card=card)
    before = shared.text_path.read_bytes()

    second = share_text_encoder(
        path, shared.path.with_name("b.safetensors"), text=shared.text_path
    )

    assert shared.text_path.read_bytes() == before
    assert second.text_sha256 == shared.text_sha256
    assert second.sha256 != shared.sha256
    loaded, wanted = load_weights(second.path)[0], load_weights(path)[0]
    state = tensors_of(loaded)
    assert all(v.equal(state[name]) for name, v in tensors_of(wanted).items())


def test_another_encoder_or_vocabulary_is_not_shared(build, card, shared, tmp_path):
    path, output = (
        tmp_path / "other.safetensors",
        shared.path.with_name("b.safetensors"),
    )
    save_weights(build(seed=5), path, card=card)
    with pytest.raises(WeightsError, match=r"differ by up to \d"):
        share_text_encoder(path, output, text=shared.text_path)

    words = (*card.vocabulary[:-1], "zebra")
    net = load_weights(shared.path)[0]
    save_weights(net, path, card=Card(**{**vars(card), "vocabulary": words}))
    with pytest.raises(WeightsError, match="another vocabulary"):
        share_text_encoder(path, output, text=shared.text_path)
    assert not output.exists()


def test_a_small_difference_may_be_allowed(card, shared, tmp_path):
    net = load_weights(shared.path)[0]
    norm = net.text.embeddings.LayerNorm.weight
    with torch.no_grad():
        norm[0] = torch.nextafter(norm[0], torch.tensor(9.0))
    path, output = tmp_path / "off.safetensors", shared.path.with_name("b.safetensors")
    save_weights(net, path, card=card)

    with pytest.raises(WeightsError, match=r"at most 0 is allowed"):
        share_text_encoder(path, output, text=shared.text_path)
    share_text_encoder(path, output, text=shared.text_path, tolerance=1e-6)

    found = load_weights(output)[0].text.state_dict()
    wanted = load_weights(shared.path)[0].text.state_dict()
    assert all(value.equal(found[name]) for name, value in wanted.items())


def test_differences_are_measured_in_the_encoders_own_numbers():
    levels = torch.tensor([[127, 3]], dtype=torch.int8)
    scale = torch.tensor([0.5]).half()
    one = {"text.a": levels, "text.a:scale": scale, "text.b": torch.ones(3)}
    assert text_encoder_difference(one, dict(one)) == 0
    off = {**one, "text.a": levels - torch.tensor([[0, 2]], dtype=torch.int8)}
    assert text_encoder_difference(one, off) == 1.0
    assert text_encoder_difference(one, {**one, "text.c": scale}) == float("inf")
    assert text_encoder_difference(one, {**one, "text.b": torch.ones(4)}) == float(
        "inf"
    )
    assert text_encoder_difference(
        one, {**one, "text.b": torch.ones(3).half()}
    ) == float("inf")


def test_weights_and_text_file_need_one_folder(whole, shared, tmp_path):
    with pytest.raises(WeightsError, match="beside"):
        share_text_encoder(
            whole.path, tmp_path / "far.safetensors", text=shared.text_path
        )  # fmt: skip
    with pytest.raises(WeightsError, match="no such file"):
        share_text_encoder(
            whole.path, tmp_path / "a.safetensors", text=tmp_path / "none.safetensors"
        )
    with pytest.raises(WeightsError, match=r"ends in \.safetensors"):
        write_text_encoder(whole.path, tmp_path / "a.bin", licence="", made_from="")
    assert not (tmp_path / "a.bin").exists()


def test_two_files_move_together(shared, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(shared.path.parent, moved)
    assert load_weights(moved / shared.path.name)[1].vocabulary == shared.vocabulary


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.unlink(), "missing; small.safetensors keeps.*beside"),
        (lambda text: text.write_bytes(text.read_bytes()[:-1]), "truncated"),
        (lambda text: text.write_bytes(b""), "not a safetensors file"),
        (lambda text: text.write_bytes(b"PK"), "pickle"),
        (altered, "altered, or not the text encoder of small.safetensors"),
        (lambda text: rewritten(text, format="other"), "not a text encoder"),
        (lambda text: rewritten(text, format_version="9"), "format 9.*update"),
        (lambda text: rewritten(text, vocabulary=None), "lacks 'vocabulary'; fetch"),
        (lambda text: rewritten(text, licence="mine"), "altered, or not"),
    ],
)
def test_a_spoilt_text_file_is_named(shared, spoil, message):
    spoil(shared.text_path)
    for use in (verify, load_weights):
        with pytest.raises(WeightsError, match=message) as caught:
            use(shared.path)
        assert "words.safetensors" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_altered_weights_are_noticed_before_their_text(shared):
    altered(shared.path)
    with pytest.raises(WeightsError, match=r"small\.safetensors: altered"):
        load_weights(shared.path)


@pytest.mark.parametrize(
    "name", ["../words.safetensors", "C:\\w.safetensors", "w.pt", ""]
)
def test_a_text_file_outside_the_folder_is_refused(shared, name):
    rewritten(shared.path, text_file=name)
    for use in (read_header, digests):
        with pytest.raises(WeightsError, match="names the text encoder"):
            use(shared.path)


def test_a_text_file_holds_nothing_but_text(shared, card):
    words = load_file(shared.text_path)
    own = load_file(shared.path)
    stray = next(iter(own))
    metadata = text_encoder_metadata(read_text_encoder_card(shared.text_path))
    save_file(words | {stray: own[stray]}, shared.text_path, metadata)
    sha256 = digests(shared.path)[1]
    link = type(shared.text_link)(
        weights=shared.path, path=shared.text_path, sha256=sha256
    )
    save_file(own, shared.path, metadata_of(card, shared.config, text=link))
    sidecar_of(shared.path).unlink()
    with pytest.raises(WeightsError, match="lies in the wrong one"):
        load_weights(shared.path)


def test_an_index_may_name_two_weights_of_one_text(shared, whole, tmp_path):
    folder = shared.path.parent
    second = share_text_encoder(
        whole.path, folder / "second.safetensors", text=shared.text_path
    )
    index = {
        name: {"file": info.path.name, "sha256": info.sha256}
        for name, info in (("default", shared), ("open", second))
    }
    (folder / "index.json").write_text(json.dumps(index))
    for name in index:
        assert verify(name, folder=folder).vocabulary == whole.vocabulary
    altered(shared.text_path)
    for name in index:
        with pytest.raises(WeightsError, match="words"):
            verify(name, folder=folder)


def test_recalibrated_weights_are_one_file_again(shared, tmp_path):
    wanted = Calibration(temperature=3.0)
    after = recalibrate(shared.path, tmp_path / "c.safetensors", calibration=wanted)
    assert after.text_path is None
    assert after.calibration == wanted
    shutil.rmtree(shared.path.parent)
    assert load_weights(after.path)[1].vocabulary == shared.vocabulary


def test_a_cached_network_is_dropped_when_its_text_encoder_changes(shared, tmp_path):
    job = SegmentJob(
        scene="a.tif",
        expressions=("ship",),
        output="b.gpkg",
        weights=str(shared.path),
        options=SegmentOptions(device="cpu"),
    )
    cached = CachedPredictor()
    cached.bind(job, job.expressions)
    kept = cached._loaded
    cached.bind(job, job.expressions)
    assert cached._loaded is kept
    altered(shared.text_path)
    with pytest.raises(WeightsError, match="altered, or not"):
        cached.bind(job, job.expressions)
    shared.text_path.unlink()
    with pytest.raises(WeightsError, match="missing"):
        cached.bind(job, job.expressions)
