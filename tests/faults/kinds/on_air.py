"""What befalls a broadcast: its media server, Redis, the web, its speaker: 36 to 39.

Lost is a line that was taken and is not in SQL, or that a watching page never got; doubled is one that
is there twice. The broadcast itself must go on until somebody stops it.
"""

import contextlib
import os
import signal
import threading
import urllib.request
from collections.abc import Iterator

from bench import webform
from bench.visitor import Visitor
from tests.faults.catalogue import Scene, fault
from tests.faults.hall import Hall, stopped_by
from tests.faults.kinds.people import sign_in
from tests.faults.load import Person
from tests.faults.plant import stop
from tests.faults.proxy import Proxy
from tests.fixtures import media_server, nginx, servers
from tests.fixtures.media_server import Camera, MediaServer
from tests.fixtures.servers import wait_until

NOTICED_WITHIN = 40.0
SETTLED_WITHIN = 100.0
PUBLISHING = (
    "SELECT count(*) FROM live_broadcast WHERE webinar_id = :id AND publishing_since IS NOT NULL"
)
HEARD = "SELECT count(*) FROM live_broadcast WHERE webinar_id = :id AND stream_heard_at IS NOT NULL"
KEPT = "SELECT count(*) FROM live_recording WHERE webinar_id = :id AND state = 'kept'"
STATUS = "SELECT status FROM webinar WHERE webinar_id = :id"


def _needs_media_server() -> str:
    there = nginx.binary() is not None and media_server.module() is not None
    return "" if there else "nginx, libnginx-mod-rtmp"


@fault(
    36,
    "эфир: медиасервер умер (kill -9) и вернулся",
    needs=_needs_media_server,
    why="настоящий nginx-rtmp; потеря здесь — реплика или запись; эфир не кончается",
)
def media_server_dies_on_air(scene: Scene) -> None:
    """The room says that the picture is missing and takes it back; each piece of the recording is kept."""
    server = scene.plant.media
    with (
        Hall(scene, 20, writers=5) as hall,
        contextlib.ExitStack() as running,
    ):
        process = running.enter_context(media_server.running(server, scene.plant.port))
        with Camera(server, hall.key, again=1.0):
            wait_until(lambda: _number(scene, HEARD, hall) == 1, NOTICED_WITHIN)
            last = _last_piece(server, hall)
            media_server.kill(process)
            scene.injected += 1
            noticed = hall.until_all_miss_the_picture(True, NOTICED_WITHIN)
            _must_be(scene, hall, "live")
            scene.must(not _number(scene, PUBLISHING, hall), "the console still has a picture")
            running.enter_context(media_server.running(server, scene.plant.port))
            back = hall.until_all_miss_the_picture(False, NOTICED_WITHIN)
            scene.must(_number(scene, PUBLISHING, hall), "the console has no picture")
            _until_pieces(server, hall, beyond=last)
            hall.until_said(5)
            hall.compare()
            _must_be(scene, hall, "live")
            stop_as_admin(scene, hall)
        _recordings_are_kept(scene, server, hall)
    scene.notes.append(f"замечено за {noticed:.1f} с, картинка вернулась за {back:.1f} с")


def _last_piece(server: MediaServer, hall: Hall) -> int:
    """The newest piece that the playlist has, counted over the whole broadcast; -1 for none."""
    try:
        address = f"{server.url}/hls/{hall.stream_id}.m3u8"
        with urllib.request.urlopen(address, timeout=5) as answer:
            lines = answer.read().decode().split()
    except OSError:
        return -1
    first = next(int(each.partition(":")[2]) for each in lines if "MEDIA-SEQUENCE" in each)
    return first + sum(each.endswith(".ts") for each in lines) - 1


def _until_pieces(server: MediaServer, hall: Hall, *, beyond: int) -> None:
    wait_until(lambda: _last_piece(server, hall) > beyond, NOTICED_WITHIN)


def _recordings_are_kept(scene: Scene, server: MediaServer, hall: Hall) -> None:
    """As many as the media server wrote, that of the one which died too."""
    wanted = len(list(server.recordings.glob("*.flv")))
    scene.must(wanted >= 2, f"{wanted} files were recorded")
    try:
        wait_until(lambda: _number(scene, KEPT, hall) == wanted, 60)
    except TimeoutError:
        scene.lost.append(f"recordings: {_number(scene, KEPT, hall)} of {wanted} kept")


def _number(scene: Scene, question: str, hall: Hall) -> int:
    return scene.plant.database.number(question, id=hall.webinar_id)


def _must_be(scene: Scene, hall: Hall, status: str) -> None:
    ((found,),) = scene.plant.database.ask(STATUS, id=hall.webinar_id)
    scene.must(found == status, f"the broadcast is {found}, not {status}")


@fault(
    37,
    "эфир: Redis FLUSHALL, зрители смотрят и пишут",
    limit_holds=False,
    why="потеря здесь — реплика, на которую ответили 200 и которой нет в базе или у зрителя",
)
def redis_is_flushed_on_air(scene: Scene) -> None:
    viewers, slowest = 60, 0.0
    with Hall(scene, viewers, writers=8) as hall:
        hall.until_said(3)
        hall.until_all_count(viewers)
        for _ in range(8):
            scene.plant.redis.client.flushall()
            scene.injected += 1
            hall.until_said(2)
            hall.until_all_hear()
            slowest = max(slowest, hall.until_all_count(viewers))
        hall.compare()
        _must_be(scene, hall, "live")
        state = f"live:state:{hall.webinar_id}"
        scene.must(scene.plant.redis.client.exists(state), "the state was not put back")
    scene.notes.append(f"верное число зрителей снова через {slowest:.1f} с / true count again")


@fault(
    38,
    "эфир: веб-процессы один за другим: SIGTERM и kill -9",
    why="200 зрителей; страница сама спрашивает снова, непринятое шлют ещё раз",
)
def web_restarts_on_air(scene: Scene) -> None:
    """gunicorn's processes are killed one after another, then the whole of it is deployed anew twice."""
    plant, slowest = scene.plant, 0.0
    viewers, writers = 200, 40
    with Hall(scene, viewers, writers=writers) as hall:
        hall.until_said(writers)
        for pid in plant.web_pids():
            os.kill(pid, signal.SIGKILL)
            scene.injected += 1
            slowest = max(slowest, hall.until_all_hear())
        for _ in range(2):
            stop(plant.web)
            scene.injected += 1
            plant.web.start()
            slowest = max(slowest, hall.until_all_hear(60))
            hall.until_said(writers)
        hall.compare()
        _must_be(scene, hall, "live")
    scene.notes.append(
        f"последний зритель вернулся через {slowest:.1f} с / the last viewer was back"
    )


@fault(
    39,
    "эфир: у спикера пропала сеть, завершает другой",
    why="«стоп» спикера доходит позже и отклонён; посещаемость подведена по правилу",
)
def speaker_is_cut_off(scene: Scene) -> None:
    """One stop, by who really pressed it first; who was there until then has attended."""
    plant = scene.plant
    with (
        Hall(scene, 20, writers=4) as hall,
        Proxy(plant.port, servers.free_port()) as wire,
        Person(wire.port, scene.random) as speaker,
    ):
        sign_in(scene, speaker, f"{scene.load.tag}.speaker@example.org")
        page = speaker.get(f"/studio/{hall.slug}/live/").body
        wire.hang()
        scene.injected += 1
        hall.until_said(8)
        hall.compare()
        with _pressing_stop(speaker, hall, page) as refused:
            _must_be(scene, hall, "live")
            other = stop_as_admin(scene, hall)
            wire.mend()
        scene.must(refused == [409], f"the late stop was answered {refused}")
        actors = stopped_by(plant.database, hall.webinar_id)
        scene.must(actors == [other], f"stopped by {actors}, not by {other} alone")
        _is_settled(scene, hall)


@contextlib.contextmanager
def _pressing_stop(speaker: Person, hall: Hall, page: str) -> Iterator[list[int]]:
    """The speaker presses «stop» into a dead network; what was answered in the end, 0 for nothing."""
    answered: list[int] = []
    fields = webform.hidden_fields(page)

    def press() -> None:
        speaker.hang_up()
        try:
            answered.append(
                speaker.post(f"/studio/{hall.slug}/live/stop/", fields, 303, 409).status
            )
        except OSError:
            answered.append(0)

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    yield answered
    thread.join(30)


def stop_as_admin(scene: Scene, hall: Hall) -> int:
    """Somebody else of the team stops it from the console; who that is."""
    email = f"{scene.load.tag}.other@example.org"
    with Visitor(scene.plant.port) as person:
        sign_in(scene, person, email)
        page = person.get(f"/studio/{hall.slug}/live/").body
        person.post(f"/studio/{hall.slug}/live/stop/", webform.hidden_fields(page), 303)
    _must_be(scene, hall, "finished")
    return scene.plant.database.number('SELECT id FROM "user" WHERE email = :email', email=email)


def _is_settled(scene: Scene, hall: Hall) -> None:
    """All who were there have attended, each told of once."""
    database = scene.plant.database
    settled = (
        "SELECT count(*) FROM live_broadcast WHERE webinar_id = :id AND settled_at IS NOT NULL"
    )
    attended = "SELECT count(*) FROM attendance WHERE webinar_id = :id AND attended"
    told = "SELECT count(*) FROM event WHERE webinar_id = :id AND name = 'client_webinar_completed'"
    wait_until(lambda: database.number(settled, id=hall.webinar_id) == 1, SETTLED_WITHIN)
    viewers = len(hall.pages)
    wait_until(lambda: database.number(attended, id=hall.webinar_id) == viewers, 30)
    count = database.number(told, id=hall.webinar_id)
    scene.must(count == viewers, f"{count} completed of {viewers}")
