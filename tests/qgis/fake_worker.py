"""A fake worker: first argument its behaviour, second the folder of the plugin."""

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

BEHAVIOUR = sys.argv[1]


def send(message):
    print(encode(message), end="", flush=True)


def main():
    if BEHAVIOUR == "leaves at once":
        sys.exit("No module named rrsis_geo")
    protocol = PROTOCOL_VERSION + (BEHAVIOUR == "speaks another version")
    send(Ready(protocol, __version__, sys.executable, os.getpid()))
    print("a library says hello", flush=True)
    print("a warning", file=sys.stderr, flush=True)
    for line in sys.stdin:
        request = decode_request(line)
        if isinstance(request, Hello):
            continue
        if BEHAVIOUR == "dies of a job" and isinstance(request, Segment):
            print("the last words", file=sys.stderr, flush=True)
            os.abort()
        if BEHAVIOUR == "ignores everything":
            time.sleep(1000)
        if isinstance(request, Cancel):
            send(Failed("cancelled", "stopped", job=request.job))
        elif BEHAVIOUR == "is quick":
            send(Finished(3, ("file",), 0.1, job=request.job))


main()
