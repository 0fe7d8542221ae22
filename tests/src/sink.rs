//! A mail server that takes every letter and forgets it, for load.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

/// Listens on a free port and returns its address.
pub fn mail() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        for wire in listener.incoming().flatten() {
            std::thread::spawn(move || take(&wire));
        }
    });
    Ok(address)
}

/// The client's side of SMTP (RFC 5321) as far as a sender goes.
fn take(wire: &TcpStream) -> std::io::Result<()> {
    let (mut lines, mut out) = (BufReader::new(wire).lines(), wire);
    out.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next() {
        match line?.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                while lines.next().transpose()?.is_some_and(|line| line != ".") {}
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 well\r\n")?,
        }
    }
    Ok(())
}
