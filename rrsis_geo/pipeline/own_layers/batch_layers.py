"""The user's own layers of a job in the batch of its questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rrsis_geo.errors import OptionError
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.own_layers.feature_colours import phrases_of_colour_alone
from rrsis_geo.pipeline.own_layers.layer_reading import Frames, read_own_layers
from rrsis_geo.query.own_layers.layer_nouns import (
    LayerNouns,
    canonical_noun,
    unused_words,
)
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import Grid


def layer_nouns(layers: Sequence[OwnLayer]) -> LayerNouns:
    """The nouns of layers.

    Raises:
        OptionError: two of them are the same: "road" and "roads".
    """
    words: dict[str, str] = {}
    for layer in layers:
        noun = canonical_noun(layer.word)
        if noun in words:
            raise OptionError(
                f"own layers {words[noun]!r} and {layer.word!r} answer the same words; "
                "join the two files, or give them two words"
            )
        words[noun] = layer.word
    return LayerNouns(tuple(words.values()))


def with_measured_colours(batch: QueryBatch) -> QueryBatch:
    """A batch that does not ask the network for colours of features."""
    coloured = phrases_of_colour_alone(batch.plans)
    return replace(batch, not_asked=batch.not_asked | coloured)


def with_own_layers(
    batch: QueryBatch,
    layers: Sequence[OwnLayer],
    grid: Grid,
    aoi: Aoi | None,
    *,
    frames: Frames | None = None,
) -> QueryBatch:
    """A batch with the features of the layers that its questions ask for.

    Args:
        batch: As planned, with the nouns of the layers.
        layers: All of the job.
        grid: What the scene is read at.
        aoi: Only what lies inside is searched.
        frames: Layers that were given as tables.

    Raises:
        OptionError: a layer cannot be used.
    """
    if not layers:
        return batch
    unused = unused_words([one.word for one in layers], batch.plans)
    asked = [one for one in layers if one.word not in unused]
    features, notes = read_own_layers(asked, grid, aoi, frames=frames)
    notes += tuple(f"own layer {word}: no question asks for it" for word in unused)
    plans = list(batch.plans)
    plans[0] = replace(plans[0], notes=(*plans[0].notes, *notes))
    batch = with_measured_colours(replace(batch, plans=tuple(plans)))
    return replace(batch, features=features if asked else None)
