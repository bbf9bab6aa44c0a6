//! One kept-alive HTTP/1.1 connection, as thin as it can be: on a machine of two cores whatever the client costs is
//! taken from the server. Request and answer live in two buffers that are used again; of an answer only what is asked
//! for is read.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A call that was answered with success: its name, its latency, and the bytes that came.
pub type Timing = (&'static str, Duration, u64);

/// Whoever waits longer for an answer takes the connection for lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(40);
/// A server ends a connection that is idle for 75 seconds; one that was idle for so long is opened anew, as browsers do.
const IDLE: Duration = Duration::from_secs(60);
/// An answer's buffer: room for a receipt from the start, and what it may keep of larger answers, of many learners.
const ROOM: usize = 4 * 1024;
const KEPT: usize = 32 * 1024;

/// A connection of one learner.
pub struct Wire {
    address: SocketAddr,
    stream: Option<TcpStream>,
    used: Instant,
    request: Vec<u8>,
    got: Vec<u8>,
    shape: Shape,
    pub token: String,
    /// How long each call took that was answered with success, in their order.
    pub timings: Vec<Timing>,
    /// The names of those that were answered otherwise or not at all: how fast that was is no latency of theirs.
    pub failures: Vec<&'static str>,
    /// Bytes received.
    pub bytes: u64,
}

/// Where an answer's parts lie in the buffer.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    status: u16,
    head: usize,
    end: usize,
}

impl Wire {
    /// Nobody yet, and not connected.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            used: Instant::now(),
            request: Vec::new(),
            got: Vec::with_capacity(ROOM),
            shape: Shape::default(),
            token: String::new(),
            timings: Vec::new(),
            failures: Vec::new(),
            bytes: 0,
        }
    }

    /// Loses the connection without a word, as a phone in a lift does.
    pub fn lose(&mut self) {
        self.stream = None;
        self.got.clear();
        self.shape = Shape::default();
    }

    /// One call, timed under its name where it succeeds; a connection is opened where there is none. Returns the status.
    ///
    /// # Errors
    /// The connection's, or that no answer came in time; the connection is then gone.
    pub async fn call(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        body: &str,
    ) -> io::Result<u16> {
        self.call_with(name, method, path, "", body).await
    }

    /// The same with more lines in the head, each ended by `\r\n`.
    ///
    /// # Errors
    /// As [`Wire::call`].
    pub async fn call_with(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        more: &str,
        body: &str,
    ) -> io::Result<u16> {
        let from = Instant::now();
        if from - self.used > IDLE {
            self.lose();
        }
        self.write_down(method, path, more, body);
        let answer = tokio::time::timeout(ANSWER_WITHIN, self.exchange()).await;
        match answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(shape) => {
                self.used = Instant::now();
                let bytes = self.got.len() as u64;
                match shape.status {
                    200..=299 => self.timings.push((name, self.used - from, bytes)),
                    _ => self.failures.push(name),
                }
                self.bytes += bytes;
                self.shape = shape;
                Ok(shape.status)
            }
            Err(error) => {
                self.failures.push(name);
                self.lose();
                Err(error)
            }
        }
    }

    /// The last answer's body; in the pieces of its encoding where it came in pieces.
    pub fn body(&self) -> &[u8] {
        self.got
            .get(self.shape.head..self.shape.end)
            .unwrap_or_default()
    }

    /// The last answer's body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.body()).unwrap_or(Value::Null)
    }

    /// A whole number in the last answer's JSON: the first after this name.
    pub fn number(&self, name: &str) -> Option<i64> {
        let body = std::str::from_utf8(self.body()).ok()?;
        let quoted = format!("\"{name}\":");
        let (_, after) = body.split_once(&quoted)?;
        let end = after.find(|c: char| !c.is_ascii_digit() && c != '-');
        after[..end.unwrap_or(after.len())].parse().ok()
    }

    /// A header of the last answer, its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.got.get(..self.shape.head)?, name)
    }

    fn write_down(&mut self, method: &str, path: &str, more: &str, body: &str) {
        let request = &mut self.request;
        request.clear();
        for part in [method, " ", path, " HTTP/1.1\r\nhost: bench\r\n", more] {
            request.extend_from_slice(part.as_bytes());
        }
        // A page gets the session as browsers send it: by cookie.
        if !self.token.is_empty() && !more.contains("cookie: ") {
            request.extend_from_slice(b"authorization: Bearer ");
            request.extend_from_slice(self.token.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        if !body.is_empty() {
            request.extend_from_slice(b"content-type: application/json\r\n");
        }
        if method != "GET" {
            request.extend_from_slice(b"content-length: ");
            request.extend_from_slice(body.len().to_string().as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body.as_bytes());
    }

    async fn exchange(&mut self) -> io::Result<Shape> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(&self.request).await?;

        let got = &mut self.got;
        match got.capacity() > KEPT {
            true => *got = Vec::with_capacity(ROOM),
            false => got.clear(),
        }
        let mut seen = 0;
        let head = loop {
            read_more(stream, got).await?;
            // The end may lie across two reads.
            let from = seen.max(3) - 3;
            if let Some(at) = got[from..].windows(4).position(|four| four == b"\r\n\r\n") {
                break from + at + 4;
            }
            seen = got.len();
        };
        let status = got
            .get(9..12)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let lines = &got[..head];
        let end = if status == 304 {
            head
        } else if let Some(length) = header(lines, "content-length") {
            let length: usize = length.parse().map_err(|_| io::ErrorKind::InvalidData)?;
            got.reserve((head + length).saturating_sub(got.len()));
            while got.len() < head + length {
                read_more(stream, got).await?;
            }
            head + length
        } else if header(lines, "transfer-encoding").is_some() {
            loop {
                match end_of_pieces(&got[head..])? {
                    Some(length) => break head + length,
                    None => read_more(stream, got).await?,
                }
            }
        } else {
            head
        };
        Ok(Shape { status, head, end })
    }
}

async fn read_more(stream: &mut TcpStream, got: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(got).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (start, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        match start.eq_ignore_ascii_case(name.as_bytes()) {
            true => Some(std::str::from_utf8(value).ok()?.trim()),
            false => None,
        }
    })
}

/// Where a body that comes in pieces ends; none while it is not all there.
fn end_of_pieces(body: &[u8]) -> io::Result<Option<usize>> {
    let mut at = 0;
    loop {
        let rest = &body[at..];
        let Some(line) = rest.windows(2).position(|two| two == b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&rest[..line])
            .ok()
            .and_then(|size| usize::from_str_radix(size.trim(), 16).ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        at += line + 2 + size + 2;
        match (at <= body.len(), size) {
            (false, _) => return Ok(None),
            (true, 0) => return Ok(Some(at)),
            (true, _) => {}
        }
    }
}
