"""A folder of class folders of WAV files, as spectrograms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.data.class_folders import chosen_folder, find_class_files
from engine.data.class_splits import split_class_files
from engine.data.mel_bands import check_sound_memory, mel_edges, spectrogram_size
from engine.data.samples import Samples, Splits
from engine.data.sounds import SOUND_ENDINGS, fitted_sound
from engine.data.splitting import mean_and_std

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
    count = sum(len(files) for files, _ in parts.values())
    check_sound_memory(count, bands, steps)
    filters = mel_filters(sample_rate, n_fft, mels) if mels else None
    length = max(1, round(sample_rate * seconds))
    pictures = {}
    for part, (files, _) in parts.items():
        pieces = []
        for start in range(0, len(files), SOUNDS_AT_ONCE):
            sounds = [
                fitted_sound(file, sample_rate, length)
                for file in files[start : start + SOUNDS_AT_ONCE]
            ]
            waves = torch.from_numpy(np.stack(sounds))
            pieces.append(log_spectrogram(waves, n_fft, hop, filters))
        pictures[part] = torch.cat(pieces)
    if normalise:
        mean, std = mean_and_std(pictures["train"].numpy().astype(np.float64))
        pictures = {part: (one - mean) / std for part, one in pictures.items()}
    train, watched, tested = (
        Samples(
            {"spectrogram": pictures[part]}, {"label": torch.from_numpy(parts[part][1])}
        )
        for part in ("train", "validation", "test")
    )
    return Splits(train, watched, tested, "classification", found.classes)


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
