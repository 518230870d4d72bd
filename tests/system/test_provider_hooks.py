"""What SendGrid and Twilio report in their own forms: signed, each once, in any order, with the effect of a bounce that came back. C-088, D-066."""
import base64, hashlib, hmac, json, random, subprocess, time, urllib.parse

import pytest
from product import MAIL, SETTINGS, call, get, mail, start_service, stop_service, wait_until
from sending import Audience, clean_mail, post, read
from test_answering import raw
from test_hooks import settled
from test_inbound import reason
from test_permission import send

TOKEN, ACCOUNT = "0123456789abcdef0123456789abcdef", "AC" + "0" * 31 + "1"


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A private key, as SendGrid has one; its public half is the setting."""
    path = tmp_path_factory.mktemp("sendgrid") / "key.pem"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path], check=True)
    return path


@pytest.fixture(scope="module", autouse=True)
def hooked(key):
    old = dict(SETTINGS)
    public = subprocess.run(["openssl", "ec", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    for values, status in (({"SENDGRID_WEBHOOK_KEY": base64.b64encode(public).decode(), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}, 403),
                           ({"SENDGRID_WEBHOOK_KEY": "", "TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": ""}, 404)):
        stop_service("web")
        SETTINGS.update(values)
        start_service("web")
        for name in ("sendgrid", "twilio"):
            wait_until(lambda name=name, status=status: raw(f"/hooks/{name}", "POST", "[]")[0] == status, "the hook", 60)
        if status == 403:
            yield
    SETTINGS.clear()
    SETTINGS.update(old)


@pytest.fixture(scope="module")
def mailed(token):
    """Six people; the Message-IDs of the emails to them, as SendGrid's mail server has them, too."""
    clean_mail()
    audience = Audience(token, 6)
    audience.sent = audience.campaign().send()
    audience.sent.wait()
    audience.ids = [str(read(MAIL.messages(address, exact=1)[0]["id"])["Message-ID"]).strip() for address in audience.addresses]
    return audience


def signed(key, body, at=None):
    stamp = str(int(time.time()) if at is None else at)
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=stamp.encode() + body, check=True, capture_output=True).stdout
    return {"X-Twilio-Email-Event-Webhook-Timestamp": stamp, "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode()}


def as_sendgrid(events):
    """The array as SendGrid writes it."""
    return ("[" + ",\r\n".join(json.dumps(one, separators=(",", ":")) for one in events) + "]\r\n").encode()


def report(key, *events):
    body = as_sendgrid(events)
    status, answer, _ = raw("/hooks/sendgrid", "POST", body, **signed(key, body))
    return status, json.loads(answer)


def event(ident, kind, email, **more):
    return {"email": email, "event": kind, "sg_event_id": ident, "sg_message_id": "AAEC.recvd-6d5b-1-69D759AA-14.0", "timestamp": int(time.time()), **more}


def kept(db, ident):
    return db.inbound_mails.find_one({"_id": hashlib.sha256(f"event\nsendgrid:{ident}".encode()).hexdigest()})


def test_only_sendgrid_is_believed_and_only_its_exact_bytes(db, key, mailed):
    body = as_sendgrid([event("forged", "bounce", mailed.addresses[5], type="bounce")])
    good, now = signed(key, body), int(time.time())
    name = "X-Twilio-Email-Event-Webhook-"
    for headers in ({}, {name + "Timestamp": good[name + "Timestamp"]}, dict(good, **{name + "Timestamp": str(now + 7)}), signed(key, body + b" "), signed(key, body, now - 26 * 3600),
                    signed(key, body, now + 900), dict(good, **{name + "Signature": "AAAA"})):
        status, answer, _ = raw("/hooks/sendgrid", "POST", body, **headers)
        assert status == 403 and json.loads(answer)["error"], headers
    assert raw("/hooks/sendgrid", "POST", json.dumps(json.loads(body)).encode(), **good)[0] == 403, "bytes that mean the same"
    assert raw("/hooks/sendgrid", "POST", b"{}", **signed(key, b"{}"))[0] == 400
    large = b"[" + b" " * (4 * 1024 * 1024) + b"]"
    assert raw("/hooks/sendgrid", "POST", large, **signed(key, large))[0] == 413
    assert not kept(db, "forged") and reason(db, mailed.addresses[5]) is None


def test_events_of_our_emails_have_their_effect_once(db, key, mailed, token):
    bounced, full, complained, left, dropped, _ = mailed.addresses
    events = [event("b", "bounce", bounced, type="bounce", status="5.1.1", reason="550 5.1.1 no such user", **{"smtp-id": mailed.ids[0]}),
              event("f", "bounce", full, type="blocked", status="5.2.2", reason="552 full", **{"smtp-id": mailed.ids[1]}), event("c", "spamreport", complained.upper(), **{"smtp-id": mailed.ids[2]}),
              event("u", "unsubscribe", left, **{"smtp-id": mailed.ids[3]}), event("d", "dropped", dropped, reason="Spam Reporting Address", **{"smtp-id": mailed.ids[4]}),
              event("n", "delivered", bounced, **{"smtp-id": mailed.ids[0]}), event("o", "open", full)]
    assert report(key, *events) == (200, {"received": 5, "repeated": 0, "skipped": 2})
    assert report(key, *reversed(events)) == (200, {"received": 5, "repeated": 5, "skipped": 2})
    assert [reason(db, address) for address in mailed.addresses] == ["bounced", None, "complained", "unsubscribed", "complained", None]
    row, = get(f"/api/suppressions?q={bounced}", token)
    assert "no such user" in row["evidence"] and kept(db, "b")["contact_id"] and kept(db, "f")["kind"] == "soft_bounce"
    wait_until(lambda: (lambda now: (now["complained_count"], now["bounced_count"]) == (1, 2))(get(f"/api/campaigns/{mailed.sent.id}", token)), "the figures: whom SendGrid had dropped did not complain of this email", 60)
    shown = {one["to_email"]: one for one in get(f"/api/campaigns/{mailed.sent.id}/emails?limit=100", token)}
    assert shown[bounced]["status"] == "bounced" and shown[mailed.addresses[5]]["status"] == "sent", shown
    assert post(f"/api/suppressions/{row['id']}/lift", token, {"reason": "they called"})[0] == 200
    assert report(key, events[0])[1]["repeated"] == 1 and reason(db, bounced) is None, "what somebody lifts stays lifted"


def test_without_our_message_id_the_address_is_suppressed_and_no_campaign_counts_it(db, key, mailed):
    before = db.message_returns.count_documents({})
    other = "<AAECAwQFBgcICQoLDA0ODw@geopod-ismtpd-51>"
    assert report(key, event("x1", "bounce", "nobody@strange.example", type="bounce", **{"smtp-id": other}), {"email": mailed.addresses[5], "event": "bounce", "type": "bounce"})[1]["received"] == 2
    assert db.suppressions.find_one({"value": "nobody@strange.example"})["is_active"] and reason(db, mailed.addresses[5]) == "bounced"
    assert db.message_returns.count_documents({}) == before


def test_what_sendgrid_has_delivered_is_not_uncertain_any_more(key, token):
    """Of the other one nobody knows, and of somebody else's email nothing follows."""
    clean_mail()
    audience = Audience(token, 4)
    known, unknown = audience.addresses[1], audience.addresses[2]
    mail({"stage": "dot", "to": [known, unknown], "drop": True, "accept": True})
    campaign = audience.campaign().send()
    assert campaign.wait()["uncertain"] == 2
    mail()
    ident = str(read(MAIL.messages(known, exact=1)[0]["id"])["Message-ID"]).strip()
    events = [event("a", "delivered", known, response="250 OK", **{"smtp-id": ident}), event("b", "delivered", unknown, **{"smtp-id": "<someone@else.example>"})]
    for _ in range(2):
        assert report(key, *events) == (200, {"received": 0, "repeated": 0, "skipped": 2})
    wait_until(lambda: campaign.progress()["accepted"] == 3, f"one more to be accepted: {campaign.progress()}", 60)
    now = campaign.wait()
    assert (now["accepted"], now["uncertain"]) == (3, 1), now
    assert any("the mail provider delivered it" in row["text"] for row in get(f"/api/campaigns/{campaign.id}/logs", token))
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)
    clean_mail()


def test_a_burst_in_any_order_comes_to_the_same(db, key):
    ends = {}
    for run in ("ordered", "shuffled"):
        events = []
        for number in range(600):
            address = f"p{number}@{run}-sg.example"
            events += [event(f"{run}-{number}-{place}", kind, address, timestamp=1764320000 + number * 10 + place, **more)
                       for place, (kind, more) in enumerate((("processed", {}), ("deferred", {"attempt": "1"}), ("bounce", {"type": "blocked"}), ("bounce", {"type": "bounce"}) if number % 3 else ("spamreport", {})))]
        if run == "shuffled":
            events += random.Random(1).sample(events, len(events) // 10)
            random.Random(2).shuffle(events)
        status, told = report(key, *events)
        assert status == 200 and told["received"] - told["repeated"] == 1800 and told["received"] + told["skipped"] == len(events), told
        settled(db)
        ends[run] = sorted((row["value"].replace(run, "RUN"), row["reason"], row["is_active"]) for row in db.suppressions.find({"value": {"$regex": f"@{run}-sg.example$"}}))
    assert ends["ordered"] == ends["shuffled"] and len(ends["ordered"]) == 600, len(ends["ordered"])


def twilio(form, token=TOKEN, query="", url=None):
    body = urllib.parse.urlencode(form)
    text = (url or SETTINGS["PUBLIC_BASE_URL"] + "/hooks/twilio" + query) + "".join(name + form[name] for name in sorted(form))
    mac = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
    status, answer, headers = raw("/hooks/twilio" + query, "POST", body, **{"X-Twilio-Signature": mac, "Content-Type": "application/x-www-form-urlencoded"})
    return status, answer.decode(), headers


def answered(text, sid="SM1", number="+4915112340001", **more):
    return {"MessageSid": sid, "SmsStatus": "received", "From": number, "To": "+4930111", "Body": text, "AccountSid": ACCOUNT, "ToCity": "", **more}


def test_who_answers_stop_gets_no_text_message_and_who_has_the_number_says_so(db, token):
    person = send(token, "/api/contacts", email="stop@twilio.example", phone="+4915112340001")[1]
    for forged in (twilio(answered("STOP"), "f" * 32), twilio(answered("STOP"), query="?a=1", url=SETTINGS["PUBLIC_BASE_URL"] + "/hooks/twilio"), twilio(answered("STOP", AccountSid="AC2"))):
        assert forged[0] == 403
    status, answer, headers = twilio(answered("Thanks, see you in Nürnberg!", "SM0"))
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/xml") and answer.endswith("<Response/>"), "nothing that Twilio would text to them"
    assert get(f"/api/contacts/{person['id']}", token)["phone_suppressed"] is None
    for _ in range(2):
        assert twilio(answered("Stop!"), query="?m=email_1")[0] == 200
    now = get(f"/api/contacts/{person['id']}", token)
    assert now["phone_suppressed"] == "unsubscribed" and now["suppressed"] is None, "the number, not the address"
    row, = get(f"/api/suppressions?q={urllib.parse.quote('+4915112340001')}", token)
    assert "STOP" in row["evidence"] and db.inbound_mails.count_documents({"recipient": "+4915112340001"}) == 1
    assert "Nürnberg" not in str(list(db.inbound_mails.find({"recipient": "+4915112340001"}))), "nothing is kept of what was not for us"
    assert call(f"/api/contacts/{person['id']}", token, "DELETE")[0] == 200 and not db.inbound_mails.count_documents({"recipient": "+4915112340001"})


def test_start_takes_back_a_stop_and_nothing_else(db, token):
    """old: START lifted nothing, as what STOP had suppressed could not be told from what they had said by a link."""
    number = "+4915112340003"
    person = send(token, "/api/contacts", email="start@twilio.example", phone=number)[1]
    suppressed = lambda: get(f"/api/contacts/{person['id']}", token)["phone_suppressed"]
    said = lambda text, sid, **more: twilio(answered(text, sid, number, **more))[0]
    assert said("START", "SM20") == 200 and suppressed() is None
    assert said("stop", "SM21") == 200 and suppressed() == "unsubscribed"
    assert said("Start tomorrow?", "SM22") == 200 and suppressed() == "unsubscribed"
    assert said("Start.", "SM23") == 200 == said("Start.", "SM23") and suppressed() is None
    assert said("", "SM24", OptOutType="STOP") == 200 and suppressed() == "unsubscribed"
    assert said("", "SM25", OptOutType="START") == 200 and suppressed() is None
    assert send(token, "/api/suppressions", phone=number, evidence="They phoned")[0] == 200
    assert said("stop", "SM26") == 200 == said("unstop", "SM27") and suppressed() == "manual"
    assert call(f"/api/contacts/{person['id']}", token, "DELETE")[0] == 200


def test_a_number_that_nobody_has_is_suppressed_by_its_status(db, token):
    person = send(token, "/api/contacts", email="nobody@twilio.example", phone="+4915112340002")[1]
    status = lambda word, code: twilio({"MessageSid": "SM9", "MessageStatus": word, "SmsStatus": word, "ErrorCode": code, "To": "+4915112340002", "From": "+4930111", "AccountSid": ACCOUNT})[0]
    assert status("sent", "30005") == 200 and status("undelivered", "30003") == 200
    assert get(f"/api/contacts/{person['id']}", token)["phone_suppressed"] is None, "an earlier try, and a phone that is off"
    assert status("undelivered", "30005") == 200 == status("undelivered", "30005")
    assert get(f"/api/contacts/{person['id']}", token)["phone_suppressed"] == "bounced"
