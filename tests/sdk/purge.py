"""Cloudflare's official Python SDK as a client of the edge.

Reads one JSON document from standard input: where the edge's API is, and a list of purges, each with the keyword
arguments of `client.cache.purge` (and perhaps another token, or another call). Prints one JSON document: for each purge the id that the
SDK returned, or the name of the exception that it raised with its status and the codes in its body.
"""

import json
import sys

import cloudflare


def purge(task, case):
    client = cloudflare.Cloudflare(
        api_token=case.get("token", task["token"]), base_url=task["base_url"], max_retries=0
    )
    try:
        call = getattr(client.cache, case.get("call", "purge"))
        environment = {"environment_id": case["environment"]} if "environment" in case else {}
        answer = call(zone_id=task["zone"], **environment, **case["purge"])
    except cloudflare.APIStatusError as error:
        codes = [e["code"] for e in error.response.json()["errors"]]
        return {"raised": type(error).__name__, "status": error.status_code, "codes": codes}
    return {"id": answer.id if answer is not None else None}


def main():
    task = json.load(sys.stdin)
    json.dump([purge(task, case) for case in task["cases"]], sys.stdout)


main()
