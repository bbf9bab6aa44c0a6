//! Answering with bytes at hand, whole or the one stretch that was asked for (RFC 9110, section 14). A request for
//! several stretches at once gets the whole, which is always allowed.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The stretch that a header asks of so many bytes: first and last. None where it asks for nothing that we know;
/// an error where there is no such stretch.
pub(super) fn stretch(range: &HeaderValue, length: usize) -> Result<Option<(usize, usize)>, ()> {
    let asked = range.to_str().ok().and_then(|text| {
        let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| match text {
            "" => Some(None),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok().map(Some),
            _ => None,
        };
        Some((number(first)?, number(last)?))
    });
    match asked {
        Some((Some(first), Some(last))) if first > last => Ok(None),
        Some((Some(first), _)) if first >= length => Err(()),
        Some((Some(first), last)) => {
            let last = last.unwrap_or(usize::MAX).min(length - 1);
            Ok(Some((first, last)))
        }
        Some((None, Some(0))) => Err(()),
        Some((None, Some(_))) if length == 0 => Err(()),
        Some((None, Some(most))) => Ok(Some((length.saturating_sub(most), length - 1))),
        Some((None, None)) | None => Ok(None),
    }
}

/// The bytes, or the stretch of them that a `Range` header asks for.
pub(super) fn answer(bytes: Bytes, range: Option<&HeaderValue>) -> Response {
    let length = bytes.len();
    let ranges = (header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    match range.map_or(Ok(None), |range| stretch(range, length)) {
        Ok(None) => ([ranges, kind], Body::from(bytes)).into_response(),
        Ok(Some((first, last))) => {
            let part = bytes.slice(first..=last);
            let place = format!("bytes {first}-{last}/{length}");
            let headers = [(header::CONTENT_RANGE, place)];
            let partial = StatusCode::PARTIAL_CONTENT;
            (partial, [ranges, kind], headers, Body::from(part)).into_response()
        }
        Err(()) => {
            let headers = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, [ranges], headers).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_asks_for_a_stretch() {
        let whole = Ok(None);
        for (header, length, expected) in [
            ("bytes=0-0", 10, Ok(Some((0, 0)))),
            ("bytes=2-5", 10, Ok(Some((2, 5)))),
            ("bytes=2-", 10, Ok(Some((2, 9)))),
            ("bytes=2-99", 10, Ok(Some((2, 9)))),
            ("bytes=-3", 10, Ok(Some((7, 9)))),
            ("bytes=-99", 10, Ok(Some((0, 9)))),
            ("bytes=10-", 10, Err(())),
            ("bytes=-0", 10, Err(())),
            ("bytes=0-", 0, Err(())),
            ("bytes=-1", 0, Err(())),
            ("bytes=5-2", 10, whole),
            ("bytes=-", 10, whole),
            ("bytes=0-1,4-5", 10, whole),
            ("bytes=+1-2", 10, whole),
            ("bytes=99999999999999999999-", 10, whole),
            ("lines=0-1", 10, whole),
            ("", 10, whole),
        ] {
            let header_value = HeaderValue::from_static(header);
            assert_eq!(stretch(&header_value, length), expected, "{header}");
        }
    }
}
