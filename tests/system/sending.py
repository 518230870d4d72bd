"""For tests of sending: people on a list of their own, a campaign to them, what has become of it."""
import datetime, email, email.policy, itertools, json, os, signal, time

from product import MAIL, call, get, mail, service_pid, start_service, stop_service, wait_until

NUMBERS = itertools.count(int(time.time()) % 100000 * 100)
CONTENT = '<html><body><p>Hi {{first_name|default:"there"}}, <a href="https://acme.example/a?x=1&amp;y={{first_name}}">look</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p></body></html>'


# The worker that has answered the newest request with an Idempotency-Key was killed before it kept its answer.
KILLED = "k = db.idempotency_keys.find_one(sort=[('expires_at', -1)])\ndb.idempotency_keys.update_one({'_id': k['_id']}, {'$unset': {'status': 1, 'answer': 1, 'owner': 1}})"


def post(path, token, body=None, method="POST"):
    return call(path, token, method, json.dumps(body or {}).encode(), {"Content-Type": "application/json"})


def made(path, token, body):
    status, answer, _ = post(path, token, body)
    assert status == 200, (path, status, answer)
    return json.loads(answer)


class Audience:
    """A list with so many people, each with an address that nobody else has."""

    def __init__(self, token, count, domains=("s{}.example",), **columns):
        self.token, self.number = token, next(NUMBERS)
        self.domains = [domain.format(self.number) for domain in domains]
        self.list_id = made("/api/lists", token, {"name": f"Sending {self.number}", "list_type": "static"})["id"]
        self.addresses = [f"u{at:05}@{self.domains[at % len(self.domains)]}" for at in range(count)]
        names = list(columns)
        rows = [",".join(["email", *names])] + [",".join([address, *(f'"{columns[name](at)}"' for name in names)]) for at, address in enumerate(self.addresses)]
        self.load("\n".join(rows))

    def load(self, text):
        parts = f'--b\r\nContent-Disposition: form-data; name="list"\r\n\r\n{self.list_id}\r\n'
        body = f'{parts}--b\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\n{text}\r\n--b--\r\n'
        status, answer, _ = call("/api/contacts/import", self.token, "POST", body.encode(), {"Content-Type": "multipart/form-data; boundary=b"})
        assert status == 200, answer
        one = json.loads(answer)["id"]
        wait_until(lambda: get(f"/api/contacts/import/{one}", self.token)["state"] in ("done", "failed"), "the people")
        state = get(f"/api/contacts/import/{one}", self.token)
        assert state["created"] == len(self.addresses), state

    def campaign(self, **members):
        body = {"name": f"Sending {self.number}", "subject": "News", "from_email": "news@acme.example", "from_name": "Acme", "html_content": CONTENT,
                "list_ids": [self.list_id], "send_rate_limit_emails": 1000000, **members}
        return Campaign(self, made("/api/campaigns", self.token, body)["id"])


class Campaign:
    def __init__(self, audience, name):
        self.audience, self.token, self.id = audience, audience.token, name

    def act(self, action, body=None):
        """Ten campaigns a minute may be started: others wait for their turn."""
        answer = post(f"/api/campaigns/{self.id}/{action}", self.token, body)
        while action == "send" and answer[0] == 429:
            time.sleep(1)
            answer = post(f"/api/campaigns/{self.id}/{action}", self.token, body)
        return answer

    def send(self):
        status, answer, _ = self.act("send")
        assert status == 200, answer
        return self

    def progress(self):
        return get(f"/api/campaigns/{self.id}/progress", self.token)

    def wait(self, status="sent", seconds=120):
        wait_until(lambda: self.progress()["status"] == status, f"{status}: {self.progress()}", seconds)
        now = self.progress()
        parts = ("pending", "handing", "deferred", "accepted", "failed", "suppressed", "cancelled", "uncertain")
        assert sum(now[part] for part in parts) == now["total"], now
        return now

    def wait_accepted(self, count, seconds=120):
        wait_until(lambda: self.progress()["accepted"] >= count, f"{count} mails: {self.progress()}", seconds)

    def arrived(self):
        """How many mails each recipient got."""
        return {to: count for to, count in MAIL.counts()["to"].items() if to.split("@")[1] in self.audience.domains}


def settled(db, campaign_id):
    """What is stored of a campaign's messages, by its bson.ObjectId."""
    return [message for block in db.block_messages.find({"campaign_id": campaign_id}).sort("number", 1) for message in block["messages"]]


def sent_before(db, campaign_id, **ago):
    """As if it had been sent earlier: an open or a click within seconds of the delivery may be a filter's."""
    for block in list(db.block_messages.find({"campaign_id": campaign_id})):
        for message in block["messages"]:
            message["sent_at"] -= datetime.timedelta(**ago)
        db.block_messages.update_one({"_id": block["_id"]}, {"$set": {"messages": block["messages"]}})


def read(number):
    """A mail as a reader has it."""
    return email.message_from_bytes(MAIL.source(number), policy=email.policy.default)


def kill_senders():
    """As the kernel would: the keeper starts it again."""
    pid = service_pid("sender")
    if pid:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return 0
    return 1


def clean_mail():
    MAIL.clean()
    mail()
