"""A matching network read from its file, with the words that it knows. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.errors import WeightsError
from rrsis_geo.matching.matching_network import MatchingNetwork
from rrsis_geo.matching.object_layout import (
    FEATURES,
    PAIR_FEATURES,
    ObjectLayout,
    object_features,
    pair_features,
)
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.header import FOLDER
from rrsis_geo.model.serialization.numpy_tensors import (
    SCALE,
    open_tensors,
    unpacked,
)
from rrsis_geo.model.serialization.safetensors_header import (
    read_metadata,
    require_entry,
)
from rrsis_geo.model.serialization.text_encoder_file import (
    TEXT_PREFIX,
    TextEncoderLink,
    read_linked_card,
    text_encoder_link,
    verify_text_encoder,
)

FORMAT = "rrsis-geo-matcher"
VERSION = "2"
WORD_TABLE = f"{TEXT_PREFIX}embeddings.word_embeddings.weight"
LONGEST = 40
"""Tokens of a sentence, the rest is cut off."""
MOST = 150
"""Objects that are compared with each other; it has seen no more at once."""


@dataclass(frozen=True, kw_only=True)
class Matcher:
    """Scores the objects of a scene against sentences."""

    path: Path
    link: TextEncoderLink
    """The file of the words."""

    def __call__(self, sentence: str, layout: ObjectLayout) -> NDArray[np.float64]:
        """Log odds that each object is meant by a sentence.

        Args:
            sentence: As typed.
            layout: N objects, at most `MOST`.

        Returns:
            (N,); what anchors get means nothing.
        """
        if not len(layout):
            return np.zeros(0)
        found = self._network(
            self.words(sentence), object_features(layout), pair_features(layout)
        )
        return found.astype(np.float64)

    def words(self, sentence: str) -> NDArray[np.float32]:
        """(T, D) rows of the word table."""
        (ids,) = self._tokenizer([sentence], longest=LONGEST).ids
        table, scales = self._table
        return unpacked(table, scales, ids)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer(read_linked_card(self.link).vocabulary)

    @cached_property
    def _table(self) -> tuple[NDArray[Any], NDArray[Any]]:
        verify_text_encoder(self.link)
        file = open_tensors(self.link.path)
        return file.get_tensor(WORD_TABLE), file.get_tensor(WORD_TABLE + SCALE)

    @cached_property
    def _network(self) -> MatchingNetwork:
        file = open_tensors(self.path)
        names = file.keys()  # an open file is no mapping
        stored = {name: file.get_tensor(name) for name in names}
        tensors = {
            name: unpacked(value, stored.get(name + SCALE))
            for name, value in stored.items()
            if not name.endswith(SCALE)
        }
        try:
            inputs = [
                tensors[f"{name}.weight"].shape[1]
                for name in ("objects.inner", "blocks.0.pairs.inner")
            ]
        except KeyError as error:
            raise _another_kind(self.path) from error
        if inputs != [FEATURES, PAIR_FEATURES]:
            raise _another_kind(self.path)
        return MatchingNetwork(tensors)


def find_matcher(name: str) -> Matcher | None:
    """The shipped matcher that the card of weights names; None for "".

    Raises:
        WeightsError: as `load_matcher`.
    """
    return load_matcher(name) if name else None


@lru_cache(maxsize=4)
def load_matcher(name: str, *, folder: Path = FOLDER) -> Matcher:
    """The matcher of a name, as the card of weights has it.

    The tensors are read when a sentence is matched.

    Args:
        name: Of a file in the folder.
        folder: Of the weights shipped with the package.

    Raises:
        WeightsError: the file is missing, damaged or of another kind or version, or
            that of its words is missing.
    """
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise WeightsError(
            f"{path}: missing; weights that name it need it to match sentences: "
            "install rrsis-geo again"
        )
    metadata = read_metadata(path)
    if metadata.get("format") != FORMAT:
        raise _another_kind(path)
    if metadata.get("format_version") != VERSION:
        raise WeightsError(
            f"{path}: a matcher of format {metadata.get('format_version')}, this "
            f"version reads {VERSION}; update rrsis-geo or the weights"
        )
    require_entry(path, metadata, "licence")
    link = text_encoder_link(path, metadata)
    read_linked_card(link)
    return Matcher(path=path, link=link)


def _another_kind(path: Path) -> WeightsError:
    return WeightsError(
        f"{path}: not a matcher of this version of rrsis-geo; install it again"
    )
