//! Turns `index.html` of the checkout into that of the site: styles with hashed names, and the page's
//! module.

use super::files;
use super::modules::Module;
use anyhow::{Context, Result};
use std::path::Path;

/// How a style sheet stands in the template.
const STYLE: &str = "<link rel=\"stylesheet\" href=\"";
/// Where the module's links and its script go.
const MARK: &str = "<!-- the page's module -->";

/// Starts the module, or says why this browser cannot: the words stand in the template.
const STARTED_OR_SAID: &str = "try {
  await init({ module_or_path: './WASM' });
} catch (error) {
  const line = document.getElementById('loading');
  if (line) line.textContent = `${line.dataset.failed} (${error.message})`;
  throw error;
}
";

/// Renames every style sheet of the template after what is in it, in `site` and in the page.
pub fn with_hashed_styles(template: &str, site: &Path) -> Result<String> {
    let mut parts = template.split(STYLE);
    let mut html = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (href, rest) = part.split_once('"').context("index.html: a stylesheet's href has no end")?;
        let style = files::read(&site.join(href)).context("index.html names a stylesheet that is missing")?;
        let stem = href.strip_suffix(".css").context("index.html: a stylesheet does not end in .css")?;
        let hashed = format!("{stem}-{}.css", files::name_hash(style.as_bytes()));
        files::rename(&site.join(href), &site.join(&hashed))?;
        html += &format!("{STYLE}{hashed}\" integrity=\"{}\"{rest}", files::integrity(style.as_bytes()));
    }
    Ok(html)
}

/// Puts the page's module in: both files are fetched at once, and a script starts it. The server admits that
/// script by its hash (`src/server/src/http/site.rs`). Addresses are relative: `<base>` says where the site
/// lives.
pub fn with_module(html: &str, module: &Module) -> Result<String> {
    let (before, after) =
        html.split_once(MARK).with_context(|| format!("index.html has no line `{MARK}`"))?;
    let Module { script, wasm, integrity: [script_integrity, wasm_integrity], .. } = module;
    let start = STARTED_OR_SAID.replace("WASM", wasm);
    Ok(format!(
        "{before}<link rel=\"modulepreload\" href=\"{script}\" crossorigin=\"anonymous\" \
         integrity=\"{script_integrity}\">\n    \
         <link rel=\"preload\" href=\"{wasm}\" crossorigin=\"anonymous\" integrity=\"{wasm_integrity}\" \
         as=\"fetch\" type=\"application/wasm\">\n    \
         <script type=\"module\">\nimport init from './{script}';\n\
         {start}</script>{after}"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_page_names_its_files_by_what_is_in_them() {
        let site = std::env::temp_dir().join(format!("gestalt-page-{}", std::process::id()));
        files::empty(&site).unwrap();
        files::write(&site.join("a.css"), "p{}").unwrap();
        let template = format!("<head>{STYLE}a.css\">{MARK}</head>");
        let html = with_hashed_styles(&template, &site).unwrap();
        let hashed = format!("a-{}.css", files::name_hash(b"p{}"));
        assert!(html.contains(&format!("href=\"{hashed}\" integrity=\"sha384-")), "{html}");
        assert_eq!(files::read(&site.join(hashed)).unwrap(), "p{}");
        let module = Module {
            name: "w",
            script: "w-1.js".into(),
            wasm: "w-1_bg.wasm".into(),
            integrity: ["s".into(), "w".into()],
        };
        let html = with_module(&html, &module).unwrap();
        assert!(html.contains("import init from './w-1.js';") && html.contains("integrity=\"w\""), "{html}");
        assert!(html.ends_with("</script></head>") && !html.contains(MARK), "{html}");
        std::fs::remove_dir_all(site).unwrap();
    }

    #[test]
    fn a_page_without_a_place_for_the_module_is_refused() {
        let integrity = [String::new(), String::new()];
        let module = Module { name: "w", script: String::new(), wasm: String::new(), integrity };
        let message = with_module("<head></head>", &module).unwrap_err().to_string();
        assert!(message.contains(MARK), "{message}");
        let message = with_hashed_styles(&format!("{STYLE}no.css\">"), Path::new("/nowhere")).unwrap_err();
        assert!(message.to_string().contains("stylesheet"), "{message}");
    }
}
