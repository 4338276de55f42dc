"""Write the expressions of the validation images as a manifest for `evaluate`.

    python benchmarks/kept_manifest.py DATA_FOLDER -o kept.jsonl
    rrsis-geo evaluate kept.jsonl --split val

DATA_FOLDER holds `nwpu-vhr10` and `expressions` of the model card. The split is that of
the training of the default weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from public_data import nwpu, split

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.formats.manifest import write_manifest
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.referring_sample import MaskRuns, Sample
from rrsis_geo.datasets.transforms.crops import draw_mask


def samples(image: LabelledImage) -> Iterator[Sample]:
    """Yield a sample for every expression written for an image."""
    for item in image.written:
        categories = {image.layout.objects[target].category for target in item.targets}
        category = categories.pop() if len(categories) == 1 else ""
        same_class = sum(one.category == category for one in image.layout.objects)
        mask = draw_mask(image.layout, item.targets)
        yield Sample(
            image=image.path,
            expression=item.text,
            target=MaskRuns(parts=(rle.encode(mask),)),
            split="val",
            type=item.type,
            category=category,
            same_class=same_class if category else None,
        )


def main() -> None:
    """Write the manifest and print its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    _, kept = split(nwpu(options.data), every=7)
    manifest = [sample for image in kept for sample in samples(image)]
    write_manifest(options.output, manifest)
    print(f"{len(manifest)} expressions about {len(kept)} images: {options.output}")


if __name__ == "__main__":
    main()
