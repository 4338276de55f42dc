"""A network that answers each text differently, and counts what it is asked."""

import hashlib

import numpy as np
from brightness import Context


class Network:
    """Loads networks that answer each text differently, and counts what they do."""

    def __init__(self):
        self.bound = []
        self.windows = 0

    def __call__(self, job, texts):
        self.bound.append(tuple(texts))
        return _ByText(texts, self)


class _ByText(Context):
    def __init__(self, texts, network):
        super().__init__(1)
        self.texts, self.network = texts, network

    def __call__(self, pixels):
        self.network.windows += len(pixels)
        answer = super().__call__(pixels)[:, 0]
        factors = [
            hashlib.sha256(text.encode()).digest()[0] / 255 for text in self.texts
        ]
        return np.stack([answer ** np.float32(0.5 + f) for f in factors], axis=1)
