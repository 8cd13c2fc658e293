"""Reads the API server's log, and prints the requests in whose line all of the words stand: when, who, what, with which
answer, and by what they were allowed."""

import json
import sys

rows = {}
for line in sys.stdin:
    if '"kind":"Event"' not in line or not all(word in line for word in sys.argv[1:]):
        continue
    try:
        said = json.loads(line[line.index("{") :])
    except ValueError:
        continue
    of = said.get("objectRef", {})
    what = "/".join(filter(None, (of.get("resource"), of.get("name"), of.get("subresource"))))
    user = said["user"]["username"].removeprefix("system:serviceaccount:")
    if "impersonatedUser" in said:
        user += f" as {said['impersonatedUser']['username'].removeprefix('system:serviceaccount:')}"
    answer = str(said.get("responseStatus", {}).get("code", ""))
    if "dryRun=" in said["requestURI"]:
        answer += " tried only"
    reason = said.get("annotations", {}).get("authorization.k8s.io/reason", "")
    at = said["requestReceivedTimestamp"]
    rows[said["auditID"]] = at, (at[11:19], user, said["verb"], what or said["requestURI"], answer, reason[:60])
table = [row for _, row in sorted(rows.values())[-40:]]
widths = [max(map(len, column)) for column in zip(*table)]
for row in table:
    print("  ".join(map(str.ljust, row, widths)).rstrip())
if not table:
    sys.exit("the log has no such request")
