"""Sentences that nobody read while rules were made, answered as a user would ask.

    python benchmarks/unread_sentences.py DATA [--half choose|report|all]
        [--sentences FILE] [--weights default] [--list] [--json FILE]

DATA is the folder of public data sets. The sentences were written about the validation
images of NWPU VHR-10 by writers who were shown nothing of the product
(`benchmarks/sentences/nwpu.jsonl.bz2`; the fields are those of
`expressions/nwpu.jsonl`; `nwpu-second` to `nwpu-fifth` have more, written later; of the
first three the half to choose on has been read since).
Every image is read as a file without metres, all its sentences in one run, and compared
at its own size.

Half of the places are there to choose on: --list prints the worst answers of it alone.
What is chosen there is reported on the other half.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from added_bars import burnt
from numpy.typing import NDArray
from public_data import nwpu, part_of, split

from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.runtime.cached_predictor import CachedPredictor

SENTENCES = Path(__file__).with_name("sentences") / "nwpu.jsonl.bz2"

QUIET = 0.001
"""Share of an image; less foreground counts as none where nothing is meant."""

POOR = 0.5
"""Answers below this IoU are listed."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A sentence and how it was answered."""

    image: str
    expression: str
    type: str
    meant: bool
    """Whether it means something."""
    predicted: float
    """Share of the image."""
    iou: float
    """0 where nothing is meant."""

    @property
    def empty(self) -> bool:
        """Whether nothing was predicted; a small ship is less than `QUIET`."""
        return self.predicted == 0 if self.meant else self.predicted < QUIET


def main() -> None:
    """Answer the sentences of a half and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("choose", "report", "all"), default="choose")
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--list", action="store_true", help="print poor answers")
    parser.add_argument("--json", type=Path, help="write every answer")
    options = parser.parse_args()
    if options.list and options.half != "choose":
        parser.error("sentences of the half to report on stay unread")
    cached = CachedPredictor()
    answers: list[Answer] = []
    for image in split(nwpu(options.data, options.sentences), every=7)[1]:
        if options.half in ("all", part_of(image.place)) and image.written:
            found = predicted(image, options.weights, cached)
            for one, mask in zip(image.written, found, strict=True):
                answers.append(judged(image, one, mask))
    print(table(answers))
    if options.list:
        for one in sorted(answers, key=lambda one: one.iou):
            if one.iou < POOR if one.meant else not one.empty:
                print(f"{one.iou:.2f}\t{one.type}\t{one.image}\t{one.expression}")
    if options.json:
        rows = [asdict(one) for one in answers]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def predicted(
    image: LabelledImage, weights: str, cached: CachedPredictor
) -> list[NDArray[np.bool_]]:
    """What a run finds for each sentence about an image, as (H, W)."""
    options = SegmentOptions(pixel_coordinates=True)
    texts = tuple(dict.fromkeys(one.text for one in image.written))
    job = SegmentJob(
        scene=str(image.path), expressions=texts, weights=weights, options=options
    )
    frame = run(job, network=cached.bind).to_geodataframe()
    size = image.layout.height, image.layout.width
    return [
        burnt(frame.geometry[frame["expression"] == one.text], size)
        for one in image.written
    ]


def judged(
    image: LabelledImage, one: WrittenExpression, mask: NDArray[np.bool_]
) -> Answer:
    """Compare an answer with what is meant."""
    objects = [image.layout.objects[target].polygon for target in one.targets]
    truth = burnt(objects, mask.shape)
    either = int((mask | truth).sum())
    return Answer(
        image=image.name,
        expression=one.text,
        type=one.type,
        meant=bool(truth.any()),
        predicted=float(mask.mean()),
        iou=float((mask & truth).sum() / either) if either and truth.any() else 0.0,
    )


def table(answers: Sequence[Answer]) -> str:
    """One line for each type of sentences that mean something, and for the others."""
    lines = ["| type | mIoU | empty | of |", "| --- | --- | --- | --- |"]
    meant = [one for one in answers if one.meant]
    types = ["all", *sorted({one.type for one in meant})]
    for name in types:
        of = [one for one in meant if name in ("all", one.type)]
        miou = np.mean([one.iou for one in of])
        empty = np.mean([one.empty for one in of])
        lines.append(f"| {name} | {miou:.1%} | {empty:.1%} | {len(of)} |")
    none = [one.empty for one in answers if not one.meant]
    lines.append(f"| nothing meant | | {np.mean(none):.1%} | {len(none)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
