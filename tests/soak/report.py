"""The line while it runs, and the table at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.soak.invariants.verdict import Verdict
from tests.soak.town import Town
from tests.soak.weather import Weather


def progress(town: Town, weather: Weather, seconds: float, what: str) -> str:
    """Return one line that tells how it stands."""
    writes = sum(person.ledger.writes() for person in town.living)
    faults = sum(counter.total() for counter in weather.struck.values())
    doing = ", ".join(sorted(town.acting.elements())) or "nobody"
    return (
        f"{seconds:5.0f} s  {what}: {town.traffic.answers} answers, {writes} acknowledged writes, "
        f"{town.traffic.retried} retries, {faults} faults, {weather.kills} kills; at work: {doing}"
    )


def table(town: Town, weather: Weather, verdicts: Sequence[Verdict]) -> str:
    """Return everything that is to be known of a run."""
    lines = ["", f"seed {town.plan.seed}", "", "traffic              answers"]
    for doing, outcomes in sorted(town.traffic.outcomes.items()):
        told = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
        lines.append(f"  {doing:<18} {outcomes.total():>6}  {told}")
    lines += ["", "weather"]
    for name, kinds in sorted(weather.struck.items()):
        told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common() if count)
        lines.append(f"  {name:<18} {kinds.total():>6}  {told}")
    lines.append(f"  {'host killed':<18} {weather.kills:>6}")
    lines += ["", "invariants           checked"]
    for verdict in verdicts:
        lines.append(f"  {verdict.name:<38} {verdict.checked:>6}  {'ok' if verdict.holds else 'BROKEN'}")
        lines.extend(_wrong(verdict.wrong))
    return "\n".join(lines)


def _wrong(found: Iterable[str]) -> list[str]:
    listed = list(found)
    more = [f"      and {len(listed) - 10} more"] if len(listed) > 10 else []
    return [f"      {text[:600]}" for text in listed[:10]] + more
