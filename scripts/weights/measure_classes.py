"""Measure how well weights know each class, and write it into their header.

    python scripts/weights/measure_classes.py NAME|FILE DATA [-o FILE] --drawn CLASS...

DATA is the folder of public data sets. Every class is asked for by its name on images
kept for validation; its score is the mean, over the images that show it,
of the intersection over union of all its pixels. In the added sets only classes count
that are complete in an image; docks and vehicles of NWPU VHR-10 are not, so that theirs
are lower limits. --drawn names the classes that the weights
learned from drawn scenes only.

With --limit 0 nothing is measured, and only --drawn is written. Without -o the file
itself is written anew; if the weights are listed in an index.json beside them, their
checksum there as well. Only the header changes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from index_file import list_anew
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import rasterize
from recipe.added.further_outlines import NWPU, RARE
from recipe.added.sources import added_sources
from recipe.public_datasets import default_sources, kept_airports

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.evaluation.weights_network import WeightsNetwork
from rrsis_geo.language.related_classes import class_name
from rrsis_geo.model.serialization.class_scores import ClassScore
from rrsis_geo.model.serialization.header import metadata_of, read_header
from rrsis_geo.model.serialization.initialization import read_tensors
from rrsis_geo.model.serialization.weights import card_of, write_file

SIDE = 480
"""Pixels of a side that the network sees."""

View = tuple[NDArray[np.uint8], dict[str, NDArray[np.bool_]]]
"""(3, 480, 480) pixels, and for each class that is labelled where it is."""


def main() -> None:
    """Parse the command line, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", help="name or file")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="default: the file itself")
    parser.add_argument("--drawn", nargs="*", default=[], metavar="CLASS")
    parser.add_argument("--limit", type=int, default=60, help="windows of a data set")
    options = parser.parse_args()
    scores = measure(options.weights, options.data, options.drawn, options.limit)
    for key, score in scores.items():
        print(f"{key}\t{score.iou}\t{score.images}\t{'drawn' * score.drawn}")
    write(options.weights, options.output, scores)


def measure(
    weights: str, data: Path, drawn: list[str], limit: int
) -> dict[str, ClassScore]:
    """The score of every class that the card of the weights lists."""
    network = WeightsNetwork(weights)
    keys = network.info.categories
    found: dict[str, list[float]] = defaultdict(list)
    views = _views(data, limit) if limit else ()
    for pixels, labels in views:
        shown = [key for key, mask in labels.items() if key in keys and mask.any()]
        if not shown:
            continue
        known = pixels.max(axis=0) > 0  # unsure and unlabelled ground is black
        names = [class_name(key) for key in shown]
        probabilities = network.predict(pixels, names, [(SIDE, SIDE)]).probabilities
        for key, probability in zip(shown, probabilities, strict=True):
            said, mask = (probability > 0.5) & known, labels[key] & known
            if not mask.any():
                continue
            found[key].append(float((said & mask).sum() / (said | mask).sum()))
    return {
        key: ClassScore(
            iou=round(float(np.mean(found[key])), 3) if found[key] else None,
            images=len(found[key]),
            drawn=key in drawn,
        )
        for key in keys
    }


def write(weights: str, output: Path | None, scores: dict[str, ClassScore]) -> None:
    """Write the weights anew with these scores in the header."""
    info = read_header(weights)
    path = output or info.path
    card = replace(card_of(info), class_scores=scores)
    metadata = metadata_of(card, info.config, text=info.text_link)
    written = write_file(read_tensors(info.path), path, metadata)
    list_anew(written)
    print(f"{path}: sha256 {written.sha256}")


def _views(data: Path, limit: int) -> Iterator[View]:
    sources = [
        *default_sources(data, ())[1],
        *(
            replace(one, images=tuple(map(complete_only, one.images)))
            for one in added_sources(data, kept=True)
        ),
    ]
    nwpu = next(source for source in sources if source.name == "nwpu")
    around = tuple(surroundings_of(image) for image in nwpu.images)
    sources.append(replace(nwpu, images=around))
    airports = tuple(complete_only(image) for image in kept_airports(data))
    sources.append(replace(nwpu, name="airports", images=airports))
    for source in sources:
        views = (view for image in source.images for view in _of_image(image))
        has_windows = any(image.layout.gsd is not None for image in source.images)
        yield from islice(views, limit if has_windows else None)


def complete_only(image: LabelledImage) -> LabelledImage:
    """An image with the objects of classes alone that are complete in it."""
    layout = image.layout
    objects = [one for one in layout.objects if one.category in layout.complete]
    return replace(image, layout=replace(layout, objects=tuple(objects)))


def surroundings_of(image: LabelledImage) -> LabelledImage:
    """An image of NWPU VHR-10 with what is outlined around its objects alone.

    Of these classes only those that are complete in the image.
    """
    layout = RARE.add_to(NWPU.add_to(image)).layout
    added = layout.objects[len(image.layout.objects) :]
    objects = tuple(one for one in added if one.category in layout.complete)
    return replace(image, layout=replace(layout, objects=objects))


def _of_image(image: LabelledImage) -> Iterator[View]:
    """An image with unknown pixel size as a whole, others in windows of full size."""
    layout = image.layout
    labels = {
        key: rasterize(
            [one.polygon for one in layout.objects if one.category == key],
            out_shape=(layout.height, layout.width),
        ).astype(bool)
        for key in {one.category for one in layout.objects}
    }
    pixels = image.pixels
    if layout.gsd is None or max(layout.width, layout.height) <= SIDE:
        yield _resized(pixels, labels)
        return
    for row in range(0, layout.height - SIDE + 1, SIDE):
        for column in range(0, layout.width - SIDE + 1, SIDE):
            at = np.s_[row : row + SIDE, column : column + SIDE]
            yield pixels[:, *at], {key: mask[at] for key, mask in labels.items()}


def _resized(pixels: NDArray[np.uint8], labels: dict[str, NDArray[np.bool_]]) -> View:
    whole = Image.fromarray(pixels.transpose(1, 2, 0)).resize((SIDE, SIDE))
    return np.asarray(whole).transpose(2, 0, 1).copy(), {
        key: np.asarray(Image.fromarray(mask).resize((SIDE, SIDE), Image.Resampling(0)))
        for key, mask in labels.items()
    }


if __name__ == "__main__":
    main()
