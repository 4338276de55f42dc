"""What cannot be asked."""

from __future__ import annotations


class Refused(Exception):
    """A question that cannot be run; the text is one sentence for the user."""
