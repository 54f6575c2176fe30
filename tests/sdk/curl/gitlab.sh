body='{"object_kind":"deployment","status":"success","environment":"production","short_sha":"01234567","commit_url":"https://gitlab.com/o/s/-/commit/0123456789abcdef0123456789abcdef01234567"}'
curl -i "$HOOK" -H "X-Gitlab-Token: $HOOK_SECRET" -H "Content-Type: application/json" -d "$body"
