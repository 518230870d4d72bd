"""Connections: their form and API, their secrets, and a test of each kind against servers that behave in every bad way."""
import base64, http.server, json, os, pathlib, re, shutil, socket, ssl, subprocess, tempfile, threading, urllib.parse

import pytest
from product import HOME, SETTINGS, URL, Browser, call, cli, database, first_user, get, start_service, stop_service, wait_until

CANARY = "canary-7f3a-hush-hush"
PASSWORD, KEY = f"{CANARY}-password", f"{CANARY}-key"


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates():
    """An authority, and certificates of it: good, expired, for another name; and one signed by itself. The programs, which are
    another user, read the authority's."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="certificates."))
    folder.chmod(0o755)
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test authority")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "self.key", "-out", "self.pem", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n")
    for name, dates, names in (("good", ("20200101000000Z", "20490101000000Z"), "IP:127.0.0.1,DNS:localhost"), ("expired", ("20200101000000Z", "20210101000000Z"), "IP:127.0.0.1,DNS:localhost"),
                               ("other", ("20200101000000Z", "20490101000000Z"), "DNS:mail.elsewhere.example")):
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}")
        openssl(folder, "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr", "-out", f"{name}.pem", "-startdate", dates[0], "-enddate", dates[1], "-rand_serial")
    yield folder
    shutil.rmtree(folder)


class Mail:
    """A mail server. `how`: what is wrong with it."""

    def __init__(self, certificates, how="", certificate="good", port=0):
        self.how, self.heard, self.signs_in = how, [], False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates / f"{certificate}.pem", certificates / f"{certificate}.key")
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                link = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.talk, args=(link,), daemon=True).start()

    def talk(self, link):
        try:
            self.session(link)
        except OSError:
            pass

    def session(self, link):
        def say(text):
            link.sendall(text.encode() + b"\r\n")
        if self.how == "implicit":
            link = self.context.wrap_socket(link, server_side=True)
        secure = self.how in ("implicit", "plain")
        if self.how == "silent":
            return link.recv(1)
        if self.how == "http":
            return say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n")
        if self.how == "greeting":
            return say("421 4.3.2 come back later")
        say("220 mail.acme.example ESMTP")
        reader = link.makefile("rb")
        for line in iter(reader.readline, b""):
            word = line.decode().strip()
            self.heard.append(word)
            if word.startswith("EHLO"):
                if self.how == "hung":
                    return link.recv(1)
                say("250-mail.acme.example\r\n" + ("250-STARTTLS\r\n" if not secure and self.how != "no tls" else "") + ("250-AUTH PLAIN LOGIN\r\n" if self.how != "no sign-in" else "") + "250 SIZE 1000000")
            elif word == "STARTTLS":
                link.sendall(b"220 go on\r\n" + (b"250-mail.acme.example\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 fine\r\n250 fine\r\n" if self.how == "injected" else b""))
                link, secure = self.context.wrap_socket(link, server_side=True), True
                reader = link.makefile("rb")
                return self.rest(link, reader, say := lambda text: link.sendall(text.encode() + b"\r\n"))
            elif not self.answer(word, say):
                return

    def rest(self, link, reader, say):
        for line in iter(reader.readline, b""):
            word = line.decode().strip()
            self.heard.append(word)
            if word.startswith("EHLO"):
                say("250-mail.acme.example\r\n" + ("250-AUTH PLAIN LOGIN\r\n" if self.how != "no sign-in" else "") + "250 SIZE 1000000")
            elif not self.answer(word, say):
                return

    def answer(self, word, say):
        if word == "AUTH PLAIN":
            self.signs_in = True
            say("334 ")
        elif self.signs_in:
            self.signs_in = False
            given = base64.b64decode(word).split(b"\0")[-1].decode()
            say("454 4.7.0 try later" if self.how == "busy" else "235 welcome" if given == PASSWORD else f"535 5.7.8 not {given}")
        elif word.startswith("MAIL FROM"):
            say("550 5.7.1 not from here" if self.how == "sender" else "250 fine")
        elif word == "RSET":
            say("250 forgotten")
        elif word == "QUIT":
            say("221 bye")
            return False
        else:
            say("500 what?")
        return True

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Api(http.server.BaseHTTPRequestHandler):
    """SendGrid, Twilio and Zoho, as far as they are asked."""
    mode, asked = {}, []

    def log_message(self, *words):
        pass

    def reply(self, status, body, kind="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.asked.append((self.path, form))
        if form.get("refresh_token") != KEY:
            return self.reply(200, {"error": "invalid_code"})
        self.reply(200, {"access_token": f"{CANARY}-access", "api_domain": "https://www.zohoapis.com", "expires_in": 3600})

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        signed = self.headers.get("Authorization", "")
        if "html" in self.mode:
            return self.reply(200, "<html>sign in</html>", "text/html")
        if "down" in self.mode:
            return self.reply(503, "busy", "text/html")
        if self.path == "/v3/scopes":
            return self.reply(200, {"scopes": self.mode.get("scopes", ["mail.send"])}) if signed == f"Bearer {KEY}" else self.reply(401, {"errors": [{"message": f"no {signed}"}]})
        if self.path.startswith("/2010-04-01/Accounts/AC"):
            right = signed == "Basic " + base64.b64encode(f"AC{'0' * 32}:{KEY}".encode()).decode()
            return self.reply(200, {"sid": "AC" + "0" * 32, "status": self.mode.get("status", "active")}) if right else self.reply(401, {"code": 20003})
        if self.path == "/crm/v7/org":
            right = signed == f"Zoho-oauthtoken {CANARY}-access" or self.headers.get("Cookie") == f"a={KEY}; b=2" and self.headers.get("X-ZCSRF-TOKEN") == f"crmcsrfparam={KEY}"
            return self.reply(200, {"org": [{"id": "9", "zgid": "123", "company_name": "ACME"}]}) if right else self.reply(401, {"code": "AUTHENTICATION_FAILURE"})
        self.reply(404, {})


@pytest.fixture(scope="module", autouse=True)
def settings(certificates):
    """Servers may be on any port of this machine, and the providers are ours."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url, old = f"http://127.0.0.1:{server.server_port}", dict(SETTINGS)
    more = {"CONNECTIONS_PRIVATE_HOSTS": "true", "SMTP_CA_FILE": str(certificates / "ca.pem"), "SENDGRID_BASE_URL": url, "TWILIO_BASE_URL": url, "ZOHO_API_BASE_URL": f"{url}/crm/v7"}
    SETTINGS.update(more)
    for name in ("web", "report"):
        stop_service(name)
        start_service(name)
    wait_until(lambda: answers(), "the web workers", 30)
    yield more
    SETTINGS.clear()
    SETTINGS.update(old)
    for name in ("web", "report"):
        stop_service(name)
        start_service(name)
    wait_until(lambda: answers(), "the web workers", 30)
    database("db.connections.delete_many({'from_settings': {'$ne': True}})\ndb.versions.update_one({}, {'$inc': {'version': 1, 'settings': 1}})")
    server.shutdown()


def answers():
    try:
        return call("/healthz")[0] == 200
    except OSError:
        return False


def post(token, body, method="POST", path="/api/accounts", key=None):
    headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
    status, text, _ = call(path, token, method, json.dumps(body).encode(), headers)
    assert CANARY not in text, text
    return status, json.loads(text)


def mail(server, **more):
    return {"provider": "smtp", "name": f"Mail {server.port} {server.how}", "smtp": {"host": "127.0.0.1", "port": server.port, "username": "desk", **more.pop("smtp", {})}, "from_email": "news@acme.example",
            "password": PASSWORD, **more}


def made(token, body):
    status, row = post(token, body)
    assert status == 200, row
    return row


def steps_of(settings, row):
    """The steps of its test, by name."""
    run = cli("connection", "test", row["id"], "--json", env=settings, check=False)
    told = run.stdout + run.stderr
    assert CANARY not in told, told
    steps = {step["name"]: step for step in json.loads(run.stdout)["last_test"]["steps"]}
    failed = [step for step in steps.values() if step["state"] == "failed"]
    assert (run.returncode != 0) == bool(failed)
    return steps, failed[0] if failed else None


# Mail servers.

def test_a_good_one_passes_every_step_and_sends_nothing(token, settings, certificates):
    server = Mail(certificates)
    steps, failed = steps_of(settings, made(token, mail(server)))
    assert not failed and [(name, step["state"]) for name, step in steps.items()] == [(name, "passed") for name in ("resolve", "connect", "greeting", "tls", "sign_in", "sender")]
    assert steps["tls"]["words"].startswith("TLS 1.") and "MAIL FROM:<news@acme.example>" in server.heard and "RSET" in server.heard
    assert not [word for word in server.heard if word.startswith(("RCPT", "DATA"))]


def test_tls_from_the_start(token, settings, certificates):
    server = Mail(certificates, "implicit", port=465)
    steps, failed = steps_of(settings, made(token, mail(server)))
    server.close()
    assert not failed and list(steps) == ["resolve", "connect", "tls", "greeting", "sign_in", "sender"]


@pytest.mark.parametrize("certificate, words", [("expired", "has expired"), ("other", "for another name"), ("self", "signed by itself")])
def test_certificates_in_words(token, settings, certificates, certificate, words):
    server = Mail(certificates, certificate, certificate=certificate)
    _, failed = steps_of(settings, made(token, mail(server)))
    assert failed["name"] == "tls" and words in failed["words"], failed
    assert not [word for word in server.heard if word.startswith("AUTH")], "the password goes to nobody"


def test_an_authority_that_is_not_known(token, settings, certificates):
    server = Mail(certificates, "unknown")
    _, failed = steps_of({**settings, "SMTP_CA_FILE": ""}, made(token, mail(server)))
    assert failed["name"] == "tls" and "authority that is not known" in failed["words"], failed


@pytest.mark.parametrize("how, step, words", [
    ("no tls", "tls", "offers no TLS"), ("injected", "tls", ""), ("greeting", "greeting", "turned us away: 421"), ("http", "greeting", "is not a mail server"), ("no sign-in", "sign_in", "offers no sign-in"),
    ("busy", "sign_in", "cannot check the user name and password now: 454"), ("sender", "sender", "does not accept email from news@acme.example: 550")])
def test_what_goes_wrong_is_said_by_its_step(token, settings, certificates, how, step, words):
    server = Mail(certificates, how)
    steps, failed = steps_of(settings, made(token, mail(server)))
    assert failed["name"] == step and words in failed["words"], failed
    assert list(steps)[-1] == step and all(one["state"] == "passed" for one in list(steps.values())[:-1])
    server.close()


def test_a_wrong_password_is_not_shown_even_if_the_server_says_it(token, settings, certificates):
    server = Mail(certificates, "wrong")
    wrong = f"{CANARY}-wrong"
    row = made(token, mail(server, password=wrong))
    _, failed = steps_of(settings, row)
    assert failed["name"] == "sign_in" and "does not accept the user name and password: 535" in failed["words"] and "***" in failed["words"], failed
    assert get(f"/api/accounts/{row['id']}", token)["health"] == "Disconnected"
    page = call("/dashboard", token)[1]
    assert "is disconnected: " in page and "Reconnect" in page
    assert server.heard.count("AUTH PLAIN") == 1, "servers lock accounts after a few tries"


@pytest.mark.parametrize("how, step, words", [("silent", "greeting", "says nothing"), ("hung", "tls", "did not go on")])
def test_silence_ends_in_time(token, settings, certificates, how, step, words):
    server = Mail(certificates, how)
    _, failed = steps_of(settings, made(token, mail(server)))
    assert (failed["name"] == step or how == "hung") and words in failed["words"], failed
    server.close()


def test_nobody_there(token, settings, certificates):
    server = Mail(certificates, "gone")
    row = made(token, mail(server))
    server.close()
    _, failed = steps_of(settings, row)
    assert failed["name"] == "connect" and "Nothing answers" in failed["words"]
    row = made(token, mail(server, name="Nowhere", smtp={"host": "no-such-host.invalid", "port": 587}))
    _, failed = steps_of(settings, row)
    assert failed["name"] == "resolve" and "no server named no-such-host.invalid" in failed["words"], failed


def test_plain_text_stays_on_this_machine(token, settings, certificates):
    server = Mail(certificates, "plain")
    steps, failed = steps_of(settings, made(token, mail(server, smtp={"tls": False})))
    assert not failed and steps["tls"]["state"] == "skipped"
    status, row = post(token, mail(server, name="Out", smtp={"host": "smtp.acme.example", "tls": False}))
    assert status == 400 and "without TLS" in row["fields"]["smtp.tls"]


def test_a_name_that_leads_inside_is_refused_when_it_is_connected_to(token, settings, certificates):
    """Without the permission, as it is by default: the name was fine when it was typed."""
    server = Mail(certificates, "inside")
    row = made(token, mail(server, smtp={"host": "localhost"}))
    _, failed = steps_of({**settings, "CONNECTIONS_PRIVATE_HOSTS": "false"}, row)
    assert failed["name"] == "connect" and "leads to this machine" in failed["words"] and not server.heard, failed


# The other providers.

def sendgrid(name="SendGrid"):
    return {"provider": "sendgrid", "name": name, "api_key": KEY, "from_email": "news@acme.example"}


def twilio(name="Twilio"):
    return {"provider": "twilio", "name": name, "account_sid": "AC" + "0" * 32, "auth_token": KEY, "from_phone": "+15551234567"}


def zoho(name="Zoho", **more):
    return {"provider": "zoho", "name": name, "org_id": "123", "client_id": "1000.X", "client_secret": KEY, "refresh_token": KEY, **more}


@pytest.mark.parametrize("mode, step, words", [({}, None, None), ({"scopes": ["alerts.read"]}, "account", "may not send email"), ({"down": 1}, "sign_in", "no time"), ({"html": 1}, "sign_in", "unexpected")])
def test_sendgrid(token, settings, mode, step, words):
    Api.mode = mode
    _, failed = steps_of(settings, made(token, sendgrid(f"SendGrid {mode}")))
    assert (failed is None) == (step is None) and (not failed or failed["name"] == step and words in failed["words"]), failed
    Api.mode = {}


def test_keys_that_are_not_accepted(token, settings):
    for body in (sendgrid("SendGrid wrong"), twilio("Twilio wrong"), zoho("Zoho wrong")):
        for name in ("api_key", "auth_token", "refresh_token"):
            if name in body:
                body[name] = f"{CANARY}-wrong"
        _, failed = steps_of(settings, made(token, body))
        assert failed["name"] in ("sign_in", "access") and ("does not accept" in failed["words"] or "refresh token is wrong" in failed["words"]), failed


def test_twilio(token, settings):
    row = made(token, twilio())
    assert row["limits"]["per_minute"] == 10 and steps_of(settings, row)[1] is None
    Api.mode = {"status": "suspended"}
    assert steps_of(settings, row)[1]["words"] == "Twilio says the account is suspended"
    Api.mode = {}


def test_zoho(token, settings):
    row = made(token, zoho())
    assert (row["limits"]["delay"], row["limits"]["batch_size"], row["limits"]["batch_delay"]) == (2, 10, 5)
    steps, failed = steps_of(settings, row)
    assert not failed and list(steps) == ["reach", "access", "sign_in", "account"] and steps["account"]["words"] == "ACME"
    _, failed = steps_of(settings, made(token, zoho("Zoho other", org_id="77")))
    assert failed["name"] == "account" and "123, not 77" in failed["words"]


def test_the_old_body_of_an_account(token, settings):
    row = made(token, {"name": "Test Account", "org_id": "123", "cookies": {"a": KEY, "b": "2"}, "headers": {"X-ZCSRF-TOKEN": f"crmcsrfparam={KEY}"}})
    assert row["provider"] == "zoho" and {one["name"] for one in row["secrets"]} == {"cookies", "headers"} and row["created_at"] and row["updated_at"]
    assert steps_of(settings, row)[1] is None
    bare = made(token, {"name": "Test Account 2", "org_id": "123"})
    assert bare["health"] == "Not set up" and steps_of(settings, bare)[1]["name"] == "secret"
    Api.mode = {"html": 1}
    _, failed = steps_of(settings, row)
    assert "session of the website has ended" in failed["words"]
    Api.mode = {}


# Storing.

def test_create_change_and_delete(token, settings, certificates):
    body = {**sendgrid("SendGrid kept"), "priority": 1}
    row = made(token, body)
    path = f"/api/accounts/{row['id']}"
    assert get(path, token) == row == get("/api/accounts/account_" + row["id"], token) and row in get("/api/accounts", token)
    assert [one["name"] for one in row["secrets"]] == ["api_key"] and row["health"] == "Not tested" and row["rev"] == 1
    status, changed = post(token, {"from_name": "ACME", "rev": 1}, "PUT", path)
    assert status == 200 and changed["from_name"] == "ACME" and changed["from_email"] == row["from_email"] and changed["priority"] == 1 and changed["secrets"] == row["secrets"], changed
    status, stale = post(token, {"from_name": "Other", "rev": 1}, "PUT", path)
    assert status == 409 and stale["current"]["from_name"] == "ACME"
    assert steps_of(settings, row)[1] is None, "the key is still there"
    assert post(token, {"provider": "twilio"}, "PUT", path)[0] == 400
    status, off = post(token, {"is_active": False}, "PUT", path)
    assert status == 200 and not off["is_active"] and off["health"] == "Off"
    status, wrong = post(token, {"forget": ["api_key"]}, "PUT", path)
    assert status == 400 and "missing" in wrong["fields"]["api_key"]
    assert call(path, token, "DELETE")[0] == 200 and call(path, token)[0] == 404


def test_one_of_a_name_and_one_of_a_key(token):
    first = post(token, sendgrid("SendGrid once"), key="once")[1]
    assert post(token, sendgrid("SendGrid once"), key="once")[1]["id"] == first["id"]
    status, second = post(token, sendgrid("SendGrid once"))
    assert status == 409 and "exists already" in json.dumps(second)


@pytest.mark.parametrize("body, field", [
    ({"provider": "gmail", "name": "x"}, "provider"), ({"provider": "emailoctopus", "name": "x"}, "provider"), ({"provider": "sendgrid", "name": "x"}, "api_key"),
    ({"name": "x"}, "org_id"), ({"provider": "smtp", "name": "x" * 101}, "name"), ({"name": "x", "org_id": "y" * 51}, "org_id"), ({"name": "x", "org_id": "1", "limits": {"delay": -1}}, "limits.delay"),
    ({**sendgrid("x"), "base_url": "https://evil.example"}, "base_url"), ({**sendgrid("x"), "from_email": "a@b.example\r\nBcc: c@d.example"}, "from_email"), ({**sendgrid("x"), "nonsense": 1}, "nonsense"),
    ({"name": "x", "org_id": "1", "headers": {"Host": "evil.example"}}, "headers"), ({**sendgrid("default")}, "name"),
    ({"provider": "smtp", "name": "x", "from_email": "a@b.example", "smtp": {"host": "169.254.169.254"}}, "smtp.host"), ({"provider": "smtp", "name": "x", "from_email": "a@b.example", "smtp": {"host": "smtp.acme.example", "port": 25}}, "smtp.port")])
def test_what_is_wrong_is_said_by_its_field(token, body, field):
    status, told = post(token, body)
    assert status == 400 and field in told["fields"], told


def test_those_of_the_settings_are_read_only(token, settings):
    rows = {row["name"]: row for row in get("/api/accounts", token)}
    assert rows["EmailOctopus"]["from_settings"] and len([row for row in rows.values() if row["provider"] == "emailoctopus"]) == 1
    path = f"/api/accounts/{rows['EmailOctopus']['id']}"
    assert post(token, {"name": "x"}, "PUT", path)[0] == 409 and call(path, token, "DELETE")[0] == 409
    assert steps_of(settings, rows["EmailOctopus"])[1] is None


def test_the_mail_server_of_the_settings_is_the_connection_default(token, settings, certificates):
    """By its new names and its old ones; its password is in the settings only."""
    for names in ({"DEFAULT_SMTP_HOST": "127.0.0.1", "DEFAULT_SMTP_USERNAME": "desk", "DEFAULT_SMTP_PASSWORD": PASSWORD, "DEFAULT_FROM_EMAIL": "desk@acme.example", "DEFAULT_FROM_NAME": "ACME desk"},
                  {"SMTP_HOST": "127.0.0.1", "SMTP_USER": "desk", "SMTP_PASSWORD": PASSWORD, "SMTP_FROM": "desk@acme.example"}):
        server = Mail(certificates)
        SETTINGS.update({**names, ("DEFAULT_SMTP_PORT" if "DEFAULT_SMTP_HOST" in names else "SMTP_PORT"): str(server.port)})
        stop_service("report")
        start_service("report")
        def row():
            return next((row for row in get("/api/accounts", token) if row["name"] == "default" and row["smtp"]["port"] == server.port and row["is_active"]), None)
        wait_until(row, "the connection default", 60)
        row = row()
        assert row["from_settings"] and row["from_email"] == "desk@acme.example" and row["smtp"]["username"] == "desk" and not row["secrets"]
        asked = post(token, {}, path=f"/api/accounts/{row['id']}/test")
        assert asked[0] == 202 and asked[1]["last_test"]["state"] == "waiting"
        wait_until(lambda: get(f"/api/accounts/{row['id']}", token)["last_test"]["state"] == "passed", "the test of the mail server", 60)
        for name in [*names, "DEFAULT_SMTP_PORT", "SMTP_PORT"]:
            SETTINGS[name] = ""


def test_without_a_key_nothing_is_stored(token):
    kept = SETTINGS["CREDENTIALS_KEY"]
    SETTINGS["CREDENTIALS_KEY"] = ""
    stop_service("web")
    start_service("web")
    wait_until(answers, "the web workers", 30)
    status, told = post(token, sendgrid("SendGrid without"))
    assert status == 409 and "CREDENTIALS_KEY is not set" in json.dumps(told)
    assert "SendGrid without" not in {row["name"] for row in get("/api/accounts", token)}
    SETTINGS["CREDENTIALS_KEY"] = kept
    stop_service("web")
    start_service("web")
    wait_until(answers, "the web workers", 30)


def test_rotation(token, settings):
    row = made(token, sendgrid("SendGrid rotated"))
    new = base64.b64encode(os.urandom(32)).decode()
    old = SETTINGS["CREDENTIALS_KEY"]
    assert "another CREDENTIALS_KEY" in steps_of({**settings, "CREDENTIALS_KEY": new}, row)[1]["words"]
    both = {**settings, "CREDENTIALS_KEY": new, "CREDENTIALS_KEYS_OLD": old}
    assert steps_of(both, row)[1] is None
    first = json.loads(cli("connection", "rotate", "--json", env=both).stdout)
    assert first["sealed"] == first["secrets"] > 0 and first["lost"] == 0
    assert json.loads(cli("connection", "rotate", "--json", env=both).stdout)["sealed"] == 0
    assert steps_of({**settings, "CREDENTIALS_KEY": new}, row)[1] is None and steps_of(settings, row)[1] is not None
    back = {**settings, "CREDENTIALS_KEY": old, "CREDENTIALS_KEYS_OLD": new}
    assert json.loads(cli("connection", "rotate", "--json", env=back).stdout)["lost"] == 0


def test_secrets_are_nowhere_in_clear(token):
    """In the database, logs, command lines, environments and pages."""
    made(token, mail(type("Server", (), {"port": 587, "how": "kept"}), smtp={"host": "smtp.acme.example"}))
    dump = database("print([document for name in db.list_collection_names() for document in db[name].find()])")
    assert "Mail 587 kept" in dump and CANARY not in dump and base64.b64encode(PASSWORD.encode()).decode() not in dump
    assert CANARY not in cli("connection", "list").stdout
    folder = f"{HOME}/log"
    for name in os.listdir(folder):
        assert CANARY.encode() not in open(f"{folder}/{name}", "rb").read(), name
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open(f"/proc/{pid}/cmdline", "rb").read()
        except OSError:
            continue
        assert CANARY.encode() not in line, line


def test_how_much_of_the_limits_is_used(token, settings, certificates):
    """As senders count it, in UTC; windows that have ended count nothing."""
    row = made(token, mail(Mail(certificates), name="Counted", limits={"per_minute": 60, "per_hour": 600, "per_day": 10000}))
    browser = Browser()
    browser.sign_in(*first_user())

    def used():
        page = browser.open(f"/connections/{row['id']}")[1]
        found = re.findall(r'<li><span>(This minute|This hour|Today \(UTC\))</span><span class="n">([\d,]+) <span class="muted">of ([\d,]+)<', page)
        assert page.count('<li><span>Today (UTC)</span>') == 1 and [limit for _, _, limit in found] == ["60", "600", "10,000"], page
        return [count for _, count, _ in found]
    assert used() == ["0", "0", "0"]
    database(f"""
import datetime
now = datetime.datetime.now(datetime.timezone.utc)
db.send_paces.insert_one({{"key": "connection:{row['id']}", "minute": now - datetime.timedelta(minutes=2), "in_minute": 60, "hour": now - datetime.timedelta(seconds=10), "in_hour": 120,
    "day": now - datetime.timedelta(seconds=10), "in_day": 1243, "rev": 1}})
""")
    assert used() == ["0", "120", "1,243"]
    page = browser.open("/connections")[1]
    assert '1,243 <span class="muted">of 10,000<' in page


def test_the_pages_work_without_scripts(token, settings, certificates):
    browser, server = Browser(), Mail(certificates)
    browser.sign_in(*first_user())

    def hidden(page):
        return dict(re.findall(r'type="hidden" name="(csrf|idempotency_key|rev|provider)" value="([^"]*)"', page))
    page = browser.open("/connections/new?provider=smtp")[1]
    typed = {"name": "By form", "host": "smtp.acme.example", "port": "25", "tls": "on", "username": "desk", "password": PASSWORD, "from_email": "news@acme.example", "per_second": "5"}
    status, page, _ = browser.open("/connections", **hidden(page), **typed)
    assert status == 400 and "Port 25 is for email between servers" in page and 'value="smtp.acme.example"' in page and 'href="#port"' in page and CANARY not in page
    status, page, where = browser.open("/connections", **hidden(page), **{**typed, "host": "127.0.0.1", "port": str(server.port)})
    assert status == 200 and "Connection added" in page and CANARY not in page, page
    path = where.split("?")[0].removeprefix(URL)
    row = next(row for row in get("/api/accounts", token) if row["name"] == "By form")
    assert path == f"/connections/{row['id']}" and row["limits"]["per_second"] == 5 and row["limits"]["batch_size"] is None and row["is_active"]
    assert "Leave it empty to keep it" in browser.open(f"{path}/edit")[1]
    fields = hidden(browser.open(f"{path}/edit")[1])
    status, page, _ = browser.open(path, **fields, **{**typed, "host": "127.0.0.1", "port": str(server.port), "password": "", "name": "By form again"})
    assert status == 200 and "Connection saved" in page
    status, page, _ = browser.open(path, **fields, **{**typed, "host": "127.0.0.1", "port": str(server.port), "name": "Too late"})
    assert status == 409 and "Somebody else saved this" in page and CANARY not in page
    proof = {"csrf": fields["csrf"]}
    page = browser.open(f"{path}/test", **proof)[1]
    assert "Being tested" in page or "Test again" in page, page
    wait_until(lambda: "Test again" in browser.open(path)[1], "the result on the page", 60)
    page = browser.open(path)[1]
    assert "Connected" in page and "TLS 1." in page and "set on" in page, page
    page = browser.open(f"{path}/active", is_active="false", **proof)[1]
    assert "Connection turned off" in page and "Undo" in page and not get(f"/api/accounts/{row['id']}", token)["is_active"]
    assert "Connection turned on" in browser.open(f"{path}/active", is_active="true", **proof)[1]
    assert "Delete the connection" in browser.open(f"{path}/delete")[1]
    page = browser.open(f"{path}/delete", **proof)[1]
    assert "Connection deleted" in page and "By form again" not in page
