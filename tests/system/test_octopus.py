"""What EmailOctopus reports: signed, once by id, and a reason to look; nothing said here is lifted by it. C-088, X-28."""
import hashlib, hmac, json, time

import pytest
from product import SETTINGS, get, start_service, stop_service, wait_until
from test_answering import raw
from test_inbound import reason
from test_permission import send

SECRET = "5f" * 32  # looks like hex, and is used as its text


@pytest.fixture(scope="module", autouse=True)
def secret(db):
    old = dict(SETTINGS)
    for value, status in ((SECRET, 403), ("", 404)):
        stop_service("web")
        SETTINGS.update(EMAILOCTOPUS_WEBHOOK_SECRET=value, SYNC_CONTACTS="on" if value else old["SYNC_CONTACTS"])
        start_service("web")
        wait_until(lambda status=status: raw("/hooks/emailoctopus", "POST", "[]")[0] == status, "the hook", 60)
        if value:
            yield
    SETTINGS.clear()
    SETTINGS.update(old)
    db.jobs.delete_many({"kind": "provider_look"})


def signature(body, key=SECRET):
    return {"EmailOctopus-Signature": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


def report(*events):
    body = json.dumps(list(events)).encode()
    status, answer, _ = raw("/hooks/emailoctopus", "POST", body, **signature(body))
    return status, json.loads(answer)


def event(ident, kind, **more):
    return {"id": ident, "type": f"contact.{kind}", "list_id": "l", "contact_id": "c", "occurred_at": "2026-11-28T08:00:00+00:00", **more}


def looks(db):
    return {row["key"].split()[1]: row for row in db.jobs.find({"kind": "provider_look", "state": "queued"})}


def test_only_emailoctopus_is_believed_and_a_body_that_is_none_changes_nothing(db):
    body = json.dumps([event("forged", "complained", contact_email_address="forged@a.example")]).encode()
    for headers in ({}, signature(body, "other"), signature(body + b" "), {"EmailOctopus-Signature": "sha256=" + "0" * 64}, signature(body, bytes.fromhex(SECRET).decode("latin-1"))):
        assert raw("/hooks/emailoctopus", "POST", body, **headers)[0] == 403
    for body in (b"", b"{}", b"[", json.dumps([event(str(number), "opened") for number in range(1001)]).encode()):
        assert raw("/hooks/emailoctopus", "POST", body, **signature(body))[0] == 400
    assert not db.inbound_mails.count_documents({}) and not looks(db)


def test_what_happened_there_has_a_sync_look_once(db, token):
    runs = db.sync_runs.count_documents({})
    events = [event("e1", "opened", campaign_id="x"), event("e2", "updated"), event("e3", "nothing known"), {"type": "contact.opened"}]
    assert report(*events) == (200, {"received": 2, "repeated": 0, "skipped": 2})
    assert set(looks(db)) == {"people", "figures"}
    assert report(*reversed(events), event("e4", "clicked", campaign_id="x")) == (200, {"received": 3, "repeated": 2, "skipped": 2}) and len(looks(db)) == 2
    assert db.jobs.delete_many({"key": "provider_look people"}).deleted_count == 1, "the sync program of these tests reads no people"
    db.jobs.update_many({"kind": "provider_look"}, {"$set": {"due_at": db.jobs.find_one({"kind": "provider_look"})["asked_at"]}, "$inc": {"rev": 1}})
    wait_until(lambda: not looks(db), "the looks", 60)
    wait_until(lambda: db.sync_runs.count_documents({"trigger": "hook"}) >= 1 and not db.sync_runs.count_documents({"active": {"$exists": True}}), "a run", 120)
    assert db.sync_runs.count_documents({}) == runs + 1
    assert report(*events) == (200, {"received": 2, "repeated": 2, "skipped": 2}) and not looks(db), "what was known before is no reason"


def test_a_complaint_there_holds_at_once_here_and_nothing_is_lifted(db, token):
    address = "complains@octopus.example"
    ident = send(token, "/api/contacts", email=address)[1]["id"]
    assert report(event("c1", "complained", contact_email_address=address.upper(), occurred_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))[0] == 200
    wait_until(lambda: reason(db, address) == "complained", "the complaint", 30)
    for number, kind in enumerate(("created", "updated", "opened", "deleted")):
        assert report(event(f"c2{number}", kind, contact_email_address=address, contact_status="SUBSCRIBED"))[0] == 200
    assert reason(db, address) == "complained" and get(f"/api/contacts/{ident}", token)["suppressed"] == "complained"
    row, = get(f"/api/suppressions?q={address}", token)
    assert "EmailOctopus" in row["evidence"] and row["reason"] == "complained"
    late = "was.before@octopus.example"
    assert report(event("c3", "complained", contact_email_address=late), event("c4", "unsubscribed", contact_email_address="leaves@octopus.example"))[0] == 200
    wait_until(lambda: reason(db, late) or db.suppressions.find_one({"value": late}), "an address nobody has here", 30)
    assert not db.suppressions.find_one({"value": "leaves@octopus.example"}), "who unsubscribed there is found out by the sync, list by list"
