"""The size of a spectrogram, and its bands of pitch: decided without loading sounds."""

from __future__ import annotations

import math

from engine.data.errors import DataError

MOST_SOUND_BYTES = 64 * 1024**2
"""Of one spectrogram: a batch holds many."""


def spectrogram_size(
    rate: int, seconds: float, n_fft: int, hop: int, mels: int
) -> tuple[int, int]:
    """Bands and steps; raises DataError where a band would hold no frequency."""
    if mels:
        check_bands(rate, n_fft, mels)
    steps = 1 + max(1, round(rate * seconds)) // hop
    return mels or n_fft // 2 + 1, steps


def mel_edges(rate: int, mels: int) -> list[float]:
    """The `mels` + 2 frequencies in hertz between which the bands lie.

    At even distances of pitch m = 2595 log10(1 + f / 700) (O'Shaughnessy, Speech
    Communication, 1987), from 0 to half the rate.
    """
    highest = 2595.0 * math.log10(1.0 + rate / 2.0 / 700.0)
    pitches = [highest * place / (mels + 1) for place in range(mels + 2)]
    return [700.0 * (10.0 ** (pitch / 2595.0) - 1.0) for pitch in pitches]


def check_bands(rate: int, n_fft: int, mels: int) -> None:
    """Raises DataError where a band lies between two frequencies."""
    edges = mel_edges(rate, mels)
    apart = rate / n_fft
    empty = 0
    for low, high in zip(edges, edges[2:], strict=False):
        first = math.floor(low / apart) + 1  # the first frequency above the lower edge
        empty += first * apart >= high
    if empty:
        raise DataError(
            f"{empty} of the {mels} mel bands would hold no frequency: with n_fft "
            f"{n_fft} at {rate:,} Hz these are {apart:.1f} Hz apart.",
            "Take fewer mels, or a larger n_fft.",
        )


def check_spectrogram(bands: int, steps: int) -> None:
    """Raises DataError where a batch of such spectrograms could not be held."""
    size = 4 * bands * steps
    if size > MOST_SOUND_BYTES:
        raise DataError(
            f"A spectrogram of {bands} × {steps} takes {size / 1024**2:,.0f} MB, and "
            f"at most {MOST_SOUND_BYTES / 1024**2:.0f} MB are held for one.",
            "Take fewer seconds, fewer mels, or a longer hop.",
        )
