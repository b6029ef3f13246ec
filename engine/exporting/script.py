"""A training script that needs nothing of Espalier and gives the same losses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from importlib import metadata

from engine.document import Document
from engine.exporting.bundle import Import
from engine.exporting.parts import Closing, Part, Program, program_of
from engine.layout import WIDTH

MAIN_IMPORTS = frozenset(
    {
        Import("argparse"),
        Import("sys"),
        Import("torch"),
        Import("dataclasses", "replace"),
        Import("pathlib", "Path"),
    }
)

PACKAGES = {
    "PIL": "Pillow",
    "numpy": "NumPy",
    "pyarrow": "PyArrow",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
    "torchvision": "torchvision",
    "transformers": "Transformers",
}

AUGMENT = """
        augment=Augment(recipe, splits.vocabulary),"""

MAIN = '''\
def main() -> int:
    """Train, test, and print what happens; gives 0, or 3 when it failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=RECIPE.epochs)
    parser.add_argument("--seed", type=int, default=RECIPE.seed)
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default=RECIPE.device
    )
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "fp16"),
        default=RECIPE.precision,
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path("data"),
        help="%(data_help)s",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--save", type=Path, help="a file for the trained weights")
    args = parser.parse_args()

    recipe = replace(
        RECIPE,
        epochs=args.epochs,
        seed=args.seed,
        device=args.device,
        precision=args.precision,
    )
    try:
        splits = load_data(args.data_dir)
        state, hardware = begin(%(class_name)s, recipe, LEARNING)
    except (DataError, HardwareError) as error:
        print(error, file=sys.stderr)
        return 3
    plan = Plan(
        recipe=recipe,
        fields=FIELDS,
        learning=LEARNING,
        hardware=hardware,
        objective=%(objective)s(),%(augment)s
    )
    for event in train(state, splits, plan):
        if isinstance(event, Diverged):
            print(f"{event.message} {event.remedy}", file=sys.stderr)
            return 3
        line = as_text(event)
        if line:
            print(as_json(event) if args.json else line, flush=True)
    if args.save:
        torch.save(state.model.state_dict(), args.save)
    return 0


if __name__ == "__main__":
    sys.exit(main())'''

CLOSING = Closing(templates=(MAIN,), imports=MAIN_IMPORTS, augment=AUGMENT)


def script(document: Document) -> str:
    """The source of the script. Raises Refusal for a document that cannot train."""
    program = program_of(document, CLOSING)
    parts = [
        f'"""{docstring(program)}"""',
        program.head + "\n\n" + headed(program.model),
        *map(headed, program.settings),
        *map(headed, program.data),
        *map(headed, program.training),
        headed(Part("The program", program.closing[0])),
    ]
    return parts[0] + "\n\n" + "\n\n\n".join(parts[1:]) + "\n"


def headed(part: Part) -> str:
    """A part under its title."""
    return f"# ---- {part.title} ----\n\n\n{part.text}"


def docstring(program: Program) -> str:
    """What the program is, and what it needs."""
    return f"Train “{program.title}”.\n\n{needs(program.imports)}\n"


def needs(imports: Iterable[Import]) -> str:
    """Which packages a program with these imports needs."""
    version = metadata.version("torch").split("+")[0]
    packages = {one.module.split(".")[0] for one in imports}
    others = [PACKAGES[name] for name in sorted(PACKAGES) if name in packages]
    text = (
        "Made with Espalier, and runs without it. Needs "
        f"{' and '.join(others)}; made with PyTorch {version}."
    )
    return textwrap.fill(text, WIDTH)
