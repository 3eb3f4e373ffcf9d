//! What a server says besides the page: the one place that `cargo xtask serve` and the header files in
//! `dist/headers/` take it from.
//!
//! The page carries its own policy in `<meta>`, so it is closed wherever it lies, on a disk too. A header can say two
//! things more: that no other page may frame this one, and, in Chromium from 152 on, that the page may not connect
//! anywhere at all, not even by the ways a content-security policy does not know (preconnect, WebRTC, navigation).

/// A header's name and value.
pub type Header = (&'static str, String);

/// Names in `Permissions-Policy` that Chromium 156 knows: an unknown one makes it warn in the console.
const PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), \
                           hid=(), midi=(), payment=(), accelerometer=(), gyroscope=(), magnetometer=(), \
                           browsing-topics=()";

/// The policy of anything that is not the page: nothing may be loaded, nothing may frame it.
pub const CLOSED: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of the sources as they lie in `www/`: as near to the shipped one as files of their own allow.
/// Scripts, styles and parts come from this server, so the server itself can be reached; nothing else can.
pub const DEVELOPING: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; \
                              style-src 'self'; img-src 'self' blob: data:; media-src blob: mediastream:; \
                              connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of the one file, for its `<meta>` element. Hashes are base64 of SHA-256.
///
/// `'wasm-unsafe-eval'` allows WebAssembly to be compiled and nothing else; the worker comes from a `blob:` because
/// such a worker inherits this policy, while one that is served as a file obeys only its own response's headers.
/// Trusted types shut the ways by which a text could become markup or script; see `TRUST` in [`crate::build::page`].
pub fn page_policy(script_sha256: &str, style_sha256: &str) -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{script_sha256}' 'wasm-unsafe-eval'; worker-src blob:; \
         style-src 'sha256-{style_sha256}'; img-src blob: data:; media-src blob: mediastream:; connect-src 'none'; \
         form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types default"
    )
}

/// The policy of the page that puts the page on the device for good, for its `<meta>` element: it may start the
/// service worker that lies beside it, and name its manifest and icons. Trusted types let no other worker through.
pub fn installer_policy(script_sha256: &str, style_sha256: &str) -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{script_sha256}'; worker-src 'self'; style-src 'sha256-{style_sha256}'; \
         img-src 'self' data:; manifest-src 'self'; connect-src 'none'; form-action 'none'; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    )
}

/// The policy of the service worker's own response, which is the only one that binds it: it may fetch from where it
/// came from, which is what it is for, and nothing else.
pub const WORKER: &str = "default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; \
                          frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Every header to send with the page whose `<meta>` policy is `policy`.
pub fn for_page(policy: &str) -> Vec<Header> {
    // A <meta> element cannot hold frame-ancestors.
    with_policy(format!("{policy}; frame-ancestors 'none'"))
}

/// The same headers with another policy, whole.
pub fn with_policy(policy: String) -> Vec<Header> {
    let mut headers = vec![("Content-Security-Policy", policy)];
    headers.extend(
        [
            ("Permissions-Policy", PERMISSIONS),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-DNS-Prefetch-Control", "off"),
            ("Connection-Allowlist", "(response-origin)"),
            // A ward's facts change: ask each time whether there is a newer page.
            ("Cache-Control", "no-cache"),
        ]
        .map(|(name, value)| (name, value.to_string())),
    );
    headers
}

/// The names of files that have a policy of their own; `index.html`'s is for all others.
const INSTALLER: &str = "install.html";
const SERVICE_WORKER: &str = "sw.js";

/// The header files for common hosts: file name and text. `page` and `installer` are the policies in the `<meta>` of
/// `index.html` and of `install.html`.
///
/// Two policies on one response would both hold, so that nothing of the installer would work under the page's: each
/// host is told one policy for each file.
pub fn files(page: &str, installer: &str) -> Vec<(&'static str, String)> {
    let with_frame = |policy: &str| format!("{policy}; frame-ancestors 'none'");
    let (page, installer) = (with_frame(page), with_frame(installer));
    let others: Vec<Header> = with_policy(String::new()).into_iter().skip(1).collect();
    let lines = |line: &dyn Fn(&str, &str) -> String| -> String {
        others.iter().map(|(name, value)| line(name, value)).collect()
    };
    let policy = "Content-Security-Policy";
    vec![
        (
            "_headers",
            format!(
                "# Netlify, Cloudflare Pages: put this file beside index.html, at the root of the site.\n/*\n{}\
                 /\n  {policy}: {page}\n/index.html\n  {policy}: {page}\n/pkg/*\n  {policy}: {CLOSED}\n\
                 /{INSTALLER}\n  {policy}: {installer}\n/install\n  {policy}: {installer}\n\
                 /{SERVICE_WORKER}\n  {policy}: {WORKER}\n",
                lines(&|name, value| format!("  {name}: {value}\n"))
            ),
        ),
        (
            "nginx.conf",
            format!(
                "# nginx: include this file in the server or location block that serves index.html. A block inside it\n\
                 # with an add_header of its own inherits none of these: include the file there again.\n\
                 set $maecheck_policy \"{page}\";\n\
                 if ($uri ~ \"/install\\.html$\") {{ set $maecheck_policy \"{installer}\"; }}\n\
                 if ($uri ~ \"/sw\\.js$\") {{ set $maecheck_policy \"{WORKER}\"; }}\n\
                 add_header {policy} $maecheck_policy always;\n{}",
                lines(&|name, value| format!("add_header {name} \"{value}\" always;\n"))
            ),
        ),
        (
            ".htaccess",
            format!(
                "# Apache: put this file beside index.html. Needs mod_headers and AllowOverride FileInfo.\n\
                 AddType application/manifest+json .webmanifest\n\
                 <IfModule mod_headers.c>\n{}  Header always set {policy} \"{page}\"\n\
                   <Files \"{INSTALLER}\">\n    Header always set {policy} \"{installer}\"\n  </Files>\n\
                   <Files \"{SERVICE_WORKER}\">\n    Header always set {policy} \"{WORKER}\"\n  </Files>\n\
                 </IfModule>\n",
                lines(&|name, value| format!("  Header always set {name} \"{value}\"\n"))
            ),
        ),
        (
            "Caddyfile",
            format!(
                "# Caddy: put this block into the site that serves index.html.\n\
                 @maecheck_installer path */{INSTALLER}\n@maecheck_worker path */{SERVICE_WORKER}\n\
                 @maecheck_page not path */{INSTALLER} */{SERVICE_WORKER}\n\
                 header @maecheck_installer {policy} \"{installer}\"\n\
                 header @maecheck_worker {policy} \"{WORKER}\"\n\
                 header @maecheck_page {policy} \"{page}\"\nheader {{\n{}}}\n",
                lines(&|name, value| format!("\t{name} \"{value}\"\n"))
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_file_holds_every_header_whole() {
        let (page, installer) = (page_policy("aGFzaA==", "c3R5bGU="), installer_policy("aGFzaA==", "c3R5bGU="));
        let headers = for_page(&page);
        assert!(headers.len() > 8);
        for (file, text) in files(&page, &installer) {
            for (name, value) in headers.iter().filter(|(name, _)| *name != "Content-Security-Policy") {
                let line = text.lines().find(|line| line.contains(name) && line.contains(value.as_str()));
                assert!(line.is_some(), "{file} lacks {name}: {value}");
            }
            for (of, policy) in [("page", for_page(&page)), ("installer", for_page(&installer))] {
                let policy = &policy.first().unwrap().1;
                assert!(text.contains(policy.as_str()), "{file} lacks the policy of the {of}");
            }
            assert!(text.contains(WORKER), "{file} lacks the policy of the service worker");
        }
    }

    #[test]
    fn no_value_breaks_a_host_files_quoting() {
        // A double quote ends a value in three of the four files, a dollar sign starts a variable in nginx, a brace
        // one in Caddy, a line end a new directive in all.
        let all = [for_page(&page_policy("a+/=", "b")), for_page(&installer_policy("a+/=", "b"))].concat();
        for (name, value) in all.into_iter().chain(with_policy(WORKER.to_string())) {
            assert!(!value.contains(['"', '$', '{', '}', '\n', '\\', '%']), "{name}: {value}");
        }
    }

    #[test]
    fn the_policy_opens_nothing_but_what_the_page_needs() {
        let policy = page_policy("s", "t");
        assert!(policy.starts_with("default-src 'none'; "));
        for never in ["'self'", "'unsafe-inline'", "'unsafe-eval'", "http", "*", "ws"] {
            let words = policy.split([' ', ';']);
            assert!(words.clone().all(|word| !word.starts_with(never)), "{never} in {policy}");
        }
        assert!(policy.contains("connect-src 'none'"));
        let installer = installer_policy("s", "t");
        assert!(installer.starts_with("default-src 'none'; ") && installer.contains("connect-src 'none'"));
        for never in ["'unsafe", "'wasm", "http", "*", "ws", "blob:"] {
            let words = [installer.as_str(), WORKER].join("; ");
            assert!(words.split([' ', ';']).all(|word| !word.starts_with(never)), "{never} in {words}");
        }
        // What a <meta> element may not hold (HTML: 4.2.5.3) would make browsers warn.
        assert!(!policy.contains("frame-ancestors") && !policy.contains("sandbox") && !policy.contains("report-"));
    }
}
