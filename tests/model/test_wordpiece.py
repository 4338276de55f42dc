import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertTokenizerFast

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.encoders.wordpiece import (
    CHARACTERS,
    CONTINUES,
    LETTERS,
    SPECIAL,
    read_vocabulary,
    select_tokens,
)
from rrsis_geo.model.serialization.vocabulary_pruning import prune_vocabulary

ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
SPELLING = (*SPECIAL, *sorted(CHARACTERS), *(CONTINUES + c for c in sorted(LETTERS)))


@given(ASCII)
def test_any_ascii_text_can_be_spelt(text):
    tokenizer = Tokenizer(SPELLING)

    assert tokenizer.has_unknown([text]) == [False]


@given(st.text(max_size=40))
def test_any_text_gives_tokens(text):
    tokens = Tokenizer(SPELLING)([text], longest=16)

    assert 2 <= tokens.ids.shape[1] <= 16
    assert tokens.mask.all()
    assert len(tokens.offsets[0]) == tokens.ids.shape[1]


def test_tokens_are_those_of_transformers(vocabulary, tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary))
    oracle = BertTokenizerFast(vocab=str(tmp_path / "vocab.txt"))
    texts = ["The  storage-tank, near THE café road!", "ships", "x 42"]

    tokens = Tokenizer(vocabulary)(texts)
    wanted = oracle(texts, padding=True, return_tensors="np")

    np.testing.assert_array_equal(tokens.ids, wanted["input_ids"])
    np.testing.assert_array_equal(tokens.mask, wanted["attention_mask"].astype(bool))


def test_a_long_text_is_cut_and_still_ends(vocabulary):
    tokenizer = Tokenizer(vocabulary)

    tokens = tokenizer(["tank " * 100, "tank"], longest=10)

    assert tokens.ids.shape == (2, 10)
    assert tokens.ids[0, -1] == tokenizer.end
    assert tokens.mask.sum(axis=1).tolist() == [10, 3]


def test_unknown_characters_are_noticed(vocabulary):
    tokenizer = Tokenizer(vocabulary)

    assert tokenizer.has_unknown(["储罐", "tank"]) == [True, False]
    (advice,) = tokenizer.advice(["储罐", "tank"])
    assert "储罐" in advice


def test_selection_keeps_characters_and_requested_tokens():
    tokens = (*SPELLING, "[unused1]", "the", "tank", "größe", "of", "harbor")

    rows = select_tokens(tokens, size=len(SPELLING) + 2, keep=["harbor"])
    kept = [tokens[row] for row in rows]

    assert kept == [*SPELLING, "the", "harbor"]
    assert rows == tuple(sorted(rows))
    assert len(select_tokens(tokens, size=0)) == len(SPELLING)
    assert "[unused1]" not in [
        tokens[row] for row in select_tokens(tokens, size=10_000)
    ]


def test_a_pruned_network_predicts_as_before(build, make_image, predict, vocabulary):
    tokens = (*vocabulary, "[unused7]", "harbor", "zebra", "größe")
    net = build("btd-mobile", text_vocabulary=len(tokens))
    texts = ["the tank left", "zebra road"]
    small, kept = prune_vocabulary(
        net, tokens, size=len(vocabulary) + 1, positions=16, texts=["the zebra"]
    )

    def answer(network, words):
        found = Tokenizer(words)(texts)
        ids, mask = torch.from_numpy(found.ids), torch.from_numpy(found.mask)
        with torch.no_grad():
            return predict(network, make_image(), ids, mask).target

    assert "zebra" in kept
    assert not {"[unused7]", "größe"} & set(kept)
    assert small.config.text_vocabulary == len(kept)
    assert small.config.text_positions == 16
    assert torch.equal(answer(small, kept), answer(net, tokens))


def test_a_vocabulary_file_is_read_in_order(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(SPELLING) + "\n", encoding="utf-8")

    assert read_vocabulary(path) == SPELLING


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (SPELLING[:3], "lacks"),
        (SPELLING[::-1], "token 0"),
        ((*SPELLING, "a"), "has 'a' twice"),
    ],
)
def test_a_broken_vocabulary_is_refused(tmp_path, tokens, message):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(tokens), encoding="utf-8")

    with pytest.raises(WeightsError, match=message):
        read_vocabulary(path)


def test_an_absent_vocabulary_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        read_vocabulary(tmp_path / "none.txt")
