"""The mail server of the demo (deploy/demo_mail.py, whose first lines describe rules and switches), for tests: one of their own, or the
product's (product.mail)."""
import bisect, email, email.policy, json, pathlib, subprocess, time, urllib.error, urllib.parse, urllib.request

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "deploy/demo_mail.py"


class MailServer:
    """By the address of its control."""

    def __init__(self, control, port=None):
        self.control, self.port = control, port

    def ask(self, path, method="GET", data=None):
        body = None if data is None else json.dumps(data).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.control + path, body, method=method), timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def read(self, path, method="GET", data=None):
        return json.loads(self.ask(path, method, data))

    def set(self, *rules, **switches):
        """These rules instead of all others (none: none), and these switches beside what is set."""
        return self.read("/control", "POST", {"rules": list(rules), **switches})

    def state(self):
        return self.read("/control")

    def clean(self):
        """No rules, all switches as at the start, no mail, no log."""
        self.read("/control", "DELETE")
        return self.read("/messages", "DELETE")

    def counts(self, brief=False):
        return self.read("/counts" + ("?brief=1" if brief else ""))

    def messages(self, to="", limit=50, source=False, **more):
        """Newest first; to is a part of the address, or all of it with exact=1."""
        return self.read("/messages?" + urllib.parse.urlencode({"to": to, "limit": limit, "source": int(source), **more}))["messages"]

    def message(self, number):
        return self.read(f"/messages/{number}")

    def source(self, number):
        return self.ask(f"/messages/{number}/source")

    def parsed(self, to):
        """The mails to exactly this address as email.message.EmailMessage, oldest first."""
        rows = self.messages(to, limit=1000, source=True, exact=1, oldest=1)
        return [email.message_from_bytes(row["source"].encode("latin-1"), policy=email.policy.default) for row in rows]

    def most_within(self, seconds, verb="(body)"):
        """How many of these commands came at most within any so many seconds, by the server's clock."""
        times = sorted(row["at"] for row in self.log(verb=verb))
        return max((bisect.bisect_left(times, at + seconds) - place for place, at in enumerate(times)), default=0)

    def log(self, **query):
        return [json.loads(line) for line in self.ask("/log?" + urllib.parse.urlencode(query)).splitlines()]

    def wait(self, accepted, seconds=120):
        """Until so many mails have been accepted; never more. Returns the counts."""
        end = time.monotonic() + seconds
        while (now := self.counts(True))["accepted"] < accepted:
            assert time.monotonic() < end, f"after {seconds} s there are {now['accepted']} of {accepted} mails: {self.state()}"
            time.sleep(0.05)
        assert now["accepted"] == accepted, now
        return self.counts()

    def each_once(self, addresses):
        """Whether exactly these have got a mail, each one."""
        counts = self.counts()
        assert not counts["twice"], dict(list(counts["twice"].items())[:20])
        wanted = {address.lower() for address in addresses}
        assert set(counts["to"]) == wanted, (sorted(wanted - set(counts["to"]))[:20], sorted(set(counts["to"]) - wanted)[:20])


class OwnMailServer(MailServer):
    """A process of a test's own, on free ports; after kill() it starts again on the same ones with what it has kept."""

    def __init__(self, folder, *options):
        self.command = ["/usr/bin/python3", str(PROGRAM), "--folder", str(folder), *options]
        super().__init__(None)
        self.start()

    def start(self):
        ports = [] if self.port is None else [str(self.port), str(self.port + 1)]
        self.process = subprocess.Popen(self.command + ports, stdout=subprocess.PIPE, text=True)
        self.port, control = map(int, self.process.stdout.readline().split())
        self.control = f"http://127.0.0.1:{control}"

    def kill(self):
        self.process.kill()
        self.process.wait()
