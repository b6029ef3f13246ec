"""What the command palette lists, and how well each entry answers what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QTabBar, QTabWidget, QWidget

from engine.catalog import Layer
from engine.graph import Graph
from gui.action_table import ACTION_TEXTS, spec_of
from gui.layer_search import family_title
from gui.shortcuts import plain
from gui.texts import Texts

tr = Texts("palette")

COMMANDS, LESSONS, RECENT, NODES, LAYERS = "command", "lesson", "file", "node", "layer"
SECTION_TITLES = {
    "last": tr.mark("Last used"),
    COMMANDS: tr.mark("Commands"),
    LESSONS: tr.mark("Lessons and architectures"),
    RECENT: tr.mark("Recent files"),
    NODES: tr.mark("Go to a node"),
    LAYERS: tr.mark("Add a layer"),
}
_OF_MENU = {"lessons": LESSONS, "recent": RECENT}
_RECENCY = 0.15
"""How much the entry used last is lifted: less than one better kind of match."""

_NOISE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be done."""

    id: str
    """The same each time, so that what was used last can be known again."""
    title: str
    section: str
    run: Callable[[], object]
    where: str = ""
    """The menus that lead to it: `File › Export`."""
    keys: str = ""
    why_not: str = ""
    """Why it cannot be done now; empty where it can."""
    also: tuple[str, ...] = ()
    """Other names it is found by."""
    tip: str = ""
    """What it does, in a sentence; its words find it too."""
    is_enabled: bool = True


def menu_entries(bar: QMenuBar, why_not: Callable[[QAction], str]) -> list[Entry]:
    """Every action of every menu; `why_not` says what keeps one from being done."""
    return [
        _of_action(action, menu, path, why_not)
        for title, menu in _menus_of(bar)
        for action, menu, path in _walk(menu, (title,))
    ]


def _menus_of(owner: QMenuBar | QMenu) -> list[tuple[str, QMenu]]:
    """The menus that open from a bar or a menu, each with its title, in their order.

    They are looked for among the children: the menu that `QAction.menu` gives is
    deleted with the Python object for it (PySide6 6.11).
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    menus = owner.findChildren(QMenu, options=direct)
    order = owner.actions()
    found = [menu for menu in menus if menu.menuAction() in order]
    found.sort(key=lambda menu: order.index(menu.menuAction()))
    return [(plain(menu.title()), menu) for menu in found]


def _walk(
    menu: QMenu, path: tuple[str, ...]
) -> Iterator[tuple[QAction, QMenu, tuple[str, ...]]]:
    menu.aboutToShow.emit()  # a menu of files or lessons fills itself then
    menu.aboutToHide.emit()
    below = {each.menuAction(): (title, each) for title, each in _menus_of(menu)}
    for action in menu.actions():
        if action in below:
            title, submenu = below[action]
            if submenu.isEnabled():
                yield from _walk(submenu, (*path, title))
        elif not action.isSeparator():
            yield action, menu, path


def _of_action(
    action: QAction,
    menu: QMenu,
    path: tuple[str, ...],
    why_not: Callable[[QAction], str],
) -> Entry:
    section = _OF_MENU.get(menu.objectName(), COMMANDS)
    title = plain(action.text())
    if len(path) > 1 and section == COMMANDS:
        title = f"{path[-1]}: {title}"  # “Dark” alone says little
    # A choice of a menu, a theme say, has the words of its menu.
    spec = spec_of(action.objectName() or menu.objectName())
    words = map(ACTION_TEXTS.of, spec.words) if spec is not None else ()
    reason = why_not(action)
    is_enabled = action.isEnabled() and not reason
    tip = "" if action.toolTip() == plain(action.text()) else action.toolTip()
    return Entry(
        id=action.objectName() or " › ".join((*path, title)),
        title=title,
        section=section,
        run=action.trigger,
        where=" › ".join(path),
        keys=action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        why_not="" if is_enabled else reason,
        also=(*path, *words),
        tip=tip,
        is_enabled=is_enabled,
    )


def layer_entries(layers: Iterable[Layer], add: Callable[[str], object]) -> list[Entry]:
    """`Add Conv2d` for each layer; `add` takes the layer's name."""
    return [
        Entry(
            id=f"layer {layer.name}",
            title=tr("Add {layer}", layer=layer.name),
            section=LAYERS,
            run=lambda name=layer.name: add(name),
            where=family_title(layer).lower(),
            also=(layer.name, *layer.aliases),
        )
        for layer in layers
    ]


def node_entries(graph: Graph, go: Callable[[str], object]) -> list[Entry]:
    """`Go to conv1` for each node; `go` takes the node's name."""
    return [
        Entry(
            id=f"node {node.name}",
            title=tr("Go to {node}", node=node.name),
            section=NODES,
            run=lambda name=node.name: go(name),
            where=node.layer,
            also=(node.name,),
        )
        for node in graph
    ]


def panel_entries(sides: Iterable[QWidget]) -> list[Entry]:
    """`Show Code` for each tab of the sides, and for the tabs within one."""
    found = []
    for side in sides:
        if not isinstance(side, QTabWidget):
            continue
        for place in range(side.count()):
            name = side.tabText(place).rstrip("0123456789 ")
            found.append(_panel(name, side, place))
            for bar in side.widget(place).findChildren(QTabBar):
                found += [
                    _panel(f"{name}: {bar.tabText(inner)}", side, place, bar, inner)
                    for inner in range(bar.count())
                    if bar.tabText(inner)
                ]
    return found


def _panel(
    name: str, side: QTabWidget, place: int, bar: QTabBar | None = None, inner: int = 0
) -> Entry:
    def show() -> None:
        side.show()
        side.setCurrentIndex(place)
        if bar is not None:
            bar.setCurrentIndex(inner)
        (bar or side.tabBar()).setFocus(Qt.FocusReason.ShortcutFocusReason)

    return Entry(
        id=f"panel {name}",
        title=tr("Show {panel}", panel=name),
        section=COMMANDS,
        run=show,
        where=tr("Panels"),
        also=(name, *name.split(": ")),
        tip=bar.tabToolTip(inner) if bar is not None else side.tabToolTip(place),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is selected, and how things stand: what actions cannot do without."""

    has_node: bool = False
    has_edge: bool = False
    has_block: bool = False
    has_framed: bool = False
    """Whether a node in a frame is selected, or a frame."""
    has_problem: bool = False


def why_not(action: QAction, now: Standing) -> str:
    """Why an action cannot be done with what is selected, or as things stand."""
    spec = spec_of(action.objectName())
    needs = spec.needs if spec is not None else ""
    if needs == "node" and not now.has_node:
        return tr("select a node first")
    if needs == "selection" and not now.has_node and not now.has_edge:
        return tr("select a node or an edge first")
    if needs == "block" and not now.has_block:
        return tr("select a block first")
    if needs == "framed" and not now.has_framed:
        return tr("select a node in a frame first, or a frame")
    if needs == "problem" and not now.has_problem:
        return tr("nothing is wrong")
    if action.isEnabled():
        return ""
    return _REASONS.get(action.objectName(), lambda: "")()


_REASONS: dict[str, Callable[[], str]] = {
    "undo": lambda: tr("nothing was done yet"),
    "redo": lambda: tr("nothing was taken back"),
    "stop": lambda: tr("nothing is training"),
    "go_on": lambda: tr("no run ended here that could go on"),
    "evaluate": lambda: tr("no network was trained here that has a test to pass"),
    "try_it": lambda: tr("no network was trained here that could be asked"),
    "train": lambda: tr("the training starts or stops at the moment"),
}


def ranked(
    typed: str, entries: Iterable[Entry], last_used: Sequence[str] = ()
) -> list[tuple[float, Entry]]:
    """The entries that answer what was typed with how well they do, best first."""
    lift = {
        entry_id: _RECENCY * (1 - place / len(last_used))
        for place, entry_id in enumerate(last_used)
    }
    found = []
    for entry in entries:
        match = score(typed, entry)
        if match > 0:
            shown = match + lift.get(entry.id, 0.0) - (0 if entry.is_enabled else 0.2)
            found.append((shown, entry))
    found.sort(key=lambda pair: (-pair[0], len(pair[1].title)))
    # What answers far worse than the best is noise under it.
    return [pair for pair in found if pair[0] >= _NOISE * found[0][0]]


def score(typed: str, entry: Entry) -> float:
    """How well an entry answers what was typed: 0 not at all, 1 and more very well."""
    words = typed.lower().split()
    if not words:
        return 0.0
    title = entry.title.lower()
    also = [each.lower() for each in entry.also]
    tip = set(re.findall(r"\w+", entry.tip.lower()))
    total = 0.0
    for word in words:
        elsewhere = max((_answers(word, each) for each in also), default=0.0)
        best = max(_answers(word, title), 0.7 * elsewhere, 0.4 * (word in tip))
        if best == 0:
            return 0.0
        total += best
    whole = " ".join(words)
    if title == whole or whole in also:
        return 1.5
    return total / len(words) + (0.2 if title.startswith(whole) else 0.0)


def _answers(word: str, of: str) -> float:
    """How well one typed word answers a text, from 0 to 1."""
    parts = re.findall(r"\w+", of)
    if of.startswith(word):
        return 1.0
    if any(part.startswith(word) for part in parts):
        return 0.85
    if len(word) > 1 and word in "".join(part[0] for part in parts):
        return 0.75  # initials: “sa” for Save as
    if word in of:
        return 0.5
    spread = _spread(word, parts)
    return 0.35 * len(word) / spread if spread else 0.0


def _spread(word: str, parts: Sequence[str]) -> int:
    """How many letters of one word it takes to find these in order; 0 for never.

    The first letter has to begin the word: letters strewn anywhere match anything.
    """
    best = 0
    for part in parts:
        if part[0] != word[0]:
            continue
        at = 0
        for letter in word:
            at = part.find(letter, at) + 1
            if at == 0:
                break
        if at and (best == 0 or at < best):
            best = at
    return best
