"""The error of a request that cannot be run."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be run; the text is one sentence for the user."""
