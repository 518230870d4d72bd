"""Rules and segments: saved, counted, shown, built on a form without scripts, and who is in them and why."""
import concurrent.futures, csv, html, io, json, random, re, urllib.error, urllib.parse, uuid

import pytest
from product import URL, Browser, call, campaigns, cli, everything, first_user, get


def condition(field, operator, value=None):
    return {"field": field, "operator": operator, **({} if value is None else {"value": value})}


def group(match, *rules):
    return {"match": match, "rules": list(rules)}


def asked(rule):
    return urllib.parse.quote(rule if isinstance(rule, str) else json.dumps(rule))


def found(rule, token):
    return {row["email"] for row in everything(f"/api/segments/contacts?rule={asked(rule)}", token)}


def count(rule, token):
    return get(f"/api/segments/count?rule={asked(rule)}", token)


def send(path, token, method, data=None):
    """(status, answer)"""
    body = None if data is None else json.dumps(data).encode()
    status, text, _ = call(path, token, method, body, {"Content-Type": "application/json"})
    return status, json.loads(text)


def submit(browser, path, fields):
    """A form whose fields come again, in their order."""
    proof = re.search(r'name="csrf" value="(\w+)"', browser.open("/segments/new")[1])[1]
    data = urllib.parse.urlencode([("csrf", proof), *fields]).encode()
    try:
        with browser.opener.open(URL + path, data, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def people(token):
    cli("sync")
    assert "contacts complete" in cli("sync", "--contacts").stdout
    return token


@pytest.fixture(scope="module")
def browser(people):
    one = Browser()
    one.sign_in(*first_user())
    return one


def test_rules_find_whom_plain_python_finds(people):
    everybody = everything("/api/contacts", people)
    lists = [one["id"] for one in get("/api/lists", people)]
    dice = random.Random(7)
    atoms = [(condition("tag", "has", "vip"), lambda row: "vip" in row["tags"]),
             (condition("tag", "empty"), lambda row: not row["tags"]),
             (condition("status", "is_not", "subscribed"), lambda row: row["status"] != "subscribed"),
             (condition("clicked", "at_least", 2), lambda row: row["engagement"]["clicked"] >= 2),
             (condition("email", "contains", "1"), lambda row: "1" in row["email"]),
             (condition("first_name", "empty"), lambda row: not row["first_name"]),
             *[(condition("list", "on", one), lambda row, one=one: one in row["list_ids"]) for one in lists]]

    def rule(depth):
        if not depth or dice.random() < .3:
            return dice.choice(atoms)
        match, parts = dice.choice(["all", "any", "not"]), [rule(depth - 1) for _ in range(dice.randint(1, 3))]
        holds = {"all": all, "any": any, "not": lambda found: not any(found)}[match]
        return group(match, *[part for part, _ in parts]), lambda row: holds([check(row) for _, check in parts])

    for round_ in range(40):
        asks, check = rule(round_ % 4)
        expected = {row["email"] for row in everybody if check(row)}
        assert found(asks, people) == expected, asks
        assert count(asks, people)["people"] == len(expected), asks


def test_all_tags_and_names(people):
    everybody = len(everything("/api/contacts", people))
    assert [count(text, people)["people"] for text in ("ALL", "all", "All")] == [everybody] * 3
    assert found("VIP", people) == {row["email"] for row in everything("/api/contacts?tag=vip", people)}
    for name in ("v$p", "a.b", "ä", "-x", "x" * 65, "a\tb"):
        status, answer = send(f"/api/segments/count?rule={asked(name)}", people, "GET")
        assert status == 400 and "cannot be a segment" in answer["fields"]["rule"], name
    assert call("/api/segments/count?rule=a%00b", people)[0] == 400
    status, answer = send("/api/segments", people, "POST", {"name": "ALL", "rule": condition("tag", "has", "vip")})
    assert status == 400 and "all contacts" in answer["fields"]["name"]


def test_whoever_has_no_value_is_not_left_out(people):
    """H-R1, H-R2, H-R3: of ten people three are in Rome, three in Oslo, four nowhere; five have tags, and some of them are in a segment."""
    domain = f"{uuid.uuid4().hex[:10]}.example"
    for at in range(10):
        said = {"email": f"n{at}@{domain}", **({"location": "Rome" if at < 3 else "Oslo"} if at < 6 else {}), **({"tags": [f"r{domain[:6]}"] if at < 2 else ["other"]} if at < 5 else {})}
        assert send("/api/contacts", people, "POST", said)[0] == 200
    here = condition("domain", "is", domain)
    assert count(group("all", here, condition("location", "is_not", "Rome")), people)["people"] == 7
    assert count(group("all", here, condition("tag", "empty")), people)["people"] == 5 == count(group("all", here, condition("tag", "not_empty")), people)["people"]
    name = f"some {domain[:6]}"
    status, some = send("/api/segments", people, "POST", {"name": name, "rule": condition("tag", "has", f"r{domain[:6]}")})
    assert status == 200, some
    without = group("all", here, group("not", condition("segment", "in", name)))
    status, rest = send("/api/lists", people, "POST", {"name": f"Rest of {domain}", "list_type": "dynamic", "rule": without})
    assert status == 200 and rest["contact_count"] == 8 == count(without, people)["people"], rest
    status, rest = send(f"/api/lists/{rest['id']}", people, "PUT", {"rule": here})
    assert status == 200 and rest["contact_count"] == 10 and get(f"/api/lists/{rest['id']}", people)["contact_count"] == 10, rest
    assert {row["email"] for row in everything(f"/api/lists/{rest['id']}/contacts", people)} == {f"n{at}@{domain}" for at in range(10)}


def test_what_is_wrong_is_named_by_its_place(people):
    deep = condition("tag", "has", "x")
    for _ in range(12):
        deep = group("all", deep)
    deeper = deep
    for _ in range(40):
        deeper = group("any", deeper)
    gone = "list_" + "a" * 24
    cases = [({"name": "deep"}, deep, "rule", "deep in one another"),
             ({"name": "field"}, group("all", condition("tag", "has", "x"), condition("compny", "is", "y")), "rule.rules[1].field", "do you mean “company”"),
             ({"name": "gone"}, condition("list", "on", gone), "rule.value", "was deleted"),
             ({"name": "value"}, group("any", condition("created", "before", "soon")), "rule.rules[0].value", "day such as"),
             ({"name": "nothing"}, group("all"), "rule.rules", "at least one")]
    for more, rule, field, words in cases:
        status, answer = send("/api/segments", people, "POST", {**more, "rule": rule})
        assert status == 400 and words in answer["fields"][field], answer
    status, answer = send("/api/segments", people, "POST", {"name": "deeper", "rule": deeper})
    assert status == 400 and "deep" in answer["error"]
    status, answer = send("/api/segments", people, "POST", {"name": "no rule"})
    assert status == 400 and "rule" in answer["fields"]
    for key in ("$where", "a.b", "a$b"):  # names of custom fields are values of the query, never names in it
        assert count(condition(f"custom.{key}", "is", "x"), people)["people"] == 0


def test_a_segment_is_saved_changed_used_and_deleted(people):
    status, answer = send("/api/segments", people, "POST", {"name": "good ones", "description": "They click", "rule": condition("clicked", "at_least", "2")})
    segment = answer
    assert status == 200 and segment["rule"]["value"] == 2 and segment["rev"] == 1
    assert send("/api/segments", people, "POST", {"name": "good ones", "rule": condition("tag", "empty")})[0] == 409
    inner = get(f"/api/segments/count?segment={segment['id']}", people)
    assert found("good ones", people) == found(condition("clicked", "at_least", 2), people)
    assert get("/api/segments/good%20ones", people)["id"] == segment["id"]
    assert inner["mailable"] + sum(inner["reasons"].values()) == inner["people"] and inner["complete"]
    status, answer = send("/api/segments", people, "POST",
                           {"name": "others", "rule": group("all", condition("segment", "not_in", "good ones"), condition("opened", "at_least", 1))})
    other = answer
    assert status == 200 and not found("others", people) & found("good ones", people)
    status, answer = send(f"/api/segments/{segment['id']}", people, "DELETE")
    assert status == 409 and "segment “others”" in answer["error"]
    status, answer = send(f"/api/segments/{segment['id']}", people, "PUT", {"name": "renamed", "rule": segment["rule"]})
    assert status == 409 and "others" in answer["error"]
    status, answer = send(f"/api/segments/{segment['id']}", people, "PUT", {"name": "good ones", "rule": condition("segment", "in", "others")})
    assert status == 400 and "contain itself" in answer["error"]
    change = {"name": "good ones", "rule": condition("clicked", "at_least", 3), "rev": 1}
    assert send(f"/api/segments/{segment['id']}", people, "PUT", change)[0] == 200
    status, answer = send(f"/api/segments/{segment['id']}", people, "PUT", change)
    assert status == 409 and answer["current"]["rule"]["value"] == 3
    assert send(f"/api/segments/{other['id']}", people, "DELETE")[0] == 200
    assert send(f"/api/segments/{segment['id']}", people, "DELETE")[0] == 200
    assert call(f"/api/segments/{segment['id']}", people)[0] == 404


def test_those_who_cannot_be_mailed_are_a_link_away(people, browser):
    answer = count("ALL", people)
    reasons = {name: number for name, number in answer["reasons"].items() if number}
    assert reasons, answer
    for reason, number in reasons.items():
        rows = everything(f"/api/segments/contacts?rule=ALL&reason={reason}", people)
        assert len(rows) == number, reason
    status, page = browser.open("/segments/count?rule=ALL")[:2]
    assert status == 200 and all(f"reason={reason}" in page for reason in reasons)
    lines = list(csv.reader(io.StringIO(call("/segments/people.csv?rule=ALL", people)[1])))
    assert len(lines) == answer["people"] + 1
    status, answer = send("/api/segments/count?rule=ALL&reason=lazy", people, "GET")
    assert status == 400 and "reason" in answer["fields"]


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_the_builder_works_without_scripts(people, browser):
    assert "Choose a field" in browser.open("/segments/new")[1]
    rows = [("name", "built"), ("description", ""), ("match", "all")]

    def preview(*more):
        return submit(browser, "/segments/preview", [*rows, *more])[1]
    page = preview(("field", "tag"), ("op", "is"), ("value", "vip"), ("do", "update"))
    assert re.search(r'value="has" selected', page) and 'value="vip"' in page and "Has the tag vip" in text_of(page)
    assert f"{count('vip', people)['people']:,}" in text_of(page[page.index('id="preview"'):])
    page = preview(("field", "tag"), ("op", "has"), ("value", "vip"), ("do", "add-group"))
    assert "Group 1" in page and page.count('name="field"') == 2
    page = preview(("field", "tag"), ("op", "has"), ("value", "vip"), ("field", "company"), ("op", "empty"), ("do", "remove-0"))
    assert page.count('name="field"') == 1 and "Company is empty" in text_of(page)
    page = preview(("field", "tag"), ("op", "has"), ("value", "vip"), ("field", "tag"), ("op", "has_not"), ("value", "vip"), ("do", "update"))
    assert "Nobody meets both" in text_of(page)
    status, page = submit(browser, "/segments", [*rows, ("field", "created"), ("op", "before"), ("value", "tomorrow")])
    assert status == 400 and "Give a day such as" in text_of(page) and 'value="tomorrow"' in page
    status, page = submit(browser, "/segments", [*rows, ("field", "tag"), ("op", "has"), ("value", "vip"), ("group", "any"), ("field", "opened"), ("op", "at_least"),
                                                            ("value", "1"), ("field", "clicked"), ("op", "at_least"), ("value", "1")])
    assert status == 200 and "Has the tag vip, and (opened at least 1 campaign, or clicked in at least 1 campaign)" in text_of(page)
    segment = get("/api/segments/built", people)
    assert segment["rule"]["rules"][1]["match"] == "any"
    person = sorted(found("built", people))[0]
    contact = next(row for row in everything("/api/contacts", people) if row["email"] == person)
    why = text_of(browser.open(f"/segments/why?segment={segment['id']}&contact={contact['id']}")[1])
    assert f"{person} matches" in why and "Has the tag vip" in why
    assert "built" in text_of(browser.open(f"/contacts/{contact['id']}")[1])
    assert "Delete the segment “built”?" in text_of(browser.open(f"/segments/{segment['id']}/delete")[1])
    assert submit(browser, f"/segments/{segment['id']}/delete", [])[0] == 200
    assert call("/api/segments/built", people)[0] == 404


def test_any_figure_can_be_saved_as_a_segment(people, browser):
    def rule_of(page):
        address = html.unescape(re.search(r'href="(/segments/new\?rule=[^"]+)"', page)[1])
        return json.loads(urllib.parse.parse_qs(address.split("?")[1])["rule"][0])
    for query in ("tag=vip", "status=unsubscribed", "engagement=clicked", "engagement=never-clicked&tag=vip", "q=1", "from=2026-01-01&to=2026-10-01"):
        rule = rule_of(browser.open(f"/contacts?{query}")[1])
        assert found(rule, people) == {row["email"] for row in everything(f"/api/contacts?{query}", people)}, query
    assert "Save as segment" not in browser.open("/contacts")[1]
    campaign = max((row for row in campaigns(people) if row["has_report"]), key=lambda row: row["current_metrics"]["clicked"])
    for status in ("opened", "clicked"):
        rule = rule_of(browser.open(f"/campaigns/{campaign['id']}/contacts?status={status}")[1])
        named = {row["email"] for row in everything(f"/api/campaigns/{campaign['id']}/contacts?status={status}", people) if row["email"]}
        assert {one.casefold() for one in found(rule, people)} == named
    rule = rule_of(browser.open(f"/campaigns/{campaign['id']}/non-openers")[1])
    assert found(rule, people) == {row["email"] for row in everything(f"/api/campaigns/{campaign['id']}/non-openers", people)}


def at_once(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [one.result()[0] for one in [pool.submit(send, *call) for call in calls]]


def of(name):
    return condition("segment", "in", name)


def test_two_saved_at_once_never_contain_each_other(people):
    """old: neither saw the other before it wrote, and both stood, broken."""
    tag, saved = condition("tag", "has", "vip"), 0
    for turn in range(12):
        a, b, c = names = [f"{word} {uuid.uuid4().hex[:8]}" for word in ("ring a", "ring b", "ring c")]
        for name in names:
            assert send("/api/segments", people, "POST", {"name": name, "rule": tag})[0] == 200
        done = at_once(*[(f"/api/segments/{urllib.parse.quote(one)}", people, "PUT", {"name": one, "rule": group("any", tag, of(other))}) for one, other in ((a, b), (b, c), (c, a))])
        assert set(done) <= {200, 400, 409}, done
        saved += done.count(200)
        asked_of = [send(f"/api/segments/count?rule={asked(of(name))}", people, "GET") for name in names]
        assert [status for status, _ in asked_of] == [200] * 3, (done, asked_of)
        names_of = {name: json.dumps(get(f"/api/segments/{urllib.parse.quote(name)}", people)["rule"]) for name in names}
        assert sum(one in names_of[other] for one in names for other in names) <= 2, names_of
        for name in [*names, *names]:
            send(f"/api/segments/{urllib.parse.quote(name)}", people, "DELETE")
        assert not any(row["name"] in names for row in get("/api/segments", people))
    assert saved >= 1


def test_lists_changed_at_once_are_no_part_of_each_other(people):
    rule = condition("tag", "has", "vip")
    base = send("/api/lists", people, "POST", {"name": f"Base {uuid.uuid4().hex[:8]}"})[1]["id"]
    for turn in range(8):
        a, b = [send("/api/lists", people, "POST", {"name": f"Ring {uuid.uuid4().hex[:8]}", "list_type": "segmented", "base_list_id": base, "rule": rule})[1]["id"] for _ in range(2)]
        done = at_once((f"/api/lists/{a}", people, "PUT", {"base_list_id": b}), (f"/api/lists/{b}", people, "PUT", {"base_list_id": a}))
        bases = {one: get(f"/api/lists/{one}", people)["base_list_id"] for one in (a, b)}
        assert set(done) <= {200, 400, 409} and not (bases[a] == b and bases[b] == a), (done, bases)
        for one in (a, b, a):
            send(f"/api/lists/{one}", people, "DELETE")
    send(f"/api/lists/{base}", people, "DELETE")
