import threading
from contextlib import contextmanager, nullcontext

import pytest

from rrsis_geo.scene.prefetch import prefetch


def running_threads():
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


def start_prefetch(work, items, depth=3, around=None):
    return prefetch(work, items, depth=depth, around=around or nullcontext())


@pytest.mark.parametrize("depth", [1, 2, 100])
def test_results_are_in_order_without_none(depth):
    found = start_prefetch(lambda n: n if n % 3 else None, range(50), depth)
    assert list(found) == [n for n in range(50) if n % 3]
    assert not running_threads()


def test_at_most_depth_results_are_queued():
    made = []
    reached = threading.Event()

    def work(n):
        made.append(n)
        if n == 5:
            reached.set()
        return n

    results = start_prefetch(work, range(1000), depth=3)
    assert [next(results), next(results)] == [0, 1]
    # 2 taken, 3 in the queue, 1 being computed
    assert reached.wait(10)
    assert made == list(range(6))
    results.close()


def test_a_failure_comes_after_the_results_before_it():
    def work(n):
        if n == 4:
            raise OSError("broken")
        return n

    results = start_prefetch(work, range(10))
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(OSError, match="broken"):
        next(results)
    assert not running_threads()


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_closing_early_ends_the_thread(taken):
    results = start_prefetch(lambda n: n, iter(range(10**9)))
    for _ in range(taken):
        next(results)
    results.close()
    assert not running_threads()


def test_closing_ends_a_thread_without_results():
    began = threading.Event()

    def nothing(n):
        if n:
            began.set()
            return None
        return "first"

    results = start_prefetch(nothing, iter(range(10**12)))
    assert next(results) == "first"
    assert began.wait(10)
    results.close()
    assert not running_threads()


def test_the_context_is_entered_in_the_thread():
    events = []

    @contextmanager
    def around():
        events.append(threading.current_thread().name)
        yield
        events.append("left")

    assert list(start_prefetch(lambda n: n, range(3), around=around())) == [0, 1, 2]
    assert events == ["prefetch", "left"]
