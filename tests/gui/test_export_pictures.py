"""Pictures fit for a paper: SVG, PDF, PNG, and a page of a printer."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

import templates
from engine.document import Document
from gui.canvas.render import PAPER
from gui.main_window import MainWindow
from main import main
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("fnn-iris"), theme="dark")


def page_size(pdf: bytes) -> tuple[float, float]:
    """Width and height of the one page, in points."""
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return float(box[0]), float(box[1])


def streams(pdf: bytes) -> bytes:
    """All that is drawn and embedded, unpacked."""
    found = b""
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(match[1])
        except zlib.error:
            found += match[1]
    return found


def test_a_pdf_is_one_page_as_large_as_the_drawing(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "network.pdf"
    window.exporter.export("pdf", path)
    assert window.messages.text.text() == f"Wrote {path}."
    pdf = path.read_bytes()
    assert pdf.startswith(b"%PDF-1.")
    width, height = page_size(pdf)
    frame = window.canvas.network.extent().size()
    margin = 2 * 32 * 0.75
    assert width == pytest.approx(0.75 * frame.width() + margin, abs=4)
    assert height == pytest.approx(0.75 * frame.height() + margin, abs=4)
    assert b"/Subtype /Image" not in pdf  # lines and letters, no pixels
    assert b"/FontFile" in pdf or b"/Type /Font" in pdf


def test_pictures_are_on_white_whatever_the_window_looks_like(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "network.png"
    window.exporter.export("png", path)
    image = QImage(str(path))
    assert image.pixelColor(2, 2).name() == "#ffffff"
    svg = tmp_path / "network.svg"
    window.exporter.export("svg", svg)
    text = svg.read_text()
    assert "#ffffff" in text
    assert "#15171c" not in text  # the dark canvas
    assert "<image" not in text


def test_inside_a_block_the_block_is_drawn(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(templates.open_lesson("resnet-50"))
    whole, inside = tmp_path / "whole.pdf", tmp_path / "inside.pdf"
    window.exporter.export("pdf", whole)
    window.model.enter(next(iter(window.model.root.blocks)))
    window.exporter.export("pdf", inside)
    assert page_size(inside.read_bytes()) != page_size(whole.read_bytes())


def test_an_empty_canvas_is_no_picture(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(Document())
    window.exporter.export("pdf", tmp_path / "empty.pdf")
    assert window.messages.text.text() == (
        "There is nothing on the canvas to draw. Add a layer first."
    )
    assert not (tmp_path / "empty.pdf").exists()
    window.exporter.print()
    assert window.messages.text.text() == "There is nothing on the canvas to print."


def test_it_is_printed_on_one_page(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    window.exporter.print_on(printer)
    name = window.model.root.name
    assert window.messages.text.text() == f"Sent {name} to the printer."
    width, height = page_size(path.read_bytes())
    assert {round(width), round(height)} <= {595, 842, 612, 792}  # A4 or Letter
    assert len(streams(path.read_bytes())) > 2000


def test_the_command_line_writes_a_pdf(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cnn.pdf"
    given = ["export", "lesson:cnn-small", "--to", "pdf", "-o", str(path)]
    assert main(given) == 0
    assert capsys.readouterr().err == f"Wrote {path}.\n"
    assert path.read_bytes().startswith(b"%PDF-1.")


def test_the_colours_of_paper_can_be_read_on_white() -> None:
    for color in (PAPER.text, PAPER.muted, *PAPER.families.values()):
        assert _contrast(color) >= 2.9


def _contrast(color: str) -> float:
    """Of a colour with white: WCAG 2.2, relative luminance."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 1.05 / (luminance + 0.05)
