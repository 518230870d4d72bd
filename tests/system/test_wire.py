"""What arrives on the wire: hidden files, the socket of the workers, many requests without a database."""
import concurrent.futures, gzip, os, pathlib, signal, socket, struct, time

import pytest
from product import HOME, call, service_pid


def workers():
    master = open(f"{HOME}/run/web.pid").read().strip()
    return set(open(f"/proc/{master}/task/{master}/children").read().split())


def timed(path, token):
    began = time.monotonic()
    status, _, headers = call(path, token)
    return status, headers.get("Retry-After"), time.monotonic() - began


def test_static_files_are_compressed_beforehand():
    """old: nginx compressed them for each request, and a few clients kept it too busy for the others."""
    for path in pathlib.Path(HOME, "app/public").rglob("*.css"):
        _, _, headers = call(f"/static/{path.relative_to(pathlib.Path(HOME, 'app/public'))}", headers={"Accept-Encoding": "gzip"}, method="HEAD")
        assert headers["Content-Encoding"] == "gzip" and 0 < int(headers["Content-Length"] or 0) < path.stat().st_size / 2, path
        assert gzip.decompress(pathlib.Path(f"{path}.gz").read_bytes()) == path.read_bytes()


def test_an_answer_has_one_part():
    """old: a header of 8 kB got 1,900 parts, as much work for nginx as a hundred requests."""
    assert call("/static/app.css", headers={"Range": "bytes=1-3"})[0] == 206
    status, text, _ = call("/static/app.css", headers={"Range": "bytes=1-3,5-7"})
    assert status == 200 and text == pathlib.Path(HOME, "app/public/app.css").read_text()


def test_no_hidden_file_is_served():
    public = pathlib.Path(HOME, "app/public")
    assert not [str(path) for path in public.rglob(".*")]
    assert call("/static/vendor/tabler.min.css")[0] == 200
    hidden = [public / "vendor/.lock", public / ".htpasswd", public / ".git/config"]
    try:
        for path in hidden:
            path.parent.mkdir(exist_ok=True)
            path.write_text("hidden")
            address = "/static/" + str(path.relative_to(public))
            for written in (address, address.replace("/.", "/%2e"), address.replace("/.", "//."), address.replace("/.", "/x/../.")):
                status, body, _ = call(written)
                assert status == 404 and "hidden" not in body, written
    finally:
        for path in hidden:
            path.unlink(missing_ok=True)
        (public / ".git").rmdir()


def record(kind, content=b"", number=1):
    return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content


BEGIN = record(1, struct.pack(">HB5x", 1, 1))
GREEDY = [b"\xff\xff\xff\xff\xff\xff\xff\xff" + b"x" * 100, b"\x01\xff\xff\xff\xffx", b"\x80\x7f\xff\xff\x01" * 3]


def peer(data):
    one = socket.socket(socket.AF_UNIX)
    one.connect(f"{HOME}/run/web.sock")
    one.sendall(data)
    return one


def test_peers_of_the_workers_socket_hold_and_kill_nobody(token):
    before = workers()
    odd = [b"", b"\x01", BEGIN, BEGIN + record(4, b"\x0e\x03REQUEST_ME"), b"GET / HTTP/1.0\r\n\r\n", record(9, b"", 0)]
    odd += [BEGIN + record(4, params) + record(4) for params in GREEDY] + [BEGIN + record(4, params) for params in GREEDY]
    peers = [peer(data) for data in odd * 4]
    answers = [timed("/api/stats", token) for _ in range(20)]
    assert {status for status, _, _ in answers} == {200} and max(took for _, _, took in answers) < 1.5, answers
    for one in peers:
        one.close()
    # A body that is promised and never comes.
    pairs = b"".join(struct.pack("BB", len(name), len(value)) + name + value for name, value in
                     ((b"REQUEST_METHOD", b"POST"), (b"REQUEST_URI", b"/login"), (b"CONTENT_LENGTH", b"500")))
    promised = peer(BEGIN + record(4, pairs) + record(4))
    promised.settimeout(20)
    assert b"400" in promised.recv(1000)
    promised.close()
    assert workers() == before


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="the server is not ours to stop")
def signal_all(name, number):
    """A service and its children."""
    first = service_pid(name)
    for pid in (first, *map(int, open(f"/proc/{first}/task/{first}/children").read().split())):
        os.kill(pid, number)


@pytest.mark.parametrize("name", ["ferretdb", "postgres"])  # old: a FerretDB that waits for PostgreSQL held each worker for 3 s
def test_requests_do_not_queue_behind_a_stopped_database(token, name):
    signal_all(name, signal.SIGSTOP)
    try:
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda _: timed("/api/stats", token), range(12)))
        time.sleep(3)  # in the middle of the outage
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            later = list(pool.map(lambda _: timed("/dashboard", token), range(12)))
    finally:
        signal_all(name, signal.SIGCONT)
    began = time.monotonic()
    asked = []
    while time.monotonic() - began < 3.5:
        asked.append((time.monotonic() - began, call("/readyz")[0]))
        time.sleep(0.03)
    recovered = max([0, *(when for when, status in asked if status != 200)])
    assert {status for status, _, _ in answers + later} == {503} and all(wait for _, wait, _ in answers + later)
    assert max(took for _, _, took in answers + later) < 4.8, (answers, later)
    assert recovered < 2 and asked[-1][1] == 200, asked
