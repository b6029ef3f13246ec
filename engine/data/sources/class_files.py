"""What every source declares that reads a folder of class folders."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Text, Values
from engine.data.class_folders import (
    ClassFiles,
    chosen_folder,
    find_class_files,
    shares_of,
)
from engine.data.declaration import Source
from engine.figures import percent

FOLDER = Text(
    name="path",
    default="",
    kind="folder",
    label="Folder",
    help="The folder, in the data folder or anywhere on this computer.",
)


class _ClassFolders(Source):
    """A folder of class folders."""

    endings: ClassVar[tuple[str, ...]] = ()
    what: ClassVar[str] = ""
    needs_data_dir = True

    def _found(self, values: Values, data_dir: Path) -> ClassFiles:
        folder = chosen_folder(data_dir, values.path)
        return find_class_files(folder, self.endings, self.what)

    def how_split(self, values: Values, data_dir: Path) -> str:
        found = self._found(values, data_dir)
        shares = shares_of(found, values.validation, values.test)
        if not any(shares):
            return "Each part is a folder of its own: train, validation and test."
        taken = " and ".join(
            f"{percent(share)} for {name}"
            for share, name in zip(shares, ("validation", "the test"), strict=True)
            if share
        )
        alike = "with the classes in the same proportions everywhere"
        chance = f"{taken}, by chance with seed {values.split_seed}, {alike}."
        own = [part for part in ("validation", "test") if part in found.parts]
        if own:
            apart = f"The {own[0]} part is a folder of its own"
            return f"{apart}; taken from the training files: {chance}"
        return f"Taken from the files: {chance}"
