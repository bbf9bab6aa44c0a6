//! The examples of proxies in `deploy/`: what their logs must not hold.

use std::collections::BTreeSet;

use crate::tidy::sources;

const NGINX: &str = include_str!("../../../deploy/nginx.conf");
const CADDY: &str = include_str!("../../../deploy/Caddyfile");

/// What stands before a code in an address: `join` of `/join/{code}`.
fn rooms_of_codes() -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for source in sources("src/web", ".rs") {
        let texts = source.text.split('"');
        let before = texts.filter_map(|text| text.strip_suffix("/{code}"));
        rooms.extend(before.filter_map(|path| path.rsplit('/').next().map(str::to_owned)));
    }
    rooms
}

/// What stands between two texts.
#[track_caller]
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

/// A code lets in whoever reads it.
#[test]
fn no_log_keeps_a_code_of_a_group() {
    let rooms = rooms_of_codes();
    assert!(rooms.contains("join"), "the search finds codes: {rooms:?}");
    let map = between(NGINX, "map $uri $logged_uri {", "}");
    let cut = between(CADDY, "request>uri regexp \"", "\"");
    for room in rooms {
        assert!(map.contains(&format!("/{room}/ ")), "nginx logs {room}");
        assert!(cut.contains(&format!("/{room}/")), "Caddy logs {room}");
    }
    // Each of nginx's servers logs in this format, which names no address besides.
    let format = between(NGINX, "log_format synaq '", "';");
    let logged: Vec<&str> = format.split(' ').collect();
    let named = [
        "$time_iso8601",
        "$request_method",
        "$logged_uri",
        "$status",
        "$request_time",
        "$upstream_response_time",
        "$body_bytes_sent",
    ];
    assert_eq!(logged, named);
    let count = |line: &str| NGINX.lines().filter(|one| one.trim() == line).count();
    let logs = count("access_log /var/log/nginx/synaq.log synaq;");
    assert_eq!(logs, count("server {"));
    // Where an answer leads, and where a visitor comes from, may be the address of a code.
    for header in ["request>headers>Referer", "resp_headers>Location"] {
        let line = format!("{header} delete");
        assert!(CADDY.lines().any(|one| one.trim() == line), "{line}");
    }
}
