"""Every text of the menus and their pages passes here, so that it can be translated.

English stands in the tables and in the calls; `text` looks a translation up. A file
`resources/translations/espalier_LL.qm` (LL a language, such as `de`) is taken where
the system speaks that language. `python -m gui.text_extraction FILE.ts` writes what
there is to translate.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"


def text(context: str, source: str) -> str:
    """`source` in the user's language, as it reads in `context` (`actions`, ...)."""
    return QCoreApplication.translate(context, source)


def speak(
    app: QCoreApplication, locale: QLocale, folder: Path = TRANSLATIONS
) -> QTranslator | None:
    """Let the application speak the language of `locale`; None without a file for it.

    Done before the window is made: what is on the screen is not translated again.
    """
    translator = QTranslator(app)
    if not translator.load(locale, "espalier", "_", str(folder)):
        return None
    app.installTranslator(translator)
    return translator
