"""The recording of a broadcast that is over: which file it is, and at which second of the broadcast it
begins."""

from dataclasses import dataclass
from datetime import timedelta

from app import live, media
from app.core import WebinarRecord
from app.live import Broadcast, RecordingClock, Start
from app.live.recording_clock import Pause
from app.media import Asset


@dataclass(frozen=True, slots=True)
class Recording:
    """`supposed`: where it begins as long as nobody says otherwise. `pauses`: the broadcast's.
    `length`: the broadcast's own, pauses and all."""

    address: str
    asset: Asset | None
    start: Start
    supposed: Start
    clock: RecordingClock
    pauses: tuple[Pause, ...]
    length: int

    @property
    def seconds(self) -> int:
        return self.clock.seconds

    @property
    def paused_seconds(self) -> int:
        return sum(int((until - since).total_seconds()) for since, until in self.pauses)


def of(webinar: WebinarRecord, kept: Broadcast, start: Start | None = None) -> Recording | None:
    """None while there is none, and before the broadcast is over. `start`: as if that had been said."""
    on_air_at = kept.air.on_air_at or webinar.scheduled_at
    if webinar.status not in live.state.OVER or not kept.recording or on_air_at is None:
        return None
    asset = media.assets.by_address(webinar.webinar_id, kept.recording)
    pauses = live.recording_starts.pauses_of(webinar.webinar_id)
    whole = int(((kept.air.off_air_at or on_air_at) - on_air_at).total_seconds())
    supposed = Start(_told_second(webinar, asset, on_air_at.timestamp()))
    said = start or live.recording_starts.of(webinar.webinar_id, kept.recording) or supposed
    left_out = pauses if said.pauses_cut else ()
    shown = whole - sum(int((until - since).total_seconds()) for since, until in left_out)
    seconds = (asset.duration_sec if asset else None) or max(1, shown - said.second)
    clock = RecordingClock(on_air_at, said.second, seconds, left_out)
    return Recording(kept.recording, asset, said, supposed, clock, pauses, whole)


def _told_second(webinar: WebinarRecord, asset: Asset | None, on_air_at: float) -> int:
    """The media server tells of a file at its end, and a file of its is as long as it was written,
    pauses and all. Of others nothing is known: they are taken to begin with the broadcast."""
    if asset is None or not asset.source or not asset.duration_sec:
        return 0
    told = live.streams.recordings_of(webinar.webinar_id)
    end = next((each.told_at for each in told if each.source == asset.source), None)
    if end is None:
        return 0
    return round((end - timedelta(seconds=asset.duration_sec)).timestamp() - on_air_at)
