"""Live messages: who may listen, what comes, ping and pong, and that nothing waits for listeners."""
import asyncio, json, re, signal, socket, time, urllib.request

import pytest
import websockets
from product import HOME, PORT, URL, Browser, call, cli, database, first_user, get, service_row, start_service, stop_service, wait_until
from test_own_lists import new_contact, new_list, send

ADDRESS = f"ws://127.0.0.1:{PORT}/ws/"
SECONDS = 60


def draft(token, name):
    status, body, _ = call("/api/campaigns", token, "POST", json.dumps({"name": name, "subject": "Hello"}).encode(), {"Content-Type": "application/json"})
    assert status == 200, body[:300]
    return json.loads(body)["id"]


def begun(token, name="Live", status="paused", total=4000, accepted=1000, failed=10, deferred=5, suppressed=3, uncertain=2):
    """A campaign as its sender has left it, paused: no sender looks for its blocks, which are not there."""
    campaign = draft(token, name)
    database(f"""
from bson import ObjectId
import datetime
now, one = datetime.datetime.now(datetime.timezone.utc), ObjectId("{campaign}")
said = db.compositions.find_one({{"_id": one}})
db.campaigns.update_one({{"_id": one}}, {{"$set": {{"status": "{status}", "sent_at": now, "changed_at": now}}, "$inc": {{"changes": 1}}}})
db.dispatches.insert_one({{"_id": one, "said": said, "started_at": now - datetime.timedelta(minutes=10), "started_by": "admin", "total": {total}, "blocks": 2, "frozen_at": now, "left_out": {{"suppressed": 12, "unsubscribed": 8}}, "words": 0}})
rest = {total} - {accepted} - {failed} - {deferred} - {suppressed} - {uncertain}
for number, share in enumerate((dict(size={total} // 2, accepted={accepted}, failed={failed}, deferred={deferred}, suppressed={suppressed}, uncertain={uncertain}, pending={total} // 2 - {total} + rest), dict(size={total} - {total} // 2, pending={total} - {total} // 2))):
    db.dispatch_states.insert_one({{"_id": ObjectId(), "campaign_id": one, "number": number, **{{name: 0 for name in ("pending", "handing", "deferred", "accepted", "failed", "suppressed", "cancelled", "uncertain", "sequence", "fence")}}, **share, "is_done": False, "updated_at": now}})
db.versions.update_one({{}}, {{"$inc": {{"campaigns": 1}}}})
""")
    return campaign


def publish(channel, *messages):
    """As our programs do (core/process/push.c): one after the other on one connection, without waiting for an answer."""
    with socket.socket(socket.AF_UNIX) as there:
        there.connect(f"{HOME}/run/live/publish.sock")
        for message in messages:
            body = json.dumps(message).encode()
            there.sendall(b"POST /%s HTTP/1.1\r\nHost: live\r\nContent-Length: %d\r\n\r\n%s" % (channel.encode(), len(body), body))
        there.settimeout(10)
        answers = b""
        while answers.count(b"HTTP/1.1 20") < len(messages):
            answers += there.recv(65536)


def listen(path, token=None, **more):
    headers = {**({"Authorization": "Bearer " + token} if token else {}), **more.pop("headers", {})}
    return websockets.connect(ADDRESS + path, extra_headers=headers, **more)


async def receive(listener, count):
    return [json.loads(await asyncio.wait_for(listener.recv(), SECONDS)) for _ in range(count)]


def status_of(path, token=None, **more):
    async def attempt():
        try:
            async with listen(path, token, **more):
                return 101
        except websockets.InvalidStatusCode as refused:
            return refused.status_code
    return asyncio.run(attempt())


@pytest.fixture(scope="module")
def session():
    """The header of a signed-in browser."""
    browser = Browser()
    browser.sign_in(*first_user())
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.jar)}


def test_who_may_listen(token, session):
    campaign = draft(token, "Who listens")
    for path in (campaign, f"campaign_{campaign}", "notifications"):
        assert status_of(path, token) == 101
        assert status_of(path) == 401
        assert status_of(path, "nonsense") == 401
        assert status_of(path, headers=session, origin=URL) == 101
        for foreign in ("https://evil.example", "null", f"http://127.0.0.1:{int(PORT) + 1}", f"{URL}.evil.example"):
            assert status_of(path, headers=session, origin=foreign) == 403, foreign
        assert status_of(path, headers=session) == 403
        assert status_of(path, headers={**session, "Sec-Fetch-Site": "cross-site"}) == 403
        assert status_of(path, token, origin="https://elsewhere.example") == 101, "a token is sent by nobody's accident"
    reader = cli("token", "create", "--name", "listener", "--scope", "read").stdout.strip()
    assert status_of(campaign, reader) == 101


def test_the_host_that_was_asked_counts_with_its_port(session):
    """old: nginx's own fastcgi_params of 2026 name a host without its port: pages under another name than PUBLIC_BASE_URL got no messages, and the site at port 80 of the same host did."""
    def status(host, origin):
        with socket.create_connection(("127.0.0.1", int(PORT)), timeout=20) as there:
            there.sendall(f"GET /ws/notifications HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                          f"Cookie: {session['Cookie']}\r\nOrigin: {origin}\r\n\r\n".encode())
            return int(there.recv(100).split()[1])
    assert status(f"localhost:{PORT}", f"http://localhost:{PORT}") == 101 and status(f"127.0.0.1:{PORT}", URL) == 101
    for host, origin in ((f"localhost:{PORT}", "http://localhost"), (f"127.0.0.1:{PORT}", "http://127.0.0.1"), (f"127.0.0.1:{PORT}", "https://127.0.0.1")):
        assert status(host, origin) == 403, origin


def test_refusals_say_why(token, session):
    campaign = draft(token, "Refused")
    for path, headers, status, code in ((campaign, {}, 401, "unsigned"), (campaign, {**session, "Origin": "https://evil.example"}, 403, "denied"), ("0" * 24, {"Authorization": f"Bearer {token}"}, 404, "missing"),
                                        ("campaign_x", {"Authorization": f"Bearer {token}"}, 404, "missing"), ("a/b", {"Authorization": f"Bearer {token}"}, 404, "missing")):
        got, body, found = call(f"/ws/{path}", headers={**headers, "Accept": "text/event-stream"})
        assert (got, json.loads(body)["code"]) == (status, code), (path, body)
        assert found["Content-Type"].startswith("application/json")
    assert call(f"/ws/{campaign}", token, "POST", b"x")[0] == 405
    assert call("/may_listen", token)[0] == 404, "the question itself is nobody's business"


@pytest.mark.parametrize("path", ["/ws//notifications", "/ws/notifications?x=%00", "/ws/%6eotifications"])
def test_no_spelling_of_the_address_looks_like_an_outage(token, path):
    """old: 503, "does not answer right now", whenever a worker refused the address."""
    with socket.create_connection(("127.0.0.1", int(PORT)), timeout=20) as there:
        there.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                      f"Authorization: Bearer {token}\r\n\r\n".encode())
        assert int(there.recv(100).split()[1]) == 101, path


def test_a_late_listener_gets_the_state_at_once(token):
    campaign = begun(token)
    async def listener():
        async with listen(campaign, token) as here:
            return await receive(here, 3)
    for _ in range(2):
        mail, status, progress = asyncio.run(listener())
        stamps = [message.pop("timestamp") for message in (mail, status, progress) if "timestamp" in message]
        assert len(stamps) == 3 and all(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ") for stamp in stamps)
        assert mail == {"type": "email_progress", "campaign_id": campaign, "sent": 1000, "total": 4000}
        assert status == {"type": "campaign_status", "campaign": {"id": campaign, "name": "Live", "status": "paused", "progress": 25.4}}
        assert progress == {"type": "campaign_progress", "campaign_id": campaign, "sent_count": 1000, "total_recipients": 4000, "progress": 25.4}
        assert '"progress":25.4' in json.dumps(progress, separators=(",", ":"))


def test_a_draft_has_a_status_only(token):
    campaign = draft(token, "Draft with listeners")
    async def listener():
        async with listen(campaign, token) as here:
            return await receive(here, 1)
    (status,) = asyncio.run(listener())
    assert status["campaign"] == {"id": campaign, "name": "Draft with listeners", "status": "draft", "progress": 0.0}


def test_the_documented_client_ends_with_the_campaign(token):
    campaign = begun(token, "Done", "sent", total=100, accepted=96, failed=2, deferred=0, suppressed=1, uncertain=1)
    async def monitor():
        told = []
        async with listen(campaign, token) as websocket:
            while True:
                data = json.loads(await asyncio.wait_for(websocket.recv(), SECONDS))
                told.append(data["type"])
                if data["type"] == "campaign_completed":
                    return told, data
    told, done = asyncio.run(monitor())
    assert set(done["final_stats"]) == {"open_rate", "click_rate", "bounce_rate", "unsubscribe_rate"} and set(done) == {"type", "campaign_id", "final_stats", "timestamp"}
    assert told[-1] == "campaign_completed" and {"campaign_status", "campaign_progress"} <= set(told)


def test_a_ping_is_answered_to_whoever_sent_it(token):
    campaign, restarts = draft(token, "Ping"), service_row("live")["restarts"]
    async def both():
        async with listen(campaign, token) as one, listen(campaign, token) as other:
            await receive(one, 1), await receive(other, 1)
            await one.send(json.dumps({"type": "ping"}, separators=(",", ":")))
            assert await receive(one, 1) == [{"type": "pong"}]
            for nonsense in ('{"type": "ping"}', "x" * 70000, "{", b"\0\1"):
                await one.send(nonsense)
            publish(campaign, {"type": "campaign_status", "n": 1})
            assert (await receive(one, 1))[0]["n"] == 1 and (await receive(other, 1))[0]["n"] == 1, "nothing that a client sends reaches another one"
    asyncio.run(both())
    assert service_row("live")["restarts"] == restarts


def test_whoever_lost_the_right_hears_nothing_more(token):
    """Of a session that was ended, and a token that was revoked, while their connections were open."""
    campaign, browser = begun(token, "Rights"), Browser()
    browser.sign_in(*first_user())
    cookie = {"headers": {"Cookie": "; ".join(f"{one.name}={one.value}" for one in browser.jar)}, "origin": URL}
    name = f"listens {time.monotonic_ns()}"
    revoked = cli("token", "create", "--name", name, "--scope", "read").stdout.strip()

    async def until_closed(listener):
        heard = []
        while True:
            try:
                heard.append(json.loads(await asyncio.wait_for(listener.recv(), 20)))
            except websockets.ConnectionClosed:
                return heard

    async def watch():
        async with listen(campaign, **cookie) as one, listen(campaign, revoked) as two, listen("notifications", **cookie) as bell:
            await receive(one, 3), await receive(two, 3)
            page = browser.open("/settings")[1]
            browser.open("/logout", csrf=re.search(r'name="csrf" value="(\w+)"', page)[1])
            number = database(f"print(db.api_tokens.find_one({{'name': '{name}'}})['_id'])").strip()
            assert cli("token", "revoke", number).returncode == 0
            status, body, _ = call(f"/api/campaigns/{campaign}/stop", token, "POST")
            assert status == 200, body
            heard = await until_closed(one) + await until_closed(two)
            assert "cancelled" not in json.dumps(heard), heard
            database("db.notices.delete_many({})")
            made = sendable_now(token)
            assert call(f"/api/campaigns/{made}/send", token, "POST")[0] == 200
            heard = await until_closed(bell)
            assert made not in json.dumps(heard), heard
    asyncio.run(watch())
    assert status_of(campaign, **cookie) == 401 and status_of(campaign, revoked) == 401

    async def still():
        async with listen(campaign, token) as here:
            return json.dumps(await receive(here, 3))
    assert "cancelled" in asyncio.run(still())


def test_events_for_those_without_websockets(token):
    campaign = begun(token, "Events")
    request = urllib.request.Request(f"{URL}/ws/{campaign}", headers={"Accept": "text/event-stream", "Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=SECONDS) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        told = []
        while len(told) < 3:
            line = stream.readline().decode()
            if line.startswith("data: "):
                told.append(json.loads(line[6:])["type"])
    assert told == ["email_progress", "campaign_status", "campaign_progress"]


def test_all_processes_tell_once_a_second(token):
    """Each handshake would tell: of twenty within a moment the limit lets few through."""
    campaign = begun(token, "Often")
    async def listeners():
        async with listen(campaign, token) as first:
            began = time.monotonic()
            await receive(first, 3)
            for _ in range(12):
                async with listen(campaign, token) as later:
                    await receive(later, 3)
            took, more = time.monotonic() - began, 0
            while True:
                try:
                    await asyncio.wait_for(first.recv(), 0.5)
                    more += 1
                except asyncio.TimeoutError:
                    return took, more
    took, more = asyncio.run(listeners())
    assert more <= 3 * (took + 1), (took, more)


def test_nothing_waits_for_a_web_server_that_is_away(token):
    campaign = begun(token, "Without nginx")
    stop_service("live", signal.SIGKILL)
    try:
        began = time.monotonic()
        assert status_of(campaign, token) == 502
        assert time.monotonic() - began < 5
        assert get(f"/api/campaigns/{campaign}", token)["id"]
    finally:
        start_service("live")
    wait_until(lambda: status_of(campaign, token) == 101, "the live messages to be back", 30)


def log(campaign, *texts):
    database(f"""
from bson import ObjectId
import datetime
now = datetime.datetime.now(datetime.timezone.utc)
db.campaign_logs.insert_many([{{"_id": ObjectId(), "campaign_id": ObjectId("{campaign}"), "at": now - datetime.timedelta(minutes=9 - number), "level": "warning", "text": text, "expires_at": now + datetime.timedelta(days=90)}} for number, text in enumerate({texts!r})])
""")


def test_how_far_it_is_without_a_connection(token):
    campaign = begun(token, "Polled")
    told = get(f"/api/campaigns/{campaign}/progress", token)
    assert {name: told[name] for name in ("type", "campaign_id", "sent_count", "total_recipients", "progress")} == {"type": "campaign_progress", "campaign_id": campaign, "sent_count": 1000, "total_recipients": 4000, "progress": 25.4}
    assert {name: told[name] for name in ("name", "status", "accepted", "failed", "deferred", "suppressed", "uncertain", "cancelled", "handing")} == {"name": "Polled", "status": "paused", "accepted": 1000, "failed": 10, "deferred": 5, "suppressed": 3, "uncertain": 2, "cancelled": 0, "handing": 0}
    assert told["pending"] + 1000 + 10 + 5 + 3 + 2 == told["total"] == 4000 and told["left_out"]["suppressed"] == 12
    waiting = get(f"/api/campaigns/{draft(token, 'Not begun')}/progress", token)
    assert waiting["status"] == "draft" and waiting["progress"] == 0 and waiting["total"] is None and waiting["sent_count"] == 0
    observed = get("/api/campaigns?status=sent&limit=1&origin=synced", token)[0]["id"]
    assert call(f"/api/campaigns/{observed}/progress", token)[0] == 409 and call(f"/api/campaigns/{'0' * 24}/progress", token)[0] == 404
    assert call(f"/api/campaigns/{campaign}/progress")[0] == 401


def test_the_log_is_read_page_by_page(token):
    campaign = begun(token, "Logged")
    log(campaign, *[f"entry {number}" for number in range(5)])
    status, body, headers = call(f"/api/campaigns/{campaign}/logs?limit=3", token)
    assert status == 200 and [row["text"] for row in json.loads(body)] == ["entry 4", "entry 3", "entry 2"]
    rest = get(f"/api/campaigns/{campaign}/logs?limit=3&cursor={headers['X-Next-Cursor']}", token)
    assert [row["text"] for row in rest] == ["entry 1", "entry 0"] and rest[0]["level"] == "warning" and rest[0]["by"] is None
    assert call(f"/api/campaigns/{campaign}/logs?cursor=x", token)[0] == 400


def test_the_monitor_says_all_of_it_without_scripts(token):
    campaign = begun(token, "Seen & <b>", failed=40)
    log(campaign, "Slowed down at acme.example")
    browser = Browser()
    browser.sign_in(*first_user())
    status, page, _ = browser.open(f"/campaigns/{campaign}/monitor")
    assert status == 200 and ">Opened" in page and ">Clicked" in page and "0.00\u00a0%" in page
    database(f"import bson\ndb.answer_sums.insert_one({{'_id': bson.ObjectId('{campaign}'), 'opened': 118, 'clicked': 31, 'is_due': False}})")
    page = browser.open(f"/campaigns/{campaign}/monitor")[1]
    assert ">118<" in page and "11.8\u00a0%" in page and ">31<" in page and "3.10\u00a0%" in page and "of sent so far" in page, page
    database(f"""
from bson import ObjectId
import datetime
now = datetime.datetime.now(datetime.timezone.utc)
for at, owner in ((0, "a:1:1"), (1, "a:1:1"), (2, "a:2:1")):
    db.jobs.insert_one({{"_id": ObjectId(), "kind": "monitor-test", "key": "block:{campaign}:" + str(at), "state": "held", "owner": owner, "rev": 1, "fence": 1, "attempts": 1, "lease_ms": 60000,
        "lease_until": now + datetime.timedelta(minutes=5), "asked_at": now, "due_at": now, "expires_at": now + datetime.timedelta(minutes=9)}})
""")
    page = browser.open(f"/campaigns/{campaign}/monitor")[1]
    assert "<dt>Senders</dt><dd>2 at work, last seen 0\u00a0s ago</dd>" in page and "Sending quota" in page, page
    database("db.jobs.delete_many({'kind': 'monitor-test'})")
    page = browser.open(f"/campaigns/{campaign}/monitor")[1]
    assert "<dt>Senders</dt><dd>None</dd>" in page
    for minutes, words in ((-1, "Waiting for the next email’s turn"), (5, "None: nothing was taken up since today, ")):
        database(f"""
from bson import ObjectId
import datetime
now = datetime.datetime.now(datetime.timezone.utc)
db.jobs.insert_one({{"_id": ObjectId(), "kind": "monitor-test", "key": "block:{campaign}:0", "state": "queued", "rev": 1, "fence": 0, "attempts": 0, "lease_ms": 60000,
    "asked_at": now, "due_at": now - datetime.timedelta(minutes={minutes}), "expires_at": now + datetime.timedelta(minutes=9)}})
""")
        page = browser.open(f"/campaigns/{campaign}/monitor")[1]
        assert f"<dt>Senders</dt><dd>{words}" in page, page
        database("db.jobs.delete_many({'kind': 'monitor-test'})")
    for part in ('id="campaign-monitor"', 'id="campaign-name-display">Seen &amp; &lt;b&gt;<', 'class="status paused" id="campaign-status"', 'id="sent-count">1,000<', 'id="total-count">4,000<', 'id="progress-text">26.1\u00a0%<',
                 'id="campaign-progress"', 'id="completion-message" hidden', "40 failed", "3 skipped", "Uncertain", "Suppressed", "Slowed down at acme.example", f'action="/campaigns/{campaign}/resume"'):
        assert part in page, part
    over = begun(token, 'Over', 'sent', total=10, accepted=10, failed=0, deferred=0, suppressed=0, uncertain=0)
    for status, page in ((call(f"/api/campaigns/{over}", token, "DELETE")[:2]), browser.open(f"/campaigns/{over}/delete")[:2]):
        assert status == 409 and "A campaign that is sent cannot be deleted: what was sent to whom" in page, page
    status, page, _ = browser.open(f"/campaigns/{over}/monitor")
    assert status == 200 and "Campaign Completed!" in page and 'id="completion-message">' in page and all(name in page for name in ("Open Rate", "Click Rate", "Bounce Rate", "Unsubscribe Rate")) and "data-live" not in page
    database(f"import bson, datetime\none = db.dispatches.find_one({{'_id': bson.ObjectId('{over}')}})\n"
             "db.dispatches.update_one({'_id': one['_id']}, {'$set': {'ended_at': one['started_at'] + datetime.timedelta(seconds=40)}})")
    assert "10 emails sent in 40 seconds, 15 a minute on average" in browser.open(f"/campaigns/{over}/monitor")[1]
    database(f"import bson\ndb.campaigns.update_many({{'origin': 'own', '_id': {{'$ne': bson.ObjectId('{campaign}')}}, 'status': {{'$in': ['queued', 'sending', 'paused']}}}}, {{'$set': {{'status': 'cancelled'}}, '$inc': {{'changes': 1}}, "
             "'$currentDate': {'changed_at': True}})\ndb.versions.update_one({}, {'$inc': {'campaigns': 1}})")  # of several the newest is named
    page = browser.open("/dashboard")[1]
    assert f'href="/campaigns/{campaign}/monitor"' in page and "is paused: 1,000 of 4,000 sent" in page
    count = '<span class="count">1<span class="sr"> being sent</span></span>'
    assert count in page and count in browser.open("/definitions")[1]
    assert send(f"/api/campaigns/{campaign}/stop", token, "POST")[0] == 200 and "being sent</span>" not in browser.open("/definitions")[1]
    waits = draft(token, "Waits")
    assert browser.open(f"/campaigns/{waits}/monitor")[2].endswith(f"/campaigns/{waits}/review")
    assert browser.open(f"/campaigns/{'0' * 24}/monitor")[0] == 404


def sendable_now(token):
    to = new_list(token, "Listened to")["id"]
    person = new_contact(token, email=f"ann{time.monotonic_ns()}@listening.example", consent={"source": "Form"})
    assert send(f"/api/lists/{to}/contacts/{person['id']}", token, "POST")[0] == 200
    html = '<p>Hello</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>'
    status, made = send("/api/campaigns", token, "POST", {"name": "Listened to", "subject": "Hello", "from_email": "desk@listening.example", "from_name": "Desk", "html_content": html, "list_ids": [to]})
    assert status == 200, made
    return made["id"]


@pytest.fixture
def sendable(token):
    """A draft that can be sent, to one person."""
    return sendable_now(token)


def test_a_start_and_its_end_are_told_at_once(token, sendable):
    campaign = sendable
    async def wait_for_status(listener, wanted):
        while True:
            message = json.loads(await asyncio.wait_for(listener.recv(), SECONDS))
            if message["type"] == "campaign_status" and message["campaign"]["status"] in wanted:
                return message
    async def watch():
        async with listen(campaign, token) as here, listen("notifications", token) as bell:
            status, body, _ = call(f"/api/campaigns/{campaign}/send", token, "POST")
            assert status == 200, body
            await wait_for_status(here, ("queued", "sending", "paused"))
            while True:
                told = json.loads(await asyncio.wait_for(bell.recv(), SECONDS))
                if told["notification"]["campaign"] == campaign:
                    break
            assert told["type"] == "notification" and told["unread"] >= 1 and told["notification"]["kind"] == "campaign" and told["notification"]["address"] == f"/campaigns/{campaign}/monitor"
            assert re.fullmatch(r"Sending has started to [\d,]+ recipients?", told["notification"]["words"]), told
            assert call(f"/api/campaigns/{campaign}/stop", token, "POST")[0] in (200, 409)
            await wait_for_status(here, ("cancelled", "sent", "failed"))
    asyncio.run(watch())
    assert any(row["text"].startswith("Sending has started to ") for row in get(f"/api/campaigns/{campaign}/logs", token))
    assert any(row["campaign"] == campaign for row in get("/api/notifications", token))
