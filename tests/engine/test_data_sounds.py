"""A folder of sounds: PCM of every width, spectrograms, refusals."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.data.mel_bands import check_bands
from engine.data.sound_folder import log_spectrogram, mel_filters
from engine.data.sounds import fitted_sound, read_wav
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.problems import Refusal
from tests.engine.data_files import write_tones, write_wav

SMALL = {"sample_rate": 8000, "seconds": 0.25, "n_fft": 256, "hop": 128, "mels": 20}


def sounds(path: Path, **settings: Any) -> DataConfig:
    return DataConfig(
        source="wav-folder", settings={"path": str(path), **SMALL, **settings}
    )


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_pcm_of_every_width_is_read(width: int, channels: int, tmp_path: Path) -> None:
    wave = np.sin(np.arange(500) / 9.0) * 0.9
    frames = np.stack([wave, wave * 0.5], axis=1) if channels == 2 else wave
    write_wav(tmp_path / "a.wav", frames, 11_025, width, channels)
    read, rate = read_wav(tmp_path / "a.wav")
    assert rate == 11_025
    wanted = frames.mean(axis=1) if channels == 2 else frames
    assert np.abs(read - wanted).max() <= 2.0 ** (1 - 8 * width)
    assert read.min() < -0.6 < 0.6 < read.max()


def test_the_ends_of_the_range_are_one(tmp_path: Path) -> None:
    for width in (1, 2, 3, 4):
        write_wav(tmp_path / "a.wav", np.array([-1.0, 0.0, 0.5]), width=width)
        assert read_wav(tmp_path / "a.wav")[0].tolist() == [-1.0, 0.0, 0.5]


def test_another_rate_keeps_the_pitch_and_what_is_too_high_goes(tmp_path: Path) -> None:
    times = np.arange(48_000) / 48_000
    low, high = (np.sin(2 * np.pi * hertz * times) * 0.5 for hertz in (440.0, 6000.0))
    write_wav(tmp_path / "low.wav", low, 48_000)
    write_wav(tmp_path / "high.wav", high, 48_000)
    fitted = fitted_sound(tmp_path / "low.wav", 8000, 8000)
    wanted = np.sin(2 * np.pi * 440.0 * np.arange(8000) / 8000) * 0.5
    assert np.abs(fitted - wanted)[100:-100].max() < 0.01
    # 6,000 Hz is above half of 8,000: it may not come back as another pitch.
    assert (
        np.abs(fitted_sound(tmp_path / "high.wav", 8000, 8000))[100:-100].max() < 0.02
    )


def test_short_sounds_end_in_silence_and_long_ones_are_cut(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.full(100, 0.25))
    fitted = fitted_sound(tmp_path / "a.wav", 8000, 150)
    assert fitted.tolist() == [0.25] * 100 + [0.0] * 50
    assert fitted_sound(tmp_path / "a.wav", 8000, 30).shape == (30,)


def test_a_spectrogram_is_the_power_of_each_pitch() -> None:
    """Against sums of sines and cosines, written out."""
    wave = torch.sin(torch.arange(400) * 0.3) * 0.5
    n_fft, hop = 64, 32
    made = log_spectrogram(wave.unsqueeze(0), n_fft, hop, None)
    assert made.shape == (1, 1, 33, 13)
    padded = torch.cat([torch.zeros(32), wave, torch.zeros(32)]).double()
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * torch.arange(64).double() / 64)
    for step, pitch in ((3, 0), (5, 7), (12, 32)):
        frame = padded[step * hop : step * hop + n_fft] * window
        angle = 2 * math.pi * pitch * torch.arange(64).double() / 64
        power = (frame * angle.cos()).sum() ** 2 + (frame * angle.sin()).sum() ** 2
        assert float(made[0, 0, pitch, step]) == pytest.approx(
            float((power + 1e-6).log()), abs=2e-3
        )


def test_mel_bands_are_those_of_transformers() -> None:
    from transformers.audio_utils import mel_filter_bank

    wanted = mel_filter_bank(
        num_frequency_bins=257,
        num_mel_filters=40,
        min_frequency=0.0,
        max_frequency=8000.0,
        sampling_rate=16_000,
        norm=None,
        mel_scale="htk",
    )
    ours = mel_filters(16_000, 512, 40)
    assert torch.allclose(ours.double(), torch.from_numpy(wanted.T), atol=1e-5)


def test_a_folder_of_tones(tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    info, splits = describe(sounds(tmp_path / "a")), load(sounds(tmp_path / "a"))
    assert info.classes == splits.classes == ("high", "low")
    assert info.inputs["spectrogram"].shape == (1, 20, 16)
    assert info.counts == {"train": 17, "validation": 2, "test": 5}
    assert info.note == (
        "16 steps of 16 ms. Read once and kept: in memory they take 30 KiB, not "
        "more than 2 GiB."
    )
    train = splits.train.inputs["spectrogram"]
    assert tuple(train.shape) == (17, 1, 20, 16)
    assert float(train.double().mean()) == pytest.approx(0.0, abs=1e-5)
    assert float(train.double().std(correction=0)) == pytest.approx(1.0, abs=1e-5)
    assert float(splits.test.inputs["spectrogram"].mean().abs()) > 1e-4
    loudest = train[:, 0].mean(dim=2).argmax(dim=1)
    labels = splits.train.targets["label"]
    assert int(loudest[labels == 0].min()) > int(loudest[labels == 1].max())


def test_all_frequencies_without_mel_bands(tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    config = sounds(tmp_path / "a", mels=0, normalise=False)
    assert describe(config).inputs["spectrogram"].shape == (1, 129, 16)
    splits = load(config)
    low = splits.train.targets["label"] == 1
    mean = splits.train.inputs["spectrogram"][low][:, 0].mean(dim=(0, 2))
    # 300 Hz and a little more, where a step is 31.25 Hz.
    assert int(mean.argmax()) in {10, 11}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read as WAV (it is cut off)"),
        (b"ID3 no wav at all, but long enough", "cannot be read as WAV (file does not"),
        (
            # The head of a file of 32-bit floats.
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x40\x1f\0\0\0\x7d\0\0\x04\0"
            b"\x20\0data\0\0\0\0",
            "cannot be read as WAV (unknown format: 3)",
        ),
    ],
)
def test_what_is_no_pcm_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    path = tmp_path / "a/low/03.wav"
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        load(sounds(tmp_path / "a", damaged="refuse"))
    assert caught.value.problem.message.startswith(f"The sound {path} {message}")
    assert caught.value.problem.remedy == (
        "Save it as PCM WAV of 8, 16, 24 or 32 bits, or take it away."
    )


def test_a_sound_of_no_length(tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    path = tmp_path / "a/low/03.wav"
    write_wav(path, np.zeros(0))
    with pytest.raises(Refusal) as caught:
        load(sounds(tmp_path / "a", damaged="refuse"))
    assert str(caught.value) == (
        f"The sound {path} holds no sound. Save it again, or take it away."
    )


def test_too_many_bands_and_too_much_memory(tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    for act in (describe, load):
        with pytest.raises(Refusal) as caught:
            act(sounds(tmp_path / "a", mels=100))
        assert str(caught.value) == (
            "1 of the 100 mel bands would hold no frequency: with n_fft 256 at 8,000 "
            "Hz these are 31.2 Hz apart. Take fewer mels, or a larger n_fft."
        )
        with pytest.raises(Refusal) as caught:
            act(sounds(tmp_path / "a", mels=0, n_fft=16_384, hop=1, seconds=5.0))
        assert str(caught.value) == (
            "A spectrogram of 8193 × 40001 takes 1,250 MB, and at most 64 MB are held "
            "for one. Take fewer seconds, fewer mels, or a longer hop."
        )


def test_no_band_is_empty_when_none_is_reported() -> None:
    for rate, n_fft, mels in ((8000, 256, 20), (16_000, 512, 40), (44_100, 1024, 64)):
        check_bands(rate, n_fft, mels)
        assert float(mel_filters(rate, n_fft, mels).sum(dim=1).min()) > 0
    assert int((mel_filters(8000, 256, 100).sum(dim=1) == 0).sum()) == 1


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_damaged_sounds_are_left_out_counted_and_named(
    kept: str, tmp_path: Path
) -> None:
    write_tones(tmp_path / "a")
    low = tmp_path / "a/low"
    (low / "03.wav").write_bytes(b"")
    (low / "05.wav").write_bytes((low / "05.wav").read_bytes()[:400])
    splits = load(sounds(tmp_path / "a", kept=kept))
    assert sum(map(len, (splits.train, splits.validation, splits.test))) == 22
    assert splits.note.startswith("2 damaged sound(s) left out: ")
    assert "03.wav" in splits.note
    assert "05.wav" in splits.note
    (low / "03.wav").write_bytes((low / "04.wav").read_bytes())
    with pytest.raises(Refusal) as caught:
        load(sounds(tmp_path / "a", kept=kept, damaged="refuse"))
    assert str(caught.value) == (
        f"The sound {low / '05.wav'} is cut off: it announces 4,000 bytes, and the "
        f"whole file has 400. Save it again, or take it away."
    )
    for path in (tmp_path / "a").rglob("*.wav"):
        path.write_bytes(b"")
    with pytest.raises(Refusal) as caught:
        load(sounds(tmp_path / "a", kept=kept))
    assert str(caught.value) == (
        "Every sound of the train part is damaged. Choose another folder, or look at "
        "one of the sounds."
    )


def test_a_sound_whose_length_was_not_known_is_read(tmp_path: Path) -> None:
    write_tones(tmp_path / "a")
    path = tmp_path / "a/low/03.wav"
    raw = bytearray(path.read_bytes())
    raw[40:44] = (2**32 - 1).to_bytes(4, "little")
    path.write_bytes(raw)
    assert load(sounds(tmp_path / "a")).note == ""
