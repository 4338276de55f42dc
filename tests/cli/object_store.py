"""A store of objects as S3 speaks it; prints its port. `read-only` refuses writing.

It has to be a process of its own: GDAL waits for it with Python's lock held.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OBJECTS = {}


class Handler(BaseHTTPRequestHandler):
    """Puts, gets and deletes objects."""

    def do_PUT(self):
        """Store an object."""
        data = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if "read-only" in sys.argv:
            self.answer(403)
            return
        OBJECTS[self.place] = data
        self.answer(200)

    def do_GET(self):
        """Send an object or a part of it."""
        if self.place not in OBJECTS:
            self.answer(404)
            return
        data, wanted = OBJECTS[self.place], self.headers["Range"]
        if wanted is None:
            self.answer(200, data)
            return
        low, high = wanted.removeprefix("bytes=").split("-")
        part = data[int(low) : int(high or len(data)) + 1]
        last = int(low) + len(part) - 1
        self.answer(206, part, f"bytes {low}-{last}/{len(data)}")

    def do_DELETE(self):
        """Remove an object."""
        OBJECTS.pop(self.place, None)
        self.answer(204)

    @property
    def place(self):
        """Path without the query."""
        return self.path.partition("?")[0]

    def answer(self, code, data=b"", part=None):
        """Send an answer."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        if part is not None:
            self.send_header("Content-Range", part)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        """Print nothing but the port."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
