#!/usr/bin/python3
"""A name server of a test's own, so that what is looked up does not depend on the machine's."""
import argparse, socket, threading

import dns.flags, dns.message, dns.rcode, dns.rrset


class Names:
    """A name server that answers TXT from `texts`: name to records. What it does not have is not there."""

    def __init__(self, port=0):
        self.texts, self.socket = {}, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            packet, back = self.socket.recvfrom(4096)
            asked = dns.message.from_wire(packet)
            answer, question = dns.message.make_response(asked), asked.question[0]
            found = self.texts.get(question.name.to_text(omit_final_dot=True).lower())
            if found is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif question.rdtype == 16:
                pieces = [" ".join(f'"{text[at:at + 250]}"' for at in range(0, len(text), 250)) for text in found]
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *pieces))
            answer.flags |= dns.flags.RA
            self.socket.sendto(answer.to_wire(), back)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Answers TXT of one name; all others do not exist.")
    parser.add_argument("port", type=int)
    parser.add_argument("name")
    parser.add_argument("text")
    options = parser.parse_args()
    Names(options.port).texts[options.name] = [options.text]
    threading.Event().wait()
