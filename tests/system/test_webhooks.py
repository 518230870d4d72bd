"""What others are told by webhooks: signed, once by id, again until taken, and never to a place inside: D-135, B-012."""
import base64, datetime, hashlib, hmac, http.server, json, threading, time

import bson, pytest
from product import MAIL, SETTINGS, Browser, call, cli, first_user, get, mail, start_service, stop_service, wait_until
from sending import Audience, clean_mail, post, sent_before
from test_answering import raw, token_of
from test_inbound import dsn, inbound
from test_saving import fields

ALL = ["campaign_started", "campaign_sent", "campaign_paused", "campaign_resumed", "campaign_cancelled", "campaign_failed", "email_opened", "email_clicked", "email_unsubscribed", "email_bounced",
       "email_complained", "code_redeemed"]


class Receiver(http.server.ThreadingHTTPServer):
    """A server that keeps what it gets and answers as it is told: the statuses in turn, the last one for ever."""

    def __init__(self):
        outer = self
        self.got, self.statuses, self.headers, self.lock = [], [204], {}, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.got.append((dict(self.headers), body))
                    status = outer.statuses.pop(0) if len(outer.statuses) > 1 else outer.statuses[0]
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *words):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?from=telltale"

    def events(self):
        return [json.loads(body) for _, body in self.got]

    def types(self):
        return [one["type"] for one in self.events()]


def restart(**settings):
    for name in ("web", "report"):
        stop_service(name)
    SETTINGS.update(settings)
    for name in ("web", "report"):
        start_service(name)
    wait_until(lambda: call("/readyz")[0] == 200, "the web server", 60)


@pytest.fixture(scope="module", autouse=True)
def inside():
    old = dict(SETTINGS)
    restart(WEBHOOKS_PRIVATE_HOSTS="true", BOUNCE_DOMAIN="bounce.acme.example")
    stop_service("sender")
    start_service("sender")
    yield
    restart(WEBHOOKS_PRIVATE_HOSTS="false", BOUNCE_DOMAIN=old.get("BOUNCE_DOMAIN", ""))
    stop_service("sender")
    start_service("sender")
    SETTINGS.clear()
    SETTINGS.update(old)


@pytest.fixture
def receiver(db):
    one = Receiver()
    yield one
    one.shutdown()
    one.server_close()
    db.webhooks.delete_many({})
    db.webhook_deliveries.delete_many({})


def add(token, receiver, events=ALL, **more):
    status, answer, _ = post("/api/webhooks", token, {"name": "Shop", "url": receiver.url, "events": events, **more})
    assert status == 201, answer
    return json.loads(answer)


def verifies(secret, headers, body):
    """As the specification's example code does it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return abs(time.time() - int(headers["webhook-timestamp"])) < 300 and any(hmac.compare_digest(right, one) for one in headers["webhook-signature"].split(" "))


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def test_a_test_arrives_signed_and_stands_in_the_log(db, token, receiver):
    made = add(token, receiver)
    assert made["secret"].startswith("whsec_") and made["is_active"]
    stored = db.webhooks.find_one({})
    assert base64.b64decode(made["secret"][6:]) not in bytes(stored["secret"]) and "secret" not in get("/api/webhooks", token)[0]
    status, answer, _ = post(f"/api/webhooks/{made['id']}/test", token)
    assert status == 202 and json.loads(answer)["queued"], answer
    wait_until(lambda: receiver.got, "the test", 60)
    headers, body = receiver.got[0]
    headers = lower(headers)
    event = json.loads(body)
    assert event["type"] == "webhook_test" and headers["webhook-id"] == event["id"] and headers["content-type"].startswith("application/json")
    assert verifies(made["secret"], headers, body) and not verifies(made["secret"], headers, body + b" ")
    wait_until(lambda: get(f"/api/webhooks/{made['id']}/deliveries", token)[0]["state"] == "delivered", "the log", 30)
    row, = get(f"/api/webhooks/{made['id']}/deliveries", token)
    assert row["attempts"] == 1 and row["tries"][0]["status"] == 204 and row["event_id"] == event["id"] and json.loads(row["payload"]) == event
    assert get(f"/api/webhooks/{made['id']}", token)["last_ok_at"]


def test_a_new_secret_signs_and_so_does_the_one_before(token, receiver):
    made = add(token, receiver)
    again = json.loads(post(f"/api/webhooks/{made['id']}/secret", token)[1])
    assert again["secret"] != made["secret"] and again["before_until"]
    assert cli("connection", "rotate").returncode == 0
    post(f"/api/webhooks/{made['id']}/test", token)
    wait_until(lambda: receiver.got, "the test", 60)
    headers, body = receiver.got[0]
    assert verifies(made["secret"], lower(headers), body) and verifies(again["secret"], lower(headers), body)


def test_one_that_fails_is_tried_again_under_the_same_id_and_can_be_sent_again(db, token, receiver):
    receiver.statuses = [500, 302, 503, 200]
    receiver.headers = {"Location": receiver.url}
    made = add(token, receiver)
    post(f"/api/webhooks/{made['id']}/test", token)
    for number in (1, 2, 3):
        wait_until(lambda: len(receiver.got) >= number, f"attempt {number}", 60)
        wait_until(lambda: get(f"/api/webhooks/{made['id']}/deliveries", token)[0]["attempts"] == number, "its log", 30)
        row = get(f"/api/webhooks/{made['id']}/deliveries", token)[0]
        assert row["state"] == "waiting" and row["due_at"] and row["tries"][-1]["problem"], row
        assert get(f"/api/webhooks/{made['id']}", token)["problem"]
        db.webhook_deliveries.update_many({}, {"$min": {"due_at": db.webhook_deliveries.find_one({})["created_at"]}})
    wait_until(lambda: get(f"/api/webhooks/{made['id']}/deliveries", token)[0]["state"] == "delivered", "the fourth attempt", 90)
    row = get(f"/api/webhooks/{made['id']}/deliveries", token)[0]
    assert [one["status"] for one in row["tries"]] == [500, 302, 503, 200] and len(receiver.got) == 4, "no redirect is followed"
    assert len({lower(headers)["webhook-id"] for headers, _ in receiver.got}) == 1 and len({body for _, body in receiver.got}) == 1
    assert get(f"/api/webhooks/{made['id']}", token)["problem"] is None
    assert post(f"/api/webhooks/{made['id']}/deliveries/{row['id']}/replay", token)[0] == 202
    wait_until(lambda: len(receiver.got) == 5, "it once more", 60)
    assert lower(receiver.got[4][0])["webhook-id"] == row["event_id"] and receiver.got[4][1] == receiver.got[0][1]
    assert post(f"/api/webhooks/{made['id']}/deliveries/{'0' * 24}/replay", token)[0] == 404


def test_one_that_is_gone_is_turned_off_and_keeps_what_waits(db, token, receiver):
    receiver.statuses = [410, 200]
    made = add(token, receiver)
    post(f"/api/webhooks/{made['id']}/test", token)
    wait_until(lambda: not get(f"/api/webhooks/{made['id']}", token)["is_active"], "it to be turned off", 60)
    assert "gone" in get(f"/api/webhooks/{made['id']}", token)["problem"]
    assert any("Shop" in row["words"] for row in get("/api/notifications", token)), "and somebody is told"
    assert post(f"/api/webhooks/{made['id']}/test", token)[0] == 409
    now = get(f"/api/webhooks/{made['id']}", token)
    db.webhook_deliveries.update_many({}, {"$set": {"due_at": db.webhook_deliveries.find_one({})["created_at"]}})
    status, answer, _ = post(f"/api/webhooks/{made['id']}", token, {"name": "Shop", "url": receiver.url, "events": ALL, "is_active": True, "rev": now["rev"]}, "PUT")
    assert status == 200 and json.loads(answer)["is_active"], answer
    wait_until(lambda: len(receiver.got) == 2, "what waited", 60)


def test_who_is_refused_while_an_email_is_handed_over_has_bounced(token, receiver):
    clean_mail()
    add(token, receiver, ["email_bounced"])
    audience = Audience(token, 5)
    nobody, full, blocked, other = audience.addresses[:4]
    replies = {nobody: "550 5.1.1 no such user", full: "552 5.2.2 mailbox full", blocked: "554 5.7.1 blocked for spam"}
    mail(*({"stage": "rcpt", "to": to, "reply": reply} for to, reply in replies.items()), {"stage": "dot", "to": other, "reply": "550 5.1.1 no such user"})
    campaign = audience.campaign().send()
    assert campaign.wait()["failed"] == 4
    wait_until(lambda: len(receiver.events()) == 3, f"the bounces: {receiver.events()}", 90)
    told = [one["data"] for one in receiver.events()]
    assert sorted(one["bounce"] for one in told) == ["hard", "hard", "soft"] and len({one["email_id"] for one in told}) == 3, told
    assert all(get(f"/api/emails/{one['email_id']}", token)["to_email"] in (nobody, full, other) for one in told)


def test_what_a_campaign_goes_through_is_told_once_each(db, token, receiver):
    clean_mail()
    made = add(token, receiver)
    other = add(token, receiver, ["email_clicked"])
    audience = Audience(token, 100)
    mail({"stage": "dot", "delay": 0.1})
    campaign = audience.campaign().send()
    campaign.wait_accepted(10)
    assert campaign.act("pause")[0] == 200 and campaign.act("resume")[0] == 200
    mail()
    campaign.wait()
    wait_until(lambda: {"campaign_started", "campaign_paused", "campaign_resumed", "campaign_sent"} <= set(receiver.types()), f"the campaign's events: {receiver.types()}", 90)
    ident = campaign.id.removeprefix("campaign_")
    assert all(one["data"]["campaign_id"] == ident for one in receiver.events())
    sent = next(one for one in receiver.events() if one["type"] == "campaign_sent")
    assert "100 emails" in sent["data"]["message"] and next(one for one in receiver.events() if one["type"] == "campaign_paused")["data"]["by"]
    who = audience.addresses[2]
    returned = MAIL.messages(who, exact=1)[0]["from"]
    assert inbound(returned, dsn(who, "5.1.1", "550 no such user"))[0] == 0
    wait_until(lambda: "email_bounced" in receiver.types(), "the bounce", 60)
    bounced = next(one for one in receiver.events() if one["type"] == "email_bounced")
    assert bounced["data"]["bounce"] == "hard" and bounced["data"]["contact_id"] and "@" not in json.dumps(bounced), "no address leaves"
    assert not any(other["id"] == str(row["webhook_id"]) for row in db.webhook_deliveries.find({"type": {"$ne": "email_clicked"}})), "only what it wants"
    assert inbound(returned, dsn(who, "5.1.1", "550 no such user"))[0] == 0
    ids = [one["id"] for one in receiver.events()]
    assert len(ids) == len(set(ids)), "each once"
    erased = bounced["data"]["contact_id"]
    assert db.webhook_deliveries.count_documents({"contact_id": bson.ObjectId(erased)})
    db.suppressions.delete_many({"value": who})
    assert post("/api/emails", token, {"to": who, "subject": "Your receipt", "text_content": "Thank you", "from_email": "news@acme.example"})[0] in (200, 201, 202)
    everything = get(f"/api/contacts/{erased}/gdpr-export", token)
    assert "550 no such user" in everything["returned"][0]["source"] and everything["returned"][0]["kind"] == "hard_bounce"
    assert everything["single_emails"][0]["subject"] == "Your receipt" and {row["type"] for row in everything["webhooks"]} == {"email_bounced"}
    assert call(f"/api/contacts/{erased}", token, "DELETE")[0] == 200
    wait_until(lambda: not db.webhook_deliveries.count_documents({"contact_id": bson.ObjectId(erased)}), "nothing to be kept of the erased", 60)


def test_opens_and_clicks_of_people_are_told_without_their_address(db, token, receiver):
    clean_mail()
    audience = Audience(token, 3)
    campaign = audience.campaign().send()
    campaign.wait()
    add(token, receiver, ["email_opened", "email_clicked", "email_unsubscribed"])
    ident = campaign.id.removeprefix("campaign_")
    sent_before(db, bson.ObjectId(ident), hours=1)
    for _ in range(3):
        assert raw(f"/track/{token_of('p', ident, 0, 1)}")[0] == 200
    wait_until(lambda: "email_opened" in receiver.types(), f"the open: {receiver.types()}", 120)
    opened = [one for one in receiver.events() if one["type"] == "email_opened"]
    assert len(opened) == 1 and opened[0]["data"]["email_id"] and opened[0]["data"]["contact_id"] and "@" not in json.dumps(opened)


REFUSED = ["https://127.0.0.1/", "http://hooks.acme.example/", "https://10.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/", "https://0x7f.1/", "https://localhost/", "https://user:word@a.example/",
           "https://a.example:25/", "ftp://a.example/", "https://db.internal/", "https://2130706433/", ""]


def test_nothing_inside_is_reached_unless_a_setting_allows_it(db, token, receiver):
    made = add(token, receiver)
    restart(WEBHOOKS_PRIVATE_HOSTS="false")
    try:
        for url in REFUSED:
            status, answer, _ = post("/api/webhooks", token, {"name": "Inside", "url": url, "events": ALL})
            assert status == 400 and "url" in json.loads(answer)["fields"], (url, answer)
        assert db.webhooks.count_documents({}) == 1
        post(f"/api/webhooks/{made['id']}/test", token)
        wait_until(lambda: get(f"/api/webhooks/{made['id']}/deliveries", token)[0]["attempts"] == 1, "it to be refused", 60)
        row, = get(f"/api/webhooks/{made['id']}/deliveries", token)
        assert row["tries"][0]["problem"] and row["tries"][0]["status"] is None and not receiver.got, "what was stored before is judged anew when it is sent"
    finally:
        restart(WEBHOOKS_PRIVATE_HOSTS="true")
    assert post("/api/webhooks", token, {"name": "Metadata", "url": "http://169.254.169.254/", "events": ALL})[0] == 400, "never there"


def test_what_is_wrong_is_said_by_field_and_changes_nothing(db, token, receiver):
    made = add(token, receiver)
    for body, field in (({"url": receiver.url, "events": ALL}, "name"), ({"name": "x", "events": ALL}, "url"), ({"name": "x", "url": receiver.url, "events": []}, "events"),
                        ({"name": "x", "url": receiver.url, "events": ["webhook_test"]}, "events"), ({"name": "x", "url": receiver.url, "events": ["nothing"]}, "events")):
        status, answer, _ = post("/api/webhooks", token, body)
        assert status == 400 and field in json.loads(answer)["fields"], (body, answer)
    assert db.webhooks.count_documents({}) == 1
    assert post(f"/api/webhooks/{made['id']}", token, {"name": "Late", "url": receiver.url, "events": ALL, "rev": made["rev"] + 7}, "PUT")[0] == 409
    assert get(f"/api/webhooks/{made['id']}", token)["name"] == "Shop"
    reader = cli("token", "create", "--name", "reader", "--scope", "read").stdout.strip()
    assert post("/api/webhooks", reader, {"name": "x", "url": receiver.url, "events": ALL})[0] == 403
    assert call(f"/api/webhooks/{made['id']}", token, "DELETE")[0] == 200 and get("/api/webhooks", token) == [] and not db.webhook_deliveries.count_documents({})


def test_it_is_all_done_with_forms_alone(db, receiver):
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open("/settings/webhooks")[1]
    assert "No webhook yet" in page and 'name="events" value="campaign_sent"' in page
    new = fields(page, "/settings/webhooks")
    status, page, _ = browser.open("/settings/webhooks", **{**new, "name": "Till", "url": "https://169.254.169.254/", "events": "email_opened"})
    assert status == 400 and "no address of a web server" in page and 'value="Till"' in page and 'value="email_opened" checked' in page
    status, page, _ = browser.open("/settings/webhooks", **{**fields(page, "/settings/webhooks"), "name": "Till", "url": receiver.url, "events": "email_opened"})
    assert status == 200 and "whsec_" in page and "Till" in page
    ident = str(db.webhooks.find_one({"name": "Till"})["_id"])
    path = f"/settings/webhooks/{ident}"
    page = browser.open(path)[1]
    assert "whsec_" not in page and "Nothing yet" in page
    status, page, _ = browser.open(f"{path}/test", **fields(page, f"{path}/test"))
    assert status == 200 and "on its way" in page
    wait_until(lambda: "Delivered" in browser.open(path)[1], "the log", 60)
    page = browser.open(path)[1]
    one = str(db.webhook_deliveries.find_one({})["_id"])
    assert browser.open(f"{path}/deliveries/{one}/replay", **fields(page, f"{path}/deliveries/{one}/replay"))[0] == 200
    wait_until(lambda: len(receiver.got) == 2, "it once more", 60)
    typed = {**fields(browser.open(path)[1], path), "name": "Till 2", "url": receiver.url, "events": ["email_opened", "code_redeemed"], "is_active": "false"}
    assert "Webhook saved" in browser.open(path, **typed)[1] and db.webhooks.find_one({})["name"] == "Till 2" and not db.webhooks.find_one({})["is_active"]
    assert "Somebody" in browser.open(path, **typed)[1] and db.webhooks.find_one({})["rev"] == 2, "the same form once more is too late"
    page = browser.open(f"{path}/secret")[1]
    assert "Create new secret" in page and "whsec_" in browser.open(f"{path}/secret", **fields(page, f"{path}/secret"))[1]
    page = browser.open(f"{path}/delete")[1]
    assert "Webhook deleted" in browser.open(f"{path}/delete", **fields(page, f"{path}/delete"))[1] and not db.webhooks.count_documents({})


def test_redeeming_and_its_undoing_are_told(db, token, receiver):
    from test_redeeming import HTML, QR, codes_of, redeem
    clean_mail()
    campaign = Audience(token, 1).campaign(html_content=HTML, qr=QR).send()
    campaign.wait()
    add(token, receiver, ["code_redeemed", "redemption_undone"])
    code = codes_of(db, campaign)[0]
    assert redeem(code["token"], token)[0] == 200 and redeem(code["token"], token)[0] == 409
    assert post("/api/redemptions/undo", token, {"token": code["token"]})[0] == 200
    wait_until(lambda: len(receiver.got) >= 2, "both", 60)
    assert sorted(receiver.types()) == ["code_redeemed", "redemption_undone"]
    told = receiver.events()[0]["data"]
    assert told["contact_id"] == str(code["customer_id"]) and told["deal"] == QR["deal"] and code["token"] not in json.dumps(receiver.events()), "the code itself is not told"


def test_the_webhook_of_the_settings_is_as_they_say(db, token, receiver):
    """Added at a start, changed and turned off with them; a start more changes nothing."""
    ident = bson.ObjectId("0" * 23 + "1")
    stored = lambda: db.webhooks.find_one({"_id": ident})
    restart(WEBHOOK_URL=receiver.url, WEBHOOK_EVENTS="campaign_started, campaign_sent")
    try:
        wait_until(stored, "the webhook", 60)
        one, = get("/api/webhooks", token)
        assert one["url"] == receiver.url and one["events"] == ["campaign_started", "campaign_sent"] and one["is_active"] and one["created_by"] == "WEBHOOK_URL"
        secret = json.loads(post(f"/api/webhooks/{one['id']}/secret", token)[1])["secret"]
        clean_mail()
        Audience(token, 2).campaign().send().wait()
        wait_until(lambda: set(receiver.types()) == {"campaign_started", "campaign_sent"}, "what happened", 60)
        headers, body = receiver.got[0]
        assert verifies(secret, lower(headers), body)
        before = stored()
        restart()
        wait_until(lambda: db.jobs.count_documents({"kind": "webhook", "state": "held"}) == 0, "quiet", 30)
        assert stored()["rev"] == before["rev"] and stored()["secret"] == before["secret"]
        restart(WEBHOOK_EVENTS="email_opened,email_opened")
        wait_until(lambda: stored()["events"] == ["email_opened"], "the other events", 60)
        restart(WEBHOOK_EVENTS="email_read")
        wait_until(lambda: not stored()["is_active"], "it to be turned off", 60)
        assert "email_read" in get(f"/api/webhooks/{one['id']}", token)["problem"]
        restart(WEBHOOK_EVENTS="")
        wait_until(lambda: stored()["is_active"] and len(stored()["events"]) == 6, "it to be on again, of campaigns", 60)
        restart(WEBHOOK_URL="")
        wait_until(lambda: not stored()["is_active"] and "no longer" in stored()["problem"], "it to be off", 60)
    finally:
        restart(WEBHOOK_URL="", WEBHOOK_EVENTS="")
