"""Fit the weights of the evidence, and measure them on images left out of the fit.

    python benchmarks/evidence.py DATA_FOLDER [--as-is] [--scenes] [--classes]
        [--outlined] [--unread] [--pictures land ships-cars] [--report] [--folds 6]
        [--write FOLDER]
    python benchmarks/evidence.py DATA_FOLDER --shipped --pictures oam [--report]

Every expression of the validation images of NWPU VHR-10, written and generated, is
answered twice: as in one window, and as on a scene that the network sees in parts.
`--as-is` adds the same images at their own size, read as the product reads them.
`--scenes` adds whole scenes, `--classes` plain names of classes on pictures of eleven
sensors, `--outlined` those of what was outlined by eye, `--unread` sentences that
nobody had read, `--pictures` sentences about ships, cars, land cover and
drone scenes: the part "choose" of each to fit on; `--report` measures the other part.
The images are divided into folds; each fold is answered with coefficients that were
fitted on the others. `--write` fits on all of them and writes two modules of
coefficients: with the matching network of the weights, and without.
`--shipped` fits nothing and answers the named sets alone, as the product does.
Probabilities are cached in the folder for temporary files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evidence_cases import Case, folds_of, nwpu_cases
from evidence_classes import class_cases
from evidence_fit import fit, module
from evidence_outlined import other_scene_cases, outlined_cases, unread_cases
from evidence_scenes import as_it_is, evidence_of, picture_cases, scene_cases
from public_data import kept_images, nwpu, part_of, split
from query_validation import CachedNetwork, overlap
from query_weights import ScenePredictor
from sentence_sets import SETS

from rrsis_geo.job import CAUTION
from rrsis_geo.query.decision.evidence_weights import DEFAULT_WEIGHTS, EvidenceWeights
from rrsis_geo.query.decision.expected_iou import Choice, choose
from rrsis_geo.query.decision.features import SceneView


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """A case and what the decision made of it."""

    case: Case
    choice: Choice
    iou: float
    """Where nothing is meant: 1 for (nearly) no foreground, else 0."""
    is_empty: bool


def main() -> None:
    """Fit, measure, and write the coefficients if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--limit", type=int, help="number of NWPU images")
    parser.add_argument("--as-is", action="store_true", help="at their own size too")
    parser.add_argument("--scenes", action="store_true", help="whole scenes too")
    parser.add_argument("--classes", action="store_true", help="plain names too")
    parser.add_argument(
        "--outlined", action="store_true", help="names of what was outlined by eye too"
    )
    parser.add_argument(
        "--unread", action="store_true", help="sentences nobody had read too"
    )
    parser.add_argument("--pictures", nargs="*", choices=SETS, default=[])
    parser.add_argument(
        "--report", action="store_true", help="measure the part kept for reports too"
    )
    parser.add_argument(
        "--shipped", action="store_true", help="the product's own coefficients"
    )
    parser.add_argument("--write", type=Path, help="folder of modules of coefficients")
    options = parser.parse_args()
    images, cases = [], []
    if not options.shipped:
        network = CachedNetwork(options.weights)
        images = split(nwpu(options.data), every=7)[1][: options.limit]
        cases = [
            case
            for image in images
            for view in (SceneView.WHOLE, SceneView.WINDOWS)
            for case in nwpu_cases(image, network, view=view)
        ]
    predictor = ScenePredictor(weights=options.weights)
    if options.as_is:
        for image in images:
            cases += evidence_of(as_it_is(image), predictor)
    part = "all" if options.report else "choose"
    found = scene_cases(options.data, predictor, part) if options.scenes else []
    if options.classes:
        found += class_cases(options.data, predictor, part)
    if options.outlined:
        found += outlined_cases(options.data, predictor, part)
    for name in options.pictures:
        found += picture_cases(options.data, name, predictor, part)
    cases += [case for case in found if part_of(case.image) == "choose"]
    reported = [case for case in found if part_of(case.image) == "report"]
    if options.unread:
        for sentences in (unread_cases, other_scene_cases):
            for of, case in sentences(options.data, predictor, part):
                (cases if of == "choose" else reported).append(case)
    print("| expressions | seen | mIoU | empty | of | nothing meant: empty | of |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    if options.shipped:
        weights = DEFAULT_WEIGHTS
        print_rows([answer(case, weights) for case in cases], "")
    else:
        print_rows(crossed(cases, options.folds), "")
        weights = fit(cases)
    if reported:
        answered = [answer(case, weights) for case in reported]
        print_rows(answered, ", part kept apart")
        print_chances(answered)
    unseen = [case for case in found if case.set in SETS and is_unseen(case.image)]
    if unseen and options.report:
        print_rows(
            [answer(case, weights) for case in unseen], ", images not trained on"
        )
    if options.write:
        for name, part in (
            ("matched", weights),
            ("unmatched", weights.of(evidence_is_matched=False)),
        ):
            file = options.write / f"{name}.py"
            file.write_text(module(part), encoding="utf-8")


def is_unseen(image: str) -> bool:
    """Whether an image of the added data sets was kept from every training."""
    path = Path(image)
    kept = kept_images().get(path.parts[0], frozenset())
    return not kept.isdisjoint((path.name, path.stem))


def crossed(cases: Sequence[Case], folds: int) -> list[Answered]:
    """Answer each fold with coefficients that were fitted on the others."""
    fold = folds_of(cases, folds, seed=1)
    found = []
    for left_out in range(folds):
        weights = fit([case for case in cases if fold[case.image] != left_out])
        found += [
            answer(case, weights) for case in cases if fold[case.image] == left_out
        ]
    return found


def answer(case: Case, weights: EvidenceWeights) -> Answered:
    """Decide one case."""
    choice = choose(case.evidence, weights, caution=CAUTION)
    mask = case.predicted(choice.rows.tolist())
    return Answered(
        case=case,
        choice=choice,
        iou=overlap(mask, case.mask),
        is_empty=not len(choice.rows),
    )


def print_rows(found: Sequence[Answered], note: str) -> None:
    """Print a row for each data set, origin of the expressions, and way of seeing."""
    for data in dict.fromkeys(one.case.set for one in found):
        for made in (False, True):
            for view in SceneView:
                group = [
                    one
                    for one in found
                    if one.case.set == data
                    and one.case.type.startswith("made ") == made
                    and one.case.view == view
                ]
                if group:
                    origin = "generated" if made else "written"
                    _row(f"{data}, {origin}{note}", view, group)


def _row(title: str, view: SceneView, group: Sequence[Answered]) -> None:
    meant = [one for one in group if one.case.mask.any()]
    none = [one.iou for one in group if not one.case.mask.any()]
    silent = f"{100 * np.mean(none):.1f} %" if none else "-"
    print(
        f"| {title} | {view} | {100 * np.mean([one.iou for one in meant]):.1f} "
        f"| {100 * np.mean([one.is_empty for one in meant]):.1f} % | {len(meant)} "
        f"| {silent} | {len(none)} |",
        flush=True,
    )


def print_chances(found: Sequence[Answered]) -> None:
    """Print, by their chance, how many candidates for plain names of classes are right.

    Right is one of which more than half is meant.
    """
    plain = [one for one in found if one.case.set == "classes" and len(one.case.label)]
    if not plain:
        return
    chance = np.concatenate([one.choice.chance for one in plain])
    right = np.concatenate([one.case.label for one in plain]) > 0
    given = np.concatenate(
        [np.isin(np.arange(len(one.case.label)), one.choice.rows) for one in plain]
    )
    print(
        f"candidates for plain names: {given.sum()} of {len(given)} given, "
        f"{right[given].sum()} of them right; {right[~given].sum()} right ones left out"
    )
    for low in np.arange(0, 1, 0.1):
        here = (chance >= low) & (chance < low + 0.1)
        if here.any():
            share = f"{100 * right[here].mean():.0f} % of {here.sum()}"
            print(f"chance {low:.1f} to {low + 0.1:.1f}: {share} right")


if __name__ == "__main__":
    main()
