#!/usr/bin/env python3
"""Judges one disclosure by docs/disclosure-format.md alone, with nothing but Python and its SM3.

    disclosure.py FILE CERTIFICATE    CERTIFICATE: the stamper's, DER, whom the caller trusts

Says which fields are proven, one a line, and ends with 0; names the offence and ends with 1.
Not judged here: paths, revocation, periods, the seal's own signature and list.
"""

import base64
import hashlib
import json
import re
import struct
import sys

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
FRAME = ["ZZLXMC", "ZZLXDM", "ZZBFJG", "ZZBFJGDM"]
SM2_KEY = bytes.fromhex("06072a8648ce3d020106082a811ccf5501822d")


def sm3(octets):
    return hashlib.new("sm3", octets).digest()


def demand(holds, offence):
    if not holds:
        sys.exit("refused: " + offence)


# GB/T 32918: the curve, Z and verification


def add(left, right):
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(k, point):
    sum_ = None
    while k:
        if k & 1:
            sum_ = add(sum_, point)
        point, k = add(point, point), k >> 1
    return sum_


def sm2_verifies(key, message, r, s):
    identity = b"1234567812345678"
    word = lambda n: n.to_bytes(32, "big")
    z = sm3(struct.pack(">H", 8 * len(identity)) + identity + b"".join(map(word, (A, B, *G, *key))))
    e = int.from_bytes(sm3(z + message), "big")
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    point = add(times(s, G), times(t, key))
    return point is not None and (e + point[0]) % N == r


# DER: tag, content, whole, of each value in a row


def values(octets):
    found, at = [], 0
    while at < len(octets):
        begin, tag, length = at, octets[at], octets[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(octets[at : at + count], "big")
            at += count
        demand(at + length <= len(octets), "DER is cut")
        found.append((tag, octets[at : at + length], octets[begin : at + length]))
        at += length
    return found


def bits(value):
    return value[1:]


def key_of(certificate):
    tbs = values(values(certificate)[0][1])[0][1]
    for tag, content, _ in values(tbs):
        inner = values(content) if tag == 0x30 else []
        if len(inner) == 2 and inner[0][1] == SM2_KEY:
            point = bits(inner[1][1])
            demand(point[0] == 4 and len(point) == 65, "the key is no uncompressed point")
            return int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    sys.exit("refused: the certificate has no SM2 key")


def main(path, certificate_path):
    octets = open(path, "rb").read()
    demand(octets.startswith(b'{"digests":"yinxin-field-digests/'), "not a disclosure")
    file = json.loads(octets)
    # RFC 8785, as far as this file goes: members in order, no space, UTF-8
    again = json.dumps(file, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    demand(again == octets, "not canonical")
    demand(set(file) == {"digests", "fields", "format", "signature", "value"}, "other members")
    demand(file["format"] == "yinxin-disclosure/1", "another version")

    # 2: fields against the list
    lines = file["digests"].split("\n")
    demand(lines[0] == "yinxin-field-digests/1" and lines[-1] == "", "the list is malformed")
    digests = lines[1:-1]
    demand(all(re.fullmatch("[0-9a-f]{64}", line) for line in digests), "the list is malformed")
    demand(digests == sorted(set(digests)), "the list does not ascend")
    names = [field["name"] for field in file["fields"]]
    demand(len(names) == len(set(names)), "a field stands twice")
    demand(all(name in names for name in FRAME), "the frame is missing")
    for field in file["fields"]:
        demand(set(field) == {"form", "name", "salt", "title", "value"}, "other members of a field")
        demand(re.fullmatch("[0-9a-f]{32}", field["salt"]) is not None, "a salt is malformed")
        demand(field["form"] in ("whole", "masked"), "another form")
        parts = [bytes.fromhex(field["salt"])] + [field[m].encode() for m in ("form", "name", "title", "value")]
        message = b"yinxin-field/1\n" + b"".join(struct.pack(">I", len(part)) + part for part in parts)
        demand(sm3(message).hex() in digests, "field " + field["name"] + " is not what was issued")

    # 3: the list against Signature.xml
    signature = base64.b64decode(file["signature"], validate=True)
    method = re.search(rb'CheckMethod="([^"]*)"', signature)
    demand(method and method[1] in (b"SM3", b"1.2.156.10197.1.401"), "another digest of references")
    due = base64.b64encode(sm3(file["digests"].encode()))
    demand(due in re.findall(rb"CheckValue>\s*([^<\s]*)\s*<", signature), "the list is not referenced")

    # 4: the stamp: SES_Signature ::= SEQUENCE { toSign, cert, signatureAlgID, signature }
    stamp = values(base64.b64decode(file["value"], validate=True))
    demand(len(stamp) == 1 and stamp[0][0] == 0x30, "the value is no stamp")
    to_sign, certificate, _, value = values(stamp[0][1])[:4]
    demand(certificate[1] == open(certificate_path, "rb").read(), "another stamper")
    hashes = [bits(content) for tag, content, _ in values(to_sign[1]) if tag == 0x03]
    demand(sm3(signature) in hashes, "the stamp is over another Signature.xml")
    r, s = (int.from_bytes(n, "big") for _, n, _ in values(values(bits(value[1]))[0][1]))
    demand(sm2_verifies(key_of(certificate[1]), to_sign[2], r, s), "the stamp does not verify")
    for field in file["fields"]:
        print(field["name"], field["title"], field["value"], sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
