body="{\"status\":\"success\",\"after\":\"$(git rev-parse HEAD)\"}"
signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$HOOK_SECRET" -r | cut -d' ' -f1)
curl -i "$HOOK" -d "$body" -H "Content-Type: application/json" -H "X-Signature-256: sha256=$signature"
