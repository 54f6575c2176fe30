"""Signatures that diffpurge's own code has no part in: PyJWT's tokens and keys, and those of Standard Webhooks' own package.

Reads one JSON document from standard input, a list of tasks; prints a list of texts, one for each.
"""

import datetime
import json
import sys

import jwt
from standardwebhooks.webhooks import Webhook


def made(task):
    if "claims" in task:
        return jwt.encode(task["claims"], task["key"], algorithm=task["algorithm"], headers=task.get("headers"))
    if "jwk" in task:
        algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
        return jwt.algorithms.RSAAlgorithm.to_jwk(algorithm.prepare_key(task["jwk"]))
    time = datetime.datetime.fromtimestamp(task["time"], tz=datetime.timezone.utc)
    return Webhook(task["secret"]).sign(msg_id=task["id"], timestamp=time, data=task["body"])


json.dump([made(task) for task in json.load(sys.stdin)], sys.stdout)
