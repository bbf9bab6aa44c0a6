//! Files that are small and grow, or large and say nothing. (An hour of sound in a few hundred bytes is in the tests of
//! `audio::normalise`, what is refused of an uploaded voice in `schools::recordings`.)

use axum::body::Body;
use synaq::domain::roster::{BYTES_MAX, ROWS_MAX};

use crate::schools::Visitor;
use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD};
use crate::support::{Place, World};

/// A form that holds a file of this kind.
async fn upload(visitor: &Visitor, path: &str, name: &str, file: &[u8], more: &str) -> Answer {
    let mut body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n{more}\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n",
        visitor.token()
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    visitor
        .send_body(path, "multipart/form-data; boundary=x", body)
        .await
}

/// A gzip member of a megabyte of zeroes: a thousand bytes.
fn gzip_of_zeroes() -> Vec<u8> {
    // Two stored ends and a run: what it says does not matter, for nobody unpacks it.
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(std::iter::repeat_n(0u8, 1000));
    file
}

#[tokio::test]
async fn a_roster_is_text_of_a_bounded_size_and_nothing_is_unpacked() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let tutor = class.tutor.email.as_deref().expect("an address");
    let tutor = world
        .exam
        .sign_in(tutor, PASSWORD)
        .await
        .expect("a session");
    let visitor = Visitor::with_session(&world, &tutor.token).await;
    let path = format!("/groups/{}/roster", class.group);
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0".repeat(20);
    let rows = "a@example.org\n".repeat(ROWS_MAX + 1);
    let wide = format!("a@example.org{}", ",".repeat(BYTES_MAX - 100));
    for (name, file, status) in [
        ("roster.xlsx", zip, 422),
        ("roster.csv.gz", gzip_of_zeroes(), 422),
        ("long.csv", rows.into_bytes(), 422),
        ("large.csv", vec![b'a'; BYTES_MAX + 1], 422),
        (
            "quote.csv",
            [b"\"".to_vec(), vec![b'a'; BYTES_MAX / 2]].concat(),
            422,
        ),
        ("huge.csv", vec![b'a'; 8 * BYTES_MAX], 413),
    ] {
        let answer = upload(&visitor, &path, name, &file, "").await;
        assert_eq!(answer.status, status, "{name}");
    }
    // Columns without end are one row of the preview.
    let answer = upload(&visitor, &path, "wide.csv", wide.as_bytes(), "").await;
    assert!(
        matches!(answer.status.as_u16(), 200 | 422),
        "{}",
        answer.status
    );
    // Many fields are as little as one: the whole body has the limit.
    let many: String = (0..20_000)
        .map(|n| format!("--x\r\ncontent-disposition: form-data; name=\"f{n}\"\r\n\r\n\r\n"))
        .collect();
    let answer = upload(&visitor, &path, "a.csv", b"", &many).await;
    assert_eq!(answer.status, 413);
    let invited = place
        .rows("select email from invitations where group_id is not null")
        .await;
    assert!(invited.is_empty(), "{invited:?}");
}

#[tokio::test]
async fn a_body_that_is_said_to_be_packed_is_not_unpacked() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client().as_guest().await;
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let headers = [
            ("content-type", "application/json"),
            ("content-encoding", encoding),
        ];
        let body = Body::from(gzip_of_zeroes());
        let answer = client
            .send("POST", "/api/v1/attempts", &headers, body)
            .await;
        answer.problem(400, "malformed");
    }
}

#[tokio::test]
async fn deep_and_long_json_is_refused_before_it_costs_much() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client().as_guest().await;
    let json = [("content-type", "application/json")];
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let answer = client
        .send("POST", "/api/v1/potential", &json, Body::from(deep))
        .await;
    assert!(
        matches!(answer.status.as_u16(), 400 | 422),
        "{}",
        answer.status
    );
    let long = format!("{{\"kind\": \"{}\"}}", "m".repeat(1 << 20));
    let answer = client
        .send("POST", "/api/v1/attempts", &json, Body::from(long))
        .await;
    answer.problem(413, "too-large");
}
