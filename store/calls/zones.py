"""What time it is where a guarantor lives, by state; where a state has two zones, both have to allow a call."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_E, _C, _M, _P = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_ZONES: dict[tuple[str, ...], str] = {
    (_E,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    (_C,): "AL AR IA IL LA MN MO MS OK WI",
    (_M,): "CO MT NM UT WY",
    (_P,): "CA NV WA",
    (_E, _C): "FL IN KY MI TN",
    (_C, _M): "KS ND NE SD TX",
    (_M, _P): "ID OR",
    ("America/Phoenix",): "AZ",
    ("America/Anchorage", "America/Adak"): "AK",
    ("Pacific/Honolulu",): "HI",
    ("America/Puerto_Rico",): "PR VI",
    ("Pacific/Guam",): "GU MP",
}
ZONES = {state: zones for zones, states in _ZONES.items() for state in states.split()}


def local_times(state: str, now: datetime, otherwise: str) -> list[datetime]:
    """The local time in every zone of the state; that of zone `otherwise` where the state is not known."""
    return [now.astimezone(ZoneInfo(zone)) for zone in ZONES.get(state.upper(), (otherwise,))]


def moment_there(state: str, on: date, hour: int, otherwise: str) -> datetime:
    """The moment (UTC) at which it is `hour` o'clock there; where a state has two zones, in the later of them."""
    at = time(hour)
    zones = ZONES.get(state.upper(), (otherwise,))
    return max(datetime.combine(on, at, ZoneInfo(zone)) for zone in zones).astimezone(UTC)


def may_call(times: list[datetime], first: int, last: int) -> bool:
    """Whether it is between the hours `first` and `last` in all of them."""
    return all(first <= one.hour < last for one in times)


def words(times: list[datetime]) -> str:
    """'14:05 CST', '14:05 CST / 13:05 MST'."""
    return " / ".join(f"{one:%H:%M} {one.tzname()}" for one in times)
