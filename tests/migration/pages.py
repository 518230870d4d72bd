"""Everything a Telltale shows, in a form that can be compared between two versions: addresses, crawling, ids, differences.

An object may have a provider's id and one of ours. Both get the same label ("‹campaign 3›"), so an answer stays the same when a
version uses the other id. Times need no such treatment: freeze both clocks (server.Server)."""
import collections, csv, difflib, hashlib, html, io, json, re, time, urllib.parse

# Members of JSON answers that a newer version has renamed (old name: new name) or dropped.
RENAMED = {"fallen": "decreased", "handovers": "recipients"}
DROPPED = set()
# These are unordered in the database, and rewriting a document may move it; lists stood in the order of bytes before.
UNORDERED = re.compile(r"/lists(\.csv)?$|/contacts/‹[^/]*›(/events)?$|/settings$|/api/tokens$|/api/(energy-segments|demographics|energy-analyses)|/customers")
GONE = "‹somebody who is gone›"  # in events: somebody at the provider who is not a contact here; matches any answer
ID = re.compile(r"(?:campaign_|list_|contact_)?(?<![0-9a-f-])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})(?![0-9a-f-])")
MASKS = [(re.compile(r'(name="csrf" value=")[^"]*'), r"\1…"),
         (re.compile(r"Data as of [^<]*"), "Data as of …"),
         (re.compile(r"([?&](?:amp;)?cursor=)[^&\"]*"), r"\1…"),
         (re.compile(r"(Reference:? ?(?:<[^>]*>)?)[0-9a-f]{12}"), r"\1…"),
         (re.compile(r"(/static/[^\"?]*\?)[^\"]*"), r"\1…")]
PATIENCE = 120  # seconds
EVENTS = ("opened", "clicked", "bounced", "unsubscribed", "complained")
NAVIGATION = ["/dashboard", "/dashboard?period=all", "/dashboard?period=fortnight", "/campaigns", "/lists", "/contacts", "/tags", "/domains",
              "/customers", "/links", "/links?period=all", "/changes", "/definitions", "/reports", "/reports/schedules", "/partners",
              "/notifications", "/sync", "/sync/latest", "/views", "/settings", "/settings/benchmarks", "/verify", "/nowhere",
              "/reports/new?template=campaign_summary&period=all", "/reports/new?template=list_performance&period=90d",
              "/reports/new?template=engagement_analysis&period=all&compare=year"]
# JSON or CSV of all objects; with a moment; and tables that come in pages.
FIGURES = ["/api/stats", "/api/dashboard?period=all", "/api/dashboard?period=12m&compare=year", "/api/dashboard?period=90d",
           "/api/dashboard?period=30d&match=weekday", "/dashboard.csv?period=all", "/api/heatmap?period=all", "/api/lists", "/lists.csv",
           "/api/links?period=all", "/links.csv?period=all", "/api/domains", "/domains.csv", "/api/tags", "/tags.csv",
           "/api/customers?limit=200", "/customers.csv", "/api/energy-analyses", "/api/energy-segments", "/api/demographics",
           "/api/benchmarks", "/api/notifications", "/api/partners", "/api/reports?limit=200", "/api/report-schedules", "/api/sync",
           "/api/sync?kind=contacts", "/api/views", "/api/tokens", "/campaigns.csv", "/contacts.csv", "/contacts.csv?tag=vip",
           "/api/changes?since=2020-01-01", "/changes.csv?since=2020-01-01"]
PAST = ["/api/lists?as_of=", "/api/dashboard?period=all&as_of=", "/api/heatmap?period=all&as_of=", "/dashboard.csv?period=all&as_of=",
        "/campaigns?as_of=", "/lists?as_of=", "/dashboard?period=all&as_of=", "/campaigns.csv?as_of=", "/api/changes?since=",
        "/changes?since=", "/api/changes?since=2020-01-01&until="]
TABLES = ["/api/campaigns", "/api/campaigns?status=sent", "/api/campaigns?sort=-click_rate", "/api/campaigns?sort=name",
          "/api/campaigns?q=energy", "/api/contacts", "/api/contacts?status=unsubscribed", "/api/contacts?engagement=clicked",
          "/api/contacts?engagement=never", "/api/contacts?tag=vip", "/api/contacts?q=person1"]
ASKED = ("template", "title", "partner", "period", "compare", "list", "campaigns", "blocks", "paper", "note", "as_of")


class Reader:
    """A site as seen by one requester."""

    def __init__(self, site, token=None, cookie=None):
        self.site, self.token, self.cookie = site, token, cookie

    def ask(self, address, **more):
        """Waits while the database is restarting: that is not a difference."""
        for _ in range(PATIENCE):
            answer = self.site.ask(address, self.token, self.cookie, **more)
            if answer.status != 503:
                break
            time.sleep(1)
        return answer

    def json(self, address):
        answer = self.ask(address)
        assert answer.status == 200, (address, answer.status, answer.text[:300])
        return json.loads(answer.body)

    def everything(self, address, limit=200):
        """All rows of an address, page by page; the answer itself if it is not a list."""
        rows, cursor, answer = [], "", None
        while cursor is not None:
            answer = self.ask(f"{address}{'&' if '?' in address else '?'}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
            if answer.status != 200:
                return answer, None
            rows, cursor = rows + json.loads(answer.body), answer.headers.get("X-Next-Cursor")
        return answer, rows


def own(one):
    return ID.fullmatch(one["id"])[1]


def label_ids(reader):
    """Labels for our ids and the provider's ids of all campaigns, lists and people of a site."""
    labels, people, gone = {}, {}, set()
    for kind, address in (("campaign", "/api/campaigns"), ("list", "/api/lists"), ("contact", "/api/contacts")):
        rows = reader.everything(address)[1] if kind != "list" else reader.json(address)
        for number, one in enumerate(sorted(rows, key=own)):
            labels[own(one)] = f"‹{kind} {number}›"
            if one.get("emailoctopus_id"):
                labels[one["emailoctopus_id"]] = labels[own(one)]
            if kind == "contact":
                people[one["email"].casefold()] = labels[own(one)]
    for campaign in ids_of(labels, "campaign"):
        for event in (one for kind in EVENTS for one in reader.everything(f"/api/campaigns/{campaign}/contacts?status={kind}")[1]):
            if (event["email"] or "").casefold() in people:
                labels[event["contact_ref"]] = people[event["email"].casefold()]
            elif event["contact_ref"]:
                gone.add(event["contact_ref"])
    return {**dict.fromkeys(gone, GONE), **labels}


def ids_of(labels, kind, provider=False):
    """Our ids (or the provider's) of the campaigns, lists or contacts, by label."""
    found = [(int(re.search(r"\d+", label)[0]), one) for one, label in labels.items() if label.startswith(f"‹{kind} ") and (len(one) == 36) == provider]
    return [one for _, one in sorted(found)]


class Form:
    """Normalizes answers for comparison."""

    def __init__(self, labels, words_only=False):
        self.labels, self.words_only = labels, words_only

    def text(self, text):
        return ID.sub(lambda found: self.labels.get(found[1], found[0]), text)

    def value(self, value):
        if isinstance(value, dict):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.value(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def lines(self, page):
        for mask, instead in MASKS:
            page = mask.sub(instead, page)
        if self.words_only:
            page = re.sub(r"<(?:script|style).*?</(?:script|style)>", "", page, flags=re.S)
            page = html.unescape(re.sub(r"<[^>]*>", "\n", page))
        lines = re.sub(r"(>)\s*(<)", r"\1\n\2", self.text(page)).splitlines()
        return [" ".join(line.split()) for line in lines if line.strip()]

    def body(self, answer):
        if answer.type == "application/json":
            return self.value(json.loads(answer.body))
        if answer.type == "text/csv":
            return [self.value(row) for row in csv.reader(io.StringIO(answer.text))]
        if answer.type == "text/html":
            return self.lines(answer.text)
        return hashlib.sha256(answer.body).hexdigest() if answer.body else ""

    def of(self, answer, rows=None):
        """Status, content type, target of a redirect, file name and body."""
        head = {name: self.text(answer.headers[name]) for name in ("location", "content-disposition") if name in answer.headers}
        return {"status": answer.status, "type": answer.type, **head, "body": self.value(rows) if rows is not None else self.body(answer)}


def sample(rows, most):
    """At most that many, evenly spread."""
    return rows if len(rows) <= most else [rows[i * len(rows) // most] for i in range(most)]


def moments_of(reader):
    """Three past moments to ask for: just after an early, a middle and a late run."""
    ends = sorted(run["ended_at"] for run in reader.json("/api/sync") if run["ended_at"] and run["state"] != "failed")
    return [ends[at] for at in sorted({len(ends) // 10, len(ends) // 2, max(0, len(ends) - 2)})] if ends else []


def campaign_addresses(one, moments):
    api, page = f"/api/campaigns/{one}", f"/campaigns/{one}"
    whole = [f"{api}{what}" for what in ("", "/snapshots?limit=500", "/analytics?days=60", "/links")]
    sheets = [f"{page}/{what}.csv" for what in ("snapshots", "links", "non-openers", "non-clickers")]
    return whole + sheets + [f"{api}?as_of={at}" for at in moments] + [f"{page}/contacts.csv?status={kind}" for kind in EVENTS]


def list_addresses(one, moments):
    whole = [f"/api/lists/{one}{what}" for what in ("", "/snapshots", "/growth", "/cohorts")] + [f"/lists/{one}/{what}.csv" for what in ("weeks", "history")]
    figures = [f"/api/{what}?period=all&list={one}" for what in ("dashboard", "heatmap", "links")]
    return whole + figures + [f"/api/lists/{one}?as_of={at}" for at in moments]


def addresses(labels, moments):
    """JSON and CSV of all objects, by our id, and by the provider's where accepted."""
    campaigns, lists = ids_of(labels, "campaign"), ids_of(labels, "list")
    compared = "&".join(f"id={one}" for one in ids_of(labels, "campaign", True)[:2] + campaigns[2:4])
    found = FIGURES + [f"{path}?{compared}" for path in ("/api/compare", "/compare.csv", "/compare")] + [path + at for at in moments for path in PAST]
    for one in campaigns + ids_of(labels, "campaign", True):
        found += campaign_addresses(one, moments)
    for one in lists + ids_of(labels, "list", True):
        found += list_addresses(one, moments)
    return found


def tables(labels, moments):
    """Paged JSON, compared as one table."""
    found = TABLES + [f"/api/campaigns?as_of={at}" for at in moments]
    for one in ids_of(labels, "list") + ids_of(labels, "list", True):
        found += [f"/api/campaigns?list={one}", f"/api/contacts?list={one}", f"/api/contacts?list={one}&engagement=opened"]
    for one in ids_of(labels, "campaign"):
        found += [f"/api/campaigns/{one}/contacts?status={kind}" for kind in EVENTS]
        found += [f"/api/campaigns/{one}/non-openers", f"/api/campaigns/{one}/non-clickers"]
    return found


def stored_addresses(reader):
    """Objects found in answers: partners, reports with their files and links, schedules, runs."""
    found = []
    for one in reader.json("/api/partners"):
        found += [f"/api/partners/{one['id']}", f"/partners/{one['id']}/logo"]
    for one in reader.json("/api/reports?limit=200"):
        found += [f"/api/reports/{one['id']}{what}" for what in ("", "/links", "/pdf", "/csv")] + ([f"/verify?sha256={one['sha256']}"] if one["sha256"] else [])
    for one in reader.json("/api/report-schedules"):
        found += [f"/api/report-schedules/{one['id']}", f"/api/report-schedules/{one['id']}/deliveries"]
    for kind in ("figures", "contacts"):
        found += [f"/api/sync/{one['id']}" for one in reader.json(f"/api/sync?kind={kind}")]
    return found


def previews(reader):
    """What each report would contain if requested again."""
    for one in reader.json("/api/reports?limit=200"):
        yield one["id"], {name: one[name] for name in ASKED if one.get(name)}


def shape(address):
    """The shape of an address, without its values, so that not every combination of filters is visited."""
    path, _, query = address.partition("?")
    return ID.sub(":id", path) + "?" + "&".join(sorted(key for key, value in urllib.parse.parse_qsl(query, keep_blank_values=True) if value))


def links_of(page):
    """Local addresses on a page, in order."""
    found = (html.unescape(one).split("#")[0] for one in re.findall(r'<a [^>]*href="([^"]+)"', page))
    return list(dict.fromkeys(one for one in found if one.startswith("/") and not one.startswith(("//", "/static/", "/r/"))))


def crawl(reader, form, begin, each, like):
    """All reachable pages, at most `each` per shape. The next page of a table is named after the one before. With `like` (the
    result for another site) only the pages it contains; unreachable ones at their old address."""
    answers, walked, waiting = {}, collections.Counter(), collections.deque((one, form.text(one)) for one in begin)
    rest = collections.deque((one["address"], name[5:]) for name, one in like.items() if "address" in one) if like else waiting
    while waiting or rest:
        address, name = (waiting or rest).popleft()
        if name in answers or (f"page {name}" not in like if like else walked[shape(address)] >= each):
            continue
        walked[shape(address)] += 1
        answer = reader.ask(address)
        answers[name] = {"address": address, **form.of(answer)}
        if answer.type == "text/html":
            waiting.extend((one, f"{name} → next" if "cursor=" in one else form.text(one)) for one in links_of(answer.text))
    return answers


def read_site(reader, labels, moments, each=40, words_only=False, like=None):
    """Everything, by the name of its address. Changes nothing on the site except when its token was last used."""
    form, answers = Form(labels, words_only), {}
    for address in addresses(labels, moments) + stored_addresses(reader):
        answers[form.text(address) + ("" if len((ID.search(address) or [""])[0]) < 36 else " (by the provider's id)")] = form.of(reader.ask(address))
    for address in tables(labels, moments):
        answers["all " + form.text(address)] = form.of(*reader.everything(address))
    for one in sample(ids_of(labels, "contact"), 25 * each):
        for address in (f"/api/contacts/{one}", f"/api/contacts/{one}/events"):
            answers[form.text(address)] = form.of(reader.ask(address))
    views = [one["address"] for one in reader.json("/api/views")]
    answers.update({f"page {name}": answer for name, answer in crawl(reader, form, NAVIGATION + views, each, like).items()})
    return answers


def read_previews(reader, labels):
    """Needs a token that may write: previews are requested by POST, but store nothing."""
    form = Form(labels)
    return {f"preview of {one}": form.of(reader.site.send_json("/api/reports/preview", asked, token=reader.token)) for one, asked in previews(reader)}


def read_links(site, secrets, reader, labels):
    """The partners' side: pages and files of links. Last, because downloads are counted."""
    form, answers = Form(labels), {}
    for number, path in enumerate(secrets["report_links"]):
        name, password = f"/r/… link {number}", secrets["report_passwords"].get(path)
        answers[name] = form.of(site.ask(path))
        answers[name] = {**answers[name], "body": [line.replace(path, "/r/…") for line in answers[name]["body"]]}
        got = site.send_form(path + "/pdf", {"password": password}) if password else site.ask(path + "/pdf")
        answers[name + ", file"] = {key: value for key, value in form.of(got).items() if got.type == "application/pdf" or key != "body"}
    for one in secrets["reports"]:
        answers[f"/api/reports/{one}/links after the downloads"] = form.of(reader.ask(f"/api/reports/{one}/links"))
    return answers


def differences(old, new, more=False, at=""):
    """The differences as text. With `more`, the new answer may have additional members."""
    if old == GONE or (isinstance(old, float) and isinstance(new, (int, float)) and abs(old - new) <= 1e-9 * max(1, abs(old))):
        return []
    if isinstance(old, dict) and isinstance(new, dict):
        found = [f"{at}/{key}: is not there any more" for key in old if key not in new]
        found += [f"{at}/{key}: is new" for key in new if key not in old and not more]
        return found + [one for key in old if key in new for one in differences(old[key], new[key], more, f"{at}/{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [one for number, (a, b) in enumerate(zip(old, new)) for one in differences(a, b, more, f"{at}[{number}]")]
    return [] if old == new else [f"{at}: {short(old)} became {short(new)}"]


def short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 160 else f"{text[:150]}… ({len(value)})"


def in_order(name, answer):
    body, answer = answer.get("body"), {key: value for key, value in answer.items() if key != "address"}
    if isinstance(body, list) and UNORDERED.search(name.split("?")[0]):
        return {**answer, "body": sorted(body, key=lambda one: json.dumps(one["id"] if isinstance(one, dict) and "id" in one else one, sort_keys=True))}
    return answer


def renamed(value):
    """An answer of the old version with the names of the new one."""
    if isinstance(value, dict):
        return {RENAMED.get(key, key): renamed(one) for key, one in value.items() if key not in DROPPED}
    return [renamed(one) for one in value] if isinstance(value, list) else value


def compare_answers(name, old, new, more=False):
    """The differences between two answers; for pages, the lines as diff shows them."""
    old, new = in_order(name, renamed(old)), in_order(name, renamed(new))
    if "text/html" == old["type"] == new["type"] and "body" in old and "body" in new:
        lines = [one for one in difflib.unified_diff(old["body"], new["body"], lineterm="", n=0) if not one.startswith(("---", "+++", "@@"))]
        return differences({**old, "body": ""}, {**new, "body": ""}, more) + lines
    return differences(old, new, more)


def compare_sites(old, new, more=False):
    """(name, difference) for each address at which two results differ."""
    for name, answer in old.items():
        found = compare_answers(name, answer, new[name], more) if name in new else ["nothing is there any more"]
        if found:
            yield name, found
    if not more:
        yield from ((name, ["is new"]) for name in new if name not in old)
