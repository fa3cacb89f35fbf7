"""One invocation from trigger value to written outputs, the same for every kind of trigger.

Listeners decide when a function runs and what a failure means; this decides what goes in (the trigger's
value and the other input bindings) and what comes out (output bindings).
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Mapping
from typing import Any

from devstack.functions.bindings import Binding, Function
from devstack.functions.invocation_log import InvocationLog
from devstack.functions.outputs import Outputs
from devstack.functions.worker import Datum, FunctionLoadError, Outcome, Worker

log = logging.getLogger("host.function")


class Invoker:
    """Runs functions with all of their bindings. `inputs` makes the value of an input binding, by type."""

    def __init__(
        self, worker: Worker, inputs: Mapping[str, Callable[[Binding], Datum]], outputs: Outputs
    ) -> None:
        """Raises FunctionLoadError when a function has an input binding nobody here can fill."""
        self._worker = worker
        self._inputs = inputs
        self._outputs = outputs
        self.log = InvocationLog()
        for function in worker.functions:
            for binding in function.inputs:
                if binding.type not in inputs:
                    raise FunctionLoadError(
                        f"The function '{function.name}' has the input binding '{binding.name}' of type "
                        f"'{binding.type}', which this host cannot fill (it fills: {', '.join(inputs)})."
                    )

    async def run(
        self,
        function: Function,
        trigger: Datum,
        *,
        metadata: Mapping[str, Datum] | None = None,
        data: Mapping[str, Any] | None = None,
        **call: Any,
    ) -> Outcome:
        """Invoke once; never raises for what the function or its outputs do, that is `Outcome.error`.

        `data` is the binding data for expressions in output bindings; `call` goes on to `Worker.invoke`.
        """
        with self.log.following(function, trigger, str(call.get("reason", ""))) as outcomes:
            outcomes.append(await self._run(function, trigger, metadata, data or {}, call))
        return outcomes[0]

    async def _run(
        self,
        function: Function,
        trigger: Datum,
        metadata: Mapping[str, Datum] | None,
        data: Mapping[str, Any],
        call: Mapping[str, Any],
    ) -> Outcome:
        values = {binding.name: self._inputs[binding.type](binding) for binding in function.inputs}
        outcome = await self._worker.invoke(
            function, {function.trigger.name: trigger, **values}, metadata, **call
        )
        if outcome.error:
            return outcome
        try:
            await self._outputs.write(function, outcome, data)
        except Exception as error:  # whatever an output does fails this invocation only
            log.exception("Writing the outputs of 'Functions.%s' failed", function.name)
            return dataclasses.replace(outcome, error=f"{type(error).__name__}: {error}")
        return outcome
