"""Sends requests to a Telltale: over HTTP, or directly to the FastCGI socket of any build's telltale-web with a frozen clock, so
that two servers over the same data give the same answers."""
import http.client, io, json, os, pathlib, re, signal, socket, struct, subprocess, tempfile, time, urllib.parse

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
SECRET = "a secret of the tests, 32 bytes or more"


def clocked(moment, moves=False):
    """The environment of a process whose clock starts at `moment` ("2026-11-20 12:00:00", UTC) and then runs or stands still."""
    return {"LD_PRELOAD": FAKETIME, "FAKETIME": ("@" if moves else "") + moment, "TZ": "UTC", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}


def environment(home, root, uri, database, **more):
    """The environment of the programs of one instance, independent of the caller's settings."""
    inherited = {name: os.environ[name] for name in ("PATH", "LSAN_OPTIONS", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    return {**inherited, "TELLTALE_HOME": home, "TELLTALE_ROOT": root, "FCGI_SOCKET": f"{home}/run/web.sock", "MONGODB_URI": uri, "MONGODB_DB": database,
            "PUBLIC_BASE_URL": "http://127.0.0.1:8000", "SECRET_KEY": SECRET, "FCGI_WORKERS": "2", "LOG_LEVEL": "warning", "MAX_USERS": "10", **more}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def type(self):
        return self.headers.get("content-type", "").split(";")[0]

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


def record(kind, data):
    return struct.pack(">BBHHBB", 1, kind, 1, len(data), 0, 0) + data


def pair(name, value):
    name, value = name.encode(), value.encode()
    sizes = b"".join(bytes([len(one)]) if len(one) < 128 else struct.pack(">I", len(one) | 1 << 31) for one in (name, value))
    return sizes + name + value


def stream(kind, data):
    """A FastCGI stream: records of at most 65,535 bytes, ended by an empty one."""
    return b"".join(record(kind, data[at:at + 65535]) for at in range(0, len(data), 65535)) + record(kind, b"")


def answer_of(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = http.client.parse_headers(io.BytesIO(head + b"\r\n\r\n"))
    return Answer(int(headers.get("Status", "200").split()[0]), headers, body)


def over_fastcgi(path, method, address, headers, data):
    params = {"REQUEST_METHOD": method, "REQUEST_URI": address, "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(data)) if data else "",
              "CONTENT_TYPE": headers.get("Content-Type", ""), **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}}
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(60)
        link.connect(path)
        link.sendall(record(1, struct.pack(">HB5x", 1, 0)) + stream(4, b"".join(pair(*one) for one in params.items())) + stream(5, data or b""))
        with link.makefile("rb") as source:
            raw = b""
            while True:
                _, kind, _, size, padding, _ = struct.unpack(">BBHHBB", source.read(8))
                content = source.read(size + padding)[:size]
                if kind == 3:
                    return answer_of(raw)
                raw += content if kind == 6 else b""


def over_http(base, method, address, headers, data):
    parts = urllib.parse.urlsplit(base)
    link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    link.request(method, address, data, headers)
    answer = link.getresponse()
    body = answer.read()
    link.close()
    return Answer(answer.status, answer.headers, body)


class Site:
    """A Telltale at "http://host:port" or "unix:/path/web.sock", accessed with a token, as a signed-in browser, or anonymously."""

    def __init__(self, base):
        self.base = base

    def ask(self, address, token=None, cookie=None, method="GET", data=None, **headers):
        headers = {name.replace("_", "-").title(): value for name, value in headers.items()}
        headers.update({"Authorization": f"Bearer {token}"} if token else {})
        headers.update({"Cookie": cookie} if cookie else {})
        if self.base.startswith("unix:"):
            return over_fastcgi(self.base[5:], method, address, headers, data)
        for _ in range(100):
            answer = over_http(self.base, method, address, headers, data)
            if answer.status != 429 or "retry-after" in answer.headers:  # nginx's own limit, not ours
                return answer
            time.sleep(0.3)
        return answer


    def send_form(self, address, fields, **more):
        return self.ask(address, method="POST", data=urllib.parse.urlencode(fields).encode(), content_type="application/x-www-form-urlencoded", **more)

    def send_json(self, address, value, method="POST", **more):
        return self.ask(address, method=method, data=json.dumps(value).encode(), content_type="application/json", **more)

    def sign_in(self, user, password, **more):
        """The cookies of a browser after signing in; None if refused."""
        page = self.ask("/login")
        proof = re.search(r'name="csrf" value="(\w+)"', page.text)[1]
        fields = {"username": user, "password": password, "csrf": proof}
        answer = self.send_form("/login", {**fields, "remember": "1"}, cookie=page.headers["Set-Cookie"].split(";")[0], **more)
        return dict(line.split(";")[0].split("=", 1) for line in answer.headers.get_all("Set-Cookie")) if answer.status == 303 else None


class Server(Site):
    """telltale-web from `build` with the files of `root`, over a database. Its clock stands at `clock`; with `moves` it runs from there."""

    def __init__(self, build, root, uri, database, clock=None, moves=False, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="tt-", dir="/tmp")  # removed with the object; short, for the socket's name
        self.home = self.folder.name
        os.mkdir(f"{self.home}/run")
        self.environment = environment(self.home, root, uri, database, **settings)
        self.build, self.clock, self.moves, self.log = build, clock, moves, f"{self.home}/web.log"
        super().__init__(f"unix:{self.home}/run/web.sock")

    def start(self, program="telltale-web"):
        clock = clocked(self.clock, self.moves) if self.clock else {}
        with open(self.log, "a") as log:
            return subprocess.Popen([f"{self.build}/{program}"], env={**self.environment, **clock}, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True)

    def command(self, *words, **more):
        """A command line whose clock starts at the server's and runs."""
        clock = clocked(self.clock, True) if self.clock else {}
        return subprocess.run([f"{self.build}/telltale", *words], env={**self.environment, **clock, **more}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)

    def __enter__(self):
        self.process = self.start()
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                if self.ask("/readyz").status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        said = pathlib.Path(self.log).read_text()
        self.__exit__()
        raise RuntimeError(f"telltale-web does not start: {said[-2000:]}")

    def __exit__(self, *_):
        stop(self.process)
        self.folder.cleanup()


def stop(process, number=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
