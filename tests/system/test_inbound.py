"""What comes back of mails, by the pipe of a local mail server: H-B2 … H-B4, H-B6, H-B7, C-088, D-048, D-065, D-066."""
import csv, datetime, io, json, os, subprocess

import bson, pytest
from product import BUILD, MAIL, SETTINGS, call, cli, everything, get, start_service, stop_service, wait_until
from sending import Audience, clean_mail, post
from test_import import run

DSN = """From: MAILER-DAEMON@mx.example
Subject: Undelivered
{more}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b--
"""
ARF = """From: feedback@isp.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

A complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: isp/1

--b--
"""
VACATION = "From: someone@mx.example\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away until Monday.\n"


def dsn(to, status, words, action="failed", more=""):
    return DSN.format(to=to, status=status, words=words, action=action, more=more)


def inbound(to, text):
    """As a mail server's pipe does: its status, and what it says."""
    run = subprocess.run([f"{BUILD}/telltale", "inbound", "--to", to, "--json"], input=text.encode("latin-1"), capture_output=True, env={**os.environ, **SETTINGS}, timeout=60)
    return run.returncode, json.loads(run.stdout) if run.returncode == 0 else run.stderr.decode()


@pytest.fixture(scope="module")
def sent(token):
    """Six people; the addresses to which mails to them come back."""
    clean_mail()
    audience, old = Audience(token, 6), dict(SETTINGS)
    stop_service("sender")
    SETTINGS.update(BOUNCE_DOMAIN="bounce.acme.example")
    try:
        start_service("sender")
        audience.sent = audience.campaign().send()
        audience.sent.wait()
    finally:
        stop_service("sender")
        SETTINGS.clear()
        SETTINGS.update(old)
        start_service("sender")
    audience.back = [MAIL.messages(address, exact=1)[0]["from"] for address in audience.addresses]
    return audience


def reason(db, address):
    return (db.contacts.find_one({"email_norm": address}) or {}).get("suppressed")


def test_a_hard_bounce_suppresses_once_with_its_evidence(db, sent, token):
    """Also if it calls itself automatic (H-B3); the same mail 46 times is one (H-B6). What somebody lifts stays lifted."""
    text = dsn(sent.addresses[0], "5.1.1", "550 5.1.1 no such user here", more="Auto-Submitted: auto-replied\n")
    status, said = inbound(sent.back[0], text)
    assert status == 0 and said == {"kind": "hard_bounce", "matched": True, "repeated": False}, said
    assert reason(db, sent.addresses[0]) == "bounced"
    row, = [row for row in get(f"/api/suppressions?q={sent.addresses[0]}", token)]
    assert "5.1.1" in row["evidence"] and "no such user here" in row["evidence"], row
    for _ in range(5):
        assert inbound(sent.back[0], text) == (0, {"kind": "hard_bounce", "matched": True, "repeated": True})
    assert db.message_returns.count_documents({}) == 1 and db.inbound_mails.count_documents({}) == 1
    assert post(f"/api/suppressions/{row['id']}/lift", token, {"reason": "they called"})[0] == 200
    assert inbound(sent.back[0], text)[0] == 0 and reason(db, sent.addresses[0]) is None


def test_what_was_kept_and_not_acted_on_is_made_up_for(db, sent):
    """Whoever received it was killed after it was kept, and nobody delivers it again."""
    def forget():
        db.suppressions.delete_many({"value": sent.addresses[3]})
        db.contacts.update_one({"email_norm": sent.addresses[3]}, {"$unset": {"suppressed": 1}})
        db.message_returns.delete_many({"_id": {"$regex": "003.bounce$"}})

    assert inbound(sent.back[3], dsn(sent.addresses[3], "5.1.1", "550 5.1.1 gone")) == (0, {"kind": "hard_bounce", "matched": True, "repeated": False})
    mail, = db.inbound_mails.find({"campaign_id": {"$exists": True}, "words": {"$regex": "gone"}})
    long_ago = datetime.timedelta(minutes=5)
    db.inbound_mails.update_one({"_id": mail["_id"]}, {"$unset": {"applied_at": 1}, "$set": {"at": mail["at"] - long_ago, "expires_at": mail["expires_at"] - long_ago}})
    forget()
    wait_until(lambda: "applied_at" in db.inbound_mails.find_one({"_id": mail["_id"]}), "the mail to be acted on", 90)
    assert reason(db, sent.addresses[3]) == "bounced" and db.message_returns.find_one({"_id": {"$regex": "003.bounce$"}})
    forget()
    db.inbound_mails.delete_one({"_id": mail["_id"]})


def test_a_complaint_suppresses_at_once(db, sent, token):
    assert inbound(sent.back[1], ARF)[1]["kind"] == "complaint"
    assert reason(db, sent.addresses[1]) == "complained"
    status, answer, _ = post("/api/campaigns", token, {"name": "After a complaint", "subject": "x", "from_email": "news@acme.example", "html_content": "<p>x</p>", "list_ids": [sent.list_id]})
    assert status == 200, answer


@pytest.mark.parametrize("number,text,kind", [
    (2, lambda to: dsn(to, "5.2.2", "552 5.2.2 mailbox full"), "soft_bounce"), (3, lambda to: dsn(to, "4.4.1", "try", action="delayed"), "delayed"),
    (4, lambda to: VACATION, "automatic"), (4, lambda to: "Subject: Re: News\n\nThank you!\n", "other"), (5, lambda to: dsn("other@else.example", "5.1.1", "550 5.1.1 gone"), "soft_bounce"),
    (5, lambda to: "\0\xff" * 1000, "other")])
def test_nothing_else_suppresses(db, sent, number, text, kind):
    """H-B2, H-B4; a failed forwarding says nothing of the address that was sent to."""
    status, said = inbound(sent.back[number], text(sent.addresses[number]))
    assert status == 0 and said["kind"] == kind and said["matched"], said
    assert reason(db, sent.addresses[number]) is None


def test_whoever_bounced_softly_is_imported_as_they_are(db, sent, token):
    """H-I3: a file with them once more, which writes over what is known."""
    address = sent.addresses[2]
    assert inbound(sent.back[2], dsn(address, "5.2.2", "552 5.2.2 mailbox full"))[1]["kind"] == "soft_bounce"
    as_it_was = ["status", "is_active", "suppressed", "list_ids", "subscribed_ids", "unsubscribed_ids"]
    before = db.contacts.find_one({"email_norm": address})
    result = run(token, f"email,first_name\r\n{address},Mara\r\n", policy="overwrite")
    after = db.contacts.find_one({"email_norm": address})
    assert result["updated"] == 1 and after["first_name"] == "Mara" and [after.get(name) for name in as_it_was] == [before.get(name) for name in as_it_was], (result, after)
    assert reason(db, address) is None


def test_nobody_is_charged_without_a_good_token(db, sent):
    bad = sent.back[3].replace("@", "@x.")[:-10]
    forged = sent.back[3][:10] + ("a" if sent.back[3][10] != "a" else "b") + sent.back[3][11:]
    for to in (forged, "news@acme.example", "", "b-@x"):
        status, said = inbound(to or "-", dsn(sent.addresses[3], "5.1.1", "550 5.1.1 gone") + to)
        assert status == 0 and said["kind"] == "hard_bounce" and not said["matched"], (bad, said)
    assert reason(db, sent.addresses[3]) is None and not db.message_returns.find_one({"_id": {"$regex": "\\.3\\.bounce$"}})


def test_it_stands_in_the_figures(sent, token):
    """One hard and two soft bounces, one complaint."""
    campaign = sent.sent.id
    wait_until(lambda: get(f"/api/campaigns/{campaign}", token)["bounced_count"] == 3, f"the bounces: {get(f'/api/campaigns/{campaign}', token)}", 60)
    told = get(f"/api/campaigns/{campaign}", token)
    assert told["complained_count"] == 1 and told["sent_count"] == 6, told


def test_each_email_says_that_it_came_back(sent, token):
    path, addresses = f"/api/campaigns/{sent.sent.id}/emails", sent.addresses
    rows = {row["to_email"]: row for row in get(path, token)}
    assert {to: row["status"] for to, row in rows.items()} == {addresses[0]: "bounced", addresses[1]: "complained", addresses[2]: "bounced", addresses[3]: "sent", addresses[4]: "sent", addresses[5]: "bounced"}
    assert all(bool(rows[to]["bounced_time"]) == (at in (0, 2, 5)) and bool(rows[to]["complained_time"]) == (at == 1) for at, to in enumerate(addresses)), rows
    assert get(f"/api/emails/{rows[addresses[2]]['id']}", token) == rows[addresses[2]]
    for status, numbers in (("bounced", (0, 2, 5)), ("complained", (1,)), ("opened", ())):
        assert [row["to_email"] for row in everything(f"{path}?status={status}", token, 2)] == [addresses[at] for at in numbers], status
    assert call(f"{path}?status=eaten", token)[0] == 400
    lines = list(csv.DictReader(io.StringIO(call(f"{path}.csv?status=bounced", token)[1])))
    assert [line["to_email"] for line in lines] == [addresses[at] for at in (0, 2, 5)] and all(line["bounced_time"] and not line["complained_time"] for line in lines)
    page = call(f"/campaigns/{sent.sent.id}/messages?state=bounced", token)[1]
    assert page.count("Soft bounce</span>") == 2 and page.count("Hard bounce</span>") == 1 and "Complaint</span>" not in page and page.count("Came back ") == 3, page
    assert ">Complaints <" in page and addresses[1] not in page
    for at, state, there in ((2, "bounced", True), (3, "bounced", False), (1, "complained", True)):
        page = call(f"/campaigns/{sent.sent.id}/messages?state={state}&to={addresses[at]}", token)[1]
        assert (f">{addresses[at]}</a>" in page) == there, (at, state)
    assert "Complained " in call(f"/emails/{rows[addresses[1]]['id']}", token)[1]


def test_the_mail_server_keeps_what_cannot_be_stored(sent):
    """75: it tries again later."""
    old = dict(SETTINGS)
    SETTINGS.update(MONGODB_URI="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=500")
    try:
        assert inbound(sent.back[2], VACATION)[0] == 75
    finally:
        SETTINGS.clear()
        SETTINGS.update(old)
    assert inbound(sent.back[2], "")[0] == 75


def test_an_address_that_bounces_softly_again_and_again_is_given_up(db, sent, token):
    """H-B1: given up after days of trying, with each of three campaigns; shown as soft, suppressed by the documented threshold, undone by hand."""
    address, to = sent.addresses[5], sent.back[5]
    db.inbound_mails.delete_many({})
    db.suppressions.delete_many({"value": address})
    who = db.contacts.find_one({"email_norm": address})["_id"]
    for number, days in ((1, 20), (2, 10)):
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
        db.inbound_mails.insert_one({"_id": f"soft {number}", "kind": "soft_bounce", "contact_id": who, "campaign_id": bson.ObjectId(), "status": "4.4.7", "at": at, "applied_at": at,
                                     "expires_at": at + datetime.timedelta(days=90), "size": 1, "block": 0, "index": 0})
    assert inbound(to, dsn(address, "4.4.7", "message expired"))[1]["kind"] == "soft_bounce"
    assert reason(db, address) == "bounced"
    row, = get(f"/api/suppressions?q={address}", token)
    assert "6 points" in row["evidence"] and "4.4.7" in row["evidence"], row
    assert post(f"/api/suppressions/{row['id']}/lift", token, {"reason": "they called"})[0] == 200 and reason(db, address) is None


def test_bounces_before_a_click_do_not_count(db, sent):
    address, to = sent.addresses[4], sent.back[4]
    who = db.contacts.find_one({"email_norm": address})["_id"]
    for number, days in ((1, 40), (2, 20)):
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
        db.inbound_mails.insert_one({"_id": f"before {number}", "kind": "soft_bounce", "contact_id": who, "campaign_id": bson.ObjectId(), "status": "4.4.7", "at": at, "applied_at": at,
                                     "expires_at": at + datetime.timedelta(days=90), "size": 1, "block": 0, "index": 0})
    db.contacts.update_one({"_id": who}, {"$set": {"engagement.last_clicked_at": datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=5)}})
    assert inbound(to, dsn(address, "5.2.2", "552 mailbox full", more="X-Another: 1\n"))[1]["kind"] == "soft_bounce"
    assert reason(db, address) is None
    db.contacts.update_one({"_id": who}, {"$unset": {"engagement.last_clicked_at": 1}})


def test_a_bounce_of_an_address_alone_charges_nobody(db, sent):
    """H-B5: a good Final-Recipient, but no token of ours: it is kept and counted, and nobody is charged, as whoever knows an address could write it."""
    before = db.message_returns.count_documents({})
    status, said = inbound("bounces@bounce.acme.example", dsn(sent.addresses[3], "5.1.1", "550 no such user"))
    assert status == 0 and said["kind"] == "hard_bounce" and reason(db, sent.addresses[3]) is None
    assert db.message_returns.count_documents({}) == before
    mail = db.inbound_mails.find_one({"kind": "hard_bounce"}, sort=[("at", -1)])
    assert "campaign_id" not in mail and mail["source"], "the evidence is kept"


def test_doctor_tells_whether_anything_comes_back(db, sent):
    found = lambda **env: {row["check"]: row for row in json.loads(cli("doctor", "--json", check=False, env=env).stdout)}["returned emails"]
    assert db.inbound_mails.count_documents({}) and "newest came" in found()["result"]
    kept = list(db.inbound_mails.find({}))
    db.inbound_mails.delete_many({})
    assert "neither" in found()["result"] and found()["advice"] is None
    many = db.dispatch_states.insert_one({"campaign_id": bson.ObjectId(), "number": 0, "accepted": bson.Int64(500), "is_done": True}).inserted_id
    silent = found(BOUNCE_DOMAIN="bounce.acme.example")
    db.dispatch_states.delete_one({"_id": many})
    db.inbound_mails.insert_many(kept)
    assert "none has come" in silent["result"] and "pipe" in silent["advice"]
