"""The mails that demo_mail.py has accepted, and reading them."""
import base64, collections, email, email.header, email.policy, itertools, json, os, re, urllib.parse

SEGMENTS = 16
HEADERS_READ, HEADER_READ, PARTS_READ = 300, 2000, 200
NO_CHARSETS = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined"}  # codecs of Python, not of mails


class Store:
    """Accepted mails: records of a head (a line of JSON) and the message, in files of which the oldest goes when there are too many
    bytes. A mail is on disk before it is answered; it outlives this process, but not the machine's power."""

    def __init__(self, folder, limit):
        self.folder, self.limit = folder, limit
        folder.mkdir(parents=True, exist_ok=True)
        self.clear()
        for path in sorted(folder.glob("mails.*")):
            self.load(path)
        self.open(self.segment + 1)

    def clear(self):
        self.heads, self.counts, self.accepted, self.unanswered, self.forgotten = {}, collections.Counter(), 0, 0, 0
        self.segment, self.last, self.sizes = getattr(self, "segment", 0), getattr(self, "last", 0), {}

    def path(self, segment):
        return self.folder / f"mails.{segment:08}"

    def open(self, segment):
        self.segment, self.sizes[segment] = segment, 0
        self.file = os.open(self.path(segment), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def load(self, path):
        self.segment = int(path.suffix[1:])
        with open(path, "rb") as file:
            while line := file.readline():
                try:
                    head = json.loads(line)
                except ValueError:
                    break  # torn: the process ended while it wrote
                if "answered_late" in head:
                    self.answered(head["answered_late"])
                    continue
                body = file.tell()
                file.seek(head["length"] + 1, os.SEEK_CUR)
                if file.tell() > path.stat().st_size:
                    break
                self.note(head, body)
        self.sizes[self.segment] = path.stat().st_size

    def note(self, head, body):
        head["at_file"] = (self.segment, body)
        self.heads[head["id"]] = head
        self.last = max(self.last, head["id"])
        self.accepted += 1
        self.unanswered += not head["answered"]
        for address in head["to"]:
            self.counts[address.lower()] += 1

    def answered(self, number):
        head = self.heads.get(number)
        if head and not head["answered"]:
            head["answered"] = True
            self.unanswered -= 1

    def write(self, data):
        try:
            if os.write(self.file, data) != len(data):
                raise OSError("the disk is full")
        except OSError:
            os.ftruncate(self.file, self.sizes[self.segment])
            raise
        self.sizes[self.segment] += len(data)

    def add(self, head, body):
        """Raises OSError if it cannot be kept."""
        head["id"] = self.last + 1
        line = json.dumps(head).encode() + b"\n"
        self.write(line + body + b"\n")
        self.note(head, self.sizes[self.segment] - len(body) - 1)
        if self.sizes[self.segment] >= self.limit // SEGMENTS:
            os.close(self.file)
            self.open(self.segment + 1)
            while sum(self.sizes.values()) > self.limit and len(self.sizes) > 1:
                self.drop(min(self.sizes))
        return head["id"]

    def say_answered(self, number):
        self.answered(number)
        self.write(json.dumps({"answered_late": number}).encode() + b"\n")

    def drop(self, segment):
        del self.sizes[segment]
        self.path(segment).unlink(missing_ok=True)
        gone = [number for number, head in self.heads.items() if head["at_file"][0] == segment]
        for number in gone:
            del self.heads[number]
        self.forgotten += len(gone)

    def forget(self):
        os.close(self.file)
        for segment in self.sizes:
            self.path(segment).unlink(missing_ok=True)
        segment = self.segment + 1
        self.clear()
        self.open(segment)

    def body(self, head):
        if not head["length"]:
            return b""
        with open(self.path(head["at_file"][0]), "rb") as file:
            file.seek(head["at_file"][1])
            return file.read(head["length"])


def tidy(text):
    """What can be written as JSON and read by anybody: no NUL, no half characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class Bounded(email.policy.Compat32):
    """The library's newer policy takes header fields apart in a time that grows with the square of their length, or worse."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        return name, value[:HEADER_READ]


def as_text(data, charset):
    charset = (charset or "utf-8").lower()
    try:
        return data.decode("latin-1" if charset in NO_CHARSETS else charset, "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def decoded(value):
    """A header field as it is read."""
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        words = email.header.decode_header(plain)
    except (ValueError, email.errors.MessageError):
        words = [(plain, None)]
    text = "".join(word if isinstance(word, str) else as_text(word, charset or "latin-1") for word, charset in words)
    return tidy(re.sub(r"\s+", " ", text).strip())


def decoded_header(message, name):
    return next((decoded(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def parsed(body):
    return email.message_from_bytes(body, policy=Bounded())


def heading(head, store, source=False):
    """A row of a list of mails."""
    row = {name: value for name, value in head.items() if name not in ("length", "at_file")}
    row["from"], row["to"] = tidy(head["from"]), [tidy(address) for address in head["to"]]
    row["kept"] = head["length"] > 0 or head["size"] == 0
    body = store.body(head)
    try:
        top = parsed(body[:65536].partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        row["subject"], row["sender"] = decoded_header(top, "Subject"), decoded_header(top, "From")
    except Exception:  # the library fails on some of what is no header
        row["subject"] = row["sender"] = ""
    if source:
        row["source"] = body.decode("latin-1")
    return row


def part_text(part):
    return tidy(as_text(part.get_payload(decode=True) or b"", part.get_content_charset()))


def reading(head, store):
    """One mail, taken apart for people to read: as much of it as a mail program would show. It may take a while."""
    body = store.body(head)
    mail = {**heading(head, store, True), "headers": [], "text": None, "html": None, "attachments": [],
            "longest_line": max(map(len, body.split(b"\r\n"))), "eight_bit": not body.isascii(),
            "bare_lines": body.count(b"\n") + body.count(b"\r") - 2 * body.count(b"\r\n")}
    try:
        message = parsed(body)
        mail["headers"] = [[tidy(name), decoded(value)] for name, value in itertools.islice(message.raw_items(), HEADERS_READ)]
        pictures = {}
        for part in itertools.islice(message.walk(), PARTS_READ):
            take_part(part, mail, pictures)
        if mail["html"]:
            mail["html"] = re.sub(r"(?i)cid:([^\s\"'()<>]+)", lambda found: pictures.get(urllib.parse.unquote(found[1]), found[0]), mail["html"])
    except Exception as error:  # it is shown as it came
        mail["unreadable"] = str(error)
    return mail


def take_part(part, mail, pictures):
    kind = part.get_content_type()
    if part.is_multipart():
        return
    if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        name = kind[5:].replace("plain", "text")
        mail[name] = part_text(part) if mail[name] is None else mail[name]
        return
    data = part.get_payload(decode=True) or b""
    if part.get("Content-ID") and kind.startswith("image/") and len(data) < 1 << 20:
        pictures[str(part["Content-ID"]).strip(" <>")] = f"data:{kind};base64," + base64.b64encode(data).decode()
    mail["attachments"].append({"name": decoded(part.get_filename() or ("in the text" if part.get("Content-ID") else "")), "type": tidy(kind), "size": len(data)})
