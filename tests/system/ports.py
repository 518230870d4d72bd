"""A port to start a program on."""
import random, socket

# Below those that Linux gives to outgoing connections (32768 and up): one of theirs would be taken again until the program listens.
PORTS = range(20000, 32000)


def free_port():
    for port in random.sample(PORTS, 200):
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue
    raise OSError("no port is free")
