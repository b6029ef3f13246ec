"""Whatever is done to blocks can be undone, and what is known of them stays right."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis import analyse
from engine.document import Document
from engine.edits import Compound
from tests.engine.random_block_edits import random_block_edit, random_number
from tests.engine.random_edits import RandomEdit, done_undone_and_redone
from tests.engine.test_round_trips import nested_documents

calm = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@calm
@given(nested_documents(), st.data())
def test_do_undo_redo_gives_equal_documents(
    document: Document, data: st.DataObject
) -> None:
    done_undone_and_redone(document, data, random_block_edit)


@pytest.mark.parametrize("random", [random_block_edit, random_number])
@calm
@given(document=nested_documents(), data=st.data())
def test_an_analysis_that_follows_edits_equals_a_fresh_one(
    random: RandomEdit, document: Document, data: st.DataObject
) -> None:
    analysis = analyse(document)
    for _ in range(data.draw(st.integers(1, 6))):
        edit = data.draw(random(document))
        inverse = edit.apply(document)
        analysis.note(edit)
        if data.draw(st.booleans()):
            inverse.apply(document)
            analysis.note(inverse)
        analysis.refresh()
        fresh = analyse(document)
        assert analysis.problems == fresh.problems
        assert analysis.code == fresh.code
        assert analysis.generated.lines == fresh.generated.lines
        assert analysis.total_parameters == fresh.total_parameters


def test_most_edits_that_are_drawn_change_something() -> None:
    """Refusals are the fewer, so that the tests above speak of edits."""
    found = [0, 0]

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(nested_documents(), st.data())
    def look(document: Document, data: st.DataObject) -> None:
        found[data.draw(random_block_edit(document)) != Compound(())] += 1

    look()
    assert found[1] > 2 * found[0]
