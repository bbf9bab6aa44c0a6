//! The API under `/api/v1`: JSON, described by OpenAPI, errors as RFC 9457 problems. What a page does, the API does.

mod accommodations;
mod accounts;
mod assignments;
mod attempts;
mod comments;
mod corrections;
mod giving;
mod invitations;
pub mod live;
mod operator;
mod own_data;
mod pathway;
mod points;
mod potential;
mod profiles;
mod recordings;
mod refusals;
mod results;
mod review;
mod rules;
mod schools;
mod sections;
pub mod shapes;
mod teaching;

use axum::{Json, Router, extract::DefaultBodyLimit, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use attempts::{WishWords, wish};
pub(super) use sections::respond;

use super::{App, problem::Problem, public, urls};
use crate::service::UPLOAD_BYTES_MAX;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Synaq",
        description = "KAZTEST practice and mock exams. Independent of the state's testing centre. Errors are \
                       application/problem+json with a stable type; times are RFC 3339 with offset.",
        license(name = "MIT", identifier = "MIT")
    ),
    modifiers(&Bearer),
    components(schemas(Problem)),
    security(("bearer" = []))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        );
    }
}

/// The API's routes, those of large uploads, which may take longer, and the document that describes all.
pub fn router(app: App) -> (Router, Router, utoipa::openapi::OpenApi) {
    let (uploads, described) = OpenApiRouter::new()
        .nest(
            urls::API,
            OpenApiRouter::new().routes(routes!(recordings::make)),
        )
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .split_for_parts();
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest(
            urls::API,
            OpenApiRouter::new()
                .routes(routes!(accounts::make_guest))
                .routes(routes!(accounts::make_account))
                .routes(routes!(accounts::open_session, accounts::end_session))
                .routes(routes!(rules::list))
                .routes(routes!(rules::one))
                .routes(routes!(attempts::make, attempts::list))
                .routes(routes!(attempts::one))
                .routes(routes!(attempts::time))
                .routes(routes!(sections::start))
                .routes(routes!(sections::finish))
                .routes(routes!(sections::respond))
                .routes(routes!(sections::flag))
                .routes(routes!(sections::play))
                .routes(routes!(results::result))
                .routes(routes!(results::language_score))
                .routes(routes!(points::table))
                .routes(routes!(potential::assess))
                .routes(routes!(profiles::list, profiles::make))
                .routes(routes!(profiles::one, profiles::change, profiles::delete))
                .routes(routes!(pathway::table))
                .routes(routes!(pathway::plan))
                .merge(schools_router()),
        )
        .routes(routes!(public::jwks))
        .routes(routes!(public::language_score_schema))
        .routes(routes!(public::assessment_schema))
        .split_for_parts();
    document.merge(described);
    refusals::complete(&mut document);
    (
        router.with_state(app.clone()),
        uploads.with_state(app),
        document,
    )
}

/// Schools, groups and assignments.
fn schools_router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(schools::list, schools::make))
        .routes(routes!(schools::one, schools::rename))
        .routes(routes!(schools::invite_tutor))
        .routes(routes!(schools::leave))
        .routes(routes!(schools::make_group))
        .routes(routes!(schools::group, invitations::rename_group))
        .routes(routes!(schools::make_code))
        .routes(routes!(schools::revoke_code))
        .routes(routes!(schools::leave_group))
        .routes(routes!(schools::invitation, schools::join))
        .merge(people_router())
        .routes(routes!(assignments::give))
        .routes(routes!(assignments::due))
        .routes(routes!(assignments::one, giving::change))
        .routes(routes!(giving::preview))
        .routes(routes!(giving::grant))
        .routes(routes!(giving::bank))
        .routes(routes!(assignments::start))
        .routes(routes!(assignments::withdraw))
        .routes(routes!(assignments::release))
        .routes(routes!(assignments::gradebook))
        .routes(routes!(assignments::result))
        .routes(routes!(teaching::assignment_needs))
        .routes(routes!(teaching::group_needs))
        .routes(routes!(teaching::progress))
        .routes(routes!(comments::trail))
        .routes(routes!(
            comments::list,
            comments::write_whole,
            comments::erase_whole
        ))
        .routes(routes!(comments::write_item, comments::erase_item))
        .routes(routes!(review::items))
        .routes(routes!(review::item))
        .routes(routes!(review::skills))
        .routes(routes!(live::live))
        .routes(routes!(live::give_time))
        .routes(routes!(live::void))
        .routes(routes!(
            accommodations::one,
            accommodations::grant,
            accommodations::withdraw
        ))
        .routes(routes!(corrections::make, corrections::list))
        .routes(routes!(corrections::undo))
        .routes(routes!(
            corrections::make_everywhere,
            corrections::list_everywhere
        ))
        .routes(routes!(corrections::undo_everywhere))
}

/// Invitations, rosters and roles; the record, the server and one's own data.
fn people_router() -> OpenApiRouter<App> {
    let roster = OpenApiRouter::new().routes(routes!(invitations::roster));
    OpenApiRouter::new()
        .routes(routes!(invitations::mine))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::decline))
        .routes(routes!(invitations::revoke))
        .routes(routes!(invitations::remove_learner))
        .routes(routes!(operator::audit))
        .routes(routes!(operator::server_audit))
        .routes(routes!(operator::server))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::one))
        .routes(routes!(recordings::take_into_use, recordings::end))
        .routes(routes!(recordings::everywhere))
        .routes(routes!(recordings::adopt, recordings::end_adoption))
        .routes(routes!(own_data::data))
        .routes(routes!(own_data::erase))
        .routes(routes!(invitations::change_role, invitations::send_away))
        .merge(roster.layer(DefaultBodyLimit::max(invitations::ROSTER_BYTES)))
}

/// The document at its URL.
pub fn document(document: utoipa::openapi::OpenApi) -> Router {
    Router::new().route(urls::OPENAPI, get(move || async move { Json(document) }))
}
