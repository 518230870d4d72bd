"""Files of people: uploaded, understood, imported as a job, reported, undone."""
import http.client, json, os, random, re, signal, threading, time, urllib.parse, uuid

import bson, pymongo
import pytest
from product import PORT, SETTINGS, Browser, call, first_user, get, service_pid, wait_until

HEAD = "email,first_name,last_name\r\n"


def database():
    return pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]]


def multipart(content, name="people.csv", **fields):
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode())
    return b"".join([*parts, content, f"\r\n--{boundary}--\r\n".encode()]), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def ask(token, content, headers=None, **fields):
    """Status and answer of an upload."""
    body, kind = multipart(content.encode() if isinstance(content, str) else content, **fields)
    status, text, _ = call("/api/contacts/import", token, "POST", body, {**kind, **(headers or {})})
    return status, json.loads(text)


def done(token, id, seconds=60):
    wait_until(lambda: get(f"/api/contacts/import/{id}", token)["state"] in ("done", "failed"), "the import", seconds)
    return get(f"/api/contacts/import/{id}", token)


def run(token, content, **fields):
    status, answer = ask(token, content, **fields)
    assert status == 200, answer
    return {**done(token, answer["id"]), "id": answer["id"]}


def counts(result):
    return tuple(result[key] for key in ("created", "updated", "unchanged", "skipped", "rejected"))


def people(token, domain):
    return {row["email"]: row for row in get(f"/api/contacts?limit=500&q={urllib.parse.quote('@' + domain)}", token)}


def lines(token, id, file="report"):
    return call(f"/api/contacts/import/{id}/{file}.csv", token)[1]


@pytest.fixture
def domain():
    return f"{uuid.uuid4().hex[:10]}.example"


@pytest.mark.parametrize("encoding, mark", [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16-le", b"\xff\xfe"),
                                            ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b"")])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_any_encoding_and_separator_keeps_the_letters(token, domain, encoding, mark, separator):
    """H-I1, H-I7."""
    text = separator.join(["E-Mail", "Vorname", "Nachname", "Ort"]) + "\r\n" + separator.join([f"a@{domain}", "Jürgen", "Öz", '"Ærø, ""20 €"""']) + "\r\n"
    result = run(token, mark + text.encode(encoding))
    assert counts(result) == (1, 0, 0, 0, 0)
    person = people(token, domain)[f"a@{domain}"]
    assert (person["first_name"], person["last_name"], person["location"]) == ("Jürgen", "Öz", 'Ærø, "20 €"')


def test_a_wrong_separator_or_open_quote_is_refused_with_its_place(token, domain):
    status, answer = ask(token, f"id;email\n1;a@{domain}\n", separator="comma")
    assert status == 400 and "semicolon" in answer["error"]
    status, answer = ask(token, f'email,name\na@{domain},"open\nb@{domain},x\n')
    assert status == 400 and "line 2" in answer["error"]
    assert not people(token, domain)
    for content, word in (("", "empty"), ("email\n", "no rows"), ("email,EMAIL\na@b.example,c\n", "EMAIL"), ("x,y\n1,2\n", "address")):
        status, answer = ask(token, content)
        assert status == 400 and word in answer["error"], (content, answer)


def test_addresses_are_tidied_and_capitals_make_no_twin(token, domain):
    """H-I5."""
    rows = [f"hello@{domain}", f" HELLO@{domain.upper()} ", f"mailto:m@{domain}", f'"Ann Lee <ann@{domain}>"', f"x@@{domain}", f"r,s@{domain}"]
    result = run(token, "email\n" + "\n".join(rows) + "\n")
    assert counts(result) == (3, 0, 0, 1, 2)
    found = people(token, domain)
    assert set(found) == {f"hello@{domain}", f"m@{domain}", f"ann@{domain}"} and found[f"ann@{domain}"]["last_name"] == "Lee"
    report = lines(token, result["id"])
    assert "Same address as row 2" in report and "more than one @" in report
    assert counts(run(token, f"email\nHello@{domain}\n")) == (0, 0, 1, 0, 0)


def test_a_separator_at_the_end_of_the_headings_makes_no_column(token, domain):
    """old: each row had a cell too few, and all were rejected."""
    result = run(token, f"email,first_name,,\na@{domain},Ann\nb@{domain},Bo,\nc@{domain},Cy,,\nd@{domain}\n")
    assert counts(result) == (3, 0, 0, 0, 1) and people(token, domain)[f"c@{domain}"]["first_name"] == "Cy"
    assert "1 cell instead of 2" in lines(token, result["id"]), lines(token, result["id"])


def test_tags_are_compared_as_they_are_stored(token, domain):
    """H-I6."""
    for _ in range(2):
        run(token, f'email,tags\na@{domain},"R&D, VIP;r&d"\n', tags="Import, r&d")
    assert people(token, domain)[f"a@{domain}"]["tags"] == ["r&d", "vip", "import"]


def test_what_exists_is_filled_overwritten_or_left(token, domain):
    first = f"email,first_name,company\na@{domain},Ann,\n"
    assert counts(run(token, first)) == (1, 0, 0, 0, 0)
    second = f"email,first_name,company\na@{domain},Anna,Acme\n"
    assert counts(run(token, second, policy="skip")) == (0, 0, 0, 1, 0)
    assert counts(run(token, second)) == (0, 1, 0, 0, 0)
    person = people(token, domain)[f"a@{domain}"]
    assert (person["first_name"], person["company"]) == ("Ann", "Acme")
    assert counts(run(token, second, policy="overwrite")) == (0, 1, 0, 0, 0)
    assert counts(run(token, f"email,first_name\na@{domain},\n", policy="overwrite")) == (0, 0, 1, 0, 0), "an empty cell erases nothing"
    assert people(token, domain)[f"a@{domain}"]["first_name"] == "Anna"


def test_whoever_unsubscribed_stays_so_and_undo_puts_the_old_name_back(token, domain):
    """H-I2."""
    run(token, f"email,first_name,status\nu@{domain},Old,unsubscribed\n")
    assert people(token, domain)[f"u@{domain}"]["status"] == "unsubscribed"
    result = run(token, f"email,first_name,status\nu@{domain},New,subscribed\n", policy="overwrite")
    person = people(token, domain)[f"u@{domain}"]
    assert counts(result) == (0, 1, 0, 0, 0) and (person["first_name"], person["status"]) == ("New", "unsubscribed")
    assert "Stays unsubscribed" in lines(token, result["id"])
    undo(result["id"], token)
    person = people(token, domain)[f"u@{domain}"]
    assert (person["first_name"], person["status"]) == ("Old", "unsubscribed")
    again = run(token, f"email\nu@{domain}\n", resubscribe="1", consent_source="by phone, 3 May")
    assert counts(again) == (0, 1, 0, 0, 0) and people(token, domain)[f"u@{domain}"]["status"] != "unsubscribed"
    status, answer = ask(token, f"email\nu@{domain}\n", resubscribe="1")
    assert status == 400 and "agreed" in answer["error"]


class Person(Browser):
    """Signed in, without scripts."""

    def __init__(self):
        super().__init__()
        self.csrf = re.search(r'name="csrf" value="(\w+)"', self.sign_in(*first_user())[1])[1]

    def get(self, path):
        return self.open(path)[1]

    def post(self, path, **fields):
        status, page, address = self.open(path, csrf=self.csrf, **fields)
        assert status == 200, page
        return page


def undo(id, token):
    Person().post(f"/contacts/imports/{id}/undo")
    wait_until(lambda: database().imports.find_one({"_id": bson.ObjectId(id)})["state"] == "undone", "the undoing", 30)
    return database().imports.find_one({"_id": bson.ObjectId(id)})


def test_undo_keeps_whoever_was_changed_since(token, domain):
    run(token, HEAD + f"old@{domain},Old,Name\n")
    result = run(token, HEAD + f"old@{domain},Young,\nnew@{domain},New,\nkept@{domain},Kept,\n", policy="overwrite", tags="spring")
    assert counts(result) == (2, 1, 0, 0, 0)
    kept = people(token, domain)[f"kept@{domain}"]["id"]
    assert call(f"/api/contacts/{kept}", token, "PUT", b'{"company": "Acme"}', {"Content-Type": "application/json"})[0] == 200
    after = undo(result["id"], token)
    assert (after["removed"], after["restored"], after["kept"]) == (1, 1, 1)
    found = people(token, domain)
    assert set(found) == {f"old@{domain}", f"kept@{domain}"} and found[f"old@{domain}"]["first_name"] == "Old" and found[f"old@{domain}"]["tags"] == []
    assert "Was edited since" in lines(token, result["id"])


def test_strange_names_of_fields_reach_no_query(token, domain):
    head = "email,$where,a.b,x\0y,__proto__"
    mapping = json.dumps({"email": "email", "$where": "field", "a.b": "field", "__proto__": "field"})
    result = run(token, f"{head.replace(chr(0), '')}\na@{domain},1,2,3,4\n".replace("xy", "xy"), mapping=mapping)
    assert counts(result) == (1, 0, 0, 0, 0)
    fields = people(token, domain)[f"a@{domain}"]["custom_fields"]
    assert len(fields) == 3 and not any("$" in key for key in fields)
    for key in ("$set", "a$b", "x\0y", "", "9" * 70):
        status, answer = ask(token, f"email,x\na@{domain},1\n", mapping=json.dumps({"email": "email", "x": f"field:{key}"}))
        assert status in (200, 400) and (key == "" or status == 400), (key, answer)
    status, answer = ask(token, f"email,x\na@{domain},1\n", mapping='{"email": "email", "nope": "company"}')
    assert status == 400 and "nope" in answer["error"]


def test_rows_that_cannot_be_read_are_given_back_and_mended(token, domain):
    rows = [f"a@{domain},Ann,x", f"b@{domain}", f"c@{domain},Cy,{'z' * 20000}", f"d@{domain},D\0d,x", f"e@@{domain},=1+1,x", f"f@{domain},Flo,ok"]
    result = run(token, "email,first_name,company\n" + "\n".join(rows) + "\n")
    assert counts(result) == (2, 0, 0, 0, 4)
    assert result["rows"] == sum(counts(result))
    rejected = lines(token, result["id"], "rejected")
    assert "2 cells" in rejected or "1 cell" in rejected
    assert "'=1+1" in rejected, "no formula for a spreadsheet"
    again = run(token, rejected.replace("@@", "@"))
    assert again["created"] >= 1 and f"e@{domain}" in people(token, domain) and people(token, domain)[f"e@{domain}"]["first_name"] == "=1+1"


def test_a_phone_number_is_enough_and_read_by_its_country(token, domain):
    number = f"0170{random.randint(10**6, 10**7 - 1)}"
    result = run(token, f"phone,first_name\n{number},Pho\n", country="+49")
    assert counts(result) == (1, 0, 0, 0, 0)
    assert counts(run(token, f"phone,first_name\n+49{number[1:]},Pho\n")) == (0, 0, 1, 0, 0)
    assert counts(run(token, f"phone,first_name\n{number},Pho\n")) == (0, 0, 0, 0, 1)


def test_the_same_file_twice_at_once_doubles_nothing(token, domain):
    content = HEAD + "".join(f"p{n}@{domain},P,{n}\n" for n in range(1500))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(token, content))) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    both = [done(token, answer["id"]) for _, answer in answers]
    assert sorted(result["created"] for result in both) == [0, 1500] and sorted(result["unchanged"] for result in both) == [0, 1500]
    key = {"Idempotency-Key": uuid.uuid4().hex}
    assert ask(token, content, key)[1] == ask(token, content, key)[1]


def kill_until(is_over):
    """Kills telltale-audience up to four times, at any moment: while it reads the file, in a batch, while it undoes."""
    kills = 0
    for _ in range(4):
        time.sleep(random.uniform(0.05, 0.9))
        if is_over():
            break
        pid = service_pid("audience")
        if pid:
            os.kill(pid, signal.SIGKILL)
            kills += 1
    return kills


def test_kills_lose_and_double_nothing(token, domain):
    known, new = 1000, 5000
    run(token, HEAD + "".join(f"p{n}@{domain},Before,\n" for n in range(known)))
    content = HEAD + "".join(f"p{n}@{domain},P,L{n}\n" + (f"x@@{domain},,\n" if n % 500 == 0 else "") for n in range(known + new))
    id = ask(token, content, policy="overwrite", tags=domain.split(".")[0])[1]["id"]
    kills = kill_until(lambda: get(f"/api/contacts/import/{id}", token)["state"] in ("done", "failed"))
    result = done(token, id, 120)
    assert result["state"] == "done" and kills, result
    assert counts(result) == (new, known, 0, 11, 1) or counts(result) == (new, known, 0, 0, 12), counts(result)
    found = list(database().contacts.find({"tags": domain.split(".")[0]}, {"email_norm": 1, "last_name": 1, "rev": 1, "first_name": 1}))
    assert len(found) == known + new == len({row["email_norm"] for row in found}) and all(row["first_name"] == "P" for row in found)
    assert {row["rev"] for row in found} == {1, 2}
    stored = lambda: database().imports.find_one({"_id": bson.ObjectId(id)})
    Person().post(f"/contacts/imports/{id}/undo")
    assert kill_until(lambda: stored()["state"] == "undone"), "undoing was over before it was killed"
    wait_until(lambda: stored()["state"] == "undone", "undoing", 120)
    after = stored()
    assert (after["removed"], after["restored"], after["kept"]) == (new, known, 0)
    assert database().contacts.count_documents({"email_norm": {"$regex": f"@{domain}$"}}) == known


def test_too_large_a_file_is_refused(token):
    size = 202 * 1024 * 1024
    body, kind = multipart(b"email\n")
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60)
    connection.putrequest("POST", "/api/contacts/import")
    for name, value in {**kind, "Authorization": f"Bearer {token}", "Content-Length": str(size)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413 and json.loads(answer.read())["code"] == "too_large"


def test_an_export_imported_again_changes_nobody(token, domain):
    """H-I4: names with quotes, backslashes, line ends and formulas come back as they were."""
    names = ['a"b', "back\\slash", '"two\nlines"', "=1+1", "-12.5", "+49 30"]
    cells = ['"a""b"', "back\\slash", '"""two\nlines"""', "=1+1", "-12.5", "+49 30"]
    rows = [f"n{n}@{domain},{cell},+4930{random.randint(10**6, 10**7)},\"=x, {n}\",{n}" for n, cell in enumerate(cells)]
    mapping = json.dumps({"email": "email", "first_name": "first_name", "phone": "phone", "tags": "tags", "number": "field:number"})
    assert counts(run(token, "email,first_name,phone,tags,number\n" + "\n".join(rows) + "\n", mapping=mapping)) == (6, 0, 0, 0, 0)
    before = people(token, domain)
    assert [before[f"n{n}@{domain}"]["first_name"] for n in range(6)] == names and before[f"n0@{domain}"]["tags"] == ["=x", "0"]
    export = call(f"/contacts.csv?q={urllib.parse.quote('@' + domain)}", token)[1]
    assert "'=1+1" in export and export.startswith("id,email,first_name")
    for policy in ("fill", "overwrite"):
        assert counts(run(token, export, policy=policy)) == (0, 0, 6, 0, 0)
    assert {email: row["rev"] for email, row in people(token, domain).items()} == {email: row["rev"] for email, row in before.items()}


def test_suppressions_win_and_a_file_makes_some(token, domain):
    json_type = {"Content-Type": "application/json"}
    run(token, f"email,status\nbounced@{domain},bounced\ncomplained@{domain},complained\nblocked@{domain},blocklisted\nfine@{domain},\n")
    found = {row["key"].split("@")[0]: row["reason"] for row in database().suppressions.find({"key": {"$regex": domain}})}
    assert found == {"bounced": "bounced", "complained": "complained", "blocked": "manual"}
    before = people(token, domain)
    assert before[f"bounced@{domain}"]["suppressed"] == "bounced" and before[f"fine@{domain}"]["suppressed"] is None
    result = run(token, f"email,first_name,status\ncomplained@{domain},Cy,subscribed\n", policy="overwrite", resubscribe="1", consent_source="letter")
    assert counts(result) == (0, 1, 0, 0, 0) and "Complained" in lines(token, result["id"])
    assert database().suppressions.count_documents({"key": f"complained@{domain}", "is_active": True}) == 1
    assert call(f"/api/suppressions", token, "POST", json.dumps({"address": f"new@{domain}", "reason": "manual"}).encode(), json_type)[0] in (200, 400, 404)
    id = before[f"bounced@{domain}"]["id"]
    database().contacts.delete_one({"_id": bson.ObjectId(id.removeprefix("contact_"))})
    again = run(token, f"email\nbounced@{domain}\n")
    assert counts(again) == (0, 0, 0, 1, 0) and "Bounced for good on" in lines(token, again["id"])


def test_whoever_is_erased_is_in_no_import_and_comes_back_by_none(token, domain):
    content = f"email,first_name\nErased@{domain},Eve\nstays@{domain},Sue\nnobody,see <Erased@{domain}>.\nnobody,see <stays@{domain}>\n"
    result = run(token, content)
    waiting = Person()
    fields = {"csrf": waiting.csrf, "policy": "fill", "idempotency_key": uuid.uuid4().hex}
    address = waiting.upload("/contacts/import", fields, "file", content.encode())[2]
    id = people(token, domain)[f"Erased@{domain}"]["id"]
    status, text, _ = call(f"/api/contacts/{id}", token, "DELETE")
    assert status == 200, text
    assert "Erased" not in lines(token, result["id"]) and f"stays@{domain}" in lines(token, result["id"])
    of_nobody = {"key": {"$exists": False}, "cells": {"$regex": domain}}  # rows that did not say who they are
    wait_until(lambda: database().import_rows.count_documents(of_nobody) == 1, "its rows to be looked through", 30)
    assert f"see <stays@{domain}>" in database().import_rows.find_one(of_nobody)["cells"]
    wait_until(lambda: "was erased" in waiting.get(urllib.parse.urlparse(address).path), "the waiting file to be dropped", 30)
    again = run(token, content.replace(f"nobody,see <Erased@{domain}>.\n", ""))
    assert counts(again) == (0, 0, 1, 1, 1) and "Erased on" in lines(token, again["id"])
    left = [list(database()[name].find({}, {"data": 0})) for name in ("import_rows", "imports")]
    assert f"erased@{domain}" not in json.dumps(left, default=str).lower()


def test_people_join_a_list_of_ones_own_and_leave_it_when_undone(token, domain):
    status, text, _ = call("/api/lists", token, "POST", json.dumps({"name": domain}).encode(), {"Content-Type": "application/json"})
    list_id = json.loads(text)["id"]
    run(token, f"email\nold@{domain}\n")
    result = run(token, f"email,status\nold@{domain},\nnew@{domain},\npending@{domain},unconfirmed\ngone@{domain},unsubscribed\n", list=list_id)
    assert counts(result) == (3, 1, 0, 0, 0)
    found = people(token, domain)
    assert {email.split("@")[0]: (row["list_ids"], row["status"]) for email, row in found.items()} == {
        "old": ([list_id], "subscribed"), "new": ([list_id], "subscribed"), "pending": ([list_id], "pending"), "gone": ([], "unsubscribed")}
    assert counts(run(token, f"email\nold@{domain}\nnew@{domain}\n", list=list_id)) == (0, 0, 2, 0, 0)
    undo(result["id"], token)
    left = people(token, domain)
    assert set(left) == {f"old@{domain}"} and left[f"old@{domain}"]["list_ids"] == []
    assert not database().list_contacts.count_documents({"list_id": bson.ObjectId(list_id.removeprefix("list_"))})
    status, answer = ask(token, f"email\na@{domain}\n", list="0" * 24)
    assert status == 400 and "list" in answer["error"]


def test_a_list_deleted_while_an_import_fills_it_has_nobody(token, domain):
    json_type = {"Content-Type": "application/json"}
    list_id = json.loads(call("/api/lists", token, "POST", json.dumps({"name": domain}).encode(), json_type)[1])["id"]
    id = ask(token, "email\n" + "".join(f"p{n}@{domain}\n" for n in range(9000)), list=list_id)[1]["id"]
    wait_until(lambda: get(f"/api/contacts/import/{id}", token)["looked_at"] >= 1000, "the first rows")
    assert call(f"/api/lists/{list_id}", token, "DELETE")[0] == 200
    result = done(token, id)
    assert result["state"] == "failed" and "was deleted" in result["problem"] and domain in result["problem"], result
    of_list = bson.ObjectId(list_id.removeprefix("list_"))
    wait_until(lambda: not database().list_contacts.count_documents({"list_id": of_list}), "the list to be emptied", 30)
    time.sleep(1)
    assert database().list_contacts.count_documents({"list_id": of_list}) == database().contacts.count_documents({"list_ids": of_list}) == 0
    after = undo(id, token)
    assert after["kept"] == 0 and database().contacts.count_documents({"email_norm": {"$regex": f"@{domain}$"}}) == 0


def test_by_hand_without_scripts(domain):
    """Upload, columns, preview, import, undo, as a browser does them."""
    person = Person()
    content = f"Adresse;Kundennummer;Beitritt\r\na@{domain};0012;3/4/2026\r\nb@@{domain};13;4/5/2026\r\n".encode()
    fields = {"csrf": person.csrf, "policy": "fill", "tags": "Kunden", "idempotency_key": uuid.uuid4().hex}
    _, page, address = person.upload("/contacts/import", fields, "file", content)
    assert "Which column is what?" in page and "Nothing has been changed yet" in page
    id = address.rsplit("/", 1)[1]
    person.post(f"/contacts/imports/{id}/columns", **{"to.0": "email", "to.1": "field:kundennummer", "to.2": "field:beitritt", "order.2": "day_first"})
    wait_until(lambda: "The first rows" in person.get(f"/contacts/imports/{id}"), "the preview", 20)
    page = person.get(f"/contacts/imports/{id}")
    assert "Import 1 contact<" in page and "more than one @" in page and not database().contacts.count_documents({"email_norm": f"a@{domain}"})
    person.post(f"/contacts/imports/{id}/start")
    wait_until(lambda: "1 contact added" in person.get(f"/contacts/imports/{id}"), "the import", 20)
    stored = database().contacts.find_one({"email_norm": f"a@{domain}"})
    assert stored["tags"] == ["kunden"] and json.loads(stored["own"]["fields"]) == {"kundennummer": "0012", "beitritt": "2026-04-03"}
    person.post(f"/contacts/imports/{id}/undo")
    wait_until(lambda: "Undone" in person.get(f"/contacts/imports/{id}"), "undoing", 20)
    assert not database().contacts.count_documents({"email_norm": f"a@{domain}"})
    assert not database().import_files.count_documents({"import_id": bson.ObjectId(id)}), "the file is gone"


def test_the_country_of_phone_numbers_is_asked_beside_the_columns(domain):
    """old: only the upload asked for it, before anybody had seen that no number could be read."""
    person = Person()
    fields = {"csrf": person.csrf, "policy": "fill", "idempotency_key": uuid.uuid4().hex}
    _, page, address = person.upload("/contacts/import", fields, "file", f"email,phone\r\nc@{domain},030 55500142\r\n".encode())
    assert "0 phone numbers" in page and "Country of phone numbers without a country code" in page
    id = address.rsplit("/", 1)[1]
    columns = {"to.0": "email", "to.1": "phone"}
    status, page, _ = person.open(f"/contacts/imports/{id}/columns", **columns, csrf=person.csrf, country="Germany")
    assert status == 400 and "is not the code of a country" in page
    person.post(f"/contacts/imports/{id}/columns", **columns, country="+49")
    wait_until(lambda: "The first rows" in person.get(f"/contacts/imports/{id}"), "the preview", 20)
    person.post(f"/contacts/imports/{id}/start")
    wait_until(lambda: "1 contact added" in person.get(f"/contacts/imports/{id}"), "the import", 20)
    assert database().contacts.find_one({"email_norm": f"c@{domain}"})["phone"] == "+493055500142"
