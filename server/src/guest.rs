//! A person at a browser without JavaScript, in the process itself: the demonstration and the tests act through it, so
//! that they go the same way as people.
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde::Serialize;
use tower::ServiceExt;

/// Keeps its cookies; follows redirects as a browser does. Clones share the cookies, as tabs do.
#[derive(Clone)]
pub struct Guest {
    router: Router,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
}

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    /// The address that answered, after redirects.
    pub address: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Guest {
    pub fn new(router: &Router) -> Self {
        Self { router: router.clone(), cookies: Arc::default() }
    }

    /// Somebody else at the same site, with a browser of their own.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(&self.router)
    }

    pub async fn get(&self, address: &str) -> anyhow::Result<Page> {
        self.follow(Method::GET, address, None).await
    }

    /// Asks for a part of a file, as players do: `bytes=0-9`.
    pub async fn part(&self, address: &str, range: &str) -> anyhow::Result<Page> {
        let request =
            Request::get(address).header(header::HOST, "test").header(header::COOKIE, self.cookies());
        let request = request.header(header::RANGE, range).body(Body::empty())?;
        let response = self.router.clone().oneshot(request).await.context("the router never fails")?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 64 * 1024 * 1024).await?.to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Page { status, address: address.to_owned(), body, bytes })
    }

    /// Sends a form as a browser does, from a page of the same site.
    pub async fn post(&self, address: &str, form: &impl Serialize) -> anyhow::Result<Page> {
        let body = serde_html_form::to_string(form)?;
        self.follow(Method::POST, address, Some(("application/x-www-form-urlencoded", body.into()))).await
    }

    /// Sends JSON as an island does.
    pub async fn send(&self, address: &str, json: &impl Serialize) -> anyhow::Result<Page> {
        self.follow(Method::POST, address, Some(("application/json", serde_json::to_vec(json)?))).await
    }

    /// Sends a form with one file in the field `file`.
    pub async fn upload(
        &self,
        address: &str,
        fields: &[(&str, &str)],
        (name, bytes): (&str, &[u8]),
    ) -> anyhow::Result<Page> {
        const EDGE: &str = "edge-of-a-part-7d1f";
        let mut body = Vec::new();
        for (field, text) in fields {
            write!(body, "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n")?;
        }
        write!(
            body,
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        )?;
        body.extend_from_slice(bytes);
        write!(body, "\r\n--{EDGE}--\r\n")?;
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.follow(Method::POST, address, Some((&kind, body))).await
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> anyhow::Result<Page> {
        let page = self.post("/sign-in", &[("login", login), ("password", password)]).await?;
        ensure!(
            page.status == StatusCode::OK && page.address != "/sign-in",
            "{login} does not get in: {}",
            page.status
        );
        Ok(page)
    }

    async fn follow(
        &self,
        method: Method,
        address: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> anyhow::Result<Page> {
        let (mut method, mut address, mut body) = (method, address.to_owned(), body);
        for _ in 0..10 {
            let mut request = Request::builder().method(&method).uri(&address).header(header::HOST, "test");
            if method != Method::GET {
                request = request.header(header::ORIGIN, "http://test");
            }
            let cookies = self.cookies();
            if !cookies.is_empty() {
                request = request.header(header::COOKIE, cookies);
            }
            let request = match body.take() {
                Some((kind, body)) => request.header(header::CONTENT_TYPE, kind).body(Body::from(body))?,
                None => request.body(Body::empty())?,
            };
            let response = self.router.clone().oneshot(request).await.context("the router never fails")?;
            self.keep_cookies(response.headers());
            if response.status() == StatusCode::SEE_OTHER {
                let next =
                    response.headers().get(header::LOCATION).context("a redirect without an address")?;
                (method, address) = (Method::GET, next.to_str()?.to_owned());
                continue;
            }
            let status = response.status();
            // What follows the server's events has no end: that it began is enough.
            let kind = response.headers().get(header::CONTENT_TYPE);
            if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
                return Ok(Page { status, address, body: String::new(), bytes: Vec::new() });
            }
            let bytes = to_bytes(response.into_body(), 64 * 1024 * 1024).await?.to_vec();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            return Ok(Page { status, address, body, bytes });
        }
        bail!("redirects without end at {address}")
    }

    fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, headers: &header::HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for set in headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = set.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

impl Page {
    /// The page, if it came whole.
    pub fn ok(self) -> anyhow::Result<Self> {
        ensure!(self.status == StatusCode::OK, "{}: {}\n{}", self.address, self.status, self.text());
        Ok(self)
    }

    /// What a person reads, without the markup.
    pub fn text(&self) -> String {
        let (mut text, mut inside) = (String::new(), false);
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first address on the page that begins with `start`.
    pub fn link(&self, start: &str) -> Option<String> {
        let from = self.body.find(&format!("\"{start}"))? + 1;
        let rest = &self.body[from..];
        Some(rest[..rest.find('"')?].replace("&amp;", "&"))
    }
}
