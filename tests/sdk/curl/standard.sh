body='{"status":"success"}'
id=try-$$ time=$(date +%s)
key=$(printf %s "${HOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$time" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl -i "$HOOK" -H "webhook-id: $id" -H "webhook-timestamp: $time" -H "webhook-signature: v1,$signature" -d "$body"
