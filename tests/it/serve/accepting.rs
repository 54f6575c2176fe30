//! Deliveries that are taken: what is purged for them, and what is answered.

use serde_json::json;

use crate::support::{Fault, HOOK_SECRET, Place, Site, Toxic, config, kept, signed, warm};

#[test]
fn a_signed_delivery_purges_exactly_what_the_deploy_changed() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1"), ("b.css", "1")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    let reply = receiver.deployed(&first, 1);
    assert_eq!((reply.status, reply.json()["known"].clone()), (202, json!(false)), "{reply:?}");
    let told = receiver.awaits(&reply.run(), "done");
    // Nobody knows what was live before the first: the site's hosts are purged.
    assert_eq!((told["site"].clone(), told["report"]["status"].clone()), (json!("www"), json!("purged")), "{told:#}");

    let second = site.deploy(&[("a.css", "2")]);
    let before = site.live.edge.recorded().len();
    let reply = receiver.deployed(&second, 2);
    let told = receiver.awaits(&reply.run(), "done");
    let sent = site.live.edge.recorded().split_off(before);
    assert_eq!(
        sent.iter().map(|r| r.body.as_str()).collect::<Vec<_>>(),
        [r#"{"files":["https://www.example.com/a.css"]}"#]
    );
    assert_eq!(site.live.stale(), Vec::<String>::new());
    assert_eq!(told["report"]["sites"][0]["accepted"], 1, "{told:#}");
    // The same delivery again changes nothing, and names its run.
    let again = receiver.deployed(&second, 2);
    assert_eq!((again.status, again.run(), again.json()["known"].clone()), (200, reply.run(), json!(true)));
    assert_eq!(receiver.logged("run").len(), 2, "{}", receiver.log());
}

#[test]
fn fifty_deliveries_in_a_second_are_two_purges_and_the_last_is_what_the_edge_serves() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "0")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1000).run(), "done");
    let revisions: Vec<String> = (0..50).map(|i| site.deploy(&[("a.css", &format!("v{i}"))])).collect();
    let before = receiver.logged("run").len();
    let mut replies: Vec<_> = std::thread::scope(|scope| {
        let receiver = &receiver;
        let deliver = |(number, sha): (usize, &String)| {
            let sha = sha.clone();
            scope.spawn(move || receiver.deployed(&sha, number))
        };
        let threads: Vec<_> = revisions.iter().enumerate().take(49).map(deliver).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    replies.push(receiver.deployed(&revisions[49], 49));
    assert!(replies.iter().all(|reply| reply.status == 202), "{replies:?}");
    for reply in &replies {
        receiver.awaits(&reply.run(), "done");
    }
    let runs = receiver.logged("run").split_off(before);
    let deliveries: u64 = runs.iter().map(|run| run["deliveries"].as_u64().unwrap()).sum();
    assert_eq!(deliveries, 50, "{runs:?}");
    assert!(runs.len() <= 2, "{} runs: {runs:#?}", runs.len());
    assert_eq!(site.live.visit("/a.css"), "v49");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn a_run_that_fails_is_tried_again_until_the_edge_is_fresh() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let toxic = Toxic::before(&site.live.edge, |number, _| if number == 0 { Fault::refused() } else { Fault::Pass });
    let repository = site.repo.path().display();
    let place = Place::new(&config("", &format!("repository = \"{repository}\"\n")), &toxic.api_base());
    let receiver = place.start();
    let reply = receiver.deployed(&first, 1);
    let told = receiver.awaits(&reply.run(), "done");
    assert_eq!(told["attempts"], 2, "{told:#}");
    let ended: Vec<_> = receiver.logged("run").iter().map(|run| run["ended"].clone()).collect();
    assert_eq!(ended, ["again", "done"]);
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn a_sender_that_waits_gets_the_outcome_and_one_whose_purge_fails_learns_that() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    // Also where nothing is kept: the answer is what makes it last.
    let place = Place::of(&site, "store = \"memory\"\n", "answer = \"wait\"\nwithin = \"60s\"\n");
    let receiver = place.start();
    let reply = receiver.deployed(&first, 1);
    assert_eq!((reply.status, reply.json()["report"]["status"].clone()), (200, json!("purged")), "{reply:?}");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    drop(receiver);
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::refused());
    let receiver = place.env("CLOUDFLARE_BASE_URL", &toxic.api_base()).start();
    let second = site.deploy(&[("a.css", "2")]);
    let body =
        json!({ "deployment_status": { "state": "success" }, "deployment": { "sha": second, "environment": "x" } });
    let body = body.to_string();
    let signature = format!("sha256={}", signed(HOOK_SECRET, &body));
    let headers = [("x-hub-signature-256", signature.as_str()), ("x-github-event", "deployment_status")];
    let stream = std::net::TcpStream::connect(receiver.address()).unwrap();
    let request = format!(
        "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{}: {}\r\n{}: {}\r\n\r\n{body}",
        body.len(),
        headers[0].0,
        headers[0].1,
        headers[1].0,
        headers[1].1
    );
    std::io::Write::write_all(&mut &stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut &stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("\"status\":\"failed\""), "{answer}");
    let run = receiver.awaits_log("run");
    assert_eq!(run["ended"], "again", "{run:#}");
}

#[test]
fn what_can_never_be_used_is_refused_or_set_aside_and_stops_no_other_delivery() {
    let edge = crate::support::edge();
    let urls = ["https://www.example.com/a.css", "https://www.example.com/b.css"];
    warm(&edge, &urls);
    let hmac = "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\n";
    let second = "[[serve.hook]]\npath = \"/hooks/store\"\nkind = \"events\"\nsite = \"www\"\n\
                  secret_env = \"HOOK_SECRET\"\nchanges = \"event\"\n";
    let text = config("", &format!("{hmac}{second}")).replacen("[serve]", "[site.events]\nbucket = \"b\"\n[serve]", 1);
    let place = Place::new(&text, &edge.api_base());
    let receiver = place.start();
    let deliver = |body: &str| receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, body))], body);
    for path in ["../x", "/a.css", ""] {
        let reply = deliver(&json!({ "changed": ["b.css", path] }).to_string());
        assert_eq!(reply.status, 422, "{reply:?}");
        let why = reply.json()["unusable"].as_str().unwrap().to_owned();
        assert!(why.contains("path 2"), "{why}");
    }
    receiver.awaits(&deliver(r#"{"changed":["a.css"]}"#).run(), "done");
    assert_eq!(kept(&edge), ["https://www.example.com/b.css"]);
    // Records of another bucket are told of, and tried once.
    let record = |bucket: &str, key: &str| json!({ "account": "3f4b", "action": "PutObject", "bucket": bucket, "object": { "key": key, "size": 1, "eTag": "c8" }, "eventTime": "2026-01-01T00:00:00Z" });
    let body = json!([record("other", "x.css"), record("b", "b.css")]).to_string();
    let bearer = format!("Bearer {HOOK_SECRET}");
    let reply = receiver.post("/hooks/store", &[("authorization", &bearer)], &body);
    assert_eq!(reply.status, 202, "{reply:?}");
    receiver.awaits(&reply.run(), "done");
    assert_eq!(kept(&edge), Vec::<String>::new());
    let log = receiver.log();
    assert!(log.contains("1 record could not be used") && log.contains("bucket other, which is no site's"), "{log}");
    // A wrong URL leaves a line, and says nothing to who has it.
    assert_eq!(receiver.post("/hooks/wwww", &[], "x").status, 404);
    assert!(receiver.log().contains("no hook has the path of this request"), "{}", receiver.log());
}

#[test]
fn paths_in_a_delivery_and_reactions_need_no_repository() {
    let edge = crate::support::edge();
    let urls = ["https://www.example.com/a.css", "https://www.example.com/b.css"];
    warm(&edge, &urls);
    let hmac = "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\nid = \"/id\"\n";
    let second = "[[serve.hook]]\npath = \"/hooks/all\"\nkind = \"hmac\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\n\
                  header = \"X-Sig\"\nreaction = \"site\"\n";
    let place = Place::new(&config("", &format!("{hmac}{second}")), &edge.api_base());
    let receiver = place.start();
    let deliver = |path: &str, body: &str| {
        let signature = signed(HOOK_SECRET, body);
        let reply = receiver.post(path, &[("x-sig", &signature)], body);
        assert_eq!(reply.status, 202, "{reply:?}");
        receiver.awaits(&reply.run(), "done")
    };
    deliver("/hooks/www", r#"{"id":1,"changed":["a.css"]}"#);
    assert_eq!(kept(&edge), ["https://www.example.com/b.css"]);
    deliver("/hooks/all", "anything");
    assert_eq!(kept(&edge), Vec::<String>::new());
    // Without an id each counts.
    warm(&edge, &urls);
    deliver("/hooks/all", "anything");
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn paths_of_deliveries_that_are_coalesced_are_all_purged() {
    let edge = crate::support::edge();
    let urls: Vec<String> = (0..20).map(|i| format!("https://www.example.com/{i}.css")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    warm(&edge, &urls);
    let hmac = "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\n";
    let place = Place::new(&config("", hmac), &edge.api_base());
    let receiver = place.start();
    // The first two would be a status and its file in one list.
    let runs: Vec<String> = ["M".to_owned(), "a".to_owned()]
        .into_iter()
        .chain((0..20).map(|i| format!("{i}.css")))
        .map(|path| {
            let body = json!({ "changed": [path] }).to_string();
            receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, &body))], &body).run()
        })
        .collect();
    for run in runs {
        receiver.awaits(&run, "done");
    }
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn a_branch_is_looked_up_where_the_delivery_names_no_output() {
    let site = Site::of("");
    let source = site.deploy(&[("a.css", "1")]);
    site.repo.git(&["branch", "gh-pages"]);
    let repository = site.repo.path().display();
    let text = config("", &format!("repository = \"{repository}\"\nrevision = \"branch\"\n"));
    let text = text.replacen("[serve]", "branch = \"gh-pages\"\n[serve]", 1);
    let place = Place::new(&text, &site.live.edge.api_base());
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&source, 1).run(), "done");
    site.repo.git(&["checkout", "--quiet", "gh-pages"]);
    site.deploy(&[("a.css", "2")]);
    // The delivery names the source's revision, which has not changed.
    receiver.awaits(&receiver.deployed(&source, 2).run(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn links_in_a_repository_are_followed_though_the_clone_leaves_contents_out() {
    let site = Site::of("");
    site.repo.git(&["config", "uploadpack.allowFilter", "true"]);
    site.repo.link("linked.css", "a.css");
    let first = site.deploy(&[("a.css", "1")]);
    site.live.serve("/linked.css", Some("1"));
    site.live.visit("/linked.css");
    let repository = site.repo.url();
    let place = Place::new(&config("", &format!("repository = \"{repository}\"\n")), &site.live.edge.api_base());
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    let second = site.deploy(&[("a.css", "2")]);
    site.live.serve("/linked.css", Some("2"));
    receiver.awaits(&receiver.deployed(&second, 2).run(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn a_delivery_that_comes_while_a_purge_runs_begins_the_next() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let (reached, at_api) = std::sync::mpsc::channel();
    let (go_on, going_on) = std::sync::mpsc::channel::<()>();
    let (reached, going_on) = (std::sync::Mutex::new(reached), std::sync::Mutex::new(going_on));
    let toxic = Toxic::before(&site.live.edge, move |_, _| {
        reached.lock().unwrap().send(()).unwrap();
        // The test may be over.
        let _over = going_on.lock().unwrap().recv();
        Fault::Pass
    });
    let repository = site.repo.path().display();
    let place = Place::new(&config("", &format!("repository = \"{repository}\"\n")), &toxic.api_base());
    let receiver = place.start();
    let one = receiver.deployed(&first, 1).run();
    at_api.recv().unwrap();
    let second = site.deploy(&[("a.css", "2")]);
    let two = receiver.deployed(&second, 2).run();
    let three = receiver.deployed(&second, 3).run();
    assert!(one != two && two == three, "{one} {two} {three}");
    assert_eq!(receiver.get(&format!("/runs/{two}"), Some(HOOK_SECRET)).json()["state"], "waiting");
    drop(go_on);
    receiver.awaits(&two, "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}
