payload='{"identifier":"try-1","project":{"permalink":"my-site"},"servers":[{"identifier":"11111111-2222-3333-4444-555555555555"}],"status":"completed","timestamps":{"completed_at":"2026-01-01T00:00:00Z"}}'
signature=$(printf %s "$payload" | openssl dgst -sha1 -sign "$KEY" | openssl base64)
curl -i "$HOOK" -u "deployhq:$HOOK_SECRET" --data-urlencode "payload=$payload" --data-urlencode "signature=$signature"
