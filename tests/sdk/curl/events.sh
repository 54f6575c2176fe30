body='{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"www.example.com"},"object":{"key":"index.html"}}}]}'
curl -i "$HOOK" -H "Authorization: Bearer $HOOK_SECRET" -H "Content-Type: application/json" -d "$body"
