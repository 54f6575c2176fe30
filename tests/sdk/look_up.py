"""Cloudflare's official Python SDK as a client of the edge's look-ups.

Reads one JSON document from standard input: where the edge's API is, and a list of cases, each with what to ask (`zone`,
`zones` or `verify`) and perhaps another token or an older pair of address and key. Prints one JSON document: for each case
what the SDK made of the answer, or the name of the exception that it raised with its status and the codes in its body.
"""

import json
import sys

import cloudflare


def credentials(task, case):
    if "key" in case:
        return {"api_email": case["email"], "api_key": case["key"]}
    return {"api_token": case.get("token", task["token"])}


def look_up(task, case):
    client = cloudflare.Cloudflare(base_url=task["base_url"], max_retries=0, **credentials(task, case))
    try:
        if "zone" in case:
            zone = client.zones.get(zone_id=case["zone"])
            return {"name": zone.name, "id": zone.id, "permissions": zone.permissions, "paused": zone.paused}
        if "zones" in case:
            return {"names": [zone.name for zone in client.zones.list(name=case["zones"])]}
        return {"status": client.user.tokens.verify().status}
    except cloudflare.APIStatusError as error:
        codes = [e["code"] for e in error.response.json()["errors"]]
        return {"raised": type(error).__name__, "status": error.status_code, "codes": codes}


def main():
    task = json.load(sys.stdin)
    json.dump([look_up(task, case) for case in task["cases"]], sys.stdout)


main()
