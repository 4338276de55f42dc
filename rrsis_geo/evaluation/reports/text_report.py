"""An evaluation as text, with tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rrsis_geo.evaluation.bootstrap import Difference, Interval
from rrsis_geo.evaluation.comparison import Comparison
from rrsis_geo.evaluation.published_results import read_published, why_not_comparable
from rrsis_geo.evaluation.result import EvaluationResult
from rrsis_geo.evaluation.summary import Row, Summary

TITLES = {
    "miou": "mIoU",
    "oiou": "oIoU",
    "p5": "P@0.5",
    "p6": "P@0.6",
    "p7": "P@0.7",
    "p8": "P@0.8",
    "p9": "P@0.9",
}

Table = list[list[str]]
"""Rows of cells; the first row is the header."""


def text_report(result: EvaluationResult, comparison: Comparison | None = None) -> str:
    """Format the whole report."""
    summary = result.summary()
    present, absent, images = count_samples(result)
    parts = [
        f"{result.place}, split {result.split}: {len(result.outcomes)} samples over "
        f"{images} images, {present} with a target, {absent} without",
        f"weights {result.weights}, sha256 {result.sha256[:16]}; "
        f"{1000 * summary.seconds:.0f} ms per expression (median)",
        *[
            f"{title}\n{_format_table(table)}"
            for title, table in tables(result, summary)
        ],
    ]
    if comparison is not None:
        parts += [
            f"{title}\n{_format_table(table)}"
            for title, table in comparison_tables(comparison)
        ]
    return "\n\n".join(parts)


def count_samples(result: EvaluationResult) -> tuple[int, int, int]:
    """Count samples with a target, samples without one, and images."""
    present = sum(outcome.target for outcome in result.outcomes)
    images = {outcome.image for outcome in result.outcomes}
    return present, len(result.outcomes) - present, len(images)


def tables(result: EvaluationResult, summary: Summary) -> Iterator[tuple[str, Table]]:
    """Titles and tables of an evaluation, shares in percent."""
    rows = summary.with_target
    if rows:
        title = "With a target, in percent, 95 % intervals over resampled images"
        yield title, _scores([row for row in rows if row.group == "all"])
        for group in dict.fromkeys(row.group for row in rows if row.group != "all"):
            chosen = [row for row in rows if row.group == group]
            heads = group.split(",")[0]
            yield f"By {group}, reference rule", _scores(chosen, name=heads)
    if summary.without_target:
        quiet = [["rule", "samples", "images", "next to nothing predicted"]]
        for row in summary.without_target:
            share = _interval(row.scores["quiet"], row.images)
            quiet.append([row.rule, str(row.samples), str(row.images), share])
        yield "Without a target, in percent", quiet
    published = _published(result, summary)
    if published:
        yield "Published by others, in percent", published


def comparison_tables(comparison: Comparison) -> Iterator[tuple[str, Table]]:
    """Titles and tables of a comparison, in percentage points."""
    if comparison.with_target:
        names = ("miou", "oiou", "p5", "p7", "p9")
        heads = ["rule", *(TITLES[name] for name in names)]
        yield (
            f"{comparison.second} less {comparison.first}, in points (95 % interval; "
            f"p two-sided), {comparison.samples} samples with a target",
            [heads, *_differences(comparison.with_target, names)],
        )
    if comparison.without_target:
        yield (
            f"{comparison.second} less {comparison.first} without a target, "
            f"{comparison.no_target} samples",
            [
                ["rule", "next to nothing predicted"],
                *_differences(comparison.without_target, ("quiet",)),
            ],
        )


def _differences(
    rules: Mapping[str, Mapping[str, Difference]], names: Sequence[str]
) -> Table:
    return [
        [rule, *(_difference(scores[name]) for name in names)]
        for rule, scores in rules.items()
    ]


def _scores(rows: Sequence[Row], *, name: str = "rule") -> Table:
    heads = [name, "samples", "images", *TITLES.values()]
    body = []
    for row in rows:
        label = row.rule if row.group == "all" else row.name
        cells = [
            _interval(row.scores[key], row.images) if key in ("miou", "oiou") else
            f"{100 * row.scores[key].value:.1f}"
            for key in TITLES
        ]  # fmt: skip
        body.append([label, str(row.samples), str(row.images), *cells])
    return [heads, *body]


def _published(result: EvaluationResult, summary: Summary) -> Table:
    """Published results, and whether each is comparable with this evaluation."""
    samples = next((row.samples for row in summary.with_target), 0)
    body = []
    for item in read_published():
        reason = why_not_comparable(
            item, dataset=result.dataset, split=result.split, samples=samples
        )
        cells = [
            f"{100 * item.scores[key]:.2f}" if key in item.scores else "-"
            for key in TITLES
        ]
        data = f"{item.dataset} {item.split}"
        comparable = f"no: {reason}" if reason else "yes"
        body.append(
            [item.method, data, str(item.samples), *cells, comparable, item.source]
        )
    heads = ["method", "data", "samples", *TITLES.values(), "comparable", "source"]
    return [heads, *body]


def _interval(score: Interval, images: int) -> str:
    """Value and interval; "-" where there is one image or no spread."""
    if images < 2 or score.low == score.high:
        return f"{100 * score.value:.1f} (-)"
    low, high = 100 * score.low, 100 * score.high
    return f"{100 * score.value:.1f} ({low:.1f} to {high:.1f})"


def _difference(score: Difference) -> str:
    low, high = 100 * score.low, 100 * score.high
    return f"{100 * score.value:+.1f} ({low:+.1f} to {high:+.1f}; p {score.p:.3f})"


def _format_table(table: Table) -> str:
    widths = [max(len(row[k]) for row in table) for k in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )
