"""The whole product: real database, real nginx, sanitized programs, the demo account with its faults.
Started by tests/run, which sets TELLTALE_HOME, PORT and TELLTALE_BUILD."""
import concurrent.futures, http.cookiejar, json, os, random, re, signal, subprocess, time, urllib.error, urllib.parse, urllib.request

import pytest

HOME, PORT, BUILD = os.environ["TELLTALE_HOME"], os.environ["PORT"], os.environ["TELLTALE_BUILD"]
URL = f"http://127.0.0.1:{PORT}"
SETTINGS = dict(line.strip().split("=", 1) for line in open(f"{HOME}/settings.env"))
DEMO = SETTINGS["EMAILOCTOPUS_BASE_URL"]
CLEAN = {"fault": None, "grow": 0, "loop": False, "foreign": False, "sending": False, "end": "null", "counts": "object",
         "retry": "seconds", "limit": False, "still": True}


def cli(*words, env=None, check=True, **more):
    run = subprocess.run([f"{BUILD}/telltale", *words], capture_output=True, text=True, timeout=300,
                         env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, **more)
    assert not check or run.returncode == 0, run.stdout + run.stderr
    assert "Sanitizer" not in run.stderr, run.stderr
    return run


def demo(**switches):
    request = urllib.request.Request(DEMO + "/_demo", data=json.dumps(switches).encode(), method="POST")
    return json.load(urllib.request.urlopen(request, timeout=20))


def demo_state():
    return json.load(urllib.request.urlopen(DEMO + "/_demo", timeout=20))


def call(path, token=None, method="GET", data=None, headers=None):
    request = urllib.request.Request(URL + path, method=method, data=data, headers=headers or {})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@pytest.fixture(scope="session")
def token():
    return cli("token", "create", "--name", "tests", "--scope", "write").stdout.strip()


@pytest.fixture(autouse=True)
def clean():
    demo(**CLEAN)
    yield
    demo(**CLEAN)


def get(path, token):
    status, body, _ = call(path, token)
    assert status == 200, (path, status, body)
    return json.loads(body)


def campaigns(token):
    rows, cursor = [], ""
    while True:
        status, body, headers = call(f"/api/campaigns?limit=50&cursor={cursor}", token)
        assert status == 200, body
        rows += json.loads(body)
        cursor = headers.get("X-Next-Cursor")
        if not cursor:
            return rows


def count_snapshots(token):
    return sum(len(get(f"/api/campaigns/{row['id']}/snapshots", token)) for row in campaigns(token))


def equals_provider(token):
    told = {c["id"]: c for c in demo_state()["campaigns"]}
    rows = [row for row in campaigns(token) if row["has_report"]]
    assert len(rows) >= 69
    for row in rows:
        figures, mine = told[row["emailoctopus_id"]], row["current_metrics"]
        assert mine["sent"] == figures["sent"] and mine["opened"] == figures["opened"]["unique"]
        assert mine["clicked"] == figures["clicked"]["unique"] and mine["clicked_total"] == figures["clicked"]["total"]
        assert mine["bounced"] == figures["bounced"]["hard"] + figures["bounced"]["soft"]
        assert mine["unsubscribed"] == figures["unsubscribed"] and mine["spam_complaints"] == figures["complained"]
    return rows


def no_doubles(token):
    for row in campaigns(token):
        runs = [s["run_id"] for s in get(f"/api/campaigns/{row['id']}/snapshots", token)]
        assert len(runs) == len(set(runs))


def sync_pid():
    return int(open(f"{HOME}/run/sync.pid").read())


def start_sync_worker():
    worker = subprocess.Popen([f"{HOME}/app/telltale-sync"], env={**os.environ, **SETTINGS}, stdin=subprocess.DEVNULL,
                              stderr=open(f"{HOME}/log/sync.log", "a"), start_new_session=True)
    open(f"{HOME}/run/sync.pid", "w").write(str(worker.pid))


def kill_sync_worker(number):
    try:
        pid = sync_pid()
        os.kill(pid, number)
        for _ in range(300):
            with open(f"/proc/{pid}/stat") as stat:
                if ") Z " in stat.read():
                    break
            time.sleep(0.1)
    except (ProcessLookupError, FileNotFoundError):
        pass


@pytest.fixture
def without_worker():
    """The command line then carries out its run itself, with the environment of the test."""
    kill_sync_worker(signal.SIGTERM)
    yield
    start_sync_worker()


def test_every_figure_equals_the_providers(token):  # A-009 A-034 A-108 A-145
    cli("sync")
    rows = equals_provider(token)
    board, stats = get("/api/dashboard?period=all", token), get("/api/stats", token)
    sums = {name: sum(row["current_metrics"][name] for row in rows) for name in ("sent", "opened", "clicked", "bounced")}
    assert {name: board["totals"][name] for name in sums} == sums
    assert board["totals"]["delivered"] == sums["sent"] - sums["bounced"]
    assert board["rates"]["open_rate"] == pytest.approx(100 * sums["opened"] / board["totals"]["delivered"])
    rates = [row["current_metrics"]["opened"] / row["current_metrics"]["sent"] for row in rows]
    assert stats["avg_open_rate"] == pytest.approx(sum(rates) / len(rates))
    assert stats["total_sent"] == sums["sent"] and board["stats"]["avg_open_rate"] == stats["avg_open_rate"]
    assert board["campaigns"]["by_status"] == {"draft": 1, "sending": 1, "sent": 69, "error": 1}


def test_a_second_sync_writes_nothing_and_reads_least(token):
    cli("sync")
    before, calls = count_snapshots(token), demo_state()["calls"]["all"]
    assert " 0 snapshots" in cli("sync").stdout
    assert count_snapshots(token) == before
    assert demo_state()["calls"]["all"] - calls == 1 + 3 + 70  # lists, pages, a summary each; no link report


def test_growth_is_appended_and_falls_are_kept(token):  # A-096 A-077
    cli("sync")
    before = count_snapshots(token)
    demo(grow=3)
    cli("sync")
    grown = count_snapshots(token)
    assert before < grown <= before + 70
    demo(grow=-2)
    cli("sync")
    equals_provider(token)
    assert any(row["fallen"] for row in campaigns(token))
    no_doubles(token)


@pytest.mark.parametrize("fault", [
    {"kind": "500", "times": 3}, {"kind": "502html", "times": 3}, {"kind": "html", "times": 3}, {"kind": "cut", "times": 3},
    {"kind": "garbage", "times": 3}, {"kind": "slow", "times": 2, "seconds": 2}, {"kind": "429", "times": 2}])
def test_passing_faults_lose_nothing(token, fault):
    demo(fault=fault)
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)


@pytest.mark.parametrize("form", ["seconds", "epoch", "absent"])
def test_slowing_down_in_every_form(token, form):
    demo(retry=form, fault={"kind": "429", "times": 2, "path": "summary"})
    assert "sync complete" in cli("sync").stdout


@pytest.mark.parametrize("switch", [{"end": "absent"}, {"end": "array"}, {"counts": "array"}, {"foreign": True}])
def test_every_shape_of_the_api(token, switch):
    demo(**switch)
    assert "sync complete" in cli("sync").stdout
    assert get("/api/lists", token)[0]["counts"]["subscribed"] > 0


def test_a_repeating_cursor_ends_as_partial(token):
    demo(loop=True)
    out = cli("sync").stdout
    assert "sync partial" in out and "repeats its cursor" in out


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
    assert run.returncode == 1 and "refuses the API key (401)" in run.stderr
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


def test_the_button_fifty_times_makes_one_run(token):
    demo(fault={"kind": "slow", "times": 5, "seconds": 2})
    before = {run["id"] for run in get("/api/sync", token)}
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: call("/api/sync", token, "POST", b"")[:2], range(50)))
    assert all(status == 202 for status, _ in answers)
    assert len({json.loads(body)["id"] for _, body in answers} - before) == 1
    cli("sync")


def test_the_database_gone_and_back(token):
    pid = int(open(f"{HOME}/run/ferretdb.pid").read())
    call("/api/sync", token, "POST", b"")
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    status, body, headers = call("/api/stats", token)
    took = time.monotonic() - began
    os.kill(pid, signal.SIGCONT)
    assert status == 503 and headers["Retry-After"] and "mongo" not in body.lower(), (status, body)
    assert took < 20
    healthy = 0  # each worker finds the server again by itself, within the driver's 5 s pause between scans
    for _ in range(600):
        healthy = healthy + 1 if call("/readyz")[0] == 200 else 0
        if healthy >= 30 and get("/api/sync", token)[0]["state"] == "complete":
            break
        time.sleep(0.1)
    equals_provider(token)
    no_doubles(token)


class Browser:
    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path, **fields):
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(URL + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.geturl()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.geturl()

    def sign_in(self, user, password):
        page = self.open("/login")[1]
        proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
        return self.open("/login", username=user, password=password, csrf=proof, next="/dashboard")


def first_user():
    return open(f"{HOME}/first-passwords").readline().split()


def test_signing_in_and_out():  # A-015 A-019 A-143
    user, password = first_user()
    browser = Browser()
    status, page, where = browser.sign_in(user, password)
    assert status == 200 and where.endswith("/dashboard")
    old = [cookie.value for cookie in browser.jar if cookie.name == "sid"][0]
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open("/sync", csrf="0" * 64)[0] == 403
    assert browser.open("/logout", csrf=csrf)[2].endswith("/login?signed_out=1")
    status, _, headers = call("/api/me", headers={"Cookie": f"sid={old}"})
    assert status == 401


def test_wrong_passwords_say_nothing_and_slow_down():
    user, _ = first_user()
    pages = [Browser().sign_in(name, "wrong")[:2] for name in (user, "nobody-of-that-name")]
    assert all(status == 401 and "Invalid username or password" in page for status, page in pages)
    tries = [Browser().sign_in("another-nobody", "wrong")[:2] for _ in range(9)]
    assert any(status == 429 and "wait" in page for status, page in tries)


def test_nothing_is_open_and_no_one_registers():  # A-018 A-121 A-123
    for path in ("/api/dashboard", "/api/stats", "/api/campaigns", "/api/lists", "/api/sync", "/api/openapi.json", "/api/me"):
        assert call(path)[0] == 401
    assert call("/register")[0] == 404
    assert call("/api/stats", "tt_" + "0" * 64)[0] == 401


def test_a_read_token_cannot_write():
    reader = cli("token", "create", "--name", "reader", "--scope", "read").stdout.strip()
    assert call("/api/sync", reader, "POST", b"")[0] == 403 and call("/api/sync", reader)[0] == 200


def test_third_user_is_refused():
    run = cli("user", "create", "third", "--generate", check=False)
    assert run.returncode == 1 and "MAX_USERS" in run.stderr


@pytest.mark.parametrize("query,field", [
    ("/api/campaigns?sort=x", "sort"), ("/api/campaigns?limit=0", "limit"), ("/api/campaigns?limit=9999999999999999999", "limit"),
    ("/api/campaigns?status[$ne]=x&status=bogus", "status"), ("/api/campaigns?from=yesterday", "from"),
    ("/api/campaigns?cursor=abc", "cursor"), ("/api/campaigns?from=2026-02-02&to=2026-01-01", "to"),
    ("/api/dashboard?period=1y", "period"), ("/api/dashboard?compare=moon", "compare")])
def test_bad_parameters_are_named(token, query, field):  # A-125 A-126
    status, body, _ = call(query, token)
    assert status == 400 and field in json.loads(body)["fields"]


def test_search_is_plain_text(token):
    assert get("/api/campaigns?q=" + urllib.parse.quote("(a+)+$.*"), token) == []
    assert len(get("/api/campaigns?q=" + urllib.parse.quote("<B>half"), token)) >= 1
    assert call("/api/campaigns?q=%ff", token)[0] == 400


def test_paging_gives_every_campaign_once(token):
    for sort in ("-sent", "name", "-open_rate", "click_rate", "-delivered"):
        seen, cursor = [], ""
        while cursor is not None:
            status, body, headers = call(f"/api/campaigns?limit=7&sort={sort}&cursor={cursor}", token)
            assert status == 200, body
            seen += [row["id"] for row in json.loads(body)]
            cursor = headers.get("X-Next-Cursor")
        assert len(seen) == len(set(seen)) == 72, sort


def test_names_are_escaped_and_csv_is_safe(token):
    page = call("/campaigns?q=half", token)[1]
    assert "<b>Half" not in page and "&lt;b&gt;Half" in page
    status, text, headers = call("/campaigns.csv", token)
    assert status == 200 and headers["Content-Type"].startswith("text/csv") and len(text.splitlines()) == 73


def test_headers_and_openapi(token):
    headers = call("/dashboard", token)[2]
    assert "default-src 'none'" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-store"
    assert "/api/campaigns/{campaign_id}/snapshots" in get("/api/openapi.json", token)["paths"]


def test_no_secret_and_no_sanitizer_report_in_the_logs():
    for name in os.listdir(f"{HOME}/log"):
        text = open(f"{HOME}/log/{name}", errors="replace").read()
        assert "Sanitizer" not in text and "runtime error" not in text, name
        assert SETTINGS["EMAILOCTOPUS_API_KEY"] not in text and SETTINGS["SECRET_KEY"] not in text, name
