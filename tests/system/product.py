"""Shared by the tests of the whole product: its address, command line, demo account and processes.
tests/run starts it and sets TELLTALE_HOME, PORT and TELLTALE_BUILD."""
import contextlib, functools, http.cookiejar, io, json, os, pathlib, re, signal, subprocess, time, urllib.error, urllib.parse, urllib.request

import pymongo
from mailserver import MailServer

HOME, PORT, BUILD = os.environ["TELLTALE_HOME"], os.environ["PORT"], os.environ["TELLTALE_BUILD"]
ROOT = str(pathlib.Path(__file__).resolve().parents[2])
URL = f"http://127.0.0.1:{PORT}"
SETTINGS = dict(line.strip().split("=", 1) for line in open(f"{HOME}/settings.env"))
DEMO = SETTINGS["EMAILOCTOPUS_BASE_URL"]
MAIL_PORT = int(SETTINGS.get("DEMO_MAIL_PORT") or 0)
MAIL = MailServer(f"http://127.0.0.1:{MAIL_PORT + 1}", MAIL_PORT)  # where the product's mail goes unless a test sets SMTP_HOST
EVER = ("2020-01-01", f"{time.gmtime().tm_year + 2}-12-31")  # first and last day of a period that includes everything
CLEAN = {"fault": None, "grow": 0, "loop": False, "foreign": False, "sending": False, "end": "null", "counts": "object",
         "retry": "seconds", "limit": False, "still": True, "gzip": False, "erased": False, "edited": False, "date": 0, "lists": 9, "gone": 0}


def cli(*words, env=None, check=True, **more):
    run = subprocess.run([f"{BUILD}/telltale", *words], capture_output=True, text=True, timeout=300,
                         env={**os.environ, **(env or {})}, **({} if "input" in more else {"stdin": subprocess.DEVNULL}), **more)
    assert not check or run.returncode == 0, run.stdout + run.stderr
    assert "Sanitizer" not in run.stderr, run.stderr
    return run


def demo(**switches):
    request = urllib.request.Request(DEMO + "/_demo", data=json.dumps(switches).encode(), method="POST")
    return json.load(urllib.request.urlopen(request, timeout=20))


def demo_state():
    return json.load(urllib.request.urlopen(DEMO + "/_demo", timeout=20))


def mail(*rules, **switches):
    """These rules and switches of the product's mail server; mail() takes all rules away. MAIL has its counts, messages and log."""
    return MAIL.set(*rules, **switches)


def call(path, token=None, method="GET", data=None, headers=None):
    request = urllib.request.Request(URL + path, method=method, data=data, headers=headers or {})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode(errors="replace"), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def get(path, token):
    status, body, _ = call(path, token)
    assert status == 200, (path, status, body)
    return json.loads(body)


def everything(path, token, limit=500):
    """All rows of an address, page by page."""
    rows, cursor = [], ""
    while cursor is not None:
        status, body, headers = call(f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}", token)
        assert status == 200, body
        rows += json.loads(body)
        cursor = headers.get("X-Next-Cursor")
    return rows


def campaigns(token):
    return everything("/api/campaigns", token, 50)


def count_snapshots(token):
    return sum(len(get(f"/api/campaigns/{row['id']}/snapshots", token)) for row in campaigns(token))


def equals_provider(token):
    reported = {c["id"]: c for c in demo_state()["campaigns"]}
    rows = [row for row in campaigns(token) if row["has_report"]]
    assert len(rows) >= 69
    for row in rows:
        figures, mine = reported[row["emailoctopus_id"]], row["current_metrics"]
        assert mine["sent"] == figures["sent"] and mine["opened"] == figures["opened"]["unique"]
        assert mine["clicked"] == figures["clicked"]["unique"] and mine["clicked_total"] == figures["clicked"]["total"]
        assert mine["bounced"] == figures["bounced"]["hard"] + figures["bounced"]["soft"]
        assert mine["unsubscribed"] == figures["unsubscribed"] and mine["spam_complaints"] == figures["complained"]
    return rows


def no_doubles(token):
    for row in campaigns(token):
        runs = [s["run_id"] for s in get(f"/api/campaigns/{row['id']}/snapshots", token)]
        assert len(runs) == len(set(runs))


def service_row(name, home=HOME):
    """What the keeper says about one of its processes, None if it has no such."""
    lines = [line.split() for line in open(f"{home}/keeper/state").readlines()[1:]]
    return next(({"state": words[1], "pid": int(words[2]), "restarts": int(words[6]), "end": int(words[7])} for words in lines if words[0] == name), None)


def service_pid(name, home=HOME):
    return service_row(name, home)["pid"]


def stop_service(name, number=signal.SIGTERM):
    """It stays away until start_service."""
    pathlib.Path(f"{HOME}/keeper/{name}.down").touch()
    if service_pid(name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(service_pid(name), number)
    wait_until(lambda: service_row(name)["state"] == "down", f"{name} to stop", 60)


GIVEN, ENVIRONMENTS = dict(SETTINGS), {}


def start_service(name):
    """With what a test has changed in SETTINGS since it began."""
    path = pathlib.Path(f"{HOME}/keeper/{name}.env")
    own = ENVIRONMENTS.setdefault(name, dict(line.split("=", 1) for line in path.read_text().splitlines()))
    changed = {key: value for key, value in SETTINGS.items() if GIVEN.get(key) != value}
    path.write_text("".join(f"{key}={value}\n" for key, value in {**own, **changed}.items()))
    subprocess.run([f"{ROOT}/deploy/service", name, "start"], check=True, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def start_sync_worker():
    start_service("sync")


def kill_sync_worker(number):
    stop_service("sync", number)


class Browser:
    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path, **fields):
        data = urllib.parse.urlencode(fields, doseq=True).encode() if fields else None
        try:
            with self.opener.open(URL + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.geturl()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.geturl()

    def upload(self, path, fields, name, data, called="a"):
        """A form with one file."""
        parts = [f'--xYx\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
        parts.append(f'--xYx\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + data)
        request = urllib.request.Request(URL + path, b"".join(parts) + b"\r\n--xYx--\r\n", {"Content-Type": "multipart/form-data; boundary=xYx"})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.geturl()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.geturl()

    def sign_in(self, user, password, **more):
        page = self.open("/login")[1]
        proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
        return self.open("/login", username=user, password=password, csrf=proof, next="/dashboard", **more)


def first_user():
    return open(f"{HOME}/first-passwords").readline().split()


def restart_database():
    if service_row("postgres"):
        start_service("postgres")
        start_service("ferretdb")


def wait_until(condition, what, seconds=120):
    for _ in range(seconds * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def wait_for_health():
    """Each worker reconnects on its own: 30 good answers in a row cover all of them."""
    good = []
    wait_until(lambda: good.append(call("/readyz")[0] == 200) or (len(good) > 30 and all(good[-30:])), "the workers to find the database")


def database(script):
    """Runs Python code on the product's own database, `db`: what it prints. A client of its own, as the server may have been away since."""
    said = io.StringIO()
    with pymongo.MongoClient(SETTINGS["MONGODB_URI"]) as client:
        exec(script, {"db": client[SETTINGS["MONGODB_DB"]], "pymongo": pymongo, "print": functools.partial(print, file=said)})
    return said.getvalue()
