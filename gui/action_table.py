"""Every action of the window with its menu and shortcut, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from gui.texts import Texts

MENU_TEXTS = Texts("menus")
ACTION_TEXTS = Texts("actions")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action: its id, text, shortcuts, and what it acts on."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    on_canvas: bool = False
    """Whether its keys count only while the canvas has the keyboard."""
    needs: str = ""
    """What it cannot do without: `node`, `selection`, `block`, `framed`, `problem`."""
    words: tuple[str, ...] = ()
    """Other words that the command palette finds it by."""


SEPARATOR = ActionSpec("", "")
_PREFERENCES = ("preferences", "settings", "options")
"""What other applications call the place where these are set."""

MENUS: dict[str, tuple[ActionSpec, ...]] = {
    "&File": (
        ActionSpec("new", "&New", ("Ctrl+N",), "Begin an empty network"),
        ActionSpec("open", "&Open…", ("Ctrl+O",), "Open a file"),
        ActionSpec("lessons", "Open &lesson"),
        ActionSpec("recent", "Open &recent"),
        ActionSpec(
            "import_code",
            "&Import PyTorch code…",
            (),
            "Draw a network that is written in Python",
        ),
        SEPARATOR,
        ActionSpec(
            "start_page", "S&tart page", ("Alt+Home",), "Lessons, files, new networks"
        ),
        SEPARATOR,
        ActionSpec("save", "&Save", ("Ctrl+S",), "Write the file"),
        ActionSpec("save_as", "Save &as…", ("Ctrl+Shift+S",), "Write another file"),
        ActionSpec("export", "&Export"),
        ActionSpec("print", "&Print…", ("Ctrl+P",), "Put the drawing on paper"),
        SEPARATOR,
        ActionSpec("next_tab", "Ne&xt tab", ("Ctrl+Tab", "Ctrl+PgDown"), "Go right"),
        ActionSpec(
            "previous_tab", "Pre&vious tab", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), "Go left"
        ),
        ActionSpec("close_tab", "&Close tab", ("Ctrl+W",), "Close this document"),
        ActionSpec(
            "reopen_tab",
            "Reopen close&d tab",
            ("Ctrl+Shift+T",),
            "Bring back what was closed last",
        ),
        SEPARATOR,
        ActionSpec("quit", "&Quit", ("Ctrl+Q",), "Close the window"),
    ),
    "&Edit": (
        ActionSpec("undo", "&Undo", ("Ctrl+Z",), "Take the last edit back"),
        ActionSpec(
            "redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again after all"
        ),
        SEPARATOR,
        ActionSpec("cut", "Cu&t", ("Ctrl+X",), "Cut the selected nodes", True, "node"),
        ActionSpec(
            "copy", "&Copy", ("Ctrl+C",), "Copy the selected nodes", True, "node"
        ),
        ActionSpec("paste", "&Paste", ("Ctrl+V",), "Paste nodes", True),
        ActionSpec(
            "paste_with_edges",
            "Paste &with edges",
            ("Ctrl+Shift+V",),
            "Paste nodes, fed by what fed the copied ones",
            True,
        ),
        ActionSpec(
            "duplicate",
            "&Duplicate",
            ("Ctrl+D",),
            "Copy beside the original",
            True,
            "node",
        ),
        ActionSpec(
            "delete",
            "De&lete",
            ("Delete", "Backspace"),
            "Take the nodes out",
            True,
            "selection",
        ),
        ActionSpec(
            "delete_keep",
            "Delete and &keep the flow",
            ("Shift+Delete", "Shift+Backspace"),
            "Take the nodes out and join what is before and after them",
            True,
            "node",
        ),
        SEPARATOR,
        ActionSpec("select_all", "Select &all", ("Ctrl+A",), "Select all nodes", True),
        ActionSpec(
            "select_before",
            "Select what leads &here",
            ("L",),
            "Select everything upstream too",
            True,
            "node",
        ),
        ActionSpec(
            "select_after",
            "Select what &follows",
            ("Shift+L",),
            "Select everything downstream too",
            True,
            "node",
        ),
        ActionSpec(
            "select_joined",
            "Select what is &joined",
            ("Ctrl+Shift+L",),
            "Select everything that edges lead to, whatever their way",
            True,
            "node",
        ),
        ActionSpec(
            "rename", "Re&name", ("F2",), "Rename the selected node", needs="node"
        ),
        ActionSpec("find", "&Find a node…", ("Ctrl+F",), "Go to a node by its name"),
        ActionSpec(
            "next_problem",
            "Go to the next pro&blem",
            ("F8",),
            "What to mend",
            needs="problem",
        ),
        ActionSpec(
            "mend",
            "&Mend the first problem",
            ("Alt+Enter", "Alt+Return"),
            "Apply the first fix that is offered",
            needs="problem",
        ),
        SEPARATOR,
        ActionSpec(
            "palette",
            "All co&mmands…",
            ("Ctrl+K",),
            "Search everything there is to do",
            words=("palette",),
        ),
    ),
    "&View": (
        ActionSpec("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "Larger"),
        ActionSpec("zoom_out", "Zoom &out", ("Ctrl+-",), "Smaller"),
        ActionSpec("zoom_reset", "&100 %", ("Ctrl+0",), "As large as drawn"),
        ActionSpec("fit_all", "Fit &all", ("Home",), "See the whole network", True),
        ActionSpec(
            "fit_selection", "Fit &selection", ("F",), "See what is chosen", True
        ),
        SEPARATOR,
        ActionSpec("left", "&Lessons and layers", ("Ctrl+1",), "Show the left side"),
        ActionSpec("bottom", "&Training and code", ("Ctrl+2",), "Show the lower side"),
        ActionSpec("right", "&Inspector", ("Ctrl+3",), "Show the right side"),
        ActionSpec("minimap", "&Map", ("Alt+M",), "Show or hide the map", True),
        SEPARATOR,
        ActionSpec("color_layer", "Colour by la&yer", (), "By family, without figures"),
        ActionSpec(
            "color_parameters", "Colour by para&meters", (), "Which layers hold weights"
        ),
        ActionSpec(
            "color_operations", "Colour by &operations", (), "Which layers compute most"
        ),
        ActionSpec(
            "color_memory",
            "Colour by m&emory",
            (),
            "Which layers give most numbers to remember while training",
        ),
        ActionSpec(
            "color_time",
            "Colour by measured t&ime",
            (),
            "Run a batch, and see which layers take longest",
        ),
        SEPARATOR,
        ActionSpec("next_panel", "Next &panel", ("F6",), "Move the keyboard on"),
        ActionSpec(
            "previous_panel", "P&revious panel", ("Shift+F6",), "Move the keyboard back"
        ),
        SEPARATOR,
        ActionSpec("text_size", "Text si&ze", words=_PREFERENCES),
        ActionSpec("theme", "T&heme", words=_PREFERENCES),
    ),
    "&Network": (
        ActionSpec(
            "add_layer", "&Add layer…", ("Shift+A",), "Search for a layer to add", True
        ),
        ActionSpec(
            "make_block",
            "Make a &block…",
            ("Ctrl+Shift+E",),
            "Put the selected nodes into a block",
            True,
            "node",
        ),
        ActionSpec(
            "expand_block",
            "&Expand block",
            ("Ctrl+Shift+G",),
            "Put what is inside the selected block in its place",
            True,
            "block",
        ),
        ActionSpec(
            "unique_block",
            "Make block &unique",
            (),
            "Let the selected block differ from the others of its name",
            needs="block",
        ),
        ActionSpec(
            "rename_block",
            "&Rename block…",
            (),
            "Call a block something else",
            needs="block",
        ),
        ActionSpec(
            "keep_block",
            "&Keep block for reuse",
            (),
            "Put the selected block among your own",
            needs="block",
        ),
        SEPARATOR,
        ActionSpec(
            "connect",
            "&Connect",
            ("J",),
            "Draw an edge between two selected nodes, from the one selected first",
            True,
            "node",
        ),
        ActionSpec(
            "bypass",
            "B&ypass",
            ("Ctrl+B", "M"),
            "Let what reaches the nodes flow past them, or through them again",
            True,
            "node",
        ),
        ActionSpec(
            "detach",
            "&Detach",
            ("Alt+D",),
            "Take the nodes out of the flow, and join what they lay between",
            True,
            "node",
        ),
    ),
    "&Arrange": (
        ActionSpec("tidy", "&Tidy up", ("Ctrl+L",), "Lay the network out in order"),
        SEPARATOR,
        ActionSpec(
            "align_left", "Align &left", (), "Bring left sides into line", needs="node"
        ),
        ActionSpec(
            "align_centre", "Align &centres", (), "One above the other", needs="node"
        ),
        ActionSpec(
            "align_right", "Align &right", (), "Right sides in line", needs="node"
        ),
        ActionSpec("align_top", "Align t&op", (), "Upper sides in line", needs="node"),
        ActionSpec(
            "align_middle", "Align &middles", (), "One beside the other", needs="node"
        ),
        ActionSpec(
            "align_bottom", "Align &bottom", (), "Lower sides in line", needs="node"
        ),
        ActionSpec(
            "distribute_across",
            "Distribute &across",
            (),
            "Equal gaps from left to right",
            needs="node",
        ),
        ActionSpec(
            "distribute_down", "Distribute &down", (), "Equal gaps down", needs="node"
        ),
        SEPARATOR,
        ActionSpec(
            "collapse",
            "Colla&pse",
            ("H",),
            "Show the nodes by their titles, or whole again",
            True,
            "node",
        ),
        ActionSpec(
            "frame",
            "&Frame…",
            ("Ctrl+G", "C", "Ctrl+J"),
            "Draw a titled frame around the selected nodes",
            True,
            "node",
        ),
        ActionSpec(
            "unframe",
            "Take out of the fra&me",
            ("Alt+P",),
            "Free the selected nodes from their frames, or take a frame away",
            True,
            "framed",
        ),
        ActionSpec("note", "Add a &note…", ("Shift+N",), "Write on the canvas", True),
    ),
    "&Train": (
        ActionSpec(
            "train",
            "&Train",
            ("Ctrl+Enter", "Ctrl+Return"),
            "Train; while it trains, pause and resume",
        ),
        ActionSpec(
            "stop",
            "&Stop",
            ("Ctrl+Alt+Enter", "Ctrl+Alt+Return"),
            "End after the present step",
        ),
        ActionSpec(
            "go_on",
            "&Go on",
            (),
            "Continue the run that ended here, for more epochs where all are done",
            words=("resume", "continue", "more epochs"),
        ),
        SEPARATOR,
        ActionSpec("evaluate", "&Evaluate", (), "How good it is, and where it errs"),
        ActionSpec("try_it", "Tr&y it", (), "Ask the trained network yourself"),
        SEPARATOR,
        ActionSpec(
            "sweep",
            "S&weep settings…",
            (),
            "Train with many settings, to find the best",
        ),
        SEPARATOR,
        ActionSpec(
            "data_folder",
            "&Folder of data sets…",
            (),
            "Where MNIST and others are looked for, and downloaded to where they lack",
            words=_PREFERENCES,
        ),
        ActionSpec(
            "apart",
            "In a &process of its own",
            (),
            "A training that crashes, or runs out of memory, leaves the window alive; "
            "it starts a few seconds later",
            words=_PREFERENCES,
        ),
    ),
    "&Help": (
        ActionSpec(
            "shortcuts", "&Shortcuts", ("F1", "?"), "All keys and gestures on one page"
        ),
        ActionSpec(
            "keys",
            "&Change shortcuts…",
            (),
            "Give actions other keys",
            words=_PREFERENCES,
        ),
        ActionSpec(
            "write_lesson",
            "&Write a lesson…",
            (),
            "How a lesson is made, with an example to copy",
        ),
        ActionSpec("about", "&About Espalier", (), "What this is"),
    ),
}

CHECKABLE = frozenset({"left", "bottom", "right", "apart"})
COLORINGS = ("layer", "parameters", "operations", "memory", "time")
"""What the cards are coloured by: one of them at a time, as `color_layer`."""
SUBMENUS = frozenset({"lessons", "recent", "export", "theme", "text_size"})


def spec_of(action_id: str) -> ActionSpec | None:
    """The row of the table for an action; None for one that is not in it."""
    return next(
        (spec for specs in MENUS.values() for spec in specs if spec.id == action_id),
        None,
    )
