"""Ctrl-C ends a run, also where Python drops the exception."""

import os
import signal
import threading
import time

import pytest

from rrsis_geo_cli.interrupts import interruptible


def press():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)  # Python answers between two of its own steps


class Late:
    """Presses Ctrl-C in its destructor, whose exceptions Python drops."""

    def __del__(self):
        press()


def test_ctrl_c_is_raised_and_remembered():
    with interruptible() as stopped:
        assert not stopped()
        with pytest.raises(KeyboardInterrupt):
            press()
        assert stopped()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_exception_that_is_dropped_is_remembered():
    with interruptible() as stopped:
        late = Late()
        del late
        assert stopped()


def test_who_ignores_ctrl_c_goes_on_doing_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible() as stopped:
            press()
            assert not stopped()
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_other_threads_are_left_alone():
    said = []

    def look():
        with interruptible() as stopped:
            said.append(stopped())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert said == [False]
