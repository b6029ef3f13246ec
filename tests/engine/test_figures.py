"""Numbers as people write them."""

from __future__ import annotations

import pytest

from engine.figures import (
    figure,
    loss_figure,
    metric_text,
    percent,
    round_count,
    short_bytes,
    short_count,
    short_time,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.03123, "0.03123"),
        (1.0, "1"),
        (9999.4, "9999"),
        (58681.2, "58681"),
        (-352100.0, "-352100"),
        (1e-5, "0.00001"),
        (-1.234567e-5, "-0.00001235"),
        (1e-9, "1e-09"),
        (0.0, "0"),
        (3e20, "3e+20"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_a_price_is_no_power_of_ten(value: float, written: str) -> None:
    assert figure(value) == written


@pytest.mark.parametrize(
    ("loss", "written"),
    [
        (2.302585, "2.303"),
        (0.0000123456, "0.00001235"),
        (5.473e-8, "5.47e-8"),
        (5.473e-12, "5.47e-12"),
        (5.473e-16, "< 1e-12"),
        (-5.473e-16, "> -1e-12"),
        (0.0, "0"),
        (-3.5, "-3.5"),
        (float("nan"), "nan"),
    ],
)
def test_a_loss_keeps_its_size_and_no_digits_that_are_rounding(
    loss: float, written: str
) -> None:
    assert loss_figure(loss) == written


def test_thousands_are_set_apart_where_no_other_number_follows() -> None:
    assert figure(58681.2, is_grouped=True) == "58,681"
    assert metric_text("mae", 58681.2) == "MAE 58,681"
    assert metric_text("r2", -0.8992) == "R² −0.8992"


def test_metrics_are_called_as_people_call_them() -> None:
    assert metric_text("accuracy", 0.979) == "accuracy 97.9 %"
    assert metric_text("next_f1", 0.5) == "next f1 50.0 %"
    assert metric_text("r2", 0.7388) == "R² 0.7388"
    assert metric_text("bits_per_token", 2.16) == "bits per token 2.16"
    assert percent(0.9725, 1) == "97.2\u00a0%"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (9_999, "9,999"),
        (10_000, "10.0 k"),
        (99_949, "99.9 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (1_150_000, "1.15 M"),
        (1_300_000, "1.30 M"),
        (5_000_000_000, "5.00 G"),
    ],
)
def test_large_counts_always_have_three_digits(number: int, text: str) -> None:
    assert short_count(number) == text


def test_memory_and_times_have_three_digits_too() -> None:
    assert short_bytes(1_023) == "1023 B"
    assert short_bytes(1_024) == "1.00 KiB"
    assert short_bytes(1_010 * 1_024) == "0.986 MiB", "no power of ten"
    assert short_bytes(2**31) == "2.00 GiB"
    assert short_time(999_600) == "1.00 ms", "no power of ten"
    assert short_time(2_000_000_000) == "2.00 s"


@pytest.mark.parametrize(
    ("number", "text"),
    [(4_000_000_000, "4 G"), (1_500_000, "1.5 M"), (500, "500"), (200_000, "200 k")],
)
def test_a_limit_is_told_without_zeros_at_its_end(number: int, text: str) -> None:
    assert round_count(number) == text
