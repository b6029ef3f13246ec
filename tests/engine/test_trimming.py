"""Scripts hold what their document uses: code is folded by facts, comments stay."""

from __future__ import annotations

import ast
import textwrap

import pytest

from engine.exporting.bundle import Root
from engine.exporting.folding import (
    Facts,
    constant_of,
    fold,
    without_keywords,
    without_members,
)
from engine.exporting.script import script
from engine.exporting.trimming import Trimming
from tests.engine.documents import iris

FOLDED: list[tuple[Facts, str, str]] = [
    (
        {"recipe.patience": 0},
        """
        def f(recipe):
            # Why it stops.
            if recipe.patience and recipe.best:
                stop()
            go()
        """,
        """
        def f(recipe):
            go()
        """,
    ),
    (
        {"x.a": 2},
        """
        def f(x, y):
            if x.a > 1:
                # It is two: “2 × 1”.
                y = '''
            as it is'''
                return y
            return 0
        """,
        """
        def f(x, y):
            # It is two: “2 × 1”.
            y = '''
            as it is'''
            return y
        """,
    ),
    (
        {"kind": "b"},
        """
        def f(kind, y):
            if kind == "a":
                return 1
            elif y:
                return 2
            elif kind == "b":
                return 3
            else:
                return 4
        """,
        """
        def f(kind, y):
            if y:
                return 2
            else:
                return 3
        """,
    ),
    (
        {"f: n": 1, "g: n": 2},
        "def f(n, s):\n    return s[0] if n == 1 else sum(s)\n",
        "def f(n, s):\n    return s[0]\n",
    ),
    (
        {"done()": False, "nothing()": None, "rate()": 1.0},
        """
        def f(a):
            nothing(a)
            while a and not done(a):
                a = g(a) * rate(a)
        """,
        """
        def f(a):
            while a:
                a = g(a)
        """,
    ),
    (
        {"p": 0},
        "def f(p, q):\n    return 0 < p <= q\n",
        "def f(p, q):\n    return False\n",
    ),
    (
        {"p": False},
        """
        def f(p):
            mean = None
            share = min(1, 2)
            call = act()
            if p:
                mean = 1
            for each in p:
                pass
        """,
        """
        def f(p):
            call = act()
            for _each in p:
                pass
        """,
    ),
    (
        {"p": True},
        "def f(p, q):\n    return q or p, q and p\n",
        "def f(p, q):\n    return q or p, q and p\n",
    ),
    (
        {"x.wide": False},
        """
        def f(x):
            for name, one in x:
                if x.wide:
                    act(name)
                act(one)
        """,
        """
        def f(x):
            for _name, one in x:
                act(one)
        """,
    ),
    (
        {"empty": ()},
        """
        def f(empty):
            for each in empty:
                act(each)
        """,
        """
        def f(empty):
            pass
        """,
    ),
]


@pytest.mark.parametrize(("facts", "before", "after"), FOLDED)
def test_what_is_decided_is_left_out(facts: Facts, before: str, after: str) -> None:
    folded = fold(textwrap.dedent(before), facts)
    assert folded.strip() == textwrap.dedent(after).strip()
    assert fold(folded, facts) == folded
    ast.parse(folded)


def test_a_function_that_always_gives_the_same_is_told() -> None:
    assert (
        constant_of('def f(a):\n    """Words."""\n    return 2.0 * x\n', {"x": 3}) == 6
    )
    assert constant_of("def f(a):\n    return\n", {}) is None
    for text in ("def f(a):\n    return a\n", "def f():\n    act()\n", "X = 3\n"):
        with pytest.raises(LookupError):
            constant_of(text, {})


def test_members_that_nothing_reads_go() -> None:
    text = textwrap.dedent(
        '''
        class Score:
            """Sums."""

            size: int = 3
            """How many."""
            name: str = ""

            def __init__(self) -> None:
                self.sums = {}
                self.origins: dict[int, int] = {}
                """From where."""
                self.made = make()

            @property
            def mean(self) -> int:
                return 1

            def total(self) -> int:
                return 2
        '''
    )
    left = without_members(text, {"sums", "total", "name"}, fields=True)
    assert "size" not in left and "How many" not in left and "name: str" in left
    assert "origins" not in left and "From where" not in left
    assert "self.made = make()" in left  # making it may do more
    assert "mean" not in left and "@property" not in left and "total" in left
    assert "size" in without_members(text, set(), fields=False)
    call = "State(model=model, average=average, best=find(),)"
    assert without_keywords(call, "State", {"average", "best"}).split() == [
        "State(model=model,",
        "best=find(),)",
    ]


def test_what_nothing_reads_is_not_taken() -> None:
    roots = [Root("engine.training.schedule", "rate_factor")]
    whole = Trimming(roots, {}, "").bundle
    facts = {"recipe.schedule": "constant", "rate_factor: epochs < warm_up": False}
    less = Trimming(roots, facts, "").bundle
    assert "_between" in whole.names and "ONE_CYCLE_RISE" in whole.names
    assert "_between" not in less.names and "ONE_CYCLE_RISE" not in less.names


def test_a_script_holds_what_its_document_uses() -> None:
    plain = script(iris())
    for absent in ("AveragedModel", "one_cycle", "optim.Muon", "best_weights", "Mixed"):
        assert absent not in plain, absent
    rich = script(
        iris(schedule="one_cycle", patience=3, average=0.99, optimizer="Muon")
    )
    for present in ("AveragedModel", "ONE_CYCLE_RISE", "Muon", "best_weights"):
        assert present in rich, present
    assert len(plain.splitlines()) < 1450
