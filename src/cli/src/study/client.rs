//! As much of HTTP as a simulated person needs: one request a connection, to a server on this machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A server on this machine.
pub struct Client {
    pub address: SocketAddr,
}

impl Client {
    /// Sends JSON and reads JSON.
    pub fn post<T: DeserializeOwned>(&self, path: &str, token: &str, body: &impl Serialize) -> Result<T> {
        let body = serde_json::to_vec(body)?;
        let answer = self.send("POST", path, token, "application/json", &body)?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer of {path}"))
    }

    /// Sends rows.
    pub fn post_rows<T: DeserializeOwned>(&self, path: &str, token: &str, lines: &str) -> Result<T> {
        let answer = self.send("POST", path, token, "application/x-ndjson", lines.as_bytes())?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer of {path}"))
    }

    /// Reads a file.
    pub fn get(&self, path: &str, token: &str) -> Result<Vec<u8>> {
        self.send("GET", path, token, "application/json", b"")
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address).context("the server does not answer")?;
        // Version 1.0: the answer ends with the connection.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").context("no HTTP answer")?;
        let (head, body) = (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec());
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}
