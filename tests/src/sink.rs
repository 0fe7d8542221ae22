//! A mail server that takes every letter: it forgets them, for load, or remembers by which Message-ID each came.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Message-IDs in the order in which letters came.
pub type Memory = Arc<Mutex<Vec<String>>>;

/// Listens on a free port and returns its address.
pub fn mail() -> std::io::Result<String> {
    remembering().map(|(address, _)| address)
}

/// The same with what came.
pub fn remembering() -> std::io::Result<(String, Memory)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let memory = Memory::default();
    let came = Arc::clone(&memory);
    std::thread::spawn(move || {
        for wire in listener.incoming().flatten() {
            let came = Arc::clone(&came);
            std::thread::spawn(move || take(&wire, &came));
        }
    });
    Ok((address, memory))
}

/// The client's side of SMTP (RFC 5321) as far as a sender goes.
fn take(wire: &TcpStream, came: &Memory) -> std::io::Result<()> {
    let (mut lines, mut out) = (BufReader::new(wire).lines(), wire);
    out.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next() {
        match line?.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mut id = String::new();
                while let Some(line) = lines.next().transpose()?.filter(|line| line != ".") {
                    if let Some(rest) = line.strip_prefix("Message-ID: ") {
                        rest.clone_into(&mut id);
                    }
                }
                if let Ok(mut came) = came.lock() {
                    came.push(id);
                }
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 well\r\n")?,
        }
    }
    Ok(())
}
