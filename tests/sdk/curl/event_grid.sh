body='[{"id":"1","topic":"/t","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}}]'
curl -i "$HOOK?secret=$HOOK_SECRET" -H "Content-Type: application/json" -d "$body"
