"""Downloads: with progress, resumed where they broke off, and checked."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from engine.data.errors import DataError, MissingDataError

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all (0 where unknown), and the file's name."""

DOWNLOAD_CHUNK = 1 << 18
DOWNLOAD_TIMEOUT = 30.0  # seconds without an answer


def download(
    url: str, path: Path, md5: str, remedy: str, progress: Progress | None = None
) -> None:
    """Fetches `url` into `path`, whole and checked, or not at all.

    What has arrived is kept beside it as `.part`, and the next attempt goes on from
    there. Raises MissingDataError with `remedy` where there is no network, and leaves
    no empty folder behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        fetch_missing(url, part, progress)
    except BrokenOffError as error:
        raise DataError(
            f"The download of {path.name} from {url} {error}.",
            "Try again: what has arrived is kept, and it goes on from there.",
        ) from error
    except (
        urllib.error.URLError,
        TimeoutError,
        ConnectionError,
        http.client.HTTPException,
    ) as error:  # a full disk is another matter
        with contextlib.suppress(OSError):  # others may keep something in it
            path.parent.rmdir()
        raise MissingDataError(
            f"{path.name} is not there, and it cannot be downloaded from {url} "
            f"({why_nothing_came(error, url)}).",
            remedy,
        ) from error
    found = md5_of(part)
    if found != md5:
        part.unlink()
        raise DataError(
            f"{path.name} arrived damaged from {url}: its MD5 is {found}, and {md5} "
            f"was expected.",
            "Try again.",
        )
    part.replace(path)


def why_nothing_came(error: Exception, url: str) -> str:
    """The reason of a failed download, for a reader: no words of a library's.

    That a name cannot be resolved, a machine refuses or nothing answers in time comes
    to the same for who only has to look after the network.
    """
    if isinstance(error, urllib.error.HTTPError):
        return f"the server says {error.code}, {error.reason}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLError) or not isinstance(cause, OSError):
        return str(cause).strip().split("\n")[0].rstrip(".")
    return f"{urllib.parse.urlsplit(url).hostname} is not reached"


def reach(url: str) -> None:
    """Ask once whether anybody answers at `url`. Raises OSError where nobody does.

    The hub's own library asks for each file of a model up to six times, with waits in
    between: on a machine without a network it takes minutes to say so.
    """
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310  likewise
    try:
        urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT).close()  # noqa: S310
    except urllib.error.HTTPError:
        return  # somebody did
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLError):  # other libraries may trust it
            raise


class BrokenOffError(Exception):
    """A download that ended too early."""


def fetch_missing(url: str, part: Path, progress: Progress | None) -> None:
    """Appends to `part` what it still lacks of `url`."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)  # noqa: S310  our callers' own addresses
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is missing: the checksum will tell
            return
        raise
    with answer:
        resumed = answer.status == 206
        have = have if resumed else 0
        total = have + int(answer.headers.get("Content-Length") or 0)
        with part.open("ab" if resumed else "wb") as file:
            while chunk := answer.read(DOWNLOAD_CHUNK):
                file.write(chunk)
                have += len(chunk)
                if progress is not None:
                    progress(have, total, part.stem)
    if have < total:
        raise BrokenOffError(f"broke off after {have:,} of {total:,} bytes")


def md5_of(path: Path) -> str:
    """The MD5 of a file, as publishers list it; it finds damage, not malice."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(DOWNLOAD_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
