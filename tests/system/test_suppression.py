"""To whom nothing is sent: added by hand, by API and by file, found, lifted with a reason; people say so themselves. D-124."""
import concurrent.futures, json, re, time

from product import call, cli, database, everything, get
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
    status, body, _ = upload(token, text, reason="unsubscribed")
    done = json.loads(body)
    assert status == 200 and (done["suppressed"], done["known"], done["rejected"]) == (3, 0, 2), body
    assert [problem["line"] for problem in done["problems"]] == [4, 7]
    rows = {(row["value"], row["reason"]): row for row in everything("/api/suppressions?q=file", token)}
    assert set(rows) == {("file1@supp.example", "bounced"), ("file1@supp.example", "manual"), ("file2@supp.example", "unsubscribed")}
    assert rows["file1@supp.example", "bounced"]["evidence"] == "550 5.1.1 (Imported from list.csv)"
    exported = call("/suppressions.csv?q=file", token)[1]
    again = json.loads(upload(token, exported)[1])
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


def test_large_files_leave_workers_for_others(token):
    """old: each held a worker, and while three were imported every page got 503."""
    def send(number):
        return upload(token, "address\n" + "".join(f"w{number}x{row}@work.example\n" for row in range(3000)))

    try:
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            files = [pool.submit(send, number) for number in range(4)]
            others = []
            while not all(one.done() for one in files):
                others.append(call("/api/stats", token)[0])
                time.sleep(0.05)
        answers = [one.result() for one in files]
        assert {status for status, _, _ in answers} == {200, 503} and set(others) == {200}, (answers, others)
        assert all(json.loads(body)["code"] == "busy" and headers["Retry-After"] for status, body, headers in answers if status == 503)
        assert send(4)[0] == 200
    finally:
        database("db.suppressions.delete_many({'value': {'$regex': '@work.example$'}})")
