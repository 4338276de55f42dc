"""An HTTP server with range requests; prints its port, then the bytes per request."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class RangeRequestHandler(SimpleHTTPRequestHandler):
    """Serves files of a folder, whole or in part."""

    def do_GET(self):
        """Send the requested bytes."""
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        byte_range = self.headers.get("Range")
        first, last = 0, len(data) - 1
        if byte_range:
            low, high = byte_range.removeprefix("bytes=").split("-")
            first, last = int(low), min(int(high or last), last)
        part = data[first : last + 1]
        self.send_response(206 if byte_range else 200)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Accept-Ranges", "bytes")
        if byte_range:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.end_headers()
        self.wfile.write(part)
        print(self.path, len(part), flush=True)

    def log_message(self, *_):
        """Suppress the log; only the bytes per request are printed."""


if __name__ == "__main__":
    handler = partial(RangeRequestHandler, directory=sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
