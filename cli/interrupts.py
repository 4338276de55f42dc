"""Ctrl-C, also where Python loses it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Raises KeyboardInterrupt on Ctrl-C, and remembers it.

    Python drops an exception that a signal raises inside a destructor or a callback of
    C code, and a run would go on as if nobody had pressed a key. What is yielded says
    whether somebody has; a run asks it before every batch.

    Nothing changes in another thread than the main one, which gets no signals, nor
    where Ctrl-C is ignored or answered already.
    """
    pressed = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        raise KeyboardInterrupt

    usual = signal.default_int_handler
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not usual:
        yield pressed.is_set
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, usual)
