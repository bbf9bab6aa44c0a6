//! A form or a script of another site changes nothing: every address that takes a change wants the page's token.

use std::collections::BTreeSet;

use axum::body::Body;
use synaq::service::SignedIn;

use crate::schools::Visitor;
use crate::support::school::{Class, PASSWORD};
use crate::support::voice::TEXT;
use crate::support::{Place, World};

/// Every page's address, as it stands in the list of names.
fn addresses() -> BTreeSet<String> {
    let names = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/urls.rs");
    let names = std::fs::read_to_string(names).expect("the names");
    names
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub const "))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| path.starts_with('/') && !path.starts_with("/api/"))
        .map(str::to_owned)
        .collect()
}

/// The owner of a class, signed in.
async fn owner_of(class: &Class, world: &World) -> SignedIn {
    let address = class.owner.email.as_deref().expect("an address");
    let signed_in = world.exam.sign_in(address, PASSWORD).await;
    signed_in.expect("a session")
}

#[tokio::test]
async fn every_page_that_takes_a_form_wants_its_token() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let owner = owner_of(&class, &world).await;
    let stranger = Visitor::new(&world).await;
    let client = world.client();
    let session = format!("synaq_session={}", owner.token);
    let multipart = |token: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x--\r\n")
    };
    // Without a token, with an empty one, with one of another visitor; as a form and as an upload.
    let (none, empty) = ("a=b".to_owned(), "csrf=".to_owned());
    let others = format!("csrf={}", stranger.token());
    let form = "application/x-www-form-urlencoded";
    let upload = "multipart/form-data; boundary=x";
    let bodies = [
        (form, none),
        (form, empty),
        (form, others),
        (upload, multipart(stranger.token())),
        (upload, "--x--\r\n".to_owned()),
    ];
    let tables = async || {
        let mut counts = Vec::new();
        for table in [
            "learners",
            "schools",
            "school_groups",
            "attempts",
            "sessions",
            "events",
        ] {
            let count = format!("select cast(count(*) as text) from {table}");
            counts.push(place.rows(&count).await);
        }
        counts
    };
    let before = tables().await;
    let (mut taking, mut faults) = (BTreeSet::new(), Vec::new());
    for address in addresses() {
        let path = address
            .replace("{id}", class.school.as_str())
            .replace("{testlet}", TEXT)
            .replace(['{', '}'], "");
        for (kind, body) in &bodies {
            let headers = [("cookie", session.as_str()), ("content-type", *kind)];
            let answer = client
                .send("POST", &path, &headers, Body::from(body.clone()))
                .await;
            if answer.status == 405 || answer.text().contains("There is no such page") {
                continue;
            }
            // A form that is no upload refuses one by its kind; either way nothing is taken.
            let refused = answer.status == 403 || (*kind == upload && answer.status == 415);
            if !refused {
                faults.push(format!("{path} {kind} {body}: {}", answer.status));
            }
            taking.insert(address.clone());
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(taking.len() > 40, "{taking:?}");
    assert_eq!(tables().await, before, "nothing was changed");
}

/// Calls that take nobody's session for anything, or that give one to whoever asks; a script of another site cannot send
/// JSON without being asked first (CORS), and nothing here answers that.
const FREE: [&str; 4] = [
    "post /api/v1/guests",
    "post /api/v1/sessions",
    "post /api/v1/potential",
    "post /api/v1/pathway/plan",
];

#[tokio::test]
async fn every_call_that_changes_something_wants_it_too_when_it_comes_by_cookie() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let owner = owner_of(&class, &world).await;
    let session = format!("synaq_session={}", owner.token);
    let client = world.client();
    let document = client.get("/api/v1/openapi.json").await.expect(200);
    let mut walked = 0;
    for (path, calls) in document["paths"].as_object().expect("paths") {
        for method in calls.as_object().expect("calls").keys() {
            let name = format!("{method} {path}");
            if method == "get" || FREE.contains(&name.as_str()) {
                continue;
            }
            let path = path
                .replace("{id}", class.school.as_str())
                .replace(['{', '}'], "");
            let headers = [
                ("cookie", session.as_str()),
                ("content-type", "application/json"),
                ("origin", "https://elsewhere.example"),
            ];
            let method = method.to_uppercase();
            let answer = client
                .send(&method, &path, &headers, Body::from("{}"))
                .await;
            answer.problem(403, "csrf");
            walked += 1;
        }
    }
    assert!(walked > 40, "{walked}");
    // Nor does any address let a script of another site send what it may not.
    let ask = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type,synaq-csrf"),
    ];
    for path in ["/api/v1/attempts", "/api/v1/sessions", "/sign-in"] {
        let answer = client.send("OPTIONS", path, &ask, Body::empty()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
