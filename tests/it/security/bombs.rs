//! Files that are small and grow, or large and say nothing. (An hour of sound in a few hundred bytes is in the tests of
//! `audio::normalise`, what is refused of an uploaded voice in `schools::recordings`.)

use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use synaq::config::Server;
use synaq::domain::roster::{BYTES_MAX, ROWS_MAX};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

use crate::schools::Visitor;
use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD};
use crate::support::{Place, World};

/// Bytes; many times what any body may have.
const MANY_BYTES: usize = 8 << 20;
const ROSTER: &str = "a@example.org\n";

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

/// This in gzip, by the library that packs the server's own answers.
async fn gzip(plain: impl Into<Vec<u8>>) -> Vec<u8> {
    let plain = plain.into();
    let size = u32::try_from(plain.len()).expect("a size");
    let answer = move |_| {
        let answer = Response::new(Body::from(plain.clone()));
        std::future::ready(Ok::<_, Infallible>(answer))
    };
    let packing = CompressionLayer::new().compress_when(SizeAbove::new(0));
    let request = Request::builder().header("accept-encoding", "gzip");
    let request = request.body(Body::empty()).expect("a request");
    let answer = packing.layer(service_fn(answer)).oneshot(request).await;
    let body = Body::new(answer.expect("an answer").into_body());
    let packed = to_bytes(body, usize::MAX).await.expect("a body");
    // It begins with its sign and ends with the size of what it holds.
    assert!(packed.starts_with(&[0x1f, 0x8b, 8]), "{packed:?}");
    assert!(packed.ends_with(&size.to_le_bytes()), "{packed:?}");
    packed.into()
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
        ("roster.csv.gz", gzip(ROSTER).await, 422),
        ("zeroes.csv.gz", gzip(vec![0; MANY_BYTES]).await, 422),
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
    // Not packed, the same roster is read.
    let answer = upload(&visitor, &path, "roster.csv", ROSTER.as_bytes(), "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains(ROSTER.trim_end()));
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

/// Each body is what its encoding makes of one that is accepted: unpacked it would make an attempt, or be too large.
#[tokio::test]
async fn a_body_that_is_said_to_be_packed_is_not_unpacked() {
    const PLAIN: &str = "{\"kind\":\"mock\"}";
    let place = Place::sqlite();
    let client = World::on(&place).await.client().as_guest().await;
    let bomb = PLAIN.replace('}', &(" ".repeat(MANY_BYTES) + "}"));
    let bomb = gzip(bomb).await;
    assert!(bomb.len() < Server::default().body_bytes, "{}", bomb.len());
    // The three others have ways to hold a text as it is: between what says so, and a checksum or an end.
    // `curl --compressed` unpacks each.
    let as_it_is = |before: &[u8], after: &[u8]| [before, PLAIN.as_bytes(), after].concat();
    let zlib = as_it_is(b"\x78\x01\x01\x0f\0\xf0\xff", b"\x28\x54\x05\x0b");
    let brotli = as_it_is(b"\xe0\0\x10", b"\x03");
    let zstd = as_it_is(b"\x28\xb5\x2f\xfd\x20\x0f\x79\0\0", b"");
    let attempts = async || {
        let rows = place.rows("select id from attempts").await;
        rows.len()
    };
    for (encoding, body) in [
        ("gzip", gzip(PLAIN).await),
        ("gzip", bomb),
        ("deflate", zlib),
        ("br", brotli),
        ("zstd", zstd),
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("content-encoding", encoding),
        ];
        let answer = client
            .send("POST", "/api/v1/attempts", &headers, Body::from(body))
            .await;
        answer.problem(400, "malformed");
        assert_eq!(attempts().await, 0, "{encoding}");
    }
    let json = [("content-type", "application/json")];
    let answer = client
        .send("POST", "/api/v1/attempts", &json, Body::from(PLAIN))
        .await;
    answer.expect(201);
    assert_eq!(attempts().await, 1);
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
