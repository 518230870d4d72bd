"""Links over campaigns, mailbox providers, who stays, what is expected, benchmarks."""
import collections, csv, datetime, io, random, re

import pytest
from product import EVER, call, campaigns, cli, demo, everything, get
from test_contacts import people, sent, stamp, reported_contacts  # noqa: F401 (people is a fixture)
from test_keeping import database
from test_reports import post


def test_links_add_up_over_campaigns(people):
    cli("sync", "--full")
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout  # whatever other tests have deleted
    sums = collections.defaultdict(lambda: [0, 0])
    for row in sent(people):
        for link in get(f"/api/campaigns/{row['id']}/links", people):
            sums[link["url"]][0] += link["clicked_unique"]
            sums[link["url"]][1] += link["clicked_total"]
    reported = get("/api/links?period=all", people)
    assert {link["url"]: [link["clicked_unique"], link["clicked_total"]] for link in reported} == dict(sums)
    assert [link["clicked_unique"] for link in reported] == sorted((link["clicked_unique"] for link in reported), reverse=True)
    page = call("/links?period=all", people)[1]
    assert f">{reported[0]['clicked_unique']:,}<" in page and "&lt;odd&gt;" in page
    assert len(list(csv.reader(io.StringIO(call("/links.csv?period=all", people)[1])))) == len(reported) + 1
    assert call("/links?period=fortnight", people)[0] == 400 and call("/api/links?period=fortnight", people)[0] == 400


def test_mailbox_providers_count_people(people):
    mine = everything("/api/contacts", people)
    count = collections.Counter(row["email"].lower().split("@")[1].encode("idna").decode() for row in mine if row["email"])
    reported = get("/api/domains", people)
    assert {row["domain"]: row["contacts"] for row in reported} == dict(count)
    top = reported[0]
    assert top["clicked"] == sum(row["engagement"]["clicked"] > 0 and (row["email"] or "").lower().endswith("@" + top["domain"]) for row in mine)
    assert top["domain"] in call("/domains", people)[1] and call("/domains.csv", people)[1].startswith("domain,contacts")


def test_who_stays(people):
    entry = next(e for e in get("/api/lists", people) if e["name"] == "Newsletter")
    joined = collections.Counter()
    for status in ("subscribed", "unsubscribed"):
        from test_contacts import reported as rows_of
        for row in rows_of(f"/lists/{entry['emailoctopus_id']}/contacts?limit=100&status={status}"):
            joined[row["created_at"][:7]] += 1
    cohorts = get(f"/api/lists/{entry['id']}/cohorts", people)
    assert {c["month"][:7]: c["joined"] for c in cohorts} == {m: n for m, n in joined.items() if m in {c["month"][:7] for c in cohorts}}
    assert len(cohorts) >= 20
    for cohort in cohorts:
        left = [step["left"] for step in cohort["left"]]
        assert left == sorted(left) and left[-1] <= cohort["joined"]
    table = list(csv.DictReader(io.StringIO(call(f"/lists/{entry['id']}/cohorts.csv", people)[1])))
    assert len(table) > 100
    for row in table:
        cohort = next(c for c in cohorts if c["month"].startswith(row["month"]))
        left = cohort["left"][int(row["after_months"]) - 1]["left"]
        assert (int(row["joined"]), int(row["left"])) == (cohort["joined"], left)
        assert abs(float(row["still_there_percent"]) - 100 * (cohort["joined"] - left) / cohort["joined"]) < 1e-3
    person = next(row for row in everything("/api/contacts", people) if row["engagement"]["clicked"])
    events = get(f"/api/contacts/{person['id']}/events", people)
    told = list(csv.DictReader(io.StringIO(call(f"/contacts/{person['id']}/events.csv", people)[1])))[:len(events)]
    assert [(e["type"], e["occurred_at"] or "", "campaign_" + e["campaign_id"]) for e in events] == [(r["type"], r["occurred_at"], r["campaign_id"]) for r in told]
    page = call(f"/lists/{entry['id']}", people)[1]
    assert 'id="cohorts"' in page and "if the last 12 weeks go on" in page


def test_a_young_campaign_has_a_forecast(people):
    """The page of a campaign a few hours or days old shows a forecast; that of an old one does not."""
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    for row in sent(people):
        page = call(f"/campaigns/{row['id']}", people)[1]
        age = now - stamp(row["sent_at"])
        if age > 8 * 86400:
            assert "Expected after 7 days" not in page
            break
        match = re.search(r"Clicked</dt><dd>about ([\d,]+) people \(([\d,]+) to ([\d,]+)\), [\d.]+–[\d.]+\s% of delivered", page)
        if match:
            people_, low, high = (int(n.replace(",", "")) for n in match.groups())
            assert row["current_metrics"]["clicked"] <= low <= people_ <= high <= row["delivered_count"]
            assert re.search(r"Tried on each of these (\d+) campaigns from the others: \d+ ended in the range, half within [\d.]+\s% of what was expected", page)


def test_benchmarks_have_a_source(people):
    put = lambda **b: post("/api/benchmarks", people, b, "PUT")
    for bad, field in (({"metric": "luck", "percent": "1"}, "metric"), ({"metric": "click_rate", "percent": "many"}, "percent"), ({"metric": "click_rate", "percent": "101"}, "percent"),
                       ({"metric": "click_rate", "percent": "2.6"}, "source"), ({"percent": "1"}, "metric"), ({"metric": "click_rate", "percent": "1e5", "source": "x"}, "percent")):
        status, answer, _ = put(**bad)
        assert status == 400 and field in answer["fields"], (bad, answer)
    assert put(metric="click_rate", percent="2.62", name="all users", source="Mailchimp, its own page", dated="2021")[0] == 200
    page = call("/dashboard?period=all", people)[1]
    assert "all users 2.62\u00a0% (Mailchimp, its own page, 2021)" in page and ">Benchmark</th>" in page
    preview = post("/api/reports/preview", people, {"period": {"from": EVER[0], "to": EVER[1]}})[1]
    trend = next(p["table"] for p in preview["parts"] if p.get("table", {}).get("name") == "click-rate")
    assert trend["columns"][-1]["label"] == "Benchmark" and trend["rows"][0]["cells"][-1]["plain"] == "2.62"
    assert get("/api/benchmarks", people)[0]["percent"] == "2.62"
    assert put(metric="click_rate", percent="")[0] == 200 and get("/api/benchmarks", people) == []
    assert ">Benchmark</th>" not in call("/dashboard?period=all", people)[1]


def test_days_add_up(people):
    row = next(r for r in sent(people) if r["status"] == "sent" and r["current_metrics"]["opened"] > 50)
    days = get(f"/api/campaigns/{row['id']}/analytics?days=400", people)
    assert sum(d["emails_sent"] for d in days) == row["sent_count"] and days[0]["date"][:10] == row["sent_at"][:10]
    opened = everything(f"/api/campaigns/{row['id']}/contacts?status=opened", people)
    by_day = collections.Counter(e["occurred_at"][:10] for e in opened)
    growth = {d["date"][:10]: d["emails_opened"] for d in days}
    assert sum(growth.values()) == len(opened)
    assert days[-1]["open_rate"] == pytest.approx(100 * len(opened) / row["delivered_count"], abs=0.01)
    assert {day: people for day, people in growth.items() if people} == dict(by_day)
    assert sum(d["emails_bounced"] for d in days) == row["current_metrics"]["bounced"]
    table = lambda name: list(csv.DictReader(io.StringIO(call(f"/campaigns/{row['id']}/{name}.csv", people)[1])))
    since = lambda text: stamp(text) - stamp(row["sent_at"])
    ages = [since(e["occurred_at"]) for e in opened]
    steps = [r for r in table("growth") if r["opened"] != "0"]
    assert len(steps) >= len({-age // 60 for age in ages}) and int(steps[-1]["opened"]) == len(opened)  # a step is the end of a minute
    for step in steps:
        assert int(step["opened"]) == sum(age <= since(step["time"]) for age in ages)
        assert float(step["hours_since_sending"]) == pytest.approx(since(step["time"]) / 3600, abs=1e-4)
    at_ages = [r for r in table("ages") if r["response"] == "opened"]
    assert at_ages and all(float(r["percent"]) == pytest.approx(100 * sum(age <= 3600 * int(r["age_hours"]) for age in ages) / row["delivered_count"], abs=1e-3) for r in at_ages)
    undated = get(f"/api/campaigns/{row['id']}", people)["undated"]
    assert all(sum(d[key] for d in days) + undated[key] == row["current_metrics"][key[7:]] for key in undated if key != "emails_delivered")
    lines = list(csv.DictReader(io.StringIO(call(f"/campaigns/{row['id']}/days.csv", people)[1])))
    assert {line["date"]: int(line["opened"]) for line in lines if line["row"] == "day" and line["opened"] != "0"} == dict(by_day)
    assert lines[-1]["row"] == "summary" and int(lines[-1]["opened"]) == row["current_metrics"]["opened"]
    assert foot(f"/campaigns/{row['id']}/history", people, 'id="days"')[2] == f"{row['current_metrics']['opened']:,}"
    assert call(f"/api/campaigns/{row['id']}/analytics?days=0", people)[0] == 400


LACKS = """
import bson, datetime
campaign = bson.ObjectId('{id}')
opened = sorted((e for e in db.contact_events.find({{'campaign_id': campaign, 'type': 'opened'}}) if e.get('occurred_at')), key=lambda e: e['occurred_at'])
one, two, three = opened[:3]
"""


def test_what_contact_reports_lack_is_told(people):
    """Before the sending, without a time, twice: on its own day or none, each person once, and no campaign is compared with it."""
    row = next(r for r in sent(people) if r["status"] == "sent" and r["current_metrics"]["opened"] > 50)
    table = lambda name: list(csv.DictReader(io.StringIO(call(f"/campaigns/{row['id']}/{name}.csv", people)[1])))
    recount = lambda: (database(f"import bson\ndb.campaign_growth.delete_one({{'_id': bson.ObjectId('{row['id']}')}})"), cli("sync", "--contacts"))
    before, asked = table("days"), f"/api/campaigns/{row['id']}"
    opened, named = row["current_metrics"]["opened"], len(everything(f"{asked}/contacts?status=opened", people))
    lacks = LACKS.format(id=row["id"])
    times = database(lacks + "print([e['occurred_at'].timestamp() for e in (one, two, three)])")
    try:
        database(lacks + """
db.contact_events.update_one({'_id': one['_id']}, {'$set': {'occurred_at': one['occurred_at'] - datetime.timedelta(days=2)}})
db.contact_events.update_one({'_id': two['_id']}, {'$unset': {'occurred_at': ''}})
db.contact_events.insert_one(dict(three, _id=bson.ObjectId(), occurred_at=three['occurred_at'] + datetime.timedelta(days=40)))""")
        recount()
        days = {line["row"] if line["row"] != "day" else line["date"]: int(line["opened"]) for line in table("days")}
        assert days["without a date"] == 1 and days["summary"] == opened and min(days) < row["sent_at"][:10]
        assert sum(n for day, n in days.items() if day != "summary") == opened
        assert get(asked, people)["undated"]["emails_opened"] == opened - sum(n for day, n in days.items() if day[0] == "2")
        page = re.sub(r"\s+", " ", call(f"/campaigns/{row['id']}", people)[1])
        assert "1 of the" in page and "has no time and is left out" in page and "before the sending" in page and "within -" not in page
        assert get(f"/api/compare?id={row['id']}&id={sent(people)[-1]['id']}", people)[0]["ages"][5]["opened_percent"] is None
        assert len(everything(f"{asked}/contacts?status=opened", people)) == named
    finally:
        database(lacks.replace("one, two, three = opened[:3]", "") + f"""
times = {times}
three = datetime.datetime.utcfromtimestamp(times[2])
again = db.contact_events.find_one({{'campaign_id': campaign, 'type': 'opened', 'occurred_at': three + datetime.timedelta(days=40)}})
db.contact_events.delete_many({{'_id': again and again['_id']}})
db.contact_events.update_one({{'campaign_id': campaign, 'type': 'opened', 'occurred_at': {{'$exists': False}}}}, {{'$set': {{'occurred_at': datetime.datetime.utcfromtimestamp(times[1])}}}})
db.contact_events.update_one({{'_id': opened[0]['_id']}}, {{'$set': {{'occurred_at': datetime.datetime.utcfromtimestamp(times[0])}}}})""")
        recount()
    assert table("days") == before


def foot(path, token, caption=None):
    """The cells of the totals row of the first table, or of the table with the caption."""
    page = call(path, token)[1]
    page = page[page.index(caption):] if caption else page
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", re.search(r"<tfoot[^>]*>(.*?)</tfoot>", page, re.S)[1])]


def together(rows):
    """The totals row of the campaigns, after tick, name, status and date."""
    keys = "sent", "bounced_hard", "bounced_soft", "opened", "clicked", "bounced", "unsubscribed", "spam_complaints"
    sums = {key: sum(row["current_metrics"][key] for row in rows) for key in keys}
    delivered = sums["sent"] - sums["bounced_hard"] - sums["bounced_soft"]
    return [f"{delivered:,}", f"{100 * sums['clicked'] / delivered:.2f}\u00a0%", f"{100 * sums['opened'] / delivered:.1f}\u00a0%", f"{100 * sums['unsubscribed'] / sums['sent']:.2f}\u00a0%",
            f"{100 * sums['bounced'] / sums['sent']:.2f}\u00a0%", f"{100 * sums['spam_complaints'] / delivered:.3f}\u00a0%"]


def all_of(rows):
    return f"All {sum(row['has_report'] for row in rows)} campaigns with figures"


def test_totals_are_those_of_all_rows(people):
    rows = campaigns(people)
    for query, chosen in (("", rows), ("?q=member", [row for row in rows if "member" in f"{row['name']} {row['subject']}".lower()]),
                          ("?status=sent", [row for row in rows if row["status"] == "sent"])):
        reported = foot("/campaigns" + query, people)
        assert reported[1].startswith(all_of(chosen)) and reported[4:] == together([row for row in chosen if row["has_report"]])
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert foot("/campaigns?as_of=" + now, people) == foot("/campaigns", people)
    lists = [one for one in get("/api/lists", people) if one["emailoctopus_id"]]
    total = foot("/lists", people)
    assert total[1] == f"{sum(one['counts']['subscribed'] for one in lists):,}" and total[4] == f"{sum(one['counts']['unsubscribed'] for one in lists):,}"
    everybody = everything("/api/contacts", people)
    stats = get("/api/stats", people)
    assert stats["total_contacts"] == len(everybody) < sum(sum(one["counts"].values()) for one in lists)
    assert stats["active_contacts"] == sum(one["status"] == "subscribed" for one in everybody)
    share = lambda key: f"{100 * sum(one['engagement'][key] > 0 for one in everybody) / len(everybody):.1f}\u00a0%"
    assert foot("/domains", people)[1:] == [f"{len(everybody):,}", share("opened"), share("clicked"), share("bounced")]
    assert foot("/tags", people)[1:3] == [f"{len(everybody):,}", f"{sum(one['status'] == 'subscribed' for one in everybody):,}"]
    changes = get("/api/changes?since=2020-01-01", people)
    assert foot("/changes?since=2020-01-01", people)[1].split() == [f"{sum(one['opened'] for one in changes):,}", f"+{sum(one['opened_change'] for one in changes):,}"]
    weeks = list(csv.DictReader(io.StringIO(call(f"/lists/{lists[0]['id']}/weeks.csv", people)[1])))[-52:]
    assert foot(f"/lists/{lists[0]['id']}", people, "Contacts a week")[1] == f"{sum(int(one['joined']) for one in weeks):,}"
    links = get("/api/links?period=all", people)
    assert foot("/links?period=all", people)[1:] == [f"{sum(one['clicked_' + key] for one in links):,}" for key in ("unique", "total")]


def test_a_card_of_a_person_names_its_campaigns(people):
    one = max(everything("/api/contacts", people), key=lambda one: one["engagement"]["clicked"])
    oldest = float(database(f"import bson, datetime\nprint(min(e['occurred_at'] for e in db.contact_events.find({{'contact_id': bson.ObjectId('{one['id']}'), 'occurred_at': {{'$ne': None}}}})).replace(tzinfo=datetime.timezone.utc).timestamp())"))
    since = stamp(one["created_at"]) if oldest >= stamp(one["created_at"]) else oldest - 30 * 86400
    got = [row for row in sent(people) if set(row["list_ids"]) & set(one["list_ids"]) and stamp(row["sent_at"]) >= since]
    clicked, delivered = (sum(row[key] for row in got) for key in ("clicked_count", "delivered_count"))
    page = re.sub(r"\s+", " ", call("/contacts/" + one["id"], people)[1])
    assert f" of {len(got)}</strong>" in page, page
    assert f"All contacts {100 * clicked / delivered:.2f} %" in page, (together(got), page)


def test_campaigns_of_a_person_are_counted_from_its_oldest_event(people):
    """Counted from 30 days before the oldest event, even if many others followed and the person joined later."""
    rows = [row for row in sent(people) if row["list_ids"]]
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
    try:
        ident = database(f"""
import bson, datetime
now = datetime.datetime.fromisoformat('{now}')
day = datetime.timedelta(days=1)
who = 'early@nowhere.example'
one = db.contacts.insert_one({{'email': who, 'email_norm': who, 'status': 'subscribed', 'list_ids': [bson.ObjectId('{rows[0]['list_ids'][0].split('_')[-1]}')], 'created_at': now, 'engagement': {{'opened': bson.Int64(1)}}}})
db.contact_events.insert_many([{{'campaign_id': bson.ObjectId(), 'contact_id': one.inserted_id, 'contact_ref': who, 'type': 'opened', 'occurred_at': at}}
    for at in [now - 100 * day] + [now - 80 * day + datetime.timedelta(seconds=n) for n in range(110)]])
print(one.inserted_id)""").strip()
        since = (now - datetime.timedelta(days=130)).replace(tzinfo=datetime.timezone.utc).timestamp()
        got = [row for row in rows if rows[0]["list_ids"][0] in row["list_ids"] and stamp(row["sent_at"]) >= since]
        assert f" of {len(got)}</strong>" in call("/contacts/" + ident, people)[1]
    finally:
        database("db.contacts.delete_many({'email_norm': 'early@nowhere.example'}); db.contact_events.delete_many({'contact_ref': 'early@nowhere.example'})")


def test_every_chart_says_what_it_shows(people):
    rows = [row for row in sent(people) if row["status"] == "sent"]
    page = call("/campaigns/" + rows[5]["id"], people)[1]
    events = sorted(stamp(event["occurred_at"]) for event in everything(f"/api/campaigns/{rows[5]['id']}/contacts?status=opened", people))
    half = (events[(len(events) + 1) // 2 - 1] - stamp(rows[5]["sent_at"])) / 3600
    reported = re.search(r"Half of the ([\d,]+) opens came within ([\d.]+) hours", page)
    assert reported and reported[1] == f"{len(events):,}" and float(reported[2]) == pytest.approx(half, abs=.07)
    assert re.search(r"[Uu]sual [\d.]+", page) and "campaigns before it to this list" in page
    page = call(f"/compare?id={rows[3]['id']}&id={rows[4]['id']}", people)[1]
    ages = get(f"/api/compare?id={rows[3]['id']}&id={rows[4]['id']}", people)
    first, second = (next(age for age in one["ages"] if age["hours"] == 72)["opened_percent"] for one in ages)  # as the table above it
    assert f"After 3 days A had {first:.1f}\u00a0% opens, B {second:.1f}\u00a0%." in page and "95\u00a0% interval" in page
    one = get("/api/lists", people)[0]
    page = call("/lists/" + one["id"], people)[1]
    assert re.search(rf"From [\d,]+ on .* to {one['counts']['subscribed']:,} on|when first synced", page) and "All lists " in page


CHANGES = """
import bson, datetime, random
random.seed({seed})
rows = list(db.campaigns.find({{'has_report': True}}))
for row in random.sample(rows, {some}):
    sent = random.randint(500, 5000)
    figures = {{key: bson.Int64(random.randint(0, 90)) for key in row['current_metrics']}}
    figures['bounced'] = bson.Int64(figures['bounced_hard'] + figures['bounced_soft'])
    figures.update(sent=bson.Int64(sent), opened=bson.Int64(random.randint(10, 90)), clicked=bson.Int64(random.randint(0, 9)))
    db.campaigns.update_one({{'_id': row['_id']}}, {{'$set': {{'current_metrics': figures, 'changed_at': datetime.datetime.utcnow() - datetime.timedelta(seconds={behind})}}, '$inc': {{'changes': bson.Int64(1)}}}})
{more}
db.versions.update_one({{'_id': 'data'}}, {{'$inc': {{'version': bson.Int64(1)}}}})
"""


def test_a_worker_keeps_campaigns_up_to_date(people):
    """The workers' cache equals the database after changes to some, many or no campaigns, with a clock set back, and after a campaign was added or deleted."""
    before = database("import bson.json_util\nprint(bson.json_util.dumps(list(db.campaigns.find())))")
    turns = [(1, 0, ""), (40, 0, ""), (0, 0, ""), (5, 3600, ""), (3, 0, "db.campaigns.delete_one({'_id': rows[0]['_id']})"), (2, 0, "row = dict(rows[1], _id=bson.ObjectId(), external={'connection_id': rows[1]['external']['connection_id'], 'id': 'new'}, name='New here', changed_at=datetime.datetime.utcnow(), changes=bson.Int64(1)); db.campaigns.insert_one(row)"), (5, 0, "")]
    try:
        for seed, (some, behind, more) in enumerate(turns):
            database(CHANGES.format(seed=seed, some=some, behind=behind, more=more))
            rows = campaigns(people)  # from the database
            for _ in range(9):  # to reach every worker
                reported = foot(f"/campaigns?n={random.random()}", people)
                assert reported[1].startswith(all_of(rows)) and reported[4:] == together([row for row in rows if row["has_report"]]), (seed, some)
            newest = re.findall(r'<th scope="row" data-x="([^"]*)"[^>]*><a href="/campaigns/(\w+)', call("/dashboard?period=all", people)[1])
            ended = [row for row in rows if row["has_report"] and row["status"] == "sent"]
            assert [one[1] for one in newest][::-1] == [row["id"] for row in ended]
    finally:
        database(f"import bson.json_util, bson, datetime\nrows = [dict(row, changed_at=datetime.datetime.utcnow(), changes=bson.Int64(1000)) for row in bson.json_util.loads({before!r})]\n"
                 "db.campaigns.delete_many({}); db.campaigns.insert_many(rows)\n"
                 "db.versions.update_one({'_id': 'data'}, {'$inc': {'version': bson.Int64(1)}})")


def test_the_rates_of_a_campaign_by_day_and_their_means(people):
    """D-095 to D-097: the page has what the API has, and the mean of its days."""
    row = max(get("/api/campaigns?limit=200", people), key=lambda one: one["current_metrics"].get("opened") or 0)
    days = get(f"/api/campaigns/{row['id']}/analytics?days=3650", people)
    assert len(days) > 1
    status, page, _ = call(f"/analytics?campaign_id={row['id'].removeprefix('campaign_')}&days=3650", people)
    assert status == 200 and all(f'id="{name}"' in page for name in ("load-analytics-btn", "analytics-campaign-id", "analytics-days", "analytics-chart")) and "chart-container" in page
    rated = [one for one in days if one["open_rate"] is not None]
    for label, key in (("Average open rate", "open_rate"), ("Average click rate", "click_rate")):
        shown = re.search(rf'{label}</span><strong class="value">([\d.]+)\s%', page)[1]
        assert float(shown) == pytest.approx(sum(one[key] for one in rated) / len(rated), abs=0.051), label
    assert page.count('data-x="20') == len(days) and f"Mean of {len(days):,} days" in page
    status, page, _ = call(f"/analytics?campaign_id={row['id'].removeprefix('campaign_')}&days=1", people)
    assert status == 200 and 'data-x="20' not in page and "The chart appears from the second day on" in page
    status, page, _ = call("/analytics?campaign_id=nothing", people)
    assert status == 400 and "There is no campaign" in page
    assert call("/analytics?days=x", people)[0] == 400 and call("/analytics", people)[0] == 200
