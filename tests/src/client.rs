//! A learner's browser for load: one kept-alive connection, its cookies, no more.
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    address: String,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookie: Option<String>,
    /// In whose name a proxy would ask.
    forwarded: Option<String>,
}

/// A stream of server-sent events.
pub struct Events(tokio::io::Lines<BufReader<TcpStream>>);

impl Events {
    pub async fn next(&mut self) -> anyhow::Result<String> {
        while let Some(line) = self.0.next_line().await? {
            if let Some(data) = line.strip_prefix("data:") {
                return Ok(data.trim().to_owned());
            }
        }
        bail!("the stream has ended")
    }
}

/// What came back, and how long it took.
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: Bytes,
    pub took: Duration,
}

impl Answer {
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

impl Client {
    /// `127.0.0.1:8080`
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), connection: None, cookie: None, forwarded: None }
    }

    /// As a proxy before the server names who asks.
    #[must_use]
    pub fn forwarded_for(self, visitor: String) -> Self {
        Self { forwarded: Some(visitor), ..self }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same browser in another tab: a connection of its own, the same cookies.
    #[must_use]
    pub fn tab(&self) -> Self {
        Self {
            address: self.address.clone(),
            connection: None,
            cookie: self.cookie.clone(),
            forwarded: self.forwarded.clone(),
        }
    }

    /// A POST of `json` as it goes over the wire.
    pub fn text_of(&self, path: &str, json: &serde_json::Value) -> Vec<u8> {
        let (address, cookie, body) =
            (&self.address, self.cookie.as_deref().unwrap_or_default(), json.to_string());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// What the server tells unasked, from now on, on a connection of its own: the text of each event.
    pub async fn events(&self, path: &str) -> anyhow::Result<Events> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let (address, cookie) = (&self.address, self.cookie.as_deref().unwrap_or_default());
        let asked = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\ncookie: {cookie}\r\n\r\n"
        );
        stream.write_all(asked.as_bytes()).await?;
        Ok(Events(BufReader::new(stream).lines()))
    }

    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.request(Method::GET, path, "", Bytes::new()).await
    }

    /// The same without compression, for a page whose text is read.
    pub async fn plain(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.request(Method::GET, path, "identity", Bytes::new()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let body = serde_html_form::to_string(form)?;
        self.request(Method::POST, path, "application/x-www-form-urlencoded", body.into()).await
    }

    /// A form with a file in the field `file`.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, bytes): (&str, &[u8]),
    ) -> anyhow::Result<Answer> {
        const EDGE: &str = "edge-of-a-part-7d1f";
        let mut body = String::new();
        for (field, text) in fields {
            body +=
                &format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        }
        body += &format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [body.as_bytes(), bytes, format!("\r\n--{EDGE}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.request(Method::POST, path, &kind, body.into()).await
    }

    pub async fn send(&mut self, path: &str, json: &serde_json::Value) -> anyhow::Result<Answer> {
        self.request(Method::POST, path, "application/json", json.to_string().into()).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> anyhow::Result<()> {
        let answer = self.post("/sign-in", &[("login", login), ("password", password)]).await?;
        if answer.status != StatusCode::SEE_OTHER {
            bail!("{login} does not get in: {}", answer.status);
        }
        Ok(())
    }

    /// A request to a server that dies may stay without an answer for ever; a page would not wait that long either.
    async fn request(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let answered = tokio::time::timeout(PATIENCE, self.exchange(method, path, kind, body)).await;
        answered.unwrap_or_else(|_| {
            self.connection = None;
            bail!("no answer in {PATIENCE:?}")
        })
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let began = Instant::now();
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(header::HOST, &self.address)
            .header(header::ACCEPT_ENCODING, if kind == "identity" { "identity" } else { "gzip" });
        if method != Method::GET {
            request = request
                .header(header::ORIGIN, format!("http://{}", self.address))
                .header(header::CONTENT_TYPE, kind);
        }
        if let Some(visitor) = &self.forwarded {
            request = request.header("x-forwarded-for", visitor);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Full::new(body))?;
        if self.connection.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        let connection = self.connection.as_mut().context("just connected")?;
        connection.ready().await?;
        let sent = connection.send_request(request).await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                self.connection = None;
                return Err(error.into());
            }
        };
        let (parts, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                self.connection = None;
                return Err(error.into());
            }
        };
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let set = parts.headers.get_all(header::SET_COOKIE).iter().filter_map(|set| set.to_str().ok());
        let mut pairs = set.filter_map(|set| set.split(';').next());
        // One cookie matters to load: whose browser it is.
        if let Some(pair) = pairs.rfind(|pair| pair.starts_with("kafedra=")) {
            self.cookie = Some(pair.to_owned());
        }
        Ok(Answer { status: parts.status, location: text(header::LOCATION), body, took: began.elapsed() })
    }
}
