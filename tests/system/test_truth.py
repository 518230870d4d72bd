"""What pages, JSON, CSV and PDF say, against the account itself: each figure is computed here anew from what the demo account
answers, with none of the product's code; at four past moments of an account that changes, and now."""
import collections, csv, datetime, html, io, json, math, re, statistics, subprocess, time, urllib.parse, urllib.request

import pytest
from product import CLEAN, DEMO, URL, call, cli, demo, demo_state, everything, get, wait_until

PAST = [{}, {"grow": 9, "erased": True, "edited": True}, {"grow": 70, "lists": 3}, {"grow": -2}]
NOW = {"grow": 70}  # more than any other test lets it grow: who is named now is everybody who was ever named
EVER = {"from": "2020-01-01T00:00:00Z", "to": "2035-01-01T00:00:00Z"}
TYPES = ("opened", "clicked", "bounced", "unsubscribed", "complained")
DECIMALS = {"open_rate": 1, "click_rate": 2, "click_to_open_rate": 1, "bounce_rate": 2, "unsubscribe_rate": 2, "complaint_rate": 3}
DAYS = 45  # of the shorter period: no number of whole months


class Provider:
    """Reads the demo account as anybody with its key could."""

    def __init__(self):
        self.key = demo_state()["key"]

    def get(self, path):
        request = urllib.request.Request(DEMO + path, headers={"Authorization": "Bearer " + self.key})
        return json.load(urllib.request.urlopen(request, timeout=20))

    def all(self, path):
        rows, cursor = [], ""
        while cursor is not None:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=100{cursor}")
            rows += page["data"]
            following = page["paging"]["next"]
            cursor = "&starting_after=" + urllib.parse.quote(following["starting_after"]) if following else None
        return rows


class Moment:
    """The account as it is now, and when that was."""

    def __init__(self, provider):
        self.lists = {row["id"]: row for row in provider.all("/lists")}
        self.campaigns = {row["id"]: row for row in provider.all("/campaigns")}
        self.figures = {one["id"]: figures_of(one) for one in demo_state()["campaigns"]}
        for row in self.campaigns.values():
            row["sent_at"] = row["sent_at"] and datetime.datetime.fromisoformat(row["sent_at"])
        self.links = {key: provider.get(f"/campaigns/{key}/reports/links")["data"] for key in self.figures}
        self.sent = sorted((self.campaigns[key] for key in self.figures), key=lambda row: row["sent_at"])
        self.at = None

    def over(self, campaigns):
        return sum((collections.Counter(self.figures[row["id"]]) for row in campaigns), collections.Counter())

    def between(self, begin, end):
        return [row for row in self.sent if begin <= row["sent_at"] < end]

    def to_list(self, list_id):
        return [row for row in self.sent if row["to"] == [list_id]]

    def before(self, row):
        """The last twelve campaigns to the same list before this one; not those whose opens still come in."""
        settled = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
        return [other for other in [other for other in self.to_list(row["to"][0]) if other["sent_at"] < row["sent_at"]][-12:] if other["sent_at"] < settled]


def figures_of(one):
    sent, bounced = one["sent"], one["bounced"]["hard"] + one["bounced"]["soft"]
    return {"sent": sent, "bounced": bounced, "delivered": sent - bounced, "opened": one["opened"]["unique"], "opened_total": one["opened"]["total"],
            "clicked": one["clicked"]["unique"], "clicked_total": one["clicked"]["total"], "unsubscribed": one["unsubscribed"], "complained": one["complained"],
            "hard": one["bounced"]["hard"], "soft": one["bounced"]["soft"]}


SHARES = {"open_rate": ("opened", "delivered"), "click_rate": ("clicked", "delivered"), "click_to_open_rate": ("clicked", "opened"),
          "bounce_rate": ("bounced", "sent"), "unsubscribe_rate": ("unsubscribed", "sent"), "complaint_rate": ("complained", "delivered")}


def rates_of(figures):
    return {name: 100 * figures[part] / figures[whole] if figures[whole] else 0 for name, (part, whole) in SHARES.items()}


def shown(figures, name):
    """A rate as pages and the PDF have it."""
    return f"{rates_of(figures)[name]:.{DECIMALS[name]}f} %"


def bounds(figures, name):
    """Wilson's interval of 95 %."""
    part, whole = (figures[word] for word in SHARES[name])
    z, p = 1.959963984540054, part / whole
    middle, half = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return [max(100 * (middle + side * half) / (1 + z * z / whole), 0) for side in (-1, 1)]


def interval(figures, name):
    low, high = bounds(figures, name)
    return f"{low:.{DECIMALS[name]}f}–{high:.{DECIMALS[name]}f} %"


def plain(body):
    """The words of a page, its elements parted by bars."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", "", body, flags=re.S)
    return html.unescape(re.sub(r"[\s|]*\|[\s|]*", "|", re.sub(r"\s*<[^>]+>\s*", "|", body))).replace("\u00a0", " ")


def page(path, token):
    status, body, _ = call(path, token)
    assert status == 200, (path, status, plain(body)[-600:])
    return plain(body)


def stat(words, label):
    """The value of a figure in a strip; what is behind its ⓘ stands between."""
    return re.search(rf"\|{label}\|{label}\|.*?\|All definitions\|([^|]*)\|", words)[1]


def table(path, token):
    status, body, _ = call(path, token)
    assert status == 200, (path, status)
    return list(csv.DictReader(io.StringIO(body)))


def ask_report(token, as_of):
    """A report over everything, made while the test goes on."""
    asked = {"template": "custom", "blocks": ["summary", "campaigns", "details", "links", "lists"], "period": EVER, **({"as_of": as_of} if as_of else {})}
    made = [call(f"/api/reports{path}", token, "POST", json.dumps(asked).encode(), {"Content-Type": "application/json"}) for path in ("", "/preview")]
    assert [status for status, _, _ in made] == [202, 200], made
    return json.loads(made[0][1])["id"], json.loads(made[1][1])


class Story:
    def __init__(self, token):
        provider, self.token, self.ids = Provider(), token, {}
        self.past = [self.live(step) for step in PAST]
        self.now = self.live(NOW)
        self.now.at = None
        self.reports = [ask_report(token, moment.at) for moment in self.past + [self.now]]
        cli("sync", "--contacts", "--full")
        self.people = {list_id: [row for status in ("subscribed", "unsubscribed", "pending") for row in provider.all(f"/lists/{list_id}/contacts?status={status}")]
                       for list_id in self.now.lists}
        self.events = {(row["id"], kind): provider.all(f"/campaigns/{row['id']}/reports?status={kind}") for row in self.now.sent for kind in TYPES}

    def live(self, step):
        """One step of the account's life, read by a sync. A moment is named by its second, all of which counts as past."""
        demo(**{**CLEAN, **step})
        assert re.search(r"sync (complete|partial): .* [01] gaps", cli("sync").stdout)  # the report of a campaign about to go out is refused
        self.ids = self.ids or {row["emailoctopus_id"]: row["id"] for row in everything("/api/campaigns", self.token, 100)}
        moment, when = Moment(Provider()), int(time.time())
        moment.chosen = [moment.sent[at] for at in (-9, -4, -2)]  # to compare now, because a comparison does not go back
        path = "/compare?" + urllib.parse.urlencode({"id": [self.campaign(row) for row in moment.chosen]}, doseq=True)
        moment.compared = path, get("/api" + path, self.token), page(path + "&age=date", self.token)
        moment.at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
        time.sleep(max(0, when + 1.01 - time.time()))
        return moment

    def campaign(self, row):
        return self.ids[row["id"]]


@pytest.fixture(scope="module")
def story(token):
    return Story(token)


@pytest.fixture(params=range(len(PAST) + 1), ids=["first", "edited", "a list gone", "fallen", "now"])
def moment(story, request):
    return (story.past + [story.now])[request.param]


def with_moment(path, moment, **query):
    query = {**query, **({"as_of": moment.at} if moment.at else {})}
    return path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")


def equals(told, expected):
    assert {name: told[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-9)


def short_period():
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - datetime.timedelta(days=DAYS - 1), today + datetime.timedelta(days=1)


def check_totals(told, moment, campaigns):
    totals = moment.over(campaigns)
    equals(told["totals"], {name: totals[name] for name in ("sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "complained")})
    equals(told["rates"], rates_of(totals))
    assert told["campaigns"]["with_report"] == len(campaigns)
    if not campaigns:
        return
    shares = {name: [moment.figures[row["id"]][name] / moment.figures[row["id"]]["sent"] for row in campaigns] for name in ("opened", "clicked")}
    equals(told["stats"], {"avg_open_rate": statistics.fmean(shares["opened"]), "avg_click_rate": statistics.fmean(shares["clicked"]),
                           "median_open_rate": statistics.median(shares["opened"]), "std_open_rate": statistics.pstdev(shares["opened"])})


def test_dashboard(story, moment):
    token, (begin, end) = story.token, short_period()
    told = get(with_moment("/api/dashboard", moment, period="all"), token)
    check_totals(told, moment, moment.sent)
    assert told["campaigns"]["by_status"] == {name: sum(row["status"] == name for row in moment.campaigns.values()) for name in ("draft", "sending", "sent", "error")}
    for list_id in moment.lists:
        own = next(row["id"] for row in get(with_moment("/api/lists", moment), token) if row["emailoctopus_id"] == list_id)
        check_totals(get(with_moment("/api/dashboard", moment, period="all", list=own), token), moment, moment.to_list(list_id))
    dates = {"from": f"{begin:%F}", "to": f"{end - datetime.timedelta(days=1):%F}"}
    told = get(with_moment("/api/dashboard", moment, **dates), token)
    check_totals(told, moment, moment.between(begin, end))
    check_totals(told["previous"], moment, moment.between(begin - datetime.timedelta(days=DAYS), begin))


def test_dashboard_page_and_csv(story, moment):
    (begin, end), token = short_period(), story.token
    dates = {"from": f"{begin:%F}", "to": f"{end - datetime.timedelta(days=1):%F}"}
    for query, campaigns in (({"period": "all"}, moment.sent), (dates, moment.between(begin, end))):
        words, total = page(with_moment("/dashboard", moment, **query), token), moment.over(campaigns)
        assert re.search(rf"\|Delivered\|Delivered\|(?:(?!All definitions).)*\|All definitions\|{total['delivered']:,}\|", words), words[:3000]
        for label, name in (("Click rate", "click_rate"), ("Open rate", "open_rate"), ("Bounce rate", "bounce_rate"), ("Unsubscribe rate", "unsubscribe_rate")):
            assert re.search(rf"\|{label}\|{label}\|(?:(?!All definitions).)*\|All definitions\|{re.escape(shown(total, name))}\|", words), (label, shown(total, name))
        for name in ("open_rate", "click_rate"):
            rows = table(with_moment("/dashboard.csv", moment, metric=name, **query), token)
            told = [(row["sent_day_utc"], row["campaign"], int(row["delivered"]), float(row["percent"])) for row in rows if not row["note"]]
            expected = [(f"{row['sent_at']:%F}", row["name"], moment.figures[row["id"]]["delivered"], round(rates_of(moment.figures[row["id"]])[name], 4)) for row in campaigns if row["status"] == "sent"]
            assert told == expected


def test_dashboard_counts_only_what_was_sent(story, moment):
    states = collections.Counter(row["status"] for row in moment.campaigns.values())
    words = page(with_moment("/dashboard", moment, period="all"), story.token)
    others = ", ".join(f"{states[name]} {told}" for name, told in (("draft", "draft"), ("sending", "sending"), ("error", "failed")) if states[name])
    assert f"|Campaigns|{states['sent']} sent, {len(moment.sent)} with a report; also {others}|" in words


def test_links_and_hours(story, moment):
    def people(links):
        return sorted((row["url"], row["clicked_unique"], row["clicked_total"]) for row in links if row["clicked_total"])
    summed = collections.defaultdict(collections.Counter)
    for row in sum(moment.links.values(), []):
        summed[row["url"]].update({name: row[name] for name in ("clicked_unique", "clicked_total")})
    told = get(with_moment("/api/links", moment, period="all"), story.token)
    assert people(told) == people({"url": url, **counts} for url, counts in summed.items())
    row = moment.sent[-8]
    assert people(get(with_moment(f"/api/campaigns/{story.campaign(row)}/links", moment), story.token)) == people(moment.links[row["id"]])
    hours = collections.defaultdict(list)
    settled = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
    for row in (row for row in moment.sent if row["status"] == "sent" and row["sent_at"] <= settled):
        hours[row["sent_at"].isoweekday(), row["sent_at"].hour].append(row)
    told = {(cell["weekday"], cell["hour"]): cell for cell in get(with_moment("/api/heatmap", moment, period="all"), story.token)}
    assert set(told) == set(hours)
    for hour, rows in hours.items():
        assert (told[hour]["campaigns"], told[hour]["delivered"]) == (len(rows), moment.over(rows)["delivered"])
        equals(told[hour]["rates"], rates_of(moment.over(rows)))


def test_changes(story):
    """Between two moments, and since one."""
    for first, last in ((story.past[0], story.past[2]), (story.past[1], story.past[3]), (story.past[3], story.now)):
        query = urllib.parse.urlencode({"since": first.at, **({"until": last.at} if last.at else {})})
        told = {row["id"]: row for row in get(f"/api/changes?{query}", story.token)}
        changed = {key for key in last.figures if last.figures[key] != first.figures[key]}
        assert set(told) == {story.ids[key] for key in changed}
        for key in changed:
            row = told[story.ids[key]]
            for name in ("opened", "clicked", "bounced", "unsubscribed"):
                assert (row[name], row[name + "_change"]) == (last.figures[key][name], last.figures[key][name] - first.figures[key][name])


def test_every_campaign(story, moment):
    told = {row["emailoctopus_id"]: row for row in everything(with_moment("/api/campaigns", moment), story.token, 100)}
    lines = {row["id"]: row for row in table(with_moment("/campaigns.csv", moment), story.token)}
    assert set(told) == set(moment.campaigns)
    for key, row in moment.campaigns.items():
        mine, line = told[key], lines["campaign_" + told[key]["id"]]
        assert (mine["name"], mine["subject"] or "", mine["status"]) == (row["name"], row["subject"] or "", {"error": "failed"}.get(row["status"], row["status"]))
        assert mine["has_report"] == (key in moment.figures)
        if key in moment.figures:
            figures = moment.figures[key]
            equals(mine["current_metrics"], {"bounced_hard": figures["hard"], "bounced_soft": figures["soft"], "spam_complaints": figures["complained"],
                                             **{name: figures[name] for name in ("sent", "opened", "clicked", "bounced", "unsubscribed", "opened_total", "clicked_total")}})
            equals(mine["rates"], rates_of(figures))
            assert {name: float(line[name + "_percent"]) for name in SHARES} == {name: round(rate, 4) for name, rate in rates_of(figures).items()}
            assert [int(line[name]) for name in ("sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "complaints")] == [
                figures[name] for name in ("sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "complained")]


def test_one_campaign(story, moment):
    for row in (moment.sent[-1], moment.sent[-3], moment.sent[-8]):
        figures, path = moment.figures[row["id"]], f"/campaigns/{story.campaign(row)}"
        equals(get(with_moment("/api" + path, moment), story.token)["rates"], rates_of(figures))
        words = page(with_moment(path, moment), story.token)
        assert f"|{row['name']}|" in words and f"|Delivered|{figures['delivered']:,}|" in words and f"of {figures['sent']:,} sent" in words
        for label, name in (("Open rate", "open_rate"), ("Click rate", "click_rate"), ("Bounce rate", "bounce_rate"), ("Unsubscribe rate", "unsubscribe_rate"),
                            ("Complaint rate", "complaint_rate")):
            behind, card = re.search(rf"\|{label}\|Formula\|(.*?)\|All definitions\|{re.escape(shown(figures, name))}\|(.*?)(?=\|[A-Z][a-z-]+ rate\||\|Opens and)", words).groups()
            assert f"|95 % interval|{interval(figures, name)}|" in behind, (label, interval(figures, name), behind)
            before = [rates_of(moment.figures[other["id"]])[name] for other in moment.before(row)]
            quarters = statistics.quantiles(before, n=4, method="inclusive")
            low, median, high = (f"{rate:.{DECIMALS[name]}f} %" for rate in quarters)
            usual = f"{low[:-2]}–{high}, median {median}, of the {len(before)} campaigns before it to this list"
            assert (usual if len(before) >= 5 else f"From the sixth campaign to this list on; {len(before)} before it") in behind, (row["name"], name, usual, behind)
            young = row["status"] == "sending" or row["sent_at"] > datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
            sure = bounds(figures, name)
            verdict = "Above" if sure[0] > quarters[2] else "Below" if sure[1] < quarters[0] else None
            assert re.findall(r"Above|Below", card) == ([verdict] if verdict and len(before) >= 5 and not young else []), card
        name = "click_to_open_rate"
        told = re.search(rf"\|Click-to-open rate\|{re.escape(shown(figures, name))}, ([^|]*)", words)[1]
        assert f"95 % interval {interval(figures, name)}" in told


def test_lists(story, moment):
    told = get(with_moment("/api/lists", moment), story.token)
    assert [row["name"] for row in told] == sorted((row["name"] for row in moment.lists.values()), key=lambda name: name.replace("É", "E"))
    lines = {row["id"]: row for row in table(with_moment("/lists.csv", moment), story.token)}
    overview = page(with_moment("/lists", moment), story.token)
    for row in told:
        counts = moment.lists[row["emailoctopus_id"]]["counts"]
        assert row["counts"] == counts == get(with_moment(f"/api/lists/{row['id']}", moment), story.token)["counts"]
        assert {name: int(lines["list_" + row["id"]][name]) for name in counts} == counts
        words = page(with_moment(f"/lists/{row['id']}", moment), story.token)
        for label in ("Subscribed", "Pending"):
            assert stat(words, label) == f"{counts[label.lower()]:,}", (row["name"], label, counts)
        assert f", {counts['unsubscribed']:,} unsubscribed|" in words, (row["name"], counts)
        assert f"{counts['subscribed']:,}" in overview.split(f"|{row['name']}|")[1][:200]


def test_comparison(story, moment):
    chosen, (path, told, words) = moment.chosen, moment.compared
    assert not moment.at or call(f"{path}&as_of={moment.at}", story.token)[0] == 400
    for row, one in zip(chosen, told):
        assert one["name"] == row["name"]
        equals(one["rates"], rates_of(moment.figures[row["id"]]))
    sent = "|".join(f"{moment.figures[row['id']]['delivered']:,}|of {moment.figures[row['id']]['sent']:,}" for row in chosen)
    assert f"|Delivered|of sent|{sent}|" in words
    for label, name in (("Open rate", "open_rate"), ("Click-to-open rate", "click_to_open_rate"), ("Unsubscribe rate", "unsubscribe_rate"), ("Complaint rate", "complaint_rate")):
        cells = "|".join(shown(moment.figures[row["id"]], name) for row in chosen)
        assert re.search(rf"\|{label}\|[^|]*\|{re.escape(cells)}\|", words), (label, cells)


def report_of(story, moment):
    report, preview = story.reports[(story.past + [story.now]).index(moment)]
    wait_until(lambda: get(f"/api/reports/{report}", story.token)["state"] in ("ready", "failed"), "the report")
    return report, preview


def test_report_preview_and_csv(story, moment):
    report, preview = report_of(story, moment)
    total = moment.over(moment.sent)
    cards = {card["label"]: card["value"] for part in preview["parts"] for card in part.get("cards") or []}
    status, body, _ = call(f"/api/reports/{report}/csv", story.token)
    assert status == 200, body
    lines = list(csv.reader(io.StringIO(body)))
    for label, text, number in (("Campaigns", str(len(moment.sent)), len(moment.sent)), ("Delivered", f"{total['delivered']:,}", total["delivered"]),
                                *((label, shown(total, name), round(rates_of(total)[name], DECIMALS[name])) for label, name in (
                                    ("Click rate", "click_rate"), ("Open rate", "open_rate"), ("Unsubscribe rate", "unsubscribe_rate"), ("Bounce rate", "bounce_rate")))):
        first = next(part for part in preview["parts"] if part.get("cards"))["cards"]
        assert next(card["value"] for card in first if card["label"] == label).replace("\u00a0", " ") == text, label
        assert float(next(line for line in lines if line[:1] == [label])[1]) == number, label
    assert cards
    rows = [[f"{row['sent_at']:%F}", row["name"], *(str(one[name]) for name in ("delivered", "clicked")), f"{rates_of(one)['click_rate']:.2f}", str(one["opened"]),
             f"{rates_of(one)['open_rate']:.1f}", str(one["unsubscribed"]), str(one["bounced"])] for row in reversed(moment.sent) for one in (moment.figures[row["id"]],)]
    begin = next(at for at, line in enumerate(lines) if line[:3] == ["Sent", "Campaign", "Delivered"]) + 1
    assert lines[begin:begin + len(rows)] == rows
    begin = next(at for at, line in enumerate(lines) if line[:2] == ["List", "Subscribed"]) + 1
    told = {line[0]: (int(line[1]), int(line[3]), int(line[4])) for line in lines[begin:] if len(line) == 6}
    assert told == {row["name"]: tuple(row["counts"][name] for name in ("subscribed", "unsubscribed", "pending")) for row in moment.lists.values()}


def test_report_pdf(story, moment, tmp_path):
    report, _ = report_of(story, moment)
    request = urllib.request.Request(f"{URL}/api/reports/{report}/pdf", headers={"Authorization": "Bearer " + story.token})
    (tmp_path / "report.pdf").write_bytes(urllib.request.urlopen(request, timeout=60).read())
    words = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout.replace("\u00a0", " ")
    total = moment.over(moment.sent)
    for figure in (f"{total['delivered']:,}", f"of {total['sent']:,} sent", *(shown(total, name) for name in ("click_rate", "open_rate", "unsubscribe_rate", "bounce_rate"))):
        assert figure in words, figure
    told = [re.search(r"([\d,]+) +([\d.]+ %) +([\d.]+ %) +([\d,]+) +([\d,]+)$", line) for line in words.splitlines()]
    row = lambda one: (f"{one['delivered']:,}", f"{rates_of(one)['click_rate']:.2f} %", f"{rates_of(one)['open_rate']:.1f} %", f"{one['unsubscribed']:,}", f"{one['bounced']:,}")
    assert sorted(found.groups() for found in told if found) == sorted(map(row, [*moment.figures.values(), total]))
    below = sorted(re.search(r"([\d,]+) clicked +([\d,]+) opened$", line).groups() for line in words.splitlines() if re.search(r"[\d,]+ clicked +[\d,]+ opened$", line))
    total = (f"{total['clicked']:,}", f"{total['opened']:,}")
    assert below == sorted([total] + [(f"{one['clicked']:,}", f"{one['opened']:,}") for one in moment.figures.values()])
    for row in moment.lists.values():
        assert re.search(rf"{row['counts']['subscribed']:,}\s+\S*\s+{row['counts']['unsubscribed']:,}\s+{row['counts']['pending']:,}", words), row["name"]


def people_of(story):
    """By address, whatever its case: the ids of the person on the lists, and the rows of the lists."""
    people = collections.defaultdict(list)
    for list_id, rows in story.people.items():
        for row in rows:
            people[row["email_address"].lower()].append((list_id, row))
    return people


def events_of(story, ids):
    return {(campaign, kind, row["occurred_at"].replace("+00:00", "Z")) for (campaign, kind), rows in story.events.items() for row in rows if row["contact_id"] in ids}


def test_people(story):
    people, token = people_of(story), story.token
    assert get("/api/stats", token)["total_contacts"] == len(people)
    assert get("/api/stats", token)["active_contacts"] == sum(any(row["status"] == "subscribed" for _, row in rows) for rows in people.values())
    several = [address for address, rows in people.items() if len(rows) > 1][3:6]
    single = [rows[at]["email_address"].lower() for rows in story.people.values() for at in (7, 21, 178)]
    back = {ident: key for key, ident in story.ids.items()}
    lists = {row["id"]: row["emailoctopus_id"] for row in get("/api/lists", token)}
    for address in several + single:
        rows, events = people[address], events_of(story, {row["id"] for _, row in people[address]})
        told, = (row for row in get("/api/contacts?q=" + urllib.parse.quote(address), token) if row["email"].lower() == address)
        told = get(f"/api/contacts/{told['id']}", token)
        assert {lists[one] for one in told["list_ids"]} == {list_id for list_id, _ in rows}
        assert told["status"] == next(status for status in ("subscribed", "pending", "unsubscribed") if any(row["status"] == status for _, row in rows))
        assert set(told["tags"]) == {tag for _, row in rows for tag in row["tags"]}
        mine = {(back[row["campaign_id"]], row["type"], row["occurred_at"]) for row in everything(f"/api/contacts/{told['id']}/events", token)}
        assert mine == events, address
        counted = {kind: len({campaign for campaign, what, _ in events if what == kind}) for kind in TYPES}
        assert {kind: told["engagement"][kind] for kind in TYPES} == counted
        for kind in ("opened", "clicked"):
            assert told["engagement"][f"last_{kind}_at"] == max((at for _, what, at in mine if what == kind), default=None)
        words = page(f"/contacts/{told['id']}", token)
        for kind in ("opened", "clicked", "bounced"):
            assert stat(words, kind.title()).startswith(f"{counted[kind]:,} of "), (address, kind, counted)
        lines = table(f"/contacts/{told['id']}/events.csv", token)
        assert len(lines) == len(mine)


def test_who_did_what_at_which_age(story):
    """By the times of the contact reports: shares at an age, days of a campaign, and who is named."""
    chosen, token = [story.now.sent[at] for at in (-12, -6, -3)], story.token
    told = get("/api/compare?" + urllib.parse.urlencode({"id": [story.campaign(row) for row in chosen]}, doseq=True), token)
    for row, one in zip(chosen, told):
        figures = story.now.figures[row["id"]]
        times = {kind: {event["contact_id"]: datetime.datetime.fromisoformat(event["occurred_at"]) for event in story.events[row["id"], kind]} for kind in TYPES}
        for age in one["ages"]:
            until = row["sent_at"] + datetime.timedelta(hours=age["hours"])
            if until > datetime.datetime.now(datetime.timezone.utc):
                assert age["opened_percent"] is None and age["clicked_percent"] is None
                continue
            equals(age, {f"{kind}_percent": 100 * sum(at <= until for at in times[kind].values()) / figures["delivered"] for kind in ("opened", "clicked")})
        days = {day["date"][:10]: day for day in everything(f"/api/campaigns/{story.campaign(row)}/analytics?days=365", token)}
        for kind in ("opened", "clicked", "bounced", "unsubscribed"):
            by_day = collections.Counter(f"{at:%F}" for at in times[kind].values())
            assert {day: line[f"emails_{kind}"] for day, line in days.items() if line[f"emails_{kind}"]} == dict(by_day), (row["name"], kind)
            named = everything(f"/api/campaigns/{story.campaign(row)}/contacts?status={kind}", token)
            assert len(named) == len(times[kind]) == figures[kind]


def test_engagement_of_a_list(story):
    """Between those who were always there and all: a tenth was erased for a while and may have been forgotten, with what they did."""
    opened = {row["contact_id"] for (_, kind), rows in story.events.items() if kind == "opened" for row in rows}
    people, who = people_of(story), {}
    for address, rows in people.items():
        who[address] = any(row["id"] in opened for _, row in rows)
    for told in get("/api/lists", story.token):
        rows = story.people[told["emailoctopus_id"]]
        at_most, engagement = sum(who[row["email_address"].lower()] for row in rows), told["engagement"]
        assert engagement["contacts"] == len(rows) == sum(told["counts"].values()) == engagement["opened"] + engagement["never_opened"]
        counted = datetime.datetime.fromisoformat(engagement["counted_at"].replace("Z", "+00:00"))
        assert engagement["joined_30_days"] == sum(counted - datetime.timedelta(days=30) <= datetime.datetime.fromisoformat(row["created_at"]) < counted for row in rows if row["status"] != "pending")
        assert 0.85 * at_most <= engagement["opened"] <= at_most
