"""Somebody who has got between a user and their Notary, with its certificate, and who has none of the keys that sign.

python3 - keep REPOSITORY   keeps the metadata of a repository as it is now; anybody may read it
python3 - serve             answers in Notary's name with what was kept
"""

import base64
import http.server
import json
import os
import ssl
import sys
import urllib.error
import urllib.request

KEPT = "/tmp/kept"


def keep(repository: str) -> None:
    trusted = ssl.create_default_context(cafile="/ca.crt")

    def get(name: str) -> dict:
        path = f"/v2/{repository}/_trust/tuf/{name}.json"
        with urllib.request.urlopen(f"https://notary:4443{path}", context=trusted) as answer:
            content = answer.read()
        os.makedirs(os.path.dirname(KEPT + path), exist_ok=True)
        with open(KEPT + path, "wb") as file:
            file.write(content)
        return json.loads(content)["signed"]

    def checksum(meta: dict) -> str:
        return base64.b64decode(meta["hashes"]["sha256"]).hex()

    timestamp = get("timestamp")
    snapshot = get(f"snapshot.{checksum(timestamp['meta']['snapshot'])}")
    for role, meta in snapshot["meta"].items():
        get(f"{role}.{checksum(meta)}")
    for version in range(1, get("root")["version"] + 1):
        get(f"{version}.root")
    print(f"kept timestamp {timestamp['version']} of {repository}, and all that it vouches for")


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with open(KEPT + os.path.normpath(self.path), "rb") as file:
                status, content = 200, file.read()
        except OSError:  # Notary itself answers /v2/ so
            status, content = (200 if self.path == "/v2/" else 404), b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve() -> None:
    server = http.server.ThreadingHTTPServer(("", 4443), Answers)
    mine = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mine.load_cert_chain("/tls.crt", "/tls.key")
    server.socket = mine.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if sys.argv[1] == "keep":
    keep(sys.argv[2])
else:
    serve()
