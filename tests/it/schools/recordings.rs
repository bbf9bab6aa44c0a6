//! Human voices as people meet them: uploading, what is refused and in which words, deciding, hearing it, sharing it.

use axum::body::Body;
use axum::http::header;
use futures_util::{StreamExt, stream};
use serde_json::json;
use synaq::content;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::id::TestletId;
use synaq::domain::rules::Section;
use synaq::service::{NewAccount, UPLOAD_BYTES_MAX, UPLOADS_AT_ONCE};
use tokio::sync::oneshot;

use super::{Visitor, between};
use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD, new, start, training};
use crate::support::voice::{RATE, TEXT, TEXTS, draft, humming, text, voices, wav};
use crate::support::world::running;
use crate::support::{Client, Place, World, short_content};

async fn visitor(world: &World, name: &str) -> (Visitor, Client) {
    let email = format!("{name}@example.org");
    let signed_in = world.exam.sign_in(&email, PASSWORD).await;
    let token = signed_in.expect("a session").token;
    let visitor = Visitor::with_session(world, &token).await;
    (visitor, world.client().with_token(&token))
}

fn microphone(answer: &Answer) -> bool {
    answer
        .header("permissions-policy")
        .contains("microphone=(self)")
}

#[tokio::test]
async fn a_tutor_uploads_a_recording_hears_it_and_decides() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let (tutor, _) = visitor(&world, "one-tutor").await;
    let school = format!("/schools/{}", class.school);
    let page = tutor.page(&school).await;
    assert!(page.contains(&format!("{school}/recordings")));
    let list = tutor.page(&format!("{school}/recordings")).await;
    assert_eq!(list.matches("Synthetic voice").count(), TEXTS.len());
    let other_level = tutor.page(&format!("{school}/recordings?level=B1")).await;
    let this_level = tutor.page(&format!("{school}/recordings?level=A2")).await;
    let desk = format!("{school}/recordings/{TEXT}");
    assert!(this_level.contains(&desk) || other_level.contains(&desk));

    // The microphone is allowed on this page and on no other.
    let shown = tutor.get(&desk).await;
    assert!(microphone(&shown) && !microphone(&tutor.get(&school).await));
    let edition = world.exam.content().bank.get(&text(TEXT));
    let script = edition.and_then(|edition| edition.testlet.stimulus.recording());
    let script = script.expect("a script");
    for turn in &script.turns {
        assert!(shown.text().contains(&turn.text), "{}", turn.text);
    }

    let sent = tutor.send_file(&desk, &humming(10, 0.3)).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let take = sent.header("location").to_owned();
    assert!(take.starts_with(&desk), "{take}");
    let page = tutor.page(&take).await;
    for expected in [
        "class=\"wave\"",
        "syllables a minute",
        "LUFS",
        "Waiting for your decision",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let loudness = between(&page, "<span class=\"num\">−", " LUFS");
    let loudness: f64 = loudness.parse().expect("a number");
    assert!((15.0..=17.0).contains(&loudness), "{loudness}");

    // Without consent nothing happens, and what was typed stays.
    let fields = [("step", "use"), ("credit", "Айгүл & Арман")];
    let refused = tutor.send("POST", &take, Some(&fields)).await;
    assert_eq!(refused.status, 422);
    let shown = refused.text();
    assert!(shown.contains("href=\"#consent\"") && shown.contains("Айгүл &#38; Арман"));
    assert!(tutor.page(&desk).await.contains("Synthetic voice"));
    let fields = [fields[0], fields[1], ("consent", "yes")];
    assert_eq!(tutor.submit(&take, &fields).await, desk);
    let page = tutor.page(&desk).await;
    assert!(page.contains("Your school&#39;s recording") && page.contains("In use"));
    let again = tutor.send("POST", &take, Some(&fields)).await;
    assert_eq!(again.status, 409);

    // What the browser plays: whole, in parts, and not again when it has it.
    let src = between(&page, "<audio controls preload=\"none\" src=\"", "\"").to_owned();
    let (_, learner) = visitor(&world, "one-learner").await;
    let whole = learner.get(&src).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type"), "audio/mpeg");
    assert!(whole.header("cache-control").contains("immutable"));
    let bearer = format!("Bearer {}", learner.token());
    let ask = async |name: &str, value: &str| {
        let headers = [("authorization", bearer.as_str()), (name, value)];
        learner.send("GET", &src, &headers, Body::empty()).await
    };
    let part = ask("range", "bytes=100-199").await;
    assert_eq!(part.status, 206);
    assert_eq!(part.body, whole.body[100..200]);
    let length = whole.body.len();
    let place = part.header("content-range").to_owned();
    assert_eq!(place, format!("bytes 100-199/{length}"));
    let beyond = ask("range", &format!("bytes={length}-")).await;
    assert_eq!(beyond.status, 416);
    let tag = whole.header(header::ETAG.as_str()).to_owned();
    assert_eq!(ask("if-none-match", &tag).await.status, 304);
    assert_eq!(world.client().get(&src).await.status, 401, "nobody");

    tutor.submit(&take, &[("step", "withdraw")]).await;
    let page = tutor.page(&desk).await;
    assert!(page.contains("Synthetic voice") && page.contains("Withdrawn"));
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_in_words_that_say_what_to_do() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let (tutor, api) = visitor(&world, "one-tutor").await;
    let desk = format!("/schools/{}/recordings/{TEXT}", class.school);
    let call = format!("/api/v1{desk}");
    let silent = wav((0..10 * RATE).map(|_| 0.0));
    let mp3 =
        std::fs::read(crate::support::short_content().join("bank/listening/lst-short-nan.mp3"));
    let mp3 = mp3.expect("a recording");
    let webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01webm".to_vec();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "Choose a recording"),
        (
            "not-audio",
            b"<html>".to_vec(),
            "This file is not a recording",
        ),
        ("codec", webm, "Record on this page, or save"),
        (
            "broken",
            mp3[..mp3.len() - 50].to_vec(),
            "damaged or was cut off",
        ),
        ("silent", silent, "Nothing can be heard"),
        ("too-quiet", humming(10, 0.003), "too quiet"),
        (
            "clipped",
            humming(10, 9.0),
            "distorted because it was too loud",
        ),
        ("too-short", humming(2, 0.3), "Read the whole text"),
        ("too-long", humming(60, 0.3), "Read only this text"),
    ];
    for (reason, file, words) in cases {
        let answer = tutor.send_file(&desk, &file).await;
        assert_eq!(answer.status, 422, "{reason}: {}", answer.text());
        let text = answer.text();
        let said = between(&text, "id=\"file-error\">", "</p>").to_owned();
        assert!(said.contains(words), "{reason}: {said}");
        assert!(text.contains("href=\"#file\"") && microphone(&answer));
        let headers = [("authorization", &*format!("Bearer {}", api.token()))];
        let answer = api.send("POST", &call, &headers, Body::from(file)).await;
        let problem = answer.problem(422, "recording-refused");
        assert_eq!(problem["reason"], reason, "{problem}");
    }
    let takes = place.rows("select id from recordings").await;
    assert_eq!(takes.len(), 0, "nothing is kept");
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let (tutor, api) = visitor(&world, "one-tutor").await;
    let desk = format!("/schools/{}/recordings/{TEXT}", class.school);
    let bearer = format!("Bearer {}", api.token());
    // It says that it is 200 MB and never comes: whoever waited for it would wait for ever.
    let endless = Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    let headers = [
        ("cookie", tutor.cookie.as_str()),
        ("host", "exam.example"),
        ("accept-language", "en"),
        ("content-type", "multipart/form-data; boundary=edge"),
        ("content-length", "200000000"),
    ];
    let answer = tutor.router.send("POST", &desk, &headers, endless).await;
    assert_eq!(answer.status, 413);
    assert!(
        answer.text().contains("larger than 30 MB"),
        "{}",
        answer.text()
    );
    // One that does not say how large it is, is given up where it becomes too large.
    let large = vec![0; UPLOAD_BYTES_MAX + 100_000];
    let answer = tutor.send_file(&desk, &large).await;
    assert_eq!(answer.status, 413);
    let headers = [("authorization", bearer.as_str())];
    let call = format!("/api/v1{desk}");
    let answer = api.send("POST", &call, &headers, Body::from(large)).await;
    answer.problem(413, "too-large");
    // Who may not record is not even told that.
    let (stranger, _) = visitor(&world, "one-learner").await;
    let answer = stranger.send_file(&desk, b"x").await;
    assert_eq!(answer.status, 403);
}

/// A body that begins and never ends, and who is told once somebody reads it.
fn unfinished() -> (Body, oneshot::Receiver<()>) {
    let (tell, told) = oneshot::channel();
    let begins = stream::once(async move {
        let _ = tell.send(());
        Ok::<_, std::io::Error>(b"RIFF".to_vec())
    });
    let body = Body::from_stream(begins.chain(stream::pending()));
    (body, told)
}

#[tokio::test]
async fn an_upload_without_a_place_is_refused_before_it_is_read() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let mut tutors = Vec::new();
    for n in 0..=UPLOADS_AT_ONCE {
        let class = Class::of(&world, &format!("nr{n}")).await;
        let (tutor, api) = visitor(&world, &format!("nr{n}-tutor")).await;
        let desk = format!("/schools/{}/recordings/{TEXT}", class.school);
        tutors.push((tutor, api, desk));
    }
    let (tutor, api, desk) = tutors.pop().expect("one more than there are places");
    let call = format!("/api/v1{desk}");
    let mut sending = Vec::new();
    for (_, api, desk) in &tutors {
        let (api, call) = (api.clone(), format!("/api/v1{desk}"));
        let (body, begun) = unfinished();
        sending.push(tokio::spawn(async move {
            api.send("POST", &call, &[], body).await
        }));
        begun.await.expect("it has a place");
    }

    // Every place is taken by somebody who sends as slowly as they can.
    let (body, mut begun) = unfinished();
    let refused = api.send("POST", &call, &[], body).await;
    refused.problem(503, "busy");
    assert_eq!(refused.header("retry-after"), "2");
    assert!(begun.try_recv().is_err(), "nothing of it was read");
    let refused = tutor.send_file(&desk, &humming(9, 0.2)).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "2");
    assert!(refused.text().contains("The server is busy"));

    // One of them is gone: there is a place, and not a second one for anybody who has one.
    let gone = sending.swap_remove(0);
    gone.abort();
    gone.await.expect_err("it was ended in the middle");
    let (_, greedy, theirs) = &tutors[1];
    let second = Body::from(humming(9, 0.2));
    let path = format!("/api/v1{theirs}");
    let second = greedy.send("POST", &path, &[], second);
    second.await.problem(503, "busy");
    let sent = tutor.send_file(&desk, &humming(9, 0.2)).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let again = Body::from(humming(9, 0.2));
    let again = api.send("POST", &call, &[], again).await;
    again.expect(201);
}

#[tokio::test]
async fn learners_are_told_whose_voice_it_was_once_they_may_see_the_answers() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    voices(&world, &class, b"sound").await;
    let given = class
        .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
        .await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    let (learner, _) = visitor(&world, "one-learner").await;
    let paper = world
        .start(&class.learner.id, &id, Section::Listening)
        .await;
    assert_eq!(running(&paper).name, Section::Listening);
    let sitting = learner.page(&format!("/attempts/{id}")).await;
    assert!(!sitting.contains("Айгүл"), "the voice's name is not asked");
    world
        .finish(&class.learner.id, &id, Section::Listening)
        .await;
    world.sit(&class.learner.id, &id, Section::Reading, 1).await;
    let result = learner.page(&format!("/attempts/{id}/result")).await;
    assert!(result.contains("Read by Айгүл"), "{result}");
    assert!(!result.contains("The voices are synthetic"));
    let (tutor, _) = visitor(&world, "one-tutor").await;
    let trail = format!("/assignments/{}/attempts/{id}", given.id);
    assert!(tutor.page(&trail).await.contains("Read by Айгүл"));
}

#[tokio::test]
async fn the_api_does_what_the_pages_do() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let (_, api) = visitor(&world, "one-tutor").await;
    let operator = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world
        .exam
        .create_operator(operator)
        .await
        .expect("an operator");
    let (server, operator) = visitor(&world, "operator").await;
    let list = format!("/api/v1/schools/{}/recordings", class.school);
    let desk = format!("{list}/{TEXT}");
    let bearer = format!("Bearer {}", api.token());
    let headers = [("authorization", bearer.as_str())];
    let made = api
        .send("POST", &desk, &headers, Body::from(humming(9, 0.2)))
        .await;
    let id = made.expect(201)["id"].as_str().expect("an id").to_owned();
    let seen = api.get(&desk).await.expect(200);
    assert_eq!(seen["recordings"][0]["state"], "draft");
    // Shorter than two fifths of the script's recording would miss something.
    let content = content::load(&short_content()).expect("the short content");
    let edition = content.bank.get(&TestletId::new(TEXT)).expect("the text");
    let script = edition.testlet.stimulus.recording().expect("a recording");
    let least = (script.duration_ms * 2 / 5).div_ceil(1000);
    assert_eq!(seen["least_seconds"], least);
    let peak = seen["recordings"][0]["true_peak_dbtp"].as_f64();
    assert!(peak.is_some_and(|peak| peak < -1.0), "{seen}");
    let used = json!({ "credit": "Арман", "consent": true });
    api.put(&format!("{desk}/{id}"), used).await.expect(204);
    let texts = api.get(&list).await.expect(200);
    let heard = texts.as_array().expect("texts").iter();
    let heard = heard.filter(|text| text["heard"]["id"] == id.as_str());
    assert_eq!(heard.count(), 1);

    // Whoever runs the server sees what schools use, and lets everybody hear it.
    let everywhere = "/api/v1/operator/recordings";
    let listed = operator.get(everywhere).await.expect(200);
    assert_eq!(listed[0]["school_name"], "one-school");
    assert_eq!(listed[0]["up_to_date"], true);
    let page = server.page("/operator/recordings").await;
    assert!(page.contains("one-school") && page.contains("Share with everybody"));
    let adopt = [("recording", id.as_str()), ("step", "adopt")];
    assert_eq!(
        server.submit("/operator/recordings", &adopt).await,
        "/operator/recordings"
    );
    let other = Class::of(&world, "two").await;
    let (stranger, _) = visitor(&world, "two-tutor").await;
    let theirs = format!("/schools/{}/recordings", other.school);
    let page = stranger.page(&theirs).await;
    assert!(page.contains("A recording shared by the server"), "{page}");
    assert!(
        !page.contains("one-tutor"),
        "who recorded it is its school's affair"
    );
    let adoption = format!("{everywhere}/{id}/adoption");
    operator.json("DELETE", &adoption, None).await.expect(204);
    assert!(
        !stranger
            .page(&theirs)
            .await
            .contains("shared by the server")
    );
    api.json("DELETE", &format!("{desk}/{id}"), None)
        .await
        .expect(204);
    let again = api.json("DELETE", &format!("{desk}/{id}"), None).await;
    again.problem(409, "recording-state");

    // One text's recording is not another's; a draft is thrown away.
    let waiting = draft(&world, &class, TEXT, b"x").await;
    let path = format!(
        "/schools/{}/recordings/lst-short-auyl/{waiting}",
        class.school
    );
    let (tutor, _) = visitor(&world, "one-tutor").await;
    assert_eq!(tutor.get(&path).await.status, 404);
    let path = path.replace("lst-short-auyl", TEXT);
    tutor.submit(&path, &[("step", "discard")]).await;
    assert_eq!(tutor.get(&path).await.status, 404);
}
