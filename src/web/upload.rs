//! A form that may hold a file. Like [`CheckedForm`](super::access::CheckedForm), it is taken only with the CSRF token of
//! the page; the fields are read whole, within the route's limit of the body, before anything is done with them.

use std::collections::HashMap;

use axum::{
    Form,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
    response::Response,
};

use super::{App, access::Visitor, pages};

/// The fields of a form, by name, whose CSRF token was this visitor's.
#[derive(Debug)]
pub struct CheckedUpload(HashMap<String, Bytes>);

impl CheckedUpload {
    /// A field's bytes: those of a file, if one was chosen.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.0.get(name).map_or(&[], |bytes| &bytes[..])
    }

    /// A field's bytes, taken out of the form.
    pub fn into_bytes(mut self, name: &str) -> Bytes {
        self.0.remove(name).unwrap_or_default()
    }

    /// A field's text; none where it is not UTF-8.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name)).unwrap_or_default()
    }
}

async fn parts(mut multipart: Multipart) -> Result<HashMap<String, Bytes>, MultipartError> {
    let mut fields = HashMap::new();
    while let Some(field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.bytes().await?);
    }
    Ok(fields)
}

async fn fields(request: Request, app: &App) -> Result<HashMap<String, Bytes>, StatusCode> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let multipart = Multipart::from_request(request, app).await;
        let multipart = multipart.map_err(|rejection| rejection.status())?;
        return parts(multipart).await.map_err(|error| error.status());
    }
    let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
    let Form(fields) = form.map_err(|rejection| rejection.status())?;
    let fields = fields.into_iter();
    Ok(fields
        .map(|(name, value)| (name, Bytes::from(value)))
        .collect())
}

impl FromRequest<App> for CheckedUpload {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor =
            <Visitor as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let fields = fields(Request::from_parts(parts, body), app).await;
        let form = Self(fields.map_err(|status| pages::bad_request(app, &visitor, status))?);
        match visitor.owns_csrf(form.text("csrf")) {
            true => Ok(form),
            false => Err(pages::stale_form(app, &visitor)),
        }
    }
}
