"""stdin and stdout for the protocol alone, not for libraries."""

from __future__ import annotations

import os
import threading
from typing import TextIO

from rrsis_geo.protocol import Message, encode


class MessageWriter:
    """Writes messages as whole lines, from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Write a message; do nothing if the stream is closed on the other side.

        The client closes stdin together with stdout, and that ends the worker.
        """
        with self._lock:
            try:
                self._stream.write(encode(message))
                self._stream.flush()
            except OSError:
                pass


def claim_stdout() -> MessageWriter:
    """Take stdout for messages; everything else that is printed goes to stderr.

    This holds for C code and child processes too.
    """
    own = os.dup(1)  # not inherited, so no child keeps it open
    os.dup2(2, 1)
    return MessageWriter(os.fdopen(own, "w", encoding="ascii", newline="\n"))


def claim_stdin() -> TextIO:
    """Take stdin for requests; everything else reads an empty file.

    On Windows a library that queries the type of stdin would otherwise block until the
    reading thread returns.
    """
    own = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return os.fdopen(own, "r", encoding="ascii", errors="backslashreplace")
