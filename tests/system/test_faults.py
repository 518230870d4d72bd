"""What can go wrong between the provider, the database and us."""
import concurrent.futures, http.server, json, os, pathlib, random, re, signal, socket, subprocess, threading, time, urllib.error, urllib.request

import pytest
from ports import free_port
from product import BUILD, DEMO, HOME, PORT, ROOT, SETTINGS, call, campaigns, cli, count_snapshots, demo, equals_provider, get, kill_sync_worker, no_doubles, restart_database, service_pid, service_row, start_sync_worker, stop_service, wait_for_health, wait_until


@pytest.mark.parametrize("fault", [
    {"kind": "500", "times": 3}, {"kind": "502html", "times": 3}, {"kind": "html", "times": 3}, {"kind": "cut", "times": 3},
    {"kind": "garbage", "times": 3}, {"kind": "nulls", "times": 3, "path": "summary"}, {"kind": "slow", "times": 2, "seconds": 2}, {"kind": "429", "times": 2}])
def test_passing_faults_lose_nothing(token, fault):
    demo(fault=fault)
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)


@pytest.mark.parametrize("form", ["seconds", "epoch", "absent"])
def test_slowing_down_in_every_form(token, form):
    demo(retry=form, fault={"kind": "429", "times": 2, "path": "summary"})
    assert "sync complete" in cli("sync").stdout


def test_a_repeating_cursor_ends_as_partial(token):
    demo(loop=True)
    out = cli("sync").stdout
    assert "sync partial" in out and "pages repeat themselves" in out


def test_refused_and_vanished_reports_are_gaps(token):
    demo(sending=True)
    out = cli("sync").stdout
    assert "sync partial" in out and "(403)" in out
    demo(sending=False, fault={"kind": "404", "times": 1, "path": "summary"})
    out = cli("sync").stdout
    assert "sync partial" in out and "(404)" in out
    assert "partial" in call("/dashboard", token)[1]


def test_a_lasting_fault_is_told_and_history_stays(token):
    before = count_snapshots(token)
    demo(fault={"kind": "500", "times": 1000, "path": "/lists"})
    assert "sync partial" in cli("sync").stdout
    assert count_snapshots(token) == before


def test_wrong_key_stops_with_a_clear_message(token, without_worker):
    run = cli("sync", env={"EMAILOCTOPUS_API_KEY": "eo_wrong"}, check=False)
    assert run.returncode == 1 and "rejected the API key (401)" in run.stderr
    assert "eo_wrong" not in run.stdout + run.stderr


def test_wrong_database_address_is_told():
    run = cli("db", "status", env={"MONGODB_URI": "mongodb://127.0.0.1:1/"}, check=False)
    assert run.returncode == 1 and "database" in run.stderr
    run = cli("db", "status", env={"MONGODB_URI": "nonsense"}, check=False)
    assert run.returncode == 1 and "MONGODB_URI" in run.stderr


def test_killed_at_any_moment_and_resumed(token, without_worker):
    for turn in range(int(os.environ.get("TEST_KILLS", "6"))):
        demo(grow=turn + 1)
        worker = None
        call("/api/sync", token, "POST", b"")
        for _ in range(3):
            start_sync_worker()
            time.sleep(random.uniform(0.3, 1.2))
            kill_sync_worker(signal.SIGKILL)
        start_sync_worker()
        for _ in range(600):
            latest = get("/api/sync", token)[0]
            if latest["state"] not in ("queued", "running"):
                break
            time.sleep(0.2)
        kill_sync_worker(signal.SIGTERM)
        assert latest["state"] == "complete", latest
        equals_provider(token)
    no_doubles(token)
    del worker


def test_many_who_ask_at_once_are_not_in_each_others_way(token):
    """While a worker dies and another takes over, each request gets a run or the one that exists."""
    for turn in range(4):
        asked = [subprocess.Popen([f"{BUILD}/telltale", "sync", "--no-wait", *(["--contacts"] if n % 2 else [])], env={**os.environ, **SETTINGS},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for n in range(12)]
        kill_sync_worker(signal.SIGKILL)
        start_sync_worker()
        told = [(one.communicate(timeout=120), one.returncode) for one in asked]
        assert all("database" not in texts[1] and rc == 0 for texts, rc in told), told
    cli("sync")
    cli("sync", "--contacts")


def test_the_database_gone_and_back(token):
    pid = service_pid("ferretdb")
    call("/api/sync", token, "POST", b"")
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        status, body, headers = call("/api/stats", token)
        took = time.monotonic() - began
    finally:
        os.kill(pid, signal.SIGCONT)
    assert status == 503 and headers["Retry-After"] and "mongo" not in body.lower(), (status, body)
    assert took < 20
    healthy = 0  # each worker reconnects on its own, within the driver's 5 s pause between scans
    for _ in range(600):
        healthy = healthy + 1 if call("/readyz")[0] == 200 else 0
        if healthy >= 30 and get("/api/sync", token)[0]["state"] == "complete":
            break
        time.sleep(0.1)
    equals_provider(token)
    no_doubles(token)


def test_a_huge_answer_is_refused_and_told(token):
    before = count_snapshots(token)
    demo(fault={"kind": "huge", "times": 1, "path": "summary"})
    out = cli("sync").stdout
    assert "sync partial" in out and "larger than" in out
    assert count_snapshots(token) == before


def test_lasting_nulls_are_a_gap_and_no_fall(token):
    before = count_snapshots(token)
    demo(fault={"kind": "nulls", "times": 5, "path": "summary"})
    cli("sync")
    assert count_snapshots(token) == before
    assert not any(row["decreased"] == "sent" for row in get("/api/campaigns?limit=100", token))


@pytest.mark.parametrize("path", ["/lists", "/campaigns"])
def test_rows_without_an_id_are_a_gap_that_the_next_run_closes(token, path):
    demo(grow=21, fault={"kind": "holes", "times": 1, "path": path, "rows": 2})
    out = cli("sync").stdout
    assert "sync partial" in out and "2 rows without an id" in out, out
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)


@pytest.mark.parametrize("grow, kind, path, words", [(23, "end", "/campaigns", "did not come"), (24, "empty", "/links", "it ends after")])
def test_answers_that_contradict_what_is_known_are_gaps(token, grow, kind, path, words):
    row = max((row for row in campaigns(token) if row["has_report"]), key=lambda row: row["current_metrics"]["clicked"])
    links = get(f"/api/campaigns/{row['id']}/links", token)
    demo(grow=grow, fault={"kind": kind, "times": 5, "path": f"{row['emailoctopus_id']}/reports{path}" if path == "/links" else path})
    out = cli("sync").stdout
    assert "sync partial" in out and words in out, out
    assert len(get(f"/api/campaigns/{row['id']}/links", token)) == len(links) > 0
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)


def test_links_without_a_number_are_read_again(token):
    row = max((row for row in campaigns(token) if row["has_report"]), key=lambda row: row["current_metrics"]["clicked"])
    demo(grow=25, fault={"kind": "uncounted", "times": 1, "path": f"{row['emailoctopus_id']}/reports/links"})
    assert "clicked_unique: it is not a count" in cli("sync").stdout
    assert all(link["clicked_unique"] is None for link in get(f"/api/campaigns/{row['id']}/links", token))
    cli("sync")
    assert all(link["clicked_unique"] is not None for link in get(f"/api/campaigns/{row['id']}/links", token))


def test_links_without_an_address_are_told_and_read_again(token):
    row = max((row for row in campaigns(token) if row["has_report"]), key=lambda row: row["current_metrics"]["clicked"])
    demo(grow=22, fault={"kind": "holes", "times": 1, "path": f"{row['emailoctopus_id']}/reports/links", "rows": 1})
    out = cli("sync").stdout
    assert "sync partial" in out and f"links of {row['emailoctopus_id']}: 1 row without" in out, out
    assert "sent 1 more link without" in call(f"/campaigns/{row['id']}", token)[1]
    assert "sync complete" in cli("sync").stdout
    assert "more link without" not in call(f"/campaigns/{row['id']}", token)[1]


def test_a_counter_that_cannot_be_costs_that_counter(token):
    row = next(row for row in campaigns(token) if row["has_report"])
    demo(fault={"kind": "counts", "times": 1, "path": f"{row['emailoctopus_id']}/reports/summary", "number": 2**62})
    out = cli("sync").stdout
    assert "sync complete" in out and "opened.unique: it is not a count" in out, out
    now = get(f"/api/campaigns/{row['id']}", token)["current_metrics"]
    assert now["opened"] == row["current_metrics"]["opened"] and now["sent"] == row["current_metrics"]["sent"]
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)


class Twisting(http.server.BaseHTTPRequestHandler):
    """In front of the demo account: some of what it answers is something else, everywhere, as `random` says."""
    random, share, twisted, all = random.Random(0), 0, 0, "TEST_TWIST_ALL" in os.environ
    protocol_version = "HTTP/1.1"
    COUNTS = [2**62, 2**63 - 1, 2**63, 2**64, -1, -2**62, 1e308, 0.5, "12", "", None, True, [], {}, [2**62], "\ufffe\u202e=1+1"]
    IDS = [None, "", 0, [], {}, True]  # none that could be an id: of those, things that are gone would stay behind

    def log_message(self, *words):
        pass

    def twist(self, value, name=""):
        is_id, is_count = name == "id" or name.endswith("_id"), isinstance(value, (int, float)) and not isinstance(value, bool)
        if (is_id or is_count or self.all) and self.random.random() < self.share and name not in ("next", "url", "starting_after"):
            Twisting.twisted += 1
            return self.random.choice(self.IDS if is_id else self.COUNTS)
        if isinstance(value, dict):
            return {key: self.twist(one, key) for key, one in value.items()}
        return [self.twist(one, name) for one in value] if isinstance(value, list) else value

    def do_GET(self):
        request = urllib.request.Request(DEMO.split("/", 3)[0] + "//" + DEMO.split("/")[2] + self.path, headers={"Authorization": self.headers["Authorization"] or ""})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, body, kind = answer.status, answer.read(), answer.headers["Content-Type"]
            body = json.dumps(self.twist(json.loads(body))).encode()
        except urllib.error.HTTPError as error:
            status, body, kind = error.code, error.read(), error.headers["Content-Type"]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def twisting():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Twisting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rest = DEMO.split("/", 3)[3:]
    yield f"http://127.0.0.1:{server.server_port}/" + (rest[0] if rest else "")
    server.shutdown()


PAGES = ["/dashboard", "/campaigns", "/lists", "/contacts", "/changes", "/sync", "/insights", "/campaigns.csv", "/api/campaigns", "/api/lists", "/api/stats"]


@pytest.mark.parametrize("share", [float(one) for one in os.environ.get("TEST_TWISTED", "0.03 0.2").split()])
def test_anything_in_place_of_any_value(token, without_worker, twisting, share):
    """Counters of 2^62 and beyond, negative ones, texts, nulls and lists, where ids, counts, names and times belong, in every kind of answer."""
    before = {row["id"]: row["current_metrics"] for row in campaigns(token) if row["has_report"]}
    Twisting.random, Twisting.share, Twisting.twisted = random.Random(share), share, 0
    for words in (("sync",), ("sync", "--contacts")):
        run = cli(*words, env={"EMAILOCTOPUS_BASE_URL": twisting}, check=False)
        assert run.returncode in (0, 1) and re.search(" (partial|complete): ", run.stdout) or run.stderr, run
    assert Twisting.twisted > 5
    for page in PAGES:
        assert call(page, token)[0] in (200, 303, 404), page
    for row in campaigns(token)[:20]:
        assert call(f"/campaigns/{row['id']}", token)[0] == 200
        for name, value in (row["current_metrics"] or {}).items():
            assert not isinstance(value, int) or 0 <= value < 2**53, (name, value)
    for words in (("sync",), ("sync", "--contacts")):
        assert " complete: " in cli(*words).stdout
    equals_provider(token)
    no_doubles(token)
    assert {row["id"] for row in campaigns(token)} >= set(before)


def newest_lines(log):
    return "".join(line for line in open(f"{HOME}/log/{log}", errors="replace").readlines()[-200:] if not re.search(r" (200|503) \d+ B ", line))


def keep_asking(page, token, answers, over):
    while not over.wait(0.1):
        answers.add(call(page, token)[0])


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="the server is not ours to stop")
@pytest.mark.parametrize("victim", ["ferretdb", "postgres"])
def test_the_database_killed_for_a_while_during_a_sync(token, victim):
    demo(grow=5 if victim == "ferretdb" else 9)
    call("/api/sync", token, "POST", b"")
    wait_until(lambda: get("/api/sync", token)[0]["calls"] > 3, "the run's first calls")
    answers, over = set(), threading.Event()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for page in ("/dashboard", "/campaigns", "/api/contacts", "/changes"):
            pool.submit(keep_asking, page, token, answers, over)
        stop_service(victim, signal.SIGKILL)
        try:
            wait_until(lambda: call("/api/stats", token)[0] == 503, "the outage to be noticed")
            time.sleep(float(os.environ.get("TEST_OUTAGE_SECONDS", "8")))
            status, body, headers = call("/api/stats", token)
            assert status == 503 and headers["Retry-After"] and "reference" in body, (status, body)
            assert call("/dashboard", token)[0] == 503
        finally:
            restart_database()
            wait_for_health()
            over.set()
    assert answers == {200, 503}, "an outage from its beginning to its end is no fault of ours: " + newest_lines("nginx.log") + newest_lines("web.log")
    wait_until(lambda: get("/api/sync", token)[0]["state"] not in ("queued", "running"), "the run to end")
    assert get("/api/sync", token)[0]["state"] == "complete"
    equals_provider(token)
    no_doubles(token)


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="the server is not ours to stop")
def test_the_database_starts_again_beside_a_process_that_outlived_it(token):
    """A hanging server process does not notice that its postmaster died, and holds the shared memory."""
    postmaster = service_pid("postgres")
    child = int(open(f"/proc/{postmaster}/task/{postmaster}/children").read().split()[0])
    os.kill(child, signal.SIGSTOP)
    os.kill(postmaster, signal.SIGKILL)
    wait_until(lambda: service_row("postgres")["state"] == "up" and service_pid("postgres") != postmaster, "it to be started again")
    assert not os.path.exists(f"/proc/{child}")
    wait_for_health()


def workers():
    master = service_pid("web")
    return [int(pid) for pid in open(f"/proc/{master}/task/{master}/children").read().split()]


def test_killed_web_workers_are_replaced(token):
    for _ in range(3):
        old = workers()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(workers()) == len(old) and not set(workers()) & set(old), "new workers")
        assert get("/api/stats", token)["total_campaigns"] >= 72


def test_a_rolling_reload_drops_no_request(token):
    old = set(workers())
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(call, "/api/stats", token) for _ in range(60)]
        subprocess.run([f"{ROOT}/deploy/service", "web", "reload"], check=True, timeout=60, stdin=subprocess.DEVNULL)
        asked += [pool.submit(call, "/api/stats", token) for _ in range(60)]
        assert {answer.result()[0] for answer in asked} == {200}
    wait_until(lambda: not old & set(workers()), "the old workers to leave")


def up(**env):
    return subprocess.run([f"{ROOT}/deploy/up", "--detach"], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                          env={k: v for k, v in {**os.environ, **env}.items() if v is not None})


def test_up_says_that_the_port_is_taken(tmp_path):
    run = up(TELLTALE_HOME=str(tmp_path / "h"), PORT=PORT)
    assert run.returncode != 0 and f"port {PORT} is taken" in run.stderr and "PORT=" in run.stderr


def test_up_says_that_the_database_is_wrong(tmp_path):
    """And goes on with other ports when somebody took those of the demo's mail server after they were chosen."""
    tmp_path.chmod(0o755)
    home, port = f"/tmp/tt-{os.getpid()}", free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 10))  # without listening: it seems to be free
        run = up(TELLTALE_HOME=home, PORT=str(port), MONGODB_URI="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=500")
        log = pathlib.Path(home, "log/mail.log").read_text()
    subprocess.run([f"{ROOT}/deploy/down"], env={**os.environ, "TELLTALE_HOME": home}, capture_output=True)
    subprocess.run(["rm", "-rf", home])
    assert run.returncode != 0 and "MONGODB_URI" in run.stderr, run.stderr
    assert "already in use" in log and re.search(rf"^{port + 12} {port + 13}$", log, re.M), log


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root")
def test_up_says_that_the_disk_is_full(tmp_path):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", tmp_path], check=True)
    try:
        run = up(TELLTALE_HOME=str(tmp_path), PORT="18199")
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert run.returncode != 0 and "not enough disk" in run.stderr and "TELLTALE_HOME" in run.stderr


def database_builder(tmp_path, **settings):
    """database_build with a stub for mmdebstrap, which takes a second: only the steps around it."""
    (tmp_path / "mmdebstrap").write_text(f'#!/bin/sh\necho >>{tmp_path}/begun\nsleep 1\nfor word; do case $word in */cache/*) mkdir -p "$word/bin";; esac; done\nexit ${{FAIL:-0}}\n')
    (tmp_path / "mmdebstrap").chmod(0o755)
    script = ". deploy/lib/common.sh; . deploy/lib/database.sh; locate_home; debian_mirror() { echo mirror; }; database_build"
    return subprocess.Popen(["bash", "-c", script], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TELLTALE_CACHE": str(tmp_path / "cache"), **settings})


def roots_in(cache):
    return [path.name for path in cache.iterdir() if path.name != "lock"]


def test_a_half_built_database_is_never_used(tmp_path):
    cache = tmp_path / "cache"
    (cache / "database-1").mkdir(parents=True)
    (cache / "database-1.building.77").mkdir()
    assert database_builder(tmp_path, FAIL="1").wait(60) != 0 and roots_in(cache) == []
    assert database_builder(tmp_path).wait(60) == 0 and roots_in(cache) == ["database-1"]
    assert (cache / "database-1" / "complete").exists() and database_builder(tmp_path, FAIL="1").wait(60) == 0


def test_the_database_is_built_once_for_all_who_need_it_at_once(tmp_path):
    """old: each removed what the others had half built."""
    builders = [database_builder(tmp_path) for _ in range(3)]
    assert [one.wait(60) for one in builders] == [0, 0, 0]
    assert roots_in(tmp_path / "cache") == ["database-1"] and (tmp_path / "begun").read_text() == "\n"
