"""A mail server that keeps what it receives. Recipients at refuse.example are refused for good, those at
later.example on the first two tries, and those at hang.example get no answer after their data."""
import argparse, asyncio, collections, pathlib, time

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self, folder):
        self.folder, self.tries = pathlib.Path(folder), collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries[address] += 1
        if address.endswith("@refuse.example"):
            return "550 5.1.1 no such mailbox"
        if address.endswith("@later.example") and self.tries[address] <= 2:
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = f"{time.time_ns()}"
        (self.folder / f"{name}.part").write_bytes(envelope.content)
        (self.folder / f"{name}.to").write_text(envelope.rcpt_tos[0])
        (self.folder / f"{name}.part").rename(self.folder / f"{name}.eml")
        if envelope.rcpt_tos[0].endswith("@hang.example"):
            await asyncio.sleep(3600)
        return "250 kept"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    options = parser.parse_args()
    controller = Controller(Handler(options.folder), hostname="127.0.0.1", port=options.port)
    controller.start()
    print("ready", flush=True)
    while True:
        time.sleep(60)
