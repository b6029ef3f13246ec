"""Files of text: read as what they are said to be, and refused in plain words."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from engine.data.errors import DataError
from engine.data.room import READ_TIMES, check_room
from engine.data.wanted import check_wanted

BYTES_AT_ONCE = 1 << 18
"""Bytes of a file that are looked at in one go."""


def read_text(path: Path, encoding: str) -> str:
    """The text in a file; raises DataError where it is not text of that encoding."""
    if path.is_file():
        check_room([path], READ_TIMES)
    return decoded(path, text_bytes(path, encoding), encoding)


def text_bytes(path: Path, encoding: str) -> bytes:
    """What stands in a file; raises DataError where that cannot be such text."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    raw = path.read_bytes()
    check_bytes(path, raw[:2], raw, encoding)
    return raw


def check_bytes(path: Path, head: bytes, some: bytes, encoding: str) -> None:
    """Raises DataError where a file that begins so and holds these is no such text."""
    if encoding != "utf-16" and head in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(
            f"{path.name} is not {encoding} text: it begins with the mark of utf-16.",
            "Set the encoding to utf-16.",
        )
    if encoding != "utf-16" and b"\0" in some:
        raise DataError(
            f"{path.name} is not a text file: it holds bytes that are no text.",
            "Choose a file of plain text, such as CSV or TSV.",
        )


def codec_of(encoding: str) -> str:
    """What Python calls an encoding."""
    # utf-8-sig is UTF-8 without the mark that spreadsheets put in front.
    return "utf-8-sig" if encoding == "utf-8" else encoding


def decoded(path: Path, raw: bytes, encoding: str) -> str:
    """Bytes as text; raises DataError with the place of the first that is none."""
    try:
        return raw.decode(codec_of(encoding))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise no_such_text(path, encoding, line, raw[error.start]) from error


def no_such_text(path: Path, encoding: str, line: int, byte: int) -> DataError:
    """What to say of a byte without a meaning."""
    other = "latin-1" if encoding == "utf-8" else "utf-8"
    return DataError(
        f"{path.name} is not {encoding} text: line {line} holds the byte "
        f"0x{byte:02x}, which has no meaning there.",
        f"Set the encoding to {other}.",
    )


def text_chunks(path: Path, encoding: str) -> Iterator[str]:
    """The text in a file, some of it at a time; raises as `read_text` does."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    decoder = codecs.getincrementaldecoder(codec_of(encoding))()
    lines, head = 1, b""
    with path.open("rb") as file:
        while True:
            check_wanted()
            raw = file.read(BYTES_AT_ONCE)
            head = head or raw[:2]
            check_bytes(path, head, raw, encoding)
            waiting = decoder.getstate()[0]
            try:
                chunk = decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as error:
                lines += error.object.count(b"\n", len(waiting), error.start)
                byte = error.object[error.start]
                raise no_such_text(path, encoding, lines, byte) from error
            lines += raw.count(b"\n")
            if chunk:
                yield chunk
            if not raw:
                return
