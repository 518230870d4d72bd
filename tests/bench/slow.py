#!/usr/bin/python3
"""Figures of a crowd at the doors, as ratios: 200 requests a second by others, first alone, then beside 1,000 slow clients
(silent, with half a header, with a body that comes a byte at a time, reading a page a byte at a time), then beside eight
addresses that sign in once a second each. Everybody has an address of his own in 127/8."""
import argparse, asyncio, multiprocessing, random, re, statistics, time, urllib.parse

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("port", type=int)
parser.add_argument("token", help="a file with an API token")
parser.add_argument("--clients", type=int, default=1000, help="slow clients (1000)")
parser.add_argument("--rate", type=int, default=200, help="requests a second (200)")
parser.add_argument("--seconds", type=float, default=15, help="of each part (15)")
given = parser.parse_args()
TOKEN = open(given.token).read().strip()
ADDRESSES = ("/api/stats", "/api/campaigns?limit=10", "/dashboard", "/static/app.css", "/healthz")


async def connect(address):
    return await asyncio.open_connection("127.0.0.1", given.port, local_addr=(address, 0))


async def answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    size = re.search(r"(?i)content-length: (\d+)", head)
    if size:
        body = await reader.readexactly(int(size[1]))
    else:
        body = b""
        while (length := int(await reader.readline(), 16)) or await reader.readline() is None:
            body += (await reader.readexactly(length + 2))[:-2]
    return int(head.split()[1]), head, body.decode("utf-8", "replace")


async def timed(address, path, times, bad):
    began = time.perf_counter()
    try:
        reader, writer = await connect(address)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        status = (await asyncio.wait_for(answer(reader), 30))[0]
        writer.close()
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
        status = repr(error)
    times.append(time.perf_counter() - began)
    if status != 200:
        bad.append((path, status))


async def others():
    """At a steady rate, however slow the answers are: times in seconds, and what was no 200."""
    times, bad, tasks, began = [], [], [], time.perf_counter()
    for number in range(int(given.seconds * given.rate)):
        await asyncio.sleep(max(0, began + number / given.rate - time.perf_counter()))
        tasks.append(asyncio.create_task(timed(f"127.0.0.{101 + number % 8}", ADDRESSES[number % len(ADDRESSES)], times, bad)))
    await asyncio.gather(*tasks)
    return times, bad


async def slow_client(number):
    first, rest = [(b"", b""), (b"GET /login HTTP/1.1\r\n", b"X-A: b\r\n" * 9999),
                   (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", b"a" * 9999),
                   (b"GET /static/vendor/tabler.min.css HTTP/1.1\r\nHost: x\r\n\r\n", b"")][number % 4]
    while True:
        try:
            reader, writer = await connect(f"127.0.{1 + number // 40}.{1 + number % 40}")
            writer.write(first)
            for at in range(600):
                await asyncio.sleep(random.uniform(0.5, 1.5))
                if rest:
                    writer.write(rest[at:at + 1])
                    await writer.drain()
                elif first:
                    if not await reader.read(1):
                        break
                elif reader.at_eof():
                    break
            writer.close()
        except OSError:
            await asyncio.sleep(1)


async def signing_in(number, answers):
    while True:
        began = time.perf_counter()
        reader, writer = await connect(f"127.0.3.{number + 1}")
        writer.write(b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n")
        _, head, page = await answer(reader)
        form = urllib.parse.urlencode({"username": f"nobody-{random.random()}", "password": "wrong", "csrf": re.search(r'name="csrf" value="(\w+)"', page)[1]})
        cookie = re.search(r"(?i)set-cookie: ([^;]*)", head)[1]
        writer.write(f"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode())
        answers.append((await answer(reader))[0])
        writer.close()
        await asyncio.sleep(max(0, began + 1 - time.perf_counter()))


def slow_clients():
    async def all_of_them():
        await asyncio.gather(*(slow_client(number) for number in range(given.clients)))
    asyncio.run(all_of_them())


async def beside_sign_ins():
    answers = []
    tasks = [asyncio.create_task(signing_in(number, answers)) for number in range(8)]
    found = await others()
    for task in tasks:
        task.cancel()
    return *found, answers


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def tell(name, times, bad, idle):
    print(f"{name:38} median {statistics.median(times) / statistics.median(idle):5.2f} x idle, p99 {percentile(times, 0.99) / percentile(idle, 0.99):5.2f} x idle"
          f" ({percentile(times, 0.99) * 1000:.1f} ms), errors of the others {len(bad)} of {len(times)}", *bad[:3])


def main():
    asyncio.run(others())  # warm
    idle, bad = asyncio.run(others())
    tell(f"{given.rate} requests/s alone", idle, bad, idle)
    crowd = multiprocessing.Process(target=slow_clients, daemon=True)
    crowd.start()
    time.sleep(4)
    tell(f"beside {given.clients} slow clients", *asyncio.run(others()), idle)
    crowd.terminate()
    crowd.join()
    time.sleep(1)
    times, bad, answers = asyncio.run(beside_sign_ins())
    tell("beside 8 sign-ins a second", times, bad, idle)
    print("sign-ins answered:", ", ".join(f"{answers.count(status)} with {status}" for status in sorted(set(answers))))


main()
