"""What weights know by name."""

from __future__ import annotations

import json
from typing import Any

import click

from . import options
from .sections import Command


@click.command("classes", cls=Command, short_help="What weights know by name.")
@options.WEIGHTS
@options.option(
    "Output", "--json", "as_json", is_flag=True, help="Print JSON, with every detail."
)
def command(weights: str, as_json: bool) -> None:
    """List the classes of objects that weights know, and the words for them.

    One line a class, with tabs between the fields: its name, known or weak, the mean
    IoU on kept images, on how many of them, other words for it, words for kinds of it.
    Weak classes were learned from drawn scenes only, or reach less than 0.3. Words for
    other things get a note and no polygons, unless --guess is given.

    \b
    Examples:
      rrsis-geo classes
      rrsis-geo classes --weights open --json
    """
    from rrsis_geo.language.known_classes import KnownClasses, words_for
    from rrsis_geo.model.serialization.header import read_header

    header = read_header(weights)
    scores = header.class_scores
    known = KnownClasses(
        keys=header.categories,
        weak=frozenset(key for key, score in scores.items() if score.is_weak),
    )
    rows: list[dict[str, Any]] = []
    for key, name in zip(known.keys, known.names, strict=True):
        synonyms, kinds = words_for(key)
        score = scores.get(key)
        rows.append(
            {
                "class": key,
                "name": name,
                "knowledge": "weak" if key in known.weak else "known",
                "iou": None if score is None else score.iou,
                "images": 0 if score is None else score.images,
                "synonyms": list(synonyms),
                "kinds": list(kinds),
            }
        )
    if as_json:
        click.echo(json.dumps({"weights": header.name, "classes": rows}, indent=2))
        return
    for row in rows:
        measured = row["iou"] is not None
        click.echo(
            "\t".join(
                (
                    row["name"],
                    row["knowledge"],
                    f"{row['iou']:.2f}" if measured else "not measured",
                    str(row["images"]),
                    ", ".join(row["synonyms"]),
                    ", ".join(row["kinds"]),
                )
            )
        )
