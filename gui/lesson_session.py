"""A lesson while it is taken: what is done, judged on the learner's own work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.document import Document
from engine.problems import Refusal
from engine.transition import transition
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.training.buffer import News
from gui.training.controller import TrainingController, TrainingState

if TYPE_CHECKING:  # lessons are read after the first frame, and so is PyTorch
    from engine.showing.exhibit import Shown
    from templates.actions import Action
    from templates.lesson_files import Course
    from templates.progress import Progress
    from templates.situation import RunResult, Situation
    from templates.steps import Step

tr = Texts("lessons")

_QUIET_MILLISECONDS = 200
"""How long nothing must have changed before the steps are judged."""


class LessonSession(QObject):
    """Judges the steps of the open lesson, keeps the progress, and shows how."""

    opened = Signal()
    """Another lesson, or the same from the beginning; `course` is None for none."""
    step_done = Signal(str)
    """The id of a step or an exercise that was not done before."""
    judged = Signal()
    """Something may be otherwise: answers, runs, what is locked."""
    edited = Signal()
    """The lesson has changed the network: it may reach out of sight."""
    shown_came = Signal()
    """The network has shown something of itself: see `shown`."""
    noted = Signal(str)
    """A sentence on what "show me" does, or on why it cannot."""

    def __init__(
        self,
        model: DocumentModel,
        training: TrainingController,
        state_dir: Path | None,
        train: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        """`train` begins a training of the document as the Train button does."""
        super().__init__(parent)
        self._model = model
        self._training = training
        self._state_dir = state_dir
        self._train = train
        self.lesson_id: str | None = None
        self.course: Course | None = None
        self.progress: Progress | None = None
        self.shown: Shown | None = None
        """What the network showed last, of the lesson that is open."""
        self.is_training = training.is_busy
        """Whether a training goes on."""
        self.has_unfinished = False
        """Whether the newest run was stopped, or failed: no step counts it."""
        self.start: Document | None = None
        """The network that the open lesson began with."""
        self._title = ""
        self._runs: list[RunResult] = []
        self._names: dict[str, list[str]] = {}
        self._folder = ""
        self._has_finished = False
        self._showing: list[list[Action]] = []
        self._shown: Step | None = None
        self._is_mine = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MILLISECONDS)
        self._quiet.timeout.connect(self.judge)
        model.analysed.connect(self._wait_for_quiet)
        model.node_renamed.connect(self._follow_name)
        training.news_came.connect(self._take)
        training.state_changed.connect(self._follow_training)

    # The lesson.

    def open(self, lesson_id: str | None) -> None:
        """Take up a lesson where it was left; None where the document is of none.

        Raises Refusal where there is no such lesson.
        """
        self._forget()
        self.lesson_id = lesson_id
        if lesson_id is not None:
            import templates
            from templates.progress import ProgressBook

            self._title = templates.lesson(lesson_id).title
            self.course = templates.course(lesson_id)
            self.start = templates.open_lesson(lesson_id)
            self.progress = ProgressBook(self._state_dir).read(lesson_id)
            folders, self.progress.runs = self.progress.runs, []
            self._read_runs(folders)
            self._wait_for_quiet()
        self.opened.emit()

    def title_of(self, document: Document) -> str:
        """The open lesson's title, for its network until that is called otherwise."""
        is_own = self.start is not None and document.name == self.start.name
        return self._title if is_own else ""

    def start_over(self) -> None:
        """Forget what was done in the lesson; the document is left as it is."""
        if self.lesson_id is None:
            return
        from templates.progress import Progress

        self._forget_shown()
        self.progress = Progress()
        self._runs = []
        self._keep()
        self.opened.emit()
        self._wait_for_quiet()

    def _forget(self) -> None:
        self._forget_shown()
        self.lesson_id = self.course = self.progress = self.start = None
        self._runs, self._names = [], {}
        self._folder, self._has_finished = "", False
        self.has_unfinished = False
        self.shown = None

    def _forget_shown(self) -> None:
        self._showing, self._shown = [], None

    @property
    def newest_run(self) -> Path | None:
        """The folder of the newest run made in this lesson, or None."""
        folders = self.progress.runs if self.progress is not None else []
        return Path(folders[-1]) if folders else None

    def is_done(self, step: Step) -> bool:
        """Whether a step was done, now or before."""
        return self.progress is not None and step.id in self.progress.done

    @property
    def current(self) -> Step | None:
        """The first step that is not done yet."""
        steps = self.course.steps if self.course is not None else ()
        return next((step for step in steps if not self.is_done(step)), None)

    def progress_of(self, lesson_id: str) -> tuple[int, int]:
        """How many steps of any lesson are done, and how many it has."""
        from templates.progress import ProgressBook

        return ProgressBook(self._state_dir).progress_of(lesson_id)

    # Judging.

    def _wait_for_quiet(self) -> None:
        if self.course is not None and self.course.tasks:
            self._quiet.start()

    def judge(self) -> None:
        """Ask every step that is not done whether it is now."""
        if self.course is None or self.progress is None:
            return
        from templates.steps import with_progress

        self._quiet.stop()
        _, fresh = with_progress(self.course.tasks, self.situation())
        if fresh:
            self.progress.done += fresh
            self._keep()
        self.judged.emit()
        for step_id in fresh:
            self.step_done.emit(step_id)

    def situation(self) -> Situation:
        """What the learner has before them."""
        from templates.situation import Network, Situation

        if self.progress is None:
            raise ValueError("no lesson is open")
        network = Network(self._model.root, lambda _: self._model.whole, self._names)
        return Situation(
            network=network,
            runs=tuple(self._runs),
            answers=self.progress.answers,
            done=frozenset(self.progress.done),
        )

    def _follow_name(self, old: str, new: str) -> None:
        """The lesson goes on calling a node by the name it gave it."""
        if self.start is None:
            return
        known = next((n for n, later in self._names.items() if old in later), old)
        if known in self.start.graph:
            self._names.setdefault(known, []).append(new)

    # Runs.

    def _take(self, news: News) -> None:
        for event in news.others:
            if event.event == "run":
                self._folder, self._has_finished = event.folder, False
            elif event.event == "finished":
                self._has_finished = True
            elif event.event == "shown":
                self.shown = event
                self.shown_came.emit()

    def _follow_training(self, state: TrainingState) -> None:
        is_over = state is TrainingState.IDLE
        self.is_training = not is_over
        self.has_unfinished = is_over and bool(self._folder) and not self._has_finished
        self.judged.emit()  # a prediction is locked while a run goes on
        if not is_over or self.progress is None:
            return
        folder, self._folder = self._folder, ""
        if folder and self._has_finished:
            self._read_runs([folder])
            self._keep()
            self.judge()
            self._go_on_showing()
        elif self._showing:
            self._forget_shown()
            self.judged.emit()  # it can be asked to show again
            self.noted.emit(
                tr("The training did not come to its end: show me stops here.")
            )

    def _read_runs(self, folders: Iterable[str]) -> None:
        """Take up runs of this lesson; one that was deleted since is passed over."""
        from templates.lesson_runs import read_run

        for folder in folders:
            run = read_run(Path(folder), self._model.study)
            if run is not None and self.progress is not None:
                self._runs.append(run)
                self.progress.runs.append(folder)

    # Answers.

    def is_locked(self, step: Step) -> bool:
        """Whether a prediction can no more be made or changed: a run has begun."""
        if step.question is None or step.question.decided_by is None:
            return False
        answer = self.progress.answers.get(step.id) if self.progress else None
        has_run = answer is not None and answer.runs_before < len(self._runs)
        return self._training.is_busy or has_run

    def answer(self, name: str, value: int | float | str) -> None:
        """Keep what the learner answers to a step or a question to think about."""
        from templates.situation import Answer

        if self.progress is None:
            return
        answer = Answer(value=value, runs_before=len(self._runs))
        self.progress.answers[name] = answer
        self._keep()
        self.judge()

    def _keep(self) -> None:
        from templates.progress import ProgressBook

        if self.lesson_id is None or self.progress is None:
            return
        try:
            ProgressBook(self._state_dir).write(self.lesson_id, self.progress)
        except Refusal as refusal:
            self.noted.emit(str(refusal))

    # The network as it was.

    @property
    def is_as_it_began(self) -> bool:
        """Whether the network is the lesson's own, with nothing changed."""
        return self.start is None or self._as_it_began() == self._model.root

    def begin_anew(self) -> None:
        """Bring back the lesson's network: one edit, which undo takes back."""
        if not self.is_as_it_began:
            self._model.push(
                tr("Bring back the lesson's network"),
                transition(self._model.root, self._as_it_began()),
                scope="",
            )
            self.edited.emit()

    def _as_it_began(self) -> Document:
        from templates.actions import Restore, changed

        if self.start is None:
            raise ValueError("no lesson is open")
        return changed(self._model.root, [Restore()], self.start)

    # Show me.

    @property
    def is_showing(self) -> bool:
        """Whether "show me" is under way: a training of it goes on."""
        return bool(self._showing)

    def show_me(self, step: Step) -> None:
        """Do a step for the learner: all its edits are one undo step."""
        from templates.actions import stretches
        from templates.showing import plan, trains

        if self.course is None or self.start is None or self._showing:
            return
        if trains(step.show) and self._training.is_busy:
            self.noted.emit(
                tr("A training is running. Stop it, or wait until it ends.")
            )
            return
        showing = plan(
            self.course, step, self.situation(), self.start, self._model.study
        )
        if showing.begins_anew:
            self.noted.emit(
                tr("This begins from the lesson's network. Ctrl+Z brings yours back.")
            )
        self._shown = step
        self._showing = stretches(showing.actions)
        self._go_on_showing()

    def _go_on_showing(self) -> None:
        from templates.actions import GiveAnswer, Train, changed

        while self._showing and self._shown is not None and self.start is not None:
            stretch, step = self._showing.pop(0), self._shown
            before = self._model.root
            try:
                after = changed(before, stretch, self.start)
            except Refusal as refusal:  # edited while a training of it went on
                self._forget_shown()
                self.judged.emit()
                self.noted.emit(str(refusal))
                return
            if after != before:
                self._model.push(
                    tr("Show me: {step}", step=step.title),
                    transition(before, after),
                    merge=f"show:{step.id}",
                    scope="",
                )
                self.edited.emit()
            for action in stretch:
                if isinstance(action, GiveAnswer) and not self.is_locked(step):
                    self.answer(step.id, action.value)
            if any(isinstance(action, Train) for action in stretch):
                self._train()
                if self._training.is_busy:
                    self._showing = self._showing or [[]]
                    return
                self._forget_shown()  # the window has said why it does not train
        self._forget_shown()
        self.judge()
