# Varnish in front of feedsvc: it answers most polls from memory.
#
#   varnishd -a :80 -f /etc/varnish/varnish.vcl -p http_gzip_support=off -s default,256m
#
# http_gzip_support=off lets Varnish keep feedsvc's own codings, brotli among them. Without it, it asks for gzip alone.
# How fresh a copy is, and for how long an old one may stand in, follows from feedsvc's Cache-Control alone.
# To have a copy fetched anew at once, from this host:  curl -X PURGE http://127.0.0.1/rss.xml
# Addresses of a private site's feeds hold the tokens of its readers. Keep them out of logs:  varnishncsa -q 'ReqURL !~ "^/(.*/)?private/"'
# With [http] cache_keys = "surrogate-key", all that shows a channel or an article at once, by its path:
#   curl -X PURGE -H 'X-Key: /news/' http://127.0.0.1/
vcl 4.1;

import std;

backend feedsvc {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = {
        .url = "/healthz";
        .interval = 2s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

acl operators {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.restarts == 0) {
        unset req.http.X-Old-Will-Do;
    }

    # What operators measure is not for the public; Prometheus asks feedsvc itself.
    if (req.url ~ "^/metrics(\?|$)") {
        return (synth(404));
    }
    # Readers who knew the site on WordPress may ask for its feed by the query.
    if (req.url ~ "\?(.*&)?feed=") {
        return (pass);
    }
    # Hubs of others confirm by the query, and push ([push] hubs).
    if (req.url ~ "^(/[^?]*)?/hub/") {
        return (pass);
    }
    # Other queries, such as those of trackers, and cookies change nothing, and must not multiply the copies.
    set req.url = regsub(req.url, "\?.*$", "");
    unset req.http.Cookie;

    # One copy for each coding, not for each spelling of Accept-Encoding.
    if (req.http.Accept-Encoding ~ "(?i)(^|[\s,])br\s*(;(?!\s*q=0(\.0*)?\s*(,|$))|,|$)") {
        set req.http.Accept-Encoding = "br";
    } elsif (req.http.Accept-Encoding ~ "(?i)(^|[\s,])(x-)?gzip\s*(;(?!\s*q=0(\.0*)?\s*(,|$))|,|$)") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }

    if (req.method == "PURGE") {
        if (client.ip !~ operators) {
            return (synth(405));
        }
        if (req.http.X-Key) {
            ban("obj.http.Surrogate-Key ~ (^|\s)" + regsuball(req.http.X-Key, "[^A-Za-z0-9/%~-]", ".") + "(\s|$)");
            return (synth(200, "Forgotten"));
        }
        return (purge);
    }
    if (req.url ~ "^/+private/") {
        # Tokens of readers, of which nothing is kept.
        return (pass);
    }
    if (req.http.Authorization) {
        # Of a private site; what its readers are sent is for each of them alone.
        return (pass);
    }
    if (req.http.Sec-Fetch-Dest == "document" && req.url ~ "/(rss\.xml|atom\.xml|feed\.json)$") {
        # A browser that is led to a feed gets a page about it, of which no copy is kept.
        return (pass);
    }
    # Everyone else gets the feed, and one copy is enough for all.
    unset req.http.Sec-Fetch-Dest;
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    return (hash);
}

sub vcl_hash {
    # The site has one address, under whatever Host it is asked.
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_response {
    # Two limits for an old copy (RFC 5861): while a new one is fetched, and while feedsvc is down.
    set beresp.http.X-While-Revalidate = regsub(beresp.http.Cache-Control, "^(?:.*stale-while-revalidate=(\d+).*|.*)$", "0\1");
    set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "^(?:.*stale-if-error=(\d+).*|.*)$", "0\1") + "s", 0s);
    if (beresp.http.Cache-Control ~ "no-store") {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
}

sub vcl_hit {
    if (obj.ttl < 0s && std.healthy(req.backend_hint) && !req.http.X-Old-Will-Do
        && obj.ttl + std.duration(obj.http.X-While-Revalidate + "s", 0s) < 0s) {
        # feedsvc is up, and this copy is older than it allows.
        set req.hash_always_miss = true;
        return (restart);
    }
    return (deliver);
}

sub vcl_deliver {
    if (resp.status >= 500 && req.hash_always_miss) {
        # It has just gone down, and the probe has not seen it yet.
        set req.hash_always_miss = false;
        set req.http.X-Old-Will-Do = "1";
        return (restart);
    }
    unset resp.http.X-While-Revalidate;
    unset resp.http.Surrogate-Key;
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
