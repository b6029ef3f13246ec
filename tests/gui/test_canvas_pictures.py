"""What the canvas draws: pictures in files, the overview, colours, routes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainterPath
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.analysis import analyse
from engine.document import Document
from engine.graph import Edge, Node
from engine.problems import Refusal
from gui.canvas.card import Spot
from gui.canvas.edge_item import EdgeItem
from gui.canvas.render import render
from gui.canvas.routes import route
from gui.canvas.scene import CanvasScene, Pair
from gui.canvas.style import Style
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.theme import DARK, LIGHT, high_contrast, system_theme


def pair_of_layers() -> Document:
    document = Document(name="Pair")
    document.graph.add_node(
        Node(name="images", layer="Input", settings={"shape": (64,)})
    )
    document.graph.add_node(Node(name="fc1", layer="Linear", position=(200.0, 0.0)))
    document.graph.add_edge(Edge("images", "output", "fc1", "input"))
    return document


def colors(image: QImage) -> set[str]:
    """The colours of every second pixel."""
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_a_png_shows_the_network_in_its_colours(
    qapp: QApplication, tmp_path: Path, theme: object
) -> None:
    assert theme is DARK or theme is LIGHT
    chosen = DARK if theme is DARK else LIGHT
    document = pair_of_layers()
    path = tmp_path / "network.png"
    render(document, analyse(document), chosen, path)
    image = QImage(str(path))
    assert image.width() == 2 * (352 + 64)
    found = colors(image)
    wanted = [chosen.canvas, chosen.surface, chosen.kinds["vector"]]
    assert {*wanted, chosen.families["dense"], chosen.families["ends"]} <= found


def test_an_svg_holds_the_names_and_shapes(qapp: QApplication, tmp_path: Path) -> None:
    document = pair_of_layers()
    path = tmp_path / "network.svg"
    render(document, analyse(document), LIGHT, path)
    texts = set(ElementTree.parse(path).getroot().itertext())  # noqa: S314  our own
    assert {"images", "fc1", "Linear 64", "Pair"} <= {text.strip() for text in texts}


def test_an_svg_names_families_that_browsers_know(
    qapp: QApplication, tmp_path: Path
) -> None:
    path, document = tmp_path / "network.svg", pair_of_layers()
    render(document, analyse(document), LIGHT, path)
    families = set(re.findall(r'font-family="([^"]*)"', path.read_text()))
    assert len(families) == 2
    assert {family.split(", ")[1] for family in families} == {"sans-serif", "monospace"}
    assert not any("Sans Serif" in family for family in families)


def test_other_files_and_folders_are_refused(
    qapp: QApplication, tmp_path: Path
) -> None:
    document = pair_of_layers()
    analysis = analyse(document)
    with pytest.raises(Refusal) as refused:
        render(document, analysis, DARK, tmp_path / "network.gif")
    assert str(refused.value) == (
        "A picture cannot be written as .gif. Choose a name that ends in .png, .svg or "
        ".pdf."
    )
    for name in ("network.png", "network.svg"):
        with pytest.raises(Refusal) as refused:
            render(document, analysis, DARK, tmp_path / "none" / name)
        assert str(refused.value) == (
            f"The picture {name} could not be written to {tmp_path / 'none'}. "
            "Choose a folder that exists and that you may write to."
        )


def test_before_torch_shapes_are_open_and_nothing_is_faded(
    qapp: QApplication,
) -> None:
    script = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from engine.document import Document\n"
        "from engine.graph import Edge, Node\n"
        "from gui.canvas.view import CanvasView\n"
        "from gui.document_model import DocumentModel\n"
        "from gui.theme import DARK\n"
        "document = Document()\n"
        "document.graph.add_node(Node(name='images', layer='Input'))\n"
        "document.graph.add_node(Node(name='digit', layer='Output'))\n"
        "document.graph.add_edge(Edge('images', 'output', 'digit', 'input'))\n"
        "model = DocumentModel(document)\n"
        "model.analyse()\n"
        "view = CanvasView(model, DARK)\n"
        "view.grab()\n"
        "cards = [item.card for item in view.network.nodes.values()]\n"
        "print([(str(card.status), card.rows[0].shape) for card in cards])\n"
        "print('torch' in sys.modules)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=root,
        encoding="utf-8",
        timeout=120,
        check=True,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(root),
            "PYTHONIOENCODING": "utf-8",
        },
    )
    assert done.stdout.splitlines() == [
        "[('pending', '…'), ('pending', '…')]",
        "False",
    ]


def test_many_nodes_from_afar_are_blocks(qtbot: QtBot) -> None:
    document = Document(name="Many")
    for index in range(200):
        place = (200.0 * (index % 20), 160.0 * (index // 20))
        node = Node(name=f"n{index}", layer="Linear", position=place)
        document.graph.add_node(node)
    model = DocumentModel(document)
    model.analyse()
    view = CanvasView(model, DARK)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    qtbot.waitExposed(view)
    view.framing.fit_all()
    qtbot.waitUntil(lambda: view.scale_now < 0.3)
    view.minimap.hide()
    image = view.viewport().grab().toImage()
    for name in ("n0", "n199", "n105"):
        middle = view.to_view(view.network.nodes[name].rect().center()).toPoint()
        ratio = image.devicePixelRatio()
        found = image.pixelColor(middle * ratio)
        assert found.name() in {DARK.families["dense"], DARK.error}, name


def test_a_card_of_an_unknown_layer_keeps_its_edges(qapp: QApplication) -> None:
    document = pair_of_layers()
    document.graph.add_node(Node(name="odd", layer="FluxCapacitor"))
    document.graph.add_edge(Edge("fc1", "output", "odd", "plutonium"))
    scene = CanvasScene(Pair(document, analyse(document)), Style(DARK))
    card = scene.card("odd")
    assert " ".join(card.details) == "FluxCapacitor (unknown)"
    assert [spot.port for spot in card.inputs] == ["plutonium"]
    assert card.status == "error"
    assert Edge("fc1", "output", "odd", "plutonium") in scene.edges


# Routes.

CARD = QRectF(0, 0, 152, 72)
OUT = Spot("output", 152, 36, True)
IN = Spot("input", 0, 36, False)


@pytest.mark.parametrize(
    ("corner", "start", "end"),
    [
        ((200, 0), (152, 36), (200, 36)),
        ((160, 90), (152, 36), (160, 126)),
        ((0, 200), (76, 72), (76, 200)),
        ((-400, 300), (152, 36), (-400, 336)),
        ((-400, 0), (152, 36), (-400, 36)),
        ((-400, -300), (152, 36), (-400, -264)),
    ],
)
def test_edges_begin_and_end_where_they_should(
    corner: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> None:
    path = route(CARD, OUT, CARD.translated(*corner), IN)
    first, last = path.pointAtPercent(0), path.pointAtPercent(1)
    assert (first.x(), first.y()) == start
    assert (last.x(), last.y()) == end


def crosses(path: QPainterPath, rect: QRectF) -> bool:
    """Whether the drawn line, not the area it bounds, passes through `rect`."""
    item = EdgeItem(Edge("a", "output", "b", "input"), Style(DARK))
    item.set_path(path, leaves_port=True)
    return item.crosses(rect)


def test_an_edge_to_a_lower_row_keeps_off_the_row_above(qapp: QApplication) -> None:
    """A card between, 50 pixels taller than the first, is not crossed."""
    path = route(CARD, OUT, CARD.translated(-1000, 260), IN)
    between = QRectF(-500, 0, 152, 122)
    assert not crosses(path, between)
    assert crosses(path, QRectF(-500, 150, 152, 110))


def test_a_loop_goes_around_both_cards(qapp: QApplication) -> None:
    path = route(CARD, OUT, CARD.translated(-400, 0), IN)
    inner = CARD.adjusted(2, 2, -2, -2)
    assert not crosses(path, inner)
    assert not crosses(path, inner.translated(-400, 0))
    assert crosses(path, QRectF(-220, 80, 40, 40))


# Themes.


def test_high_contrast_has_no_faint_text() -> None:
    for theme in (DARK, LIGHT):
        strong = high_contrast(theme)
        assert strong.muted == theme.text
        assert _contrast(strong.faint, strong.surface) >= 7
        assert _contrast(strong.border, strong.surface) >= 4.5
        assert strong.dashes_faded
        assert (
            _contrast(_over(strong.text, strong.surface, strong.fade), strong.surface)
            >= 7
        )


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_is_legible(theme: object) -> None:
    chosen = DARK if theme is DARK else LIGHT
    assert _contrast(chosen.text, chosen.surface) >= 7
    assert _contrast(chosen.muted, chosen.surface) >= 4.5
    assert _contrast(chosen.text, chosen.error_surface) >= 7
    assert _contrast(chosen.faint, chosen.canvas) >= 3  # boxes to tick
    dimmed = [
        _contrast(_over(each, chosen.surface, chosen.fade), chosen.surface)
        for each in (chosen.text, chosen.muted)
    ]
    assert dimmed[0] >= 4.5 and dimmed[1] >= 3, "a card not meant now"
    for color in (*chosen.families.values(), *chosen.kinds.values()):
        assert _contrast(color, chosen.canvas) >= 3, color


def test_the_system_decides_between_dark_and_light(qapp: QApplication) -> None:
    hints = qapp.styleHints()
    try:
        hints.setColorScheme(Qt.ColorScheme.Light)
        expected = LIGHT if hints.colorScheme() == Qt.ColorScheme.Light else DARK
        assert system_theme(qapp) == expected
        hints.setColorScheme(Qt.ColorScheme.Dark)
        assert system_theme(qapp) == DARK
    finally:
        hints.unsetColorScheme()


def _over(color: str, ground: str, opacity: float) -> str:
    """A colour that lets some of its ground through."""
    upper, lower = QColor(color), QColor(ground)
    mixed = [
        round(opacity * one + (1 - opacity) * other)
        for one, other in zip(upper.getRgb()[:3], lower.getRgb()[:3], strict=True)
    ]
    return QColor(*mixed).name()


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    color = QColor(name)
    red, green, blue = map(linear, (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
