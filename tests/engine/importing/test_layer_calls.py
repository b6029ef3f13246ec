"""Lines that make layers become a chain of nodes, and nothing of them is run."""

from __future__ import annotations

import pytest

from engine.graph import Graph
from engine.importing.layer_calls import read_layer_calls
from engine.problems import Refusal

WHOLE = (
    "Paste lines such as nn.Conv2d(3, 16, 3) alone; a whole network comes in by "
    "File > Import PyTorch code."
)


def made(graph: Graph) -> list[tuple[str, str, dict[str, object]]]:
    return [(node.name, node.layer, dict(node.settings)) for node in graph]


def test_a_call_is_a_node_with_its_settings() -> None:
    graph = read_layer_calls("nn.Conv2d(3, 16, (3, 5), padding=1)")
    settings = {"out_channels": 16, "kernel_size": (3, 5), "padding": 1}
    assert made(graph) == [("conv2d1", "Conv2d", settings)]
    assert graph.edges == ()


@pytest.mark.parametrize(
    "text",
    [
        "nn.Linear(4, 8)\nnn.ReLU()\nnn.Linear(8, 2)",
        "    nn.Linear(4, 8),\n    nn.ReLU(),\n    nn.Linear(8, 2),\n",
        "from torch import nn\n\nLinear(4, 8); torch.nn.ReLU(); nn.Linear(8, 2)",
        "net = nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.ReLU(inplace=True)),"
        " nn.Linear(in_features=8, out_features=2))",
        "[nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)]",
    ],
)
def test_several_calls_are_a_chain(text: str) -> None:
    graph = read_layer_calls(text)
    assert made(graph) == [
        ("linear1", "Linear", {"out_features": 8}),
        ("relu1", "ReLU", {}),
        ("linear2", "Linear", {"out_features": 2}),
    ]
    assert [str(edge) for edge in graph.edges] == [
        "linear1.output → relu1.input",
        "relu1.output → linear2.input",
    ]


def test_nodes_are_called_as_what_they_are_assigned_to() -> None:
    """Marked from the first letter of the first line on, which leaves its indent."""
    text = "self.stem = nn.Conv2d(3, 8, 3)\n        self.act = nn.ReLU()\n"
    text += "        self.act = nn.GELU()\n        self.forward = nn.Flatten()"
    names = [node.name for node in read_layer_calls(text)]
    assert names == ["stem", "act", "gelu1", "flatten1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nn.Linear(4", "no Python that can be read: '(' was never closed in line 1."),
        ("nn.Linear(4, width)", "In line 1, width is known only where the code runs."),
        ("nn.Linear(*sizes)", "In line 1, *sizes is known only where the code runs."),
        ("nn.Linear(4)", "Linear cannot be made so: missing a required argument: "),
        ("nn.Conv2d(3, 4, 3, k=1)", "Conv2d cannot be made so: got an unexpected"),
        ("nn.Conv2d(3, 'x', 3)", "Conv2d has out_channels, which must be a whole"),
        ("nn.Conv2d(3, 4, [[1], 2])", "Conv2d has kernel_size, which must be"),
        ("nn.LSTM(3, 4)", "LSTM has batch_first off, and the batch comes first here."),
        ("\nnn.ReLU()\nnn.Foo(1)", f"In line 2, nn.Foo(1) makes no layer. {WHOLE}"),
        ("my.ReLU()", f"In line 1, my.ReLU() makes no layer. {WHOLE}"),
        ("x = self.act(x)", f"In line 1, self.act(x) makes no layer. {WHOLE}"),
        ("class Net(nn.Module):\n  pass", f"pass makes no layer. {WHOLE}"),
        ("nn.Sequential()", f"The text makes no layers. {WHOLE}"),
        ("(" * 5_000 + "nn.ReLU()", "The text is no Python that can be read: "),
        ("nn.ReLU()\n" * 20_000, f"The text is longer than 100,000 letters. {WHOLE}"),
    ],
)
def test_what_cannot_be_read_whole_is_told(text: str, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_layer_calls(text)
    assert message in str(refused.value)


def test_nothing_of_a_text_is_run() -> None:
    for text in ("nn.Linear(4, exit())", "exit()", "nn.ReLU(exit())", "exit"):
        with pytest.raises(Refusal):
            read_layer_calls(text)
