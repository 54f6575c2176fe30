curl -i -X OPTIONS "$HOOK?secret=$HOOK_SECRET" -H "WebHook-Request-Origin: eventgrid.azure.net"
