#!/usr/bin/python3
"""Sends campaigns to smtp-sink in turns with smtp-source, which sends as many mails of the same mean size and does nothing else: mails a second of both,
processor time a mail in the sender and in the database, memory, and how soon it starts. Everything of a campaign counts: writing the
recipients down, and what became of them."""
import argparse, collections, http.client, json, multiprocessing, os, pathlib, re, select, socket, statistics, subprocess, time, uuid

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("port", type=int)
parser.add_argument("token", help="file with a token that may write")
parser.add_argument("people", type=int)
parser.add_argument("rounds", type=int)
parser.add_argument("app", help="folder of the programs")
parser.add_argument("postfix", help="folder of smtp-sink and smtp-source")
parser.add_argument("sink", type=int, help="port")
parser.add_argument("sessions", type=int)
parser.add_argument("--watchers", type=int, default=0, help="instead: so many live pages watch each second campaign")
parser.add_argument("--senders", type=int, default=0, help="instead: so many of them share 200 a second, which the system allows, then 6,000 a minute")
parser.add_argument("--pace", type=int, default=1000000, help="emails a minute")
options = parser.parse_args()

TOKEN, TICKS = open(options.token).read().strip(), os.sysconf("SC_CLK_TCK")
RUN = uuid.uuid4().hex[:6]
CONTENT = ("<html><body><h1>Hello {{first_name|default:\"there\"}}</h1>" + "<p>" + "Your roof could pay for the winter. " * 20 + "</p>" * 1
           + '<p><a href="https://acme.example/offer?id={{first_name}}">The offer</a> <a href="https://acme.example/help">Help</a></p></body></html>')


def ask(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=300)
    connection.request(method, path, body, {"Authorization": f"Bearer {TOKEN}", **(headers or {})})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (path, answer.status, text[:300])
    return json.loads(text)


def tell(path, **body):
    return ask("POST", path, json.dumps(body), {"Content-Type": "application/json"})


def load():
    one = tell("/api/lists", name=f"Bench {RUN}", list_type="static")["id"]
    rows = "\r\n".join(["email,first_name"] + [f"person{n:07}@d{n % 7}.bench-{RUN}.example,Ann{n}" for n in range(options.people)])
    parts = f'--b\r\nContent-Disposition: form-data; name="list"\r\n\r\n{one}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\n{rows}\r\n--b--\r\n'
    job = ask("POST", "/api/contacts/import", parts.encode(), {"Content-Type": "multipart/form-data; boundary=b"})["id"]
    while (state := ask("GET", f"/api/contacts/import/{job}")["state"]) not in ("done", "failed"):
        time.sleep(0.5)
    assert state == "done"
    return one


HOME = str(pathlib.Path(options.app).parent)


def used():
    """Seconds of processor time so far: of the senders, and of the database with what it has reaped."""
    sums = {"sender": 0.0, "database": 0.0}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            path, root, text = os.readlink(folder / "exe"), os.readlink(folder / "root"), (folder / "stat").read_text()
        except OSError:
            continue
        fields = text.rsplit(")", 1)[1].split()
        own, reaped = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        if path == f"{options.app}/telltale-sender":
            sums["sender"] += own / TICKS
        elif pathlib.Path(path).name in ("postgres", "ferretdb") and (path.startswith(HOME) or root.startswith(HOME)):
            sums["database"] += (own + reaped) / TICKS
    return sums


def peak():
    best = 0
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            if os.readlink(status.parent / "exe") == f"{options.app}/telltale-sender":
                best = max(best, int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]))
        except (OSError, TypeError):
            continue
    return best / 1024


def watch(campaign, count, ready):
    """Live pages without scripts: what they are told is read, and nothing done with it."""
    links, poll = {}, select.epoll()
    for number in range(count):
        link = socket.create_connection(("127.0.0.1", options.port), source_address=(f"127.4.{number // 5000}.{number // 20 % 250 + 1}", 0))
        link.sendall(f"GET /ws/{campaign} HTTP/1.1\r\nHost: 127.0.0.1:{options.port}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        assert link.recv(65536).startswith(b"HTTP/1.1 200"), number
        links[link.fileno()] = link
        poll.register(link, select.EPOLLIN)
    ready.set()
    while True:
        for number, _ in poll.poll():
            assert links[number].recv(65536), "a live page was ended"


def ours(audience, watchers=0, pace=options.pace):
    one = tell("/api/campaigns", name=f"Bench {uuid.uuid4().hex[:6]}", subject="News for {{first_name}}", from_email="news@acme.example", from_name="Acme",
               html_content=CONTENT, list_ids=[audience], send_rate_limit_emails=pace)["id"]
    ready = multiprocessing.Event()
    crowd = multiprocessing.Process(target=watch, args=(one, watchers, ready), daemon=True)
    if watchers:
        crowd.start()
        assert ready.wait(120), "the live pages did not come up"
    before, began = used(), time.monotonic()
    tell(f"/api/campaigns/{one}/send")
    answered, first = time.monotonic() - began, None
    while (now := ask("GET", f"/api/campaigns/{one}/progress"))["status"] != "sent":
        if first is None and now["accepted"]:
            first = time.monotonic() - began
        time.sleep(0.1)
    seconds, after = time.monotonic() - began, used()
    assert now["accepted"] == options.people, now
    if watchers:
        assert crowd.is_alive(), "live pages were ended"
        crowd.terminate()
    return {"campaign": one, "seconds": seconds, "answered": answered, "first": first or seconds,
            **{name: 1000 * (after[name] - before[name]) / options.people for name in before}}


def theirs(size):
    began = time.monotonic()
    subprocess.run([f"{options.postfix}/smtp-source", "-d", "-s", str(options.sessions), "-m", str(options.people), "-l", str(size), "-f", "a@acme.example", "-t", "b@bench.example",
                    f"127.0.0.1:{options.sink}"], check=True)
    return time.monotonic() - began


def size_of_one(campaign):
    one = ask("GET", f"/api/campaigns/{campaign}/emails?limit=1")[0]["id"]
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=60)
    connection.request("GET", f"/emails/{one}/source", headers={"Authorization": f"Bearer {TOKEN}"})
    return len(connection.getresponse().read())


def others_of(environment):
    return [subprocess.Popen([f"{options.app}/telltale-sender"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(options.senders - 1)]


def sharing():
    """How much of the clock's whole windows is used, by the moment at which each email was noted as handed over."""
    import bson, pymongo
    environment = dict(line.split("=", 1) for line in open(f"{HOME}/keeper/sender.env").read().splitlines())
    db, others = pymongo.MongoClient(environment["MONGODB_URI"])[environment.get("MONGODB_DB", "emailoctopus_db")], others_of(environment)
    for pace, window, limit in (options.pace, 1, 200), (6000, 60, 6000):
        campaign, windows = ours(audience, pace=pace)["campaign"], collections.Counter()
        for block in db.block_messages.find({"campaign_id": bson.ObjectId(campaign.removeprefix("campaign_"))}):
            windows.update(int(message["handed_at"].timestamp()) // window for message in block["messages"])
        whole = [windows[at] for at in range(min(windows) + 1, max(windows))]
        print(f"  {options.people} mails, {options.senders} senders, {limit} in {window} s: {100 * sum(whole) / len(whole) / limit:.1f} % of {len(whole)} whole windows used, at most {max(windows.values())}"
              f" in one ({sum(count > limit for count in windows.values())} of {len(windows)} above it); load {os.getloadavg()[0]:.1f}", flush=True)
    for one in others:
        one.terminate()
        one.wait(30)


def beside_watchers():
    """In turns, without and with them."""
    for number in range(2 * options.rounds):
        watchers = options.watchers * (number % 2)
        mine = ours(audience, watchers)
        print(f"  {options.people} mails at {options.pace} a minute, {watchers} live pages: {60 * options.people / (mine['seconds'] - mine['first']):.0f} a minute from the first on; "
              f"sender {mine['sender']:.3f} ms a mail, database {mine['database']:.3f} ms; load {os.getloadavg()[0]:.1f}", flush=True)


audience = load()
if options.senders:
    sharing()
    raise SystemExit
if options.watchers:
    beside_watchers()
    raise SystemExit
rounds = []
for _ in range(options.rounds):
    mine = ours(audience)
    rounds.append((mine, theirs(size_of_one(mine["campaign"]))))
    print(f"  {options.people} mails: {options.people / mine['seconds']:.0f}/s, smtp-source {options.people / rounds[-1][1]:.0f}/s, {100 * rounds[-1][1] / mine['seconds']:.0f} % of it; answered in {1000 * mine['answered']:.0f} ms,"
          f" first mail after {mine['first']:.1f} s; sender {mine['sender']:.3f} ms a mail, database {mine['database']:.3f} ms", flush=True)
median = statistics.median(100 * their / mine["seconds"] for mine, their in rounds)
print(f"  median {median:.0f} % of smtp-source; sender {peak():.1f} MiB resident at most")
