"""Small folders in exactly the layouts of the published sets, defects included."""

import json
import pickle

import numpy as np
import rasterio
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle


def write_rrsis_d(folder, *, refs=None, side=40, changed=None, protocol=2):
    """Three images of `side`, the last one a pixel higher than its mask."""
    images = folder / "images" / "rrsisd" / "JPEGImages"
    images.mkdir(parents=True)
    (folder / "rrsisd").mkdir()
    annotations = []
    for number, (left, parts) in enumerate([(4, 1), (10, 2), (20, 1)]):
        high = side + (number == 2)
        Image.new("RGB", (side, high), (number * 9, 80, 90)).save(
            images / f"{number:05d}.jpg"
        )
        masks = []
        for part in range(parts):  # the parts overlap
            mask = np.zeros((side, side), bool)
            mask[5 + 3 * part : 15 + 3 * part, left : left + 10] = True
            masks.append(mask)
        annotations.append(
            {
                "id": 100 + number,
                "image_id": number,
                "categories_id": number + 1,  # sic
                "bbox": [left, 5, left + 9, 14],  # corners, not COCO's
                "area": 7,  # wrong
                "segmentation": [rle.runs_to_json(rle.encode(mask)) for mask in masks],
                "iscrowd": 0,
            }
        )
    body = {
        "info": {},
        "images": [
            {"id": n, "file_name": f"{n:05d}.jpg", "width": side, "height": side}
            for n in range(3)
        ],
        "annotations": annotations,
        "categories": [
            {"id": n + 1, "name": name, "supercategory": "object"}
            for n, name in enumerate(["airplane", "storagetank", "golffield"])
        ],
    }
    if changed is not None:
        changed(body)
    (folder / "rrsisd" / "instances.json").write_text(json.dumps(body))
    if refs is None:
        refs = [ref_of(n, split) for n, split in enumerate(["train", "val", "test"])]
    (folder / "rrsisd" / "refs(unc).p").write_bytes(pickle.dumps(refs, protocol))
    return folder


def ref_of(number, split, text="The airplane on the left \n", **changes):
    ref = {
        "ref_id": number,
        "ann_id": 100 + number,
        "category_id": number + 1,
        "image_id": f"{number:05d}",
        "file_name": f"{number:05d}.jpg",
        "split": split,
        "sent_ids": [number],
        "sentences": [
            {"sent_id": number, "sent": text, "raw": text, "tokens": text.split()}
        ],
    }
    return {**ref, **changes}


REFSEGRS_LINES = {
    "train": "0 vehicle\n0 road markings\n1 light-duty vehicle in the parking area\n",
    "val": "2 sidewalk along with the tree\n\n\n",  # as it ends
    "test": "3 building",
}


def write_refsegrs(folder, lines=REFSEGRS_LINES):
    """Four images of 16 x 16, the last one the scene of the first again."""
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    for number in range(4):
        pixels = np.full((3, 16, 16), 40 + 10 * (number % 3), np.uint8)
        mask = np.full((1, 16, 16), 20, np.uint8)  # grey ground, under 50
        mask[0, 4:9, 2 : 6 + number] = 200
        for name, levels in (("images", pixels), ("masks", mask)):
            path = folder / name / f"{number}.tif"
            shape = {"count": len(levels), "height": 16, "width": 16}
            with rasterio.open(
                path, "w", driver="GTiff", dtype="uint8", crs="EPSG:25832", **shape,
                transform=rasterio.Affine(0.13, 0, 500_000, 0, -0.13, 5_000_000),
            ) as dataset:  # fmt: skip
                dataset.write(levels)
    for split, text in lines.items():
        (folder / f"output_phrase_{split}.txt").write_text(text)
    return folder


def write_risbench(folder):
    """Three images, one a split; masks of 0 and 255."""
    (folder / "img_rgb").mkdir(parents=True)
    (folder / "mask").mkdir()
    for name, split in (("00a", "train"), ("00b", "val"), ("00c", "test")):
        Image.new("RGB", (16, 16), (1, 2, 3)).save(folder / "img_rgb" / f"{name}.png")
        mask = np.zeros((16, 16), np.uint8)
        mask[2:5, 3:9] = 255
        Image.fromarray(mask).save(folder / "mask" / f"{name}.png")
        path = folder / f"output_phrase_{split}.txt"
        path.write_text(f"{name} A gray vehicle on the left.\n")
    return folder
