"""The user's own sounds: a folder with a folder of WAV files for each class."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Choice, Count, Float, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.class_folders import class_file_counts
from engine.data.declaration import SPLIT, DataInfo, DataKind
from engine.data.keeping import are_kept, kept_note
from engine.data.mel_bands import check_spectrogram, spectrogram_size
from engine.data.sources.class_files import FOLDER, _ClassFolders


class WavFolder(_ClassFolders):
    """Your own sounds: a folder that holds a folder of WAV files for each class.

    Each sound becomes a spectrogram: how strong each pitch is, step by step, as a
    logarithm. That is a picture of one channel, so that networks for pictures fit.
    Folders `train`, `val` and `test` with the class folders in them are taken as the
    parts. PCM of 8, 16, 24 or 32 bits; of several channels the mean. What fits into
    memory (2 GiB) is read once, more is read from disk batch by batch.
    """

    id = "wav-folder"
    title = "A folder of sounds"
    kind = DataKind.SERIES
    licence = "Your own data."
    endings = (".wav", ".wave")
    what = "sounds"
    settings: ClassVar[tuple[Setting, ...]] = (
        FOLDER,
        Count(
            name="sample_rate",
            default=16_000,
            minimum=100,
            maximum=384_000,
            unit="Hz",
            help="What every sound is brought to; half of it is the highest pitch.",
        ),
        Float(
            name="seconds",
            default=1.0,
            above=0.0,
            maximum=600.0,
            unit="s",
            help="Longer sounds are cut, shorter ones are followed by silence.",
        ),
        Count(
            name="n_fft",
            default=512,
            minimum=16,
            maximum=16_384,
            unit="samples",
            label="Window (n_fft)",
            help="How many samples each step looks at; more tell pitches better apart.",
        ),
        Count(
            name="hop",
            default=256,
            minimum=1,
            maximum=16_384,
            unit="samples",
            help="How many samples there are from step to step.",
        ),
        Int(
            name="mels",
            default=40,
            minimum=0,
            maximum=512,
            unit="bands",
            label="Mel bands",
            help="Bands of pitch, as ears tell them apart; 0 keeps every frequency.",
        ),
        Bool(
            name="normalise",
            label="Normalize",
            default=True,
            help="Bring spectrograms to mean 0 and standard deviation 1, by the "
            "training part's figures.",
        ),
        Choice(
            name="damaged",
            default="skip",
            options=("skip", "refuse"),
            label="Damaged sounds",
            advanced=True,
            help="What to do with a sound that cannot be read: leave it out and say "
            "so, or name it and stop.",
        ),
        Choice(
            name="kept",
            default="auto",
            options=("auto", "in memory", "on disk"),
            label="Keep sounds",
            advanced=True,
            help="Made into spectrograms once and kept in memory, or read from disk "
            "for every batch; auto looks at how much they take.",
        ),
        *SPLIT,
    )
    module = "engine.data.sound_folder"
    function = "load_wav_folder"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        found = self._found(values, data_dir)
        counts = class_file_counts(found, values.validation, values.test)
        bands, steps = spectrogram_size(
            values.sample_rate, values.seconds, values.n_fft, values.hop, values.mels
        )
        check_spectrogram(bands, steps)
        size = 4 * sum(counts.values()) * bands * steps
        return DataInfo(
            inputs={"spectrogram": TensorSpec((1, bands, steps))},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=found.classes,
            target_classes={"label": found.classes},
            counts=counts,
            is_on_disk=not are_kept(values.kept, size),
            drawn_upwards=frozenset({"spectrogram"}),
            note=f"{steps} steps of {values.hop / values.sample_rate * 1000:.3g} ms. "
            + kept_note(
                values.kept, size, "Read once", "Read from disk", "spectrograms take"
            ),
        )
