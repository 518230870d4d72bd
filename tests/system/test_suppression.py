"""To whom nothing is sent: added by hand, by API and by file, found, lifted with a reason; people say so themselves. D-124."""
import json, os, re, signal, time

import bson
from product import call, cli, database, everything, get, service_pid, start_service, stop_service, wait_until
from test_saving import browser, fields


def add(token, **row):
    return call("/api/suppressions", token, "POST", json.dumps(row).encode(), {"Content-Type": "application/json"})


def person(token, **row):
    status, body, _ = call("/api/contacts", token, "POST", json.dumps(row).encode(), {"Content-Type": "application/json"})
    assert status == 200, body
    return json.loads(body)


def upload(token, text, **fields):
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body = f'{parts}--b\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n{text}\r\n--b--\r\n'
    return call("/api/suppressions/import", token, "POST", body.encode(), {"Content-Type": "multipart/form-data; boundary=b"})


def imported(token, text, **fields):
    """What became of the file."""
    status, body, _ = upload(token, text, **fields)
    assert status == 202, body
    return ended(token, json.loads(body)["id"])


def ended(token, ident):
    now = lambda: get(f"/api/suppressions/imports/{ident}", token)
    wait_until(lambda: now()["state"] in ("done", "failed"), "the end of the import", 240)
    return now()


def test_an_address_that_only_a_provider_takes_for_one(token):
    """old: refused, so such a contact could not be suppressed."""
    cli("sync"), cli("sync", "--contacts")
    status, body, _ = add(token, address="<b>half</b>&co@example.net")
    assert status == 200 and json.loads(body)["value"] == "<b>half</b>&co@example.net"
    assert add(token, address="<b>whole</b>&co@example.net")[0] == 400
    assert call(f"/api/suppressions/{json.loads(body)['id']}?reason=a+test", token, "DELETE")[0] == 200


def test_by_hand_and_lifted_with_a_reason(token):
    before = person(token, email="Before@Supp.example")
    assert before["suppressed"] is None
    status, body, _ = add(token, address=" BEFORE@supp.example ", evidence="rang on Monday")
    row = json.loads(body)
    assert status == 200 and row["value"] == "before@supp.example" and row["reason"] == "manual" and row["source"] == "user" and row["by"]
    assert get(f"/api/contacts/{before['id']}", token)["suppressed"] == "manual"
    assert [found["id"] for found in get("/api/suppressions?q=before@supp", token)] == [row["id"]]
    assert call(f"/api/suppressions/{row['id']}", token, "DELETE")[0] == 400
    status, body, _ = call(f"/api/suppressions/{row['id']}?reason=wrong+person", token, "DELETE")
    assert status == 200 and [note["lifts"] for note in json.loads(body)["history"]] == [False, True]
    assert get(f"/api/contacts/{before['id']}", token)["suppressed"] is None
    assert get("/api/suppressions?q=before@supp", token) == [] and len(get("/api/suppressions?q=before@supp&is_active=false", token)) == 1
    assert call(f"/api/suppressions/{row['id']}?reason=again", token, "DELETE")[0] == 409


def test_complaints_are_never_lifted(token):
    row = json.loads(add(token, address="loud@supp.example", reason="complained", evidence="a report")[1])
    status, body, _ = call(f"/api/suppressions/{row['id']}?reason=please", token, "DELETE")
    assert status == 400 and "never lifted" in body
    assert "never lifted" in call(f"/suppressions/{row['id']}", token)[1]
    late = person(token, email="loud@supp.example")
    assert late["suppressed"] == "complained"


def test_wrong_ones_are_refused(token):
    for row in ({"address": ""}, {"address": "nobody"}, {"address": "a@b@c"}, {"phone": "030 1234"}, {"address": "a@supp.example", "reason": "erased"},
                {"address": "a@supp.example", "reason": "bored"}):
        assert add(token, **row)[0] == 400, row
    assert call("/api/suppressions/000000000000000000000000", token)[0] == 404
    assert call("/suppressions?reason=bored", token)[0] == 400 and call("/api/suppressions?is_active=maybe", token)[0] == 400


def test_a_phone_is_everybodys_who_has_it(token):
    a, b = person(token, email="a.phone@supp.example", phone="+49 30 901820"), person(token, phone="+4930901820")
    row = json.loads(add(token, phone="+49 (0)30 901820", reason="unsubscribed", evidence="STOP")[1])
    assert row["kind"] == "phone" and row["value"] == "+4930901820"
    for one in (a, b):
        found = get(f"/api/contacts/{one['id']}", token)
        assert found["phone_suppressed"] == "unsubscribed" and found["suppressed"] is None


def test_a_file_is_imported_and_what_is_exported_can_be(token):
    text = "E-Mail;Grund;Reason;Evidence\nfile1@supp.example;;Hard bounce;550 5.1.1\nFILE2@supp.example;;;\nnot an address;;;\n;;;\nfile1@supp.example;;manual;by hand\nfile3@supp.example;;bored;\n"
    done = imported(token, text, reason="unsubscribed")
    assert done["state"] == "done" and (done["rows"], done["suppressed"], done["known"], done["rejected"]) == (5, 3, 0, 2), done
    assert [problem["line"] for problem in done["problems"]] == [4, 7]
    rows = {(row["value"], row["reason"]): row for row in everything("/api/suppressions?q=file", token)}
    assert set(rows) == {("file1@supp.example", "bounced"), ("file1@supp.example", "manual"), ("file2@supp.example", "unsubscribed")}
    assert rows["file1@supp.example", "bounced"]["evidence"] == "550 5.1.1 (Imported from list.csv)"
    exported = call("/suppressions.csv?q=file", token)[1]
    again = imported(token, exported)
    assert again["known"] == again["suppressed"] == 3 and again["rejected"] == 0, again
    status, body, _ = upload(token, "name;city\nAnn;Rome\n")
    assert status == 400 and "file" in json.loads(body)["fields"]


def test_pages_work_without_scripts(browser):
    page = browser.open("/suppressions/new")[1]
    status, page, _ = browser.open("/suppressions", **{**fields(page, "/suppressions"), "address": "form@supp.example", "reason": "manual"})
    assert status == 200 and "Nothing is sent here since" in page
    where = re.search(r'action="(/suppressions/[0-9a-f]{24}/lift)"', page)[1]
    asked = fields(page, where)
    status, again, _ = browser.open(where, **{**asked, "reason": ""})
    assert status == 400 and "Why it may be lifted" in again
    status, page, _ = browser.open(where, **{**asked, "reason": "a mistake"})
    assert status == 200 and "lifted on" in page and "a mistake" in page


def test_large_files_hold_no_worker_and_are_imported_one_after_the_other(token):
    """old: its worker was held for as long as the file took, 22 s of 45,000 rows, and other files were refused meanwhile."""
    def text(number):
        return "address\n" + "".join(f"w{number}x{row}@work.example\n" for row in range(2500))

    try:
        began = time.monotonic()
        answers = [upload(token, text(number)) for number in range(4)]
        took = time.monotonic() - began
        assert [status for status, _, _ in answers] == [202] * 4, answers
        open_ = [get(f"/api/suppressions/imports/{json.loads(body)['id']}", token)["state"] for _, body, _ in answers]
        assert open_[-1] in ("queued", "running"), (open_, took)
        ends = [ended(token, json.loads(body)["id"]) for _, body, _ in answers]
        assert [(end["state"], end["rows"], end["suppressed"], end["known"], end["rejected"]) for end in ends] == [("done", 2500, 2500, 0, 0)] * 4, ends
        assert ends[0]["ended_at"] <= ends[-1]["ended_at"]
        assert imported(token, text(0))["known"] == 2500
    finally:
        database("db.suppressions.delete_many({'value': {'$regex': '@work.example$'}})")


def test_an_import_goes_on_after_its_program_was_killed_and_counts_the_same(token, db):
    """Killed in the middle: the rows that had been written before are not taken for those that were known."""
    rows = 6000
    try:
        status, body, _ = upload(token, "address\n" + "".join(f"k{row}@killed.example\n" for row in range(rows)) + "not one\n")
        assert status == 202, body
        ident = json.loads(body)["id"]
        for kills in range(3):
            wait_until(lambda: get(f"/api/suppressions/imports/{ident}", token)["rows"] > kills * 1000 or get(f"/api/suppressions/imports/{ident}", token)["state"] == "done", "some rows", 120)
            if service_pid("audience"):
                os.kill(service_pid("audience"), signal.SIGKILL)
        end = ended(token, ident)
        assert (end["state"], end["rows"], end["suppressed"], end["known"], end["rejected"]) == ("done", rows + 1, rows, 0, 1), end
        assert [problem["line"] for problem in end["problems"]] == [rows + 2] and db.suppressions.count_documents({"value": {"$regex": "@killed.example$"}}) == rows
        assert "file" not in db.suppression_imports.find_one({"_id": bson.ObjectId(ident)}), "the file stays no longer than it is needed"
    finally:
        database("db.suppressions.delete_many({'value': {'$regex': '@killed.example$'}})")


def test_a_file_that_cannot_be_read_is_refused_and_one_that_failed_says_why(token, browser, db):
    status, body, _ = upload(token, 'address;evidence\ncut@supp.example;"never closed\n')
    assert status == 400 and "never closed" in json.loads(body)["fields"]["file"] and not get("/api/suppressions?q=cut@supp", token), body
    ident = bson.ObjectId()
    db.suppression_imports.insert_one({"_id": ident, "name": "<b>theirs", "state": "failed", "reason": "manual", "problem": "The program that imports was ended several times", "rows": 7, "suppressed": 5, "rejected": 2})
    status, page, _ = browser.open(f"/suppressions/imports/{ident}")
    assert status == 200 and "could not be imported" in page and "ended several times" in page and "5 rows are suppressed; 2 rows were rejected" in page and "&lt;b&gt;theirs" in page, page
    for odd in ("0" * 24, "x", "..", "000"):
        assert call(f"/api/suppressions/imports/{odd}", token)[0] == 404, odd


def test_an_import_can_be_stopped(token, browser):
    """old: a wrong file could not be stopped, and suppressed to its end."""
    try:
        answers = [upload(token, "address\n" + "".join(f"s{number}x{row}@stopped.example\n" for row in range(20000))) for number in range(2)]
        assert [status for status, _, _ in answers] == [202, 202], answers
        first, second = [json.loads(body)["id"] for _, body, _ in answers]
        status, body, _ = call(f"/api/suppressions/imports/{second}/stop", token, "POST")
        assert status == 200 and json.loads(body)["state"] == "stopped" and json.loads(body)["rows"] == 0, body
        wait_until(lambda: get(f"/api/suppressions/imports/{first}", token)["rows"] > 0, "some rows", 60)
        page = browser.open(f"/suppressions/imports/{first}")[1]
        assert "Stop here" in page
        status, page, _ = browser.open(f"/suppressions/imports/{first}/stop", csrf=re.search(r'name="csrf" value="(\w+)"', page)[1])
        assert status == 200 and "Stopped: " in page and "What was suppressed stays" in page and "Stop here" not in page
        status, body, _ = call(f"/api/suppressions/imports/{first}/stop", token, "POST")
        assert status == 409 and "over already" in body, body
        third = imported(token, "address\nafter@stopped.example\n")  # whatever was under way is over by then
        end = get(f"/api/suppressions/imports/{first}", token)
        assert third["state"] == "done" and end["state"] == "stopped" and 0 < end["rows"] < 20000 and end["ended_at"], end
        found = int(database("print(db.suppressions.count_documents({'value': {'$regex': '^s0x.*@stopped.example$'}}))"))
        assert found == end["suppressed"] and get("/api/suppressions?q=s1x", token) == []
        assert get(f"/api/suppressions/imports/{second}", token)["state"] == "stopped"
    finally:
        database("db.suppressions.delete_many({'value': {'$regex': '@stopped.example$'}})")


def test_no_more_files_wait_than_can_be_imported_soon(token, db):
    ids = [bson.ObjectId() for _ in range(20)]
    stop_service("audience")
    try:
        db.suppression_imports.insert_many([{"_id": one, "state": "queued", "created_at": 0} for one in ids])
        status, body, headers = upload(token, "address\nmany@supp.example\n")
        assert status == 503 and json.loads(body)["code"] == "busy" and headers["Retry-After"], body
    finally:
        db.suppression_imports.delete_many({"_id": {"$in": ids}})
        start_service("audience")
