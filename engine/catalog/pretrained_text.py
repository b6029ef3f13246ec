"""Text models that others have trained, from Hugging Face.

In the code they are made as transformers' own pages make them. Shapes are inferred from
the same models without weights, so that nothing is read or downloaded for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs, Variables
from engine.catalog.pretrained import NONE
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Choice, Int, Text, Values
from engine.catalog.text_models import (
    ADDRESS,
    TEXT_MODELS,
    config_of,
    layers_of,
    longest,
    padding_of,
)

_UNMASKED = '''\
class Unmasked(nn.Module):
    """The model without its mask: no number of that can be looked at on meta."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, attention_mask, **wishes):
        return self.model(tokens, **wishes)
'''


class PretrainedTextModel(Layer):
    """A transformer that has read a great deal of text, from Hugging Face.

    It reads its own tokens: set the data's tokenizer to the same model. Take the mean
    of its token vectors, freeze it, and put a new head behind it; or let it learn too,
    at a small rate. The token that fills short sentences is not looked at.
    """

    family = "attention"
    has_weights = True
    aliases = (
        "transfer learning",
        "backbone",
        "pretrained",
        "BERT",
        "DistilBERT",
        "MiniLM",
        "GPT-2",
        "Hugging Face",
        "AutoModel",
        "sentence embedding",
    )
    formula = "y = mean of the last layer's vectors, for tokens that do not fill"
    source = "https://huggingface.co/docs/transformers/model_doc/auto"
    inputs = (Port("input", ndim=(1,), dtype="int", help="Its tokens: N × time."),)
    settings = (
        Choice(
            name="model",
            default="distilbert/distilbert-base-uncased",
            options=tuple(TEXT_MODELS),
            help="Which model of the hub.",
        ),
        Choice(
            name="weights",
            default="pretrained",
            options=("pretrained", NONE),
            help="Those that were published; or none, to begin with new ones.",
        ),
        Choice(
            name="taken",
            default="mean",
            options=("mean", "first", "tokens", "layer", "attention", "logits"),
            help="One vector a sentence, the mean or that of the first token; a vector "
            "for each token, of the last or any layer; who looks at whom in a layer; "
            "or the scores of the classes it was trained for.",
        ),
        Int(
            name="layer",
            default=-1,
            minimum=-100,
            maximum=100,
            only_with=("taken", ("layer", "attention")),
            help="Which layer, from 0 (for vectors the embeddings); -1 is the last.",
        ),
        Text(
            name="folder",
            default="",
            kind="folder",
            advanced=True,
            empty="the published model",
            help="A folder with the model's files (config.json, model.safetensors, "
            "tokenizer.json), in place of the published model.",
        ),
    )

    def telling(self, s: Values) -> str:
        title = Path(s.folder).name if s.folder else TEXT_MODELS[s.model].title
        return f"{title}, {s.taken}"

    def about(self, s: Values) -> str:
        if s.folder:
            return f"The model in {s.folder}; its terms are those it came with."
        model = TEXT_MODELS[s.model]
        classes = f" Its classes: {', '.join(model.labels)}." if model.labels else ""
        return (
            f"{model.title}: {model.parameters:,} parameters, "
            f"{model.size / 1e6:,.0f} MB. Licence: {model.licence}.{classes} "
            f"{ADDRESS}{s.model}"
        )

    def constructor(self, s: Values, x: Specs) -> Call:
        config = config_of(s.model, s.folder)
        if s.weights == NONE and not isinstance(config, str):
            made = _made_by(s, "from_config")
            return Call.of(made, Raw(_configured(config)), **_options(s, config))
        wishes = {} if isinstance(config, str) else _options(s, config)
        name = s.folder or s.model
        # Safetensors alone: other formats of weights can carry code.
        made = _made_by(s, "from_pretrained")
        return Call.of(made, name, **wishes, use_safetensors=True)

    def sketch(self, s: Values, x: Specs) -> str:
        config = config_of(s.model, s.folder)
        if isinstance(config, str):
            raise ValueError(config)  # the misfit tells it before
        made, wishes = _made_by(s, "from_config"), _options(s, config)
        wishes["attn_implementation"] = "eager"
        # Whether it occurs would be looked for where no mask tells.
        config.pop("pad_token_id", None)
        call = Call.of(made, Raw(_configured(config)), **wishes)
        return f"{_UNMASKED}\n\nmodule = Unmasked({call})"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        config = config_of(s.model, s.folder)
        fills = 0 if isinstance(config, str) else padding_of(config)
        wishes = {"layer": "hidden_states", "attention": "attentions"}
        wish = wishes.get(s.taken)
        wish = f", output_{wish}=True" if wish else ""
        mask = f"{v.input}.ne({fills}).long()"
        if s.taken != "mean":
            told = f"{v.module}({v.input}, attention_mask={mask}{wish})"
            part = _PART[s.taken].format(layer=s.layer)
            return (f"{v.output} = {told}", f"{v.output} = {v.output}{part}")
        # No node can be called so: names do not begin with an underscore.
        return (
            f"_mask = {mask}",
            f"{v.output} = {v.module}({v.input}, attention_mask=_mask)",
            f"{v.output} = {v.output}.last_hidden_state * _mask[..., None]",
            "_count = _mask.sum(1, keepdim=True).clamp(min=1)",
            f"{v.output} = {v.output}.sum(1) / _count",
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        config = config_of(s.model, s.folder)
        if isinstance(config, str):
            return Misfit(
                message=config,
                expected="a folder with config.json, model.safetensors and the "
                "tokenizer's files, of a model like BERT or GPT-2",
                remedy="Choose another folder, or leave it empty for a published "
                "model.",
                setting="folder",
            )
        most, (tokens,) = longest(config), x[0].shape
        if tokens > most:
            return Misfit(
                message=f"reads {most} tokens at most, and gets {tokens}",
                expected=f"up to {most} tokens",
                remedy=f"Set the data's length to {most} or less.",
            )
        return _wrong_taken(s, config)


_PART = {
    "tokens": ".last_hidden_state",
    "first": ".last_hidden_state[:, 0]",
    "layer": ".hidden_states[{layer}]",
    "attention": ".attentions[{layer}]",
    "logits": ".logits",
}
"""What is taken of what a model gives."""


def _made_by(s: Values, way: str) -> str:
    """The function that makes a model with the head that is needed, if one is."""
    head = "ForSequenceClassification" if s.taken == "logits" else ""
    return f"transformers.AutoModel{head}.{way}"


def _configured(config: Mapping[str, Any]) -> str:
    """The call that makes a configuration with what is not as usual for its kind."""
    rest = {name: each for name, each in config.items() if name != "model_type"}
    kind = config["model_type"]
    return str(Call.of("transformers.AutoConfig.for_model", kind, **rest))


def _options(s: Values, config: Mapping[str, Any]) -> dict[str, Any]:
    """What a model is made with beside its configuration."""
    options: dict[str, Any] = {}
    # A second head that nothing here would use, and that nothing would train.
    pools = ("bert", "roberta", "xlm-roberta", "camembert")
    if config["model_type"] in pools and s.taken != "logits":
        options["add_pooling_layer"] = False
    if s.taken == "attention":  # other ways never have the whole matrix
        options["attn_implementation"] = "eager"
    return options


def _wrong_taken(s: Values, config: Mapping[str, Any]) -> Misfit | None:
    if s.taken == "logits" and "num_labels" not in config:
        return Misfit(
            message="gives no class scores: it was not trained to tell classes apart",
            expected="mean, first, tokens, layer or attention",
            remedy="Set taken to mean, and put a Linear behind it.",
            setting="taken",
            suggestions=(setting_to("taken", "mean"),),
        )
    layers = layers_of(config) + (s.taken == "layer")
    if s.taken in ("layer", "attention") and not -layers <= s.layer < layers:
        return Misfit(
            message=f"has {layers} layers, and layer {s.layer} is asked for",
            expected=f"0 to {layers - 1}, or -1 for the last",
            remedy="Set layer to -1.",
            setting="layer",
            suggestions=(setting_to("layer", -1),),
        )
    return None
