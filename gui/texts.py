"""Every text of the window passes here, so that it can be translated.

A module says once which part of the window it is, and asks for its texts by their
English, whose gaps are filled in after translation:

    tr = Texts("runs")
    tr("Delete")
    tr("Wrote {file}.", file=path.name)
    tr.counted(count, "{count} run", "{count} runs")

What stands in a table or a constant is made when the module is read, before there is
a language: it is marked there, and looked up where it is shown.

    HEADINGS = (tr.mark("Menu"), tr.mark("Keys"))
    [tr.of(each) for each in HEADINGS]

`python -m gui.text_extraction FILE.ts` writes all there is to translate into one file.
A file `resources/translations/espalier_LL.qm` (LL a language, such as `de`) made of it
is taken where the system speaks that language.

Here ends what is translated: names of layers, settings and metrics are PyTorch's, and
stay as they are; sentences of `engine` (problems and their fixes, help of the catalog,
data sources and runs) and of `templates` (lessons) are said in English, also where
the window puts them into a sentence of its own; so is what goes to a log or a file.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"


class Texts:
    """The texts of one part of the window, in the user's language."""

    def __init__(self, context: str) -> None:
        self.context = context

    def __call__(self, source: str, /, **values: object) -> str:
        """A text that is written here, with its gaps filled in."""
        return _filled(self.of(source), source, values)

    def counted(self, count: int, one: str, more: str, /, **values: object) -> str:
        """A text whose wording follows a number; `{count}` in it stands for that.

        English has two wordings. Another language has as many as it needs: they are
        those of `more` in its file.
        """
        said = QCoreApplication.translate(self.context, more, None, count)
        source = one if count == 1 else more
        if said == more:  # nobody translated it
            said = source
        return _filled(said, source, {"count": count, **values})

    def mark(self, source: str, /) -> str:
        """`source` as it stands: one of the texts that `of` looks up."""
        return source

    def of(self, source: str, /) -> str:
        """The text that was marked as `source`, or stands in a table."""
        return QCoreApplication.translate(self.context, source)


def speak(
    app: QCoreApplication, locale: QLocale, folder: Path = TRANSLATIONS
) -> list[QTranslator]:
    """Let the application speak the language of `locale`; empty without a file for it.

    What Qt says itself, in its dialogs and on its buttons, is said so too. Done before
    the window is made: what is on the screen is not translated again.
    """
    own = QTranslator(app)
    if not own.load(locale, "espalier", "_", str(folder)):
        return []
    spoken = [own]
    of_qt = QTranslator(app)
    beside = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if of_qt.load(locale, "qtbase", "_", beside):
        spoken.insert(0, of_qt)  # asked last
    for translator in spoken:
        app.installTranslator(translator)
    return spoken


def _filled(said: str, source: str, values: dict[str, object]) -> str:
    """With values in its gaps; in English where a translation has other gaps."""
    if not values:
        return said
    try:
        return said.format(**values)
    except (LookupError, ValueError, TypeError, AttributeError):
        return source.format(**values)
