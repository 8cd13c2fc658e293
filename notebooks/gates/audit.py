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
    if "impersonatedUser" in said and of.get("resource", "").startswith("selfsubject"):
        continue  # somebody asks what another one may, as `kubectl auth can-i --as` and the chapter's checks do
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
table = [row for _, row in sorted(rows.values())]
earlier, table = len(table[:-40]), table[-40:]
widths = [max(map(len, column)) for column in zip(*table)]
for row in table:
    print("  ".join(map(str.ljust, row, widths)).rstrip())
if earlier:
    print(f"({earlier} earlier ones are left out: another word makes them fewer)")
if not table:
    sys.exit("the log has no such request")
