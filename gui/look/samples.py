"""Samples of an evaluation as the list shows them; made on a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.figures import figure, loss_figure, percent
from gui.look.bars import one_line
from gui.look.picture_list import Shown
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch and scikit-learn: when something is evaluated
    from engine.evaluation import ClassReport, NumberReport, RebuiltReport
    from engine.showing.specimens import Specimen
    from engine.showing.trained import Trained

tr = Texts("look")


def mistakes(
    trained: Trained, report: ClassReport, places: Sequence[int]
) -> list[Shown]:
    """Answers with their truths; `places` are answers of the report."""
    from engine.showing.specimens import specimens

    indices = [place // report.steps for place in places]
    steps = [place % report.steps for place in places] if report.steps > 1 else None
    shown = []
    for place, sample in zip(places, specimens(trained, indices, steps), strict=True):
        truth = one_line(report.classes[int(report.truth[place])])
        chosen = one_line(report.classes[int(report.chosen[place])])
        sure = percent(float(report.confidence[place]))
        if truth == chosen:
            said = f"{truth}, {sure}"
        elif sample.pictures:
            said = f"{truth} → {chosen}\n{sure}"
        else:
            said = tr(
                "{truth} taken for {chosen}, {sure} sure",
                truth=truth,
                chosen=chosen,
                sure=sure,
            )
        shown.append(_shown(sample, said))
    return shown


def worst_numbers(
    trained: Trained, report: NumberReport, places: Sequence[int]
) -> list[Shown]:
    """Numbers with their truths."""
    from engine.showing.specimens import specimens

    return [
        _shown(
            sample,
            tr(
                "{answer} instead of {truth}",
                answer=_numbers(report.answers[place]),
                truth=_numbers(report.truth[place]),
            ),
        )
        for place, sample in zip(places, specimens(trained, places), strict=True)
    ]


def worst_rebuilt(
    trained: Trained, report: RebuiltReport, places: Sequence[int]
) -> list[Shown]:
    """Pictures beside what the network gave back of them."""
    import torch

    from engine.showing.asking import answer_of
    from engine.showing.specimens import specimens

    goals = trained.plan.goals
    goal = next(
        place for place, each in enumerate(goals) if each.target == report.target
    )
    answers = trained.answers(trained.splits.test.batch(torch.tensor(list(places))))
    shown = []
    for row, (place, sample) in enumerate(
        zip(places, specimens(trained, places), strict=True)
    ):
        one = answers[goal][row : row + 1]
        answer = answer_of(trained, goals[goal], report.output, one)
        pictures = sample.pictures
        if answer.picture is not None:
            pictures = (*pictures, answer.picture)
        error = tr("error {error}", error=loss_figure(report.errors[place]))
        shown.append(Shown(caption=error, pictures=pictures, text=sample.text))
    return shown


def _shown(sample: Specimen, said: str) -> Shown:
    cells = " · ".join(f"{name} {cell}" for name, cell in sample.cells)
    text = (
        sample.text
        or cells
        or ("" if sample.pictures else tr("sample {index}", index=sample.index))
    )
    return Shown(caption=said, pictures=sample.pictures, text=text)


def _numbers(numbers: Sequence[float]) -> str:
    shown = ", ".join(figure(number) for number in list(numbers)[:4])
    return shown + (", …" if len(numbers) > 4 else "")
