"""sniff.py DEVICE LOG: writes one line for each packet that arrives at DEVICE, until it is killed.

A line is `SECONDS PROTOCOL DESTINATION [PORT] [NAME]`; NAME is what a DNS query asks for. `ready` is written when the
watcher listens, `watching` when it gets SIGUSR1. Housekeeping of the kernel that no program can cause (multicast
listener reports, router solicitations) is left out.
"""

import signal
import socket
import struct
import sys
import time

ALL_PROTOCOLS = 3
OUTGOING = 4  # PACKET_OUTGOING: sent by the watcher's own end of the cable
MULTICAST_LISTENER = {130, 131, 132, 143}
ROUTER_SOLICITATION = 133


def question(payload: bytes) -> str:
    """The name in a DNS query, or what of it is there."""
    labels, at = [], 12
    while at < len(payload) and payload[at]:
        labels.append(payload[at + 1 : at + 1 + payload[at]].decode("latin-1"))
        at += 1 + payload[at]
    return ".".join(labels)


def transport(protocol: int, destination: str, segment: bytes) -> str:
    if protocol not in (6, 17) or len(segment) < 4:
        return f"ip-protocol-{protocol} {destination}"
    port = struct.unpack("!H", segment[2:4])[0]
    name = " " + question(segment[8:]) if protocol == 17 and port in (53, 5353) else ""
    return f"{'tcp' if protocol == 6 else 'udp'} {destination} {port}{name}"


def describe(packet: bytes) -> str | None:
    """One packet in words; None for the kernel's own housekeeping."""
    kind = struct.unpack("!H", packet[12:14])[0]
    body = packet[14:]
    if kind == 0x0800 and len(body) >= 20:
        if body[9] == 2:  # IGMP: the kernel tells which multicast groups it listens to
            return None
        return transport(body[9], socket.inet_ntoa(body[16:20]), body[(body[0] & 15) * 4 :])
    if kind == 0x86DD and len(body) >= 40:
        following, rest = body[6], body[40:]
        if following == 0 and len(rest) >= 8:  # hop-by-hop options stand before listener reports
            following, rest = rest[0], rest[(rest[1] + 1) * 8 :]
        if following == 58 and rest and (rest[0] in MULTICAST_LISTENER or rest[0] == ROUTER_SOLICITATION):
            return None
        return transport(following, socket.inet_ntop(socket.AF_INET6, body[24:40]), rest)
    if kind == 0x0806 and len(body) >= 28:
        return f"arp {socket.inet_ntoa(body[24:28])}"
    return f"ethernet-{kind:#06x}"


def main() -> None:
    device, path = sys.argv[1:3]
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    wire.bind((device, 0))
    with open(path, "a", buffering=1, encoding="utf-8") as log:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGUSR1, lambda *_: print("watching", file=log))
        print("ready", file=log)
        while True:
            packet, address = wire.recvfrom(65535)
            if address[2] == OUTGOING or len(packet) < 14:
                continue
            words = describe(packet)
            if words is not None:
                print(f"{time.time():.3f} {words}", file=log)


if __name__ == "__main__":
    main()
