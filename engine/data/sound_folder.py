"""A folder of class folders of WAV files, as spectrograms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.data.class_folders import chosen_folder, find_class_files
from engine.data.class_splits import (
    LabelledFiles,
    check_some_sound,
    left_out_note,
    split_class_files,
)
from engine.data.errors import DataError
from engine.data.keeping import are_kept
from engine.data.mel_bands import check_spectrogram, mel_edges, spectrogram_size
from engine.data.samples import Samples, Splits
from engine.data.sounds import SOUND_ENDINGS, check_wav, fitted_sound
from engine.data.splitting import mean_and_std, places_to_look_at
from engine.data.streamed import Raw, Streamed, as_field

SOUNDS_AT_ONCE = 64
LEAST_POWER = 1e-6
"""Added before the logarithm: silence is no number without it."""


def load_wav_folder(
    data_dir: Path,
    *,
    path: str,
    sample_rate: int,
    seconds: float,
    n_fft: int,
    hop: int,
    mels: int,
    normalise: bool,
    damaged: str,
    kept: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Logarithmic spectrograms (N, 1, bands, steps) and each one's class folder (N,).

    Bands are `mels` of pitch, or with 0 all n_fft // 2 + 1 frequencies, low ones first;
    steps are `hop` samples apart. `normalise` brings them to mean 0 and standard
    deviation 1 by the training part's figures.
    """
    found = find_class_files(chosen_folder(data_dir, path), SOUND_ENDINGS, "sounds")
    parts = split_class_files(found, validation, test, split_seed)
    bands, steps = spectrogram_size(sample_rate, seconds, n_fft, hop, mels)
    check_spectrogram(bands, steps)
    filters = mel_filters(sample_rate, n_fft, mels) if mels else None
    form = SoundForm(sample_rate, max(1, round(sample_rate * seconds)), n_fft, hop)
    parts, left_out = sound_parts(parts, damaged)
    streams = {
        part: StreamedSounds(files, form, filters, (bands, steps))
        for part, (files, _) in parts.items()
    }
    count = sum(len(files) for files, _ in parts.values())
    is_kept = are_kept(kept, 4 * count * bands * steps)
    fields = {
        part: held(one) if is_kept else as_field(one) for part, one in streams.items()
    }
    if normalise:
        bring_to_scale(fields, streams, is_kept)
    train, watched, tested = (
        Samples(
            {"spectrogram": fields[part]},
            {"label": torch.from_numpy(parts[part][1])},
        )
        for part in ("train", "validation", "test")
    )
    return Splits(
        train,
        watched,
        tested,
        "classification",
        found.classes,
        note=left_out_note(left_out, "sound"),
    )


def bring_to_scale(
    fields: dict[str, Tensor], streams: dict[str, StreamedSounds], is_kept: bool
) -> None:
    """Give what is read the training part's mean 0 and deviation 1, and what is kept.

    Those of what is not kept are taken of some samples.
    """
    seen = fields["train"]
    if not is_kept:
        seen = seen[torch.tensor(places_to_look_at(len(seen)))]
    scale = mean_and_std(seen.numpy().astype(np.float64))
    for part, one in streams.items():
        one.scale = scale
        if is_kept:
            fields[part] = scaled_sounds(fields[part], scale)


def sound_parts(
    parts: dict[str, LabelledFiles], damaged: str
) -> tuple[dict[str, LabelledFiles], list[Path]]:
    """The files of each part that can be read; and the damaged ones.

    Only their heads are looked at, which is quick. Raises DataError with `refuse`.
    """
    sound_ones, left_out = {}, []
    for part, (files, labels) in parts.items():
        chosen = []
        for index, file in enumerate(files):
            try:
                check_wav(file)
            except DataError:
                if damaged == "refuse":
                    raise
                left_out.append(file)
            else:
                chosen.append(index)
        if files:
            check_some_sound(part, chosen, "sound")
        sound_ones[part] = [files[index] for index in chosen], labels[chosen]
    return sound_ones, left_out


def held(stream: Streamed) -> Tensor:
    """All that a stream reads, in memory."""
    whole = torch.empty(stream.shape)
    for start in range(0, len(stream), SOUNDS_AT_ONCE):
        places = torch.arange(start, min(start + SOUNDS_AT_ONCE, len(stream)))
        whole[start : start + SOUNDS_AT_ONCE] = stream[places]
    return whole


@dataclass(frozen=True, slots=True)
class SoundForm:
    """How a sound is brought to a spectrogram."""

    rate: int
    length: int
    """Samples of each sound."""
    n_fft: int
    hop: int


class StreamedSounds(Streamed):
    """Stands for spectrograms (N, 1, bands, steps)."""

    scale: tuple[float, float] | None = None
    """The mean and the deviation that become 0 and 1."""

    def __init__(
        self,
        files: list[Path],
        form: SoundForm,
        filters: Tensor | None,
        size: tuple[int, int],
    ) -> None:
        super().__init__((len(files), 1, *size), (1, *size), np.dtype(np.float32))
        self._files = files
        self._form = form
        self._filters = filters

    def read(self, share: list[tuple[int, int]], raw: Raw) -> None:
        form = self._form
        for number, place in share:
            sound = fitted_sound(self._files[number], form.rate, form.length)
            wave = torch.from_numpy(sound).unsqueeze(0)
            # One by one: the digits are the same in any batch.
            made = log_spectrogram(wave, form.n_fft, form.hop, self._filters)
            raw[place] = made[0].numpy()

    def finished(self, raw: Raw) -> Tensor:
        made = torch.from_numpy(raw)
        return made if self.scale is None else scaled_sounds(made, self.scale)

    def file_bytes(self, index: int) -> bytes:
        return self._files[index].read_bytes()


def scaled_sounds(sounds: Tensor, scale: tuple[float, float]) -> Tensor:
    """Spectrograms with mean 0 and deviation 1 where they had those of `scale`."""
    mean, std = scale
    return (sounds - mean) / std


def log_spectrogram(
    waves_NT: Tensor,  # noqa: N803  dimensions, as elsewhere
    n_fft: int,
    hop: int,
    filters: Tensor | None,
) -> Tensor:
    """The logarithm of the power: (N, T) -> (N, 1, bands, 1 + T // hop).

    With a Hann window of `n_fft` around every step, zeros beyond the ends.
    """
    spectrum = torch.stft(
        waves_NT,
        n_fft,
        hop_length=hop,
        window=torch.hann_window(n_fft),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    power = spectrum.real.square() + spectrum.imag.square()
    if filters is not None:
        power = filters @ power
    return power.add(LEAST_POWER).log().unsqueeze(1)


def mel_filters(rate: int, n_fft: int, mels: int) -> Tensor:
    """Triangles of height 1 over bands of pitch: (mels, n_fft // 2 + 1)."""
    edges = np.array(mel_edges(rate, mels))
    frequencies = np.linspace(0.0, rate / 2.0, n_fft // 2 + 1)
    low, middle, high = (edges[i : i + mels, np.newaxis] for i in range(3))
    rising = (frequencies - low) / (middle - low)
    falling = (high - frequencies) / (high - middle)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return torch.from_numpy(triangles.astype(np.float32))
