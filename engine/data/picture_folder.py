"""A folder of class folders of pictures, as samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.class_folders import chosen_folder, find_class_files
from engine.data.class_splits import (
    LabelledFiles,
    check_some_sound,
    left_out_note,
    split_class_files,
)
from engine.data.errors import DataError
from engine.data.keeping import are_kept
from engine.data.picture_files import PICTURE_ENDINGS, decoded_bytes, picture_sides
from engine.data.picture_reading import (
    PictureForm,
    read_pictures,
    scaled_pictures,
)
from engine.data.samples import Samples, Splits
from engine.data.splitting import places_to_look_at
from engine.data.streamed import as_field
from engine.data.streamed_pictures import StreamedPictures


def load_image_folder(
    data_dir: Path,
    *,
    path: str,
    picture_size: int | tuple[int, int],
    fit: str,
    colours: str,
    normalise: bool,
    damaged: str,
    kept: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Pictures (N, C, H, W) and the number of each one's class folder (N,).

    They are from -1 to 1, or with `normalise` of mean 0 and standard deviation 1 in
    each channel by the training part's figures. Kept in memory, or read from disk for
    every batch; damaged ones are refused, or left out.
    """
    found = find_class_files(chosen_folder(data_dir, path), PICTURE_ENDINGS, "pictures")
    parts = split_class_files(found, validation, test, split_seed)
    height, width = picture_sides(picture_size)
    form = PictureForm(height, width, "L" if colours == "grey" else "RGB", fit)
    count = sum(len(files) for files, _ in parts.values())
    if are_kept(kept, decoded_bytes(count, form.channels, height, width)):
        samples, left_out = kept_pictures(parts, form, normalise, damaged)
    else:
        samples, left_out = streamed_pictures(parts, form, normalise, damaged)
    return Splits(
        samples["train"],
        samples["validation"],
        samples["test"],
        "classification",
        found.classes,
        note=left_out_note(left_out, "picture"),
    )


def kept_pictures(
    parts: dict[str, LabelledFiles], form: PictureForm, normalise: bool, damaged: str
) -> tuple[dict[str, Samples], list[Path]]:
    """The pictures of each part, decoded; and the damaged ones that were left out."""
    left_out: list[Path] = []
    decoded = {}
    for part, (files, labels) in parts.items():
        pixels = np.empty(
            (len(files), form.channels, form.height, form.width), np.uint8
        )
        sound: list[int] = []
        for index, picture in enumerate(read_pictures(files, form)):
            if isinstance(picture, DataError):
                if damaged == "refuse":
                    raise picture
                left_out.append(files[index])
            else:
                pixels[len(sound)] = picture
                sound.append(index)
        check_some_sound(part, sound, "picture")
        decoded[part] = pixels[: len(sound)], labels[sound]
    mean, std = picture_scale(decoded["train"][0], normalise)
    samples = {
        part: Samples(
            {"image": scaled_pictures(pixels, mean, std)},
            {"label": torch.from_numpy(labels)},
        )
        for part, (pixels, labels) in decoded.items()
    }
    return samples, left_out


def streamed_pictures(
    parts: dict[str, LabelledFiles], form: PictureForm, normalise: bool, damaged: str
) -> tuple[dict[str, Samples], list[Path]]:
    """Each part's pictures, to be read when they are needed; and those left out.

    To leave damaged ones out, every picture is decoded once before training begins.
    """
    left_out: list[Path] = []
    sound_parts = dict(parts)
    if damaged == "skip":
        for part, (files, labels) in parts.items():
            outcomes = [
                isinstance(one, DataError) for one in read_pictures(files, form)
            ]
            left_out += [file for file, bad in zip(files, outcomes, strict=True) if bad]
            sound = [index for index, bad in enumerate(outcomes) if not bad]
            check_some_sound(part, sound, "picture")
            sound_parts[part] = [files[index] for index in sound], labels[sound]
    mean, std = picture_scale(np.empty((0, form.channels, 1, 1), np.uint8), False)
    if normalise:
        files = sound_parts["train"][0]
        seen = []
        chosen = [files[place] for place in places_to_look_at(len(files))]
        for one in read_pictures(chosen, form):
            if isinstance(one, DataError):
                raise one
            seen.append(one)
        mean, std = picture_scale(np.stack(seen), True)
    samples = {}
    for part, (files, labels) in sound_parts.items():
        field = as_field(StreamedPictures(files, form, mean, std))
        samples[part] = Samples({"image": field}, {"label": torch.from_numpy(labels)})
    return samples, left_out


def picture_scale(
    pixels: NDArray[np.uint8], normalise: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and deviation of each channel (C, 1, 1) of values from 0 to 1.

    Without `normalise` a half each, which brings 0 ... 1 to -1 ... 1.
    """
    channels = pixels.shape[1]
    if not normalise:
        half = np.full((channels, 1, 1), 0.5, np.float32)
        return half, half
    # From counts of each byte: exact, and needs no copy of the pictures as numbers.
    means, stds = [], []
    values = np.arange(256) / 255.0
    for channel in range(channels):
        counts = np.bincount(pixels[:, channel].ravel(), minlength=256)
        mean = float((counts * values).sum() / counts.sum())
        variance = float((counts * (values - mean) ** 2).sum() / counts.sum())
        means.append(mean)
        stds.append(variance**0.5 if variance > 0 else 1.0)
    return (
        np.array(means, np.float32).reshape(-1, 1, 1),
        np.array(stds, np.float32).reshape(-1, 1, 1),
    )
