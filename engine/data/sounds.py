"""WAV files: read, brought to one rate, and cut to one length."""

from __future__ import annotations

import contextlib
import math
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from engine.data.errors import DataError

MOST_ANNOUNCED = 2**31 - 2**16
"""Bytes; more are a sign that the length was not known."""
SOUND_ENDINGS = (".wav", ".wave")


def read_wav(path: Path) -> tuple[NDArray[np.float64], int]:
    """The sound in a file from -1 to 1, (samples,), and its rate in hertz.

    PCM of 8, 16, 24 and 32 bits; of several channels the mean. Raises DataError for
    any other file.
    """
    with opened_wav(path) as file:
        channels, width = file.getnchannels(), file.getsampwidth()
        rate = file.getframerate()
        raw = file.readframes(file.getnframes())
    frames = len(raw) // (channels * width)  # the last one may be cut off
    if frames == 0 or rate <= 0:
        raise no_sound(path)
    samples = pcm_numbers(raw[: frames * channels * width], width)
    mono: NDArray[np.float64] = samples.reshape(frames, channels).mean(axis=1)
    return mono, rate


def check_wav(path: Path) -> None:
    """Raises DataError for a file whose head is not that of a sound."""
    with opened_wav(path) as file:
        if file.getnframes() == 0 or file.getframerate() <= 0:
            raise no_sound(path)
        size = file.getnframes() * file.getnchannels() * file.getsampwidth()
    there = path.stat().st_size
    # Who writes a sound to a pipe does not know its length, and announces the most.
    if there < size < MOST_ANNOUNCED:
        raise DataError(
            f"The sound {path} is cut off: it announces {size:,} bytes, and the whole "
            f"file has {there:,}.",
            "Save it again, or take it away.",
        )


@contextlib.contextmanager
def opened_wav(path: Path) -> Iterator[wave.Wave_read]:
    """A file of PCM, open to be read; raises DataError where it is none."""
    try:
        with wave.open(str(path), "rb") as file:
            yield file
    except FileNotFoundError as error:
        raise DataError(
            f"The sound {path} is not there any more.",
            "Put it back, or begin again without it.",
        ) from error
    except (wave.Error, EOFError) as error:
        why = str(error) or "it is cut off"
        raise DataError(
            f"The sound {path} cannot be read as WAV ({why}).",
            "Save it as PCM WAV of 8, 16, 24 or 32 bits, or take it away.",
        ) from error


def no_sound(path: Path) -> DataError:
    """What to say of a file of no length."""
    return DataError(
        f"The sound {path} holds no sound.", "Save it again, or take it away."
    )


def pcm_numbers(raw: bytes, width: int) -> NDArray[np.float64]:
    """Samples of `width` bytes as numbers from -1 to 1; one byte counts from 0."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128.0) / 128.0
    if width == 3:  # no such type: the upper three bytes of four
        whole = np.zeros((len(raw) // 3, 4), np.uint8)
        whole[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return whole.view("<i4").reshape(-1).astype(np.float64) / 2.0**31
    return np.frombuffer(raw, f"<i{width}").astype(np.float64) / 2.0 ** (8 * width - 1)


def fitted_sound(path: Path, rate: int, count: int) -> NDArray[np.float32]:
    """The first `count` samples at `rate`; a shorter sound is followed by silence."""
    samples, own_rate = read_wav(path)
    if own_rate != rate:
        shared = math.gcd(own_rate, rate)
        samples = resample_poly(samples, rate // shared, own_rate // shared)
    fitted = np.zeros(count, np.float32)
    taken = samples[:count]
    fitted[: len(taken)] = taken
    return fitted
