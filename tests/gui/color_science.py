"""Contrast, colour differences and colour-vision deficiencies, for the tests.

Contrast: WCAG 2.2, "relative luminance" and "contrast ratio". Difference: CIEDE2000,
Sharma, Wu and Dalal 2005, Color Research and Application 30(1), equations 1 to 22.
Deficiencies: Machado, Oliveira and Fernandes 2009, IEEE TVCG 15(6), at severity 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

VISIONS: dict[str, Vector] = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_TO_XYZ = np.array(  # sRGB, IEC 61966-2-1, white D65
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(color: str) -> Vector:
    """The light of a colour `#rrggbb`: red, green and blue from 0 to 1."""
    values = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark, light = sorted(float(linear(each) @ weights) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light: Vector) -> Vector:
    """CIELAB of linear sRGB."""
    ratio = _TO_XYZ @ np.clip(light, 0, 1) / _WHITE
    curve = np.where(
        ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116
    )
    x, y, z = curve
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: Vector, other: Vector) -> float:
    """CIEDE2000 of two CIELAB colours; about 2 is just seen side by side."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1 = np.degrees(np.arctan2(b1, a1 * stretch)) % 360
    h2 = np.degrees(np.arctan2(b2, a2 * stretch)) % 360
    is_grey = c1 * c2 == 0
    turn = 0.0 if is_grey else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2
    if not is_grey:
        hue = hue / 2
        if abs(h1 - h2) > 180:
            hue += 180 if hue < 180 else -180
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    off = (light - 50) ** 2
    s_light = 1 + 0.015 * off / np.sqrt(20 + off)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * weight
    bend = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = (
        -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(bend))
    )
    by_light = (l2 - l1) / s_light
    by_chroma, by_hue = (c2 - c1) / s_chroma, d_hue / s_hue
    squared = by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    return float(np.sqrt(squared))


def apart(one: str, other: str, vision: str) -> float:
    """How far apart two colours are for somebody with that vision."""
    matrix = VISIONS[vision]
    return difference(lab(matrix @ linear(one)), lab(matrix @ linear(other)))
