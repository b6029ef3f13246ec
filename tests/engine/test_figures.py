"""Numbers as people write them."""

from __future__ import annotations

import pytest

from engine.figures import figure, metric_text, percent


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
