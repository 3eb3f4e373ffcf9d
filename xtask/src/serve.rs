//! `cargo xtask serve`: the page on this machine, or, with `--tls`, for a phone on the same network.
//!
//! | address | gives |
//! |---|---|
//! | `/` | the one file as it is shipped, and the rest of `dist/` |
//! | `/dev/` | `www/` as it lies: change a file, reload |
//! | `/dev/pkg/…` | `dist/pkg/` |
//! | `/dev/parts/NAME` | the texts that lie inside the shipped page ([`crate::build::parts`]), made anew each time |
//! | `/gallery/` | links to every state of the page ([`crate::gallery`]) |

use crate::build::{self, Place, page, parts};
use crate::gallery;
use crate::headers::{self, Header};
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of `cargo xtask serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Listen on all of this machine's addresses with a certificate made for this run, so that a phone on the same
    /// network may use its camera (browsers give a camera to secure pages only).
    #[arg(long)]
    tls: bool,
    /// Address to listen on [default: 127.0.0.1, with --tls 0.0.0.0].
    #[arg(long, value_name = "ADDRESS")]
    host: Option<IpAddr>,
}

/// Runs it.
///
/// # Errors
/// What went wrong, in words.
pub fn run(args: Args) -> Result<()> {
    let everyone = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let host = args.host.unwrap_or(if args.tls { everyone } else { IpAddr::V4(Ipv4Addr::LOCALHOST) });
    // Before the build: nobody should wait for a compiler to hear that the port is taken.
    let listener = listen(SocketAddr::new(host, args.port))?;
    let port = listener.local_addr()?.port();

    let place = Place::here();
    let dist = place.root.join("dist");
    build::make(&place, &dist)?;

    let addresses = addresses_of(host);
    let tls = if args.tls { Some(certificate(&addresses)?) } else { None };
    announce(&addresses, port, tls.is_some());

    let site = Arc::new(Site { place, dist });
    let app = Router::new().fallback(answer).with_state(site).into_make_service();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match tls {
            Some((certificate, key)) => {
                let config = RustlsConfig::from_der(vec![certificate], key).await?;
                axum_server::from_tcp_rustls(listener, config)?.serve(app).await
            }
            None => axum_server::from_tcp(listener)?.serve(app).await,
        }
    })?;
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener> {
    let port = address.port();
    match TcpListener::bind(address) {
        Ok(listener) => {
            listener.set_nonblocking(true)?;
            Ok(listener)
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is taken by another program, perhaps an earlier `cargo xtask serve`: stop that one, or take \
             another port with --port {}",
            if port < 65_535 { port + 1 } else { 8000 }
        ),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("this user may not listen on port {port}; ports from 1024 on are open to everyone, as --port 8000")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// Where the page can be reached: all addresses of this machine when listening on all of them.
fn addresses_of(host: IpAddr) -> Vec<IpAddr> {
    if !host.is_unspecified() {
        return vec![host];
    }
    let mut found = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let outward = if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(|interface| interface.ip());
    // An IPv6 address is too long to type on a phone.
    found.extend(outward.filter(|ip| ip.is_ipv4() && !ip.is_loopback()));
    found
}

/// A certificate for these addresses and its key, both DER. Made anew for each run, so that no key lies on the disk.
fn certificate(addresses: &[IpAddr]) -> Result<(Vec<u8>, Vec<u8>)> {
    // An error here means only that another provider was there first, and one is enough.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut names = vec!["localhost".to_string()];
    names.extend(addresses.iter().map(IpAddr::to_string));
    let mut params = rcgen::CertificateParams::new(names)?;
    params.distinguished_name.push(rcgen::DnType::CommonName, "maecheck on this network");
    params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
    // iOS takes no certificate that is valid for longer than 825 days.
    let today = jiff::Zoned::now().date();
    let day = |date: jiff::civil::Date| {
        rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = day(today.yesterday()?);
    params.not_after = day(today.checked_add(jiff::Span::new().days(30))?);
    let key = rcgen::KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().to_vec(), key.serialize_der()))
}

fn announce(addresses: &[IpAddr], port: u16, tls: bool) {
    let scheme = if tls { "https" } else { "http" };
    let address = |ip: &IpAddr| format!("{scheme}://{}/", SocketAddr::new(*ip, port));
    println!("\nmaecheck is at");
    for ip in addresses {
        println!("  {}", address(ip));
    }
    if let Some(ip) = addresses.first() {
        println!("the sources as they lie in www/ at\n  {}dev/", address(ip));
        println!("and links to every state of the page, for testers, at\n  {}gallery/", address(ip));
    }
    if tls {
        println!(
            "\nOn the phone, in the same Wi-Fi:\n\
             1. Open the browser and type the address above that begins like the phone's own (often 192.168. or 10.).\n\
             2. The phone warns that it does not know this certificate. It was made on this machine a moment ago, so\n   \
                that is as it should be: choose Details (or Advanced), then go on to the site.\n\
             3. Press the camera button and allow the camera.\n\
             If the page does not open, this machine's firewall may be closing port {port}."
        );
    } else if addresses.iter().any(|ip| !ip.is_loopback()) {
        println!("\nBrowsers give a page like this no camera over http from another machine: add --tls for that.");
    }
    println!("\nCtrl+C stops it.");
}

/// What is served.
#[derive(Debug)]
struct Site {
    place: Place,
    dist: PathBuf,
}

/// One answer: type of the body, the body, and the policy to send with it.
#[derive(Debug)]
struct Found {
    media_type: &'static str,
    body: Vec<u8>,
    headers: Vec<Header>,
}

async fn answer(State(site): State<Arc<Site>>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "this server only hands out files\n");
    }
    for (path, folder) in [("/dev", "/dev/"), ("/gallery", "/gallery/")] {
        if uri.path() == path {
            let mut response = refusal(StatusCode::PERMANENT_REDIRECT, "this is a folder\n");
            response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(folder));
            return response;
        }
    }
    let path = uri.path().to_string();
    // Parts are made by esbuild, which is waited for.
    let found = tokio::task::spawn_blocking(move || find(&site, &path)).await;
    match found {
        Ok(Ok(Some(found))) => respond(StatusCode::OK, found),
        Ok(Ok(None)) => refusal(StatusCode::NOT_FOUND, "there is nothing at this address\n"),
        Ok(Err(error)) => {
            eprintln!("{}: {error:#}", uri.path());
            refusal(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error:#}\n"))
        }
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the answer got lost\n"),
    }
}

fn respond(status: StatusCode, found: Found) -> Response {
    let mut response = (status, found.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(found.media_type));
    for (name, value) in found.headers {
        // Names and values are ASCII constants and hashes; one that is not would be left out by the compiler's leave.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

fn refusal(status: StatusCode, words: &str) -> Response {
    let headers = headers::with_policy(headers::CLOSED.to_string());
    respond(status, Found { media_type: "text/plain; charset=utf-8", body: words.into(), headers })
}

/// Finds what lies at a path; `None` when nothing does.
fn find(site: &Site, path: &str) -> Result<Option<Found>> {
    let developing = |(media_type, body)| {
        let headers = headers::with_policy(headers::DEVELOPING.to_string());
        Found { media_type, body, headers }
    };
    if let Some(path) = path.strip_prefix("/dev/") {
        return Ok(source(site, path)?.map(developing));
    }
    if let Some(path) = path.strip_prefix("/gallery/") {
        let own = gallery::find(&site.place, path)?;
        return Ok(if own.is_some() { own } else { source(site, path)? }.map(developing));
    }
    let Some((media_type, body)) = file(&site.dist, path.trim_start_matches('/'))? else { return Ok(None) };
    // The policy is the page's own: hashes change with each build, and a build may have run since this one started.
    let policy = std::str::from_utf8(&body).ok().and_then(page::policy_of).map(headers::for_page);
    let own = if path == "/sw.js" { headers::WORKER } else { headers::CLOSED };
    let headers = policy.unwrap_or_else(|| headers::with_policy(own.to_string()));
    Ok(Some(Found { media_type, body, headers }))
}

/// Type and body of what the page in `www/` names beside itself, and of that page.
fn source(site: &Site, path: &str) -> Result<Option<(&'static str, Vec<u8>)>> {
    let pkg = site.dist.join("pkg");
    if let Some(name) = path.strip_prefix("parts/") {
        if !parts::NAMES.contains(&name) {
            return Ok(None);
        }
        let body = parts::text(&site.place, &pkg, name)?.into_bytes();
        return Ok(Some(("text/plain; charset=utf-8", body)));
    }
    match path.strip_prefix("pkg/") {
        Some(path) => file(&pkg, path),
        None => file(&site.place.root.join("www"), path),
    }
}

/// A file under `root`, by an address's path. Names of this project need no escapes, so none are undone: a `%` finds
/// nothing, and neither do hidden files or a step upwards.
fn file(root: &Path, path: &str) -> Result<Option<(&'static str, Vec<u8>)>> {
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_string() };
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
    };
    if !path.split('/').all(plain) {
        return Ok(None);
    }
    let found = root.join(&path);
    match fs::read(&found) {
        Ok(body) => Ok(Some((media_type(&path), body))),
        Err(error)
            if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", found.display())),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    fn site() -> Site {
        let root = tools::scratch("serve");
        let files = [
            (
                "dist/index.html",
                "<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; x\">",
            ),
            ("dist/pkg/maecheck.js", "export {}"),
            ("dist/SHA256SUMS", "sums"),
            ("dist/sw.js", "self"),
            ("www/index.html", "<p>dev"),
            ("www/js/main.js", "start()"),
            ("www/words/ja.json", "{}"),
            ("tests/gallery/index.html", "<p>links"),
            (".secret", "no"),
            ("www/.hidden", "no"),
        ];
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let dist = root.join("dist");
        Site { place: Place { node: root.clone(), target: root.join("target"), root }, dist }
    }

    #[test]
    fn addresses_find_their_files_and_nothing_else() {
        let site = site();
        let cases = [
            ("/", Some("<head>"), "the shipped page"),
            ("/index.html", Some("<head>"), "by its name"),
            ("/pkg/maecheck.js", Some("export {}"), "the module"),
            ("/SHA256SUMS", Some("sums"), "the sums"),
            ("/dev/", Some("<p>dev"), "the sources"),
            ("/dev/js/main.js", Some("start()"), "a source"),
            ("/dev/pkg/maecheck.js", Some("export {}"), "the module beside the sources"),
            ("/dev/parts/words", Some("{\"catalogues\":{\"ja\":{}}"), "a part made on the fly"),
            ("/dev/parts/nothing", None, "no such part"),
            ("/dev/parts/../index.html", None, "a step upwards out of the parts"),
            ("/gallery/", Some("<p>links"), "the gallery"),
            ("/gallery/js/main.js", Some("start()"), "what a page of the gallery names beside itself"),
            ("/gallery/parts/words", Some("{\"catalogues\":{\"ja\":{}}"), "its parts"),
            ("/gallery/index.js", None, "nothing of the gallery"),
            ("/nothing", None, "no such file"),
            ("/pkg", None, "a folder"),
            ("/pkg/", None, "a folder without a page"),
            ("/index.html/x", None, "a file taken for a folder"),
            ("/../.secret", None, "a step upwards"),
            ("/%2e%2e/.secret", None, "the same, escaped"),
            ("//etc/passwd", None, "another root"),
            ("/dev/.hidden", None, "a hidden file"),
            ("/dev/..\\..\\x", None, "another system's step upwards"),
            ("/\0", None, "no name at all"),
        ];
        for (path, expected, why) in cases {
            let found = find(&site, path).unwrap();
            let text = found.map(|found| String::from_utf8(found.body).unwrap());
            assert_eq!(text.is_some(), expected.is_some(), "{why}: {path}");
            assert!(text.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{why}: {path}");
        }
        fs::remove_dir_all(&site.place.root).unwrap();
    }

    #[test]
    fn every_answer_carries_a_policy_and_the_page_its_own() {
        let site = site();
        for (path, policy) in [
            ("/", "default-src 'none'; x; frame-ancestors 'none'"),
            ("/pkg/maecheck.js", headers::CLOSED),
            ("/sw.js", headers::WORKER),
            ("/dev/js/main.js", headers::DEVELOPING),
        ] {
            let found = find(&site, path).unwrap().unwrap();
            assert!(found.headers.contains(&("Content-Security-Policy", policy.to_string())), "{path}");
        }
        let response = refusal(StatusCode::NOT_FOUND, "no");
        assert_eq!(response.headers().get("content-security-policy").unwrap(), headers::CLOSED);
        fs::remove_dir_all(&site.place.root).unwrap();
    }

    #[test]
    fn a_taken_port_is_told_in_words() {
        let first = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let error = listen(first.local_addr().unwrap()).unwrap_err().to_string();
        assert!(error.contains("is taken by another program") && error.contains("--port"), "{error}");
    }

    #[test]
    fn a_certificate_is_made_for_every_address() {
        let (certificate, key) = certificate(&["192.0.2.7".parse().unwrap()]).unwrap();
        assert!(certificate.windows(4).any(|bytes| bytes == [192, 0, 2, 7]), "the address as RFC 5280 writes it");
        assert!(!key.is_empty());
    }
}
