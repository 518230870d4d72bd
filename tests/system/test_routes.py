"""Every route of the source, asked by whoever may not: nobody, a partner with a link of their own, a token that may only read, a session without its key."""
import functools, http.client, json, pathlib, re, subprocess, time

import pytest
from product import PORT, ROOT, cli, first_user
from test_doors import Caller
from test_reports import make, post

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/media/:name"), ("GET", "/login"), ("POST", "/login"), ("GET", "/verify"), ("GET", "/s/:key"), ("POST", "/s/:key")}
OF_A_LINK = {(method, f"/r/:token{rest}") for method in ("GET", "POST") for rest in ("", "/pdf", "/csv")} | {
    ("GET", "/r/:token/logo"), ("GET", "/track/:token"), ("GET", "/click/:token"), ("GET", "/view/:token"), ("GET", "/q/:token"), ("GET", "/q/:token/logo"), ("GET", "/unsubscribe/:token"), ("POST", "/unsubscribe/:token"), ("GET", "/confirm/:token"), ("POST", "/confirm/:token")}
OF_A_HOOK = {("POST", f"/hooks/{name}") for name in ("bounce", "emailoctopus", "sendgrid", "twilio")}
IDENTIFIER = re.compile(r'^#define (\w+) ("(?:[^"]*)")$', re.M)


@functools.cache
def routes():
    """(method, path, guard) of each row; macros of a file are expanded as the compiler does it."""
    sources = {path: path.read_text() for path in pathlib.Path(f"{ROOT}/app").rglob("*.[ch]")}
    named = dict(pair for text in sources.values() for pair in IDENTIFIER.findall(text))
    rows = []
    for path, text in sources.items():
        if "GUARD_" not in text or "const struct route " not in text or path.suffix == ".h":
            continue
        own = "".join(line for line in text.splitlines(True) if not line.startswith("#include"))
        plain = subprocess.run(["cc", "-E", "-P", "-"], input=own, capture_output=True, text=True, check=True).stdout
        for table in re.findall(r"const struct route \w+\[\] = \{(.*?)\};", plain, re.S):
            found = re.findall(r'\{\s*"([A-Z]+)",\s*((?:(?:"[^"]*"|[A-Z_]+)\s*)+),\s*(GUARD_\w+)', table)
            assert len(found) == table.count("GUARD_"), (path, table)
            for method, words, guard in found:
                parts = [named.get(word, word) for word in re.findall(r'"[^"]*"|[A-Z_]+', words)]
                rows.append((method, "".join(part.strip('"') for part in parts), guard))
    return rows


def guarded():
    return [(method, path) for method, path, guard in routes() if guard == "GUARD_SIGNED_IN"]


class Line:
    """A connection that is kept, from an address that no other test uses."""

    def __init__(self, address):
        self.link = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60, source_address=(address, 0))

    def ask(self, method, path, body=None, **headers):
        """Whoever asks faster than an address may waits for it."""
        answer = self.ask_once(method, path, body, headers)
        while answer[0] == 429:
            time.sleep(0.3)
            answer = self.ask_once(method, path, body, headers)
        return answer

    def ask_once(self, method, path, body, headers):
        for again in (True, False):
            try:
                self.link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
                answer = self.link.getresponse()
                return answer.status, answer.read(), answer.headers
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.link.close()
                if not again:
                    raise


def filled(path, value="0" * 24):
    return re.sub(r":\w+", value, path)


FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def refused(method, path, answer):
    """The way to sign in, or a refusal in words; nothing of what was asked for."""
    status, body, headers = answer
    if status == 303:
        return method == "GET" and headers["Location"].startswith("/login")
    return status == 401 and (not path.startswith("/api/") or json.loads(body)["code"] == "unsigned")


def test_the_routes_are_those_of_the_document(token):
    listed = {(method, path) for method, path, _ in routes()}
    documented = json.loads(Line("127.0.0.70").ask("GET", "/api/openapi.json", Authorization=f"Bearer {token}")[1])["paths"]
    said = {(method.upper(), re.sub(r"\{(\w+)\}", ":*", path)) for path, methods in documented.items() for method in methods}
    assert said <= {(method, re.sub(r":\w+", ":*", path)) for method, path in listed}
    assert len(listed) >= 441, len(listed)


def test_what_is_open_is_meant_to_be():
    """A new route for everybody is written down here, or it is a mistake."""
    assert {(method, path) for method, path, guard in routes() if guard == "GUARD_PUBLIC"} == OPEN
    assert {(method, path) for method, path, guard in routes() if guard == "GUARD_LINK"} == OF_A_LINK
    assert {(method, path) for method, path, guard in routes() if guard == "GUARD_HOOK"} == OF_A_HOOK
    assert {guard for _, _, guard in routes()} == {"GUARD_PUBLIC", "GUARD_LINK", "GUARD_HOOK", "GUARD_SIGNED_IN"}


def test_nobody_gets_anything():
    line, wrong = Line("127.0.0.71"), []
    for method, path in guarded():
        answer = line.ask(method, filled(path), b"" if method != "GET" else None)
        if not refused(method, path, answer):
            wrong.append((method, path, answer[0]))
    assert not wrong


@pytest.fixture(scope="module")
def link(token):
    """A link that opens its report."""
    report = make(token, title="For a partner")
    url = post(f"/api/reports/{report['id']}/links", token)[1]["url"]
    secret = re.search(r"/r/([^/]+)$", url)[1]
    assert Line("127.0.0.72").ask("GET", f"/r/{secret}")[0] == 200
    yield secret
    post(f"/api/reports/{report['id']}", token, method="DELETE")


@pytest.mark.parametrize("how", ["cookie", "token"])
def test_a_partners_link_opens_nothing_else(link, how):
    """As any of the cookies, as an API token, in the address and as the page that one comes from."""
    line, wrong = Line({"cookie": "127.0.0.73", "token": "127.0.0.79"}[how]), []
    given = {"cookie": {"Cookie": f"sid={link}; remember={link}:{link}; form={link}; __Host-sid={link}", "X_CSRF_Token": link}, "token": {"Authorization": f"Bearer {link}"}}[how]
    for method, path in guarded():
        answer = line.ask(method, filled(path, link) + f"?token={link}", f"csrf={link}" if method != "GET" else None, Referer=f"http://127.0.0.1:{PORT}/r/{link}", **given, **FORM)
        if not refused(method, path, answer):
            wrong.append((method, path, answer[0]))
    assert not wrong


def test_a_read_token_changes_nothing_and_reads_everything():
    reader = cli("token", "create", "--name", "all routes", "--scope", "read").stdout.strip()
    line, wrong = Line("127.0.0.74"), []
    for method, path in guarded():
        status, body, _ = line.ask(method, filled(path), "{}" if method != "GET" else None, Authorization=f"Bearer {reader}", Content_Type="application/json")
        if method == "GET" and (status in (401, 403) or status >= 500) and not path.startswith("/ws/"):  # those are no pages
            wrong.append((method, path, status, body[:200]))
        if method != "GET" and status != 403:
            wrong.append((method, path, status, body[:200]))
    assert not wrong


@pytest.mark.parametrize("key", ["none", "another's"])
def test_no_form_is_taken_without_its_key(key):
    user, password = first_user()
    mine, other = Caller("127.0.0.75"), Caller("127.0.0.76")
    mine.sign_in(user, password)
    other.sign_in(user, password)
    proof = {"none": "", "another's": f"csrf={other.csrf()}"}[key]
    line, wrong = Line("127.0.0.75"), []
    for method, path in guarded():
        if method == "GET":
            continue
        status, body, _ = line.ask(method, filled(path), proof, Cookie=f"sid={mine.cookies['sid']}", **FORM)
        if status != 403:
            wrong.append((method, path, status, body[:200]))
    assert not wrong and line.ask("GET", "/api/me", Cookie=f"sid={mine.cookies['sid']}")[0] == 200


WAYS = {
    "as JSON": lambda path, key: (path, "{}", {"Content_Type": "application/json"}), "as plain text": lambda path, key: (path, "csrf=x", {"Content_Type": "text/plain"}), "without a type": lambda path, key: (path, "csrf=x", {}),
    "in parts, another's": lambda path, key: (path, f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{key}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\r\n--b--\r\n', {"Content_Type": "multipart/form-data; boundary=b"}),
    "in the address": lambda path, key: (f"{path}?csrf={key}", "", FORM), "twice": lambda path, key: (path, f"csrf={key}&csrf={key}&csrf=", FORM), "as a list": lambda path, key: (path, f"csrf[]={key}&csrf[0]={key}&Csrf={key}", FORM),
    "another's header": lambda path, key: (path, "{}", {"Content_Type": "application/json", "X_CSRF_Token": key}), "another method's name": lambda path, key: (path, "_method=GET&csrf=", {**FORM, "X_HTTP_Method_Override": "GET", "X_HTTP_Method": "GET"}),
    "a token that is none": lambda path, key: (path, "{}", {"Content_Type": "application/json", "Authorization": f"Bearer {key}"}), "an empty one": lambda path, key: (path, "{}", {"Content_Type": "application/json", "Authorization": "Bearer "}),
    "another's cookie beside": lambda path, key: (path, f"csrf={key}", {**FORM, "beside": f"form={key}; csrf={key}; remember=x:y"}), "from another site": lambda path, key: (path, "", {**FORM, "Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}),
}


@pytest.fixture(scope="module")
def two_sessions():
    user, password = first_user()
    mine, other = Caller("127.0.0.84"), Caller("127.0.0.85")
    mine.sign_in(user, password)
    other.sign_in(user, password)
    yield mine, other


@pytest.mark.parametrize("way", list(WAYS))
def test_no_form_is_taken_in_any_other_way(two_sessions, way):
    """Each unsafe route, with a user's cookie and whatever another site can send with it."""
    mine, other = two_sessions
    key, line, wrong = other.csrf(), Line("127.0.0.84"), []
    for method, path in guarded():
        if method == "GET":
            continue
        address, body, headers = WAYS[way](filled(path), key)
        beside = headers.pop("beside", None) if "beside" in headers else None
        status, answer, _ = line.ask(method, address, body, Cookie="; ".join([f"sid={mine.cookies['sid']}"] + ([beside] if beside else [])), **headers)
        if status not in (401, 403):
            wrong.append((method, path, status, answer[:200]))
    assert not wrong and line.ask("GET", "/api/me", Cookie=f"sid={mine.cookies['sid']}")[0] == 200


def test_slow_bodies_to_every_open_form_hold_nobody_up():
    lines = []
    for method, path, guard in routes():
        if guard != "GUARD_SIGNED_IN" and method == "POST":
            for _ in range(5):
                line = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60, source_address=("127.0.0.77", 0))
                line.putrequest("POST", filled(path, "A" * 43))
                line.putheader("Content-Type", "application/x-www-form-urlencoded")
                line.putheader("Content-Length", "10000")
                line.endheaders()
                line.send(b"a")
                lines.append(line)
    began = time.monotonic()
    assert Line("127.0.0.78").ask("GET", "/login")[0] == 200 and time.monotonic() - began < 10  # the others stay open for a minute
    for line in lines:
        line.close()
