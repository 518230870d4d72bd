"""What mail providers report by web requests: signed, kept, acted on once, in any order."""
import base64, hashlib, hmac, json, random, time

import pytest
from product import SETTINGS, call, get, start_service, stop_service, wait_until
from sending import post
from test_answering import raw
from test_inbound import reason, sent
from test_permission import send

KEYS = ["1f" * 32, "2e" * 32]  # the newer one, and the one before
assert sent  # a fixture


@pytest.fixture(scope="module", autouse=True)
def hooked():
    old = dict(SETTINGS)
    stop_service("web")
    SETTINGS.update(BOUNCE_HOOK_KEYS=",".join(KEYS))
    start_service("web")
    wait_until(lambda: raw("/hooks/bounce", "POST", "[]")[0] == 403, "the hook", 60)
    yield
    stop_service("web")
    SETTINGS.update(BOUNCE_HOOK_KEYS="")
    start_service("web")
    wait_until(lambda: raw("/hooks/bounce", "POST", "[]")[0] == 404, "no hook", 60)
    SETTINGS.clear()
    SETTINGS.update(old)


def signed(body, key=KEYS[0], ident="msg_1", at=None):
    stamp = str(int(time.time()) if at is None else at)
    mac = hmac.new(bytes.fromhex(key), f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(mac).decode()}


def report(*events, **more):
    """Sends these events: the status, and the answer."""
    body = json.dumps(list(events)).encode()
    status, answer, _ = raw("/hooks/bounce", "POST", body, **{"Content-Type": "application/json", **signed(body, **more)})
    return status, json.loads(answer)


def event(ident, kind, **more):
    return {"id": ident, "type": kind, **more}


def kept(db, ident):
    return db.inbound_mails.find_one({"_id": hashlib.sha256(f"event\n{ident}".encode()).hexdigest()})


def settled(db):
    wait_until(lambda: not db.inbound_mails.find_one({"waits": True}), "all events to be acted on", 120)


def test_only_who_has_a_key_is_believed_and_only_for_five_minutes(db, sent):
    body = json.dumps([event("forged", "hard_bounce", email=sent.addresses[0])]).encode()
    now = int(time.time())
    good = signed(body)
    changed = [dict(good, **{"webhook-id": "msg_2"}), dict(good, **{"webhook-timestamp": str(now + 1)}), dict(good, **{"webhook-signature": "v1," + "A" * 44}), {}, signed(body, "3d" * 32),
               signed(body, at=now - 301), signed(body, at=now + 330), {name: value for name, value in good.items() if name != "webhook-timestamp"}]
    for headers in changed:
        status, answer, _ = raw("/hooks/bounce", "POST", body, **headers)
        assert status == 403 and json.loads(answer)["error"], (headers, answer)
    assert raw("/hooks/bounce", "POST", body.replace(b"forged", b"forgot"), **good)[0] == 403, "of other bytes"
    assert raw("/hooks/bounce", "POST", body.replace(b" ", b""), **good)[0] == 403, "also of bytes that mean the same"
    assert raw("/hooks/bounce", "GET", None, **good)[0] == 405
    assert not db.inbound_mails.count_documents({}) and reason(db, sent.addresses[0]) is None


def test_a_hard_bounce_suppresses_once_with_its_evidence_and_can_be_undone(db, sent, token):
    address = sent.addresses[0]
    one = event("evt_hard", "bounce", return_path=sent.back[0], email=address.upper(), status="5.1.1", reason="550 5.1.1 no such user here", occurred_at="2026-11-28T08:00:00Z")
    assert report(one) == (200, {"received": 1, "repeated": 0})
    assert reason(db, address) == "bounced"
    row, = get(f"/api/suppressions?q={address}", token)
    assert "5.1.1" in row["evidence"] and "no such user here" in row["evidence"] and "mail provider" in row["evidence"], row
    mail = kept(db, "evt_hard")
    assert json.loads(mail["source"])["id"] == "evt_hard" and mail["applied_at"] and "waits" not in mail and mail["contact_id"]
    assert report(one) == (200, {"received": 1, "repeated": 1}) and report(one, one, key=KEYS[1]) == (200, {"received": 2, "repeated": 2}), "also with the key before"
    assert db.message_returns.count_documents({}) == 1
    assert post(f"/api/suppressions/{row['id']}/lift", token, {"reason": "they called"})[0] == 200
    assert report(one)[1]["repeated"] == 1 and reason(db, address) is None, "what somebody lifts stays lifted"
    late = event("evt_late", "bounce", email=address, status="5.1.10", reason="550 another server said so", occurred_at="2026-11-28T07:00:00Z")
    assert report(late) == (200, {"received": 1, "repeated": 0}) and reason(db, address) is None, "what was before it and comes late is no news"
    del late["occurred_at"]
    assert report(dict(late, id="evt_new", reason="550 once more"))[0] == 200 and reason(db, address) == "bounced", "of now, it is"


def test_a_complaint_and_others_have_their_effect_and_no_more(db, sent, token):
    """By return path, by our id of the email, or by the address alone."""
    named = lambda number: next(row["id"] for row in get(f"/api/campaigns/{sent.sent.id}/emails?limit=100", token) if row["to_email"] == sent.addresses[number])
    assert report(event("evt_complaint", "complaint", email_id=named(1)))[0] == 200 and reason(db, sent.addresses[1]) == "complained"
    others = [event("evt_soft", "soft_bounce", return_path=sent.back[2], status="5.2.2", reason="552 full"), event("evt_delayed", "delayed", email=sent.addresses[3]),
              event("evt_unknown", "opened", email=sent.addresses[3]), event("evt_forwarded", "hard_bounce", return_path=sent.back[4], email="other@else.example", status="5.1.1")]
    assert report(*others) == (200, {"received": 4, "repeated": 0})
    assert all(reason(db, sent.addresses[number]) is None for number in (2, 3, 4)) and kept(db, "evt_forwarded")["kind"] == "soft_bounce" and kept(db, "evt_unknown")["kind"] == "other"
    assert not db.suppressions.find_one({"value": "other@else.example"}), "a failed forwarding charges nobody"
    forged = sent.back[5][:10] + ("a" if sent.back[5][10] != "a" else "b") + sent.back[5][11:]
    assert report(event("evt_token", "hard_bounce", return_path=forged))[0] == 200 and reason(db, sent.addresses[5]) is None
    assert report(event("evt_address", "hard_bounce", email=sent.addresses[5]), event("evt_stranger", "hard_bounce", email="nobody@strange.example"))[0] == 200
    assert reason(db, sent.addresses[5]) == "bounced" and db.suppressions.find_one({"value": "nobody@strange.example"})["is_active"]
    wait_until(lambda: get(f"/api/campaigns/{sent.sent.id}", token)["complained_count"] == 1, "the figures", 60)


def test_what_came_back_is_a_page(db, sent, token):
    assert report(event("evt_page", "hard_bounce", return_path=sent.back[3], status="5.1.1", reason="550 <b>nobody</b> here"), event("evt_page_stranger", "complaint", email="else@strange.example"))[0] == 200
    page = call("/bounces", token)[1]
    first = page[page.index("<tbody"):]
    assert sent.addresses[3] in first and "Hard bounce" in first and "550 &lt;b&gt;nobody&lt;/b&gt; here" in first and f"/campaigns/{sent.sent.id}" in first
    assert "else@strange.example" in first and "Complaint" in first and "Web requests" in page and call("/bounces?cursor=x", token)[0] == 400


def test_a_body_that_cannot_be_read_changes_nothing(db, sent):
    before = db.inbound_mails.count_documents({})
    for body, field in ((b"", None), (b"[", None), (b"{}", "id"), (json.dumps([event("ok", "hard_bounce", email="ok@a.example"), {"id": "x", "type": "bounce"}]).encode(), "[1].email"), (b"[1]", "[0]"),
                        (json.dumps([event(str(number), "bounce", email="a@b.example") for number in range(1001)]).encode(), "body"), (b"\xff" * 100, None)):
        status, answer, _ = raw("/hooks/bounce", "POST", body, **{"Content-Type": "application/json", **signed(body)})
        answer = json.loads(answer)
        assert status == 400 and answer["error"] and (not field or field in answer["fields"] or field == "id"), (body[:80], status, answer)
    body = b"[" + b" " * (1024 * 1024) + b"]"
    assert raw("/hooks/bounce", "POST", body, **signed(body))[0] == 413
    assert db.inbound_mails.count_documents({}) == before and not db.suppressions.find_one({"value": "ok@a.example"})


def test_a_burst_in_any_order_comes_to_the_same(db, token):
    """1,000 events at once, shuffled, a tenth of them twice: kept at once, acted on soon, the same end state as in order."""
    ends = {}
    for run in ("ordered", "shuffled"):
        events = []
        for number in range(250):
            address = f"p{number}@{run}.example"
            events += [event(f"{run}-{number}-{kind}", kind, email=address, occurred_at=1764320000 + number * 10 + place, reason=f"{kind} {number}")
                       for place, kind in enumerate(("delayed", "soft_bounce", "hard_bounce", "complaint") if number % 2 else ("delayed", "soft_bounce", "soft_bounce", "hard_bounce"))]
        if run == "shuffled":
            events += random.Random(1).sample(events, len(events) // 10)
            random.Random(2).shuffle(events)
        distinct = len({one["id"] for one in events})
        began = time.monotonic()
        told = [report(*events[at:at + 1000])[1] for at in range(0, len(events), 1000)]
        took = time.monotonic() - began
        assert sum(one["received"] - one["repeated"] for one in told) == distinct and took < 30, (told, took)
        settled(db)
        print(f"{run}: {len(events)} events kept in {took:.1f} s, acted on after {time.monotonic() - began:.1f} s")
        ends[run] = sorted((row["value"].replace(run, "RUN"), row["reason"], row["is_active"], len(row["history"])) for row in db.suppressions.find({"value": {"$regex": f"@{run}.example$"}}))
    assert ends["ordered"] == ends["shuffled"] and len(ends["ordered"]) == 375, len(ends["ordered"])


def test_what_is_kept_and_was_not_acted_on_is_made_up_for(db):
    """The worker was killed after the events were kept; nobody sends them again."""
    assert report(event("evt_killed", "hard_bounce", email="killed@hook.example"))[0] == 200
    mail = kept(db, "evt_killed")
    db.inbound_mails.update_one({"_id": mail["_id"]}, {"$unset": {"applied_at": 1, "contact_id": 1}, "$set": {"waits": True}})
    db.suppressions.delete_many({"value": "killed@hook.example"})
    settled(db)
    assert kept(db, "evt_killed")["applied_at"] and db.suppressions.find_one({"value": "killed@hook.example"})["is_active"]


def test_the_erased_leave_no_trace_in_what_was_reported(db, token):
    ident = send(token, "/api/contacts", email="erased@hook.example")[1]["id"]
    assert report(event("evt_erased", "soft_bounce", email="Erased@hook.example"), event("evt_other", "delayed", email="stays@hook.example"))[0] == 200
    assert kept(db, "evt_erased")["recipient"] == "erased@hook.example"
    assert call(f"/api/contacts/{ident}", token, "DELETE")[0] == 200
    assert not kept(db, "evt_erased") and kept(db, "evt_other") and not db.inbound_mails.find_one({"recipient": "erased@hook.example"})
