"""The rules of demo_mail.py: when its mail server does wrong, and how."""
import collections, fnmatch, re, time, zlib

STAGES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "rset", "noop", "quit")
TEXTS, NUMBERS, FLAGS = ("stage", "raw"), ("of_session", "after", "every", "times", "lasts", "first", "greylist", "above", "per", "chance", "seed",
                                           "bytes", "delay", "split"), ("late", "silent", "endless", "close", "accept")
OTHERS = ("to", "from", "session", "reply", "drop")
# What recipients of the demo are named, and what becomes of their mail: name+anything@anywhere.
NAMES = [{"stage": "rcpt", "to": "bounce+*", "reply": "550 5.1.1 no such user here (demo)"},
         {"stage": "rcpt", "to": "full+*", "reply": "452 4.2.2 the mailbox is full (demo)"},
         {"stage": "rcpt", "to": "defer+*", "greylist": 90, "reply": "450 4.2.0 greylisted: come again later (demo)"},
         {"stage": "dot", "to": "spam+*", "reply": "554 5.7.1 this looks like spam (demo)"},
         {"stage": "dot", "to": "slow+*", "delay": 5},
         {"stage": "dot", "to": "lost+*", "drop": True, "accept": True}]


class Wrong(ValueError):
    """Something asked of the control that cannot be."""


def matcher(wanted):
    """A function: does any of these addresses match what a rule wants?"""
    words = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Wrong("to and from are an address, a pattern with * or a list of them")
    plain = {word.lower() for word in words if not set("*?[") & set(word)}
    shapes = [re.compile(fnmatch.translate(word.lower())).match for word in words if set("*?[") & set(word)]
    return lambda address: address in plain or any(shape(address) for shape in shapes)


class Rule:
    def __init__(self, given):
        if not isinstance(given, dict) or given.get("stage") not in STAGES:
            raise Wrong(f"a rule needs a stage, one of {', '.join(STAGES)}")
        for name, value in given.items():
            fine = name in OTHERS or (name in TEXTS and isinstance(value, str)) or (name in FLAGS and isinstance(value, bool)) or \
                (name in NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0)
            if not fine:
                raise Wrong(f"{name} is unknown in a rule, or has a wrong value")
        self.given, self.seen, self.acted, self.began = given, 0, 0, None
        self.to, self.sender = (matcher(given[name]) if name in given else None for name in ("to", "from"))
        self.sessions = given.get("session", [])
        self.sessions = [self.sessions] if isinstance(self.sessions, int) else self.sessions
        self.tries, self.recent = {}, collections.deque()
        self.lines = reply_lines(given["reply"]) if "reply" in given else None
        self.ends = self.lines or any(given.get(name) for name in ("drop", "raw", "silent", "endless", "split", "close")) or "raw" in given

    def acts(self, session, about):
        """about: the recipient or recipients (at mail: the sender), in lower case."""
        given, now = self.given, time.monotonic()
        if self.to and not any(map(self.to, about)) or self.sender and not self.sender(session.sender.lower()) or \
                self.sessions and session.number not in self.sessions or session.accepted < given.get("of_session", 0):
            return False
        self.seen += 1
        if self.seen <= given.get("after", 0) or (self.seen - given.get("after", 0)) % max(1, given.get("every", 1)) or \
                self.acted >= given.get("times", 1 << 60) or (self.began and now > self.began + given.get("lasts", 1 << 60)):
            return False
        if not self.of_recipient(given, now, about[0] if about else "") or not self.above(given, now):
            return False
        self.acted += 1
        self.began = self.began or now
        return True

    def of_recipient(self, given, now, who):
        if "chance" in given and zlib.crc32(f"{given.get('seed', 0)} {who}".encode()) / 2**32 >= given["chance"]:
            return False
        if "first" not in given and "greylist" not in given:
            return True
        count, since = self.tries.get(who, (0, now))
        self.tries[who] = (count + 1, since)
        return count < given.get("first", 1 << 60) and now - since < given.get("greylist", 1 << 60)

    def above(self, given, now):
        if "above" not in given:
            return True
        while self.recent and self.recent[0] <= now - given.get("per", 1):
            self.recent.popleft()
        if len(self.recent) >= given["above"]:
            return True
        self.recent.append(now)
        return False


def reply_lines(reply):
    """The lines of a reply as they go out; the code of the last one stands before each that has none."""
    lines = [reply] if isinstance(reply, str) else reply
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines) or not re.match(r"\d{3}( |$)", lines[-1]):
        raise Wrong("reply is a line like '550 5.1.1 text', or a list whose last one is such a line")
    return [line if re.match(r"\d{3}[- ]", line) else f"{lines[-1][:3]}-{line}" for line in lines[:-1]] + lines[-1:]
