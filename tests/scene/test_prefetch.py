import threading
from contextlib import contextmanager, nullcontext

import pytest

from rrsis_geo.scene.prefetch import prefetch


def alive():
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


def ahead(work, items, depth=3, around=None):
    return prefetch(work, items, depth=depth, around=around or nullcontext())


@pytest.mark.parametrize("depth", [1, 2, 100])
def test_results_come_in_order_without_the_empty_ones(depth):
    found = ahead(lambda n: n if n % 3 else None, range(50), depth)
    assert list(found) == [n for n in range(50) if n % 3]
    assert not alive()


def test_no_more_than_depth_results_wait():
    made = []
    reached = threading.Event()

    def work(n):
        made.append(n)
        if n == 5:
            reached.set()
        return n

    results = ahead(work, range(1000), depth=3)
    assert [next(results), next(results)] == [0, 1]
    # 2 taken, 3 waiting, 1 in the thread's hands
    assert reached.wait(10)
    assert made == list(range(6))
    results.close()


def test_a_failure_comes_after_the_results_before_it():
    def work(n):
        if n == 4:
            raise OSError("broken")
        return n

    results = ahead(work, range(10))
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(OSError, match="broken"):
        next(results)
    assert not alive()


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_closing_early_ends_the_thread(taken):
    results = ahead(lambda n: n, iter(range(10**9)))
    for _ in range(taken):
        next(results)
    results.close()
    assert not alive()


def test_closing_ends_a_thread_that_finds_nothing():
    began = threading.Event()

    def nothing(n):
        if n:
            began.set()
            return None
        return "first"

    results = ahead(nothing, iter(range(10**12)))
    assert next(results) == "first"
    assert began.wait(10)
    results.close()
    assert not alive()


def test_the_surroundings_are_those_of_the_thread():
    seen = []

    @contextmanager
    def around():
        seen.append(threading.current_thread().name)
        yield
        seen.append("left")

    assert list(ahead(lambda n: n, range(3), around=around())) == [0, 1, 2]
    assert seen == ["prefetch", "left"]
