"""Overlaps of polygons, kept beside them: those of a dense town take many seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rrsis_geo.answer_cache.store import AnswerStore, EntryKey, digest_of
from rrsis_geo.pipeline.reuse.conditions import Conditions


class KeptOverlaps:
    """Keeps what the choice works out of the polygons of phrases, whatever is asked."""

    def __init__(
        self,
        store: AnswerStore,
        conditions: Conditions,
        *,
        names: Sequence[Sequence[str]],
        is_current: Callable[[], bool],
    ) -> None:
        """Read and keep arrays for the polygons of a run.

        Args:
            store: Where answers are kept.
            conditions: Of the run.
            names: Of the entries of the polygons of each phrase, which say all that
                these depend on beside the conditions.
            is_current: Whether the scene is still the one that was looked at.
        """
        self._store, self._conditions = store, conditions
        self._names, self._is_current = names, is_current

    def read(self, texts: tuple[str, ...], what: str) -> Mapping[str, Any] | None:
        """The arrays that were kept by name; None: there are none."""
        key = self._key(texts, what)
        return None if key is None else self._store.read(key)

    def keep(self, texts: tuple[str, ...], what: str, arrays: dict[str, Any]) -> None:
        """Keep arrays that depend on the polygons of some texts, and on `what`."""
        key = self._key(texts, what)
        if key is not None and self._is_current():
            first = self._conditions.texts.index(texts[0])
            self._store.write(key, self._conditions.about(first), arrays)

    def _key(self, texts: tuple[str, ...], what: str) -> EntryKey | None:
        known = self._conditions.texts
        if not set(texts) <= set(known):
            return None
        phrases = [known.index(text) for text in texts]
        depends = {
            "what": what,
            "phrases": [self._conditions.subjects[phrase] for phrase in phrases],
            "polygons": [list(self._names[phrase]) for phrase in phrases],
        }
        return self._conditions.key(phrases[0], f"overlaps-{digest_of(depends)}")
