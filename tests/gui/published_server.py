"""A host of published files on this machine, which can fail in every usual way."""

from __future__ import annotations

import http.server
import threading
import time
from pathlib import Path


class Host:
    """Serves the files of a folder, whole or from a byte on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cuts = False
        """Whether it breaks off half-way."""
        self.spoils = False
        """Whether it sends other bytes than were published."""
        self.seconds = 0.0
        """How long it waits before each piece of 64 KiB."""
        self.requests: list[tuple[str, str]] = []
        """The name of each file that was asked for, and from which byte on."""
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host._answer(self)

            def log_message(self, format: str, *arguments: object) -> None:
                """Keeps the test's output clean."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        name, wanted = request.path.lstrip("/"), request.headers.get("Range", "")
        self.requests.append((name, wanted))
        whole = (self.folder / name).read_bytes()
        if self.spoils:
            whole = bytes(len(whole))
        start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Length", str(len(whole) - start))
        request.end_headers()
        end = (start + len(whole)) // 2 if self.cuts else len(whole)
        for place in range(start, end, 1 << 16):
            time.sleep(self.seconds)
            try:
                request.wfile.write(whole[place : min(place + (1 << 16), end)])
            except OSError:  # nobody listens any more
                return

    def stop(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
