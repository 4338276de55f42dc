"""A worker that misbehaves as its first argument says; the second is the plugin."""

import os
import sys
import time

sys.path.insert(0, sys.argv[2])
from rrsis_geo_qgis.core import __version__
from rrsis_geo_qgis.core.protocol import (
    PROTOCOL_VERSION,
    Cancel,
    Failed,
    Finished,
    Hello,
    Ready,
    Segment,
    decode_request,
    encode,
)

WHIM = sys.argv[1]


def say(message):
    print(encode(message), end="", flush=True)


def main():
    if WHIM == "leaves at once":
        sys.exit("No module named rrsis_geo")
    protocol = PROTOCOL_VERSION + (WHIM == "speaks another version")
    say(Ready(protocol, __version__, sys.executable, os.getpid()))
    print("a library says hello", flush=True)
    print("a warning", file=sys.stderr, flush=True)
    for line in sys.stdin:
        request = decode_request(line)
        if isinstance(request, Hello):
            continue
        if WHIM == "dies of a job" and isinstance(request, Segment):
            print("the last words", file=sys.stderr, flush=True)
            os.abort()
        if WHIM == "ignores everything":
            time.sleep(1000)
        if isinstance(request, Cancel):
            say(Failed("cancelled", "stopped", job=request.job))
        elif WHIM == "is quick":
            say(Finished(3, ("file",), 0.1, job=request.job))


main()
