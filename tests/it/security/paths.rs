//! Paths that climb lead nowhere, and a line end in a name makes no header.

use axum::body::Body;
use axum::http::Uri;

use crate::schools::Visitor;
use crate::support::school::{Class, PASSWORD, new, reading};
use crate::support::{Place, World};

/// Ways to say "up", after a directory.
const CLIMBS: [&str; 12] = [
    "../Cargo.toml",
    "../../Cargo.toml",
    "../../../../../../etc/passwd",
    "..%2fCargo.toml",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/Cargo.toml",
    "..%5c..%5cCargo.toml",
    "....//....//Cargo.toml",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "..%00/Cargo.toml",
    "%252e%252e%252fCargo.toml",
];

#[tokio::test]
async fn no_path_climbs_out_of_what_is_served() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client().as_guest().await;
    let style = {
        let page = client.get("/").await.text();
        let (_, rest) = page.split_once("/static/").expect("a style sheet");
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    let known = client.get(&format!("/static/{style}/css/synaq.css")).await;
    assert_eq!(known.status, 200, "the version is found");
    let mut asked = 0;
    for under in [
        "/audio/".to_owned(),
        "/static/".to_owned(),
        format!("/static/{style}/"),
        format!("/static/{style}/css/"),
        "/attempts/".to_owned(),
        "/schemas/".to_owned(),
    ] {
        for climb in CLIMBS {
            for path in [format!("{under}{climb}"), format!("{under}{climb}.mp3")] {
                // What is no address at all never reaches the router.
                if path.parse::<Uri>().is_err() {
                    continue;
                }
                let answer = client.get(&path).await;
                let status = answer.status.as_u16();
                assert!(matches!(status, 400 | 404), "{path}: {status}");
                let text = answer.text();
                for inside in ["[package]", "root:", "rust-version"] {
                    assert!(!text.contains(inside), "{path}: {text}");
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

/// What would be a header of the attacker's, were it taken as it comes.
const INJECTED: &str = "x\r\nset-cookie: evil=1\r\nx-evil: 1";

#[tokio::test]
async fn a_line_end_in_what_is_typed_makes_no_header() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client();
    let encoded = "x%0d%0aset-cookie:%20evil=1%0d%0ax-evil:%201";
    for path in [
        format!("/?lang=ru&{encoded}"),
        format!("/{encoded}?lang=ru"),
        format!("/sign-in?next=/{encoded}"),
        format!("/schools/{encoded}/rename"),
        format!("/join?code={encoded}"),
        format!("/attempts/{encoded}"),
    ] {
        let answer = client.get(&path).await;
        assert!(!answer.headers.contains_key("x-evil"), "{path}");
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            assert!(!cookie.starts_with("evil"), "{path}: {cookie}");
        }
        let to = answer.header("location");
        assert!(!to.contains(['\r', '\n']), "{path}: {to}");
    }

    let class = Class::of(&world, "one").await;
    let tutor = class.tutor.email.as_deref().expect("an address");
    let tutor = world
        .exam
        .sign_in(tutor, PASSWORD)
        .await
        .expect("a session");
    let visitor = Visitor::with_session(&world, &tutor.token).await;
    // A name with a line end is refused where it is typed.
    let path = format!("/groups/{}/rename", class.group);
    let refused = visitor
        .send("POST", &path, Some(&[("group", INJECTED)]))
        .await;
    assert_eq!(refused.status, 422);
    // Where such a name got in by another way, the file is called something else.
    let given = class.give(&world, new(reading(), 10)).await;
    let set =
        "update assignments set title = 'x' || char(13, 10) || 'x-evil: \"1\"; filename=evil.exe'";
    place.execute(set).await;
    for file in ["export.csv", "export.xlsx"] {
        let answer = visitor
            .get(&format!("/assignments/{}/{file}", given.id))
            .await;
        assert_eq!(answer.status, 200, "{file}");
        assert!(!answer.headers.contains_key("x-evil"));
        let name = answer.header("content-disposition");
        assert!(name.starts_with("attachment; filename=\""), "{name}");
        assert!(
            !name.contains(['\r', '\n']) && !name.contains(".exe"),
            "{name}"
        );
        assert_eq!(name.matches('"').count(), 2, "{name}");
    }
    // Nor does a header of the client's come back as something else.
    let ask = [
        ("x-request-id", "a, b; c=\"d\""),
        ("accept-language", "<script>"),
    ];
    let answer = client.send("GET", "/", &ask, Body::empty()).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("<script>"));
}
