"""Writes a .torrent to its output: python home/torrent.py FILE ADDRESS

FILE is what there is to get, ADDRESS where a web server has it.
"""

import hashlib
import sys
from pathlib import Path

PIECE = 65536  # bytes


def bencode(value) -> bytes:
    """BitTorrent's own notation: 7 is i7e, "ab" is 2:ab, [7] is li7ee, {"a": 7} is d1:ai7ee."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, dict):
        return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    value = value.encode() if isinstance(value, str) else value
    return b"%d:%s" % (len(value), value)


file, address = Path(sys.argv[1]), sys.argv[2]
content = file.read_bytes()
pieces = [hashlib.sha1(content[at : at + PIECE]).digest() for at in range(0, len(content), PIECE)]
info = {"name": file.name, "length": len(content), "piece length": PIECE, "pieces": b"".join(pieces)}
torrent = bencode({"info": info, "url-list": [address]})
sys.stdout.buffer.write(torrent)
print(f"{len(pieces)} pieces, described in {len(torrent)} bytes", file=sys.stderr)
