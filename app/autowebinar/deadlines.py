"""Until when an offer holds for one lead: a fact in user meta, begun when it was first shown.

Nothing that a browser does moves it. A person's other proven places on the webinar share it, so
that signing up again buys no time; an unproven one neither sees nor begins theirs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app import clock, core
from app.autowebinar import seen
from app.autowebinar.timeline import Cue
from app.core import RegistrationRecord

PREFIX = "autowebinar_offer_"


def key_of(cue: Cue) -> str:
    return PREFIX + cue.key


def ending(cue: Cue, first_shown: datetime) -> datetime:
    """When an offer ends that the viewer was first shown at that moment."""
    if cue.until is not None:
        return clock.from_unix(cue.until)
    return first_shown + timedelta(minutes=cue.minutes or 0)


def shown(
    registration: RegistrationRecord, cues: Iterable[Cue], now: datetime
) -> dict[str, datetime]:
    """The deadlines by cue key of the offers among cues that the viewer is being shown now.

    What has not begun begins, in a transaction of its own; otherwise one query.
    """
    offers = [cue for cue in cues if cue.kind == "offer"]
    own = [cue for cue in offers if cue.until is None]
    begun = _begun(registration) if own else {}
    fresh = [cue for cue in own if key_of(cue) not in begun]
    if fresh:
        begun |= _begin(registration, fresh, now)
    fixed = {cue.key: ending(cue, now) for cue in offers if cue.until is not None}
    return fixed | {cue.key: begun[key_of(cue)] for cue in own}


def known(registration: RegistrationRecord, cue: Cue) -> datetime | None:
    """The deadline, beginning nothing."""
    if cue.until is not None:
        return clock.from_unix(cue.until)
    return _begun(registration).get(key_of(cue))


def all_known(
    registrations: Iterable[RegistrationRecord],
) -> dict[int, dict[str, datetime]]:
    """Deadlines that have begun, by registration id and cue key, in one query."""
    owners = {(each.user_id, seen.scope_of(each.registration_id)): each for each in registrations}
    found = core.user_meta.read_prefixed(PREFIX, owners)
    return {owners[owner].registration_id: _by_key(values) for owner, values in found.items()}


def _by_key(values: dict[str, core.user_meta.Value]) -> dict[str, datetime]:
    return {
        key.removeprefix(PREFIX): value
        for key, value in values.items()
        if isinstance(value, datetime)
    }


def _begun(registration: RegistrationRecord) -> dict[str, datetime]:
    owner = (registration.user_id, seen.scope_of(registration.registration_id))
    values = core.user_meta.read_prefixed(PREFIX, [owner]).get(owner, {})
    return {key: value for key, value in values.items() if isinstance(value, datetime)}


def _begin(
    registration: RegistrationRecord, offers: list[Cue], now: datetime
) -> dict[str, datetime]:
    """Of several pages that are shown it at once, the first one's moment stays."""
    scope = seen.scope_of(registration.registration_id)
    with core.transaction():
        earlier = _of_other_places(registration)
        for cue in offers:
            ends_at = ending(cue, now)
            ends_at = min(ends_at, earlier.get(cue.key, ends_at))
            seen.meta.write_once(registration.user_id, scope, key_of(cue), ends_at)
        return _begun(registration)


def _of_other_places(registration: RegistrationRecord) -> dict[str, datetime]:
    """The earliest known deadlines of the person's places, if this place is provably theirs."""
    places = core.registrations.of_user(registration.user_id, webinar_id=registration.webinar_id)
    if registration.registration_id not in {each.registration_id for each in places}:
        return {}
    earliest: dict[str, datetime] = {}
    for known_there in all_known(places).values():
        for key, ends_at in known_there.items():
            earliest[key] = min(ends_at, earliest.get(key, ends_at))
    return earliest
