"""People on lists and what they did: read in the background, joined by address, reconciled with the summaries."""
import collections, csv, datetime, http.client, io, json, os, random, re, signal, time, urllib.parse, urllib.request

import pytest
from product import (DEMO, HOME, SETTINGS, URL, call, campaigns, cli, database, demo, demo_state, everything, get, kill_sync_worker, restart_database, service_pid, start_sync_worker, stop_service,
                     wait_for_health, wait_until)

TYPES = {"opened": "opened", "clicked": "clicked", "bounced": "bounced", "unsubscribed": "unsubscribed", "complained": "spam_complaints"}


def reported(path):
    """All rows of a list, from the provider itself."""
    rows, cursor = [], None
    while True:
        url = f"{DEMO}{path}" + (f"&starting_after={cursor}" if cursor else "")
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + SETTINGS["EMAILOCTOPUS_API_KEY"]})
        answer = json.load(urllib.request.urlopen(request, timeout=30))
        rows += answer["data"]
        cursor = ((answer.get("paging") or {}).get("next") or {}).get("starting_after") if isinstance(answer.get("paging"), dict) else None
        if not cursor:
            return rows


def reported_contacts(token):
    people = collections.defaultdict(list)
    for entry in get("/api/lists", token):
        for status in ("subscribed", "unsubscribed", "pending"):
            for row in reported(f"/lists/{entry['emailoctopus_id']}/contacts?limit=100&status={status}"):
                people[row["email_address"].casefold()].append((entry["id"], status))
    return people


def reports_equal_summaries(token, rows):
    for row in rows:
        for status, counter in TYPES.items():
            events = everything(f"/api/campaigns/{row['id']}/contacts?status={status}", token)
            assert len(events) == row["current_metrics"][counter], (row["name"], status)
            assert len({event["contact_ref"] for event in events}) == len(events)


def sent(token):
    return [row for row in campaigns(token) if row["has_report"]]


def stamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@pytest.fixture(scope="module")
def people(token):
    cli("sync")
    assert "contacts complete" in cli("sync", "--contacts").stdout
    return token


def test_every_person_is_there_once(people):
    truth, mine = reported_contacts(people), everything("/api/contacts", people)
    assert {row["email"].casefold() for row in mine} == set(truth) and len(mine) == len(truth)
    for row in mine:
        memberships = truth[row["email"].casefold()]
        assert set(row["list_ids"]) == {which for which, _ in memberships}
        best = next(s for s in ("subscribed", "pending", "unsubscribed") if s in {status for _, status in memberships})
        assert row["status"] == best


def test_reports_name_whom_the_summaries_count(people):
    rows = sent(people)
    reports_equal_summaries(people, random.sample(rows, 8))


def test_a_person_shows_fields_readings_and_history(people):
    events = everything(f"/api/campaigns/{sent(people)[0]['id']}/contacts?status=opened", people)
    ident = next(row["contact_id"] for row in events if row["contact_id"])
    person = get(f"/api/contacts/{ident}", people)
    lists = {row["id"]: row for row in get("/api/lists", people)}
    assert {row["list_id"] for row in person["memberships"]} == set(person["list_ids"]) and person["memberships"]
    for row in person["memberships"]:
        assert row["synced_at"] == lists[row["list_id"]]["contacts_read_at"] and row["status"] and row["emailoctopus_id"]
    assert person["synced_at"] == max(row["synced_at"] for row in person["memberships"])
    told = get(f"/api/contacts/{ident}/events", people)
    assert [(row["campaign_id"], row["event_type"], row["event_time"]) for row in person["engagement_history"]] == \
        [(row["campaign_id"], row["type"], row["occurred_at"]) for row in told] != []
    with_fields = next(row for row in (get(f"/api/contacts/{one['id']}", people) for one in get("/api/contacts?limit=20", people)) if row["fields"])
    assert with_fields["fields"]["FirstName"] and isinstance(with_fields["fields"]["Pets"], int)
    page = call(f"/contacts/{with_fields['id']}", people)[1]
    assert f'<th scope="row">FirstName</th><td class="wrap-any">{with_fields["fields"]["FirstName"]}</td>' in page.replace("<wbr>", "") and "{&quot;" not in page


def test_engagement_is_what_the_events_say(people):
    for contact in random.sample(everything("/api/contacts?engagement=clicked", people), 15):
        events = get(f"/api/contacts/{contact['id']}/events", people)
        for kind in TYPES:
            assert contact["engagement"][kind] == len({e["campaign_id"] for e in events if e["type"] == kind}), contact
        assert contact["engagement"]["last_event_at"] == max(e["occurred_at"] for e in events)


def test_a_second_reading_asks_for_changes_only(people):
    calls = demo_state()["calls"]["all"]
    out = cli("sync", "--contacts").stdout
    assert " 0 new events" in out and demo_state()["calls"]["all"] - calls == 4 * 3


def test_growth_brings_only_new_events(people):
    demo(grow=3)
    cli("sync")
    out = cli("sync", "--contacts").stdout
    assert "contacts complete" in out and " 0 new events" not in out
    reports_equal_summaries(people, random.sample(sent(people), 5))


def test_killed_while_reading_people_and_resumed(people):
    for turn in range(int(os.environ.get("TEST_KILLS", "2"))):
        demo(grow=6 + turn)
        cli("sync")
        cli("sync", "--contacts", "--no-wait")
        for _ in range(3):
            time.sleep(random.uniform(0.2, 1.0))
            kill_sync_worker(signal.SIGKILL)
            start_sync_worker()
        assert "contacts complete" in cli("sync", "--contacts").stdout
        reports_equal_summaries(people, random.sample(sent(people), 4))


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="the server is not ours to stop")
def test_the_database_killed_while_reading_people(people):
    demo(grow=11)
    cli("sync")
    cli("sync", "--contacts", "--no-wait")
    time.sleep(1)
    stop_service("ferretdb", signal.SIGKILL)
    time.sleep(3)
    restart_database()
    wait_for_health()
    assert "contacts complete" in cli("sync", "--contacts").stdout
    reports_equal_summaries(people, random.sample(sent(people), 4))


def test_a_sync_of_figures_goes_first(people):
    demo(grow=15)
    cli("sync")
    demo(fault={"kind": "slow", "times": 20, "seconds": 1, "path": "/reports"})
    cli("sync", "--contacts", "--no-wait")
    time.sleep(1)
    assert "sync complete" in cli("sync").stdout
    demo(fault=None)
    assert "contacts complete" in cli("sync", "--contacts").stdout
    reports_equal_summaries(people, random.sample(sent(people), 3))


def test_a_whole_reading_that_is_asked_for_is_made(people, without_worker):
    """The run in the background that is under way reads only what changed."""
    cli("sync", "--contacts", "--no-wait")
    cli("sync", "--contacts", "--full")
    assert [run["trigger"] for run in get("/api/sync?kind=contacts", people)[:2]] == ["full", "cli"]


def test_a_persons_share_is_of_the_campaigns_that_are_compared(people):
    """What somebody did with campaigns that are gone is no share of those that are there."""
    demo(gone=40)
    assert "40 of 7" in cli("sync", check=False).stdout
    cli("sync")
    there = {row["id"]: set(row["list_ids"]) for row in campaigns(people) if row["has_report"]}
    person = max(everything("/api/contacts?status=subscribed", people), key=lambda row: row["engagement"]["opened"])
    opened = {row["campaign_id"] for row in get(f"/api/contacts/{person['id']}", people)["engagement_history"] if row["event_type"] == "opened"}
    words = re.sub(r"<[^>]+>", " ", call(f"/contacts/{person['id']}", people)[1])
    demo(gone=0)
    cli("sync")
    kept = {key for key in opened if there.get(key, set()) & set(person["list_ids"])}
    share, others = 100 * len(kept) / len([lists for lists in there.values() if lists & set(person["list_ids"])]), len(opened - kept)
    assert others and re.search(rf"Opened.*; {others} more in campaigns that are gone.*?\b{len(kept)} of \d+\s+{share:.1f}\s%\s+of campaigns", words, re.S), \
        (share, others, words[:1500])


def test_erased_people_keep_their_events(people):
    demo(grow=18, erased=True)
    cli("sync")
    cli("sync", "--contacts")
    reports_equal_summaries(people, random.sample(sent(people), 3))


@pytest.mark.parametrize("path", ["/reports", "/contacts"])
def test_rows_without_an_id_are_gaps_and_read_again(people, path):
    demo(grow=19)
    cli("sync")
    row = next(row for row in sent(people) if row["current_metrics"]["opened"] > 100)
    demo(fault={"kind": "holes", "times": 1, "path": f"/campaigns/{row['emailoctopus_id']}/reports" if path == "/reports" else path, "rows": 40})
    out = cli("sync", "--contacts", "--full" if path == "/contacts" else "--contacts").stdout
    assert "contacts partial" in out and "1 gaps" in out and "without an id" in out, out
    if path == "/reports":
        pages = [call(f"/campaigns/{row['id']}/contacts?status={status}", people)[1] for status in TYPES]
        assert any(re.search(r"not synced completely yet| named so far", page) for page in pages)
    assert "contacts complete" in cli("sync", "--contacts").stdout
    reports_equal_summaries(people, [row])
    assert len(everything("/api/contacts", people)) == len(reported_contacts(people))


def test_faults_while_reading_people_are_gaps(people):
    demo(grow=21)
    cli("sync")
    demo(fault={"kind": "404", "times": 1, "path": "/reports"})
    out = cli("sync", "--contacts").stdout
    assert "contacts partial" in out and "1 gaps" in out
    assert "contacts complete" in cli("sync", "--contacts").stdout
    reports_equal_summaries(people, random.sample(sent(people), 3))


def test_a_report_that_ends_too_early_is_a_gap_and_read_again(people):
    demo(grow=23)
    cli("sync")
    row = next(row for row in sent(people) if row["current_metrics"]["opened"] > 200)
    demo(fault={"kind": "end", "times": 1000, "path": f"/campaigns/{row['emailoctopus_id']}/reports"})
    out = cli("sync", "--contacts").stdout
    assert "contacts partial" in out and "it ends after" in out, out
    demo(fault=None)
    assert "contacts complete" in cli("sync", "--contacts").stdout
    reports_equal_summaries(people, [row])


def test_events_without_times_are_the_same_events(people):
    """Some plans leave out the times of old events: a report that was read before must not double."""
    row = next(row for row in sent(people) if row["current_metrics"]["opened"] > 200)
    path = f"/campaigns/{row['emailoctopus_id']}/reports"
    for grow, fault in ((25, {"kind": "untimed", "times": 1000, "path": path}), (26, None)):
        demo(grow=grow, fault=fault)
        cli("sync")
        cli("sync", "--contacts")
        reports_equal_summaries(people, [get(f"/api/campaigns/{row['id']}", people)])
    events = everything(f"/api/campaigns/{row['id']}/contacts?status=opened", people)
    assert all(event["occurred_at"] for event in events)


def test_pages_filters_and_csv(people):
    page = call("/contacts?q=" + urllib.parse.quote("<b>half"), people)[1]
    assert "&lt;b&gt;half&lt;/b&gt;&amp;co@example.net" in page and "<b>half" not in page
    assert len(get("/api/contacts?q=xxxx&limit=5", people)[0]["email"]) == 254
    assert get("/api/contacts?q=" + urllib.parse.quote("BÜRO@"), people)[0]["email"] == "büro@exämple.net"
    for query, field in (("status=gone", "status"), ("engagement=much", "engagement"), ("limit=0", "limit"), ("from=x", "from"), ("q=%ff", None)):
        status, body, _ = call("/api/contacts?" + query, people)
        assert status == 400 and (field is None or field in json.loads(body)["fields"]), query
    page = call("/contacts?status=gone&q=keepme", people)
    assert page[0] == 400 and "keepme" in page[1] and "Error" in page[1]
    vip = everything("/api/contacts?tag=VIP&status=subscribed&engagement=opened", people)
    assert vip and all("vip" in row["tags"] and row["status"] == "subscribed" and row["engagement"]["opened"] for row in vip)
    rows = list(csv.reader(io.StringIO(call("/contacts.csv?tag=vip", people)[1])))
    assert {row[0]: json.loads(row[rows[0].index("tags")]) for row in rows[1:]} == {"contact_" + row["id"]: row["tags"] for row in everything("/api/contacts?tag=vip", people)}
    contact = vip[0]
    assert contact["email"] in call(f"/contacts/contact_{contact['id']}", people)[1]
    assert call("/contacts/" + "0" * 24, people)[0] == 404 and call("/contacts/zzz", people)[0] == 404
    row = next(row for row in sent(people) if row["current_metrics"]["clicked"] > 0)
    page = call(f"/campaigns/{row['id']}/contacts?status=clicked", people)[1]
    clicked = str(row["current_metrics"]["clicked"])
    assert re.findall(r'Clicked <span class="count">([^<]*)|of (\d+) (?:people|person) named<', page) == [(clicked, ""), ("", clicked)]
    assert call(f"/campaigns/{row['id']}/contacts?status=x", people)[0] == 400
    lines = call(f"/campaigns/{row['id']}/contacts.csv?status=clicked", people)[1].splitlines()
    assert len(lines) - 1 == row["current_metrics"]["clicked"]
    entry = get("/api/lists", people)[0]
    page = call(f"/lists/{entry['id']}", people)[1]
    assert "FirstName" in page and f"{entry['counts']['subscribed']:,}" in page and "vip" in page
    assert get(f"/api/lists/{entry['id']}/snapshots", people)[0]["source"] == "GET /lists"
    mine = everything(f"/api/contacts?list={entry['id']}", people)
    assert entry["engagement"]["contacts"] == len(mine) and entry["engagement"]["clicked"] == sum(row["engagement"]["clicked"] > 0 for row in mine)
    assert entry["engagement"]["never_opened"] == sum(row["engagement"]["opened"] == 0 for row in mine) and "Never opened" in page and "Never clicked" in page


def test_addresses_with_ids_of_the_provider_go_on_working(people):
    entry, row = get("/api/lists", people)[0], sent(people)[0]
    assert entry["external"]["id"] == entry["emailoctopus_id"] != entry["id"] and row["external"]["id"] == row["emailoctopus_id"] != row["id"]
    assert entry["external"]["connection_id"] == row["external"]["connection_id"] and set(row["list_ids"]) <= {one["id"] for one in get("/api/lists", people)}
    for theirs in (entry["emailoctopus_id"], "list_" + entry["id"]):
        assert get(f"/api/lists/{theirs}", people)["id"] == entry["id"]
        for address in ("/api/campaigns?list=", "/api/contacts?limit=9&list=", "/api/dashboard?period=all&list="):
            reported, mine = get(address + theirs, people), get(address + entry["id"], people)
            assert reported == mine and reported
    for address in ("/campaigns", "/contacts", "/dashboard"):  # the choice is kept, and links continue with our id
        page = call(f"{address}?list={entry['emailoctopus_id']}", people)[1]
        assert re.search(rf'<option value="{entry["id"]}" selected', page)
    for theirs in (row["emailoctopus_id"], "campaign_" + row["id"]):
        assert get(f"/api/campaigns/{theirs}", people)["id"] == row["id"] and call(f"/campaigns/{theirs}", people)[0] == 200
        for one in get(f"/api/campaigns/{theirs}/snapshots", people):
            assert (one["campaign_id"], one["emailoctopus_id"]) == (row["id"], row["emailoctopus_id"])
    assert get("/api/campaigns?list=nowhere", people) == [] and get("/api/contacts?list=nowhere", people) == []


def test_events_find_people_who_come_later(people):
    one = max(everything("/api/contacts", people), key=lambda one: one["engagement"]["opened"])
    mine = f"{{'contact_id': bson.ObjectId('{one['id']}')}}"
    database(f"""
import bson
db.contact_events.update_many({mine}, {{'$set': {{'unknown_contact': True}}, '$unset': {{'contact_id': ''}}}})
db.list_contacts.delete_many({mine}); db.contacts.delete_one({{'_id': bson.ObjectId('{one['id']}')}})""")
    cli("sync", "--contacts", "--full")
    again = next(row for row in everything("/api/contacts", people) if row["email"] == one["email"])
    assert again["engagement"] == one["engagement"] and again["id"] != one["id"]
    assert len(get(f"/api/contacts/{again['id']}/events", people)) >= one["engagement"]["opened"]


def test_growth_follows_the_times_of_the_reports(people):
    row = next(r for r in sent(people) if r["status"] == "sent" and r["current_metrics"]["opened"] > 100)
    times = sorted(e["occurred_at"] for e in everything(f"/api/campaigns/{row['id']}/contacts?status=opened", people))
    page = call(f"/campaigns/{row['id']}", people)[1]
    table = page[page.index('id="growth"'):page.index("</table>", page.index('id="growth"'))]
    opened = [int(n.replace(",", "")) for n in re.findall(r'<th scope="row"[^>]*>[^<]*</th><td class="number">([\d,]+)</td>', table)]
    assert opened[0] == 0 and opened[-1] == len(times) and opened == sorted(opened)
    assert "at each change that a sync found" not in page, "by the times of the reports"
    assert 'id="ages"' in page


def test_campaigns_beside_each_other(people):
    rows = [r for r in sent(people) if r["status"] == "sent"][3:6]
    query = "&".join(f"id={r['id']}" for r in rows)
    reported = get(f"/api/compare?{query}&id={rows[0]['id']}", people)  # a duplicate is ignored
    assert [one["id"] for one in reported] == [r["id"] for r in rows]
    for one, row in zip(reported, rows):
        assert one["rates"] == row["rates"]
        last = one["ages"][-1]
        events = everything(f"/api/campaigns/{row['id']}/contacts?status=opened", people)
        age = lambda e: (stamp(e["occurred_at"]) - stamp(row["sent_at"])) / 3600
        assert last["opened_percent"] == pytest.approx(100 * sum(age(e) <= last["hours"] for e in events) / row["delivered_count"])
    page = call("/compare?" + query, people)[1]
    assert page.count('scope="col" class="number"><a') == 3 and "Difference" in page
    assert page.count(" better than ") + page.count(" is best<") + page.count("No clear difference<") > 0 and "Compare three campaigns" in page
    assert len(call("/compare.csv?" + query, people)[1].splitlines()) == 3 * 15 + 1
    for bad in ("", f"id={rows[0]['id']}", "id=zzz&id=yyy", "&".join(f"id={r['id']}" for r in sent(people)[:7])):
        status, page, _ = call("/compare?" + bad, people)
        assert call("/api/compare?" + bad, people)[0] == 400 and call("/compare.csv?" + bad, people)[0] == 400
        assert status == (400 if "zzz" in bad or bad.count("id=") > 6 else 200) and "Choose two to six campaigns" in page
        assert page.count('name="id" value=') == bad.count("id=") - 2 * ("zzz" in bad) and "no campaign" not in page  # what was chosen stays chosen
    assert call(f"/compare?{query}&age=never", people)[0] == 400 and "Results to date" in call(f"/compare?{query}&age=date", people)[1]


@pytest.mark.parametrize("kind, status", [("non-openers", "opened"), ("non-clickers", "clicked")])
def test_who_did_not(people, kind, status):
    row = max((r for r in sent(people) if r["status"] == "sent"), key=lambda r: r["current_metrics"]["sent"])
    named = {event["email"] for report in (status, "bounced") for event in everything(f"/api/campaigns/{row['id']}/contacts?status={report}", people)}
    rest = [one for one in everything("/api/contacts", people) if set(one["list_ids"]) & set(row["list_ids"]) and one["created_at"] <= row["sent_at"] and (one["email"] or "").strip().lower() not in named]
    reported = everything(f"/api/campaigns/{row['id']}/{kind}", people, limit=37)
    assert [one["id"] for one in reported] == [one["id"] for one in rest] and len(rest) > 100
    lines = list(csv.reader(io.StringIO(call(f"/campaigns/{row['id']}/{kind}.csv", people)[1])))[1:]
    assert [line[0] for line in lines] == ["contact_" + one["id"] for one in rest]
    page = call(f"/campaigns/{row['id']}/{kind}", people)[1]
    left = row["delivered_count"] - row["current_metrics"][status]
    assert f"<b>{left:,}</b> of those" in page and page.count('scope="row"><a href="/contacts/') == 50 and 'rel="next"' in page
    assert call(f"/campaigns/{row['id']}/{kind}?limit=x", people)[0] == 400 and call(f"/campaigns/{'0' * 24}/{kind}", people)[0] == 404
    draft = next(r for r in campaigns(people) if r["status"] == "draft")
    assert get(f"/api/campaigns/{draft['id']}/{kind}", people) == [] and "There are no figures yet" in call(f"/campaigns/{draft['id']}/{kind}", people)[1]


def test_a_long_table_comes_in_pieces(people):
    rows = everything("/api/contacts", people)
    assert len(rows) > 2000  # more than two pieces
    status, text, headers = call("/contacts.csv", people)
    lines = list(csv.reader(io.StringIO(text)))[1:]
    assert status == 200 and not headers["Content-Length"] and headers["ETag"]
    assert [line[0] for line in lines] == ["contact_" + row["id"] for row in rows]
    assert call("/contacts.csv?bom=1", people)[1] == "\ufeff" + text
    assert call("/contacts.csv", people, "HEAD")[1] == ""
    assert call("/contacts.csv", people, headers={"If-None-Match": headers["ETag"]})[0] == 304


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="the server is not ours to stop")
def test_a_table_that_breaks_is_not_taken_for_the_whole(people):
    ferret = service_pid("ferretdb")
    whole = call("/contacts.csv", people)[1]
    for turn in range(20):
        request = urllib.request.Request(f"{URL}/contacts.csv?n={turn}", headers={"Authorization": "Bearer " + people})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read(1)
                os.kill(ferret, signal.SIGSTOP)
                text += answer.read()
            assert text.decode() == whole  # the database stopped too late to matter
        except http.client.IncompleteRead:
            break
        finally:
            os.kill(ferret, signal.SIGCONT)
            wait_for_health()
    else:
        raise AssertionError("none of 20 answers broke")
    assert call("/contacts.csv", people)[1] == whole


def test_a_list_that_is_gone_is_no_longer_counted_or_read(people):
    """old: it stayed in all sums, and each contacts run ended with gaps for ever. An answer without any list says nothing."""
    before = get("/api/lists", people)
    demo(lists=3)
    cli("sync")
    left = get("/api/lists", people)
    assert len(before) == 4 and len(left) == 3
    run = cli("sync", "--contacts").stdout
    assert "contacts complete" in run and "0 gaps" in run, run
    assert get("/api/stats", people)["active_contacts"] == len(everything("/api/contacts?status=subscribed", people))
    gone = next(row for row in before if row["id"] not in {one["id"] for one in left})
    for address in ("/lists", f"/lists/{gone['id']}"):
        assert "one since" in " ".join(call(address, people)[1].split()) and gone["name"] in call(address, people)[1]
    for address in ("/contacts", "/campaigns", "/dashboard"):
        assert f'value="{gone["id"]}"' not in call(address, people)[1] and f'value="{gone["id"]}" selected' in call(f"{address}?list={gone['id']}", people)[1]
    demo(lists=0, gone=1)
    oldest = min(sent(people), key=lambda row: row["sent_at"])
    figures = get("/api/stats", people)["total_campaigns"]
    cli("sync")
    assert len(get("/api/lists", people)) == 3 and get("/api/stats", people)["total_campaigns"] == figures - 1
    assert oldest["id"] not in {row["id"] for row in campaigns(people)} and get(f"/api/campaigns/{oldest['id']}", people)["gone_at"]
    page = call(f"/campaigns/{oldest['id']}", people)[1]
    assert "gone since" in page and "/reports/new?id=" not in page and "/compare?id=" not in page  # it takes part in neither
    status, answer = call(f"/api/compare?id={oldest['id']}&id={sent(people)[0]['id']}", people)[:2]
    assert status == 400 and "no longer at EmailOctopus" in answer
    assert f'/campaigns/{oldest["id"]}"' in call(f"/campaigns?q={urllib.parse.quote(oldest['name'])}", people)[1]
    demo(lists=9, gone=0)
    cli("sync")
    assert oldest["id"] in {row["id"] for row in campaigns(people)}
    assert get("/api/lists", people) != left and {row["id"] for row in get("/api/lists", people)} == {row["id"] for row in before}


def test_counts_follow_what_is_changed_here(token):
    """Without a sync in between: telltale-audience counts whenever people have changed."""
    def counted(path, name):
        return {row[name]: row["contacts"] for row in get(path, token)}
    def send(path, method, **body):
        assert call(path, token, method, json.dumps(body).encode(), {"Content-Type": "application/json"})[0] == 200
    before = get("/api/stats", token)["total_contacts"]
    send("/api/contacts", "POST", email="counted@counted.example", tags=["counted here"])
    wait_until(lambda: counted("/api/tags", "tag").get("counted here") == 1, "the tag to be counted")
    wait_until(lambda: counted("/api/domains", "domain").get("counted.example") == 1, "the domain to be counted")
    assert get("/api/stats", token)["total_contacts"] == before + 1
    send(f"/api/contacts/{get('/api/contacts?q=counted@counted.example', token)[0]['id']}", "PUT", tags=[])
    wait_until(lambda: "counted here" not in counted("/api/tags", "tag"), "the tag to go")
