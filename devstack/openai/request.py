"""A Chat Completions request as it arrives, read strictly and refused in the service's own words."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devstack.openai.errors import ApiError

_NAME = "^[a-zA-Z0-9_-]{1,64}$"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TextPart(_Sent):
    """Text within a message."""

    type: Literal["text"]
    text: str


class ImageUrl(_Sent):
    """Where a picture is; here always a ``data:`` URL."""

    url: str
    detail: Literal["auto", "low", "high"] = "auto"


class ImagePart(_Sent):
    """A picture within a message."""

    type: Literal["image_url"]
    image_url: ImageUrl


class RefusalPart(_Sent):
    """An earlier refusal of the model, given back to it."""

    type: Literal["refusal"]
    refusal: str


type Part = Annotated[TextPart | ImagePart | RefusalPart, Field(discriminator="type")]


class CalledFunction(_Sent):
    """Name and JSON text of the arguments, as the model wrote them."""

    name: str
    arguments: str


class ToolCall(_Sent):
    """A call the model made earlier in the conversation."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class Message(BaseModel):
    """One message of the conversation. Echoed answers carry fields that mean nothing here: ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    role: Literal["developer", "system", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """Its text parts, one below the other."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if isinstance(part, TextPart))
        return self.content or ""

    @property
    def images(self) -> list[ImageUrl]:
        """Its pictures, in order."""
        parts = self.content if isinstance(self.content, list) else []
        return [part.image_url for part in parts if isinstance(part, ImagePart)]


class Function(_Sent):
    """A function the model may call."""

    name: Annotated[str, Field(pattern=_NAME)]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(_Sent):
    """A tool on offer."""

    type: Literal["function"]
    function: Function


class ChosenFunction(_Sent):
    """The name in a forced choice."""

    name: str


class NamedChoice(_Sent):
    """``tool_choice`` that forces one function."""

    type: Literal["function"]
    function: ChosenFunction


class JsonSchema(_Sent):
    """The schema an answer has to follow."""

    name: Annotated[str, Field(pattern=_NAME)]
    description: str | None = None
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    strict: bool | None = None


class TextFormat(_Sent):
    """Plain prose."""

    type: Literal["text"]


class ObjectFormat(_Sent):
    """Some JSON object."""

    type: Literal["json_object"]


class SchemaFormat(_Sent):
    """JSON by a schema."""

    type: Literal["json_schema"]
    json_schema: JsonSchema


type Format = Annotated[TextFormat | ObjectFormat | SchemaFormat, Field(discriminator="type")]


class StreamOptions(_Sent):
    """What a stream carries besides the answer."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class ChatRequest(_Sent):
    """The whole request. What only tunes a real model's sampling is checked and otherwise ignored."""

    model: Annotated[str, Field(min_length=1)] = ""
    messages: Annotated[list[Message], Field(min_length=1)]
    tools: Annotated[list[Tool], Field(min_length=1, max_length=128)] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: Format | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    n: Annotated[int, Field(ge=1, le=128)] | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    seed: int | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    modalities: list[Literal["text"]] | None = None
    prompt_cache_key: str | None = None
    safety_identifier: str | None = None

    @property
    def limit(self) -> int | None:
        """The most tokens the answer may have."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> list[str]:
        """The texts before which the answer ends."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []


def read(body: Any) -> ChatRequest:
    """Read the decoded JSON body. Raises ApiError (400) naming the first wrong parameter."""
    if not isinstance(body, dict):
        raise ApiError(400, "We could not parse the JSON body of your request.")
    try:
        return ChatRequest.model_validate(body)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False)[0]) from error


def _refusal(problem: Any) -> ApiError:
    param = _path(problem["loc"])
    if problem["type"] == "missing":
        message, code = f"Missing required parameter: '{param}'.", "missing_required_parameter"
    elif problem["type"] == "extra_forbidden":
        message, code = f"Unknown parameter: '{param}'.", "unknown_parameter"
    elif problem["type"].endswith("_type"):
        message, code = f"Invalid type for '{param}': {problem['msg']}.", "invalid_type"
    else:
        message, code = f"Invalid '{param}': {problem['msg']}.", "invalid_value"
    return ApiError(400, message, param=param, code=code)


def _path(location: tuple[str | int, ...]) -> str:
    """``('messages', 0, 'content', 'list[...]', 1)`` as the service writes it: ``messages[0].content[1]``."""
    steps = [step for step in location if isinstance(step, int) or str(step).isidentifier()]
    unions = {"text", "image_url", "refusal", "json_schema", "json_object", "str", "NamedChoice"}
    path = ""
    for place, step in enumerate(steps):
        union_tag = (
            step in unions
            and place > 0
            and (isinstance(steps[place - 1], int) or step in {"str", "NamedChoice"})
        )
        if isinstance(step, int):
            path += f"[{step}]"
        elif not union_tag:
            path += f".{step}" if path else step
    return path
