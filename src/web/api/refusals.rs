//! What calls of a kind have in common in the API's document: the problems with which they may be refused.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Response,
        ResponseBuilder, Type,
    },
};

/// A problem under its status.
fn problem(status: u16, description: &str) -> (String, RefOr<Response>) {
    let schema = RefOr::Ref(Ref::from_schema_name("Problem"));
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build();
    (status.to_string(), response.into())
}

/// What OpenAPI wants of each answer, where a call says no more of it than its status and its shape.
fn in_a_word(status: &str) -> &'static str {
    match status {
        "200" => "What was asked for",
        "201" => "It is made",
        "204" => "It is done",
        _ => "A problem",
    }
}

/// Every answer is described, and every call that may be turned away (503, 429) says in the document that the answer tells when to try again.
pub(super) fn complete(document: &mut OpenApi) {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
    let header = HeaderBuilder::new()
        .schema(Some(seconds))
        .description(Some("Seconds after which to try again"))
        .build();
    let calls = document.paths.paths.values_mut().flat_map(|path| {
        [
            &mut path.get,
            &mut path.put,
            &mut path.post,
            &mut path.delete,
            &mut path.patch,
        ]
    });
    for call in calls.flatten() {
        for (status, answer) in &mut call.responses.responses {
            if let RefOr::T(answer) = answer
                && answer.description.is_empty()
            {
                answer.description = in_a_word(status).to_owned();
            }
        }
        for status in ["503", "429"] {
            if let Some(RefOr::T(later)) = call.responses.responses.get_mut(status) {
                let name = "Retry-After".to_owned();
                later.headers.insert(name, header.clone().into());
            }
        }
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal $description:literal),+;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(problem($status, $description)),+])
            }
        }
    )+};
}

refusals! {
    /// Of a call that reads what is somebody's.
    Read:
        401 "Nobody is signed in",
        503 "The server is busy, or the database cannot be reached";
    /// Of a call that changes something of somebody signed in.
    Change:
        401 "Nobody is signed in",
        403 "The change came by cookie without the page's token, or it is not allowed",
        503 "The server is busy, or the database cannot be reached";
    /// Of a call with a JSON body.
    Body:
        400 "The body is not JSON",
        413 "The body is too large",
        415 "The body is not said to be JSON",
        422 "A value is not acceptable";
    /// Of a call with a query.
    Asked:
        400 "The query has what the call does not know, or something twice";
    /// Of a call about one thing.
    NotFound:
        404 "There is no such thing for whoever asks";
}
