"""Taking kept answers into the working folder of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rrsis_geo.answer_cache.store import AnswerStore, EntryKey
from rrsis_geo.pipeline.reuse.conditions import Conditions
from rrsis_geo.pipeline.reuse.kept_rows import (
    ALL,
    KEPT,
    PARTLY,
    KeptBlock,
    Mask,
    area_mask,
    block_path,
    entry_path,
)
from rrsis_geo.pipeline.run_plan import RunPlan


def take_over(
    folder: Path,
    blocks: Sequence[range],
    *,
    store: AnswerStore,
    conditions: Conditions,
    plan: RunPlan,
) -> None:
    """Take what is kept of some blocks of rows.

    Args:
        folder: The working folder.
        blocks: Those that the run has not settled.
        store: Where answers are kept.
        conditions: Of the run.
        plan: Of the run.
    """
    for rows in blocks:
        if any(block_path(folder, rows, kind).exists() for kind in (KEPT, PARTLY)):
            continue  # taken by the run that this one resumes
        inside = area_mask(plan.aoi, rows, plan.grid.width)
        try:
            _take_block(folder, rows, inside, store, conditions, plan)
        except OSError:  # no room for it, so its rows are computed
            for path in folder.glob(f"{block_path(folder, rows, '').name}.*"):
                if path.suffix in ALL:
                    path.unlink()
            return


def name_of(rows: range) -> str:
    """Of the entry about a block of rows."""
    return f"{rows.start}-{rows.stop}"


def _take_block(
    folder: Path,
    rows: range,
    inside: Mask | None,
    store: AnswerStore,
    conditions: Conditions,
    plan: RunPlan,
) -> None:
    """Link what is kept of a block, and write what the run has to ask there.

    Raises:
        OSError: the disk is full.
    """
    keys: list[EntryKey | None] = []
    in_part: list[int] = []
    outside = inside is not None and not inside.any()
    for phrase in range(len(conditions.texts)):
        if outside:
            keys.append(None)
            continue
        key = conditions.key(phrase, name_of(rows))
        names = store.link(key, entry_path(folder, rows, phrase))
        keys.append(None if names is None else key)
        if names is not None and "known" in names:
            in_part.append(phrase)
    if not any(keys) and not outside:
        return
    block = KeptBlock(
        folder=folder,
        rows=rows,
        width=plan.grid.width,
        keys=tuple(None if key is None else str(key) for key in keys),
        asked=(),
        cut=inside is not None,
    )
    asked = [
        phrase
        for phrase, key in enumerate(keys)
        if (key is None and not outside)
        or (phrase in in_part and not _covers(block.answer(phrase)[1], inside))
    ]
    if asked and conditions.together:
        asked = list(range(len(keys)))
    replace(block, asked=tuple(asked)).write(inside)


def _covers(known: Mask, inside: Mask | None) -> bool:
    return bool(known.all() if inside is None else known[inside].all())
