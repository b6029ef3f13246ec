"""The user's own pictures: a folder with a folder for each class."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Choice, Setting, Size, Values
from engine.catalog.spec import TensorSpec
from engine.data.class_folders import class_file_counts
from engine.data.declaration import SPLIT, DataInfo, DataKind
from engine.data.keeping import are_kept, kept_note
from engine.data.picture_files import PICTURE_ENDINGS, decoded_bytes, picture_sides
from engine.data.sources.class_files import FOLDER, _ClassFolders


class ImageFolder(_ClassFolders):
    """Your own pictures: a folder that holds a folder for each class.

    PNG, JPEG, BMP, GIF and WebP, brought to one size and scaled to -1 ... 1. Folders
    `train`, `val` and `test` with the class folders in them are taken as the parts;
    else validation and test are split off. What fits into memory (2 GiB) is decoded
    once, more is read from disk batch by batch.
    """

    id = "image-folder"
    title = "A folder of pictures"
    kind = DataKind.PICTURES
    licence = "Your own data."
    endings = PICTURE_ENDINGS
    what = "pictures"
    settings: ClassVar[tuple[Setting, ...]] = (
        FOLDER,
        Size(
            name="picture_size",
            default=64,
            dims=2,
            minimum=1,
            maximum=4096,
            unit="pixels",
            help="Height and width that every picture is brought to.",
        ),
        Choice(
            name="fit",
            default="crop",
            options=("crop", "squash"),
            help="Crop keeps proportions and cuts off what is too long; squash keeps "
            "everything and bends proportions.",
        ),
        Choice(
            name="colours",
            default="colour",
            options=("colour", "grey"),
            help="Three numbers a pixel, red, green and blue; or one.",
        ),
        Bool(
            name="normalise",
            label="Normalize",
            default=False,
            help="Bring each channel to mean 0 and standard deviation 1, by the "
            "training part's figures, rather than 0 ... 255 to -1 ... 1.",
        ),
        Choice(
            name="damaged",
            default="skip",
            options=("skip", "refuse"),
            label="Damaged pictures",
            advanced=True,
            help="What to do with a picture that cannot be read: leave it out and say "
            "so, or name it and stop. To find them, pictures on disk are all decoded "
            "once before training.",
        ),
        Choice(
            name="kept",
            default="auto",
            options=("auto", "in memory", "on disk"),
            label="Keep pictures",
            advanced=True,
            help="Decoded once and in memory, or on disk and decoded for every batch; "
            "auto looks at how much they take.",
        ),
        *SPLIT,
    )
    module = "engine.data.picture_folder"
    function = "load_image_folder"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        found = self._found(values, data_dir)
        counts = class_file_counts(found, values.validation, values.test)
        height, width = picture_sides(values.picture_size)
        channels = 1 if values.colours == "grey" else 3
        size = decoded_bytes(sum(counts.values()), channels, height, width)
        return DataInfo(
            inputs={"image": TensorSpec((channels, height, width))},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=found.classes,
            target_classes={"label": found.classes},
            counts=counts,
            is_on_disk=not are_kept(values.kept, size),
            note=kept_note(
                values.kept,
                size,
                "Decoded once",
                "Read from disk",
                "decoded, they take",
            ),
        )
