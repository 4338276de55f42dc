"""Training overfits sixteen samples, with D-MOLS."""

import torch
from coloured_boxes import boxes, tiny

from rrsis_geo.evaluation.metrics import Scores
from rrsis_geo.training.builders import fit
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import NONE
from rrsis_geo.training.data.batch import collate
from rrsis_geo.training.data.listed_samples import ListedStream, group_by_image
from rrsis_geo.training.text_features import TextFeatures

STEPS = 110


def test_btd_tiny_learns_sixteen_samples(tokenizer):
    lines = boxes(16)
    stream = ListedStream(
        groups=group_by_image(lines, 2), size=64, expressions=2, augmentation=NONE
    )
    config = TrainConfig(
        steps=STEPS,
        images=2,
        expressions=2,
        learning_rate=4e-3,
        encoder_rate=1.0,
        warmup=10,
        ema=0.95,
        train_text=True,
        bfloat16=False,
    )
    batches = (collate([stream[2 * n], stream[2 * n + 1]]) for n in range(STEPS))

    network = fit(config, tiny(dmols=True), tokenizer, batches)

    scores, encode = Scores(), TextFeatures(tokenizer, network.text)
    with torch.inference_mode():
        for line in lines:
            features, mask = encode([[line.expression]])
            image = torch.from_numpy(line.pixels[None]).float()
            logits = network(image, features, mask).logits((64, 64))
            scores.add(logits[0, 0].numpy() > 0, line.mask)
    assert len(scores) == 16
    assert scores.miou > 0.9
