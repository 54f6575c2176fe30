# This is how Varnish 7 answers a purge from diffpurge. Put the secret of your deploys in place of TOKEN.
vcl 4.1;
import std;
import purge;
import xkey;    # package varnish-modules; leave it out with the lines that name it

backend origin { .host = "127.0.0.1"; .port = "8080"; }

acl purgers { "127.0.0.1"; "::1"; }

sub vcl_recv {
    if (req.method == "PURGE" || req.method == "BAN") {
        if (client.ip !~ purgers) { return (synth(405, "not from this address")); }
        if (req.http.Authorization != "Bearer TOKEN") { return (synth(401, "bad token")); }
    }
    if (req.method == "BAN") {
        if (req.http.X-Ban-All) {
            if (std.ban("obj.status != 0")) { return (synth(200, "banned")); }
            return (synth(500, std.ban_error()));
        }
        if (req.http.X-Ban-Prefix !~ "^/[A-Za-z0-9._~/%!$&'()*+,;=:@-]*$") { return (synth(400, "no prefix")); }
        # What means something in a regular expression stands for itself.
        if (std.ban("obj.http.x-host == " + req.http.Host + " && obj.http.x-url ~ ^"
            + regsuball(req.http.X-Ban-Prefix, "([.*+()$])", "[\1]"))) { return (synth(200, "banned")); }
        return (synth(500, std.ban_error()));
    }
    if (req.method == "PURGE") {
        if (req.http.xkey) {
            if (req.http.X-Soft) { set req.http.n-gone = xkey.softpurge(req.http.xkey); }
            else { set req.http.n-gone = xkey.purge(req.http.xkey); }
            if (req.http.n-gone == "0") { return (synth(404, "not cached")); }
            return (synth(200, "purged"));
        }
        return (hash);
    }
}

sub answer_purge {
    if (req.http.X-Soft) { set req.http.n-gone = purge.soft(0s, 0s, -1s); }
    else { set req.http.n-gone = purge.hard(); }
    if (req.http.n-gone == "0") { return (synth(404, "not cached")); }
    return (synth(200, "purged"));
}

sub vcl_hit { if (req.method == "PURGE") { call answer_purge; } }
sub vcl_miss { if (req.method == "PURGE") { call answer_purge; } }

sub vcl_backend_response {
    set beresp.http.x-host = bereq.http.Host;    # bans by these are carried out in the background
    set beresp.http.x-url = bereq.url;
    set beresp.grace = 0s;                       # grace serves the old copy once more, also after a soft purge
    set beresp.keep = 1d;                        # so that a soft purge can ask whether it still holds
}

sub vcl_deliver { unset resp.http.x-host; unset resp.http.x-url; unset resp.http.xkey; }
