"""Runs with layers of the user over the picture of `layer_ground`."""

import numpy as np

from rrsis_geo import SegmentJob, SegmentOptions, pipeline
from rrsis_geo.pipeline.own_layers.layer_reading import layers_and_tables
from rrsis_geo.protocol import Advice

CHANNELS = {"storage tank": 0, "swimming pool": 2}
"""Phrase of the network -> channel of the picture that shows it."""


class Channels:
    """Probability = value of the phrase's channel."""

    device, batch_size = "cpu", 1

    def __init__(self, texts):
        self.channels = [CHANNELS.get(text) for text in texts]

    def __call__(self, pixels):
        nothing = np.zeros_like(pixels[:, 0])
        some = [nothing if c is None else pixels[:, c] for c in self.channels]
        return (np.stack(some, axis=1) / np.float32(255)).astype(np.float32)


def no_network(job, texts):
    raise AssertionError(f"the network is asked {texts}")


def ask(scene, texts, layers, *, network=no_network, resolve="auto", **more):
    """Table, advice and result of a run; `layers` maps words to tables or layers."""
    own, frames = layers_and_tables(layers)
    options = SegmentOptions(resolve=resolve, **more.pop("options", {}))
    job = SegmentJob(
        scene=str(scene),
        expressions=(texts,) if isinstance(texts, str) else tuple(texts),
        own_layers=own,
        options=options,
        **more,
    )
    said = []
    result = pipeline.run(
        job,
        network=network,
        frames=frames,
        report=lambda m: said.append(m.message) if isinstance(m, Advice) else None,
    )
    return result.to_geodataframe(), said, result


def network(job, texts):
    return Channels(texts)
