"""Arithmetic of a block's settings, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import ExpressionError, evaluate, names_in, sum_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("4 * channels", 32),
        ("channels // 3 + 1", 3),
        ("-(channels - 10) * 2", 4),
        (" heads*channels ", 16),
    ],
)
def test_values(text: str, value: int) -> None:
    assert evaluate(text, {"channels": 8, "heads": 2}) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("__import__('os')", "calls something"),
        ("channels.bit_length()", "calls something"),
        ("channels.real", "may hold names, whole numbers"),
        ("2 ** 3", "may hold"),
        ("[1][0]", "may hold"),
        ("1.5", "may hold"),
        ("True", "may hold"),
        ("'a'", "may hold"),
        ("1 if 2 else 3", "may hold"),
        ("1 +", "is no arithmetic"),
        ("", "is no arithmetic"),
        ("width", "uses width; the block's settings are: channels"),
        ("8 // (channels - 8)", "divides by 0"),
        ("*".join(["1000000"] * 9), "too large"),
        ("1+" * 200 + "1", "is longer than 200 characters"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=r".*") as caught:
        evaluate(text, {"channels": 8})
    assert reason in str(caught.value)


def test_the_names_an_expression_uses() -> None:
    assert names_in("4 * channels + heads // channels") == {"channels", "heads"}


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    try:
        assert isinstance(evaluate(text, {"a": 3}), int)
    except ExpressionError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64*2", 128),
        ("(3 + 5) * -2", -16),
        ("96/3", 32),
        ("0.1/4", 0.025),
        ("1e-3*2", 0.002),
    ],
)
def test_sums_of_plain_numbers(text: str, value: float) -> None:
    assert sum_of(text) == value
    assert type(sum_of(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "64*",
        "2**3",
        "a*2",
        "f(2)",
        "1/0",
        "'a'*2",
        "True",
        "1e999-1e999",
        "9e99*9",
        "",
        "1e3",
        "7",
    ],
)
def test_what_is_no_sum(text: str) -> None:
    with pytest.raises(ExpressionError):
        sum_of(text)
