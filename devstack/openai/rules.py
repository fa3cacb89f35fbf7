"""What the parts of a request must have to do with each other, beyond being well formed."""

from jsonschema.exceptions import SchemaError
from jsonschema.validators import Draft202012Validator

from devstack.openai import strict
from devstack.openai.errors import ApiError
from devstack.openai.request import ChatRequest, Function, Message, NamedChoice, ObjectFormat, SchemaFormat


def check(request: ChatRequest, *, azure: bool) -> None:
    """Raise ApiError (400) where the service would."""
    if not request.model:
        raise ApiError(400, "you must provide a model parameter")
    if request.stream_options is not None and not request.stream:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise ApiError(400, message, param="stream_options")
    _check_conversation(request.messages)
    _check_tools(request, azure)
    _check_format(request, azure)


def _check_conversation(messages: list[Message]) -> None:
    open_calls: list[str] = []
    for place, message in enumerate(messages):
        if message.role == "tool":
            _check_tool_answer(place, message, open_calls)
            open_calls.remove(str(message.tool_call_id))
            continue
        _check_answered(place, open_calls)
        if message.role == "assistant":
            open_calls = [call.id for call in message.tool_calls or ()]
        if message.content is None and not (message.role == "assistant" and message.tool_calls):
            raise _invalid(
                place, "content", f"Invalid value for 'content': expected a string, got null. ({place})"
            )
        if message.images and message.role != "user":
            raise _invalid(place, "content", "Image URLs are only allowed for messages with role 'user'.")
    _check_answered(len(messages), open_calls)


def _check_tool_answer(place: int, message: Message, open_calls: list[str]) -> None:
    if message.tool_call_id is None:
        raise _invalid(place, "tool_call_id", f"Missing parameter 'tool_call_id' in messages.[{place}].")
    if message.tool_call_id not in open_calls:
        words = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
        raise _invalid(place, "role", f"Invalid parameter: {words}")


def _check_answered(place: int, open_calls: list[str]) -> None:
    if open_calls:
        words = (
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(open_calls)
        )
        raise _invalid(place, "role", words)


def _invalid(place: int, field: str, message: str) -> ApiError:
    return ApiError(400, message, param=f"messages.[{place}].{field}")


def _check_tools(request: ChatRequest, azure: bool) -> None:
    tools = request.tools or []
    for place, tool in enumerate(tools):
        _check_function(tool.function, f"tools[{place}].function.parameters", azure)
    names = [tool.function.name for tool in tools]
    if not tools and request.tool_choice not in (None, "none"):
        raise ApiError(400, "'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")
    if not tools and request.parallel_tool_calls is not None:
        words = "'parallel_tool_calls' is only allowed when 'tools' are specified."
        raise ApiError(400, words, param="parallel_tool_calls")
    if isinstance(request.tool_choice, NamedChoice) and request.tool_choice.function.name not in names:
        words = f"Tool choice '{request.tool_choice.function.name}' not found in 'tools' parameter."
        raise ApiError(400, words, param="tool_choice")


def _check_function(function: Function, param: str, azure: bool) -> None:
    code, subject = "invalid_function_parameters", f"function '{function.name}'"
    schema = function.parameters if function.parameters is not None else {"type": "object", "properties": {}}
    if schema.get("type") != "object":
        words = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
        raise ApiError(400, f"Invalid schema for {subject}: {words}", param=param, code=code)
    _check_schema(schema, subject, param, code)
    if function.strict:
        strict.check(schema, subject=subject, param=param, code=code, azure=azure)


def _check_format(request: ChatRequest, azure: bool) -> None:
    wanted = request.response_format
    if isinstance(wanted, ObjectFormat):
        if not any("json" in message.text.lower() for message in request.messages):
            words = (
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
                "'json_object'."
            )
            raise ApiError(400, words, param="messages")
    elif isinstance(wanted, SchemaFormat):
        subject = f"response_format '{wanted.json_schema.name}'"
        _check_schema(wanted.json_schema.schema_, subject, "response_format", None)
        if wanted.json_schema.strict:
            schema = wanted.json_schema.schema_
            strict.check(schema, subject=subject, param="response_format", code=None, azure=azure)


def _check_schema(schema: strict.Schema, subject: str, param: str, code: str | None) -> None:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ApiError(
            400, f"Invalid schema for {subject}: {error.message}", param=param, code=code
        ) from error
