"""A server that fails in the way that a path names: faulty_server.py FILE.

Prints its address. `/late-403/s.tif` answers twice and then with 403, `/403/s.tif` at
once; the other names are methods of `Faults`.
"""

import socket
import struct
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

GOOD_ANSWERS = 2
"""Of a path whose name begins with late."""


class Faults(BaseHTTPRequestHandler):
    """Answers with parts of one file, but for what the path says."""

    data = b""
    asked: ClassVar[Counter] = Counter()

    def answer(self):
        """Answer as the first part of the path says."""
        name = self.path.split("/")[1]
        self.asked[name] += 1
        fault = name.removeprefix("late-")
        if fault != name and self.asked[name] <= GOOD_ANSWERS:
            self.send_part()
        elif fault.isdigit():
            self.send(int(fault), b"")
        else:
            getattr(self, fault.replace("-", "_"))()

    def send(self, code, body, **headers):
        """Send a whole answer."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def send_part(self, cut=None):
        """Send the range that was asked for, or only its first bytes."""
        span = self.headers.get("Range")
        if not span:
            self.send(200, self.data, Accept_Ranges="bytes")
            return
        low, high = span.removeprefix("bytes=").split("-")
        first, last = int(low), min(int(high or len(self.data)), len(self.data) - 1)
        body = self.data[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(self.data)}")
        self.end_headers()
        self.wfile.write(body[:cut])

    def no_range(self):
        """Send the whole file, whatever is asked for."""
        self.send(200, self.data)

    def head_405(self):
        """Refuse HEAD, and only that."""
        self.send(405, b"") if self.command == "HEAD" else self.send_part()

    def head_403(self):
        """Refuse HEAD as links signed for GET do."""
        self.send(403, b"") if self.command == "HEAD" else self.send_part()

    def reset(self):
        """Reset the connection."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def login(self):
        """Lead to a page."""
        self.send(302, b"", Location="/page/login.html")

    def page(self):
        """A page for people."""
        body = b"<html><body>Please log in.</body></html>" * 20
        self.send(200, body, Content_Type="text/html")

    def cut(self):
        """Send fewer bytes than announced."""
        self.send_part(cut=100)

    def silent(self):
        """Never answer."""
        time.sleep(60)

    do_GET = do_HEAD = answer

    def log_message(self, *_):
        """Suppress the log."""


if __name__ == "__main__":
    Faults.data = Path(sys.argv[1]).read_bytes()
    with ThreadingHTTPServer(("127.0.0.1", 0), Faults) as server:
        server.daemon_threads = True
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
