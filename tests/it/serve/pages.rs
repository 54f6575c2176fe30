//! The lines of the page that people type, as they stand there.

use std::process::Command;

use crate::docs::read;
use crate::support::{HOOK_SECRET, Place, Site, required};

#[test]
fn the_line_that_tries_a_receiver_works_as_written() {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !required(is_there("curl") && is_there("openssl"), "curl and openssl") {
        return;
    }
    let page = read("docs/src/serve.md");
    let block = page.split("```sh\n").find(|block| block.contains("curl -i")).expect("the page has the line");
    let block = block.split("```").next().unwrap();
    let site = Site::of("");
    let id = site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    let address = format!("http://{}", receiver.address());
    assert!(block.contains("http://127.0.0.1:8787") && block.contains("FULL-ID"), "{block}");
    let script = block.replace("http://127.0.0.1:8787", &address).replace("FULL-ID", &id);
    let ran = Command::new("sh").args(["-ec", &script]).env("HOOK_SECRET", HOOK_SECRET).output().unwrap();
    let answer = String::from_utf8(ran.stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}{}", String::from_utf8_lossy(&ran.stderr));
    let (_, document) = answer.split_once("\r\n\r\n").unwrap();
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    receiver.awaits(document["run"].as_str().unwrap(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}
