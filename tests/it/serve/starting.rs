//! The start of a receiver: what it refuses to start with, where it listens, and what the platform can ask it.

use std::process::Stdio;

use crate::support::{HOOK_SECRET, Place, Ran, SITE, config, raw, signed};

const HOOK: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n";

fn fails(place: &Place) -> Ran {
    let child = place.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    Ran::of(child).exits(2)
}

#[test]
fn a_receiver_refuses_to_start_without_a_good_secret_for_every_hook() {
    let place = |secret: &str| Place::new(&config("", HOOK), "http://127.0.0.1:9").env("HOOK_SECRET", secret);
    fails(&place("")).fails_with("the hook /hooks/www has no secret: HOOK_SECRET is not set", "set it");
    fails(&place("15-bytes-long-x"))
        .fails_with("the secret has 15 bytes, and 16 are the least", "openssl rand -hex 32");
    drop(place("16-bytes-long-xx").start());
    let none = Place::new(SITE, "http://127.0.0.1:9");
    fails(&none).fails_with("the configuration has no [serve]", "[[serve.hook]]");
}

#[test]
fn a_secret_may_be_in_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = config("", HOOK).replace("secret_env = \"HOOK_SECRET\"", "secret_file = \"hook.secret\"");
    let place = Place::new(&text, "http://127.0.0.1:9");
    let file = place.path().join("hook.secret");
    std::fs::write(&file, format!("{HOOK_SECRET}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = fails(&place).fails_with("the hook /hooks/www has no secret: `secret_file` (", "");
    assert!(ran.stderr.contains("can be read by others") && ran.stderr.contains("`chmod 600 "), "{}", ran.stderr);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let receiver = place.start();
    assert_eq!(receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").status, 202);
}

#[test]
fn only_hooks_of_the_sites_that_are_named_are_taken() {
    let other = SITE.replace("\"www\"", "\"blog\"");
    let blog = "[[serve.hook]]\npath = \"/hooks/blog\"\nsite = \"blog\"\nsecret_env = \"NO_SUCH_SECRET\"\n";
    let place = Place::new(&format!("{other}{}{blog}{HOOK}", config("", HOOK)), "http://127.0.0.1:9/client/v4");
    fails(&place).fails_with("the hook /hooks/blog has no secret", "set it");
    let receiver = place.start_with(&["--site", "www"]);
    let post = |path: &str| receiver.post(path, &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").status;
    assert_eq!((post("/hooks/www"), post("/hooks/blog")), (202, 404));
}

#[test]
fn a_receiver_that_can_send_no_purge_says_so_when_it_starts() {
    const NO_PURGE: &str = "no purge can be sent";
    let (here, blog) = ("http://127.0.0.1:9/client/v4", SITE.replace("\"www\"", "\"blog\""));
    let hook =
        format!("{HOOK}[[serve.hook]]\npath = \"/hooks/blog\"\nsite = \"blog\"\nsecret_env = \"HOOK_SECRET\"\n{HOOK}");
    let place = Place::new(&format!("{blog}{}", config("", &hook)), here);
    let receiver = place.start();
    receiver.awaits_log("these hooks share a secret: a delivery to one can be repeated at the other");
    assert_eq!(receiver.logged(NO_PURGE), Vec::<serde_json::Value>::new());
    drop(receiver);
    let place = place.env("CLOUDFLARE_API_TOKEN", "").env("CLOUDFLARE_ZONE_ID", "");
    let receiver = place.start();
    receiver.awaits_log("these hooks share a secret: a delivery to one can be repeated at the other");
    receiver.awaits_log(NO_PURGE);
    let told = receiver.logged(NO_PURGE);
    let lacks: Vec<(&str, &str)> =
        told.iter().map(|line| (line["sites"].as_str().unwrap(), line["lacks"].as_str().unwrap())).collect();
    assert_eq!(
        lacks,
        [
            ("blog, www", "no zone id is known"),
            ("blog, www", "no API token: the environment variable CLOUDFLARE_API_TOKEN is not set")
        ]
    );
    assert!(told.iter().all(|line| !line["hint"].as_str().unwrap().is_empty()), "{told:#?}");
}

#[test]
fn a_file_of_sqlites_is_for_one_receiver() {
    let place = Place::new(&config("", HOOK), "http://127.0.0.1:9");
    let _first = place.start();
    fails(&place).fails_with("another process uses", "postgres://");
}

#[test]
fn the_port_of_the_platform_is_taken() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = Place::new(&config("", HOOK), "http://127.0.0.1:9").env("PORT", &free.to_string());
    let receiver = place.start();
    assert_eq!(receiver.address().to_string(), format!("127.0.0.1:{free}"), "the file names the address");
    drop(receiver);
    fails(&place.env("PORT", "http")).fails_with("$PORT is no port: http", "8080");
}

#[test]
fn health_and_figures_are_told_on_a_listener_of_their_own() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = Place::new(&config(&format!("observe = \"{port}\"\n"), HOOK), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    let get = |path: &str| raw(port, format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
    assert_eq!((get("/healthz").status, get("/readyz").status, get("/runs/1").status), (200, 200, 404));
    receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x");
    receiver.post("/hooks/www", &[("x-sig", "00")], "x");
    let figures = get("/metrics").body;
    for line in [
        "# TYPE diffpurge_deliveries_total counter\n",
        "diffpurge_deliveries_total{hook=\"/hooks/www\",status=\"202\"} 1\n",
        "diffpurge_deliveries_total{hook=\"/hooks/www\",status=\"401\"} 1\n",
        "# TYPE diffpurge_runs gauge\n",
        "# TYPE diffpurge_connections gauge\n",
    ] {
        assert!(figures.contains(line), "{line} in\n{figures}");
    }
    assert_eq!((receiver.get("/healthz", None).status, receiver.get("/metrics", None).status), (404, 404));
}
