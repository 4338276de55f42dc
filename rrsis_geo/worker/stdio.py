"""The two streams of the protocol, out of reach of every library."""

from __future__ import annotations

import os
import threading
from typing import TextIO

from rrsis_geo.protocol import Message, encode


class MessageWriter:
    """Sends messages, whole lines from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Write a line; where nobody reads any more, nothing happens.

        Whoever closes our stdout closes our stdin too, and that ends the worker.
        """
        with self._lock:
            try:
                self._stream.write(encode(message))
                self._stream.flush()
            except OSError:
                pass


def claim_stdout() -> MessageWriter:
    """The protocol's own way out; any other print, C code's too, goes to stderr."""
    own = os.dup(1)  # not inherited: no child can hold it open
    os.dup2(2, 1)
    return MessageWriter(os.fdopen(own, "w", encoding="ascii", newline="\n"))


def claim_stdin() -> TextIO:
    """The protocol's own way in; everybody else reads an empty file.

    On Windows a library that asks what kind of file stdin is would else wait for our
    thread that reads from it.
    """
    own = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return os.fdopen(own, "r", encoding="ascii", errors="backslashreplace")
