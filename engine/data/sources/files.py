"""The settings of every source that reads the user's own text file."""

from __future__ import annotations

from engine.catalog.settings import Choice, Setting, Text

PATH = Text(
    name="path",
    default="",
    kind="path",
    label="File",
    help="The file, in the data folder or anywhere on this computer.",
)
TEST_PATH = Text(
    name="test_path",
    default="",
    kind="path",
    label="Test file",
    empty="a part of the first",
    help="A file or folder of the same form to test with; empty takes a part of the "
    "first.",
)
KEPT = Choice(
    name="kept",
    default="auto",
    options=("auto", "in memory", "on disk"),
    label="Keep the inputs",
    advanced=True,
    help="In memory, or on disk and read for every batch; auto looks at how much they "
    "take and how much is free. What is read from disk is brought there once, into the "
    "folder of data, as the numbers a network reads.",
)
FILE: tuple[Setting, ...] = (
    Choice(
        name="delimiter",
        default="auto",
        options=("auto", "comma", "semicolon", "tab"),
        advanced=True,
        help="What stands between cells; auto looks at the first line.",
    ),
    Choice(
        name="header",
        default="auto",
        options=("auto", "yes", "no"),
        advanced=True,
        help="Whether the first row names the columns; auto looks for numbers in it.",
    ),
    Choice(
        name="encoding",
        default="utf-8",
        options=("utf-8", "latin-1", "cp1252", "utf-16"),
        advanced=True,
        help="How letters are stored in the file.",
    ),
)
