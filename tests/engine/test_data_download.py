"""Downloads, from a server of this machine."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.download import download
from engine.data.errors import DataError

BODY = bytes(range(256)) * 4096  # 1 MiB, several chunks
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
REMEDY = "Put it there yourself."


class Server(http.server.BaseHTTPRequestHandler):
    """Serves BODY: whole, in part on request, or breaking off."""

    requested: list[str | None]

    def __init__(self, requested: list[str | None], *arguments: object) -> None:
        self.requested = requested
        super().__init__(*arguments)  # type: ignore[arg-type]  # what a server passes

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.requested.append(wanted)
        if self.path == "/absent":
            self.send_error(404)
            return
        start = 0
        if wanted and self.path != "/unable-to-resume":
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(BODY):
                self.send_error(416)
                return
            self.send_response(206)
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        end = len(BODY) // 2 if self.path == "/breaks" else len(BODY)
        self.wfile.write(BODY[start:end])

    def log_message(self, format: str, *arguments: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def requested() -> list[str | None]:
    """The Range headers that the server saw."""
    return []


@pytest.fixture
def address(requested: list[str | None]) -> Iterator[str]:
    """Where the server listens."""
    handler = functools.partial(Server, requested)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_arrives_whole_with_progress(address: str, tmp_path: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    path = tmp_path / "new" / "file.gz"
    download(f"{address}/file", path, MD5, REMEDY, lambda *step: heard.append(step))
    assert path.read_bytes() == BODY
    assert heard[-1] == (len(BODY), len(BODY), "file.gz")
    assert [done for done, _, _ in heard] == sorted(done for done, _, _ in heard)
    assert [file.name for file in path.parent.iterdir()] == ["file.gz"]


def test_a_broken_download_goes_on_where_it_broke_off(
    address: str, requested: list[str | None], tmp_path: Path
) -> None:
    path = tmp_path / "file.gz"
    with pytest.raises(DataError) as caught:
        download(f"{address}/breaks", path, MD5, REMEDY)
    assert str(caught.value) == (
        f"The download of file.gz from {address}/breaks broke off after 524,288 of "
        f"1,048,576 bytes. Try again: what has arrived is kept, and it goes on from "
        f"there."
    )
    assert not path.exists()
    download(f"{address}/file", path, MD5, REMEDY)
    assert path.read_bytes() == BODY
    assert requested == [None, "bytes=524288-"]


def test_a_server_that_cannot_resume_sends_all(address: str, tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.with_name("file.gz.part").write_bytes(b"wrong")
    download(f"{address}/unable-to-resume", path, MD5, REMEDY)
    assert path.read_bytes() == BODY


def test_a_part_that_is_whole_is_taken(address: str, tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.with_name("file.gz.part").write_bytes(BODY)
    download(f"{address}/file", path, MD5, REMEDY)
    assert path.read_bytes() == BODY


def test_a_wrong_checksum_keeps_nothing(address: str, tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    with pytest.raises(DataError) as caught:
        download(f"{address}/file", path, "0" * 32, REMEDY)
    assert str(caught.value) == (
        f"file.gz arrived damaged from {address}/file: its MD5 is {MD5}, and "
        f"{'0' * 32} was expected. Try again."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["absent", "offline"])
def test_what_cannot_be_reached_says_what_to_do(
    where: str, address: str, tmp_path: Path
) -> None:
    # Port 9 discards; nobody listens there, as if there were no network.
    url, why = {
        "absent": (f"{address}/absent", "the server says 404, Not Found"),
        "offline": ("http://127.0.0.1:9/file", "127.0.0.1 is not reached"),
    }[where]
    with pytest.raises(DataError) as caught:
        download(url, tmp_path / "set" / "file.gz", MD5, REMEDY)
    assert list(tmp_path.iterdir()) == [], "no empty folder is left behind"
    assert caught.value.message.startswith(
        f"file.gz is not there, and it cannot be downloaded from {url} ({why})."
    )
    assert caught.value.remedy == REMEDY


def test_progress_can_stop_a_download_that_goes_on_later(
    address: str, tmp_path: Path
) -> None:
    def stop(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "file.gz"
    with pytest.raises(KeyboardInterrupt):
        download(f"{address}/file", path, MD5, REMEDY, stop)
    assert path.with_name("file.gz.part").stat().st_size > 0
    download(f"{address}/file", path, MD5, REMEDY)
    assert path.read_bytes() == BODY
